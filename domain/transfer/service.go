package transfer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/notice"
	"yingdi/domain/wechatpay"
)

// Store keeps transfers.
type Store interface {
	domain.Documents[Transfer]
	domain.Many[Transfer]
	// ByCode returns the transfer whose bills' numbers begin with the code, or domain.ErrNotFound.
	ByCode(ctx context.Context, code string) (Transfer, error)
	// ByMember lists a person's transfers, the newest first.
	ByMember(ctx context.Context, member string, page domain.Page) ([]Transfer, domain.Cursor, error)
	// ByRef lists what was asked for on behalf of one thing, the oldest first; an empty state means all.
	ByRef(ctx context.Context, ref string, state State, page domain.Page) ([]Transfer, domain.Cursor, error)
	// ByOrganiser lists what an organiser pays, the newest first; an empty state means all.
	ByOrganiser(ctx context.Context, organiser string, state State, page domain.Page) ([]Transfer, domain.Cursor, error)
	// Waking lists the transfers that somebody must look at before the instant.
	Waking(ctx context.Context, before time.Time, page domain.Page) ([]Transfer, domain.Cursor, error)
	// Troubled lists the transfers with something for a person to decide, of these organisers, or of all for nil.
	Troubled(ctx context.Context, organisers []string, page domain.Page) ([]Transfer, domain.Cursor, error)
}

// Members is what this feature needs of domain/member. OpenID returns domain.ErrNotFound for a person without WeChat, or
// who has deleted their account.
type Members interface {
	OpenID(ctx context.Context, member string) (string, error)
}

// Notices is what this feature needs of domain/notice.
type Notices interface {
	Tell(ctx context.Context, n notice.Notice) error
}

// WeChatPay is the client that speaks to WeChat Pay. After any failure of Transfer the bill may have been made.
type WeChatPay interface {
	Transfer(ctx context.Context, r wechatpay.TransferRequest) (wechatpay.Transfer, error)
	QueryTransfer(ctx context.Context, number string) (wechatpay.Transfer, error)
	CancelTransfer(ctx context.Context, number string) error
	Confirmation(pack string) wechatpay.Confirmation
}

// Service holds the use cases.
type Service struct {
	Store   Store
	Members Members
	Notices Notices
	Pay     WeChatPay
	Clock   domain.Clock
}

// Ask wants something paid, once for each id: asked again with the same facts, it returns the transfer that there is.
// Returns ErrOther if the id was used with other facts, and domain.ErrInvalid for an amount outside Min and Max. Paying
// follows by event.
func (s *Service) Ask(ctx context.Context, a Ask) (Transfer, error) {
	if err := a.Check(); err != nil {
		return Transfer{}, err
	}
	t := a.transfer(s.Clock.Now())
	err := s.Store.Insert(ctx, t)
	if !errors.Is(err, domain.ErrExists) {
		return t, err
	}
	had, err := s.Store.Get(ctx, a.ID)
	if err == nil && had.ask() != a {
		err = fmt.Errorf("transfer %s: %w", a.ID, ErrOther)
	}
	return had, err
}

// Get returns a transfer to the feature that asked for it.
func (s *Service) Get(ctx context.Context, id string) (Transfer, error) { return s.Store.Get(ctx, id) }

// Many returns several to the feature that asked for them.
func (s *Service) Many(ctx context.Context, ids []string) (map[string]Transfer, error) {
	return s.Store.GetMany(ctx, ids)
}

// OfRef lists what was asked for on behalf of one thing, to the feature that asked; an empty state means all.
func (s *Service) OfRef(ctx context.Context, ref string, state State, page domain.Page) ([]Transfer, domain.Cursor, error) {
	return s.Store.ByRef(ctx, ref, state, page)
}

// TakeTransfer takes in what WeChat says about a bill of its own accord. Returns domain.ErrNotFound for a number that is
// not ours.
func (s *Service) TakeTransfer(ctx context.Context, seen wechatpay.Transfer) error {
	c := CodeOf(seen.Number)
	if c == "" {
		return fmt.Errorf("bill %s: %w", seen.Number, domain.ErrNotFound)
	}
	t, err := s.Store.ByCode(ctx, c)
	if err != nil {
		return err
	}
	_, err = s.seen(ctx, t.ID, seen)
	return err
}

func (s *Service) seen(ctx context.Context, id string, seen wechatpay.Transfer) (Transfer, error) {
	return s.Store.Update(ctx, id, func(t *Transfer) error { return t.Seen(seen, s.Clock.Now()) })
}

// Drive takes a transfer as far as it can go now. It is idempotent, may run beside itself, and goes on where a crash left.
// For jobs, after EventDue and when its time has come.
func (s *Service) Drive(ctx context.Context, id string) (Transfer, error) {
	now := s.Clock.Now()
	t, err := s.Store.Update(ctx, id, func(t *Transfer) error { return t.begin(now) })
	if err != nil || !t.driven() {
		return t, err
	}
	b := *t.live()
	if b.Tries > 0 && now.Before(b.NextAt) {
		return t, nil
	}
	return s.step(ctx, t, b)
}

