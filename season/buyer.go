package season

import (
	"context"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"yingdi/season/audit"
)

// buyer is one person at the shop.
type buyer struct {
	*learner
	in    *shop
	n     int
	order string // the last one, and how it stood at the last look
	state string
	late  []string                        // payments that are made when it is too late
	again func(ctx context.Context) error // what they go on with a little later
}

// paid is the order that the buyer sits on.
func (b *buyer) paid() string {
	if b.state == "fulfilled" {
		return b.order
	}
	return ""
}

// live plays one moment of a buyer's season.
func (b *buyer) live(ctx context.Context, moment int) error {
	if err := b.renew(ctx, 0); err != nil {
		return err
	}
	if err := b.funnel.leadBuyer(ctx, b, moment); err != nil {
		return err
	}
	r := b.plan.dice(310, b.n, moment+3)
	for _, number := range b.late {
		if err := b.wallet(ctx, "anyway", url.Values{"number": {number}}); err != nil {
			return err
		}
	}
	b.late = nil
	placed, err := b.look(ctx)
	if err != nil {
		return err
	}
	switch {
	case b.state == "pending_payment":
		return b.settleUp(ctx, r)
	case placed == "active" && r.IntN(6) == 0:
		return b.giveBack(ctx)
	case placed == "active" || placed == "held" || b.state == "paid" || r.IntN(3) == 0:
		return nil
	}
	return b.buy(ctx, r)
}

// look asks how the order and the place stand.
func (b *buyer) look(ctx context.Context) (placed string, err error) {
	if b.order != "" {
		a, ok, err := b.ask(ctx, call{method: http.MethodGet, path: "/orders/" + b.order}, http.StatusOK)
		if err != nil || !ok {
			return "", err
		}
		var in struct{ State string }
		if err := a.into(&in); err != nil {
			return "", err
		}
		b.state = in.State
	}
	return b.enters(ctx)
}

// enters asks for the place and for what only a place lets see: nobody sees more. WeChat may bring word of a payment
// between the two questions; then the place says so, too.
func (b *buyer) enters(ctx context.Context) (placed string, err error) {
	if placed, err = b.placed(ctx); err != nil || placed == "" {
		return placed, err
	}
	a, ok, err := b.ask(ctx, call{method: http.MethodGet, path: "/camps/" + b.in.camp + "/today"}, http.StatusOK, http.StatusForbidden)
	if err != nil || !ok || (a.status == http.StatusOK) == (placed == "active") {
		return placed, err
	}
	if placed, err = b.placed(ctx); err == nil && placed != "" {
		b.book.check((a.status == http.StatusOK) == (placed == "active"), "%s has a place that is %s and was answered %d", b.name, placed, a.status)
	}
	return placed, err
}

func (b *buyer) placed(ctx context.Context) (string, error) {
	a, ok, err := b.ask(ctx, call{method: http.MethodGet, path: "/camps/" + b.in.camp + "/place"}, http.StatusOK)
	if err != nil || !ok {
		return "", err
	}
	var in struct{ State string }
	err = a.into(&in)
	return in.State, err
}

