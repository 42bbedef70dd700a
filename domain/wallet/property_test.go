package wallet_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yingdi/domain"
	"yingdi/domain/transfer"
	"yingdi/domain/wallet"
)

// Whatever dies, is repeated or comes out of order: once it is quiet, the balance is what was given less what was taken
// back and what arrived, nothing counts twice, nothing is held for nothing, and only a reversal takes it below zero.
func TestEveryFenOfAWalletIsAccountedForWhateverHappens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld()
		gains, backs := map[string]domain.Fen{}, map[string]domain.Fen{}
		credit := func(id string) { _, _ = w.Credit(t.Context(), gain(id, gains[id])) }
		reverse := func(id string) {
			_, _ = w.Reverse(t.Context(), wallet.Takeback{ID: "back" + id, Of: id, Organiser: "o1", Member: "ann", Amount: backs[id], Title: "退款撤回"})
		}
		killed := func(f func()) {
			if n := rapid.IntRange(0, 5).Draw(rt, "killed at"); n > 0 {
				w.power.Cut(n, rapid.Bool().Draw(rt, "after the write"))
			}
			f()
			w.power.Restore()
		}
		any := func() (wallet.Withdrawal, bool) {
			all := w.withdrawals.All(nil)
			if len(all) == 0 {
				return wallet.Withdrawal{}, false
			}
			return all[rapid.IntRange(0, len(all)-1).Draw(rt, "withdrawal")], true
		}
		one := func(act func(d wallet.Withdrawal)) func(*rapid.T) {
			return func(*rapid.T) {
				if d, ok := any(); ok {
					killed(func() { act(d) })
				}
			}
		}
		adopt := func() { // the jobs after EventHeld
			for _, got := range w.wallets.All(nil) {
				for _, h := range got.Holds {
					_ = w.Adopt(t.Context(), got.ID, wallet.Held{Withdrawal: h.Withdrawal, Amount: h.Amount, Approved: h.Amount <= rules.ApproveAbove, At: h.At})
				}
			}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"credit": func(rt *rapid.T) {
				id := fmt.Sprint("g", rapid.IntRange(0, 5).Draw(rt, "cause"))
				if gains[id] == 0 {
					gains[id] = domain.Fen(rapid.IntRange(1, 300_00).Draw(rt, "gain"))
				}
				killed(func() { credit(id) })
			},
			"reverse": func(rt *rapid.T) {
				id := fmt.Sprint("g", rapid.IntRange(0, 5).Draw(rt, "cause"))
				if gains[id] == 0 {
					return
				}
				if backs[id] == 0 {
					backs[id] = domain.Fen(rapid.Int64Range(1, int64(gains[id])).Draw(rt, "back"))
				}
				killed(func() { reverse(id) })
			},
			"withdraw": func(rt *rapid.T) {
				amount := domain.Fen(rapid.IntRange(1_00, 200_00).Draw(rt, "amount"))
				killed(func() { _, _ = w.Withdraw(as(t, "ann"), "o1", amount) })
			},
			"adopt":    func(*rapid.T) { killed(adopt) },
			"approve":  one(func(d wallet.Withdrawal) { _, _ = w.Approve(staff(t, "boss"), d.ID) }),
			"reject":   one(func(d wallet.Withdrawal) { _, _ = w.Reject(staff(t, "boss"), d.ID, "资料不全") }),
			"cancel":   one(func(d wallet.Withdrawal) { _, _ = w.CancelMine(as(t, "ann"), d.ID) }),
			"call off": one(func(d wallet.Withdrawal) { _, _ = w.Cancel(staff(t, "boss"), d.ID, "改线下") }),
			"drive":    one(func(d wallet.Withdrawal) { _, _ = w.Drive(t.Context(), d.ID) }),
			"hear":     one(func(d wallet.Withdrawal) { _, _ = w.Follow(t.Context(), d.ID) }),
			"transfer moves": func(rt *rapid.T) {
				if d, ok := any(); ok {
					w.desk.becomes(d.ID, rapid.SampledFrom(transfer.States).Draw(rt, "to"))
				}
			},
			"time passes": func(rt *rapid.T) {
				w.clock.Add(time.Duration(rapid.IntRange(1, 30).Draw(rt, "hours")) * time.Hour)
				killed(func() { _ = w.Sweep(t.Context()) })
			},
		})
		// Everybody tries again what they are not sure of, and hears what there is to hear.
		var want domain.Fen
		for id, amount := range gains {
			credit(id)
			want += amount
		}
		for id, amount := range backs {
			reverse(id)
			want -= amount
		}
		adopt()
		w.clock.Add(time.Hour)
		for _, d := range w.withdrawals.All(nil) {
			_, _ = w.Drive(t.Context(), d.ID)
			_, _ = w.Follow(t.Context(), d.ID)
		}
		for range 3 {
			w.clock.Add(time.Hour)
			if err := w.Sweep(t.Context()); err != nil {
				rt.Fatal(err)
			}
		}
		want -= w.desk.paid()
		for _, got := range w.wallets.All(nil) {
			if err := w.exact(got); err != nil {
				rt.Fatal(err)
			}
			if got.Balance != want {
				rt.Fatalf("the balance is %s, should be %s", got.Balance, want)
			}
			if len(backs) == 0 && got.Balance < got.Held() {
				rt.Fatalf("%s of %s is held, and nothing was taken back", got.Held(), got.Balance)
			}
		}
		for _, d := range w.withdrawals.All(nil) {
			moved, err := w.desk.Get(t.Context(), "withdrawal:"+d.ID)
			if sent := err == nil && moved.State == transfer.Paid; sent != (d.State == wallet.Done) {
				rt.Fatalf("withdrawal %s is %s, its transfer %s", d.ID, d.State, moved.State)
			}
			if !d.WakeAt.IsZero() {
				rt.Fatalf("withdrawal %s (%s) still wakes", d.ID, d.State)
			}
		}
	})
}
