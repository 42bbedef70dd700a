package audit

import (
	"slices"
	"strings"
	"time"
)

// Shop is the camp whose seats are sold.
type Shop struct {
	Camp       string
	Price      int64
	Early      int64 // until EarlyUntil
	EarlyUntil time.Time
	Gift       string    // the offer that costs nothing
	All, Half  time.Time // until when all of the price comes back, and Percent of it
	Percent    int64
}

// Ordered is an order that was acknowledged.
type Ordered struct {
	ID     string
	Camp   string
	Member string
	Offer  string
	Amount int64 // shown before
	At     time.Time
}

// RefundAsked is a refund that was promised.
type RefundAsked struct {
	Order  string
	Key    string // of one that staff decided
	Amount int64
	Ends   bool // the place goes with it
	At     time.Time
}

// OrderSeen is how an order stands by what its buyer is shown.
type OrderSeen struct {
	ID       string
	State    string
	Received int64
	Returned int64
}

// numbers of an order's payments begin with its id.
func orderOf(number string) string {
	order, _, _ := strings.Cut(number, "-")
	return order
}

// payments: every payment that WeChat took is in its order, once and to the fen, and the product believes in no other.
func payments(t *trial, f *finding) {
	known := map[string]Payment{}
	for _, o := range t.whole.Orders {
		for _, a := range o.Attempts {
			_, twice := known[a.Number]
			f.expect(!twice && orderOf(a.Number) == o.ID, "payment %s stands in two orders", a.Number)
			known[a.Number] = a
		}
	}
	for _, trade := range t.Pay.Trades {
		a, ok := known[trade.Number]
		f.expect(ok, "WeChat was asked for payment %s of which no order knows", trade.Number)
		believed := a.State == "succeeded" || a.State == "orphan"
		f.expect(believed == !trade.PaidAt.IsZero(), "payment %s is %s, and was made at WeChat: %v", trade.Number, a.State, !trade.PaidAt.IsZero())
		f.expect(!believed || a.Amount == trade.Amount, "payment %s is %d and WeChat took %d", trade.Number, a.Amount, trade.Amount)
		f.expect(a.State != "succeeded" || trade.Amount == trade.Due(), "payment %s of %d counts as one of %d", trade.Number, trade.Amount, trade.Due())
	}
	for number, a := range known {
		_, asked := t.Pay.Trades[number]
		f.expect(asked || a.State == "closed", "payment %s is %s and WeChat never heard of it", number, a.State)
	}
}

// refunds: each exists once on both sides with one amount, none is more than was paid, all have arrived, and each has
// its reason.
func refunds(t *trial, f *finding) {
	known := map[string]bool{}
	sums := map[string]int64{}
	for _, o := range t.whole.Orders {
		for _, r := range o.Refunds {
			back, ok := t.Pay.Refunds[r.Number]
			f.expect(ok && back.Trade == r.Attempt && back.Amount == r.Amount, "refund %s of %d is %d at WeChat", r.Number, r.Amount, back.Amount)
			f.expect(r.State == "succeeded" && back.State == "SUCCESS", "refund %s is %s, and %s at WeChat", r.Number, r.State, back.State)
			f.expect(!known[r.Number], "refund %s stands twice", r.Number)
			known[r.Number] = true
			f.expect(t.reason(o, r), "refund %s of %d has no reason", r.Number, r.Amount)
		}
	}
	for number, back := range t.Pay.Refunds {
		f.expect(known[number], "WeChat paid refund %s back and no order knows of it", number)
		sums[back.Trade] += back.Amount
	}
	for trade, sum := range sums {
		f.expect(sum <= t.Pay.Trades[trade].Amount, "of %s %d came back and %d was paid", trade, sum, t.Pay.Trades[trade].Amount)
	}
	for _, asked := range t.Refunds {
		f.expect(slices.ContainsFunc(t.whole.Orders, func(o Order) bool {
			return o.ID == asked.Order && slices.ContainsFunc(o.Refunds, func(r Refund) bool { return answers(r, asked) })
		}), "a refund of %d of %s was promised and there is none", asked.Amount, asked.Order)
	}
}

// answers tells whether a refund is the one that was asked for.
func answers(r Refund, asked RefundAsked) bool {
	if asked.Key == "" {
		return r.Cause == "learner" && r.Amount == asked.Amount && r.Ends
	}
	return r.Cause == "staff" && r.Amount == asked.Amount && r.Ends == asked.Ends && strings.HasSuffix(r.Number, "-"+asked.Key)
}

