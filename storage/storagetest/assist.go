package storagetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/assist"
	"yingdi/domain/camp"
	"yingdi/domain/domaintest"
	"yingdi/domain/order"
	"yingdi/domain/product"
	"yingdi/domain/source"
	"yingdi/storage"
)

// bench is the one camp that assists are of: ¥199, with room for everybody.
type bench struct{}

func (bench) camp() camp.Camp {
	return camp.Camp{
		Doc: doc("c1"), Organiser: "o1", State: camp.Published, Calendar: domain.Calendar{Zone: "Asia/Shanghai"}, EnrolBy: camp.Forever, Seats: 1000,
	}
}

func (b bench) Get(context.Context, string) (camp.Camp, error) { return b.camp(), nil }

func (b bench) Many(context.Context, []string) (map[string]camp.Camp, error) {
	return map[string]camp.Camp{"c1": b.camp()}, nil
}

func (bench) Taken(context.Context, string) (int64, error) { return 0, nil }

func (bench) Has(context.Context, string, string) (bool, error) { return false, nil }

func (bench) Of(context.Context, string) (product.Product, error) {
	return product.Product{Offers: []product.Offer{{ID: "std", Kind: product.Paid, Title: "标准", Price: 199_00}}}, nil
}

// friends is the use cases of assists over an engine, with a campaign that needs so many helpers to come down to ¥99.
func (s *suite) friends(t *testing.T, helpers, quota int) *assist.Service {
	t.Helper()
	at, err := storage.NewAssists(t.Context(), s.db(t))
	must(t, err)
	must(t, at.Campaigns.Insert(t.Context(), assist.Campaign{
		Doc: doc("k1"), Organiser: "o1", Camp: "c1", Title: "好友助力", State: assist.Active, EndsAt: noon.Add(9 * 24 * time.Hour),
		Terms:  assist.Terms{Offer: "std", Floor: 99_00, Helpers: helpers, Hours: 24, Lock: 48},
		Limits: assist.Limits{PerPerson: 2, Quota: quota, PerNetwork: source.Max, PerDevice: source.Max},
	}))
	return &assist.Service{
		Store: at.Assists, Campaigns: at.Campaigns, Helpers: at.Helpers, Sources: at.Sources, Tallies: at.Tallies, Camps: bench{}, Places: bench{},
		Products: bench{}, Sealer: domaintest.Sealer(), Clock: domaintest.NewClock(noon.Format(time.RFC3339)),
	}
}

func begun(t *testing.T, assists *assist.Service, who string) assist.Assist {
	t.Helper()
	a, _, err := assists.Begin(member(t.Context(), who), "k1")
	must(t, err)
	return a
}

var assistRaces = tests{
	"many helpers at once are never more than there are cuts": func(s *suite, t *testing.T) {
		const helpers = 9
		assists := s.friends(t, helpers, 1)
		a := begun(t, assists, "m0")
		atOnce(t, racers, func(i int) error {
			_, _, err := assists.Help(member(t.Context(), fmt.Sprint("h", i%(racers/2))), a.ID)
			return err
		}, assist.ErrDone)
		a, err := assists.Store.Get(t.Context(), a.ID)
		must(t, err)
		same(t, []int{len(a.Helps), int(a.Price())}, []int{helpers, 99_00})
		must(t, a.Check())
	},
	"one helper of many at once helps no more than their quota": func(s *suite, t *testing.T) {
		assists := s.friends(t, 2, 3)
		var open []assist.Assist
		for i := range 10 {
			open = append(open, begun(t, assists, fmt.Sprint("m", i)))
		}
		atOnce(t, racers, func(i int) error {
			_, _, err := assists.Help(member(t.Context(), "h1"), open[i%len(open)].ID)
			return err
		}, assist.ErrQuota)
		helps := 0
		for _, a := range open {
			a, err := assists.Store.Get(t.Context(), a.ID)
			must(t, err)
			helps += len(a.Helps)
		}
		same(t, helps, 3)
	},
	"one price in many orders is one order's": func(s *suite, t *testing.T) {
		assists := s.friends(t, 1, 1)
		a := begun(t, assists, "m0")
		_, _, err := assists.Help(member(t.Context(), "h1"), a.ID)
		must(t, err)
		won := atOnce(t, racers, func(i int) error {
			return assists.Reserve(t.Context(), order.Claim{Ref: a.ID, Member: "m0", Order: fmt.Sprint("n", i)})
		}, assist.ErrInOrder)
		same(t, won, 1)
	},
}

var assistTests = tests{
	"assists are listed by whose they are, what became of them, and what counting needs": func(s *suite, t *testing.T) {
		assists := s.friends(t, 2, 9)
		ids := map[string]string{}
		for i, who := range []string{"m1", "m2", "m3"} {
			a := begun(t, assists, who)
			ids[who] = a.ID
			for n := range i + 1 {
				if n < 2 {
					_, _, err := assists.Help(member(t.Context(), fmt.Sprint("h", n)), a.ID)
					must(t, err)
				}
			}
		}
		_, err := assists.Paid(t.Context(), order.Claim{Ref: ids["m3"], Member: "m3", Order: "n1", PaidAt: noon, Took: 100_00, Amount: 99_00})
		must(t, err)
		_, err = assists.Store.Update(t.Context(), ids["m3"], func(a *assist.Assist) error { return a.Refund("n1", 40_00, noon) })
		must(t, err)
		of := func(in assist.Stage) []string {
			return pagesOf(t, 1, func(p domain.Page) ([]assist.Assist, domain.Cursor, error) {
				return assists.Store.OfCampaign(t.Context(), "k1", in, p)
			})
		}
		same(t, len(of("")), 3)
		same(t, of(assist.Open), []string{ids["m1"]})
		same(t, of(assist.Used), []string{ids["m3"]})
		n, err := assists.Store.CountIn(t.Context(), "k1", assist.Reached)
		must(t, err)
		same(t, n, int64(1))
		var started, reached, used, helps int
		var paid, back domain.Fen
		for f, err := range assists.Store.Facts(t.Context(), "k1") {
			must(t, err)
			started, helps, paid, back = started+1, helps+f.Helps, paid+f.Paid, back+f.Back
			if !f.ReachedAt.IsZero() {
				reached++
			}
			if !f.UsedAt.IsZero() {
				used++
			}
		}
		same(t, []int{started, reached, used, helps, int(paid), int(back)}, []int{3, 2, 1, 5, 99_00, 40_00})
		waking := pagesOf(t, 5, func(p domain.Page) ([]assist.Assist, domain.Cursor, error) {
			return assists.Store.Waking(t.Context(), noon.Add(30*24*time.Hour), p)
		})
		same(t, len(waking), 2)
	},
}
