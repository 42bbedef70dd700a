package groupbuy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/order"
)

// Priced implements order.Specials: an order names the campaign to open a group of, or the group to join. Returns what
// Reserve does. A price whose seat is the order's already holds: it was promised.
func (s *Service) Priced(ctx context.Context, claim order.Claim) (order.Special, error) {
	campaign, id, opens := ref(claim.Ref, cmp.Or(claim.Order, "new"))
	c, err := s.campaign(ctx, campaign)
	if err != nil {
		return order.Special{}, err
	}
	if c.Camp != claim.Camp || c.Terms.Offer != claim.Offer {
		return order.Special{}, fmt.Errorf("campaign %s: %w", c.ID, ErrUnknown)
	}
	g, err := s.Store.Get(ctx, id)
	now := s.Clock.Now()
	if opens && errors.Is(err, domain.ErrNotFound) {
		g, err = open(c, claim.Member, "try", now, now), nil
	}
	if err != nil {
		return order.Special{}, unknown(err, id)
	}
	special := order.Special{
		Kind: order.LineGroup, Ref: claim.Ref, Text: "拼团价", Price: g.Terms.Price(opens), Coupons: g.Terms.Coupons, Until: g.ExpiresAt,
	}
	if seat := g.Of(claim.Order); seat != nil && seat.Member == claim.Member && seat.Live() {
		return special, nil
	}
	if err := c.MayEnter(opens, now); err != nil {
		return order.Special{}, fmt.Errorf("campaign %s: %w", c.ID, err)
	}
	if !opens { // a try on our own copy
		if err := g.Reserve(claim.Member, "try", now, now); err != nil {
			return order.Special{}, fmt.Errorf("group %s: %w", g.ID, err)
		}
	}
	e, err := s.entry(ctx, c.ID, claim.Member)
	if err == nil {
		err = e.free(claim.Order, c.Terms.PerPerson, now)
	}
	return special, err
}

func (s *Service) campaign(ctx context.Context, id string) (Campaign, error) {
	c, err := s.Campaigns.Get(ctx, id)
	return c, unknown(err, id)
}

func unknown(err error, id string) error {
	if errors.Is(err, domain.ErrNotFound) {
		return fmt.Errorf("group-buy %s: %w", id, ErrUnknown)
	}
	return err
}

// entry of somebody; an empty one if there is none.
func (s *Service) entry(ctx context.Context, campaign, memberID string) (Entry, error) {
	e, err := s.Entries.Get(ctx, EntryID(campaign, memberID))
	if errors.Is(err, domain.ErrNotFound) {
		return begin(campaign, memberID), nil
	}
	return e, err
}

// write changes somebody's entry, or begins it.
func (s *Service) write(ctx context.Context, campaign, memberID string, change func(*Entry) error) error {
	_, err := domain.Ensure(ctx, s.Entries, begin(campaign, memberID), change)
	return err
}

// Reserve implements order.Specials. Returns ErrFull, ErrOver, ErrNotYet, ErrInGroup, ErrLimit, ErrCrowd, ErrPaused,
// ErrEnded and ErrLapsed.
func (s *Service) Reserve(ctx context.Context, claim order.Claim) error {
	campaign, id, opens := ref(claim.Ref, claim.Order)
	memberID, orderID := claim.Member, claim.Order
	c, err := s.campaign(ctx, campaign)
	if err != nil {
		return err
	}
	g, err := s.Store.Get(ctx, id)
	if err != nil && !(opens && errors.Is(err, domain.ErrNotFound)) {
		return unknown(err, id)
	}
	now := s.Clock.Now()
	switch seat := g.Of(orderID); {
	case seat == nil:
		err = c.MayEnter(opens, now)
	case seat.Member != memberID:
		err = ErrUnknown
	case seat.State == Paid || seat.State == Confirmed:
		return nil
	case seat.State != Reserved:
		err = ErrLapsed
	}
	if err != nil {
		return fmt.Errorf("group %s: %w", id, err)
	}
	if err := s.write(ctx, c.ID, memberID, func(e *Entry) error { return e.claim(id, orderID, c.Terms.PerPerson, now) }); err != nil {
		if errors.Is(err, ErrInGroup) {
			err = errors.Join(err, s.heal(ctx, c.ID, memberID))
		}
		return fmt.Errorf("group %s: %w", id, err)
	}
	if g.Of(orderID) == nil {
		err = s.note(ctx, c, id, memberID, opens, now)
	}
	if err == nil {
		g, err = s.sit(ctx, c, id, claim)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("group %s: %w", id, err), s.forget(ctx, c.ID, memberID, orderID))
	}
	if err := s.write(ctx, c.ID, memberID, func(e *Entry) error { return e.firm(orderID) }); err != nil {
		if errors.Is(err, domain.ErrConflict) { // another order of theirs was faster
			err = errors.Join(fmt.Errorf("group %s: %w", id, ErrInGroup), s.out(ctx, claim, (*Group).Release))
		}
		return err
	}
	if seat := g.Of(orderID); seat.Won { // this call was overtaken by all that follows
		return s.tell(ctx, g, *seat)
	}
	return nil
}

