package groupbuy

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/order"
)

// Priced is the price of a seat as an order takes it: named is the campaign to open a group of, or the group to join. Its
// refusals say why the member cannot. One that is the order's already holds: the price was promised.
func (s *Service) Priced(ctx context.Context, named, memberID, orderID, campID, offer string) (order.Special, error) {
	campaign, id, opens := ref(named, "new")
	if orderID != "" {
		campaign, id, opens = ref(named, orderID)
	}
	c, err := s.campaign(ctx, campaign)
	if err != nil {
		return order.Special{}, err
	}
	special := order.Special{Kind: order.LineGroup, Ref: named, Text: "拼团价", Price: c.Terms.Price(opens), Coupons: c.Terms.Coupons}
	if c.Camp != campID || c.Terms.Offer != offer {
		return order.Special{}, fmt.Errorf("campaign %s: %w", c.ID, ErrUnknown)
	}
	var g Group
	if !opens || orderID != "" {
		g, err = s.Store.Get(ctx, id)
		if opens && errors.Is(err, domain.ErrNotFound) {
			err = nil
		}
		if err != nil {
			return order.Special{}, unknown(err, id)
		}
		if seat := g.Of(orderID); seat != nil && seat.Member == memberID && seat.Live() {
			return special, nil
		}
	}
	now := s.Clock.Now()
	if err := c.MayEnter(opens, now); err != nil {
		return order.Special{}, fmt.Errorf("campaign %s: %w", c.ID, err)
	}
	if !opens { // a try on our own copy
		if err := g.Reserve(memberID, "try", now.Add(order.PayWithin), now); err != nil {
			return order.Special{}, fmt.Errorf("group %s: %w", g.ID, err)
		}
	}
	e, err := s.entry(ctx, c.ID, memberID)
	if err == nil {
		err = e.free(c.Terms.PerPerson, now)
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
		return Entry{Doc: domain.Doc{ID: EntryID(campaign, memberID)}, Campaign: campaign, Member: memberID}, nil
	}
	return e, err
}

// write changes somebody's entry, or begins it.
func (s *Service) write(ctx context.Context, campaign, memberID string, change func(*Entry) error) error {
	id := EntryID(campaign, memberID)
	_, err := s.Entries.Update(ctx, id, change)
	if !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	fresh := Entry{Doc: domain.Doc{ID: id}, Campaign: campaign, Member: memberID}
	if err := change(&fresh); errors.Is(err, domain.ErrSame) {
		return nil
	} else if err != nil {
		return err
	}
	if err = s.Entries.Insert(ctx, fresh); errors.Is(err, domain.ErrExists) {
		_, err = s.Entries.Update(ctx, id, change)
	}
	return err
}

// Reserve takes a seat for an order before anybody pays: in a new group if named is a campaign, else in the group that it
// names. Again changes nothing. Returns ErrFull, ErrOver, ErrNotYet, ErrInGroup, ErrLimit, ErrPaused, ErrEnded and ErrLapsed.
func (s *Service) Reserve(ctx context.Context, named, memberID, orderID string, payBy time.Time) error {
	campaign, id, opens := ref(named, orderID)
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
	if g, err = s.sit(ctx, c, id, memberID, orderID, payBy); err != nil {
		return errors.Join(fmt.Errorf("group %s: %w", id, err), s.forget(ctx, c.ID, memberID, orderID))
	}
	if err := s.write(ctx, c.ID, memberID, func(e *Entry) error { return e.firm(orderID) }); err != nil {
		if errors.Is(err, domain.ErrConflict) { // another order of theirs was faster
			err = errors.Join(fmt.Errorf("group %s: %w", id, ErrInGroup), s.Release(ctx, named, memberID, orderID))
		}
		return err
	}
	if seat := g.Of(orderID); seat.Won { // this call was overtaken by all that follows
		return s.tell(ctx, g, *seat)
	}
	return nil
}

// sit makes the group of the order, or takes a seat in one that is there.
func (s *Service) sit(ctx context.Context, c Campaign, id, memberID, orderID string, payBy time.Time) (Group, error) {
	now := s.Clock.Now()
	if id == domain.Key(c.ID, orderID) {
		g := open(c, memberID, orderID, payBy, now)
		if err := s.Store.Insert(ctx, g); !errors.Is(err, domain.ErrExists) {
			return g, err
		}
	}
	return s.Store.Update(ctx, id, func(g *Group) error { return g.Reserve(memberID, orderID, payBy, now) })
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

// Paid notes that the order of a seat was paid, at the instant that WeChat says; again changes nothing. What comes of it the
// group says: its money goes back if there was no seat any more.
func (s *Service) Paid(ctx context.Context, named, memberID, orderID string, paidAt time.Time) error {
	campaign, id, _ := ref(named, orderID)
	g, err := s.Store.Get(ctx, id)
	if err != nil {
		return unknown(err, id)
	}
	now := s.Clock.Now()
	if seat := g.Of(orderID); seat == nil || seat.State == Reserved || seat.State == Released {
		err := s.write(ctx, campaign, memberID, func(e *Entry) error { return e.take(id, orderID, g.Terms.PerPerson, now) })
		refused := errors.Is(err, ErrInGroup) || errors.Is(err, ErrLimit)
		if err != nil && !refused {
			return fmt.Errorf("group %s: %w", id, err)
		}
		if g, err = s.Store.Update(ctx, id, func(g *Group) error { return g.Pay(memberID, orderID, !refused, paidAt, now) }); err != nil {
			return fmt.Errorf("group %s: %w", id, err)
		}
	}
	if g.State == Succeeded {
		return s.tellAll(ctx, g)
	}
	if seat := g.Of(orderID); seat != nil && seat.State != Paid {
		return s.tell(ctx, g, *seat)
	}
	return nil
}

// Release gives up the seat of an order that ended unpaid; again, and for any other, changes nothing.
func (s *Service) Release(ctx context.Context, named, memberID, orderID string) error {
	return s.out(ctx, named, memberID, orderID, (*Group).Release)
}

// Leave gives up the seat of an order that is being refunded for a reason of its own; again changes nothing.
func (s *Service) Leave(ctx context.Context, named, memberID, orderID string) error {
	return s.out(ctx, named, memberID, orderID, (*Group).Leave)
}

func (s *Service) out(ctx context.Context, named, memberID, orderID string, how func(*Group, string, time.Time) error) error {
	campaign, id, _ := ref(named, orderID)
	g, err := s.Store.Update(ctx, id, func(g *Group) error { return how(g, orderID, s.Clock.Now()) })
	if errors.Is(err, domain.ErrNotFound) {
		return s.forget(ctx, campaign, memberID, orderID)
	}
	if err != nil {
		return fmt.Errorf("group %s: %w", id, err)
	}
	seat := g.Of(orderID)
	switch {
	case seat == nil:
		return s.forget(ctx, campaign, memberID, orderID)
	case seat.Live():
		return nil
	}
	return s.tell(ctx, g, *seat)
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
