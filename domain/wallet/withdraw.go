package wallet

import (
	"context"
	"errors"
	"fmt"

	"yingdi/domain"
	"yingdi/domain/notice"
	"yingdi/domain/transfer"
)

// transferID of a withdrawal: it is sent once.
func transferID(withdrawal string) string { return domain.Key("withdrawal", withdrawal) }

// Withdraw sends part of the acting person's wallet to their WeChat balance; above a limit staff decide first. The same
// request again finds the withdrawal that it made. Returns ErrShort, ErrLess, ErrMore, ErrPerDay and ErrDaily.
func (s *Service) Withdraw(ctx context.Context, organiser string, amount domain.Fen) (Withdrawal, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Withdrawal{}, err
	}
	id := domain.OnceID(ctx, s.IDs)
	d, err := s.Withdrawals.Get(ctx, id)
	if errors.Is(err, domain.ErrNotFound) {
		d, err = s.wish(ctx, id, ID(organiser, actor.Member), amount)
	}
	if err != nil {
		return d, err
	}
	if d.State == Approved {
		if driven, err := s.Drive(ctx, d.ID); err == nil { // else it is driven by event
			d = driven
		}
	}
	return d, nil
}

// wish holds an amount and makes its withdrawal.
func (s *Service) wish(ctx context.Context, id, wallet string, amount domain.Fen) (Withdrawal, error) {
	now := s.Clock.Now()
	w, err := s.Store.Update(ctx, wallet, func(w *Wallet) error { return w.hold(id, amount, s.Rules, now) })
	if errors.Is(err, domain.ErrNotFound) {
		err = ErrShort
	}
	if err != nil {
		return Withdrawal{}, err
	}
	d, err := s.adopt(ctx, w.withdrawal(Held{id, amount, amount <= s.Rules.ApproveAbove, now}))
	if err == nil && d.State.Over() { // it was made, and came to its end, since somebody looked
		_, err = s.Store.Update(ctx, wallet, func(w *Wallet) error { return w.release(id, now) })
	}
	return d, err
}

func (s *Service) adopt(ctx context.Context, d Withdrawal) (Withdrawal, error) {
	err := s.Withdrawals.Insert(ctx, d)
	if errors.Is(err, domain.ErrExists) {
		return s.Withdrawals.Get(ctx, d.ID)
	}
	return d, err
}

// Adopt makes the withdrawal of a hold, unless it is there. For jobs, after EventHeld.
func (s *Service) Adopt(ctx context.Context, id string, h Held) error {
	w, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	_, err = s.adopt(ctx, w.withdrawal(h))
	return err
}

// MyWithdrawals lists the acting person's withdrawals, the newest first.
func (s *Service) MyWithdrawals(ctx context.Context, page domain.Page) ([]Withdrawal, domain.Cursor, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return nil, "", err
	}
	return s.Withdrawals.ByMember(ctx, actor.Member, page)
}

// CancelMine takes back a wish of the acting person: at once while it waits for staff, and through WeChat once it is
// there, if the person has not confirmed it. Returns ErrDecided in between.
func (s *Service) CancelMine(ctx context.Context, id string) (Withdrawal, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Withdrawal{}, err
	}
	d, err := s.Withdrawals.Get(ctx, id)
	if err == nil && d.Member != actor.Member {
		err = fmt.Errorf("withdrawal %s: %w", id, domain.ErrNotFound)
	}
	if err != nil {
		return Withdrawal{}, err
	}
	return s.cancel(ctx, d, actor.Member, "本人取消")
}

func (s *Service) cancel(ctx context.Context, d Withdrawal, by, reason string) (Withdrawal, error) {
	if d.State != Transferring && d.State != Failed {
		d, err := s.Withdrawals.Update(ctx, d.ID, func(d *Withdrawal) error { return d.decide(Cancelled, by, reason, s.Clock.Now()) })
		if err != nil {
			return d, err
		}
		return s.Drive(ctx, d.ID)
	}
	if _, err := s.Transfers.CallOff(ctx, transferID(d.ID), by, reason); err != nil {
		return d, err
	}
	return s.Follow(ctx, d.ID)
}

