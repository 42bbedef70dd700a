package order_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/enrolment"
	"yingdi/domain/order"
	"yingdi/domain/wechatpay"
)

func TestFromOrderToPlace(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	o := w.place(t, "an", "seat")
	if got, ok := w.places.of("an"); !ok || got.Open {
		t.Fatalf("before paying the seat is held and not open: %+v %v", got, ok)
	}
	w.bank.pay(w.askPay(t, o))
	w.told(t, order.Number(o.ID, 1))
	o = w.drive(t, o.ID)
	if err := w.exact(o); err != nil || o.State != order.Fulfilled {
		t.Fatalf("%s, %v", o.State, err)
	}
}

func TestThePriceIsTheSumOfItsLinesAndWhatWasShown(t *testing.T) {
	t.Parallel()
	w := newWorld(5)
	p, err := w.Preview(as(t, "an"), order.Wish{Camp: "c1", Offer: "pool"})
	if err != nil || order.Sum(p.Lines) != 159_00 || len(p.Lines) != 2 || p.Part != 100_00 || p.Rules != 1 {
		t.Fatalf("%+v %v", p, err)
	}
	w.clock.Set(at("2026-02-26T00:00:00Z")) // the early bird has just flown
	_, _, err = w.Place(as(t, "an"), order.Wish{Camp: "c1", Offer: "pool", Amount: 159_00})
	if !errors.Is(err, order.ErrPrice) {
		t.Fatalf("ordered at a price that is gone: %v", err)
	}
	o := w.place(t, "an", "pool")
	w.list.Offers[1].Price, w.list.Version = 299_00, 2
	if got := w.get(t, o.ID); got.Amount != 199_00 || got.Promise.Version != 1 {
		t.Fatalf("a promise has changed: %+v", got.Promise)
	}
}

func TestWhatCostsNothingTakesThePaidPathWithoutWeChat(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	o := w.place(t, "an", "gift")
	if err := w.exact(o); err != nil || o.State != order.Fulfilled || len(w.bank.numbers()) != 0 {
		t.Fatalf("%s, %v, %v", o.State, err, w.bank.numbers())
	}
}

// Pitfall: sold-out camp still payable.
func TestSoldOutCampStillPayable(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	w.place(t, "an", "seat")
	_, _, err := w.Place(as(t, "bo"), order.Wish{Camp: "c1", Offer: "seat", Amount: 199_00})
	if !errors.Is(err, camp.ErrFull) {
		t.Fatalf("a seat that nobody has was sold: %v", err)
	}
	for _, o := range w.store.All(func(o order.Order) bool { return o.Member == "bo" }) {
		if _, err := w.AskPay(as(t, "bo"), o.ID); o.State != order.Cancelled || !errors.Is(err, order.ErrNotPending) {
			t.Errorf("%s can be paid: %v", o.State, err)
		}
	}
}

func TestTwoPhonesOrderOneSeat(t *testing.T) {
	t.Parallel()
	w := newWorld(5)
	var race sync.WaitGroup
	for range 20 {
		race.Go(func() {
			if _, _, err := w.Place(as(t, "an"), order.Wish{Camp: "c1", Offer: "seat", Amount: 199_00}); err != nil {
				t.Error(err)
			}
		})
	}
	race.Wait()
	if n := len(w.store.All(nil)); n != 1 || len(w.places.all()) != 1 {
		t.Fatalf("%d orders, %d seats", n, len(w.places.all()))
	}
}

func TestTwoPhonesAtAFullCampAreRefusedAndNotLost(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	w.bought(t, "bo", "seat")
	var race sync.WaitGroup
	for range 20 {
		race.Go(func() {
			o, _, err := w.Place(as(t, "an"), order.Wish{Camp: "c1", Offer: "seat", Amount: 199_00})
			waits := err == nil && o.State == order.Pending // the other phone's, which is about to be cancelled
			if !waits && !errors.Is(err, camp.ErrFull) && !errors.Is(err, domain.ErrConflict) {
				t.Errorf("%+v, %v", o, err)
			}
		})
	}
	race.Wait()
}

// Pitfall: late payment revived a cancelled order.
func TestLatePaymentRevivedACancelledOrder(t *testing.T) {
	t.Parallel()
	for name, full := range map[string]bool{"and a seat is left": false, "and the seat is gone": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(1)
			o := w.place(t, "an", "seat")
			number := w.askPay(t, o)
			if _, err := w.Cancel(as(t, "an"), o.ID); err != nil {
				t.Fatal(err)
			}
			if full {
				w.bought(t, "bo", "seat")
			}
			// WeChat took the money all the same, and tells us late.
			late := wechatpay.Trade{Number: number, State: wechatpay.TradeSuccess, Amount: 199_00, PaidAt: w.clock.Now()}
			*w.bank.trades[number] = late
			w.told(t, number)
			o = w.drive(t, o.ID)
			want := order.Fulfilled
			if full {
				want = order.Refunded
			}
			if err := w.exact(o); err != nil || o.State != want {
				t.Fatalf("%s, want %s, %v", o.State, want, err)
			}
		})
	}
}

// Pitfall: two attempts both paid.
func TestTwoAttemptsBothPaid(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	o := w.place(t, "an", "seat")
	first := w.askPay(t, o)
	// WeChat says that the first is closed, and a second one begins; then both turn out to be paid.
	if _, err := w.Seen(t.Context(), wechatpay.Trade{Number: first, State: wechatpay.TradeClosed}); err != nil {
		t.Fatal(err)
	}
	second := w.askPay(t, o)
	w.bank.pay(first)
	w.bank.pay(second)
	for range 3 {
		w.told(t, second)
		w.told(t, first)
	}
	o = w.drive(t, o.ID)
	if err := w.exact(o); err != nil || o.State != order.Fulfilled || o.Received() != 2*199_00 || o.Returned() != 199_00 {
		t.Fatalf("%s: %s came, %s went back, %v", o.State, o.Received(), o.Returned(), err)
	}
}

