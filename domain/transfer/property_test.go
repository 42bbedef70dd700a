package transfer_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yingdi/domain"
	"yingdi/domain/transfer"
)

// Whatever dies, is repeated, lost, late or out of order, and whatever people and staff do meanwhile: nobody is ever paid
// twice, at no moment are two bills of a transfer open, and once it is quiet the books agree to the fen.
func TestNoTransferIsLostOrPaidTwiceWhateverHappens(t *testing.T) {
	t.Parallel()
	asks := []transfer.Ask{want("p1:an:gain", "an", 12_34), want("p1:bo:gain", "bo", 1999_99), want("w1", "cy", 10), want("w2", "nobody", 50)}
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld()
		w.bank.slow = rapid.Bool().Draw(rt, "slow")
		w.bank.purse = rapid.SampledFrom([]domain.Fen{float, 1000_00}).Draw(rt, "purse")
		w.bank.fault = func(call string) (before, after bool) {
			return rapid.IntRange(0, 9).Draw(rt, call+" lost") == 0, rapid.IntRange(0, 9).Draw(rt, call+" unanswered") == 0
		}
		one := func() transfer.Ask { return rapid.SampledFrom(asks).Draw(rt, "transfer") }
		number := func() string {
			numbers := w.bank.numbers()
			if len(numbers) == 0 {
				return ""
			}
			return numbers[rapid.IntRange(0, len(numbers)-1).Draw(rt, "number")]
		}
		var said []func() // notifications that are still on their way, also those of long ago
		killed := func(f func()) {
			if n := rapid.IntRange(0, 6).Draw(rt, "killed at"); n > 0 {
				w.power.Cut(n, rapid.Bool().Draw(rt, "after the write"))
			}
			f()
			w.power.Restore()
		}
		rt.Repeat(map[string]func(*rapid.T){
			"ask":   func(*rapid.T) { a := one(); killed(func() { _, _ = w.Ask(t.Context(), a) }) },
			"drive": func(*rapid.T) { a := one(); killed(func() { _, _ = w.Drive(t.Context(), a.ID) }) },
			"confirm": func(rt *rapid.T) {
				w.bank.confirm(number(), rapid.IntRange(0, 3).Draw(rt, "refused") > 0)
			},
			"package": func(*rapid.T) { a := one(); killed(func() { _, _ = w.Confirm(as(t, a.Member), a.ID) }) },
			"claim":   func(*rapid.T) { a := one(); killed(func() { _, _ = w.Claim(as(t, a.Member), a.ID) }) },
			"again":   func(*rapid.T) { a := one(); killed(func() { _, _ = w.Again(owner(t), a.ID) }) },
			"cancel":  func(*rapid.T) { a := one(); killed(func() { _, _ = w.Service.Cancel(owner(t), a.ID, "重复发放") }) },
			"speak": func(*rapid.T) {
				if had, ok := w.bank.bills[number()]; ok {
					seen := had.Transfer
					said = append(said, func() { _ = w.TakeTransfer(t.Context(), seen) })
				}
			},
			"hear": func(rt *rapid.T) {
				if len(said) > 0 {
					killed(said[rapid.IntRange(0, len(said)-1).Draw(rt, "which")])
				}
			},
			"time passes": func(rt *rapid.T) {
				w.clock.Add(time.Duration(rapid.IntRange(1, 30*60).Draw(rt, "minutes")) * time.Minute)
				killed(func() { _ = w.Sweep(t.Context()) })
			},
			"": func(rt *rapid.T) {
				for _, got := range w.store.All(nil) {
					if open := w.bank.open(got); open > 1 {
						rt.Fatalf("transfer %s can be paid by %d bills", got.ID, open)
					}
					if _, bills := w.bank.given(got); bills > 1 {
						rt.Fatalf("transfer %s was paid %d times", got.ID, bills)
					}
				}
			},
		})
		w.quiet(rt, t)
	})
}

// quiet lets time pass with WeChat well and nobody doing anything, and then asks for the books.
func (w world) quiet(rt *rapid.T, t *testing.T) {
	w.bank.fault = nil
	w.bank.purse += float
	for range 12 {
		w.clock.Add(7 * time.Hour)
		if err := w.Sweep(t.Context()); err != nil {
			rt.Fatal(err)
		}
	}
	for _, got := range w.store.All(nil) {
		if err := w.exact(got); err != nil {
			rt.Fatal(err, fmt.Sprintf("%+v", got))
		}
		switch got.State {
		case transfer.Paid, transfer.Cancelled, transfer.Expired, transfer.Unclaimed, transfer.Failed:
		default:
			rt.Fatalf("transfer %s is at rest as %s: %+v", got.ID, got.State, got)
		}
		if w.bank.open(got) > 0 {
			rt.Fatalf("transfer %s is %s, and can still be paid", got.ID, got.State)
		}
		for _, trouble := range got.Trouble {
			if got.State == transfer.Paid && trouble.DoneAt.IsZero() && trouble.Kind != transfer.TransferLate {
				rt.Fatalf("transfer %s is paid and troubled: %+v", got.ID, trouble)
			}
		}
	}
}
