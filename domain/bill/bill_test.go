package bill_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/bill"
	"yingdi/domain/order"
	"yingdi/domain/wechatpay"
)

func TestAMorningOnWhichAllAgrees(t *testing.T) {
	t.Parallel()
	w := newWorld()
	number := w.paid("2026-03-01T03:00:00Z")
	refund := w.refunded(number, "2026-03-01T04:00:00Z", 50_00, true)
	w.billed("2026-03-01", wechatpay.BillLine{App: "wx-other", Trade: "shop-7", State: "SUCCESS", Amount: 3_00})
	if kinds := w.work(t); len(kinds) > 0 {
		t.Fatalf("%v", kinds)
	}
	d, err := w.days.Get(t.Context(), "2026-03-01")
	if err != nil || d.State != bill.Matched {
		t.Fatalf("%+v %v", d, err)
	}
	want := bill.Tally{Lines: 3, Foreign: 1, Paid: 199_00, Refunded: 50_00, In: 202_00, Moves: []bill.Move{{Name: "交易", Count: 3, In: 202_00}}}
	if diff := cmp.Diff(want, d.Tally); diff != "" {
		t.Error(diff)
	}
	if len(w.bank.files) != 2 || !strings.Contains(d.Trade.Key, d.Trade.SHA256) || w.bank.open != 0 {
		t.Errorf("%d files are kept, %d are open", len(w.bank.files), w.bank.open)
	}
	o, _ := w.orders.Get(t.Context(), order.OrderOf(number))
	if o.Attempts[0].Billed.Line != 1 || o.Refunds[0].Billed.Line != 2 || o.Refunds[0].Number != refund || o.Check() != nil {
		t.Errorf("%+v %v", o, o.Check())
	}
	fetched := w.bank.fetched
	if w.work(t); w.bank.fetched != fetched {
		t.Error("a day that is done was fetched again")
	}
}

func TestADayOnWhichOnlyTransfersMovedHasNoTradeBill(t *testing.T) {
	t.Parallel()
	w := newWorld()
	sent := &oneTransfer{fact: bill.Fact{Number: "t1", Back: true, Amount: 80, Done: true, At: at("2026-03-01T03:00:00Z")}}
	w.Transfers = sent
	w.bank.funds["2026-03-01"] = []wechatpay.FundLine{{Name: "商家转账", Amount: 80, Voucher: "t1", At: sent.fact.At}}
	if kinds := w.work(t); len(kinds) > 0 || w.states()["2026-03-01"] != bill.Matched || sent.fact.Billed.Day != "2026-03-01" {
		t.Fatalf("%v %v %+v", kinds, w.states(), sent.fact)
	}
}

// The money of a refund leaves when it is asked for; where the card is gone it arrives days later.
func TestADayOnWhichOnlyARefundArrivedHasNoFundBill(t *testing.T) {
	t.Parallel()
	w := newWorld()
	number := w.paid("2026-02-28T03:00:00Z")
	w.refunded(number, "2026-03-01T04:00:00Z", 50_00, true)
	w.bank.funds["2026-03-01"] = nil
	if kinds := w.work(t); len(kinds) > 0 || w.states()["2026-03-01"] != bill.Matched {
		t.Fatalf("%v %v", kinds, w.states())
	}
}