// The notice of the second payment never came: nobody would have known of it.
func TestThePaymentBesideTheOneThatCountsIsAskedForAndClosed(t *testing.T) {
	t.Parallel()
	for name, paid := range map[string]bool{"it was paid": true, "it was not": false} {
		w := newWorld(1)
		o := w.place(t, "an", "seat")
		first := w.askPay(t, o)
		if _, err := w.Seen(t.Context(), wechatpay.Trade{Number: first, State: wechatpay.TradeClosed}); err != nil {
			t.Fatal(err)
		}
		second := w.askPay(t, o)
		w.bank.pay(first)
		if paid {
			w.bank.pay(second)
		}
		w.told(t, first)
		o = w.drive(t, o.ID)
		if o.Open() || !o.WakeAt.IsZero() {
			t.Errorf("%s: %+v can still be paid, wakes %s", name, o.Attempts, o.WakeAt)
		}
		if err := w.exact(o); err != nil || o.State != order.Fulfilled || o.Held() != 199_00 {
			t.Errorf("%s: %s holds %s, %v", name, o.State, o.Held(), err)
		}
		w.bank.pay(second)
		if trade, err := w.bank.Query(t.Context(), second); err != nil || trade.Paid() != paid {
			t.Errorf("%s: at WeChat it can still be paid: %+v, %v", name, trade, err)
		}
	}
}

// Pitfall: the old attempt's expiry cancelled a paid order.
func TestTheOldAttemptsExpiryCancelledAPaidOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	o := w.bought(t, "an", "seat")
	w.clock.Add(2 * order.PayWithin)
	if _, err := w.Seen(t.Context(), wechatpay.Trade{Number: order.Number(o.ID, 1), State: wechatpay.TradeClosed}); err != nil {
		t.Fatal(err)
	}
	if err := w.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Cancel(as(t, "an"), o.ID); !errors.Is(err, order.ErrNotPending) {
		t.Errorf("a paid order was cancelled: %v", err)
	}
	if o = w.get(t, o.ID); o.State != order.Fulfilled {
		t.Fatalf("it is %s", o.State)
	}
}

// Pitfall: paid but not enrolled.
func TestPaidButNotEnrolled(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	o := w.place(t, "an", "seat")
	w.bank.pay(w.askPay(t, o)) // and no callback ever comes
	w.clock.Add(order.FirstQuery + time.Second)
	if err := w.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	o = w.get(t, o.ID)
	if err := w.exact(o); err != nil || o.State != order.Fulfilled {
		t.Fatalf("%s, %v", o.State, err)
	}
}

func TestAtTheTimeoutWeChatIsAskedFirst(t *testing.T) {
	t.Parallel()
	for name, paid := range map[string]bool{"paid in the last second": true, "not paid": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(1)
			o := w.place(t, "an", "seat")
			number := w.askPay(t, o)
			w.clock.Add(order.PayWithin)
			if paid {
				w.bank.pay(number)
			}
			o = w.drive(t, o.ID)
			want := map[bool]order.State{true: order.Fulfilled, false: order.Cancelled}[paid]
			if err := w.exact(o); err != nil || o.State != want {
				t.Fatalf("%s, want %s: %v", o.State, want, err)
			}
			if w.bank.pay(number) {
				t.Error("a cancelled order can still be paid")
			}
		})
	}
}

func TestWhileWeChatDoesNotAnswerNothingIsCancelled(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	o := w.place(t, "an", "seat")
	number := w.askPay(t, o)
	w.clock.Add(order.PayWithin)
	w.bank.fault = func(string) (bool, bool) { return true, false }
	if _, err := w.Drive(t.Context(), o.ID); !errors.Is(err, wechatpay.ErrUnreachable) {
		t.Fatal(err)
	}
	w.bank.fault = nil
	w.bank.pay(number)
	if o = w.drive(t, o.ID); o.State != order.Fulfilled {
		t.Fatalf("it is %s", o.State)
	}
}

func TestAnotherAmountThanWeAskedForGoesBackAndAPersonIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	o := w.place(t, "an", "seat")
	number := w.askPay(t, o)
	w.bank.trades[number].Amount = 1_00
	w.bank.pay(number)
	w.told(t, number)
	o = w.drive(t, o.ID)
	if o.State != order.Pending || o.Returned() != 1_00 || !o.Troubled() {
		t.Fatalf("%s, %s back, trouble %v", o.State, o.Returned(), o.Trouble)
	}
}

func TestAnOrderThatCostNothingCanBeGivenUp(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	o := w.place(t, "an", "gift")
	if o.State != order.Fulfilled {
		t.Fatal(o.State)
	}
	for range 2 {
		if err := w.GiveUp(as(t, "an"), o.ID); err != nil {
			t.Fatal(err)
		}
	}
	o = w.get(t, o.ID)
	if o.State != order.Cancelled || o.Cause != order.ByUser || len(w.places.all()) != 0 || w.exact(o) != nil || !o.WakeAt.IsZero() {
		t.Errorf("%s by %s, %d places, %v", o.State, o.Cause, len(w.places.all()), w.exact(o))
	}
	paid := w.bought(t, "an", "seat")
	if err := w.GiveUp(as(t, "an"), paid.ID); !errors.Is(err, enrolment.ErrOrdered) {
		t.Errorf("one that was paid: %v", err)
	}
}
