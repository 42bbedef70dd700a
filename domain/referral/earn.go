package referral

import (
	"context"
	"errors"
	"fmt"

	"yingdi/domain"
	"yingdi/domain/order"
	"yingdi/domain/source"
	"yingdi/domain/wallet"
)

// Earn writes down what the promoters of an order have earned whose place is open. For jobs.
func (s *Service) Earn(ctx context.Context, orderID string) error {
	o, err := s.Orders.Get(ctx, orderID)
	if err != nil || len(o.Promise.Shares) == 0 || o.Kept() == 0 {
		return err
	}
	c, err := s.Camps.Get(ctx, o.Camp)
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	for _, share := range o.Promise.Shares {
		k := Earn(o, share, c, now)
		if k.Amount == 0 {
			continue
		}
		p, err := s.Promoters.Get(ctx, domain.Key(o.Organiser, share.Member))
		if err != nil {
			return err
		}
		if !p.LeftAt.IsZero() { // nobody is there who could have it
			continue
		}
		if same, err := s.same(ctx, Binding{Organiser: o.Organiser, Member: o.Member}, p); err != nil {
			return err
		} else if same {
			_ = k.Void(BySelf, "", "", now)
		}
		if err := s.Store.Insert(ctx, k); err != nil && !errors.Is(err, domain.ErrExists) {
			return err
		}
	}
	return s.Reckon(ctx, orderID) // for what went back before it was written down
}

// Reckon takes back what an order no longer earns. For jobs, whenever money of it goes back.
func (s *Service) Reckon(ctx context.Context, orderID string) error {
	o, err := s.Orders.Get(ctx, orderID)
	if err != nil {
		return err
	}
	var failures []error
	for _, share := range o.Promise.Shares {
		_, err := s.Store.Update(ctx, CommissionID(o.ID, share.Level), func(c *Commission) error { return c.Reckon(o.Kept(), s.Clock.Now()) })
		if !errors.Is(err, domain.ErrNotFound) {
			failures = append(failures, err)
		}
	}
	return errors.Join(failures...)
}

// Post brings the wallet to what the commission says: each entry once, whoever dies in between. For jobs.
func (s *Service) Post(ctx context.Context, id string) error {
	c, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	entries := c.Entries()
	for i := c.Posted; i < len(entries); i++ {
		e := entries[i]
		if e.Amount > 0 {
			_, err = s.Wallets.Credit(ctx, wallet.Gain{
				ID: e.ID, Organiser: c.Organiser, Member: c.Member, Kind: wallet.Commission, Amount: e.Amount, Ref: c.Order, Title: e.Title,
			})
		} else {
			_, err = s.Wallets.Reverse(ctx, wallet.Takeback{ID: e.ID, Of: c.ID, Organiser: c.Organiser, Member: c.Member, Amount: -e.Amount, Title: e.Title})
		}
		if err != nil {
			return fmt.Errorf("commission %s: %w", id, err)
		}
	}
	_, err = s.Store.Update(ctx, id, func(c *Commission) error { return c.posted(len(entries), s.Clock.Now()) })
	return err
}

// Sweep releases every commission that has thawed, and finishes what was left of others. For jobs. One that fails does not
// stop the others.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.Clock.Now()
	return domain.Round(ctx, "commission", func(page domain.Page) ([]Commission, domain.Cursor, error) {
		return s.Store.Waking(ctx, now, page)
	}, func(c Commission) error { return s.wake(ctx, c) })
}

func (s *Service) wake(ctx context.Context, c Commission) error {
	if c.Stage == Frozen {
		o, err := s.Orders.Get(ctx, c.Order)
		if err != nil {
			return err
		}
		in, err := s.Camps.Get(ctx, c.Camp)
		if err != nil {
			return err
		}
		until := Thaws(o, order.Share{Days: c.Days}, in)
		if _, err := s.Store.Update(ctx, c.ID, func(c *Commission) error { return c.Release(o.Kept(), until, s.Clock.Now()) }); err != nil {
			return err
		}
	}
	return s.Post(ctx, c.ID)
}

// Follow notes which commissions have left a wallet that a withdrawal was paid from: those that the ones after them leave no
// room for in the balance. For jobs, after wallet.EventPaid: before, the balance still has what is withdrawn.
func (s *Service) Follow(ctx context.Context, purse string) error {
	w, err := s.Purses.Get(ctx, purse)
	if err != nil {
		return err
	}
	room, gone := max(w.Balance, 0), []string{}
	for c, err := range domain.Each(func(page domain.Page) ([]Commission, domain.Cursor, error) {
		return s.Store.Thawed(ctx, w.Organiser, w.Member, page)
	}) {
		if err != nil {
			return err
		}
		if room <= 0 {
			gone = append(gone, c.ID)
		}
		room -= c.Net()
	}
	var failures []error
	for _, id := range gone {
		_, err := s.Store.Update(ctx, id, func(c *Commission) error { return c.withdraw(s.Clock.Now()) })
		failures = append(failures, err)
	}
	return errors.Join(failures...)
}

// Void takes a commission back that is still frozen, by decision of those who may handle the organiser's money.
func (s *Service) Void(ctx context.Context, organiser, id, reason string) (Commission, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.Must(domain.RightMoney, domain.Place{Organiser: organiser}); err != nil {
		return Commission{}, err
	}
	if err := checkReason(reason); err != nil {
		return Commission{}, err
	}
	return s.Store.Update(ctx, id, func(c *Commission) error {
		if c.Organiser != organiser {
			return domain.ErrNotFound
		}
		return c.Void(ByStaff, actor.Member, reason, s.Clock.Now())
	})
}

func checkReason(reason string) error {
	var check domain.Check
	check.Line("reason", "原因", reason, 2, 60)
	return check.Err()
}

// Ask says that an organiser's commissions changed, and so its tally. For jobs.
func (s *Service) Ask(ctx context.Context, id string) error {
	c, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	_, err = domain.Ensure(ctx, s.Tallies, Tally{Doc: domain.Doc{ID: c.Organiser}}, func(t *Tally) error { return t.Ask(s.Clock.Now()) })
	return err
}

// Count counts the organisers whose commissions changed. For jobs. One that fails does not stop the others.
func (s *Service) Count(ctx context.Context) error {
	return domain.CountDue(ctx, s.Clock, s.Tallies, "tally of commissions", func(due Tally) (func(*Tally), error) {
		var failed error
		days, top := count(domain.Until(s.Store.Facts(ctx, due.ID), &failed))
		return func(t *Tally) { t.Days, t.Top = days, top }, failed
	})
}

// SweepSources forgets where people came from long ago. For jobs.
func (s *Service) SweepSources(ctx context.Context) error {
	return domain.Sweep(ctx, s.Sources, s.Clock.Now().Add(-source.Keep))
}
