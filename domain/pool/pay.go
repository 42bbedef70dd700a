package pool

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"yingdi/domain"
	"yingdi/domain/order"
	"yingdi/domain/wechatpay"
)

// Sign is a person's word that the list is right. The second of two different people's lets it be paid. Returns ErrSigned,
// and ErrOwn for whoever is in the list.
func (s *Service) Sign(ctx context.Context, campID string) (Settlement, error) {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightMoney); err != nil {
		return Settlement{}, err
	}
	p, err := s.Store.Get(ctx, campID)
	if err != nil {
		return Settlement{}, err
	}
	if p.State != Computed {
		return Settlement{}, fmt.Errorf("pool %s: %w", campID, ErrState)
	}
	by, now := domain.ActorFrom(ctx).Member, s.Clock.Now()
	if err := s.impartial(ctx, campID, by); err != nil {
		return Settlement{}, err
	}
	set, err := s.Settlements.Update(ctx, campID, func(set *Settlement) error { return set.Sign(by, now) })
	if err != nil {
		return set, err
	}
	_, err = s.Store.Update(ctx, campID, func(p *Pool) error {
		if p.State != Computed {
			return domain.ErrSame
		}
		if set.Binding() {
			p.become(Approved, ActSign, by, "", now)
		} else {
			p.note(ActSign, by, "", now)
		}
		return nil
	})
	return set, err
}

// lines walks through the list of a settlement.
func (s *Service) lines(ctx context.Context, set Settlement) iter.Seq2[Line, error] {
	return Lines(ctx, s.Sheets, set)
}

// Lines walks through the list of a settlement, a sheet at a time.
func Lines(ctx context.Context, sheets interface {
	Get(ctx context.Context, id string) (Sheet, error)
}, set Settlement) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		for n := range set.Sheets {
			sheet, err := sheets.Get(ctx, SheetID(set.Camp, set.Run, n))
			if err != nil {
				yield(Line{}, err)
				return
			}
			for _, l := range sheet.Lines {
				if !yield(l, nil) {
					return
				}
			}
		}
	}
}

// CheckLines holds a settlement against its list: every fen that came in goes out, and the hash is that of the input.
// Before anything is paid this is asserted; the audit may ask again.
func (s Settlement) CheckLines(lines iter.Seq2[Line, error]) error {
	book := newLedger(s.Camp, s.Rules, s.Scheduled, s.Cancelled)
	var own, gain domain.Fen
	for l, err := range lines {
		if err != nil {
			return err
		}
		if err := book.add(l.Fact); err != nil {
			return err
		}
		own, gain = own+l.Own, gain+l.Gain
		if l.Own != 0 && l.Own != l.Part || l.Gain < 0 || l.Gain > 0 && l.State != Qualified {
			return fmt.Errorf("settlement %s, member %s: %w", s.ID, l.Member, ErrList)
		}
	}
	facts := book.sums
	facts.Fee, facts.Own, facts.Gain = s.Sums.Fee, own, gain
	if facts.Winners > 0 && !s.Cancelled {
		facts.Shared = facts.Forfeited - facts.Fee
	}
	if facts != s.Sums {
		return fmt.Errorf("settlement %s says %+v, its lines %+v: %w", s.ID, s.Sums, facts, ErrList)
	}
	if own+gain+s.Sums.Fee != s.Sums.Pool || book.sum() != s.Hash {
		return fmt.Errorf("settlement %s: lines pay %s and %s of %s: %w", s.ID, own, gain, s.Sums.Pool, ErrList)
	}
	return s.Check()
}

// spread lets the members know what the list says, sheet by sheet.
func (s *Service) spread(ctx context.Context, set Settlement) (Settlement, error) {
	for n := set.Spread; n < set.Sheets; n++ {
		sheet, err := s.Sheets.Get(ctx, SheetID(set.Camp, set.Run, n))
		if err != nil {
			return set, err
		}
		now := s.Clock.Now()
		err = besides(ctx, crowd, slices.Values(sheet.Lines), func(l Line) error {
			_, err := s.People.Update(ctx, ID(set.Camp, l.Member), func(m *Member) error { return m.Settle(l, now) })
			return err
		})
		if err != nil {
			return set, err
		}
		if set, err = s.Settlements.Update(ctx, set.ID, func(set *Settlement) error {
			if set.Spread > n {
				return domain.ErrSame
			}
			set.Spread = n + 1
			return nil
		}); err != nil {
			return set, err
		}
	}
	return set, s.late(ctx, set)
}

