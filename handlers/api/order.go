package api

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/groupbuy"
	"yingdi/domain/order"
	"yingdi/domain/product"
	"yingdi/domain/wechatpay"
)

// OfferPath is where operations of one kind of seat lie.
type OfferPath struct {
	CampPath
	Offer string `path:"offer" pattern:"^[0-9A-Za-z_-]{1,24}$" patternDescription:"id" doc:"Id of the offer"`
}

// OrderPath is where operations of an order lie.
type OrderPath struct {
	Order string `path:"order" pattern:"^[0-9A-Za-z_-]{1,64}$" patternDescription:"id" doc:"Id of the order"`
}

// Offer is one kind of seat and what it costs now.
type Offer struct {
	ID       string     `json:"id"`
	Kind     string     `json:"kind" enum:"free,paid,scholarship"`
	Title    string     `json:"title"`
	Price    domain.Fen `json:"price" doc:"In fen, now"`
	Regular  domain.Fen `json:"regular" doc:"In fen, without an early-bird price"`
	LowUntil *time.Time `json:"low_until" doc:"Until when the price is lower"`
	Closed   string     `json:"closed" doc:"Why it cannot be had on this phone; then show this instead of its price and a button. Empty if it can"`
	Part     domain.Fen `json:"part" doc:"Of the price, in fen, that goes into the scholarship pool"`
}

func offerOf(o product.Offer, now time.Time) Offer {
	price, window := o.At(now)
	offer := Offer{ID: o.ID, Kind: string(o.Kind), Title: o.Title, Price: price, Regular: o.Price, Part: o.Part}
	if window != nil {
		offer.LowUntil = &window.Until
	}
	return offer
}

func (a *api) offers(ctx context.Context, in *CampPath) (*Answer[List[Offer]], error) {
	list, err := a.Orders.Shelf(ctx, in.Camp)
	now := a.Clock.Now()
	return listOf(list, "", func(o order.Shown) Offer {
		v := offerOf(o.Offer, now)
		v.Closed = o.Closed
		return v
	}), err
}

// Promise is a price, line by line, and what one can have back of it.
type Promise struct {
	Offer    string      `json:"offer"`
	Kind     string      `json:"kind" enum:"free,paid,scholarship"`
	Title    string      `json:"title"`
	Lines    []PriceLine `json:"lines" nullable:"false" doc:"They add up to the amount"`
	Coupon   string      `json:"coupon" doc:"Id of the coupon that lowers it; empty if none does"`
	Skipped  []Skipped   `json:"skipped" nullable:"false" doc:"Discounts that were there and do not lower the price, each with the reason"`
	Amount   domain.Fen  `json:"amount" doc:"In fen"`
	Part     domain.Fen  `json:"part" doc:"Of the amount, in fen, that goes into the scholarship pool"`
	Rules    int         `json:"rules" doc:"Version of the pool's rules; 0 without a pool"`
	LockAt   *time.Time  `json:"lock_at" doc:"Until when all of the part comes back"`
	Until    *time.Time  `json:"until" doc:"Nobody can pay this price later; null without an end of its own"`
	Refunds  []Deadline  `json:"refunds" nullable:"false" doc:"What comes back of the rest; after the last nothing"`
	Sentence string      `json:"sentence" doc:"The same in words"`
}

// PriceLine is one line of a price.
type PriceLine struct {
	Kind   string     `json:"kind" enum:"price,early_bird,group,assist,coupon"`
	Text   string     `json:"text"`
	Amount domain.Fen `json:"amount" doc:"In fen; below 0 for what lowers the price"`
}

// Skipped is a discount that does not lower the price.
type Skipped struct {
	Kind string `json:"kind" enum:"early_bird,group,assist,coupon"`
	Why  string `json:"why" doc:"For the buyer to read"`
}

// Deadline is a step of the refund policy.
type Deadline struct {
	Until   time.Time `json:"until"`
	Percent int       `json:"percent"`
}

func promiseOf(p order.Promise) Promise {
	promise := Promise{
		Offer: p.Offer, Kind: string(p.Kind), Title: p.Title, Lines: []PriceLine{}, Amount: order.Sum(p.Lines), Part: p.Part,
		Coupon: p.Used(order.LineCoupon), Rules: p.Rules, Skipped: []Skipped{}, Refunds: []Deadline{}, Sentence: p.Sentence(),
	}
	for _, l := range p.Lines {
		promise.Lines = append(promise.Lines, PriceLine{string(l.Kind), l.Text, l.Amount})
	}
	for _, d := range p.Skipped {
		promise.Skipped = append(promise.Skipped, Skipped{string(d.Kind), d.Why})
	}
	for _, d := range p.Deadlines {
		promise.Refunds = append(promise.Refunds, Deadline(d))
	}
	promise.LockAt, promise.Until = moment(p.LockAt), moment(p.Until)
	return promise
}

