package order

import (
	"context"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// Ref names what gives a seat a price of its own: of a group-buy the campaign whose group is to be opened, or the group to
// join, or an assist. The zero one names nothing.
type Ref struct {
	Kind LineKind // LineGroup or LineAssist
	ID   string
}

// Claim is what an order says to the campaign whose price it has.
type Claim struct {
	Ref    string // as the order names what it takes part in
	Order  string // empty for somebody who only looks at the price
	Member string
	Camp   string
	Offer  string
	PayBy  time.Time  // nobody can pay later
	PaidAt time.Time  // as WeChat says; zero if nothing was
	Took   domain.Fen // off the list price
	Amount domain.Fen // of the order
	Kept   domain.Fen // of what was paid, that does not go back
}

// Specials is what this feature needs of one that gives a seat a price of its own. What it has is reserved before anybody
// pays, heard of when they have, and freed when the order ends. Each is idempotent by the order, and leaves alone what is
// another order's.
type Specials interface {
	// Priced is the price that the claim would have now, or has already; its refusals say why it cannot.
	Priced(ctx context.Context, c Claim) (Special, error)
	// Reserve keeps for the order what it takes part in, until c.PayBy. Its refusals say why it cannot.
	Reserve(ctx context.Context, c Claim) error
	// Paid is told that the order was paid, also if what was reserved is gone by now, and says what is to become of it. It is
	// asked again until the order has its place or its money is back, and answers as it is then.
	Paid(ctx context.Context, c Claim) (Fate, error)
	// Free is told that the order has ended. Until it was paid, c.PaidAt is zero; what has been paid by another word is then
	// left alone: that word is newer.
	Free(ctx context.Context, c Claim) error
}

// Fate is what a campaign says of an order that was paid: the zero one lets the person in.
type Fate struct {
	Wait time.Time // it waits for others, until then at the latest; whoever keeps it waiting settles the order sooner
	Back string    // there is nothing for it any more: all money goes back, for this reason as the payer reads it
}

// part is what an order takes part in; the zero one is nothing.
func (p Promise) part() Ref {
	for _, l := range p.Lines {
		if l.Kind == LineGroup || l.Kind == LineAssist {
			return Ref{l.Kind, l.Ref}
		}
	}
	return Ref{}
}

func (o Order) claim() Claim {
	c := Claim{
		Ref: o.Promise.part().ID, Order: o.ID, Member: o.Member, Camp: o.Camp, Offer: o.Promise.Offer, PayBy: o.PayBy, PaidAt: o.PaidAt,
		Took: o.Promise.Discount(o.Promise.part().Kind), Amount: o.Amount,
	}
	if !o.PaidAt.IsZero() {
		c.Kept = o.Left()
	}
	return c
}

// campaign is who gives prices of a kind.
func (s *Service) campaign(kind LineKind) (Specials, error) {
	c, ok := s.Specials[kind]
	if !ok {
		return nil, fmt.Errorf("a price of kind %q: %w", kind, domain.ErrInvalid)
	}
	return c, nil
}

// deal is what a claim and a coupon bring to a price.
func (s *Service) deal(ctx context.Context, c camp.Camp, coupon string, ref Ref, claim Claim) (d Deal, err error) {
	if ref != (Ref{}) {
		from, err := s.campaign(ref.Kind)
		if err != nil {
			return d, err
		}
		claim.Ref, claim.Camp = ref.ID, c.ID
		special, err := from.Priced(ctx, claim)
		if err != nil {
			return d, err
		}
		d.Special = &special
	}
	if coupon != "" {
		with, err := s.Coupons.Priced(ctx, coupon, claim.Member, claim.Order, c)
		if err != nil {
			return d, err
		}
		d.Coupon = &with
	}
	return d, nil
}

// reserve keeps for an order what it takes part in, if it does.
func (s *Service) reserve(ctx context.Context, o Order) error {
	in := o.Promise.part()
	if in == (Ref{}) {
		return nil
	}
	from, err := s.campaign(in.Kind)
	if err != nil {
		return err
	}
	return from.Reserve(ctx, o.claim())
}

// fate is what is to become of a paid order.
func (s *Service) fate(ctx context.Context, o Order) (Fate, error) {
	in := o.Promise.part()
	if in == (Ref{}) {
		return Fate{}, nil
	}
	from, err := s.campaign(in.Kind)
	if err != nil {
		return Fate{}, err
	}
	return from.Paid(ctx, o.claim())
}

// leave gives up what an order that has ended took part in.
func (s *Service) leave(ctx context.Context, o Order) error {
	in := o.Promise.part()
	if in == (Ref{}) {
		return nil
	}
	from, err := s.campaign(in.Kind)
	if err != nil {
		return err
	}
	return from.Free(ctx, o.claim())
}

// Wait notes that a paid order waits for others, until an instant at the latest; its place stays held.
func (o *Order) Wait(until, now time.Time) error {
	if !o.owesPlace() || o.WaitUntil.Equal(until) {
		return domain.ErrSame
	}
	o.WaitUntil = until
	if o.State == Paid {
		o.State = PaidWaiting
	}
	o.WakeAt = o.nextWake(now)
	return nil
}

// Waits reports whether the order is paid and waits for others.
func (o Order) Waits() bool { return o.owesPlace() && !o.WaitUntil.IsZero() }

// Settled drives an order and reports whether nothing of its money is on its way back any more. For whoever has said that
// it goes back.
func (s *Service) Settled(ctx context.Context, id string) (bool, error) {
	o, err := s.Drive(ctx, id)
	return err == nil && !o.EndedAt.IsZero() && o.Underway() == 0, err
}
