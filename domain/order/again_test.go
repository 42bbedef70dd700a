package order_test

import (
	"testing"
	"time"

	"yingdi/domain/order"
)

// The answer died with the server, wherever in the making of an order that was: who asks again gets it whole, and not one
// that is cancelled a moment later because nobody goes on with it.
func TestWhoeverAsksAgainAfterTheServerDiedGetsTheOrderWhole(t *testing.T) {
	t.Parallel()
	for writes := 1; writes <= 6; writes++ {
		w := newWorld(5)
		wish := order.Wish{Camp: "c1", Offer: "seat", Amount: 199_00}
		w.power.Cut(writes, true)
		_, _, _ = w.Place(as(t, "an"), wish)
		w.power.Restore()
		w.clock.Add(order.FirstQuery)
		o, _, err := w.Place(as(t, "an"), wish)
		if err != nil {
			t.Fatal(err)
		}
		if o = w.drive(t, o.ID); o.State != order.Pending {
			t.Errorf("killed at write %d: the order is %s, %s", writes, o.State, o.Cause)
		}
		w.clock.Add(time.Second)
		w.bank.pay(w.askPay(t, o))
		w.clock.Add(order.FirstQuery)
		if o = w.drive(t, o.ID); o.State != order.Fulfilled {
			t.Errorf("killed at write %d: paid, and the order is %s", writes, o.State)
		}
		if err := w.exact(o); err != nil {
			t.Error(err)
		}
	}
}
