package transfer

import (
	"context"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/wechatpay"
)

// Mine returns a transfer of the acting person.
func (s *Service) Mine(ctx context.Context, id string) (Transfer, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Transfer{}, err
	}
	t, err := s.Store.Get(ctx, id)
	if err == nil && t.Member != actor.Member {
		err = fmt.Errorf("transfer %s: %w", id, domain.ErrNotFound)
	}
	return t, err
}

// List returns the acting person's transfers, the newest first.
func (s *Service) List(ctx context.Context, page domain.Page) ([]Transfer, domain.Cursor, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return nil, "", err
	}
	return s.Store.ByMember(ctx, actor.Member, page)
}

// Confirm returns what wx.requestMerchantTransfer wants, so that the acting person can take what is theirs. Returns
// ErrNotReady while WeChat has not offered it, or no longer does.
func (s *Service) Confirm(ctx context.Context, id string) (wechatpay.Confirmation, error) {
	t, err := s.Mine(ctx, id)
	if err != nil {
		return wechatpay.Confirmation{}, err
	}
	if b, ok := t.Live(); ok && (b.Package == "" || !s.Clock.Now().Before(b.ClosesAt)) {
		if t, err = s.Drive(ctx, id); err != nil {
			return wechatpay.Confirmation{}, err
		}
	}
	switch b, ok := t.Live(); {
	case t.State == Paid:
		return wechatpay.Confirmation{}, fmt.Errorf("transfer %s: %w", id, ErrPaid)
	case t.State == Cancelled || t.Cancelling():
		return wechatpay.Confirmation{}, fmt.Errorf("transfer %s: %w", id, ErrCancelled)
	case !ok || b.Package == "" || !s.Clock.Now().Before(b.ClosesAt):
		return wechatpay.Confirmation{}, fmt.Errorf("transfer %s: %w", id, ErrNotReady)
	default:
		return s.Pay.Confirmation(b.Package), nil
	}
}

// Claim makes a transfer of the acting person due again that they let go by, or that WeChat refused them. Again changes
// nothing. Returns ErrUnclaimed once they did so too often.
func (s *Service) Claim(ctx context.Context, id string) (Transfer, error) {
	if _, err := s.Mine(ctx, id); err != nil {
		return Transfer{}, err
	}
	t, err := s.Store.Update(ctx, id, func(t *Transfer) error { return t.Claim(s.Clock.Now()) })
	if err != nil {
		return t, fmt.Errorf("transfer %s: %w", id, err)
	}
	if driven, err := s.Drive(ctx, id); err == nil { // else it is driven by event
		t = driven
	}
	return t, nil
}

// ForStaff returns a transfer to those who may see the organiser's money.
func (s *Service) ForStaff(ctx context.Context, id string) (Transfer, error) {
	t, err := s.Store.Get(ctx, id)
	if err != nil {
		return Transfer{}, err
	}
	return t, domain.ActorFrom(ctx).Must(domain.RightMoney, domain.Place{Organiser: t.Organiser})
}

// OfOrganiser lists what an organiser pays to those who may see its money; an empty state means all.
func (s *Service) OfOrganiser(ctx context.Context, organiser string, state State, page domain.Page) ([]Transfer, domain.Cursor, error) {
	if err := domain.ActorFrom(ctx).Must(domain.RightMoney, domain.Place{Organiser: organiser}); err != nil {
		return nil, "", err
	}
	return s.Store.ByOrganiser(ctx, organiser, state, page)
}

// Troubled lists the transfers that a person must look at, of all organisers whose money the acting person may see.
func (s *Service) Troubled(ctx context.Context, page domain.Page) ([]Transfer, domain.Cursor, error) {
	organisers, err := domain.ActorFrom(ctx).Organisers(domain.RightMoney)
	if err != nil {
		return nil, "", err
	}
	return s.Store.Troubled(ctx, organisers, page)
}

// change is a decision of staff about a transfer.
func (s *Service) change(ctx context.Context, id string, decide func(t *Transfer, by string, now time.Time) error) (Transfer, error) {
	if _, err := s.ForStaff(ctx, id); err != nil {
		return Transfer{}, err
	}
	by := domain.ActorFrom(ctx).Member
	t, err := s.Store.Update(ctx, id, func(t *Transfer) error { return decide(t, by, s.Clock.Now()) })
	if err != nil {
		err = fmt.Errorf("transfer %s: %w", id, err)
	}
	return t, err
}

// Again makes a transfer due that failed, expired or was not claimed, or tries one at once that waits for its next try.
// It is always safe: what WeChat may still pay goes on under its number.
func (s *Service) Again(ctx context.Context, id string) (Transfer, error) {
	return s.change(ctx, id, (*Transfer).Again)
}

// Cancel decides not to pay a transfer. What WeChat has offered is taken back there first; if the person is faster, it is
// paid after all. Returns ErrPaid.
func (s *Service) Cancel(ctx context.Context, id, reason string) (Transfer, error) {
	var check domain.Check
	check.Line("reason", "原因", reason, 1, 60)
	if err := check.Err(); err != nil {
		return Transfer{}, err
	}
	return s.change(ctx, id, func(t *Transfer, by string, now time.Time) error { return t.Cancel(by, reason, now) })
}

// CallOff is Cancel for the feature that asked for the transfer, which has checked who may.
func (s *Service) CallOff(ctx context.Context, id, by, reason string) (Transfer, error) {
	return s.Store.Update(ctx, id, func(t *Transfer) error { return t.Cancel(by, reason, s.Clock.Now()) })
}

// Dismiss notes what a person did about a trouble outside this system. at is its place in Trouble.
func (s *Service) Dismiss(ctx context.Context, id string, at int, outcome string) (Transfer, error) {
	if err := checkOutcome(outcome); err != nil {
		return Transfer{}, err
	}
	return s.change(ctx, id, func(t *Transfer, by string, now time.Time) error { return t.Dismiss(at, by, outcome, now) })
}

// Rule says what became of a bill that WeChat no longer knows, after a person has looked it up in the merchant's own
// statement. Returns domain.ErrConflict for a transfer that is not lost, and ErrSelf for one's own: what is said not to be
// paid can be sent once more.
func (s *Service) Rule(ctx context.Context, id string, paid bool, outcome string) (Transfer, error) {
	if err := checkOutcome(outcome); err != nil {
		return Transfer{}, err
	}
	return s.change(ctx, id, func(t *Transfer, by string, now time.Time) error {
		if by == t.Member {
			return ErrSelf
		}
		return t.Rule(paid, by, outcome, now)
	})
}

func checkOutcome(outcome string) error {
	var check domain.Check
	check.Line("outcome", "处理结果", outcome, 2, 100)
	return check.Err()
}
