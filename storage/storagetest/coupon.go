package storagetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/coupon"
	"yingdi/domain/domaintest"
	"yingdi/domain/source"
	"yingdi/storage"
)

// drawer is the use cases of coupons over an engine, with a template whose coupons are ¥50 off.
func (s *suite) drawer(t *testing.T, stock, each int) *coupon.Service {
	t.Helper()
	db := s.db(t)
	at, err := storage.NewCoupons(t.Context(), db)
	must(t, err)
	must(t, at.Templates.Insert(t.Context(), coupon.Template{
		Doc: doc("t1"), Organiser: "o1", Title: "新人立减", Terms: coupon.Terms{Off: 50_00, Days: 7, Returns: true}, Public: true,
		Stock: stock, PerPerson: each, PerNetwork: source.Max, PerDevice: source.Max, State: coupon.Active,
	}))
	return &coupon.Service{
		Store: at.Coupons, Templates: at.Templates, Batches: at.Batches, Codes: at.Codes, Sources: at.Sources, Tallies: at.Tallies, Counters: db,
		Sealer: domaintest.Sealer(), IDs: &domaintest.IDs{}, Clock: domaintest.NewClock(noon.Format(time.RFC3339)),
	}
}

func member(ctx context.Context, id string) context.Context {
	return domain.WithActor(ctx, domain.Actor{Member: id, Network: "10.0.0.1"})
}

var couponRaces = tests{
	"coupon over its limit under concurrency": func(s *suite, t *testing.T) {
		const stock, each, people = 40, 2, 50
		coupons := s.drawer(t, stock, each)
		atOnce(t, racers, func(i int) error { // each of fifty people four times: both of their numbers twice
			_, _, err := coupons.Claim(member(t.Context(), fmt.Sprint("m", i%people)), "t1", 1+i/people%each)
			return err
		}, coupon.ErrOut)
		got, err := coupons.Store.CountGot(t.Context(), "t1")
		must(t, err)
		given, err := coupons.Counters.Value(t.Context(), coupon.StockCounter("t1"))
		must(t, err)
		same(t, []int64{got, given}, []int64{stock, stock})
	},
	"one coupon in many orders is one order's": func(s *suite, t *testing.T) {
		coupons := s.drawer(t, 1, 1)
		c, _, err := coupons.Claim(member(t.Context(), "m1"), "t1", 1)
		must(t, err)
		won := atOnce(t, racers, func(i int) error { return coupons.Lock(t.Context(), c.ID, "m1", fmt.Sprint("n", i)) }, coupon.ErrLocked)
		same(t, won, 1)
	},
	"one code becomes one coupon": func(s *suite, t *testing.T) {
		coupons := s.drawer(t, racers, 1)
		must(t, coupons.Batches.Insert(t.Context(), coupon.Batch{Doc: doc("t1:b"), Template: "t1", Size: 1}))
		must(t, coupons.Fill(t.Context(), "t1:b"))
		b, err := coupons.Batches.Get(t.Context(), "t1:b")
		must(t, err)
		list, err := coupons.Written(t.Context(), b, 0)
		must(t, err)
		won := atOnce(t, racers/4, func(i int) error {
			_, err := coupons.Redeem(member(t.Context(), fmt.Sprint("m", i)), list[0].Text)
			return err
		}, coupon.ErrCodeUsed)
		got, err := coupons.Store.CountGot(t.Context(), "t1")
		must(t, err)
		same(t, []int{won, int(got)}, []int{1, 1})
	},
}

var couponTests = tests{
	"coupons are listed by whose they are, what became of them, and what counting needs": func(s *suite, t *testing.T) {
		coupons := s.drawer(t, 10, 3)
		for n := range 3 {
			_, _, err := coupons.Claim(member(t.Context(), "m1"), "t1", n+1)
			must(t, err)
		}
		used := coupon.ID("t1", "m1", 2)
		must(t, coupons.Lock(t.Context(), used, "m1", "n1"))
		must(t, coupons.Use(t.Context(), used, "n1", 50_00, 149_00))
		list := func(in coupon.Stage) []string {
			return pagesOf(t, 2, func(p domain.Page) ([]coupon.Coupon, domain.Cursor, error) {
				return coupons.Store.OfMember(t.Context(), "m1", in, p)
			})
		}
		same(t, list(""), []string{"t1:m1:3", "t1:m1:2", "t1:m1:1"})
		same(t, list(coupon.Used), []string{used})
		same(t, pagesOf(t, 1, func(p domain.Page) ([]coupon.Coupon, domain.Cursor, error) {
			return coupons.Store.Ready(t.Context(), "o1", "m1", p)
		}), []string{"t1:m1:1", "t1:m1:3"})
		_, err := coupons.Store.Update(t.Context(), used, func(c *coupon.Coupon) error { return c.Refund("n1", 20_00, noon) })
		must(t, err)
		var got, usedN int
		var paid domain.Fen
		for f, err := range coupons.Store.Facts(t.Context(), "t1") {
			must(t, err)
			got++
			if !f.UsedAt.IsZero() {
				usedN, paid = usedN+1, paid+f.Paid-f.Back
			}
		}
		same(t, []int{got, usedN, int(paid)}, []int{3, 1, 129_00})
		waking := pagesOf(t, 5, func(p domain.Page) ([]coupon.Coupon, domain.Cursor, error) {
			return coupons.Store.Waking(t.Context(), noon.Add(30*24*time.Hour), p)
		})
		same(t, waking, []string{"t1:m1:1", "t1:m1:3"})
	},
}