// Taking says what of a campaign's a seat is bought with.
type Taking struct {
	Group  string `query:"group" pattern:"^[0-9A-Za-z_-]{1,40}(:[0-9A-Za-z_-]{1,64})?$" patternDescription:"id" doc:"Id of a group-buy campaign to open a group of, or of a group to join"`
	Assist string `query:"assist" pattern:"^[0-9A-Za-z_-]{1,40}$" patternDescription:"id" doc:"Id of an assist of mine that has reached its price; not together with a group"`
}

func (t Taking) special() (order.Ref, error) {
	switch {
	case t.Group != "" && t.Assist != "":
		return order.Ref{}, domain.Invalid("assist", "拼团价和助力价只能用一种")
	case t.Group != "":
		return order.Ref{Kind: order.LineGroup, ID: t.Group}, nil
	case t.Assist != "":
		return order.Ref{Kind: order.LineAssist, ID: t.Assist}, nil
	}
	return order.Ref{}, nil
}

type previewInput struct {
	OfferPath
	Coupon string `query:"coupon" pattern:"^[0-9A-Za-z_:-]{1,160}$" patternDescription:"id" doc:"Id of a coupon of mine to use; best for the one that saves most; none if left out"`
	Taking
}

// Preview is a price, and what coupons of mine would do to it.
type Preview struct {
	Promise
	Coupons []Choice `json:"coupons" nullable:"false" doc:"Mine that hold for this camp, the best first"`
	Closed  string   `json:"closed" doc:"Why it cannot be had on this phone, as in the offers"`
	Pending string   `json:"pending" doc:"Id of my order for this camp that waits for its payment: ordering gives it back, not a new one. Empty without one"`
}

// Choice is a coupon and what it would do.
type Choice struct {
	ID    string     `json:"id"`
	Title string     `json:"title"`
	Saves domain.Fen `json:"saves" doc:"In fen"`
	Why   string     `json:"why" doc:"Why it saves nothing, for the buyer to read"`
	Until time.Time  `json:"until"`
}

func (a *api) preview(ctx context.Context, in *previewInput) (*Answer[Preview], error) {
	special, err := in.special()
	if err != nil {
		return nil, err
	}
	p, err := a.Orders.Look(ctx, order.Wish{Camp: in.Camp, Offer: in.Offer, Coupon: in.Coupon, Special: special})
	v := Preview{Promise: promiseOf(p.Promise), Coupons: []Choice{}, Closed: p.Closed, Pending: p.Pending}
	for _, c := range p.Choices {
		v.Coupons = append(v.Coupons, Choice{c.ID, c.Text, c.Saves, c.Why, c.Until})
	}
	return answer(v), err
}

// Order is a purchase of mine.
type Order struct {
	ID        string     `json:"id"`
	Camp      string     `json:"camp"`
	State     string     `json:"state" enum:"pending_payment,paid,paid_waiting_group,fulfilled,cancelled,refunding,part_refunded,refunded"`
	Cause     string     `json:"cause" enum:"user,timeout,admin,no_seat,no_coupon,no_special," doc:"Of a cancellation; no_special: what it took part in could not be had"`
	Promise   Promise    `json:"promise" doc:"What was shown before paying"`
	Group     string     `json:"group" doc:"Id of the group that it is in; empty without one"`
	Assist    string     `json:"assist" doc:"Id of the assist whose price it has; empty without one"`
	CreatedAt time.Time  `json:"created_at"`
	PayBy     time.Time  `json:"pay_by" doc:"Until when the seat is held"`
	PaidAt    *time.Time `json:"paid_at"`
	WaitUntil *time.Time `json:"wait_until" doc:"Of paid_waiting_group: the group is full by then, or all money goes back"`
	Received  domain.Fen `json:"received" doc:"In fen, that came by all attempts"`
	Returned  domain.Fen `json:"returned" doc:"In fen, that has arrived back"`
	Refunds   []Refund   `json:"refunds" nullable:"false"`
}

