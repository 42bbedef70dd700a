package order

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// lock keeps the coupon of an order for it, if it has one.
func (s *Service) lock(ctx context.Context, o Order) error {
	coupon := o.Promise.Used(LineCoupon)
	if coupon == "" {
		return nil
	}
	return s.Coupons.Lock(ctx, coupon, o.Member, o.ID)
}

// use notes that the coupon of a paid order is used up.
func (s *Service) use(ctx context.Context, o Order) error {
	coupon := o.Promise.Used(LineCoupon)
	if coupon == "" {
		return nil
	}
	return s.Coupons.Use(ctx, coupon, o.ID, o.Promise.Discount(LineCoupon), o.Amount)
}

// free gives back what an order that has ended held: its place, what it took part in, and its coupon, which stays used as
// long as we keep any of what was paid.
func (s *Service) free(ctx context.Context, o Order) error {
	failed := errors.Join(s.Places.Free(ctx, o.Camp, o.Member, o.ID), s.leave(ctx, o))
	coupon, paid := o.Promise.Used(LineCoupon), !o.PaidAt.IsZero()
	switch {
	case coupon == "":
		return failed
	case paid && o.Left() > 0: // also if it ended before its place was open
		if err := s.use(ctx, o); !errors.Is(err, domain.ErrConflict) {
			failed = errors.Join(failed, err)
		}
		return failed
	}
	return errors.Join(failed, s.Coupons.Free(ctx, coupon, o.ID, paid))
}

// Choice is a coupon of the buyer's, and what it would do.
type Choice struct {
	Coupon
	Saves domain.Fen
	Why   string // it saves nothing
}

// Best stands for whichever of the buyer's coupons saves most.
const Best = "best"

// Sight is a price before anybody buys.
type Sight struct {
	Promise
	Choices []Choice // what the acting person could bring, the best first
	Closed  string   // why they cannot pay it on their phone; empty if they can
	Pending string   // their order for the camp that waits for its payment: whoever orders gets it, not another
}

// Look is Preview with all that the acting person could bring; the coupon may be Best.
func (s *Service) Look(ctx context.Context, w Wish) (v Sight, err error) {
	c, err := s.enrollable(ctx, w.Camp)
	if err != nil {
		return v, err
	}
	had, err := s.pending(ctx, w.Camp)
	if err != nil {
		return v, err
	}
	if v.Choices, err = s.choices(ctx, c, w, had); err != nil {
		return v, err
	}
	if w.Coupon == Best {
		if w.Coupon = ""; len(v.Choices) > 0 && v.Choices[0].Saves > 0 {
			w.Coupon = v.Choices[0].ID
		}
	}
	v.Promise, err = s.price(ctx, c, w.Coupon, w.Special, w.claim(ctx, had))
	v.Closed, v.Pending = s.closed(ctx, c.Kind, Sum(v.Lines)), had.ID
	return v, err
}

// choices are the acting person's coupons for what they wish, the one that saves most first; of two that save the same, the
// one that ends sooner.
func (s *Service) choices(ctx context.Context, c camp.Camp, w Wish, had Order) ([]Choice, error) {
	coupons, err := s.Coupons.Usable(ctx, domain.ActorFrom(ctx).Member, c)
	if err != nil || len(coupons) == 0 {
		return nil, err
	}
	deal, err := s.deal(ctx, c, "", w.Special, w.claim(ctx, had))
	if err != nil {
		return nil, err
	}
	p, pool, err := s.priceList(ctx, c)
	if err != nil {
		return nil, err
	}
	now := s.Clock.Now()
	plain, err := Quote(c, p, w.Offer, pool, deal, now)
	if err != nil {
		return nil, err
	}
	list := make([]Choice, len(coupons))
	for i, coupon := range coupons {
		with, err := Quote(c, p, w.Offer, pool, Deal{Special: deal.Special, Coupon: &coupon}, now)
		if err != nil {
			return nil, err
		}
		list[i] = Choice{Coupon: coupon, Saves: Sum(plain.Lines) - Sum(with.Lines)}
		for _, skipped := range with.Skipped {
			if skipped.Kind == LineCoupon {
				list[i].Why = skipped.Why
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Choice) int { return cmp.Or(cmp.Compare(b.Saves, a.Saves), a.Until.Compare(b.Until)) })
	return list, nil
}
