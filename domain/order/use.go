package order

import (
	"context"
	"fmt"

	"yingdi/domain"
)

// Mine returns an order of the acting person.
func (s *Service) Mine(ctx context.Context, id string) (Order, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Order{}, err
	}
	o, err := s.Store.Get(ctx, id)
	if err == nil && o.Member != actor.Member {
		err = fmt.Errorf("order %s: %w", id, domain.ErrNotFound)
	}
	return o, err
}

// Get returns an order as it is. For other features.
func (s *Service) Get(ctx context.Context, id string) (Order, error) { return s.Store.Get(ctx, id) }

// List returns the acting person's orders, the newest first.
func (s *Service) List(ctx context.Context, page domain.Page) ([]Order, domain.Cursor, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return nil, "", err
	}
	return s.Store.ByMember(ctx, actor.Member, page)
}

// OfCamp lists a camp's orders to those who may see its money.
func (s *Service) OfCamp(ctx context.Context, campID string, state State, page domain.Page) ([]Order, domain.Cursor, error) {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightMoney); err != nil {
		return nil, "", err
	}
	return s.Store.ByCamp(ctx, campID, state, page)
}

// ForStaff returns an order to those who may see the money of its camp.
func (s *Service) ForStaff(ctx context.Context, id string) (Order, error) {
	o, err := s.Store.Get(ctx, id)
	if err != nil {
		return Order{}, err
	}
	_, err = s.Camps.ForStaff(ctx, o.Camp, domain.RightMoney)
	return o, err
}

// AskBack refunds the acting person's order by the policy that they were shown, and gives their place up. amount is what
// they were told they would get; ErrPrice if the policy's next step has come meanwhile.
func (s *Service) AskBack(ctx context.Context, id string, amount domain.Fen) (Order, error) {
	if _, err := s.Mine(ctx, id); err != nil {
		return Order{}, err
	}
	o, err := s.Store.Update(ctx, id, func(o *Order) error {
		now := s.Clock.Now()
		if !o.has(CauseLearner) && o.Refundable(now) != amount {
			return ErrRefundChanged
		}
		return o.AskBack(o.Member, now)
	})
	if err != nil {
		return o, fmt.Errorf("order %s: %w", id, err)
	}
	return o, nil
}

// GiveUp implements enrolment.Orders: it ends an order that cost nothing, and the place with it; again changes nothing. What it
// took part in and its coupon are given back as if all its money had been.
func (s *Service) GiveUp(ctx context.Context, id string) error {
	by := domain.ActorFrom(ctx).Member
	if _, err := s.Store.Update(ctx, id, func(o *Order) error {
		cause := ByStaff
		if by == o.Member {
			cause = ByUser
		}
		return o.GiveUp(cause, s.Clock.Now())
	}); err != nil {
		return fmt.Errorf("order %s: %w", id, err)
	}
	_, err := s.Drive(ctx, id)
	return err
}

// Depart ends what a person who deletes their account has under way: an order that waits is cancelled, and a place that the
// policy still refunds is given back. What went before stays, under an id that names nobody any more.
func (s *Service) Depart(ctx context.Context, o Order) error {
	switch o.State {
	case Pending:
		_, err := s.end(ctx, o, ByUser)
		return err
	case PaidWaiting, Fulfilled, PartRefunded:
		_, err := s.Store.Update(ctx, o.ID, func(o *Order) error {
			now := s.Clock.Now()
			if o.Refundable(now) == 0 {
				return domain.ErrSame
			}
			return o.AskBack(o.Member, now)
		})
		return err
	}
	return nil
}

// ErrRefundChanged refuses a refund of another amount than the learner was shown.
var ErrRefundChanged = domain.Refusal(domain.KindConflict, "refund_changed", "可退金额刚刚有变化，请确认后再申请")

// Grant is what staff decide to give back.
type Grant struct {
	Key    string // chosen once by the client, so that a repeated click refunds once
	Amount domain.Fen
	Ends   bool // the place goes with it
	Reason string
}

// Check bounds the grant.
func (g Grant) Check() error {
	var check domain.Check
	check.That(domain.ValidID(g.Key) && len(g.Key) <= 24, "key", "页面已过期，请刷新后再试")
	check.That(g.Amount >= 1, "amount", "请填写退款金额")
	check.Line("reason", "原因", g.Reason, 1, 60)
	return check.Err()
}

