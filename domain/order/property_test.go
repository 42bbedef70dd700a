package order_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yingdi/domain/order"
	"yingdi/domain/wechatpay"
)

// Whatever dies, is repeated, lost, late or out of order: once it is quiet, every order has its place or its payer has
// the money, and the books agree to the fen.
func TestEveryFenIsAccountedForWhateverHappens(t *testing.T) {
	t.Parallel()
	learners := []string{"an", "bo", "cy"}
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(rapid.IntRange(1, 3).Draw(rt, "seats"))
		w.bank.slow = rapid.Bool().Draw(rt, "slow refunds")
		w.bank.fault = func(call string) (before, after bool) {
			return rapid.IntRange(0, 9).Draw(rt, call+" lost") == 0, rapid.IntRange(0, 9).Draw(rt, call+" unanswered") == 0
		}
		any := func(what string) (order.Order, bool) {
			all := w.store.All(nil)
			if len(all) == 0 {
				return order.Order{}, false
			}
			return all[rapid.IntRange(0, len(all)-1).Draw(rt, what)], true
		}
		number := func() string {
			numbers := w.bank.numbers()
			if len(numbers) == 0 {
				return ""
			}
			return numbers[rapid.IntRange(0, len(numbers)-1).Draw(rt, "number")]
		}
		killed := func(f func()) {
			if n := rapid.IntRange(0, 12).Draw(rt, "killed at"); n > 0 {
				w.power.Cut(n, rapid.Bool().Draw(rt, "after the write"))
			}
			f()
			w.power.Restore()
		}
		rt.Repeat(map[string]func(*rapid.T){
			"order": func(rt *rapid.T) {
				who, offer := rapid.SampledFrom(learners).Draw(rt, "who"), rapid.SampledFrom([]string{"seat", "pool", "gift"}).Draw(rt, "offer")
				wish := order.Wish{Camp: "c1", Offer: offer}
				if rapid.Bool().Draw(rt, "with the coupon") {
					wish.Coupon = who
				}
				if rapid.Bool().Draw(rt, "with others") {
					wish.Special = party
				}
				killed(func() {
					if p, err := w.Preview(as(t, who), wish); err == nil {
						wish.Amount = order.Sum(p.Lines)
						_, _, _ = w.Place(as(t, who), wish)
					}
				})
			},
			"ask to pay": func(rt *rapid.T) {
				if o, ok := any("order"); ok {
					killed(func() { _, _ = w.AskPay(as(t, o.Member), o.ID) })
				}
			},
			"pay": func(*rapid.T) { w.bank.pay(number()) },
			"callback": func(*rapid.T) { // also of long ago, also again
				if trade, ok := w.bank.trades[number()]; ok {
					seen := *trade
					killed(func() { _, _ = w.Seen(t.Context(), seen) })
				}
			},
			"drive": func(rt *rapid.T) {
				if o, ok := any("order"); ok {
					killed(func() { _, _ = w.Drive(t.Context(), o.ID) })
				}
			},
			"cancel": func(rt *rapid.T) {
				if o, ok := any("order"); ok {
					killed(func() { _, _ = w.Cancel(as(t, o.Member), o.ID) })
				}
			},
			"ask back": func(rt *rapid.T) {
				if o, ok := any("order"); ok {
					killed(func() { _, _ = w.AskBack(as(t, o.Member), o.ID, o.Refundable(w.clock.Now())) })
				}
			},
			"give back": func(rt *rapid.T) {
				if o, ok := any("order"); ok && o.Held() > 0 {
					g := order.Grant{
						Key: rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "key"), Amount: 1 + o.Held()/3,
						Ends: rapid.Bool().Draw(rt, "ends"), Reason: "补偿",
					}
					killed(func() { _, _ = w.GiveBack(owner(t), o.ID, g) })
				}
			},
			"the group is full": func(*rapid.T) { killed(func() { _ = w.parties.win(t.Context()) }) },
			"time passes": func(rt *rapid.T) {
				w.clock.Add(time.Duration(rapid.IntRange(1, 40).Draw(rt, "minutes")) * time.Minute)
				killed(func() { _ = w.Sweep(t.Context()) })
			},
		})
		w.quiet(rt, t)
	})
}

// quiet lets time pass with WeChat well and nobody doing anything, and then asks for the books.
func (w world) quiet(rt *rapid.T, t *testing.T) {
	w.bank.fault, w.bank.slow = nil, false
	for _, r := range w.bank.refunds {
		r.State = wechatpay.RefundSuccess
	}
	for range 8 {
		w.clock.Add(7 * time.Hour)
		if err := w.Sweep(t.Context()); err != nil {
			rt.Fatal(err)
		}
	}
	if err := errors.Join(w.books(), w.partied()); err != nil {
		rt.Fatal(err)
	}
	open := 0
	for _, o := range w.store.All(nil) {
		if err := w.exact(o); err != nil {
			rt.Fatal(err, fmt.Sprintf("%+v", o))
		}
		if held, ok := w.places.of(o.Member); ok && held.Order == o.ID {
			open++
		}
		if !o.WakeAt.IsZero() {
			rt.Fatalf("order %s still wakes at %s", o.ID, o.WakeAt)
		}
	}
	if open != len(w.places.all()) || open > w.places.seats {
		rt.Fatalf("%d places of %d for %d orders", len(w.places.all()), w.places.seats, open)
	}
}
