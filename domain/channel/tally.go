package channel

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/order"
)

// Tally is what came of a channel by day; its id is the channel's. It is counted anew from the facts soon after one of them
// changed: once for those whom it led last, and once for those whom it led first.
type Tally struct {
	domain.Doc
	domain.Recount
	Last  []Day `json:"last"` // those with something, the earliest first
	First []Day `json:"first"`
}

// Day is one day of a tally.
type Day struct {
	Day        domain.Day `json:"day"`
	Visits     int        `json:"visits,omitempty"`     // visitors of the day
	Registered int        `json:"registered,omitempty"` // people whom the organiser had not known before
	Enrolled   int        `json:"enrolled,omitempty"`   // places that were taken
	Completed  int        `json:"completed,omitempty"`  // camps that were completed
	Paid       int        `json:"paid,omitempty"`       // orders that were paid
	Again      int        `json:"again,omitempty"`      // people who paid a second time, whatever led them to that
	Received   domain.Fen `json:"received,omitempty"`
	Returned   domain.Fen `json:"returned,omitempty"`
}

// Net is what stayed of the money.
func (d Day) Net() domain.Fen { return d.Received - d.Returned }

func (d *Day) add(o Day) {
	d.Visits, d.Registered, d.Enrolled, d.Completed = d.Visits+o.Visits, d.Registered+o.Registered, d.Enrolled+o.Enrolled, d.Completed+o.Completed
	d.Paid, d.Again, d.Received, d.Returned = d.Paid+o.Paid, d.Again+o.Again, d.Received+o.Received, d.Returned+o.Returned
}

// Facts is what a channel's tally is counted from.
type Facts interface {
	EachVisit(ctx context.Context, channel string, told func(day domain.Day)) error
	// EachKnown tells of those whom the channel led first, by when that was.
	EachKnown(ctx context.Context, channel string, told func(at time.Time)) error
	// EachArrival tells of those whom the channel had led last, or first.
	EachArrival(ctx context.Context, channel string, first bool, told func(Arrival)) error
	// EachOrder tells of the orders with money in them of those whom the channel had led last, or first.
	EachOrder(ctx context.Context, channel string, first bool, told func(order.Order)) error
	// PaidBy returns the orders with money in them of people at an organiser, at most domain.MaxPage people.
	PaidBy(ctx context.Context, organiser string, members []string) ([]order.Order, error)
}

// Counter counts the facts of one channel, in whatever order they come.
type Counter struct{ days map[domain.Day]*Day }

// NewCounter counts from nothing.
func NewCounter() *Counter { return &Counter{map[domain.Day]*Day{}} }

func (c *Counter) day(d domain.Day) *Day {
	if c.days[d] == nil {
		c.days[d] = &Day{Day: d}
	}
	return c.days[d]
}

func (c *Counter) on(at time.Time) *Day { return c.day(calendar.Day(at)) }

// Visit counts a visitor.
func (c *Counter) Visit(day domain.Day) { c.day(day).Visits++ }

// Known counts somebody whom the organiser had not known before.
func (c *Counter) Known(at time.Time) { c.on(at).Registered++ }

// Arrival counts a place that was taken, and the completion of the camp.
func (c *Counter) Arrival(a Arrival) {
	c.on(a.At).Enrolled++
	if !a.CompletedAt.IsZero() {
		c.on(a.CompletedAt).Completed++
	}
}

// Order counts what came in for an order and what went back.
func (c *Counter) Order(o order.Order) {
	if !o.PaidAt.IsZero() && o.Amount > 0 {
		c.on(o.PaidAt).Paid++
	}
	for _, a := range o.Attempts {
		if !a.PaidAt.IsZero() {
			c.on(a.PaidAt).Received += a.Amount
		}
	}
	for _, r := range o.Refunds {
		if r.State == order.RefundSucceeded {
			c.on(r.DoneAt).Returned += r.Amount
		}
	}
}

// Buyers counts who paid a second time of people whose first payment the channel had led to, by all that they paid for.
func (c *Counter) Buyers(paid []order.Order, ours func(order.Order) bool) {
	by := map[string][]order.Order{}
	for _, o := range paid {
		if !o.PaidAt.IsZero() && o.Amount > 0 {
			by[o.Member] = append(by[o.Member], o)
		}
	}
	for _, list := range by {
		slices.SortFunc(list, func(a, b order.Order) int { return cmp.Or(a.PaidAt.Compare(b.PaidAt), cmp.Compare(a.ID, b.ID)) })
		if len(list) > 1 && ours(list[0]) {
			c.on(list[1].PaidAt).Again++
		}
	}
}