// GiveBack refunds any amount that is left of an order, by decision of staff.
func (s *Service) GiveBack(ctx context.Context, id string, g Grant) (Order, error) {
	if _, err := s.ForStaff(ctx, id); err != nil {
		return Order{}, err
	}
	if err := g.Check(); err != nil {
		return Order{}, err
	}
	by := domain.ActorFrom(ctx).Member
	return s.Store.Update(ctx, id, func(o *Order) error {
		return o.GiveBack("staff-"+g.Key, CauseStaff, g.Amount, g.Ends, by, g.Reason, s.Clock.Now())
	})
}

// PayBackPart refunds a learner's own part of a scholarship pool; again under the same key changes nothing. For jobs.
func (s *Service) PayBackPart(ctx context.Context, id, key string, amount domain.Fen, reason string) (Order, error) {
	return s.Store.Update(ctx, id, func(o *Order) error {
		return o.GiveBack(key, CausePool, amount, false, "", reason, s.Clock.Now())
	})
}

// Again sends a refund that is stuck once more, under its own number.
func (s *Service) Again(ctx context.Context, id, number string) (Order, error) {
	if _, err := s.ForStaff(ctx, id); err != nil {
		return Order{}, err
	}
	by := domain.ActorFrom(ctx).Member
	return s.Store.Update(ctx, id, func(o *Order) error { return o.Again(number, by, s.Clock.Now()) })
}

// Dismiss notes what a person did about a trouble outside this system, such as a transfer by hand.
func (s *Service) Dismiss(ctx context.Context, id string, at int, outcome string) (Order, error) {
	if _, err := s.ForStaff(ctx, id); err != nil {
		return Order{}, err
	}
	var check domain.Check
	check.Line("outcome", "处理结果", outcome, 2, 100)
	if err := check.Err(); err != nil {
		return Order{}, err
	}
	by := domain.ActorFrom(ctx).Member
	return s.Store.Update(ctx, id, func(o *Order) error {
		switch {
		case at < 0 || at >= len(o.Trouble):
			return domain.ErrNotFound
		case !o.Trouble[at].DoneAt.IsZero():
			return domain.ErrSame
		}
		t := &o.Trouble[at]
		t.DoneAt, t.DoneBy, t.Outcome = s.Clock.Now(), by, outcome
		return nil
	})
}

// OfOrganiser lists the orders of all camps of an organiser to those who may see its money.
func (s *Service) OfOrganiser(ctx context.Context, organiser string, state State, page domain.Page) ([]Order, domain.Cursor, error) {
	if err := domain.ActorFrom(ctx).Must(domain.RightMoney, domain.Place{Organiser: organiser}); err != nil {
		return nil, "", err
	}
	return s.Store.ByOrganiser(ctx, organiser, state, page)
}

// Troubled lists the orders that a person must look at, of all organisers whose money the acting person may see.
func (s *Service) Troubled(ctx context.Context, page domain.Page) ([]Order, domain.Cursor, error) {
	organisers, err := domain.ActorFrom(ctx).Organisers(domain.RightMoney)
	if err != nil {
		return nil, "", err
	}
	return s.Store.Troubled(ctx, organisers, page)
}

// Late lists the orders whose money should long be back, of all organisers whose money the acting person may see.
func (s *Service) Late(ctx context.Context, page domain.Page) ([]Order, domain.Cursor, error) {
	organisers, err := domain.ActorFrom(ctx).Organisers(domain.RightMoney)
	if err != nil {
		return nil, "", err
	}
	return s.Store.Late(ctx, organisers, s.Clock.Now(), page)
}

// Ask lets WeChat say how a payment or a refund stands, and takes it in. For the morning's reconciliation.
func (s *Service) Ask(ctx context.Context, id, number string) error {
	o, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	if o.refundBy(number) != nil {
		r, err := s.Pay.QueryRefund(ctx, number)
		if err != nil {
			return err
		}
		_, err = s.RefundSeen(ctx, r)
		return err
	}
	t, err := s.Pay.Query(ctx, number)
	if err != nil {
		return err
	}
	_, err = s.Seen(ctx, t)
	return err
}

// Sweep drives every order whose time has come. For jobs; one that fails does not stop the others.
func (s *Service) Sweep(ctx context.Context) error {
	return domain.Round(ctx, "order", func(page domain.Page) ([]Order, domain.Cursor, error) {
		return s.Store.Waking(ctx, s.Clock.Now(), page)
	}, func(o Order) error {
		_, err := s.Drive(ctx, o.ID)
		return err
	})
}
