package coupon

import (
	"context"
	"errors"
	"fmt"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/order"
	"yingdi/domain/source"
)

// Usable implements order.Coupons.
func (s *Service) Usable(ctx context.Context, member string, c camp.Camp) ([]order.Coupon, error) {
	list, _, err := s.Store.Ready(ctx, c.Organiser, member, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return nil, err
	}
	now := s.Clock.Now()
	usable := make([]order.Coupon, 0, len(list))
	for _, k := range list {
		if k.usable("", now) == nil && k.Terms.Covers(k.Organiser, c) {
			usable = append(usable, k.Terms.priced(k.ID, k.Title, k.Until))
		}
	}
	return usable, nil
}

// Priced implements order.Coupons. Returns ErrUnknown, ErrScope, ErrExpired, ErrNotYet, ErrLocked, ErrUsed and ErrRevoked.
func (s *Service) Priced(ctx context.Context, id, member, orderID string, c camp.Camp) (order.Coupon, error) {
	k, err := s.Store.Get(ctx, id)
	switch {
	case errors.Is(err, domain.ErrNotFound), err == nil && k.Member != member:
		err = ErrUnknown
	case err != nil:
	default:
		if err = k.usable(orderID, s.Clock.Now()); err == nil && !k.Terms.Covers(k.Organiser, c) {
			err = ErrScope
		}
	}
	if err != nil {
		return order.Coupon{}, fmt.Errorf("coupon %s: %w", id, err)
	}
	return k.Terms.priced(k.ID, k.Title, k.Until), nil
}

// Lock implements order.Coupons.
func (s *Service) Lock(ctx context.Context, id, member, orderID string) error {
	return s.change(ctx, id, func(c *Coupon) error { return c.Lock(member, orderID, s.Clock.Now()) })
}

// Use implements order.Coupons.
func (s *Service) Use(ctx context.Context, id, orderID string, took, paid domain.Fen) error {
	return s.change(ctx, id, func(c *Coupon) error { return c.Use(orderID, took, paid, s.Clock.Now()) })
}

// Refunded is told that money of an order went back, and notes it in the coupon that the order used, if it did. For jobs.
func (s *Service) Refunded(ctx context.Context, orderID string) error {
	o, err := s.Orders.Get(ctx, orderID)
	id := o.Promise.Used(order.LineCoupon)
	if err != nil || id == "" {
		return err
	}
	return s.change(ctx, id, func(c *Coupon) error { return c.Refund(o.ID, o.Amount-o.Left(), s.Clock.Now()) })
}

// Free implements order.Coupons.
func (s *Service) Free(ctx context.Context, id, orderID string, whole bool) error {
	return s.change(ctx, id, func(c *Coupon) error { return c.Free(orderID, whole, s.Clock.Now()) })
}

func (s *Service) change(ctx context.Context, id string, change func(*Coupon) error) error {
	_, err := s.Store.Update(ctx, id, change)
	if errors.Is(err, domain.ErrNotFound) {
		err = ErrUnknown
	}
	if err != nil {
		return fmt.Errorf("coupon %s: %w", id, err)
	}
	return nil
}

// Sweep looks at every coupon whose time has come: it finishes claims, warns of the end, ends what is over, and asks what
// became of the order that one is locked for. For jobs. One that fails does not stop the others.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.Clock.Now()
	return domain.Round(ctx, "coupon", func(page domain.Page) ([]Coupon, domain.Cursor, error) {
		return s.Store.Waking(ctx, now, page)
	}, func(c Coupon) error { return s.wake(ctx, c) })
}

func (s *Service) wake(ctx context.Context, c Coupon) error {
	now := s.Clock.Now()
	switch c.State {
	case Asking:
		_, err := s.finish(ctx, c.Template, c.ID)
		if errors.Is(err, ErrOut) || errors.Is(err, ErrPaused) || errors.Is(err, ErrEnded) {
			return nil
		}
		return err
	case Unused:
		return s.change(ctx, c.ID, func(c *Coupon) error { return c.age(now) })
	case Locked:
		err := s.Orders.Settle(ctx, c.Order)
		if errors.Is(err, domain.ErrNotFound) {
			return s.change(ctx, c.ID, func(k *Coupon) error { return k.Free(c.Order, false, now) })
		}
		return errors.Join(err, s.change(ctx, c.ID, func(k *Coupon) error {
			if k.State != Locked || k.Order != c.Order {
				return domain.ErrSame
			}
			k.WakeAt = now.Add(LockFor)
			return nil
		}))
	}
	return nil
}

// SweepSources forgets where coupons were claimed long ago. For jobs.
func (s *Service) SweepSources(ctx context.Context) error {
	return domain.Sweep(ctx, s.Sources, s.Clock.Now().Add(-source.Keep))
}

// Depart ends what a person who deletes their account has not used; what was used stays, as the order does.
func (s *Service) Depart(ctx context.Context, c Coupon) error {
	if c.State != Unused {
		return nil
	}
	return s.change(ctx, c.ID, func(c *Coupon) error {
		err := c.Revoke("", "账号已注销", s.Clock.Now())
		if errors.Is(err, ErrLocked) || errors.Is(err, ErrUsed) || errors.Is(err, ErrExpired) {
			return domain.ErrSame
		}
		return err
	})
}
