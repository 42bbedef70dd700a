package order

import (
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/product"
	"yingdi/domain/wechatpay"
)

// Refund is one amount on its way back to where it came from. Its number is chosen once: a repetition under another
// number would pay twice.
type Refund struct {
	Number  string      `json:"number"` // out_refund_no
	Cause   RefundCause `json:"cause"`
	Attempt string      `json:"attempt"` // that the money came by
	Amount  domain.Fen  `json:"amount"`
	Ends    bool        `json:"ends,omitempty"` // the place goes with it
	State   RefundState `json:"state"`
	Reason  string      `json:"reason"` // as the payer reads it
	By      string      `json:"by,omitempty"`
	AskedAt time.Time   `json:"asked_at"`
	Tries   int         `json:"tries,omitempty"`
	NextAt  time.Time   `json:"next_at,omitzero"` // when to ask WeChat again
	DoneAt  time.Time   `json:"done_at,omitzero"`
	Arrived domain.Fen  `json:"arrived,omitempty"` // as WeChat said when it was done

	Billed wechatpay.Billed `json:"billed,omitzero"`
}

// RefundCause says why money goes back.
type RefundCause string

// The causes. There is one refund of each cause and attempt, except for those that staff decide.
const (
	CauseOrphan  RefundCause = "orphan"  // a second payment, or one that came for nothing
	CauseNoSeat  RefundCause = "no_seat" // paid, and the place could not be had
	CauseLearner RefundCause = "learner" // by the policy
	CauseStaff   RefundCause = "staff"
	CausePool    RefundCause = "pool"    // one's own part of a scholarship pool
	CauseSpecial RefundCause = "special" // paid, and what it took part in came to nothing: a group that was not full
)

// RefundState of a refund.
type RefundState string

// created → processing → succeeded | closed | abnormal (a person). Closed and abnormal ones go on under the same number
// once a person has helped.
const (
	RefundCreated    RefundState = "created"
	RefundProcessing RefundState = "processing"
	RefundSucceeded  RefundState = "succeeded"
	RefundClosed     RefundState = "closed"
	RefundAbnormally RefundState = "abnormal"
)

// RefundedData tells who hears of EventRefunded what came back.
type RefundedData struct {
	Number string      `json:"number"`
	Cause  RefundCause `json:"cause"`
	Amount domain.Fen  `json:"amount"`
}

// Limits that WeChat sets.
const (
	MaxRefunds   = 50
	RefundWithin = 365 * 24 * time.Hour // of the payment
)

// The refusals of refunds.
var (
	ErrNotPaid     = domain.Refusal(domain.KindConflict, "order_not_paid", "这个订单没有可退的款项")
	ErrNothingBack = domain.Refusal(domain.KindConflict, "refund_nothing", "按退款规则，现在已经没有可退的金额")
	ErrOverPaid    = domain.Refusal(domain.KindConflict, "refund_over_paid", "退款金额超过了可退的金额").On("amount")
	ErrTooLate     = domain.Refusal(domain.KindConflict, "refund_too_late", "支付已超过一年，微信不再支持原路退款")
	ErrRefundParts = domain.Refusal(domain.KindConflict, "refund_parts", "一笔支付最多退款 50 次")
	ErrUnderWay    = domain.Refusal(domain.KindConflict, "refund_under_way", "退款正在处理中，请稍候")
)

// Received is what came in by all attempts.
func (o Order) Received() (sum domain.Fen) {
	for _, a := range o.Attempts {
		if a.State == Succeeded || a.State == Orphan {
			sum += a.Amount
		}
	}
	return sum
}

// Returned is what has arrived back.
func (o Order) Returned() (sum domain.Fen) {
	for _, r := range o.Refunds {
		if r.State == RefundSucceeded {
			sum += r.back()
		}
	}
	return sum
}

// back is what has arrived of a refund that succeeded. Earlier versions did not write down what WeChat said.
func (r Refund) back() domain.Fen {
	if r.Arrived > 0 {
		return r.Arrived
	}
	return r.Amount
}

// Held is what is neither back nor on its way back.
func (o Order) Held() domain.Fen {
	return o.Received() - o.Returned() - o.Underway()
}

// Underway is what was asked to go back and has not arrived, be it on its way or stuck.
func (o Order) Underway() (sum domain.Fen) {
	for _, r := range o.Refunds {
		if r.State != RefundSucceeded {
			sum += r.Amount
		}
	}
	return sum
}

