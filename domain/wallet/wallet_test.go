package wallet_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/transfer"
	"yingdi/domain/wallet"
)

func TestACauseCountsOnce(t *testing.T) {
	t.Parallel()
	w := newWorld()
	var race sync.WaitGroup
	for range 20 {
		race.Go(func() {
			if _, err := w.Credit(t.Context(), gain("c1", 12_34)); err != nil {
				t.Error(err)
			}
		})
	}
	race.Wait()
	if got := w.anns(t); got.Balance != 12_34 || len(got.Entries) != 1 {
		t.Errorf("%+v", got)
	}
	if _, err := w.Credit(t.Context(), gain("c1", 12_35)); !errors.Is(err, wallet.ErrOther) {
		t.Error(err)
	}
	for _, bad := range []wallet.Gain{gain("c2", 0), gain("", 1), {ID: "c3", Organiser: "o1", Member: "ann", Kind: wallet.Withdrawn, Amount: 1, Title: "x"}} {
		if _, err := w.Credit(t.Context(), bad); !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

func TestASmallWithdrawalGoesByItselfAndArrives(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.credit(t, "c1", 150_00)
	d := w.withdraw(t, 60_00)
	if got := w.anns(t); d.State != wallet.Transferring || got.Balance != 150_00 || got.Available() != 90_00 {
		t.Fatalf("%+v of %+v", d, got)
	}
	for range 2 {
		if d = w.follow(t, d.ID, transfer.Paid); d.State != wallet.Done {
			t.Fatalf("%+v", d)
		}
	}
	if got := w.anns(t); got.Balance != 90_00 || got.Held() != 0 || w.exact(got) != nil {
		t.Errorf("%+v %v", got, w.exact(got))
	}
}

func TestALargeWithdrawalWaitsForStaff(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.credit(t, "c1", 400_00)
	d := w.withdraw(t, 150_00)
	if len(w.desk.All(nil)) != 0 || d.State != wallet.Applied {
		t.Fatalf("%+v", d)
	}
	if _, err := w.Approve(as(t, "ann"), d.ID); !errors.Is(err, domain.ErrForbidden) {
		t.Error(err)
	}
	if _, err := w.Approve(staff(t, "ann"), d.ID); !errors.Is(err, wallet.ErrSelf) {
		t.Error(err)
	}
	if d, err := w.Approve(staff(t, "boss"), d.ID); err != nil || d.State != wallet.Transferring || d.Story[1].By != "boss" {
		t.Errorf("%+v %v", d, err)
	}
	if _, err := w.Reject(staff(t, "boss"), d.ID, "资料不全"); !errors.Is(err, wallet.ErrDecided) {
		t.Error(err)
	}
	other := w.withdraw(t, 150_00)
	if _, err := w.Reject(staff(t, "boss"), other.ID, ""); !errors.Is(err, domain.ErrInvalid) {
		t.Error(err)
	}
	rejected, err := w.Reject(staff(t, "boss"), other.ID, "资料不全")
	if err != nil || rejected.State != wallet.Rejected || w.anns(t).Available() != 250_00 {
		t.Errorf("%+v %v", rejected, err)
	}
	if err := errors.Join(w.Tell(t.Context(), d.ID), w.Tell(t.Context(), other.ID), w.Tell(t.Context(), other.ID)); err != nil || len(w.inbox.told) != 2 {
		t.Errorf("%+v %v", w.inbox.told, err)
	}
}

func TestWhatIsWithdrawnStaysWithinTheRules(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.credit(t, "c1", 4000_00)
	try := func(amount domain.Fen) error {
		_, err := w.Withdraw(as(t, "ann"), "o1", amount)
		return err
	}
	for amount, want := range map[domain.Fen]error{99: wallet.ErrLess, -5: wallet.ErrLess, 2000_00: wallet.ErrMore, 4000_01: wallet.ErrMore, 501_00: wallet.ErrDaily} {
		if err := try(amount); !errors.Is(err, want) {
			t.Errorf("%s: %v", amount, err)
		}
	}
	if _, err := w.Withdraw(as(t, "bob"), "o1", 1_00); !errors.Is(err, wallet.ErrShort) {
		t.Error(err)
	}
	for range 3 {
		w.withdraw(t, 50_00)
	}
	if err := try(50_00); !errors.Is(err, wallet.ErrPerDay) {
		t.Error(err)
	}
	w.clock.Add(15 * time.Hour) // midnight in Shanghai
	if err := try(50_00); err != nil {
		t.Error(err)
	}
}

func TestTwoPhonesCannotWithdrawTheSameMoney(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.credit(t, "c1", 60_00)
	var race sync.WaitGroup
	errs := make([]error, 10)
	for i := range errs {
		race.Go(func() { _, errs[i] = w.Withdraw(as(t, "ann"), "o1", 60_00) })
	}
	race.Wait()
	got := 0
	for _, err := range errs {
		if err == nil {
			got++
		} else if !errors.Is(err, wallet.ErrShort) {
			t.Error(err)
		}
	}
	if got != 1 || len(w.desk.All(nil)) != 1 {
		t.Errorf("%d withdrawals, %d transfers", got, len(w.desk.All(nil)))
	}
}

// The pitfall by this name: a commission is withdrawn, and then its order is refunded. The future makes up for it, and
// what has not left yet stays.
func TestCommissionWithdrawnAndSpent(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.credit(t, "c1", 60_00)
	w.follow(t, w.withdraw(t, 60_00).ID, transfer.Paid)
	back := wallet.Takeback{ID: "r1", Of: "c1", Organiser: "o1", Member: "ann", Amount: 60_00, Title: "订单退款，佣金撤回"}
	for range 2 {
		if got, err := w.Reverse(t.Context(), back); err != nil || got.Balance != -60_00 || got.Available() != 0 {
			t.Fatalf("%+v %v", got, err)
		}
	}
	back.ID = "r2"
	if _, err := w.Reverse(t.Context(), back); !errors.Is(err, wallet.ErrNoMoney) {
		t.Error(err)
	}
	back.Of = "nothing"
	if _, err := w.Reverse(t.Context(), back); !errors.Is(err, domain.ErrNotFound) {
		t.Error(err)
	}
	if got := w.credit(t, "c2", 80_00); got.Available() != 20_00 {
		t.Errorf("%+v", got)
	}
	if _, err := w.Withdraw(as(t, "ann"), "o1", 20_01); !errors.Is(err, wallet.ErrShort) {
		t.Error(err)
	}

	w = newWorld()
	w.credit(t, "c1", 150_00)
	waits := w.withdraw(t, 150_00)
	back.ID, back.Of, back.Amount = "r1", "c1", 1
	if _, err := w.Reverse(t.Context(), back); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Approve(staff(t, "boss"), waits.ID); err != nil {
		t.Fatal(err)
	}
	d, err := w.Drive(t.Context(), waits.ID)
	if err != nil || d.State != wallet.Rejected || len(w.desk.All(nil)) != 0 || w.anns(t).Available() != 149_99 {
		t.Errorf("%+v %v", d, err)
	}
}

func TestAWithdrawalThatFailsStaysHeldUntilItArrivesOrIsGivenUp(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.credit(t, "c1", 60_00)
	d := w.follow(t, w.withdraw(t, 60_00).ID, transfer.Failed)
	if d.State != wallet.Failed || w.anns(t).Available() != 0 {
		t.Fatalf("%+v", d)
	}
	if d = w.follow(t, d.ID, transfer.Waiting); d.State != wallet.Transferring {
		t.Fatalf("%+v", d)
	}
	d = w.follow(t, d.ID, transfer.Unclaimed)
	if _, err := w.CancelMine(as(t, "bob"), d.ID); !errors.Is(err, domain.ErrNotFound) {
		t.Error(err)
	}
	d, err := w.CancelMine(as(t, "ann"), d.ID)
	if err != nil || d.State != wallet.Cancelled || w.anns(t).Available() != 60_00 {
		t.Errorf("%+v %v", d, err)
	}
}

func TestTheHoldOfADyingProcessBecomesAWithdrawal(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.credit(t, "c1", 60_00)
	w.power.Cut(1, true) // the hold is written, and nothing else
	if _, err := w.Withdraw(as(t, "ann"), "o1", 60_00); err == nil {
		t.Fatal("it lives")
	}
	w.power.Restore()
	got := w.anns(t)
	if len(got.Holds) != 1 || len(w.withdrawals.All(nil)) != 0 || len(w.wallets.Events("o1:ann")) != 1 {
		t.Fatalf("%+v", got)
	}
	h := wallet.Held{Withdrawal: got.Holds[0].Withdrawal, Amount: 60_00, Approved: true, At: got.Holds[0].At}
	if err := errors.Join(w.Adopt(t.Context(), got.ID, h), w.Adopt(t.Context(), got.ID, h)); err != nil {
		t.Fatal(err)
	}
	if d, err := w.Drive(t.Context(), h.Withdrawal); err != nil || d.State != wallet.Transferring {
		t.Errorf("%+v %v", d, err)
	}
}

// Who counts what a withdrawal took along must not look before the wallet has it less: the withdrawal itself is done earlier.
func TestThatAWithdrawalArrivedIsToldByTheWalletThatHasItLess(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.credit(t, "c1", 60_00)
	d := w.withdraw(t, 20_00)
	w.follow(t, d.ID, transfer.Paid)
	told := 0
	for _, e := range w.anns(t).Outbox {
		if e.Type == wallet.EventPaid {
			told++
		}
	}
	if got := w.anns(t); told != 1 || got.Balance != 40_00 {
		t.Errorf("told %d times, balance %s", told, got.Balance)
	}
}

// The server died after it had held the money and before it had said so: the client asks again, under the same key.
func TestAWithdrawalAskedForAgainBecauseItsAnswerGotLostIsMadeOnce(t *testing.T) {
	t.Parallel()
	for writes := range 4 {
		w := newWorld()
		w.credit(t, "c1", 60_00)
		asked := domain.WithRequest(as(t, "ann"), "ann|k1|withdraw")
		w.power.Cut(writes+1, true)
		_, _ = w.Withdraw(asked, "o1", 20_00)
		w.power.Restore()
		first, err := w.Withdraw(asked, "o1", 20_00)
		if err != nil {
			t.Fatal(err)
		}
		w.follow(t, first.ID, transfer.Paid)
		again, err := w.Withdraw(asked, "o1", 20_00)
		if err != nil || again.ID != first.ID || again.State != wallet.Done {
			t.Errorf("killed after %d writes: %s is %s, %v", writes+1, again.ID, again.State, err)
		}
		if got := w.anns(t); got.Balance != 40_00 || got.Held() != 0 || got.Today.Count != 1 || w.exact(got) != nil {
			t.Errorf("killed after %d writes: %+v, %v", writes+1, got, w.exact(got))
		}
	}
}

func TestOldEntriesRollIntoPagesAndStillCountOnce(t *testing.T) {
	t.Parallel()
	w := newWorld()
	const n = 3*wallet.PageSize + 50
	for i := range n {
		w.credit(t, fmt.Sprint("c", i), domain.Fen(i+1))
		if i%70 == 0 {
			w.power.Cut(1+i/70%2, i%140 == 0) // a kill in the middle of rolling changes nothing
			_ = w.Roll(t.Context(), "o1:ann")
			w.power.Restore()
		}
	}
	if err := w.Roll(t.Context(), "o1:ann"); err != nil {
		t.Fatal(err)
	}
	got := w.anns(t)
	if got.Rolled.Pages < 1 || len(got.Entries) >= wallet.RollFrom || w.exact(got) != nil || got.Balance != n*(n+1)/2 {
		t.Fatalf("%d pages, %d entries, %s, %v", got.Rolled.Pages, len(got.Entries), got.Balance, w.exact(got))
	}
	for i := range n {
		w.credit(t, fmt.Sprint("c", i), domain.Fen(i+1))
	}
	if again := w.anns(t); again.Balance != got.Balance {
		t.Errorf("%s, had %s", again.Balance, got.Balance)
	}
	if _, err := w.Reverse(t.Context(), wallet.Takeback{ID: "r1", Of: "c0", Organiser: "o1", Member: "ann", Amount: 1, Title: "撤回"}); err != nil {
		t.Errorf("of long ago: %v", err)
	}
	seen := 0
	for page := (domain.Page{Limit: 70}); ; {
		list, next, err := w.MyEntries(as(t, "ann"), "o1", page)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			if want := fmt.Sprint("c", n-seen); seen > 0 && e.ID != want {
				t.Fatalf("%s at %d, want %s", e.ID, seen, want)
			}
			seen++
		}
		if page.After = next; next == "" {
			break
		}
	}
	if seen != n+1 {
		t.Errorf("%d entries listed of %d", seen, n+1)
	}
	if _, _, err := w.MyEntries(as(t, "ann"), "o1", domain.Page{After: "-1"}); !errors.Is(err, domain.ErrInvalid) {
		t.Error(err)
	}
}

func TestAWalletIsNobodyElsesToSee(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.credit(t, "c1", 60_00)
	if _, _, err := w.MyEntries(as(t, "bob"), "o1", domain.Page{}); !errors.Is(err, domain.ErrNotFound) {
		t.Error(err)
	}
	_, _, wallets := w.OfOrganiser(as(t, "bob"), "o1", domain.Page{})
	_, _, withdrawals := w.WithdrawalsOf(staff(t, "boss"), "o2", "", domain.Page{})
	_, _, _, one := w.ForStaff(as(t, "ann"), "o1", "ann", domain.Page{})
	for _, err := range []error{wallets, withdrawals, one} {
		if !errors.Is(err, domain.ErrForbidden) {
			t.Error(err)
		}
	}
	if owed, err := w.Owed(t.Context(), "ann"); err != nil || owed != 60_00 {
		t.Error(owed, err)
	}
}

func TestCheckFindsWhatCannotBe(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*wallet.Wallet){
		"another balance":    func(w *wallet.Wallet) { w.Balance++ },
		"a cause twice":      func(w *wallet.Wallet) { w.Entries = append(w.Entries, w.Entries[0]); w.Balance *= 2 },
		"a negative gain":    func(w *wallet.Wallet) { w.Entries[0].Amount *= -1; w.Balance *= -1 },
		"a hold of nothing":  func(w *wallet.Wallet) { w.Holds = []wallet.Hold{{Withdrawal: "x"}} },
		"a page that is not": func(w *wallet.Wallet) { w.Rolled.Pages++ },
	} {
		w := newWorld()
		bad := w.credit(t, "c1", 60_00)
		if bad.Check() != nil {
			t.Fatal(bad.Check())
		}
		if spoil(&bad); bad.Check() == nil {
			t.Errorf("%s is found to be right", name)
		}
	}
	w := newWorld()
	got := w.credit(t, "c1", 60_00)
	got.Holds = []wallet.Hold{{Withdrawal: "x", Amount: 5}}
	if got.CheckHolds(nil) == nil || w.anns(t).CheckHolds([]wallet.Withdrawal{{Amount: 5, State: wallet.Applied}}) == nil {
		t.Error("holds and withdrawals that do not fit are found to be right")
	}
}
