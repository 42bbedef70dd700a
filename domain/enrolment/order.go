package enrolment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/form"
)

// HoldFor is how long a seat that is held for an order is left alone before the sweeper asks what became of the order;
// the order itself ends sooner.
const HoldFor = 45 * time.Minute

// The refusals of places that cost money.
var (
	ErrOrder   = domain.Refusal(domain.KindConflict, "order_needed", "这个训练营需要先下单付款")
	ErrOrdered = domain.Refusal(domain.KindConflict, "enrolment_ordered", "这是付费名额，请通过退款退出")
)

// Prices tells whether a seat of a camp must be ordered; domain/product does it.
type Prices interface {
	Costs(ctx context.Context, camp string) (bool, error)
}

// Orders brings an order that holds a seat to where it should be; domain/order does it. Returns domain.ErrNotFound if
// there is no such order.
type Orders interface {
	Settle(ctx context.Context, order string) error
	// GiveUp ends an order that cost nothing, and frees its place; again changes nothing. Returns ErrOrdered of one that cost
	// something, or is not paid yet.
	GiveUp(ctx context.Context, order string) error
}

// holds reports whether the place is the order's.
func (e Enrolment) holds(order string) bool {
	return e.Order == order && (e.State == Held || e.State == Active)
}

// Hold takes a seat for an order, before anybody pays; again changes nothing. Returns what EnrolWith returns, and
// ErrEnrolled if the person has a place already.
func (s *Service) Hold(ctx context.Context, campID, member, order string, given form.Given) error {
	c, err := s.Camps.Get(ctx, campID)
	if err != nil {
		return err
	}
	had, err := s.had(ctx, ID(c.ID, member))
	switch {
	case err != nil || had.holds(order):
		return err
	case had.State == Active || had.State == Held:
		return fmt.Errorf("enrolment %s: %w", had.ID, ErrEnrolled)
	}
	e, err := s.enrol(ctx, c, had, member, order, given)
	if err == nil && !e.holds(order) { // an order of before is still giving its seat back
		err = fmt.Errorf("enrolment %s: %w", e.ID, domain.ErrConflict)
	}
	return err
}

// Open lets the person in whose order is paid; again changes nothing. Returns domain.ErrConflict if the place is not the
// order's any more.
func (s *Service) Open(ctx context.Context, campID, member, order string) error {
	c, err := s.Camps.Get(ctx, campID)
	if err != nil {
		return err
	}
	_, err = s.Store.Update(ctx, ID(campID, member), func(e *Enrolment) error {
		switch {
		case !e.holds(order):
			return domain.ErrConflict
		case e.State == Active:
			return domain.ErrSame
		}
		e.enter(c, s.Clock.Now())
		return nil
	})
	if errors.Is(err, domain.ErrNotFound) {
		err = fmt.Errorf("enrolment of order %s: %w", order, domain.ErrConflict)
	}
	return err
}

// giveUp ends the order by which somebody has their place, if there is one.
func (s *Service) giveUp(ctx context.Context, e Enrolment) error {
	if e.Order == "" || e.State != Active && e.State != Held {
		return nil
	}
	return s.Orders.GiveUp(ctx, e.Order)
}

// Free gives the seat of an order back, held or open; a place that is not the order's stays as it is.
func (s *Service) Free(ctx context.Context, campID, member, order string) error {
	id := ID(campID, member)
	e, err := s.had(ctx, id)
	if err != nil || e.Order != order {
		return err
	}
	if e.State == Reserving { // a seat is just being taken for it, or was when the process died
		c, err := s.Camps.Get(ctx, campID)
		if err != nil {
			return err
		}
		if _, err := s.finish(ctx, c, id); err != nil && !errors.Is(err, camp.ErrFull) {
			return err
		}
	}
	_, err = s.Store.Update(ctx, id, func(e *Enrolment) error {
		if !e.holds(order) {
			return domain.ErrSame
		}
		now := s.Clock.Now()
		e.Order = ""
		return e.end(Left, "", now)
	})
	return err
}

// settleHold asks what became of the order that a seat is held for.
func (s *Service) settleHold(ctx context.Context, e Enrolment, now time.Time) error {
	err := s.Orders.Settle(ctx, e.Order)
	if errors.Is(err, domain.ErrNotFound) {
		return s.Free(ctx, e.Camp, e.Member, e.Order)
	}
	_, failed := s.Store.Update(ctx, e.ID, func(held *Enrolment) error {
		if held.State != Held || held.Order != e.Order {
			return domain.ErrSame
		}
		held.ExpiresAt = now.Add(HoldFor)
		return nil
	})
	return errors.Join(err, failed)
}
