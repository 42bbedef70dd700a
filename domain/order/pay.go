package order

import (
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/enrolment"
	"yingdi/domain/wechatpay"
)

// Number of the nth attempt of an order: 6–32 characters, as WeChat demands.
func Number(order string, n int) string { return fmt.Sprintf("%s-%d", order, n) }

// OrderOf an attempt's number; empty if it is not one of ours.
func OrderOf(number string) string {
	for i := len(number) - 1; i > 0; i-- {
		switch c := number[i]; {
		case c == '-' && i < len(number)-1:
			return number[:i]
		case c < '0' || c > '9':
			return ""
		}
	}
	return ""
}

// Try begins an attempt, or goes on with the one that waits. There is never a second one while the first can be paid.
func (o *Order) Try(now time.Time) error {
	switch {
	case o.State != Pending:
		return ErrNotPending
	case !now.Before(o.PayBy):
		return ErrPayOver
	case o.Amount == 0:
		return domain.ErrSame
	}
	if a := o.current(); a != nil && (a.State == Created || a.State == Waiting) {
		return domain.ErrSame
	}
	if len(o.Attempts) == MaxAttempts {
		return ErrTooMany
	}
	o.Attempts = append(o.Attempts, Attempt{
		Number: Number(o.ID, len(o.Attempts)+1), Amount: o.Amount, State: Created, CreatedAt: now,
	})
	o.WakeAt = now.Add(FirstQuery)
	return nil
}

// Prepaid notes that WeChat waits for the payer.
func (o *Order) Prepaid(number, handle string) error {
	a := o.attempt(number)
	if a == nil || a.State != Created {
		return domain.ErrSame
	}
	a.State, a.Prepay = Waiting, handle
	return nil
}

// Seen takes in what WeChat says about an attempt, however often and in whatever order it says it. Paid is never
// downgraded, and an attempt changes the order only if the order still waits.
func (o *Order) Seen(t wechatpay.Trade, now time.Time) error {
	a := o.attempt(t.Number)
	switch {
	case a == nil:
		return fmt.Errorf("attempt %s of order %s: %w", t.Number, o.ID, domain.ErrNotFound)
	case a.State == Succeeded || a.State == Orphan:
		return domain.ErrSame
	case t.Paid():
		o.paid(a, t, now)
		return nil
	case t.Over() && a.State != Closed:
		a.State, a.ClosedAt = Closed, now
		return nil
	}
	return domain.ErrSame
}

// NeverAsked notes that WeChat does not know the attempt, so that it can no longer be paid.
func (o *Order) NeverAsked(number string, now time.Time) error {
	a := o.attempt(number)
	if a == nil || a.State != Created {
		return domain.ErrSame
	}
	a.State, a.ClosedAt = Closed, now
	return nil
}

func (o *Order) paid(a *Attempt, t wechatpay.Trade, now time.Time) {
	o.tally().In += t.Amount
	if t.Amount != a.Amount { // what came is what is ours to give back, so it is what we write down
		o.trouble(WrongAmount, a.Number, fmt.Sprintf("应付 %s，微信通知 %s", a.Amount, t.Amount), now)
		a.Amount = t.Amount
		o.orphan(a, t, now)
		return
	}
	switch {
	case o.State == Pending:
		o.State, o.PaidAt = Paid, t.PaidAt
	case o.State == Cancelled && o.PaidAt.IsZero() && !o.Late():
		o.State, o.PaidAt, o.EndedAt = Paid, t.PaidAt, time.Time{}
		o.Steps.Note(stepLate, now)
	default:
		o.orphan(a, t, now)
		return
	}
	a.State, a.Transaction, a.PaidAt = Succeeded, t.Transaction, t.PaidAt
	o.WakeAt = now.Add(QueryEvery)
	o.Emit(EventPaid, now, nil)
}

// stepLate marks an order whose money came after it was cancelled.
const stepLate = "late"

// Late reports whether the money came after the order was cancelled: its seat has gone back and must be taken again.
func (o Order) Late() bool { return o.Steps.Done(stepLate) }