// WithdrawalFor returns a withdrawal to those who may see the organiser's money.
func (s *Service) WithdrawalFor(ctx context.Context, id string) (Withdrawal, error) {
	d, err := s.Withdrawals.Get(ctx, id)
	if err != nil {
		return d, err
	}
	return d, mayMoney(ctx, d.Organiser)
}

// WithdrawalsOf lists an organiser's withdrawals to those who may see its money; an empty state means all.
func (s *Service) WithdrawalsOf(ctx context.Context, organiser string, state State, page domain.Page) ([]Withdrawal, domain.Cursor, error) {
	if err := mayMoney(ctx, organiser); err != nil {
		return nil, "", err
	}
	return s.Withdrawals.ByOrganiser(ctx, organiser, state, page)
}

// Approve lets a withdrawal go. Returns ErrSelf for one's own and ErrDecided if another answer was given.
func (s *Service) Approve(ctx context.Context, id string) (Withdrawal, error) {
	return s.decide(ctx, id, Approved, "")
}

// Reject refuses a withdrawal, with a reason that the person reads.
func (s *Service) Reject(ctx context.Context, id, reason string) (Withdrawal, error) {
	if err := checkReason(reason); err != nil {
		return Withdrawal{}, err
	}
	return s.decide(ctx, id, Rejected, reason)
}

func checkReason(reason string) error {
	var check domain.Check
	check.Line("reason", "原因", reason, 1, 60)
	return check.Err()
}

func (s *Service) decide(ctx context.Context, id string, to State, reason string) (Withdrawal, error) {
	d, err := s.WithdrawalFor(ctx, id)
	if err != nil {
		return d, err
	}
	by := domain.ActorFrom(ctx).Member
	if by == d.Member {
		return d, fmt.Errorf("withdrawal %s: %w", id, ErrSelf)
	}
	if d, err = s.Withdrawals.Update(ctx, id, func(d *Withdrawal) error { return d.decide(to, by, reason, s.Clock.Now()) }); err != nil {
		return d, err
	}
	if driven, err := s.Drive(ctx, id); err == nil { // else it is driven by event
		d = driven
	}
	return d, nil
}

// Cancel ends a withdrawal that WeChat did not manage to pay, or that nobody has confirmed, by decision of staff.
func (s *Service) Cancel(ctx context.Context, id, reason string) (Withdrawal, error) {
	d, err := s.WithdrawalFor(ctx, id)
	if err != nil {
		return d, err
	}
	if err := checkReason(reason); err != nil {
		return d, err
	}
	return s.cancel(ctx, d, domain.ActorFrom(ctx).Member, reason)
}

// Waiting lists the withdrawals that wait for staff, of all organisers whose money the acting person may see.
func (s *Service) Waiting(ctx context.Context, page domain.Page) ([]Withdrawal, domain.Cursor, error) {
	organisers, err := domain.ActorFrom(ctx).Organisers(domain.RightMoney)
	if err != nil {
		return nil, "", err
	}
	return s.Withdrawals.Waiting(ctx, organisers, page)
}

// Again sends a withdrawal that WeChat did not manage to pay once more, by decision of staff.
func (s *Service) Again(ctx context.Context, id string) (Withdrawal, error) {
	d, err := s.WithdrawalFor(ctx, id)
	if err != nil {
		return d, err
	}
	_, err = s.Transfers.Again(ctx, transferID(id))
	return d, err
}

// Drive takes a withdrawal as far as it can go now. It is idempotent, may run beside itself, and goes on where a crash
// left. For jobs, after EventMoved.
func (s *Service) Drive(ctx context.Context, id string) (Withdrawal, error) {
	d, err := s.Withdrawals.Get(ctx, id)
	if err != nil {
		return d, err
	}
	now := s.Clock.Now()
	switch d.State {
	case Approved:
		return s.send(ctx, d)
	case Done:
		_, err = s.Store.Update(ctx, d.Wallet, func(w *Wallet) error { return w.pay(d, now) })
	case Rejected, Cancelled:
		_, err = s.Store.Update(ctx, d.Wallet, func(w *Wallet) error { return w.release(d.ID, now) })
	}
	if err != nil || d.State == Applied {
		return d, err
	}
	return s.Withdrawals.Update(ctx, id, func(now *Withdrawal) error {
		if now.State != d.State {
			return domain.ErrSame
		}
		return now.rested()
	})
}