// reason tells whether a refund should be: what nobody waited for goes back whole, and what was paid for a place that
// could not be had; otherwise somebody asked, and got what the policy says.
func (t *trial) reason(o Order, r Refund) bool {
	paid := t.Pay.Trades[r.Attempt]
	switch r.Cause {
	case "orphan":
		return r.Amount == paid.Amount && slices.ContainsFunc(o.Attempts, func(a Payment) bool { return a.Number == r.Attempt && a.State == "orphan" })
	case "no_seat":
		return r.Amount == paid.Amount && !o.EndedAt.IsZero()
	case "pool":
		z, ok := t.prize(o.Camp)
		return ok && r.Amount == z.Part && !r.Ends
	case "special":
		_, groups := o.line("group")
		return r.Amount == paid.Amount && groups == 1 && !o.EndedAt.IsZero()
	}
	i := slices.IndexFunc(t.Refunds, func(asked RefundAsked) bool { return asked.Order == o.ID && answers(r, asked) })
	if i < 0 || r.Cause == "staff" {
		return i >= 0
	}
	if z, ok := t.prize(o.Camp); ok {
		return z.tuition(t.Refunds[i].At, r.Amount)
	}
	percent, all, some, part := int64(0), t.Shop.All, t.Shop.Half, t.Shop.Percent
	if o.Camp == t.Growth.Camp {
		all, some, part = t.Growth.All, t.Growth.Half, t.Growth.Percent
	}
	switch at := t.Refunds[i].At; {
	case at.Before(all):
		percent = 100
	case at.Before(some):
		percent = part
	}
	left := paid.Amount
	for _, other := range o.Refunds {
		if other.Attempt == r.Attempt && other.Number != r.Number && other.AskedAt.Before(r.AskedAt) {
			left -= other.Amount
		}
	}
	off := r.Amount*100 - paid.Amount*percent
	return -100 < off && off < 100 || r.Amount == left && off < 0
}

// tuition tells whether so much comes back to whoever gives a place of the scholarship camp back: all of it before the
// lock; afterwards a part of what is not in the pool.
func (z Prize) tuition(at time.Time, amount int64) bool {
	if at.Before(z.Lock) {
		return amount == z.Price
	}
	off := amount*100 - (z.Price-z.Part)*z.Percent
	return at.Before(z.Half) && -100 < off && off < 100
}

// entitled: whoever has paid for a place has it, or got the money back; and nobody has one for nothing.
func entitled(t *trial, f *finding) {
	orders, place := map[string]Order{}, map[[2]string]Enrolment{}
	for _, o := range t.whole.Orders {
		orders[o.ID] = o
	}
	for _, e := range t.whole.Enrolments {
		place[[2]string{e.Camp, e.Member}] = e
		if _, scholarship := t.prize(e.Camp); !scholarship && e.Camp != t.Shop.Camp && e.Camp != t.Growth.Camp || e.State != "active" && e.State != "held" {
			continue
		}
		o, ok := orders[e.Order]
		f.expect(ok && o.Member == e.Member && o.EndedAt.IsZero(), "place %s was paid for by nothing", e.ID)
		f.expect(e.State == "active", "place %s is still held", e.ID)
	}
	for _, o := range orders {
		f.expect(o.State != "pending_payment" && o.State != "paid" && o.State != "refunding", "order %s is still %s", o.ID, o.State)
		back := map[string]int64{}
		for _, r := range o.Refunds {
			back[r.Attempt] += r.Amount
		}
		paid := o.Amount == 0 && o.State != "cancelled"
		for _, a := range o.Attempts {
			paid = paid || a.State == "succeeded"
			f.expect(a.State != "orphan" || back[a.Number] == a.Amount, "of payment %s, which nobody waited for, %d of %d came back", a.Number, back[a.Number], a.Amount)
		}
		e := place[[2]string{o.Camp, o.Member}]
		here := e.Order == o.ID && e.State == "active"
		f.expect(here == (paid && o.EndedAt.IsZero()), "order %s is %s, ended %v, and its place is %s", o.ID, o.State, !o.EndedAt.IsZero(), e.State)
	}
}

// troubles: a person hears of every amount that was wrong, and of nothing else that did not happen.
func troubles(t *trial, f *finding) {
	told := map[string]bool{}
	for _, o := range t.whole.Orders {
		for _, tr := range o.Trouble {
			if tr.Kind != "wrong_amount" {
				continue
			}
			trade := t.Pay.Trades[tr.Number]
			f.expect(trade.Amount != trade.Due(), "payment %s was right and a person was told that it is not", tr.Number)
			told[tr.Number] = true
		}
	}
	for number, trade := range t.Pay.Trades {
		f.expect(trade.PaidAt.IsZero() || trade.Amount == trade.Due() || told[number], "payment %s was wrong and nobody was told", number)
	}
}

