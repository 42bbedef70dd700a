package referral_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yingdi/domain"
	"yingdi/domain/order"
	"yingdi/domain/referral"
)

// Whatever is refunded when, whatever dies half way, is repeated or heard of late: once it is quiet, every commission is
// what the tuition that was kept earns, and every wallet holds exactly what thawed and was not taken back.
func TestEveryCommissionIsRightAfterEveryReversal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		with := terms
		with.Rates = rapid.SampledFrom([][]int{{10_00}, {33_33}, {7_77, 3_33}, {1}}).Draw(rt, "rates")
		w.opened(t, "", with)
		w.promotes(t, "a", "b")
		w.comes(t, "b", "a")
		for _, who := range []string{"x", "y", "z"} {
			w.comes(t, who, "b")
		}
		killed := func(f func()) {
			if n := rapid.IntRange(0, 6).Draw(rt, "killed at"); n > 0 {
				w.power.Cut(n, rapid.Bool().Draw(rt, "after the write"))
			}
			f()
			w.power.Restore()
		}
		any := func() (order.Order, bool) {
			all := w.orders.All(nil)
			if len(all) == 0 {
				return order.Order{}, false
			}
			return all[rapid.IntRange(0, len(all)-1).Draw(rt, "order")], true
		}
		each := func(do func(order.Order)) func(*rapid.T) {
			return func(*rapid.T) {
				if o, ok := any(); ok {
					killed(func() { do(o) })
				}
			}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"order": func(rt *rapid.T) {
				who := rapid.SampledFrom([]string{"x", "y", "z", "b"}).Draw(rt, "who")
				price := domain.Fen(rapid.IntRange(1, 500_00).Draw(rt, "price"))
				part := domain.Fen(rapid.Int64Range(0, int64(price)).Draw(rt, "part"))
				w.unearned(t, who, price, part)
			},
			"earn":   each(func(o order.Order) { _ = w.Earn(t.Context(), o.ID) }),
			"reckon": each(func(o order.Order) { _ = w.Reckon(t.Context(), o.ID) }),
			"refund": func(rt *rapid.T) {
				o, ok := any()
				if !ok || o.Spare(false, w.clock.Now()) == 0 {
					return
				}
				amount := domain.Fen(rapid.Int64Range(1, int64(o.Spare(false, w.clock.Now()))).Draw(rt, "amount"))
				_, _ = w.orders.Update(t.Context(), o.ID, func(o *order.Order) error {
					return o.GiveBack(fmt.Sprint("staff-", len(o.Refunds)), order.CauseStaff, amount, false, "", "退款", w.clock.Now())
				})
			},
			"give up": func(*rapid.T) {
				if o, ok := any(); ok {
					_, _ = w.orders.Update(t.Context(), o.ID, func(o *order.Order) error { return o.AskBack(o.Member, w.clock.Now()) })
				}
			},
			"pool pays its part back": func(*rapid.T) {
				if o, ok := any(); ok && o.Tied() > 0 {
					_, _ = w.orders.Update(t.Context(), o.ID, func(o *order.Order) error {
						return o.GiveBack("part", order.CausePool, o.Tied(), false, "", "本金", w.clock.Now())
					})
				}
			},
			"post": func(*rapid.T) {
				for _, c := range w.store.All(nil) {
					killed(func() { _ = w.Post(t.Context(), c.ID) })
				}
			},
			"time passes": func(rt *rapid.T) {
				w.clock.Add(time.Duration(rapid.IntRange(1, 96).Draw(rt, "hours")) * time.Hour)
				killed(func() { _ = w.Sweep(t.Context()) })
			},
		})
		for _, o := range w.orders.All(nil) { // everybody hears of everything in the end
			must(t, w.Earn(t.Context(), o.ID))
			must(t, w.Reckon(t.Context(), o.ID))
		}
		w.until(t, "2027-01-01T00:00:00Z")
		w.settle(t)
		if err := w.exact(); err != nil {
			rt.Fatal(err)
		}
		for _, o := range w.orders.All(nil) {
			for _, share := range o.Promise.Shares {
				c, err := w.store.Get(t.Context(), referral.CommissionID(o.ID, share.Level))
				if due := referral.Cut(o.Kept(), share.Rate); (err == nil && c.Net() != due) || (err != nil && due > 0) {
					rt.Fatalf("order %s: level %d has %s, due are %s (%v)", o.ID, share.Level, c.Net(), due, err)
				}
				if err == nil && (c.Stage == referral.Frozen || !c.WakeAt.IsZero()) {
					rt.Fatalf("commission %s is %s and wakes %s", c.ID, c.Stage, c.WakeAt)
				}
			}
		}
	})
}
