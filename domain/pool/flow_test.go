package pool_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/order"
	"yingdi/domain/pool"
)

func TestAPoolFromItsRulesToItsLastPayout(t *testing.T) {
	t.Parallel()
	w := played(t, theRules)
	if p := w.pool(t); p.State != pool.Locked {
		t.Fatal(p.State)
	}
	w.goes(t, at("2026-03-06", 0))
	if p := w.pool(t); p.State != pool.Closing || p.Totals.Members != 4 || p.Totals.Pool != 400_00 || p.Totals.Left != 1 {
		t.Fatalf("%+v", p)
	}
	w.goes(t, at("2026-03-10", 0)) // two days of closing, two of appeal
	p := w.pool(t)
	if p.State != pool.Computed {
		t.Fatalf("%s %v", p.State, p.Log)
	}
	want := map[string]string{"an": "qualified ¥100.00 ¥100.00", "bo": "qualified ¥100.00 ¥100.00", "ci": "failed ¥0.00 ¥0.00", "di": "quit ¥0.00 ¥0.00", "ed": "withdrawn ¥0.00 ¥0.00"}
	if diff := cmp.Diff(want, w.outcome()); diff != "" {
		t.Fatal(diff)
	}
	if len(w.bank.sent) != 0 {
		t.Fatal("paid before anybody signed")
	}
	w.paid(t)
	if p = w.pool(t); p.State != pool.Settled {
		t.Fatal(p.State)
	}
	w.exact(t)
	must(t, w.TellStage(t.Context(), "c1", pool.Paying, w.clock.Now()))
	if got := w.news.told["pool:c1:an:paying"]; !strings.Contains(got.Body, "¥100.00") {
		t.Errorf("an was told %q", got.Body)
	}
	if _, told := w.news.told["pool:c1:ed:paying"]; told {
		t.Error("who had withdrawn was told, too")
	}
}

// Pitfall: prize lost when a challenge was deleted or had no winner.
func TestACancelledPoolGivesEverybodyTheirPartBack(t *testing.T) {
	t.Parallel()
	for name, cancel := range map[string]func(w world) error{
		"by staff": func(w world) error { _, err := w.Cancel(staff(t, "boss"), "c1", "老师生病"); return err },
		"by closing the camp": func(w world) error {
			w.camp.State, w.camp.Closed = camp.Closed, w.clock.Now()
			return w.HeardCamp(t.Context(), "c1")
		},
	} {
		w := played(t, theRules)
		must(t, cancel(w), cancel(w))
		w.settles(t)
		if diff := cmp.Diff(map[string]string{
			"an": "in ¥100.00 ¥0.00", "bo": "in ¥100.00 ¥0.00", "ci": "in ¥100.00 ¥0.00", "di": "quit ¥100.00 ¥0.00", "ed": "withdrawn ¥0.00 ¥0.00",
		}, w.outcome()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if p := w.pool(t); p.State != pool.Cancelled || p.DoneAt.IsZero() {
			t.Errorf("%s: %s", name, p.State)
		}
		w.exact(t)
	}
}

func TestAPaymentThatIsHeardOfTooLateGoesBack(t *testing.T) {
	t.Parallel()
	w := opened(t, theRules)
	w.joins(t, "an", 100_00)
	w.ordered(t, "bo", 100_00) // paid, and nobody heard of it
	w.goes(t, at(days[0], 1))
	w.hands("an", 1, 2, 3)
	w.goes(t, at("2026-03-06", 0))
	w.goes(t, at("2026-03-10", 0))
	w.goes(t, at("2026-03-10", 1))
	if got := w.outcome()["bo"]; got != "failed ¥0.00 ¥0.00" { // found by the orders themselves
		t.Fatalf("bo: %s", got)
	}
	late := w.member(t, "an")
	o, err := w.orders.Get(t.Context(), "o-an")
	must(t, err)
	o.Doc, o.Member, o.Refunds = domain.Doc{ID: "o-zo"}, "zo", nil
	o.Attempts[0].Number = order.Number("o-zo", 1)
	must(t, w.orders.Insert(t.Context(), o), w.Follow(t.Context(), "o-zo"), w.Follow(t.Context(), "o-zo"))
	if m := w.member(t, "zo"); m.State != pool.Withdrawn || late.State != pool.Qualified {
		t.Errorf("zo is %s", m.State)
	}
	w.paid(t)
	w.exact(t)
}
