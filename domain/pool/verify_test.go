package pool_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/domaintest"
	"yingdi/domain/order"
	"yingdi/domain/pool"
)

func TestAFactThatIsNotAsTheListHasItIsNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tamper func(t *testing.T, w world)
		want   []string
	}{
		"a check-in was rejected": {func(_ *testing.T, w world) {
			i := slices.IndexFunc(w.evidence.handed, func(c checkin.Checkin) bool { return c.Member == "bo" && c.Day == days[2] })
			w.evidence.handed[i].State = checkin.Rejected
		}, []string{"bo: days -+++-, should be -+-+-"}},
		"another part was promised": {func(t *testing.T, w world) {
			change(t, w.orders.Store, "o-an", func(o *order.Order) { o.Promise.Part++ })
		}, []string{"an: a part of ¥100.00, order o-an promised ¥100.01"}},
		"the order is gone": {func(t *testing.T, w world) {
			must(t, w.orders.Delete(t.Context(), "o-an"))
		}, []string{"an: no order of theirs is in the pool"}},
		"somebody had given up": {func(t *testing.T, w world) {
			change(t, w.orders.Store, "o-ci", func(o *order.Order) { o.EndedAt = at(days[2], 0) })
		}, []string{"ci: failed, though they gave up"}},
		"somebody is told something else": {func(t *testing.T, w world) {
			change(t, w.people.Store, "c1:bo", func(m *pool.Member) { m.Line = &pool.Line{Fact: m.Line.Fact, Own: m.Line.Own, Gain: m.Line.Gain + 1} })
		}, []string{"bo: their own document says something else"}},
		"somebody gets something else": {func(t *testing.T, w world) {
			change(t, w.people.Store, "c1:bo", func(m *pool.Member) { m.Gain.Amount++ })
		}, []string{"bo: member c1:bo gets"}},
		"somebody is told of no list": {func(t *testing.T, w world) {
			change(t, w.people.Store, "c1:di", func(m *pool.Member) { m.Line = nil })
		}, []string{"di: their own document says something else", "di: has paid for order o-di and is in no list"}},
		"somebody is forgotten": {func(t *testing.T, w world) {
			o, err := w.orders.Get(t.Context(), "o-an")
			must(t, err)
			o.Doc, o.Member = domain.Doc{ID: "o-zo"}, "zo"
			must(t, w.orders.Insert(t.Context(), o))
		}, []string{"zo: has paid for order o-zo and is in no list"}},
		"somebody is in no list and told that they are": {func(t *testing.T, w world) {
			m := w.member(t, "an")
			m.Doc, m.Member = domain.Doc{ID: "c1:bob"}, "bob" // between two who are
			must(t, w.people.Insert(t.Context(), m))
		}, []string{"bob: their own document says that they are in the list"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := played(t, theRules)
			w.goes(t, at("2026-03-10", 0))
			w.paid(t)
			w.exact(t)
			c.tamper(t, w)
			v, err := w.Verify(domain.WithActor(t.Context(), domain.SystemActor), "c1")
			must(t, err)
			if len(v.Differences) != len(c.want) {
				t.Fatalf("got %q", v.Differences)
			}
			for i, want := range c.want {
				if !strings.HasPrefix(v.Differences[i], want) {
					t.Errorf("got %q, want %q", v.Differences[i], want)
				}
			}
		})
	}
}

// A list of whom nothing is known any more is walked through to its end, and the telling ends at some point.
func TestOfManyDifferencesTheFirstAreToldAndTheOthersCounted(t *testing.T) {
	t.Parallel()
	w := opened(t, theRules)
	for n := range 210 {
		w.joins(t, fmt.Sprintf("m%03d", n), 100_00)
	}
	w.goes(t, at(days[0], 1))
	w.goes(t, at("2026-03-06", 0))
	w.goes(t, at("2026-03-10", 0))
	for _, o := range w.orders.All(nil) {
		must(t, w.orders.Delete(t.Context(), o.ID))
	}
	v, err := w.Verify(domain.WithActor(t.Context(), domain.SystemActor), "c1")
	if err != nil || len(v.Differences) != 200 || v.More != 10 {
		t.Errorf("%d told, %d more, %v", len(v.Differences), v.More, err)
	}
}

func change[T any](t *testing.T, in *domaintest.Store[T], id string, change func(*T)) {
	t.Helper()
	_, err := in.Update(t.Context(), id, func(doc *T) error { change(doc); return nil })
	must(t, err)
}