// sit makes the group of the order, or takes a seat in one that is there.
func (s *Service) sit(ctx context.Context, c Campaign, id string, claim order.Claim) (Group, error) {
	now := s.Clock.Now()
	if id == domain.Key(c.ID, claim.Order) {
		g := open(c, claim.Member, claim.Order, claim.PayBy, now)
		if err := s.Store.Insert(ctx, g); !errors.Is(err, domain.ErrExists) {
			return g, err
		}
	}
	return s.Store.Update(ctx, id, func(g *Group) error { return g.Reserve(claim.Member, claim.Order, claim.PayBy, now) })
}

func (s *Service) forget(ctx context.Context, campaign, memberID, orderID string) error {
	return s.write(ctx, campaign, memberID, func(e *Entry) error { return e.drop(orderID, false) })
}

// heal forgets a claim whose seat is long gone, which a crash left: the next try is let in.
func (s *Service) heal(ctx context.Context, campaign, memberID string) error {
	e, err := s.entry(ctx, campaign, memberID)
	now := s.Clock.Now()
	if err != nil || e.Open == nil || now.Before(e.Open.Since.Add(AskFor)) {
		return err
	}
	g, err := s.Store.Get(ctx, e.Open.Group)
	if err != nil {
		return err
	}
	seat := g.Of(e.Open.Order)
	if seat != nil && seat.Live() && !seat.Won {
		return nil
	}
	return s.write(ctx, campaign, memberID, func(had *Entry) error {
		if had.Open == nil || *had.Open != *e.Open {
			return domain.ErrSame
		}
		return had.drop(e.Open.Order, true)
	})
}

// Paid implements order.Specials: what comes of a payment the group says.
func (s *Service) Paid(ctx context.Context, claim order.Claim) (order.Fate, error) {
	g, err := s.paid(ctx, claim)
	if err != nil {
		return order.Fate{}, err
	}
	return g.fate(claim.Order), nil
}

func (s *Service) paid(ctx context.Context, claim order.Claim) (Group, error) {
	campaign, id, _ := ref(claim.Ref, claim.Order)
	memberID, orderID := claim.Member, claim.Order
	g, err := s.Store.Get(ctx, id)
	if err != nil {
		return g, unknown(err, id)
	}
	now := s.Clock.Now()
	if seat := g.Of(orderID); seat == nil || seat.State == Reserved || seat.State == Released {
		err := s.write(ctx, campaign, memberID, func(e *Entry) error { return e.take(id, orderID, g.Terms.PerPerson, now) })
		refused := errors.Is(err, ErrInGroup) || errors.Is(err, ErrLimit)
		if err != nil && !refused {
			return g, fmt.Errorf("group %s: %w", id, err)
		}
		if g, err = s.Store.Update(ctx, id, func(g *Group) error { return g.Pay(memberID, orderID, !refused, claim.PaidAt, now) }); err != nil {
			return g, fmt.Errorf("group %s: %w", id, err)
		}
	}
	if seat := g.Of(orderID); seat != nil && seat.Unsaid { // those of the others follow by event
		return g, s.tell(ctx, g, *seat)
	}
	return g, nil
}

// Free implements order.Specials.
func (s *Service) Free(ctx context.Context, claim order.Claim) error {
	if claim.PaidAt.IsZero() {
		return s.out(ctx, claim, (*Group).Release)
	}
	return s.out(ctx, claim, (*Group).Leave)
}

func (s *Service) out(ctx context.Context, claim order.Claim, how func(*Group, string, time.Time) error) error {
	campaign, id, _ := ref(claim.Ref, claim.Order)
	paid := !claim.PaidAt.IsZero()
	forget := func() error {
		return s.write(ctx, campaign, claim.Member, func(e *Entry) error { return e.drop(claim.Order, paid) })
	}
	g, err := s.Store.Update(ctx, id, func(g *Group) error { return how(g, claim.Order, s.Clock.Now()) })
	if errors.Is(err, domain.ErrNotFound) {
		return forget()
	}
	if err != nil {
		return fmt.Errorf("group %s: %w", id, err)
	}
	switch seat := g.Of(claim.Order); {
	case seat == nil:
		return forget()
	case seat.Live():
		return nil
	default:
		err = s.tell(ctx, g, *seat)
	}
	if paid { // also if the group never heard of the payment, and the entry did
		err = errors.Join(err, forget())
	}
	return err
}

// tell notes in a person's entry what became of their seat, and in the group that it is known.
func (s *Service) tell(ctx context.Context, g Group, seat Seat) error {
	if err := s.write(ctx, g.Campaign, seat.Member, func(e *Entry) error { return e.learn(g.ID, seat) }); err != nil {
		return fmt.Errorf("entry of order %s: %w", seat.Order, err)
	}
	_, err := s.Store.Update(ctx, g.ID, func(g *Group) error { return g.said(seat.Order, seat.State, s.Clock.Now()) })
	return err
}

func (s *Service) tellAll(ctx context.Context, g Group) error {
	var failures []error
	for _, seat := range g.Seats {
		if seat.Unsaid {
			failures = append(failures, s.tell(ctx, g, seat))
		}
	}
	return errors.Join(failures...)
}
