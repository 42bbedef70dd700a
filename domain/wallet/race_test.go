package wallet_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/transfer"
	"yingdi/domain/wallet"
)

// Two of the staff and the person decide about one withdrawal in the same moment, while what it was earned by is taken
// back and the jobs run: it ends one way, for everybody.
func TestDecisionsAtTheSameMomentEndOneWay(t *testing.T) {
	t.Parallel()
	for range 50 {
		w := newWorld()
		w.credit(t, "c1", 150_00)
		d := w.withdraw(t, 150_00)
		var race sync.WaitGroup
		errs := make([]error, 5)
		for i, act := range []func() error{
			func() error { _, err := w.Approve(staff(t, "boss"), d.ID); return err },
			func() error { _, err := w.Reject(staff(t, "accountant"), d.ID, "资料不全"); return err },
			func() error { _, err := w.CancelMine(as(t, "ann"), d.ID); return err },
			func() error { _, err := w.Approve(staff(t, "accountant"), d.ID); return err },
			func() error {
				_, err := w.Reverse(t.Context(), wallet.Takeback{ID: "back", Of: "c1", Organiser: "o1", Member: "ann", Amount: 100_00, Title: "退款撤回"})
				return err
			},
		} {
			race.Go(func() { errs[i] = act() })
		}
		race.Go(func() { _, _ = w.Drive(t.Context(), d.ID) })
		race.Wait()
		for i, err := range errs {
			if err != nil && !errors.Is(err, wallet.ErrDecided) && !errors.Is(err, domain.ErrNotFound) {
				t.Fatalf("%d: %v", i, err)
			}
		}
		for range 3 {
			w.clock.Add(time.Hour)
			if err := w.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		got, err := w.WithdrawalFor(staff(t, "boss"), d.ID)
		if err != nil {
			t.Fatal(err)
		}
		live := len(w.desk.All(func(sent transfer.Transfer) bool { return sent.State != transfer.Cancelled }))
		held := map[bool]domain.Fen{true: 150_00}[got.State == wallet.Transferring]
		if mine := w.anns(t); mine.Balance != 50_00 || mine.Held() != held || (live == 1) != (held > 0) || live > 1 {
			t.Fatalf("%s: %d transfers, %s held of %s", got.State, live, mine.Held(), mine.Balance)
		}
		if err := w.exact(w.anns(t)); err != nil {
			t.Fatal(err)
		}
	}
}
