package order_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/order"
	"yingdi/domain/wechatpay"
)

// lively are orders of every kind that money can take: paid, given back by the learner, by staff, in part, as an orphan,
// stuck, and of nothing.
func lively(t *testing.T) world {
	t.Helper()
	w := newWorld(9)
	w.bought(t, "kept", "seat")
	w.place(t, "waits", "seat")
	w.place(t, "gift", "gift")
	back := w.bought(t, "back", "pool")
	if _, err := w.AskBack(as(t, "back"), back.ID, back.Refundable(w.clock.Now())); err != nil {
		t.Fatal(err)
	}
	w.drive(t, back.ID)
	part := w.bought(t, "part", "seat")
	w.bank.slow = true
	for i, amount := range []string{"a", "b"} {
		if _, err := w.GiveBack(owner(t), part.ID, order.Grant{Key: amount, Amount: 10_00, Reason: "补偿"}); err != nil {
			t.Fatal(err)
		}
		w.bank.slow = i == 0
		w.drive(t, part.ID)
		w.bank.slow = false
	}
	late := w.place(t, "late", "seat")
	number := w.askPay(t, late)
	if _, err := w.Cancel(as(t, "late"), late.ID); err != nil {
		t.Fatal(err)
	}
	w.bank.trades[number].State, w.bank.trades[number].PaidAt, w.bank.trades[number].Amount = wechatpay.TradeSuccess, w.clock.Now(), 150_00
	w.told(t, number)
	w.drive(t, late.ID)
	return w
}

func TestNoAmountOfAnOrderCanBeAlteredUnnoticed(t *testing.T) {
	t.Parallel()
	w := lively(t)
	altered := 0
	for _, o := range w.store.All(nil) {
		if err := o.Check(); err != nil {
			t.Fatal(err)
		}
		raw, _ := json.Marshal(o)
		var tree any
		if err := json.Unmarshal(raw, &tree); err != nil {
			t.Fatal(err)
		}
		amounts(tree, func(at string) {
			changed, _ := json.Marshal(tree)
			var broken order.Order
			if err := json.Unmarshal(changed, &broken); err != nil {
				t.Fatal(err)
			}
			if altered++; broken.Check() == nil {
				t.Errorf("%s of the order of %s was altered, and nobody noticed", at, o.Member)
			}
		})
	}
	if altered < 40 {
		t.Errorf("only %d amounts were altered", altered)
	}
}

var money = map[string]bool{"amount": true, "part": true, "in": true, "asked": true, "back": true, "arrived": true}

// amounts alters each amount in a document by one fen, tells of it, and puts it back.
func amounts(tree any, altered func(at string)) {
	switch node := tree.(type) {
	case map[string]any:
		for key, value := range node {
			if n, ok := value.(float64); ok && money[key] {
				for _, by := range []float64{1, -1} {
					node[key] = n + by
					altered(fmt.Sprint(key, " ", n, " by ", by))
				}
				node[key] = n
			}
			amounts(value, func(at string) { altered(key + "." + at) })
		}
	case []any:
		for i, value := range node {
			amounts(value, func(at string) { altered(fmt.Sprint(i, ".", at)) })
		}
	}
}

func TestARefundOfAnotherAmountReachesAPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	o := w.bought(t, "an", "seat")
	w.bank.slow = true
	if _, err := w.AskBack(as(t, "an"), o.ID, 199_00); err != nil {
		t.Fatal(err)
	}
	o = w.drive(t, o.ID)
	r := o.Refunds[0]
	seen := wechatpay.Refund{Number: r.Number, Trade: r.Attempt, State: wechatpay.RefundSuccess, Amount: 198_00}
	for range 2 {
		if _, err := w.RefundSeen(t.Context(), seen); err != nil {
			t.Fatal(err)
		}
	}
	if o = w.get(t, o.ID); !o.Troubled() || o.Trouble[0].Kind != order.WrongRefund || o.Returned() != 198_00 || o.Held() != 1_00 {
		t.Errorf("%+v, %s back, %s held", o.Trouble, o.Returned(), o.Held())
	}
	if err := o.Check(); err != nil {
		t.Error(err)
	}
}

func TestWhatABillHoldsIsNotedOnceAndAnotherLineIsADouble(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	o := w.bought(t, "an", "seat")
	if !o.Unbilled().Equal(w.clock.Now()) {
		t.Errorf("unbilled since %s", o.Unbilled())
	}
	first := wechatpay.Billed{Day: "2026-02-25", Line: 3, Amount: 199_00}
	if err := o.Bill(o.Attempts[0].Number, first); err != nil || !o.Unbilled().IsZero() {
		t.Fatal(err)
	}
	if err := o.Bill(o.Attempts[0].Number, first); !errors.Is(err, domain.ErrSame) {
		t.Error(err)
	}
	if err := o.Bill(o.Attempts[0].Number, wechatpay.Billed{Day: "2026-02-25", Line: 4, Amount: 199_00}); !errors.Is(err, order.ErrBilledTwice) {
		t.Error(err)
	}
	if err := o.Check(); err != nil {
		t.Error(err)
	}
}

func TestMoneyThatIsLongOnItsWayBackReachesAPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	o := w.bought(t, "an", "seat")
	w.bank.slow = true
	if _, err := w.AskBack(as(t, "an"), o.ID, 199_00); err != nil {
		t.Fatal(err)
	}
	w.drive(t, o.ID)
	for _, when := range []struct {
		after time.Duration
		want  int
	}{{0, 0}, {order.RefundPatience - time.Second, 0}, {2 * time.Second, 1}} {
		w.clock.Add(when.after)
		list, _, err := w.Late(owner(t), pageOf(10))
		if err != nil || len(list) != when.want {
			t.Errorf("after %s: %d, %v", when.after, len(list), err)
		}
	}
	o, err := w.Again(owner(t), o.ID, w.get(t, o.ID).Refunds[0].Number)
	if err != nil || !o.WakeAt.Equal(w.clock.Now()) || o.Refunds[0].State != order.RefundProcessing {
		t.Errorf("%s %s %v", o.WakeAt, o.Refunds[0].State, err)
	}
	w.bank.refunds[o.Refunds[0].Number].State = wechatpay.RefundSuccess
	if o = w.drive(t, o.ID); o.State != order.Refunded || !o.LateAt().IsZero() {
		t.Errorf("%s, late at %s", o.State, o.LateAt())
	}
}
