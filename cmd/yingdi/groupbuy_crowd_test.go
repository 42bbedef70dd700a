package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/groupbuy"
	"yingdi/domain/order"
	"yingdi/storage"
	"yingdi/storage/fake"
)

func TestACrowdRacesForTheLastSeatsOverHTTP(t *testing.T) {
	t.Parallel()
	raceForSeats(t, 24, 2, 4)
}

// atOnce does something n times, so many at a time as a server would.
func atOnce(n int, do func(i int)) {
	var race sync.WaitGroup
	turns := make(chan int)
	for range 48 {
		race.Go(func() {
			for i := range turns {
				do(i)
			}
		})
	}
	for i := range n {
		turns <- i
	}
	close(turns)
	race.Wait()
}

// raceForSeats lets people race for the seats of groups whose leaders have paid: everybody knocks at several of them. Of those who
// get a seat and pay, every third loses it before WeChat tells of the money, so that somebody else can take it. In the end no
// seat is sold twice, no group is over its size, whoever paid has a place or the money, and everybody was told which.
func raceForSeats(t *testing.T, people, groups, size int) {
	s := newSite(t)
	_, s.vars["owner"] = s.person(t, "owner")
	s.vars["shop"], s.vars["seat"] = s.shop(t, s.vars["owner"], groups*size+people)
	s.vars["campaign"] = s.groupbuy(t, s.vars["owner"], s.vars["shop"], size)
	settle := s.works(t)
	opened := make([]string, groups)
	for i := range opened {
		s.joins(t, fmt.Sprint("leader", i), s.vars["campaign"])
		opened[i] = s.vars["group"]
	}
	s.tellAll(t)
	settle()

	ctx := domain.WithActor(t.Context(), domain.SystemActor)
	race := func(i int) {
		token, _, _ := s.signIn(t, fmt.Sprint("racer", i))
		for try := range 3 {
			group := opened[(i+try)%groups]
			w := s.do(t, "POST /api/v1/camps/{shop}/orders", token, s.fill(t, `{"offer":"{seat}","amount":12900,"group":"`+group+`"}`))
			if w.Code == http.StatusConflict {
				continue
			}
			var o struct{ ID string }
			if err := json.Unmarshal(w.Body.Bytes(), &o); err != nil || w.Code != http.StatusCreated {
				t.Errorf("order: %d %s", w.Code, w.Body)
				return
			}
			if w := s.do(t, "POST /api/v1/orders/"+o.ID+"/pay", token, ""); w.Code != http.StatusOK {
				t.Errorf("pay: %d %s", w.Code, w.Body)
			}
			if why := s.pay.Pay(order.Number(o.ID, 1)); why != "" {
				t.Error(why)
			}
			if i%3 == 0 {
				if _, err := s.services.Groupbuys.Store.Update(ctx, group, func(g *groupbuy.Group) error { return g.Release(o.ID, s.clock.Now()) }); err != nil {
					t.Error(err)
				}
			}
			return
		}
	}
	atOnce(people/2, race)
	atOnce(people/2, func(i int) { race(people/2 + i) }) // of these some get the seats that were lost
	s.tellAll(t)
	settle()
	s.clock.Set(s.clock.Now().Add(25 * time.Hour)) // whatever is not full by now fails
	for range 2 {
		if err := s.services.Groupbuys.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		settle()
		s.tellAll(t)
		settle()
		s.clock.Set(s.clock.Now().Add(groupbuy.RefundEvery + time.Second))
	}
	s.fairly(t)
	s.settled(t, groups, size)
}

// tellAll lets WeChat tell of everything at once.
func (s *site) tellAll(t *testing.T) {
	t.Helper()
	notices := s.pay.Notices()
	atOnce(len(notices), func(i int) {
		if notices[i].State != fake.Waiting {
			return
		}
		if code := s.told(s.pay.Envelope(notices[i], "")); code != http.StatusNoContent {
			t.Errorf("a notice was answered with %d", code)
		}
	})
}

// settled checks what became of every group and every order of a crowd, and of all the money.
func (s *site) settled(t *testing.T, groups, size int) {
	t.Helper()
	ctx := t.Context()
	in, full := 0, 0
	for g, err := range s.services.Groupbuys.Store.(storage.Groupbuys).Everything(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		switch g.State {
		case groupbuy.Succeeded:
			full, in = full+1, in+g.Count(groupbuy.Confirmed)
		case groupbuy.Forming:
			t.Errorf("group %s still forms", g.ID)
		}
	}
	if in != full*size || full == 0 || full > groups {
		t.Errorf("%d groups of %d are full, and %d people are in", full, groups, in)
	}
	var kept domain.Fen
	places, refunds := 0, 0
	for o, err := range s.services.Orders.Store.(storage.Orders).Everything(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		if err := o.Check(); err != nil {
			t.Error(err)
		}
		told := "succeeded"
		switch o.State {
		case order.Fulfilled:
			places++
		case order.Refunded:
			refunds++
			if told = "late"; o.Held() != 0 || o.Underway() != 0 {
				t.Errorf("order %s holds %s", o.ID, o.Held())
			}
		case order.Cancelled:
			continue
		default:
			t.Errorf("order %s is %s", o.ID, o.State)
		}
		kept += o.Held()
		_, err := s.services.Notices.Store.Get(ctx, domain.Key("groupbuy", told, o.ID))
		if err != nil && told == "late" {
			_, err = s.services.Notices.Store.Get(ctx, domain.Key("groupbuy", "failed", o.ID))
		}
		if err != nil {
			t.Errorf("of order %s, %s, nobody was told: %v", o.ID, o.State, err)
		}
	}
	if refunds == 0 {
		t.Error("nobody who paid lost a seat")
	}
	if places != in {
		t.Errorf("%d are in a full group, and %d have a place", in, places)
	}
	if had := s.pay.Balance(); had != devFloat+kept {
		t.Errorf("the merchant has %s, and the orders hold %s", had-devFloat, kept)
	}
	t.Logf("%d of %d groups full, %d in, %d refunded", full, groups, places, refunds)
}
