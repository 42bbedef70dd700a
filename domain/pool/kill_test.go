package pool_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/order"
	"yingdi/domain/organiser"
	"yingdi/domain/pool"
)

// goesOn is everything that events, the clock and two people do from the camp's first day to the end of its pool. What a
// dead process left is done by the next one.
func (w world) goesOn(t testing.TB) {
	for _, now := range []time.Time{at(days[0], 2), at("2026-03-06", 0), at("2026-03-10", 0), at("2026-03-10", 1)} {
		w.clock.Set(now)
		for range 4 {
			_ = w.Drive(t.Context(), "c1")
		}
	}
	_, _ = w.Sign(staff(t, "boss"), "c1")
	_, _ = w.Sign(staff(t, "accountant"), "c1")
	for range 6 {
		_ = w.Drive(t.Context(), "c1")
	}
}

// pools that are killed and raced: one like any other, and one in which a learner became staff.
var begun = map[string]func(testing.TB) world{
	"all are learners": func(t testing.TB) world { return played(t, theRules) },
	"bo became staff": func(t testing.TB) world {
		w := played(t, theRules)
		w.staff.Staff = append(w.staff.Staff, organiser.Post{Member: "bo", Role: domain.RoleManager})
		return w
	},
}

func TestAPoolThatIsKilledAtAnyWriteGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	for name, begin := range begun {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			whole := begin(t)
			whole.goesOn(t)
			whole.exact(t)
			for _, done := range []bool{false, true} {
				for n := 1; whole.isReachedThoughKilled(t, begin(t), n, done); n++ {
				}
			}
		})
	}
}

// isReachedThoughKilled holds that another pool comes to the same though its process is killed at a write; false if there
// is no such write.
func (w world) isReachedThoughKilled(t testing.TB, other world, n int, done bool) bool {
	t.Helper()
	other.power.Cut(n, done)
	other.goesOn(t)
	if died := other.power.Restore(); !died {
		if n < 20 {
			t.Fatalf("only %d writes", n)
		}
		return false
	}
	other.goesOn(t)
	if diff := cmp.Diff(w.outcome(), other.outcome()); diff != "" {
		t.Fatalf("killed at write %d, done %v: %s", n, done, diff)
	}
	if p := other.pool(t); p.State != pool.Settled {
		t.Fatalf("killed at write %d, done %v: %s", n, done, p.State)
	}
	if sheets := other.sheets.All(nil); len(sheets) != 1 {
		t.Fatalf("killed at write %d, done %v: %d sheets are left", n, done, len(sheets))
	}
	other.exact(t)
	return true
}

func TestManyProcessesDriveOnePool(t *testing.T) {
	t.Parallel()
	whole := played(t, theRules)
	whole.goesOn(t)
	for range 20 {
		w := played(t, theRules)
		var race sync.WaitGroup
		for range 4 {
			race.Go(func() { w.goesOn(t) })
		}
		race.Wait()
		w.goesOn(t)
		if diff := cmp.Diff(whole.outcome(), w.outcome()); diff != "" || w.pool(t).State != pool.Settled {
			t.Fatalf("%s: %s", w.pool(t).State, diff)
		}
		w.exact(t)
	}
}

// Whatever people do, in whatever order it is heard of, and wherever the process dies: every fen is somewhere.
func TestNoFenIsLostWhateverHappens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		rules := theRules
		rules.FeePercent = rapid.IntRange(0, 30).Draw(rt, "fee")
		w := opened(t, rules)
		people := rapid.IntRange(0, 12).Draw(rt, "people")
		var names []string
		for i := range people {
			who := fmt.Sprintf("m%02d", i)
			names = append(names, who)
			w.ordered(t, who, wild(rt))
			if rapid.Bool().Draw(rt, "heard") {
				must(t, w.Follow(t.Context(), "o-"+who))
			}
		}
		leave := func(who string) {
			_, err := w.orders.Update(t.Context(), "o-"+who, func(o *order.Order) error {
				if o.EndedAt.IsZero() {
					o.EndedAt = w.clock.Now()
				}
				return nil
			})
			must(t, err)
			if rapid.Bool().Draw(rt, "heard") {
				must(t, w.Follow(t.Context(), "o-"+who))
			}
		}
		some := func(what string, chance int, do func(who string)) {
			for _, who := range names {
				if rapid.IntRange(0, 99).Draw(rt, what) < chance {
					do(who)
				}
			}
		}
		some("leaves early", 15, leave)
		w.goes(t, at(days[0], 1))
		for d, day := range days {
			some("hands in", 60, func(who string) {
				state := rapid.SampledFrom([]checkin.State{checkin.Visible, checkin.Visible, checkin.Rejected, checkin.Deleted, checkin.Pending}).Draw(rt, "state")
				w.handIn(checkin.Checkin{Member: who, Day: day, SubmittedAt: at(day, 8+d), State: state, MadeUp: rapid.Bool().Draw(rt, "made up")})
			})
		}
		some("leaves late", 15, leave)
		w.power.Cut(rapid.IntRange(1, 200).Draw(rt, "cut"), rapid.Bool().Draw(rt, "done"))
		if rapid.IntRange(0, 5).Draw(rt, "cancel") == 0 {
			_, _ = w.Cancel(staff(t, "boss"), "c1", "不办了")
		}
		finish := func() {
			for _, now := range []time.Time{at("2026-03-06", 0), at("2026-03-11", 0), at("2026-03-11", 1)} {
				w.clock.Set(now)
				for range 4 {
					_ = w.Drive(t.Context(), "c1")
				}
			}
			_, _ = w.Sign(staff(t, "boss"), "c1")
			_, _ = w.Sign(staff(t, "accountant"), "c1")
			for range 6 {
				_ = w.Drive(t.Context(), "c1")
			}
		}
		finish()
		w.power.Restore()
		finish()
		if p := w.pool(t); p.State != pool.Settled && p.State != pool.Cancelled || p.DoneAt.IsZero() {
			rt.Fatalf("the pool is %s", p.State)
		}
		w.exact(t)
	})
}

// wild amounts: mostly the same, sometimes odd.
func wild(rt *rapid.T) domain.Fen {
	if rapid.Bool().Draw(rt, "odd") {
		return domain.Fen(rapid.Int64Range(1, 500_00).Draw(rt, "part"))
	}
	return 100_00
}