func TestEachDifferenceIsACase(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		make func(w *world)
		want []bill.Kind
	}{
		"missing here": {func(w *world) {
			w.billed("2026-03-01", wechatpay.BillLine{App: "wx1", Trade: "o77-1", State: "SUCCESS", Amount: 9_00})
		}, []bill.Kind{bill.MissingHere}},
		"a number of another form": {func(w *world) {
			w.billed("2026-03-01", wechatpay.BillLine{App: "wx1", Trade: "20260301|*x y", State: "SUCCESS", Amount: 9_00})
		}, []bill.Kind{bill.MissingHere}},
		"another amount": {func(w *world) {
			w.paid("2026-03-01T03:00:00Z")
			w.bank.lines["2026-03-01"][0].Amount = 198_00
		}, []bill.Kind{bill.OtherAmount}},
		"another refund": {func(w *world) {
			w.refunded(w.paid("2026-03-01T03:00:00Z"), "2026-03-01T04:00:00Z", 50_00, true)
			w.bank.lines["2026-03-01"][1].Refunded = 51_00
		}, []bill.Kind{bill.OtherAmount}},
		"failed there, done here": {func(w *world) {
			w.refunded(w.paid("2026-03-01T03:00:00Z"), "2026-03-01T04:00:00Z", 50_00, true)
			w.bank.lines["2026-03-01"][1].RefundState = "FAIL"
		}, []bill.Kind{bill.OtherState}},
		"paid there, and WeChat itself will not say so": {func(w *world) {
			w.bank.trades[w.asked("2026-03-01T03:00:00Z")].State = wechatpay.TradeNotPaid
		}, []bill.Kind{bill.OtherState}},
		"double": {func(w *world) {
			w.paid("2026-03-01T03:00:00Z")
			w.bank.lines["2026-03-01"] = append(w.bank.lines["2026-03-01"], w.bank.lines["2026-03-01"][0])
		}, []bill.Kind{bill.Double}},
		"all at once": {func(w *world) {
			for i := range 120 {
				w.paid("2026-03-01T03:00:00Z")
				if i%40 == 0 {
					w.bank.lines["2026-03-01"][i].Amount++
				}
			}
		}, []bill.Kind{bill.OtherAmount, bill.OtherAmount, bill.OtherAmount}},
	} {
		w := newWorld()
		tt.make(w)
		for range 2 { // again finds nothing new
			if diff := cmp.Diff(tt.want, w.work(t)); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
			if len(w.cases.All(nil)) != len(tt.want) {
				t.Errorf("%s: %d cases", name, len(w.cases.All(nil)))
			}
		}
		for _, c := range w.cases.All(nil) {
			if !domain.ValidID(c.ID) || len(c.Story) != 1 || c.Story[0].Text == "" {
				t.Errorf("%s: %+v", name, c)
			}
		}
	}
}

func TestANoticeThatIsLateIsNoDifference(t *testing.T) {
	t.Parallel()
	w := newWorld()
	number := w.asked("2026-03-01T15:59:00Z")
	w.refunded(w.paid("2026-03-01T03:00:00Z"), "2026-03-01T15:59:00Z", 50_00, false)
	if kinds := w.work(t); len(kinds) > 0 {
		t.Fatalf("%v", kinds)
	}
	o, _ := w.orders.Get(t.Context(), order.OrderOf(number))
	if o.State != order.Paid || o.Attempts[0].Billed.Day != "2026-03-01" {
		t.Errorf("%s, %+v", o.State, o.Attempts)
	}
}

func TestAPaymentAtMidnightThatStandsInTheNextBillIsNoDifference(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.paid("2026-03-01T03:00:00Z")
	w.paid("2026-03-01T15:59:59Z")
	lines := w.bank.lines["2026-03-01"]
	w.bank.lines["2026-03-01"], w.bank.lines["2026-03-02"] = lines[:1], lines[1:]
	w.bank.funds["2026-03-02"] = nil
	for range 3 {
		if kinds := w.work(t); len(kinds) > 0 {
			t.Fatalf("%v", kinds)
		}
		w.clock.Add(24 * time.Hour)
	}
}

func TestWhatNoBillHoldsIsACaseOnceTheNextBillHasNotHeldItEither(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.paid("2026-03-01T03:00:00Z")
	lost := w.paid("2026-03-01T04:00:00Z")
	line := w.bank.lines["2026-03-01"][1]
	w.bank.lines["2026-03-01"] = w.bank.lines["2026-03-01"][:1]
	if kinds := w.work(t); len(kinds) > 0 {
		t.Fatalf("too soon: %v", kinds)
	}
	w.clock.Add(24 * time.Hour)
	w.paid("2026-03-02T04:00:00Z")
	if diff := cmp.Diff([]bill.Kind{bill.MissingThere}, w.work(t)); diff != "" {
		t.Fatal(diff)
	}
	c := w.cases.All(nil)[0]
	if c.Day != "2026-03-01" || c.Number != lost || c.Organiser != "o1" || c.Amount != 199_00 {
		t.Errorf("%+v", c)
	}
	w.clock.Add(24 * time.Hour) // a later bill explains it
	w.billed("2026-03-03", line)
	if kinds := w.work(t); len(kinds) != 1 {
		t.Fatalf("%v", kinds)
	}
	if err := w.Review(t.Context()); err != nil || len(w.kinds()) > 0 {
		t.Fatalf("%v, %v", w.kinds(), err)
	}
	if c = w.cases.All(nil)[0]; c.ClosedBy != "" || len(c.Story) != 2 {
		t.Errorf("%+v", c)
	}
}