// Days is what everything that was told comes to. Visits that are forgotten by now are as they were counted before.
func (c *Counter) Days(before []Day, forgotten domain.Day) []Day {
	for _, d := range before {
		if d.Day < forgotten && d.Visits > 0 {
			c.day(d.Day).Visits = max(c.day(d.Day).Visits, d.Visits)
		}
	}
	list := make([]Day, 0, len(c.days))
	for _, d := range c.days {
		list = append(list, *d)
	}
	slices.SortFunc(list, func(a, b Day) int { return cmp.Compare(a.Day, b.Day) })
	return list
}

// Count counts a channel's facts and writes nothing: for whoever wants to compare.
func (s *Service) Count(ctx context.Context, c Channel, first bool, before []Day) ([]Day, error) {
	n := NewCounter()
	ours := func(o order.Order) bool { return first && o.Origin.First == c.ID || !first && o.Origin.Last == c.ID }
	buyers := map[string]bool{}
	err := errors.Join(
		s.Facts.EachVisit(ctx, c.ID, n.Visit),
		s.Facts.EachKnown(ctx, c.ID, n.Known),
		s.Facts.EachArrival(ctx, c.ID, first, n.Arrival),
		s.Facts.EachOrder(ctx, c.ID, first, func(o order.Order) {
			n.Order(o)
			buyers[o.Member] = true
		}))
	if err != nil {
		return nil, err
	}
	members := make([]string, 0, len(buyers))
	for m := range buyers {
		members = append(members, m)
	}
	for some := range slices.Chunk(members, domain.MaxPage) {
		paid, err := s.Facts.PaidBy(ctx, c.Organiser, some)
		if err != nil {
			return nil, err
		}
		n.Buyers(paid, ours)
	}
	return n.Days(before, calendar.Day(s.Clock.Now().Add(-VisitsKept)).Add(1)), nil
}

// ask has a channel counted anew soon.
func (s *Service) ask(ctx context.Context, channel string) error {
	if channel == "" {
		return nil
	}
	now := s.Clock.Now()
	_, err := domain.Ensure(ctx, s.Tallies, Tally{Doc: domain.Doc{ID: channel}}, func(t *Tally) error { return t.Ask(now) })
	return err
}

func (s *Service) askBoth(ctx context.Context, o order.Origin) error {
	if err := s.ask(ctx, o.Last); err != nil || o.First == o.Last {
		return err
	}
	return s.ask(ctx, o.First)
}

// HeardVisit has the channel of a visit counted. For jobs.
func (s *Service) HeardVisit(ctx context.Context, id string) error {
	v, err := s.Visits.Get(ctx, id)
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.ask(ctx, v.Channel)
}

// HeardTouch has a channel counted that led somebody. For jobs.
func (s *Service) HeardTouch(ctx context.Context, _, channel string) error {
	return s.ask(ctx, channel)
}

// HeardArrival has the channels of an arrival counted. For jobs.
func (s *Service) HeardArrival(ctx context.Context, id string) error {
	a, err := s.Arrivals.Get(ctx, id)
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.askBoth(ctx, a.Origin)
}

// HeardOrder has the channels counted that an order came by, and those of what its buyer paid before. For jobs.
func (s *Service) HeardOrder(ctx context.Context, id string) error {
	o, err := s.Orders.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := s.askBoth(ctx, o.Origin); err != nil {
		return err
	}
	paid, err := s.Facts.PaidBy(ctx, o.Organiser, []string{o.Member})
	if err != nil {
		return err
	}
	for _, earlier := range paid {
		if err := s.askBoth(ctx, earlier.Origin); err != nil {
			return err
		}
	}
	return nil
}

// Work counts every channel whose count is due. For jobs. One that fails does not stop the others.
func (s *Service) Work(ctx context.Context) error {
	return domain.CountDue(ctx, s.Clock, s.Tallies, "tally of channel", func(due Tally) (func(*Tally), error) {
		c, err := s.Channels.Get(ctx, due.ID)
		if err != nil {
			return nil, err
		}
		last, err := s.Count(ctx, c, false, due.Last)
		if err != nil {
			return nil, err
		}
		first, err := s.Count(ctx, c, true, due.First)
		return func(t *Tally) { t.Last, t.First = last, first }, err
	})
}

// AskAll has every channel counted anew: whatever nobody heard of is made good within a day. For jobs.
func (s *Service) AskAll(ctx context.Context) error {
	return domain.Round(ctx, "channel", func(page domain.Page) ([]Channel, domain.Cursor, error) { return s.Channels.All(ctx, page) },
		func(c Channel) error { return s.ask(ctx, c.ID) })
}

// SweepVisits forgets visits after VisitsKept. For jobs.
func (s *Service) SweepVisits(ctx context.Context) error {
	return domain.Sweep(ctx, s.Visits, s.Clock.Now().Add(-VisitsKept))
}
