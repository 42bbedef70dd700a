package assist

import (
	"context"
	"errors"
	"fmt"

	"yingdi/domain"
	"yingdi/domain/order"
	"yingdi/domain/source"
)

// Priced implements order.Specials. Returns ErrUnknown, ErrOtherSeat, ErrNotYet, ErrLapsed, ErrOver, ErrInOrder and ErrUsed.
func (s *Service) Priced(ctx context.Context, c order.Claim) (order.Special, error) {
	a, err := s.Store.Get(ctx, c.Ref)
	switch {
	case err != nil:
		return order.Special{}, unknown(err, "of", c.Ref)
	case a.Member != c.Member:
		err = ErrUnknown
	case a.Camp != c.Camp || a.Offer != c.Offer:
		err = ErrOtherSeat
	default:
		err = a.usable(c.Order, s.Clock.Now())
	}
	if err != nil {
		return order.Special{}, fmt.Errorf("assist %s: %w", a.ID, err)
	}
	return order.Special{Kind: order.LineAssist, Ref: a.ID, Text: "好友助力价", Price: a.Terms.Floor, Coupons: a.Terms.Coupons}, nil
}

// Reserve implements order.Specials: it keeps the price for an order.
func (s *Service) Reserve(ctx context.Context, c order.Claim) error {
	return s.change(ctx, c.Ref, func(a *Assist) error { return a.Lock(c.Member, c.Order, s.Clock.Now()) })
}

// Paid implements order.Specials. A payment that comes after its order was cancelled takes the price again if it still can be
// had, and goes back otherwise.
func (s *Service) Paid(ctx context.Context, c order.Claim) (order.Fate, error) {
	err := s.change(ctx, c.Ref, func(a *Assist) error { return a.Pay(c, s.Clock.Now()) })
	if refused := new(domain.Error); errors.As(err, &refused) && refused.Kind == domain.KindConflict {
		return order.Fate{Back: "助力价已经失效，原路退回"}, nil
	}
	return order.Fate{}, err
}

// Free implements order.Specials: the price comes back unless we keep any of what was paid for it.
func (s *Service) Free(ctx context.Context, c order.Claim) error {
	return s.change(ctx, c.Ref, func(a *Assist) error { return a.Free(c, s.Clock.Now()) })
}

// Refunded is told that money of an order went back, and notes it in the assist whose price the order has, if it does. For
// jobs.
func (s *Service) Refunded(ctx context.Context, orderID string) error {
	o, err := s.Orders.Get(ctx, orderID)
	id := o.Promise.Used(order.LineAssist)
	if err != nil || id == "" {
		return err
	}
	return s.change(ctx, id, func(a *Assist) error { return a.Refund(o.ID, o.Amount-o.Left(), s.Clock.Now()) })
}

func (s *Service) change(ctx context.Context, id string, change func(*Assist) error) error {
	if _, err := s.Store.Update(ctx, id, change); err != nil {
		return fmt.Errorf("assist %s: %w", id, unknown(err, "of", id))
	}
	return nil
}

// Sweep looks at every assist whose time has come: it warns of an end, ends what is over, and asks what became of the order
// that has a price. For jobs. One that fails does not stop the others.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.Clock.Now()
	return domain.Round(ctx, "assist", func(page domain.Page) ([]Assist, domain.Cursor, error) {
		return s.Store.Waking(ctx, now, page)
	}, func(a Assist) error { return s.wake(ctx, a) })
}

func (s *Service) wake(ctx context.Context, a Assist) error {
	now := s.Clock.Now()
	if a.State == Open || a.State == Reached {
		c, err := s.Campaigns.Get(ctx, a.Campaign)
		if err != nil {
			return err
		}
		return s.change(ctx, a.ID, func(a *Assist) error { return a.age(c, now) })
	}
	err := s.Orders.Settle(ctx, a.Order)
	if errors.Is(err, domain.ErrNotFound) {
		return s.change(ctx, a.ID, func(k *Assist) error { return k.Free(order.Claim{Order: a.Order}, now) })
	}
	return errors.Join(err, s.change(ctx, a.ID, func(k *Assist) error {
		if k.State != Ordered || k.Order != a.Order {
			return domain.ErrSame
		}
		k.WakeAt = now.Add(OrderFor)
		return nil
	}))
}

// Stop ends what is open of a campaign that was stopped; prices that were reached hold. For jobs, after EventStopped. What
// started in that very moment the sweep ends.
func (s *Service) Stop(ctx context.Context, campaign string) error {
	c, err := s.Campaigns.Get(ctx, campaign)
	if err != nil || !c.Stopped {
		return err
	}
	return domain.Round(ctx, "assist", func(page domain.Page) ([]Assist, domain.Cursor, error) {
		return s.Store.OfCampaign(ctx, campaign, Open, page)
	}, func(a Assist) error {
		return s.change(ctx, a.ID, func(a *Assist) error { return a.age(c, s.Clock.Now()) })
	})
}

// SweepSources forgets where people took part long ago. For jobs.
func (s *Service) SweepSources(ctx context.Context) error {
	return domain.Sweep(ctx, s.Sources, s.Clock.Now().Add(-source.Keep))
}

// Depart ends what a person who deletes their account has under way.
func (s *Service) Depart(ctx context.Context, a Assist) error {
	return s.change(ctx, a.ID, func(a *Assist) error { return a.depart(s.Clock.Now()) })
}

// Ask says that an assist changed, and so its campaign's tally. For jobs.
func (s *Service) Ask(ctx context.Context, id string) error {
	a, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	_, err = domain.Ensure(ctx, s.Tallies, Tally{Doc: domain.Doc{ID: a.Campaign}}, func(t *Tally) error { return t.Ask(now) })
	return err
}

// Count counts the campaigns whose assists changed. For jobs. One that fails does not stop the others.
func (s *Service) Count(ctx context.Context) error {
	return domain.CountDue(ctx, s.Clock, s.Tallies, "tally of assists", func(due Tally) (func(*Tally), error) {
		var failed error
		days, helps := count(domain.Until(s.Store.Facts(ctx, due.ID), &failed))
		return func(t *Tally) { t.Days, t.Helps = days, helps }, failed
	})
}