// buy orders a seat from two phones at once, at the price that is shown, and now and then at one that is not.
func (b *buyer) buy(ctx context.Context, r *rand.Rand) error {
	offer := b.in.seat
	if r.IntN(6) == 0 {
		offer = b.in.gift
	}
	a, ok, err := b.ask(ctx, call{method: http.MethodGet, path: "/camps/" + b.in.camp + "/offers/" + offer + "/preview"}, http.StatusOK)
	if err != nil || !ok {
		return err
	}
	var shown struct{ Amount int64 }
	if err := a.into(&shown); err != nil {
		return err
	}
	order := func(amount int64) call {
		return call{method: http.MethodPost, path: "/camps/" + b.in.camp + "/orders", key: b.key(), json: map[string]any{"offer": offer, "amount": amount}}
	}
	if r.IntN(4) == 0 {
		k := order(shown.Amount + 1)
		if a, _, err = b.ask(ctx, k, http.StatusConflict); err != nil {
			return err
		}
		b.book.check(a.code() == "order_price_changed", "an order at another price was refused with %s", a.code())
	}
	at := *b.now.Load()
	answers, err := b.twice(ctx, order(shown.Amount), order(shown.Amount), http.StatusCreated, http.StatusOK, http.StatusConflict)
	if err != nil {
		return err
	}
	ids := []string{}
	for _, a := range answers {
		if a.status == http.StatusConflict {
			b.book.check(slices.Contains([]string{"camp_full", "conflict", "already_enrolled", "enrolment_too_often"}, a.code()), "%s was refused an order with %s", b.name, a.code())
			continue
		}
		var in struct{ ID, State string }
		if a.status > http.StatusCreated {
			continue // noted as unexpected
		}
		if err := a.into(&in); err != nil {
			return err
		}
		if !slices.Contains(ids, in.ID) {
			ids = append(ids, in.ID)
		}
		b.order, b.state = in.ID, in.State
	}
	for _, id := range ids {
		b.book.write(func(p *audit.Promises) {
			p.Orders = append(p.Orders, audit.Ordered{ID: id, Camp: b.in.camp, Member: b.member, Offer: offer, Amount: shown.Amount, At: at})
		})
		b.book.chance("orders", 1)
	}
	if b.state != "pending_payment" || len(ids) == 0 {
		return nil
	}
	return b.settleUp(ctx, r)
}

// settleUp does one of the things that people do when they are asked to pay.
func (b *buyer) settleUp(ctx context.Context, r *rand.Rand) error {
	number, err := b.askPay(ctx)
	if err != nil || number == "" {
		return err
	}
	form := url.Values{"number": {number}}
	cancel := func(ctx context.Context) error {
		_, _, err := b.ask(ctx, call{method: http.MethodPost, path: "/orders/" + b.order + "/cancel", key: b.key()}, http.StatusOK, http.StatusConflict)
		return err
	}
	pay := func(ctx context.Context) error { return b.wallet(ctx, "pay", form) }
	switch r.IntN(14) {
	case 0:
		return cancel(ctx)
	case 1: // at the same time
		return b.together(ctx, []func(context.Context) error{cancel, pay})
	case 2: // never
		return nil
	case 3, 4: // when it is over
		b.late = append(b.late, number)
		return nil
	case 5: // cancelled here, taken there
		b.late = append(b.late, number)
		return cancel(ctx)
	case 6:
		form.Set("amount", strconv.Itoa(1+r.IntN(2*fullPrice)))
		b.season.book.write(func(*audit.Promises) { b.in.wrong = append(b.in.wrong, b.order) })
		return b.wallet(ctx, "anyway", form)
	case 7, 8: // the first attempt is closed, and both are paid
		b.again = func(ctx context.Context) error { return b.payBoth(ctx, number) }
		return b.wallet(ctx, "shut", form)
	case 9: // twice
		return b.together(ctx, []func(context.Context) error{pay, pay})
	}
	return pay(ctx)
}

// payBoth pays the first attempt and another one.
func (b *buyer) payBoth(ctx context.Context, first string) error {
	second, err := b.askPay(ctx)
	if err != nil {
		return err
	}
	work := []func(context.Context) error{func(ctx context.Context) error { return b.wallet(ctx, "anyway", url.Values{"number": {first}}) }}
	if second != "" && second != first {
		b.book.chance("second_attempts", 1)
		work = append(work, func(ctx context.Context) error { return b.wallet(ctx, "pay", url.Values{"number": {second}}) })
	}
	return b.together(ctx, work)
}

