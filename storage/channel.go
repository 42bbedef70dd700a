package storage

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/channel"
	"yingdi/domain/order"
)

// Scenes keeps where codes and links lead.
type Scenes struct{ *Collection[channel.Scene] }

// NewScenes declares the collection.
func NewScenes(ctx context.Context, db *DB) (Scenes, error) {
	c, err := NewCollection(ctx, db, "scene", Keys[channel.Scene]{})
	return Scenes{c}, err
}

// ChannelStores are the collections of channels.
type ChannelStores struct {
	Channels Channels
	Origins  Origins
	Visits   Visits
	Arrivals Arrivals
	Tallies  Recounts[channel.Tally]
}

// NewChannels declares the collections.
func NewChannels(ctx context.Context, db *DB) (s ChannelStores, err error) {
	if s.Channels.Collection, err = NewCollection(ctx, db, "channel", Keys[channel.Channel]{
		"organiser": func(c *channel.Channel) any { return c.Organiser },
		"at":        func(c *channel.Channel) any { return c.CreatedAt },
	}, Index{Name: "organiser", Fields: []string{"organiser", "at"}}); err != nil {
		return s, err
	}
	if s.Origins.Collection, err = NewCollection(ctx, db, "origin", Keys[channel.Origin]{
		"owned": func(o *channel.Origin) any { return o.Member },
		"first": func(o *channel.Origin) any { return keyed(o.First.Channel != "", o.First.Channel) },
		"at":    func(o *channel.Origin) any { return o.First.At },
	}, ofPerson, Index{Name: "first", Fields: []string{"first", "at"}}); err != nil {
		return s, err
	}
	if s.Visits.Collection, err = NewCollection(ctx, db, "visit", Keys[channel.Visit]{
		"channel": func(v *channel.Visit) any { return v.Channel },
		"day":     func(v *channel.Visit) any { return string(v.Day) },
		"at":      func(v *channel.Visit) any { return v.At },
	}, Index{Name: "channel", Fields: []string{"channel", "day"}}, Index{Name: "at", Fields: []string{"at"}}); err != nil {
		return s, err
	}
	if s.Arrivals.Collection, err = NewCollection(ctx, db, "arrival", Keys[channel.Arrival]{
		"owned": func(a *channel.Arrival) any { return a.Member },
		"first": func(a *channel.Arrival) any { return keyed(a.Origin.First != "", a.Origin.First) },
		"last":  func(a *channel.Arrival) any { return keyed(a.Origin.Last != "", a.Origin.Last) },
		"open":  func(a *channel.Arrival) any { return keyed(a.CompletedAt.IsZero(), a.Camp) },
	}, ofPerson, Index{Name: "first", Fields: []string{"first"}}, Index{Name: "last", Fields: []string{"last"}},
		Index{Name: "open", Fields: []string{"open"}}); err != nil {
		return s, err
	}
	s.Tallies, err = newRecounts[channel.Tally](ctx, db, "channeltally")
	return s, err
}

// Channels keeps channels.
type Channels struct{ *Collection[channel.Channel] }

// OfOrganiser implements channel.Channels.
func (s Channels) OfOrganiser(ctx context.Context, organiser string, page domain.Page) ([]channel.Channel, domain.Cursor, error) {
	return s.Find(ctx, By("organiser").Equal(organiser).Descending(), page)
}

// CountOrganiser implements channel.Channels.
func (s Channels) CountOrganiser(ctx context.Context, organiser string) (int64, error) {
	return s.Count(ctx, By("organiser").Equal(organiser))
}

// All implements channel.Channels.
func (s Channels) All(ctx context.Context, page domain.Page) ([]channel.Channel, domain.Cursor, error) {
	return s.Find(ctx, By(IDIndex.Name), page)
}

// Origins keeps how people came to organisers.
type Origins struct{ *Collection[channel.Origin] }

// OfPerson implements privacy.Of.
func (s Origins) OfPerson(ctx context.Context, member string, page domain.Page) ([]channel.Origin, domain.Cursor, error) {
	return s.Find(ctx, By(ofPerson.Name).Equal(member), page)
}

// Visits keeps visits.
type Visits struct{ *Collection[channel.Visit] }

// Ended implements domain.Passing.
func (s Visits) Ended(ctx context.Context, before time.Time, page domain.Page) ([]channel.Visit, domain.Cursor, error) {
	return s.Find(ctx, By("at").Range(nil, before), page)
}

// Arrivals keeps arrivals.
type Arrivals struct{ *Collection[channel.Arrival] }

// OfCamp implements channel.Arrivals.
func (s Arrivals) OfCamp(ctx context.Context, camp string, page domain.Page) ([]channel.Arrival, domain.Cursor, error) {
	return s.Find(ctx, By("open").Equal(camp), page)
}

// OfPerson implements privacy.Of.
func (s Arrivals) OfPerson(ctx context.Context, member string, page domain.Page) ([]channel.Arrival, domain.Cursor, error) {
	return s.Find(ctx, By(ofPerson.Name).Equal(member), page)
}

// ChannelFacts are the collections that channels are counted from.
type ChannelFacts struct {
	ChannelStores
	Orders Orders
}

// EachVisit implements channel.Facts.
func (f ChannelFacts) EachVisit(ctx context.Context, id string, told func(domain.Day)) error {
	for e, err := range f.Visits.Entries(ctx, By("channel").Equal(id)) {
		if err != nil {
			return err
		}
		day, _ := e.Fields["day"].(string)
		told(domain.Day(day))
	}
	return nil
}

// EachKnown implements channel.Facts.
func (f ChannelFacts) EachKnown(ctx context.Context, id string, told func(time.Time)) error {
	for e, err := range f.Origins.Entries(ctx, By("first").Equal(id)) {
		if err != nil {
			return err
		}
		told(instant(e.Fields["at"]))
	}
	return nil
}

// EachArrival implements channel.Facts.
func (f ChannelFacts) EachArrival(ctx context.Context, id string, first bool, told func(channel.Arrival)) error {
	for a, err := range f.Arrivals.Each(ctx, By(led(first)).Equal(id)) {
		if err != nil {
			return err
		}
		told(a)
	}
	return nil
}

// EachOrder implements channel.Facts.
func (f ChannelFacts) EachOrder(ctx context.Context, id string, first bool, told func(order.Order)) error {
	for o, err := range f.Orders.Each(ctx, By("origin"+led(first)).Equal(id)) {
		if err != nil {
			return err
		}
		told(o)
	}
	return nil
}

func led(first bool) string {
	if first {
		return "first"
	}
	return "last"
}

// PaidBy implements channel.Facts.
func (f ChannelFacts) PaidBy(ctx context.Context, organiser string, members []string) (paid []order.Order, err error) {
	who := make([]any, len(members))
	for i, m := range members {
		who[i] = pendingKey(organiser, m)
	}
	for o, err := range f.Orders.Each(ctx, By("buyer").In(who...)) {
		if err != nil {
			return nil, err
		}
		paid = append(paid, o)
	}
	return paid, nil
}

var (
	_ channel.Store    = Scenes{}
	_ channel.Channels = Channels{}
	_ channel.Origins  = Origins{}
	_ channel.Visits   = Visits{}
	_ channel.Arrivals = Arrivals{}
	_ channel.Tallies  = Recounts[channel.Tally]{}
	_ channel.Facts    = ChannelFacts{}
)