func TestALateNoticeClosesACase(t *testing.T) {
	t.Parallel()
	w := newWorld()
	number := w.asked("2026-03-01T03:00:00Z")
	w.bank.trades[number].State = wechatpay.TradeNotPaid
	w.work(t)
	w.bank.trades[number].State = wechatpay.TradeSuccess
	if err := w.Ask(t.Context(), order.OrderOf(number), number); err != nil {
		t.Fatal(err)
	}
	if err := w.Review(t.Context()); err != nil || len(w.kinds()) > 0 {
		t.Errorf("%v, %v", w.kinds(), err)
	}
}

func TestABillThatIsLateIsWaitedForAndMissedDaysAreCaughtUpWithInTheirOrder(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.paid("2026-03-01T03:00:00Z")
	w.bank.later = true
	w.work(t)
	w.clock.Add(11 * time.Hour)
	if kinds := w.work(t); len(kinds) > 0 {
		t.Fatalf("an alarm too soon: %v", kinds)
	}
	w.clock.Add(2 * time.Hour)
	if diff := cmp.Diff([]bill.Kind{bill.NoBill}, w.work(t)); diff != "" {
		t.Fatal(diff)
	}
	w.clock.Add(48 * time.Hour)
	w.paid("2026-03-03T03:00:00Z")
	if diff := cmp.Diff(map[string]bill.State{"2026-03-01": bill.Waiting, "2026-03-02": bill.Waiting, "2026-03-03": bill.Waiting}, func() map[string]bill.State { w.work(t); return w.states() }()); diff != "" {
		t.Fatal(diff)
	}
	w.bank.later = false
	w.clock.Add(time.Hour)
	w.work(t)
	if diff := cmp.Diff(map[string]bill.State{"2026-03-01": bill.Matched, "2026-03-02": bill.Matched, "2026-03-03": bill.Matched}, w.states()); diff != "" {
		t.Fatal(diff)
	}
	if err := w.Review(t.Context()); err != nil || len(w.kinds()) > 0 {
		t.Errorf("%v, %v", w.kinds(), err)
	}
}

func TestADayWhoseBillNeverComesHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.paid("2026-03-01T03:00:00Z")
	w.bank.lines["2026-03-01"] = nil // and money came that day
	for range 5 * 24 {
		w.work(t)
		w.clock.Add(time.Hour)
	}
	states := w.states()
	if states["2026-03-01"] != bill.Absent || states["2026-03-05"] != bill.Matched {
		t.Errorf("%v", states)
	}
	if diff := cmp.Diff([]bill.Kind{bill.MissingThere, bill.NoBill}, w.kinds()); diff != "" {
		t.Error(diff)
	}
	for _, c := range w.cases.All(nil) {
		if c.Kind == bill.NoBill {
			if _, err := w.Again(boss(t), c.ID); !errors.Is(err, domain.ErrForbidden) {
				t.Errorf("an organiser and the merchant's bill: %v", err)
			}
			if _, err := w.Again(admin(t), c.ID); err != nil || w.states()["2026-03-01"] != bill.Waiting {
				t.Errorf("%v, %v", w.states(), err)
			}
		}
	}
}

func TestABillThatCannotBeReadIsFetchedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.paid("2026-03-01T03:00:00Z")
	w.bank.broken = true
	w.work(t)
	w.bank.broken = false
	w.clock.Add(time.Hour)
	if w.work(t); w.states()["2026-03-01"] != bill.Matched {
		t.Errorf("%v", w.states())
	}
	w = newWorld() // and one that was altered where it is kept
	w.paid("2026-03-01T03:00:00Z")
	w.power.Cut(4, true)
	_ = w.Work(t.Context())
	w.power.Restore()
	for key := range w.bank.files {
		w.bank.files[key] = []byte("[]")
	}
	w.work(t)
	w.clock.Add(time.Hour)
	if w.work(t); w.states()["2026-03-01"] != bill.Matched || w.bank.open != 0 {
		t.Errorf("%v", w.states())
	}
}

func TestAReconciliationThatIsKilledAtAnyWriteEndsTheSame(t *testing.T) {
	t.Parallel()
	busy := func() *world {
		w := newWorld()
		w.clock.Add(48 * time.Hour)
		for i := range 6 {
			number := w.paid(fmt.Sprintf("2026-03-0%dT03:00:00Z", 1+i%3))
			w.refunded(number, fmt.Sprintf("2026-03-0%dT05:00:00Z", 1+i%3), 10_00, i%2 == 0)
		}
		w.bank.lines["2026-03-02"][0].Amount = 1
		w.bank.lines["2026-03-03"] = w.bank.lines["2026-03-03"][1:]
		return w
	}
	calm := busy()
	want := calm.work(t)
	if !slices.Contains(want, bill.OtherAmount) {
		t.Fatalf("%v", want)
	}
	for n, died := 1, true; died; n++ {
		for _, done := range []bool{false, true} {
			w := busy()
			w.power.Cut(n, done)
			_ = w.Work(t.Context())
			died = w.power.Restore()
			for range 2 {
				w.clock.Add(time.Hour)
				w.work(t)
			}
			if diff := cmp.Diff(want, w.kinds()); diff != "" {
				t.Errorf("killed at %d: %s", n, diff)
			}
			for _, o := range w.orders.All(nil) {
				if err := o.Check(); err != nil && !strings.Contains(err.Error(), "bill") {
					t.Errorf("killed at %d: %v", n, err)
				}
			}
		}
	}
}

func TestWhoSeesWhichCase(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.paid("2026-03-01T03:00:00Z")
	w.bank.lines["2026-03-01"][0].Amount = 1
	w.billed("2026-03-01", wechatpay.BillLine{App: "wx1", Trade: "o77-1", State: "SUCCESS", Amount: 9_00})
	w.work(t)
	other := domain.WithActor(t.Context(), domain.Actor{Member: "x", Grants: []domain.Grant{{Scope: domain.ScopeOrganiser, ID: "o2", Organiser: "o2", Role: domain.RoleOwner}}})
	for name, tt := range map[string]struct {
		list int
		err  error
	}{"boss": {1, nil}, "admin": {2, nil}, "other": {0, nil}, "nobody": {0, domain.ErrUnauthenticated}} {
		ctx := t.Context()
		switch name {
		case "boss":
			ctx = boss(t)
		case "admin":
			ctx = admin(t)
		case "other":
			ctx = other
		}
		list, _, err := w.Open(ctx, domain.Page{})
		if len(list) != tt.list || !errors.Is(err, tt.err) {
			t.Errorf("%s: %d, %v", name, len(list), err)
		}
	}
	for _, c := range w.cases.All(nil) {
		if _, err := w.Dismiss(other, c.ID, "查过了"); !errors.Is(err, domain.ErrForbidden) {
			t.Errorf("%s: %v", c.ID, err)
		}
		if _, err := w.Dismiss(admin(t), c.ID, ""); !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("%s: %v", c.ID, err)
		}
		if got, err := w.Dismiss(admin(t), c.ID, "查过了"); err != nil || got.Open() || got.ClosedBy != "root" {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if _, _, err := w.History(boss(t), domain.Page{}); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("an organiser and the merchant's days: %v", err)
	}
	if list, _, err := w.History(admin(t), domain.Page{}); err != nil || len(list) != 1 {
		t.Errorf("%d, %v", len(list), err)
	}
}