// askPay asks for what wx.requestPayment wants, and returns the number of the payment; empty if it can no longer be paid.
func (b *buyer) askPay(ctx context.Context) (number string, err error) {
	k := call{method: http.MethodPost, path: "/orders/" + b.order + "/pay", key: b.key()}
	a, ok, err := b.ask(ctx, k, http.StatusOK, http.StatusConflict)
	if err != nil || !ok || a.status == http.StatusConflict {
		return "", err
	}
	var in struct{ Package string }
	if err := a.into(&in); err != nil {
		return "", err
	}
	trades, err := atPay[struct{ Number, Prepay string }](ctx, b.season, "trades")
	if err != nil {
		return "", err
	}
	for _, t := range trades {
		if in.Package == "prepay_id="+t.Prepay {
			return t.Number, nil
		}
	}
	b.book.check(false, "WeChat does not know what %s is to pay", b.order)
	return "", nil
}

// giveBack asks for the money back that the policy gives, with two taps; another amount is refused.
func (b *buyer) giveBack(ctx context.Context) error {
	path := "/orders/" + b.order + "/refund"
	a, ok, err := b.ask(ctx, call{method: http.MethodGet, path: path}, http.StatusOK)
	if err != nil || !ok {
		return err
	}
	var in struct{ Amount int64 }
	if err := a.into(&in); err != nil {
		return err
	}
	if in.Amount == 0 {
		return nil
	}
	ask := func(amount int64) call {
		return call{method: http.MethodPost, path: path, key: b.key(), json: map[string]any{"amount": amount}}
	}
	if _, _, err = b.ask(ctx, ask(in.Amount+1), http.StatusConflict); err != nil {
		return err
	}
	at := *b.now.Load()
	answers, err := b.twice(ctx, ask(in.Amount), ask(in.Amount), http.StatusOK, http.StatusConflict)
	if err != nil {
		return err
	}
	for _, a := range answers {
		if a.status == http.StatusConflict { // staff were quicker
			b.book.check(slices.Contains([]string{"refund_changed", "refund_under_way", "order_not_paid", "refund_over_paid"}, a.code()), "a refund was refused with %s", a.code())
		}
	}
	if answers[0].status != http.StatusOK && answers[1].status != http.StatusOK {
		return nil
	}
	b.book.write(func(p *audit.Promises) {
		p.Refunds = append(p.Refunds, audit.RefundAsked{Order: b.order, Amount: in.Amount, Ends: true, At: at})
	})
	b.book.chance("refunds_by_learners", 1)
	return nil
}

// lookAtOrders writes down how all orders of the buyer stand in the end.
func (b *buyer) lookAtOrders(ctx context.Context) error {
	if err := b.renew(ctx, 0); err != nil {
		return err
	}
	a, ok, err := b.ask(ctx, call{method: http.MethodGet, path: "/orders?limit=100"}, http.StatusOK)
	if err != nil || !ok {
		return err
	}
	var in struct{ Items []audit.OrderSeen }
	if err := a.into(&in); err != nil {
		return err
	}
	b.book.write(func(p *audit.Promises) { p.OrdersSeen = append(p.OrdersSeen, in.Items...) })
	return nil
}

// What WeChat Pay can have.
var (
	payFaults = []Fault{
		{Path: "jsapi", Mode: "down"}, {Path: "jsapi", Mode: "lost"}, {Path: "jsapi", Mode: "unsigned"},
		{Path: "out-trade-no", Mode: "down"}, {Path: "out-trade-no", Mode: "lost"}, {Path: "out-trade-no", Mode: "code", Code: "SYSTEM_ERROR"},
		{Path: "refunds", Mode: "down"}, {Path: "refunds", Mode: "lost"}, {Path: "refunds", Mode: "held"}, {Path: "refunds", Mode: "held"},
		{Path: "refunds", Mode: "code", Code: "NOT_ENOUGH"}, {Path: "refunds", Mode: "code", Code: "FREQUENCY_LIMITED"}, {Path: "refunds", Mode: "unsigned"},
		{Path: "tradebill", Mode: "down"}, {Path: "fundflowbill", Mode: "lost"}, {Path: "billdownload", Mode: "down"},
	}
	noticeFaults = []string{"drop", "drop", "duplicate", "reorder", "delay", "bad signature", "stale", "probe", "malformed"}
)