// Refund is money on its way back to me.
type Refund struct {
	Amount  domain.Fen `json:"amount" doc:"In fen"`
	Reason  string     `json:"reason"`
	State   string     `json:"state" enum:"created,processing,succeeded,closed,abnormal"`
	AskedAt time.Time  `json:"asked_at"`
	DoneAt  *time.Time `json:"done_at"`
}

func orderOf(o order.Order) Order {
	v := Order{
		ID: o.ID, Camp: o.Camp, State: string(o.State), Cause: string(o.Cause), Promise: promiseOf(o.Promise), CreatedAt: o.CreatedAt,
		PayBy: o.PayBy, PaidAt: moment(o.PaidAt), WaitUntil: moment(o.WaitUntil), Received: o.Received(), Returned: o.Returned(), Refunds: []Refund{},
	}
	v.Assist = o.Promise.Used(order.LineAssist)
	if ref := o.Promise.Used(order.LineGroup); ref != "" {
		v.Group = groupbuy.GroupOf(ref, o.ID)
	}
	for _, r := range o.Refunds {
		v.Refunds = append(v.Refunds, Refund{r.Amount, r.Reason, string(r.State), r.AskedAt, moment(r.DoneAt)})
	}
	return v
}

type placeInput struct {
	CampPath
	Body struct {
		Offer  string     `json:"offer" pattern:"^[0-9A-Za-z_-]{1,24}$" patternDescription:"id"`
		Amount domain.Fen `json:"amount" minimum:"0" maximum:"100000000" doc:"In fen, as it was shown; refused if it is another by now"`
		Coupon string     `json:"coupon,omitempty" pattern:"^[0-9A-Za-z_:-]{1,160}$" patternDescription:"id" doc:"Id of the coupon of mine that was in the preview"`
		Group  string     `json:"group,omitempty" pattern:"^[0-9A-Za-z_-]{1,40}(:[0-9A-Za-z_-]{1,64})?$" patternDescription:"id" doc:"As in the preview"`
		Assist string     `json:"assist,omitempty" pattern:"^[0-9A-Za-z_-]{1,40}$" patternDescription:"id" doc:"As in the preview"`
		Form   *Given     `json:"form,omitempty"`
	}
}

func (a *api) placeOrder(ctx context.Context, in *placeInput) (*Made[Order], error) {
	w := order.Wish{Camp: in.Camp, Offer: in.Body.Offer, Coupon: in.Body.Coupon, Amount: in.Body.Amount}
	w.Given = in.Body.Form.given()
	var err error
	if w.Special, err = (Taking{in.Body.Group, in.Body.Assist}).special(); err != nil {
		return nil, err
	}
	o, fresh, err := a.Orders.Place(ctx, w)
	return made(orderOf(o), fresh), err
}

func (a *api) orders(ctx context.Context, in *Page) (*Answer[List[Order]], error) {
	list, next, err := a.Orders.List(ctx, in.page())
	return listOf(list, next, orderOf), err
}

func (a *api) order(ctx context.Context, in *OrderPath) (*Answer[Order], error) {
	o, err := a.Orders.Mine(ctx, in.Order)
	return answer(orderOf(o)), err
}

func (a *api) payOrder(ctx context.Context, in *OrderPath) (*Answer[wechatpay.Params], error) {
	p, err := a.Orders.AskPay(ctx, in.Order)
	return answer(p), err
}

func (a *api) cancelOrder(ctx context.Context, in *OrderPath) (*Answer[Order], error) {
	o, err := a.Orders.Cancel(ctx, in.Order)
	return answer(orderOf(o)), err
}

// Refundable is what I would get back now.
type Refundable struct {
	Amount domain.Fen `json:"amount" doc:"In fen; 0 once the policy's time is over"`
	Free   bool       `json:"free" doc:"It cost nothing: the seat is given up with DELETE /camps/{camp}/place instead, and a coupon comes back as its terms say"`
}

func (a *api) refundable(ctx context.Context, in *OrderPath) (*Answer[Refundable], error) {
	o, err := a.Orders.Mine(ctx, in.Order)
	return answer(Refundable{o.Refundable(a.Clock.Now()), o.Amount == 0}), err
}

type refundInput struct {
	OrderPath
	Body struct {
		Amount domain.Fen `json:"amount" minimum:"1" maximum:"100000000" doc:"In fen, as it was shown; refused if it is another by now"`
	}
}

func (a *api) refundOrder(ctx context.Context, in *refundInput) (*Answer[Order], error) {
	o, err := a.Orders.AskBack(ctx, in.Order, in.Body.Amount)
	return answer(orderOf(o)), err
}
