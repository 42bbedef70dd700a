package groupbuy

import (
	"context"
	"errors"
	"fmt"

	"yingdi/domain"
	"yingdi/domain/order"
)

// Drive takes a group as far as it can go now: it ends what is over, tells people's entries and orders, and has money sent
// back. One seat that fails does not stop the others. It is idempotent and goes on where a crash left. For jobs.
func (s *Service) Drive(ctx context.Context, id string) error {
	g, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	var failures []error
	if g.State == Forming {
		if g, err = s.close(ctx, g); err != nil {
			failures = append(failures, err)
		}
	}
	failures = append(failures, s.tellAll(ctx, g))
	for _, seat := range g.Seats {
		switch {
		case seat.Unopened:
			err = s.confirm(ctx, g.ID, seat)
		case seat.State == Refunding:
			err = s.giveBack(ctx, g.ID, seat)
		default:
			continue
		}
		if err != nil {
			failures = append(failures, fmt.Errorf("order %s: %w", seat.Order, err))
		}
	}
	return errors.Join(failures...)
}

// close ends a group whose time is over or whose campaign was stopped, and asks what became of orders that should have been
// paid long ago. Before a group fails WeChat is asked about those who may just have paid; an order that does not answer
// does not keep the others' money.
func (s *Service) close(ctx context.Context, g Group) (Group, error) {
	now := s.Clock.Now()
	c, err := s.campaign(ctx, g.Campaign)
	if err != nil {
		return g, err
	}
	expired := !now.Before(g.ExpiresAt)
	var failures []error
	for _, seat := range g.Seats {
		if seat.State != Reserved || !expired && !c.Stopped && now.Before(seat.PayBy.Add(LapseAfter)) {
			continue
		}
		err := s.Orders.Settle(ctx, seat.Order)
		if errors.Is(err, domain.ErrNotFound) {
			err = s.Free(ctx, order.Claim{Ref: g.ID, Order: seat.Order, Member: seat.Member})
		}
		if err != nil {
			failures = append(failures, fmt.Errorf("order %s: %w", seat.Order, err))
		}
	}
	g, err = s.Store.Update(ctx, g.ID, func(g *Group) error {
		if c.Stopped {
			return g.Fail(Stopped, now)
		}
		return g.Expire(now)
	})
	return g, errors.Join(append(failures, err)...)
}

func (s *Service) confirm(ctx context.Context, id string, seat Seat) error {
	if err := s.Orders.Settle(ctx, seat.Order); err != nil {
		return err
	}
	_, err := s.Store.Update(ctx, id, func(g *Group) error { return g.opened(seat.Order, s.Clock.Now()) })
	return err
}

func (s *Service) giveBack(ctx context.Context, id string, seat Seat) error {
	done, err := s.Orders.Settled(ctx, seat.Order)
	_, failed := s.Store.Update(ctx, id, func(g *Group) error {
		if done && err == nil {
			return g.Returned(seat.Order, s.Clock.Now())
		}
		return g.later(seat.Order, err == nil, s.Clock.Now())
	})
	return errors.Join(err, failed)
}

// Returned is told that money of an order has arrived, and notes it in the group if the order has a seat in one whose money
// goes back. For jobs.
func (s *Service) Returned(ctx context.Context, orderID string) error {
	o, err := s.Orders.Get(ctx, orderID)
	named := o.Promise.Used(order.LineGroup)
	if err != nil || named == "" {
		return err
	}
	id := GroupOf(named, orderID)
	g, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	if seat := g.Of(orderID); seat != nil && seat.State == Refunding {
		return s.giveBack(ctx, id, *seat)
	}
	return nil
}

// Sweep drives every group whose time has come. For jobs.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.Clock.Now()
	return s.each(ctx, func(page domain.Page) ([]Group, domain.Cursor, error) { return s.Store.Waking(ctx, now, page) })
}

// Stop fails the groups of a campaign that was stopped. For jobs.
func (s *Service) Stop(ctx context.Context, campaign string) error {
	return s.each(ctx, func(page domain.Page) ([]Group, domain.Cursor, error) {
		return s.Store.OfCampaign(ctx, campaign, Forming, page)
	})
}

func (s *Service) each(ctx context.Context, list func(domain.Page) ([]Group, domain.Cursor, error)) error {
	return domain.Round(ctx, "group", list, func(g Group) error { return s.Drive(ctx, g.ID) })
}