// send asks for the transfer, once the wallet has let the money go.
func (s *Service) send(ctx context.Context, d Withdrawal) (Withdrawal, error) {
	w, err := s.Store.Update(ctx, d.Wallet, func(w *Wallet) error { return w.send(d.ID, s.Clock.Now()) })
	if err != nil {
		return d, err
	}
	if h := w.held(d.ID); h == nil {
		return s.Withdrawals.Update(ctx, d.ID, func(d *Withdrawal) error { return d.spoilt(s.Clock.Now()) })
	}
	_, err = s.Transfers.Ask(ctx, transfer.Ask{
		ID: transferID(d.ID), Organiser: d.Organiser, Member: d.Member, Kind: transfer.Withdrawal, Ref: d.ID, Amount: d.Amount,
		Title: "余额提现", Reason: "钱包余额提现",
	})
	if err != nil {
		return d, err
	}
	return s.Withdrawals.Update(ctx, d.ID, func(d *Withdrawal) error {
		if d.State != Approved {
			return domain.ErrSame
		}
		d.move(Transferring, "", "", s.Clock.Now())
		return nil
	})
}

// Follow lets a withdrawal follow its transfer, and then drives it. For jobs, after the transfer's events.
func (s *Service) Follow(ctx context.Context, id string) (Withdrawal, error) {
	t, err := s.Transfers.Get(ctx, transferID(id))
	if err != nil {
		return Withdrawal{}, err
	}
	for {
		if _, err := s.Withdrawals.Update(ctx, id, func(d *Withdrawal) error { return d.follow(t, s.Clock.Now()) }); err != nil {
			return Withdrawal{}, err
		}
		now, err := s.Transfers.Get(ctx, t.ID)
		if err != nil {
			return Withdrawal{}, err
		}
		if now.State == t.State {
			return s.Drive(ctx, id)
		}
		t = now // it moved on while we looked
	}
}

// Sweep drives every withdrawal whose time has come. For jobs; one that fails does not stop the others.
func (s *Service) Sweep(ctx context.Context) error {
	return domain.Round(ctx, "withdrawal", func(page domain.Page) ([]Withdrawal, domain.Cursor, error) {
		return s.Withdrawals.Waking(ctx, s.Clock.Now(), page)
	}, func(d Withdrawal) error {
		_, err := s.Drive(ctx, d.ID)
		return err
	})
}

// Tell tells a person what staff decided about their withdrawal. That it waits for them and that it arrived, the transfer
// tells. For jobs.
func (s *Service) Tell(ctx context.Context, id string) error {
	d, err := s.Withdrawals.Get(ctx, id)
	if err != nil {
		return err
	}
	for _, c := range d.Story {
		var title, body string
		switch {
		case c.To == Approved && c.By != "":
			title, body = "提现已通过", d.Amount.String()+" 正在转到你的微信零钱，请留意确认收款"
		case c.To == Rejected:
			title, body = "提现没有通过", d.Amount.String()+" 已退回钱包："+c.Reason
		case c.To == Cancelled && c.By != d.Member:
			title, body = "提现已取消", d.Amount.String()+" 已退回钱包："+c.Reason
		default:
			continue
		}
		if err := s.Notices.Tell(ctx, notice.Notice{
			Doc: domain.Doc{ID: domain.Key("withdrawal", d.ID, string(c.To))}, Member: d.Member, Kind: notice.TransferNews, At: c.At,
			Title: title, Body: body, Page: "pages/wallet/withdrawal?id=" + d.ID,
		}); err != nil {
			return err
		}
	}
	return nil
}