// orphan sends the whole of an attempt back.
func (o *Order) orphan(a *Attempt, t wechatpay.Trade, now time.Time) {
	a.State, a.Transaction, a.PaidAt = Orphan, t.Transaction, t.PaidAt
	o.refund(Refund{Cause: CauseOrphan, Attempt: a.Number, Amount: a.Amount, Reason: "重复或过期的付款，原路退回"}, now)
}

// PaidNothing takes an order that costs nothing down the paid path.
func (o *Order) PaidNothing(now time.Time) error {
	switch {
	case o.State != Pending:
		return domain.ErrSame
	case o.Amount != 0:
		return fmt.Errorf("order %s costs %s: %w", o.ID, o.Amount, domain.ErrConflict)
	}
	o.State, o.PaidAt, o.WakeAt = Paid, now, now.Add(QueryEvery)
	o.Emit(EventPaid, now, nil)
	return nil
}

// owesPlace reports whether the place was paid for and is not open yet, whatever has been refunded meanwhile.
func (o Order) owesPlace() bool {
	return !o.PaidAt.IsZero() && o.FulfilledAt.IsZero() && o.EndedAt.IsZero()
}

// Fulfil notes that the place is open.
func (o *Order) Fulfil(now time.Time) error {
	if !o.owesPlace() {
		return domain.ErrSame
	}
	o.FulfilledAt = now
	if o.State == Paid || o.State == PaidWaiting {
		o.State = Fulfilled
	}
	o.WakeAt = o.nextWake(now)
	o.Emit(EventFulfilled, now, nil)
	return nil
}

// Fail sends the money of a paid order back whose place cannot be had.
func (o *Order) Fail(now time.Time) error {
	return o.undo(NoSeat, Refund{Cause: CauseNoSeat, Reason: "名额已满，原路退回"}, now)
}

// Miss sends the money of a paid order back because what it took part in came to nothing.
func (o *Order) Miss(why string, now time.Time) error {
	return o.undo(NoSpecial, Refund{Cause: CauseSpecial, Reason: why}, now)
}

// undo refunds all that is left of a paid order whose place is not open, or cancels it if there was nothing to pay.
func (o *Order) undo(cause Cause, r Refund, now time.Time) error {
	if !o.owesPlace() {
		return domain.ErrSame
	}
	paid, ok := o.paidBy()
	switch left := o.left(paid.Number); {
	case !ok:
		o.cancel(cause, now)
	case left > 0:
		r.Attempt, r.Amount, r.Ends = paid.Number, left, true
		o.refund(r, now)
	default:
		o.end(now)
	}
	return nil
}

// Cancel ends an order that nobody has paid. It refuses while WeChat might still take money: ask there and close first.
func (o *Order) Cancel(cause Cause, now time.Time) error {
	switch {
	case o.State == Cancelled:
		return domain.ErrSame
	case o.State != Pending:
		return ErrNotPending
	case o.Open():
		return ErrWaiting
	}
	o.cancel(cause, now)
	return nil
}

// GiveUp ends an order that cost nothing, whose place was open or waited for others. Returns enrolment.ErrOrdered of any other.
func (o *Order) GiveUp(cause Cause, now time.Time) error {
	switch {
	case o.Amount == 0 && !o.EndedAt.IsZero():
		return domain.ErrSame
	case o.Amount > 0 || o.State != PaidWaiting && o.State != Fulfilled:
		return enrolment.ErrOrdered
	}
	o.State, o.Cause = Cancelled, cause
	o.end(now)
	o.WakeAt = o.nextWake(now)
	return nil
}

func (o *Order) cancel(cause Cause, now time.Time) {
	o.State, o.Cause, o.EndedAt = Cancelled, cause, now
	o.WakeAt = o.nextWake(now)
	o.Emit(EventCancelled, now, nil)
}

func (o *Order) trouble(kind TroubleKind, number, note string, now time.Time) {
	for _, t := range o.Trouble {
		if t.Kind == kind && t.Number == number && t.DoneAt.IsZero() {
			return
		}
	}
	o.Trouble = append(o.Trouble, Trouble{Kind: kind, Number: number, Note: note, At: now})
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
