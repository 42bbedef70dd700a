package storagetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/channel"
	"yingdi/domain/domaintest"
	"yingdi/domain/order"
	"yingdi/storage"
)

// oneHouse is the camps of channels: all are of one organiser.
type oneHouse struct{}

func (oneHouse) Get(context.Context, string) (camp.Camp, error) {
	return camp.Camp{Organiser: "o1", State: camp.Published}, nil
}
func (oneHouse) OrganiserOf(context.Context, string) (string, error) { return "o1", nil }
func (oneHouse) Many(context.Context, []string) (map[string]camp.Camp, error) {
	return nil, nil
}

func (oneHouse) OfOrganiser(context.Context, string, domain.Page) ([]camp.Camp, domain.Cursor, error) {
	return nil, "", nil
}

// signpost is the use cases of channels over an engine, with three channels that lead to one camp by the scenes returned.
func (s *suite) signpost(t *testing.T) (c *channel.Service, scenes []string) {
	t.Helper()
	db := s.db(t)
	scene, err := storage.NewScenes(t.Context(), db)
	must(t, err)
	at, err := storage.NewChannels(t.Context(), db)
	must(t, err)
	orders, err := storage.NewOrders(t.Context(), db)
	must(t, err)
	c = &channel.Service{
		Store: scene, Channels: at.Channels, Origins: at.Origins, Visits: at.Visits, Arrivals: at.Arrivals, Tallies: at.Tallies,
		Facts: storage.ChannelFacts{ChannelStores: at, Orders: orders}, Camps: oneHouse{}, Sealer: domaintest.Sealer(),
		Clock: domaintest.NewClock(noon.Format(time.RFC3339)),
	}
	for i := range 3 {
		one := channel.Channel{Doc: doc(fmt.Sprint("k", i)), Organiser: "o1", Name: "书展", CreatedAt: noon}
		must(t, at.Channels.Insert(t.Context(), one))
		id, err := c.For(t.Context(), one.To("c1"))
		must(t, err)
		scenes = append(scenes, id)
	}
	return c, scenes
}

var channelRaces = tests{
	"one first touch, whichever of many comes first": func(s *suite, t *testing.T) {
		c, scenes := s.signpost(t)
		atOnce(t, racers, func(i int) error {
			_, err := c.Visit(member(t.Context(), "m1"), scenes[i%3])
			return err
		})
		o, err := c.Origins.Get(t.Context(), channel.OriginID("o1", "m1"))
		must(t, err)
		known := 0
		for _, id := range []string{"k0", "k1", "k2"} {
			days, err := c.Count(t.Context(), channel.Channel{Doc: doc(id), Organiser: "o1"}, false, nil)
			must(t, err)
			same(t, []int{len(days), days[0].Visits}, []int{1, 1})
			known += days[0].Registered
		}
		same(t, []int{known, len(o.Met)}, []int{1, 3})
		if o.First.Channel != o.Met[0] {
			t.Errorf("the first touch is %+v, and the first channel %s", o.First, o.Met[0])
		}
	},
	"one visitor a day, however often they come": func(s *suite, t *testing.T) {
		c, scenes := s.signpost(t)
		atOnce(t, racers, func(i int) error {
			_, err := c.Visit(member(t.Context(), fmt.Sprint("m", i%10)), scenes[0])
			return err
		})
		days, err := c.Count(t.Context(), channel.Channel{Doc: doc("k0"), Organiser: "o1"}, true, nil)
		must(t, err)
		same(t, []int{days[0].Visits, days[0].Registered}, []int{10, 10})
	},
}

var channelTests = tests{
	"what a channel led to is found by its first and its last touch": func(s *suite, t *testing.T) {
		c, _ := s.signpost(t)
		db, ok := c.Facts.(storage.ChannelFacts)
		if !ok {
			t.Fatal("no facts")
		}
		for i, from := range []order.Origin{{First: "k0", Last: "k1"}, {First: "k0", Last: "k0"}, {Last: "k0"}} {
			o := order.Order{
				Doc: doc(fmt.Sprint("n", i)), Organiser: "o1", Camp: "c1", Member: "m1", Origin: from, State: order.Fulfilled, Amount: 100, CreatedAt: noon,
				PaidAt: noon.Add(time.Duration(i) * time.Hour), Attempts: []order.Attempt{{Number: fmt.Sprint("n", i, "a1"), Amount: 100, State: order.Succeeded, PaidAt: noon}},
			}
			must(t, db.Orders.Insert(t.Context(), o))
			must(t, db.Arrivals.Insert(t.Context(), channel.Arrival{Doc: doc(fmt.Sprintf("c%d:m1", i)), Camp: "c1", Member: "m1", Origin: from, At: noon}))
		}
		unpaid := order.Order{Doc: doc("n9"), Organiser: "o1", Camp: "c9", Member: "m1", Origin: order.Origin{First: "k0"}, State: order.Pending, CreatedAt: noon}
		must(t, db.Orders.Insert(t.Context(), unpaid))
		last, err := c.Count(t.Context(), channel.Channel{Doc: doc("k0"), Organiser: "o1"}, false, nil)
		first, err2 := c.Count(t.Context(), channel.Channel{Doc: doc("k0"), Organiser: "o1"}, true, nil)
		must(t, errors.Join(err, err2))
		same(t, []int{last[0].Paid, last[0].Enrolled, last[0].Again, first[0].Paid, first[0].Enrolled, first[0].Again}, []int{2, 2, 0, 2, 2, 1})
		same(t, []domain.Fen{last[0].Received, first[0].Received}, []domain.Fen{200, 200})
	},
}
