// Package order is a learner's purchase of a seat: the price that was promised, the attempts to pay it, and what went
// back. Every fen of one order is in its one document: what came in by each attempt, what was refunded of it.
package order

import (
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/product"
	"yingdi/domain/wechatpay"
)

// Order is one purchase.
type Order struct {
	domain.Doc
	Camp      string     `json:"camp"`
	Organiser string     `json:"organiser"`
	Member    string     `json:"member"`
	Promise   Promise    `json:"promise"`
	Amount    domain.Fen `json:"amount"` // the sum of the promise's lines
	Channel   Channel    `json:"channel"`
	State     State      `json:"state"`
	Cause     Cause      `json:"cause,omitempty"` // why it was cancelled

	Attempts []Attempt    `json:"attempts,omitempty"` // the last one is the current one
	Refunds  []Refund     `json:"refunds,omitempty"`
	Steps    domain.Steps `json:"steps"`
	Origin   Origin       `json:"origin,omitzero"`
	Tally    *Tally       `json:"tally,omitempty"` // counted as money moves; never added up from the lists above
	Seal     string       `json:"seal,omitempty"`  // of the promise, as it was made

	CreatedAt   time.Time `json:"created_at"`
	PayBy       time.Time `json:"pay_by"`
	PaidAt      time.Time `json:"paid_at,omitzero"`
	WaitUntil   time.Time `json:"wait_until,omitzero"` // paid, it waits for others so long
	FulfilledAt time.Time `json:"fulfilled_at,omitzero"`
	EndedAt     time.Time `json:"ended_at,omitzero"` // the place was taken back, or never given
	FreedAt     time.Time `json:"freed_at,omitzero"` // when the place was last seen to be free
	WakeAt      time.Time `json:"wake_at,omitzero"`  // when somebody must look again
	Trouble     []Trouble `json:"trouble,omitempty"` // what a person must look at
}

// Promise is what the learner was shown before paying. Nothing that changes later changes it.
type Promise struct {
	Offer     string             `json:"offer"`
	Kind      product.Kind       `json:"kind"`
	Title     string             `json:"title"` // of the camp and the seat, as the bill says it
	Version   int                `json:"version"`
	Lines     []Line             `json:"lines"`
	Skipped   []Skipped          `json:"skipped,omitempty"` // what did not lower the price, and why
	Part      domain.Fen         `json:"part,omitempty"`    // of the amount, that goes into the pool
	Rules     int                `json:"rules,omitempty"`   // version of the pool's rules
	LockAt    time.Time          `json:"lock_at,omitzero"`
	Until     time.Time          `json:"until,omitzero"` // nobody can pay it later
	Deadlines []product.Deadline `json:"deadlines,omitempty"`
	Shares    []Share            `json:"shares,omitempty"` // what promoters earn by it; nothing of this is shown to the learner
}

// Line is one line of the price. The lines add up to what is paid.
type Line struct {
	Kind   LineKind   `json:"kind"`
	Text   string     `json:"text"`
	Amount domain.Fen `json:"amount"`
	Ref    string     `json:"ref,omitempty"` // of a discount: the id of what was used up for it
}

// LineKind says where a line comes from.
type LineKind string

// The kinds of lines.
const (
	LinePrice     LineKind = "price"
	LineEarlyBird LineKind = "early_bird"
	LineGroup     LineKind = "group"
	LineAssist    LineKind = "assist"
	LineCoupon    LineKind = "coupon"
)

// State of an order.
type State string

// pending → paid → fulfilled; pending → cancelled; paid or fulfilled → refunding → part_refunded or refunded. A late
// payment takes a cancelled order to paid once more, and from there to fulfilled or back to its payer. Between paid and
// fulfilled an order of a group-buy waits for its group.
const (
	Pending      State = "pending_payment"
	Paid         State = "paid"
	PaidWaiting  State = "paid_waiting_group"
	Fulfilled    State = "fulfilled"
	Cancelled    State = "cancelled"
	Refunding    State = "refunding"
	PartRefunded State = "part_refunded"
	Refunded     State = "refunded"
)

// States lists all of them.
var States = []State{Pending, Paid, PaidWaiting, Fulfilled, Cancelled, Refunding, PartRefunded, Refunded}

// Cause of a cancellation.
type Cause string

// The causes.
const (
	ByUser    Cause = "user"
	ByTimeout Cause = "timeout"
	ByStaff   Cause = "admin"
	NoSeat    Cause = "no_seat"
	NoCoupon  Cause = "no_coupon"
	NoSpecial Cause = "no_special" // what it was to take part in could not be had
)

// Attempt is one number under which the payment was asked for.
type Attempt struct {
	Number      string       `json:"number"` // out_trade_no
	Amount      domain.Fen   `json:"amount"`
	State       AttemptState `json:"state"`
	Prepay      string       `json:"prepay,omitempty"` // WeChat's handle, good for two hours
	Transaction string       `json:"transaction,omitempty"`
	CreatedAt   time.Time    `json:"created_at"`
	PaidAt      time.Time    `json:"paid_at,omitzero"`
	ClosedAt    time.Time    `json:"closed_at,omitzero"`

	Billed wechatpay.Billed `json:"billed,omitzero"`
}