// step asks WeChat about the bill that is current, and for it if WeChat does not know it.
func (s *Service) step(ctx context.Context, t Transfer, b Bill) (Transfer, error) {
	now, stopping := s.Clock.Now(), t.stopping()
	noted, err := s.Store.Update(ctx, t.ID, func(t *Transfer) error { return t.tried(b.Number, stopping, now) })
	if errors.Is(err, errMoved) {
		return t, nil // whoever moved it drives it on
	}
	if err != nil {
		return t, err
	}
	if t = noted; b.Tries == 0 {
		return s.offer(ctx, t, b.Number)
	}
	seen, err := s.Pay.QueryTransfer(ctx, b.Number)
	switch {
	case errors.Is(err, wechatpay.ErrUnknown) && (b.State != "" || t.unclear() || now.Sub(b.TriedAt) >= Remembered):
		return s.Store.Update(ctx, t.ID, func(t *Transfer) error { return t.lost(b.Number, now) })
	case errors.Is(err, wechatpay.ErrUnknown) && stopping:
		return s.Store.Update(ctx, t.ID, func(t *Transfer) error { return t.neverMade(b.Number, now) })
	case errors.Is(err, wechatpay.ErrUnknown):
		return s.offer(ctx, t, b.Number)
	case err != nil:
		return s.unanswered(ctx, t, b.Number, err)
	}
	if t, err = s.seen(ctx, t.ID, seen); err != nil || seen.State.Final() {
		return t, err
	}
	switch {
	case stopping:
		return s.takeBack(ctx, t, b.Number)
	case seen.State == wechatpay.TransferAccepted, seen.State == wechatpay.TransferProcessing, t.bill(b.Number).Package == "":
		return s.offer(ctx, t, b.Number) // the same number again is how WeChat goes on, and how it tells the package
	}
	return t, nil
}

// offer asks WeChat to pay under a number that was noted before.
func (s *Service) offer(ctx context.Context, t Transfer, number string) (Transfer, error) {
	openID, err := s.Members.OpenID(ctx, t.Member)
	if errors.Is(err, domain.ErrNotFound) {
		return s.refuse(ctx, t, number, "收款人没有绑定微信，或者已经注销账号")
	}
	if err != nil {
		return t, err
	}
	seen, err := s.Pay.Transfer(ctx, wechatpay.TransferRequest{
		Number: number, OpenID: openID, Amount: t.Amount, Remark: t.Title, Title: t.Title, Reason: t.Reason,
	})
	var refusal *domain.Error
	switch {
	case err == nil:
		return s.seen(ctx, t.ID, seen)
	case (errors.Is(err, wechatpay.ErrRefused) || errors.Is(err, wechatpay.ErrUsed)) && errors.As(err, &refusal):
		return s.refuse(ctx, t, number, refusal.Message)
	}
	return s.unanswered(ctx, t, number, err)
}

func (s *Service) refuse(ctx context.Context, t Transfer, number, note string) (Transfer, error) {
	return s.Store.Update(ctx, t.ID, func(t *Transfer) error { return t.refused(number, note, s.Clock.Now()) })
}

// unanswered leaves a transfer to its next time. An empty account is no error of this try: it has its own row for a person.
func (s *Service) unanswered(ctx context.Context, t Transfer, number string, failure error) (Transfer, error) {
	kind := TransferStuck
	if errors.Is(failure, wechatpay.ErrNotEnough) {
		kind, failure = TransferPoor, nil
	}
	t, err := s.Store.Update(ctx, t.ID, func(t *Transfer) error { return t.slow(number, kind, s.Clock.Now()) })
	if err == nil && failure != nil {
		err = fmt.Errorf("bill %s: %w", number, failure)
	}
	return t, err
}

// takeBack withdraws an offer. WeChat only says that it will; what became of it, the query tells.
func (s *Service) takeBack(ctx context.Context, t Transfer, number string) (Transfer, error) {
	if err := s.Pay.CancelTransfer(ctx, number); err != nil && !errors.Is(err, wechatpay.ErrRefused) {
		return t, fmt.Errorf("bill %s: %w", number, err)
	}
	seen, err := s.Pay.QueryTransfer(ctx, number)
	if err != nil {
		return t, fmt.Errorf("bill %s: %w", number, err)
	}
	return s.seen(ctx, t.ID, seen)
}

// Sweep drives every transfer whose time has come. For jobs; one that fails does not stop the others.
func (s *Service) Sweep(ctx context.Context) error {
	return domain.Round(ctx, "transfer", func(page domain.Page) ([]Transfer, domain.Cursor, error) {
		return s.Store.Waking(ctx, s.Clock.Now(), page)
	}, func(t Transfer) error {
		_, err := s.Drive(ctx, t.ID)
		return err
	})
}