// late sends those their part back whose payment was heard of too late for the list.
func (s *Service) late(ctx context.Context, set Settlement) error {
	unlisted := func(page domain.Page) ([]Member, domain.Cursor, error) {
		return s.People.AtStage(ctx, set.Camp, "", page)
	}
	for m, err := range domain.Each(unlisted) {
		if err != nil {
			return err
		}
		if m.Listed() || m.State == Withdrawn {
			continue
		}
		if _, err := s.Refunds.PayBackPart(ctx, m.Order, "pool-late", m.Part, "奖学金名单已确定，奖学金部分退回"); err != nil {
			return err
		}
		if _, err := s.People.Update(ctx, m.ID, func(m *Member) error {
			if m.Listed() || m.State == Withdrawn {
				return domain.ErrSame
			}
			m.State = Withdrawn
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// payAll drives every payout whose time has come, and reports whether none is under way any more.
func (s *Service) payAll(ctx context.Context, p Pool) (done bool, err error) {
	var stopped error
	now := s.Clock.Now().Add(time.Microsecond)
	due := func(page domain.Page) ([]Member, domain.Cursor, error) { return s.People.Looking(ctx, p.ID, now, page) }
	failed := besides(ctx, crowd, domain.Until(domain.Each(due), &stopped), func(m Member) error { return s.pay(ctx, p, m) })
	left, _, err := s.People.AtStage(ctx, p.ID, StageMoving, domain.Page{Limit: 1})
	return len(left) == 0, errors.Join(failed, stopped, err)
}

// Pay begins what a member is owed, or looks how it stands: each call asks for the same refund and the same transfers. For
// jobs, by the member's id.
func (s *Service) Pay(ctx context.Context, id string) error {
	m, err := s.People.Get(ctx, id)
	if err != nil || !m.Listed() {
		return err
	}
	p, err := s.Store.Get(ctx, m.Camp)
	if err != nil {
		return err
	}
	return s.pay(ctx, p, m)
}

// pay takes a listed member as far as it goes, whatever was read a moment ago: what it asks for is the same each time.
func (s *Service) pay(ctx context.Context, p Pool, m Member) error {
	if !m.Listed() || !p.State.Pays() && p.State != Settled {
		return nil
	}
	own, gain := m.Own, m.Gain
	own.Refused, gain.Refused = false, false
	var failures []error
	if own.Amount > 0 && own.State != LegPaid {
		failures = append(failures, s.payOwn(ctx, m, p, &own))
	}
	if gain.Amount > 0 && gain.State != LegPaid {
		failures = append(failures, s.payGain(ctx, m, &gain))
	}
	failed := errors.Join(failures...)
	_, err := s.People.Update(ctx, m.ID, func(m *Member) error { return m.looked(own, gain, failed != nil, s.Clock.Now()) })
	if failed = errors.Join(failed, err); failed != nil {
		return fmt.Errorf("payout of %s: %w", m.ID, failed)
	}
	return nil
}

// HeardPayout looks how a member's payout stands, of which something was heard. For jobs; what is no pool's is left alone.
func (s *Service) HeardPayout(ctx context.Context, campID, memberID string) error {
	if !domain.ValidID(campID) || strings.Contains(campID+memberID, ":") {
		return nil
	}
	err := s.Pay(ctx, ID(campID, memberID))
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	return err
}

// ownKey names the refund of the own part within its order.
const ownKey = "pool"

func (s *Service) payOwn(ctx context.Context, m Member, p Pool, leg *Leg) error {
	reason := "奖学金池结算，退回自己的部分"
	if p.State == Cancelled {
		reason = "奖学金池取消，全额退回"
	}
	o, err := s.Refunds.PayBackPart(ctx, m.Order, ownKey, leg.Amount, reason)
	if err != nil {
		return leg.refused(err)
	}
	leg.State, leg.Note = LegPaying, ""
	for _, r := range o.Refunds {
		if r.Number != order.RefundNumber(o.ID, ownKey) {
			continue
		}
		switch r.State {
		case order.RefundSucceeded:
			leg.State = LegPaid
		case order.RefundClosed, order.RefundAbnormally:
			leg.State, leg.Note = LegFailed, "退款没有成功，请到订单里处理"
		}
	}
	return nil
}

// urgency orders the states of several transfers: the gain as a whole is as bad as the worst of them.
var urgency = []LegState{LegFailed, LegUnclaimed, LegExpired, LegWaiting, LegPaying, LegPaid}

func (s *Service) payGain(ctx context.Context, m Member, leg *Leg) error {
	send := Payout{ID: PayoutID(m.Camp, m.Member, 1), Organiser: m.Organiser, Camp: m.Camp, Member: m.Member, Amount: leg.Amount, Title: "学习奖学金", Reason: "坚持学习，达标奖学金"}
	if leg.Amount < wechatpay.MinTransfer {
		if err := s.Wallets.Credit(ctx, send); err != nil {
			return leg.refused(err)
		}
		leg.State, leg.Note = LegPaid, "不足 ¥0.10，已存入余额"
		return nil
	}
	seen := map[LegState]string{}
	for i, portion := range Portions(leg.Amount, wechatpay.MaxTransfer) {
		send.ID, send.Amount = PayoutID(m.Camp, m.Member, i+1), portion
		state, note, err := s.Transfers.Send(ctx, send)
		if err != nil {
			return err
		}
		seen[state] = note
	}
	for _, state := range urgency {
		if note, ok := seen[state]; ok {
			leg.State, leg.Note = state, note
			return nil
		}
	}
	leg.State, leg.Note = LegPaying, ""
	return nil
}