// AttemptState is how an attempt stands.
type AttemptState string

// created → waiting → succeeded | closed; a success that nobody waits for is an orphan and goes back whole.
const (
	Created   AttemptState = "created"
	Waiting   AttemptState = "waiting"
	Succeeded AttemptState = "succeeded"
	Closed    AttemptState = "closed"
	Orphan    AttemptState = "orphan"
)

// Trouble is what a machine must not decide.
type Trouble struct {
	Kind    TroubleKind `json:"kind"`
	Number  string      `json:"number"` // of the attempt or refund
	Note    string      `json:"note"`
	At      time.Time   `json:"at"`
	DoneAt  time.Time   `json:"done_at,omitzero"`
	DoneBy  string      `json:"done_by,omitempty"`
	Outcome string      `json:"outcome,omitempty"`
}

// TroubleKind says what is wrong.
type TroubleKind string

// The kinds of trouble.
const (
	WrongAmount    TroubleKind = "wrong_amount"    // WeChat says another amount was paid than we asked for
	RefundAbnormal TroubleKind = "refund_abnormal" // the payer's card is gone
	RefundRefused  TroubleKind = "refund_refused"  // WeChat does not take the refund
	WrongRefund    TroubleKind = "wrong_refund"    // WeChat says another amount went back than we asked for
)

// Events of this feature.
const (
	EventPaid      = "order:paid"
	EventFulfilled = "order:fulfilled"
	EventCancelled = "order:cancelled"
	EventRefund    = "order:refund"   // one was asked for, or its time to be tried again came
	EventRefunded  = "order:refunded" // one arrived; data RefundedData
	EventStuck     = "order:stuck"    // one goes no further without a person
	EventEnded     = "order:ended"    // the place goes back
)

// The times of an order.
const (
	PayWithin  = 30 * time.Minute
	FirstQuery = time.Minute
	QueryEvery = 5 * time.Minute
	// PrepayLives is how long WeChat keeps a prepay handle: two hours; an order ends long before.
	PrepayLives = 2 * time.Hour
)

// MaxAttempts of one order.
const MaxAttempts = 10

// The refusals of this feature.
var (
	ErrNotPending = domain.Refusal(domain.KindConflict, "order_not_pending", "这个订单已经不在待支付状态")
	ErrPayOver    = domain.Refusal(domain.KindConflict, "order_expired", "订单已超过支付时间，请重新下单")
	ErrTooMany    = domain.Refusal(domain.KindConflict, "order_attempts_used", "支付尝试次数过多，请重新下单")
	ErrWaiting    = domain.Refusal(domain.KindConflict, "order_waiting", "支付结果正在确认，请稍后再试")
	ErrPrice      = domain.Refusal(domain.KindConflict, "order_price_changed", "价格刚刚有变化，请确认新的价格后再下单")
)

// Sum of the lines.
func Sum(lines []Line) (sum domain.Fen) {
	for _, l := range lines {
		sum += l.Amount
	}
	return sum
}

// Place makes a new order out of a promise. What costs nothing by our own rules takes the paid path without WeChat.
func Place(id, organiser, camp, member string, p Promise, channel Channel, now time.Time) Order {
	o := Order{
		Doc: domain.Doc{ID: id}, Camp: camp, Organiser: organiser, Member: member, Promise: p, Amount: Sum(p.Lines),
		Channel: channel, State: Pending, CreatedAt: now, PayBy: now.Add(PayWithin), WakeAt: now.Add(FirstQuery),
	}
	if p.Part > 0 {
		o.PayBy = earlier(o.PayBy, p.LockAt)
	}
	if !p.Until.IsZero() {
		o.PayBy = earlier(o.PayBy, p.Until)
	}
	if o.Amount == 0 {
		o.Channel = Nothing
	}
	o.Tally, o.Seal = &Tally{}, p.seal()
	return o
}

// current attempt, nil if there is none.
func (o *Order) current() *Attempt {
	if len(o.Attempts) == 0 {
		return nil
	}
	return &o.Attempts[len(o.Attempts)-1]
}

// Current attempt.
func (o Order) Current() (Attempt, bool) {
	if a := o.current(); a != nil {
		return *a, true
	}
	return Attempt{}, false
}

// attempt by its number, nil if it is not ours.
func (o *Order) attempt(number string) *Attempt {
	for i := range o.Attempts {
		if o.Attempts[i].Number == number {
			return &o.Attempts[i]
		}
	}
	return nil
}

// Open reports whether anything can still be paid for it: some attempt that WeChat may take money for.
func (o Order) Open() bool {
	for _, a := range o.Attempts {
		if a.State == Created || a.State == Waiting {
			return true
		}
	}
	return false
}

// Troubled reports whether something of the order waits for a person.
func (o Order) Troubled() bool {
	return slices.ContainsFunc(o.Trouble, func(t Trouble) bool { return t.DoneAt.IsZero() })
}
