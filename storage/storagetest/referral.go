package storagetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/ledger"
	"yingdi/domain/order"
	"yingdi/domain/referral"
	"yingdi/storage"
)

// earned is a commission of ¥10.00 for an order that was paid so many hours after noon.
func earned(id, member string, stage referral.Stage, hours int, backs ...domain.Fen) referral.Commission {
	at := noon.Add(time.Duration(hours) * time.Hour)
	c := referral.Commission{
		Doc: doc(id), Order: id, Level: 1, Organiser: "o1", Camp: fmt.Sprint("c", hours%2), Member: member, Base: 100_00, Amount: 10_00, Stage: stage, At: at, WakeAt: at,
	}
	if stage == referral.Available {
		c.ReleasedAt = at
	}
	for _, back := range backs {
		c.Backs = append(c.Backs, referral.Back{Amount: back})
	}
	return c
}

var referralTests = tests{
	"commissions are listed, summed up and counted by the index alone": func(s *suite, t *testing.T) {
		at, err := storage.NewReferrals(t.Context(), s.db(t))
		must(t, err)
		all := at.Commissions
		for _, c := range []referral.Commission{
			earned("a", "m1", referral.Frozen, 1), earned("b", "m1", referral.Available, 2, 4_00), earned("c", "m2", referral.Available, 3),
			earned("d", "m1", referral.Available, 4), earned("e", "m1", referral.Reversed, 5, 6_00, 4_00),
		} {
			must(t, all.Insert(t.Context(), c))
		}
		list := func(of func(domain.Page) ([]referral.Commission, domain.Cursor, error), want ...string) {
			t.Helper()
			same(t, pagesOf(t, 2, of), want)
		}
		list(func(p domain.Page) ([]referral.Commission, domain.Cursor, error) {
			return all.OfMember(t.Context(), "o1", "m1", "", p)
		}, "e", "d", "b", "a")
		list(func(p domain.Page) ([]referral.Commission, domain.Cursor, error) {
			return all.OfOrganiser(t.Context(), "o1", referral.Available, p)
		}, "d", "c", "b")
		list(func(p domain.Page) ([]referral.Commission, domain.Cursor, error) {
			return all.Thawed(t.Context(), "o1", "m1", p)
		}, "d", "b")
		list(func(p domain.Page) ([]referral.Commission, domain.Cursor, error) {
			return all.Waking(t.Context(), noon.Add(3*time.Hour), p)
		}, "a", "b")
		mine, err := all.Sums(t.Context(), "o1", "m1")
		must(t, err)
		same(t, mine, referral.Sums{Orders: 3, Frozen: 10_00, Available: 16_00, Reversed: 14_00})
		everybodys, err := all.Sums(t.Context(), "o1", "")
		must(t, err)
		same(t, everybodys.Earned(), domain.Fen(36_00))
		facts := map[string]domain.Fen{}
		for f, err := range all.Facts(t.Context(), "o1") {
			must(t, err)
			facts[f.Member] += f.Net
		}
		same(t, facts, map[string]domain.Fen{"m1": 26_00, "m2": 10_00})
		books := map[string]domain.Fen{}
		for b, err := range all.Promised(t.Context(), "o1", "") {
			must(t, err)
			books[b.Camp] += b.Promoted
		}
		same(t, books, map[string]domain.Fen{"c0": 16_00, "c1": 20_00})
		var one []ledger.Booked
		for b, err := range all.Promised(t.Context(), "o1", "c0") {
			must(t, err)
			one = append(one, b)
		}
		same(t, len(one), 2)
	},
	"promoters, plans and bindings are found": func(s *suite, t *testing.T) {
		at, err := storage.NewReferrals(t.Context(), s.db(t))
		must(t, err)
		must(t, at.Plans.Insert(t.Context(), referral.Plan{Doc: doc("o1"), Organiser: "o1", CreatedAt: noon}))
		must(t, at.Plans.Insert(t.Context(), referral.Plan{Doc: doc("o1:c1"), Organiser: "o1", Camp: "c1", CreatedAt: noon.Add(time.Hour)}))
		plans, _, err := at.Plans.OfOrganiser(t.Context(), "o1", domain.Page{})
		must(t, err)
		same(t, len(plans), 2)
		for i, m := range []string{"m1", "m2"} {
			must(t, at.Promoters.Insert(t.Context(), referral.Promoter{Doc: doc("o1:" + m), Organiser: "o1", Member: m, JoinedAt: noon.Add(time.Duration(i) * time.Hour)}))
			must(t, at.Bindings.Insert(t.Context(), referral.Binding{Doc: doc("o1:x" + m), Organiser: "o1", Member: "x" + m, Promoter: "m1", At: noon.Add(time.Duration(i) * time.Hour)}))
		}
		promoters, _, err := at.Promoters.OfOrganiser(t.Context(), "o1", domain.Page{Limit: 1})
		must(t, err)
		same(t, promoters[0].Member, "m2")
		mine, _, err := at.Promoters.ByMember(t.Context(), "m1", domain.Page{})
		must(t, err)
		same(t, mine[0].Organiser, "o1")
		n, err := at.Bindings.CountOf(t.Context(), "o1", "m1")
		must(t, err)
		same(t, n, int64(2))
		bound, _, err := at.Bindings.OfPromoter(t.Context(), "o1", "m1", domain.Page{Limit: 1})
		must(t, err)
		same(t, bound[0].Member, "xm2")
	},
}

// referralRaces are raceTests of referral.
var referralRaces = tests{
	"a commission is right after refunds and its release at the same moment": func(s *suite, t *testing.T) {
		at, err := storage.NewReferrals(t.Context(), s.db(t))
		must(t, err)
		o := order.Order{Doc: doc("n1"), Amount: 100_00}
		must(t, at.Commissions.Insert(t.Context(), earned("n1:1", "m1", referral.Frozen, 0)))
		_, err = at.Commissions.Update(t.Context(), "n1:1", func(c *referral.Commission) error {
			c.Order, c.Rate = o.ID, 10_00
			return nil
		})
		must(t, err)
		atOnce(t, racers, func(i int) error { // each of them heard of another state of the order, some of an old one
			kept := domain.Fen(100_00 - i)
			_, err := at.Commissions.Update(t.Context(), "n1:1", func(c *referral.Commission) error {
				if i%5 == 0 {
					return c.Release(kept, c.Until, noon.Add(time.Hour))
				}
				return c.Reckon(kept, noon)
			})
			return err
		}, errors.New("none"))
		c, err := at.Commissions.Get(t.Context(), "n1:1")
		must(t, err)
		var sum domain.Fen
		for _, e := range c.Entries() {
			sum += e.Amount
		}
		same(t, []domain.Fen{c.Net(), sum}, []domain.Fen{referral.Cut(100_00-racers+1, 10_00), c.Net()})
	},
}
