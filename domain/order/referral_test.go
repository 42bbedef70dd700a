package order_test

import (
	"testing"

	"yingdi/domain"
	"yingdi/domain/order"
)

func TestThePromotersShareIsPartOfTheSealedPromise(t *testing.T) {
	t.Parallel()
	w := newWorld(2)
	for offer, want := range map[string]int{"seat": 1, "gift": 0} {
		o := w.place(t, "an"+offer, offer)
		if len(o.Promise.Shares) != want {
			t.Errorf("%s: %+v", offer, o.Promise.Shares)
		}
		if want > 0 {
			o.Promise.Shares[0].Rate++
			if o.Check() == nil {
				t.Error("a share that was altered goes unnoticed")
			}
		}
	}
}

// What a commission counts by: what was paid, less what went back, less the pool's part.
func TestWhatIsKeptOfTheTuition(t *testing.T) {
	t.Parallel()
	paid := func(amount, part domain.Fen, refunds ...order.Refund) order.Order {
		o := order.Place("n1", "o1", "c1", "an", order.Promise{Lines: []order.Line{{Kind: order.LinePrice, Amount: amount}}, Part: part, LockAt: at("2026-03-01T00:00:00Z")}, order.JSAPI, at("2026-02-25T00:00:00Z"))
		o.State, o.PaidAt, o.FulfilledAt = order.Fulfilled, o.CreatedAt, o.CreatedAt
		o.Attempts = []order.Attempt{{Number: "n1-1", Amount: amount, State: order.Succeeded}}
		for _, r := range refunds {
			r.Attempt = "n1-1"
			if r.Ends {
				o.EndedAt = r.AskedAt
			}
			o.Refunds = append(o.Refunds, r)
		}
		return o
	}
	before, after := at("2026-02-26T00:00:00Z"), at("2026-03-02T00:00:00Z")
	for name, c := range map[string]struct {
		o    order.Order
		want domain.Fen
	}{
		"all":                          {paid(199_00, 0), 199_00},
		"less the pool's part":         {paid(199_00, 100_00), 99_00},
		"its own part comes back":      {paid(199_00, 100_00, order.Refund{Cause: order.CausePool, Amount: 100_00, AskedAt: after}), 99_00},
		"half of it":                   {paid(199_00, 0, order.Refund{Amount: 99_50, State: order.RefundClosed}), 99_50},
		"given up before the lock":     {paid(199_00, 100_00, order.Refund{Amount: 149_50, Ends: true, AskedAt: before}), 49_50},
		"some tuition, after the lock": {paid(199_00, 100_00, order.Refund{Amount: 49_50, AskedAt: after}), 49_50},
		"nothing":                      {paid(199_00, 100_00, order.Refund{Amount: 199_00, Ends: true, AskedAt: before}), 0},
	} {
		if got := c.o.Kept(); got != c.want {
			t.Errorf("%s: %s, not %s", name, got, c.want)
		}
	}
	if (order.Order{Amount: 199_00}).Kept() != 0 {
		t.Error("nothing is kept of what was not paid")
	}
}
