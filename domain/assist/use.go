package assist

import (
	"context"
	"errors"
	"fmt"

	"yingdi/domain"
)

// Use notes that the order is paid; took is what the price took off.
func (s *Service) Use(ctx context.Context, id, orderID string, took, paid domain.Fen) error {
	return s.change(ctx, id, func(a *Assist) error { return a.Use(orderID, took, paid, s.Clock.Now()) })
}

// Lock keeps the price for an order of the member's.
func (s *Service) Lock(ctx context.Context, id, member, orderID string) error {
	return s.change(ctx, id, func(a *Assist) error { return a.Lock(member, orderID, s.Clock.Now()) })
}

// Free gives the price back when its order ends; whole says that all its money goes back.
func (s *Service) Free(ctx context.Context, id, orderID string, whole bool) error {
	return s.change(ctx, id, func(a *Assist) error { return a.Free(orderID, whole, s.Clock.Now()) })
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
		return s.change(ctx, a.ID, func(k *Assist) error { return k.Free(a.Order, false, now) })
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
	return domain.Sweep(ctx, s.Sources, s.Clock.Now().Add(-KeepSource))
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
	now := s.Clock.Now()
	return domain.Round(ctx, "tally", func(page domain.Page) ([]Tally, domain.Cursor, error) {
		return s.Tallies.Due(ctx, now, page)
	}, func(t Tally) error { return s.tally(ctx, t.ID) })
}

func (s *Service) tally(ctx context.Context, id string) error {
	began := s.Clock.Now()
	t, err := s.Tallies.Update(ctx, id, func(t *Tally) error { return t.Begin(began) })
	if err != nil || !t.Counting {
		return err
	}
	var failed error
	days, helps := count(func(yield func(Fact) bool) {
		for f, err := range s.Store.Facts(ctx, id) {
			if failed = err; err != nil || !yield(f) {
				return
			}
		}
	})
	if failed != nil {
		return failed
	}
	_, err = s.Tallies.Update(ctx, id, func(t *Tally) error {
		t.Days, t.Helps = days, helps
		t.Finish(s.Clock.Now())
		return nil
	})
	return err
}