// prices: every order cost what the price list said when it was made, and there is none that nobody made.
func prices(t *trial, f *finding) {
	made := map[string]Ordered{}
	for _, o := range t.Promises.Orders {
		made[o.ID] = o
		if o.Offer == "" {
			continue
		}
		want := t.Shop.Price
		switch {
		case o.Offer == t.Shop.Gift:
			want = 0
		case o.At.Before(t.Shop.EarlyUntil):
			want = t.Shop.Early
		}
		f.expect(o.Amount == want, "order %s was shown at %d and should cost %d", o.ID, o.Amount, want)
	}
	for _, o := range t.whole.Orders {
		m, ok := made[o.ID]
		f.expect(ok || o.State == "cancelled", "order %s was never acknowledged", o.ID)
		f.expect(!ok || o.Amount == m.Amount && o.Member == m.Member && (m.Camp == "" || o.Camp == m.Camp), "order %s is not what was acknowledged", o.ID)
		delete(made, o.ID)
	}
	for id := range made {
		f.expect(false, "order %s was acknowledged and is gone", id)
	}
	shown := map[string]OrderSeen{}
	for _, o := range t.OrdersSeen {
		shown[o.ID] = o
	}
	for _, o := range t.whole.Orders {
		seen, want := shown[o.ID], OrderSeen{ID: o.ID, State: o.State}
		for number, trade := range t.Pay.Trades {
			if orderOf(number) == o.ID && !trade.PaidAt.IsZero() {
				want.Received += trade.Amount
			}
		}
		for _, r := range t.Pay.Refunds {
			if orderOf(r.Trade) == o.ID && r.State == "SUCCESS" {
				want.Returned += r.Amount
			}
		}
		f.expect(seen == want, "order %s is shown as %+v and WeChat says %+v", o.ID, seen, want)
	}
}

// Flow is where money went, in fen.
type Flow struct{ Paid, Refunded, PaidOut, Held int64 }

// Flow sums up what moved by WeChat's own word, and what is held by the product's.
func (f Facts) Flow() (sum Flow) {
	for _, trade := range f.Pay.Trades {
		if !trade.PaidAt.IsZero() {
			sum.Paid += trade.Amount
		}
	}
	for _, r := range f.Pay.Refunds {
		if r.State == "SUCCESS" {
			sum.Refunded += r.Amount
		}
	}
	for _, out := range f.Pay.Transfers {
		if out.State == "SUCCESS" {
			sum.PaidOut += out.Amount
		}
	}
	for _, out := range f.Transfers {
		if out.State == "paid" {
			sum.Held -= out.Amount
		}
	}
	for _, o := range f.Orders {
		for _, a := range o.Attempts {
			if a.State == "succeeded" || a.State == "orphan" {
				sum.Held += a.Amount
			}
		}
		for _, r := range o.Refunds {
			if r.State == "succeeded" {
				sum.Held -= r.Amount
			}
		}
	}
	return sum
}

// conserved: what came in and neither went back nor out is held, to the fen: of each order, of each camp, and of all.
func conserved(t *trial, f *finding) {
	moved := map[string]int64{}
	for number, trade := range t.Pay.Trades {
		if !trade.PaidAt.IsZero() {
			moved[orderOf(number)] += trade.Amount
		}
	}
	for _, r := range t.Pay.Refunds {
		if r.State == "SUCCESS" {
			moved[orderOf(r.Trade)] -= r.Amount
		}
	}
	for _, o := range t.whole.Orders {
		held := Facts{Orders: []Order{o}}.Flow().Held
		f.expect(held == moved[o.ID], "order %s holds %d and WeChat says %d", o.ID, held, moved[o.ID])
		delete(moved, o.ID)
	}
	for id, amount := range moved {
		f.expect(amount == 0, "%d is held for order %s, which does not exist", amount, id)
	}
	sum := t.whole.Flow()
	f.expect(sum.Paid-sum.Refunded-sum.PaidOut == sum.Held, "%d was paid, %d refunded, %d paid out, and %d is held", sum.Paid, sum.Refunded, sum.PaidOut, sum.Held)
}

// reconciled: each morning the bill of the day before was fetched and holds what WeChat did on that day; what differed has
// explained itself, or a person has.
func reconciled(t *trial, f *finding) {
	type sums struct {
		lines          int
		paid, refunded int64
	}
	want, first, place := map[string]sums{}, "9999-12-31", time.FixedZone("", 8*60*60)
	on := func(at time.Time) string { return at.In(place).Format(layout) }
	for _, trade := range t.Pay.Trades {
		if trade.PaidAt.IsZero() {
			continue
		}
		s := want[on(trade.PaidAt)]
		first = min(first, on(trade.PaidAt))
		want[on(trade.PaidAt)] = sums{s.lines + 1, s.paid + trade.Amount, s.refunded}
	}
	for _, r := range t.Pay.Refunds {
		if r.State == "SUCCESS" {
			s := want[on(r.DoneAt)]
			want[on(r.DoneAt)] = sums{s.lines + 1, s.paid, s.refunded + r.Amount}
		}
	}
	got := map[string]Bill{}
	for _, b := range t.whole.Bills {
		got[b.ID] = b
	}
	for day := first; day <= on(t.Circle.End.Add(-35*time.Hour)); day = later(day, 1) { // bills are there at ten
		b := got[day]
		f.expect(b.State == "matched", "the bill of %s is %q", day, b.State)
		f.expect(sums{b.Tally.Lines, b.Tally.Paid, b.Tally.Refunded} == want[day], "the bill of %s says %+v and WeChat did %+v", day, b.Tally, want[day])
	}
	for _, c := range t.whole.Differences {
		f.expect(!c.ClosedAt.IsZero(), "difference %s is still open", c.ID)
	}
}