// left of an attempt, after all refunds of it, whatever their state: one that is closed goes on under its number.
func (o Order) left(number string) domain.Fen {
	var sum domain.Fen
	for _, a := range o.Attempts {
		if a.Number == number && (a.State == Succeeded || a.State == Orphan) {
			sum = a.Amount
		}
	}
	for _, r := range o.Refunds {
		if r.Attempt == number {
			sum -= r.Amount
		}
	}
	return sum
}

// Left is what can still be refunded of the payment that counted.
func (o Order) Left() domain.Fen {
	paid, ok := o.paidBy()
	if !ok {
		return 0
	}
	return o.left(paid.Number)
}

// paidBy is the attempt that paid for the place.
func (o Order) paidBy() (Attempt, bool) {
	for _, a := range o.Attempts {
		if a.State == Succeeded {
			return a, true
		}
	}
	return Attempt{}, false
}

// Refundable is what a learner gets back who asks now: of the tuition by the policy, and of the pool's part all before
// the lock and nothing after. What staff gave back meanwhile takes nothing of that, as long as there is so much left.
func (o Order) Refundable(now time.Time) domain.Fen {
	paid, ok := o.paidBy()
	if !ok || o.State != Paid && !o.givable() {
		return 0
	}
	percent := int64(product.Percent(o.Promise.Deadlines, now))
	back := domain.Split(paid.Amount-o.Promise.Part, []int64{percent, 100 - percent})[0]
	if now.Before(o.Promise.LockAt) {
		back += o.Promise.Part - o.pooledBack()
	}
	return min(back, o.Spare(true, now))
}

// givable reports whether there is a place to give back: it is open or waits for others, and no money of it is on its way.
func (o Order) givable() bool {
	switch o.State {
	case PaidWaiting, Fulfilled:
		return true
	case PartRefunded:
		return o.EndedAt.IsZero() && (!o.FulfilledAt.IsZero() || o.Waits())
	}
	return false
}

// AskBack is the learner's own wish: the amount of the policy, and the place goes. Asking again changes nothing.
func (o *Order) AskBack(by string, now time.Time) error {
	if o.has(CauseLearner) {
		return domain.ErrSame
	}
	if o.State == Refunding {
		return ErrUnderWay
	}
	paid, ok := o.paidBy()
	amount := o.Refundable(now)
	switch {
	case !ok || !o.givable():
		return ErrNotPaid
	case amount == 0:
		return ErrNothingBack
	}
	return o.ask(Refund{Cause: CauseLearner, Attempt: paid.Number, Amount: amount, Ends: true, By: by, Reason: "学员申请退款"}, now)
}

// GiveBack is the decision of staff or of another feature: any amount that is left, once for each key.
func (o *Order) GiveBack(key string, cause RefundCause, amount domain.Fen, ends bool, by, reason string, now time.Time) error {
	number := RefundNumber(o.ID, key)
	for _, r := range o.Refunds {
		if r.Number == number {
			if r.Amount != amount {
				return fmt.Errorf("refund %s of %s asked again for %s: %w", number, r.Amount, amount, domain.ErrConflict)
			}
			return domain.ErrSame
		}
	}
	paid, ok := o.paidBy()
	if !ok {
		return ErrNotPaid
	}
	return o.ask(Refund{Number: number, Cause: cause, Attempt: paid.Number, Amount: amount, Ends: ends, By: by, Reason: reason}, now)
}

// ask bounds what the outside world wants back.
func (o *Order) ask(r Refund, now time.Time) error {
	paid := o.attempt(r.Attempt)
	switch {
	case r.Amount < 1 || r.Amount > o.left(r.Attempt):
		return ErrOverPaid
	case now.Sub(paid.PaidAt) >= RefundWithin:
		return ErrTooLate
	case len(o.Refunds) >= MaxRefunds:
		return ErrRefundParts
	}
	if err := o.keepsTied(r, now); err != nil {
		return err
	}
	o.refund(r, now)
	return nil
}

// refund writes a refund down; sending it follows by event.
func (o *Order) refund(r Refund, now time.Time) {
	if r.Number == "" {
		r.Number = RefundNumber(o.ID, string(r.Cause)+"-"+r.Attempt[len(o.ID)+1:])
	}
	r.State, r.AskedAt, r.NextAt = RefundCreated, now, now.Add(RetryRefund(0))
	o.tally().Asked += r.Amount
	o.Refunds = append(o.Refunds, r)
	o.restate(now)
	o.WakeAt = o.nextWake(now)
	o.Emit(EventRefund, now, nil)
}

// RefundNumber is unique within the merchant, and the same for the same cause.
func RefundNumber(order, key string) string { return order + "-r-" + key }

func (o Order) has(cause RefundCause) bool {
	for _, r := range o.Refunds {
		if r.Cause == cause {
			return true
		}
	}
	return false
}
