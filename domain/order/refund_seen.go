package order

import (
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/wechatpay"
)

// RetryRefund is how long to wait after the nth try: a minute, doubling, at most six hours.
func RetryRefund(n int) time.Duration { return min(time.Minute<<min(n, 10), 6*time.Hour) }

// Tried notes that WeChat was asked for the refund and did not say what became of it.
func (o *Order) Tried(number string, now time.Time) error {
	r := o.refundBy(number)
	if r == nil || r.State == RefundSucceeded {
		return domain.ErrSame
	}
	r.Tries++
	r.NextAt = now.Add(RetryRefund(r.Tries))
	o.WakeAt = o.nextWake(now)
	return nil
}

// RefundSeen takes in what WeChat says about a refund. Success is never downgraded.
func (o *Order) RefundSeen(seen wechatpay.Refund, now time.Time) error {
	r := o.refundBy(seen.Number)
	switch {
	case r == nil:
		return fmt.Errorf("refund %s of order %s: %w", seen.Number, o.ID, domain.ErrNotFound)
	case r.State == RefundSucceeded:
		return domain.ErrSame
	}
	switch seen.State {
	case wechatpay.RefundSuccess:
		o.tally().Back += seen.Amount
		r.State, r.DoneAt, r.NextAt, r.Arrived = RefundSucceeded, arrivedAt(seen, now), time.Time{}, seen.Amount
		if seen.Amount != r.Amount {
			o.trouble(WrongRefund, r.Number, fmt.Sprintf("应退 %s，微信通知 %s", r.Amount, seen.Amount), now)
		}
		o.Emit(EventRefunded, now, RefundedData{r.Number, r.Cause, r.Amount})
	case wechatpay.RefundProcessing:
		if r.State == RefundProcessing {
			return domain.ErrSame
		}
		r.State, r.NextAt = RefundProcessing, now.Add(RetryRefund(r.Tries))
	case wechatpay.RefundClosed:
		if r.State == RefundClosed {
			return domain.ErrSame
		}
		r.State, r.NextAt = RefundClosed, time.Time{}
		o.stuck(RefundRefused, r.Number, "微信关闭了这笔退款", now)
	case wechatpay.RefundAbnormal:
		if r.State == RefundAbnormally {
			return domain.ErrSame
		}
		r.State, r.NextAt = RefundAbnormally, time.Time{}
		o.stuck(RefundAbnormal, r.Number, "付款人的银行卡已注销或被冻结，需要线下退款或改退到其他账户", now)
	default:
		return domain.ErrSame
	}
	o.restate(now)
	o.WakeAt = o.nextWake(now)
	return nil
}

// arrivedAt is when the money was there by WeChat's word, however late we hear of it; now if it does not say.
func arrivedAt(seen wechatpay.Refund, now time.Time) time.Time {
	if seen.At.IsZero() || seen.At.After(now) {
		return now
	}
	return seen.At
}

// Refused notes that WeChat will not take a refund as it is: a person must look.
func (o *Order) Refused(number, why string, now time.Time) error {
	r := o.refundBy(number)
	if r == nil || r.State == RefundSucceeded || r.State == RefundClosed {
		return domain.ErrSame
	}
	r.State, r.NextAt = RefundClosed, time.Time{}
	o.stuck(RefundRefused, number, why, now)
	o.WakeAt = o.nextWake(now)
	return nil
}

// stuck hands a refund over to a person, and tells whoever waits for it.
func (o *Order) stuck(kind TroubleKind, number, note string, now time.Time) {
	o.trouble(kind, number, note, now)
	o.Emit(EventStuck, now, nil)
}

// Again sends a refund that got stuck on its way once more, under its own number, after a person has helped. One that is
// still on its way is asked about at once.
func (o *Order) Again(number, by string, now time.Time) error {
	r := o.refundBy(number)
	switch {
	case r == nil:
		return domain.ErrNotFound
	case r.State == RefundSucceeded:
		return domain.ErrSame
	case r.State == RefundClosed || r.State == RefundAbnormally:
		r.State = RefundCreated
	}
	r.NextAt = now
	for i := range o.Trouble {
		if t := &o.Trouble[i]; t.Number == number && t.DoneAt.IsZero() {
			t.DoneAt, t.DoneBy, t.Outcome = now, by, "重新发起"
		}
	}
	o.restate(now)
	o.WakeAt = o.nextWake(now)
	o.Emit(EventRefund, now, nil)
	return nil
}

func (o *Order) refundBy(number string) *Refund {
	for i := range o.Refunds {
		if o.Refunds[i].Number == number {
			return &o.Refunds[i]
		}
	}
	return nil
}

// restate lets the order's state follow from its refunds of the payment that counted, and ends the place with them.
func (o *Order) restate(now time.Time) {
	paid, ok := o.paidBy()
	if !ok {
		return
	}
	var done, all domain.Fen
	ends := false
	for _, r := range o.Refunds {
		if r.Attempt != paid.Number {
			continue
		}
		all += r.Amount
		if r.State == RefundSucceeded {
			done += r.Amount
		}
		ends = ends || r.Ends
	}
	switch {
	case all == 0:
		return
	case done < all:
		o.State = Refunding
	case done < paid.Amount:
		o.State = PartRefunded
	default:
		o.State = Refunded
	}
	if ends {
		o.end(now)
	}
}

// end takes the place back.
func (o *Order) end(now time.Time) {
	if o.EndedAt.IsZero() {
		o.EndedAt = now
		o.Emit(EventEnded, now, nil)
	}
}

// poor notes that the merchant has not enough to refund from; it goes on trying, and somebody must know.
func (o *Order) poor(number string, now time.Time) error {
	if r := o.refundBy(number); r == nil || r.State == RefundSucceeded {
		return domain.ErrSame
	}
	before := len(o.Trouble)
	o.trouble(RefundRefused, number, "商户可用余额不足，充值后会自动重试", now)
	if len(o.Trouble) == before {
		return domain.ErrSame
	}
	return nil
}

// nextWake is when somebody must look at the order even if nothing is heard of it.
func (o Order) nextWake(now time.Time) (wake time.Time) {
	soonest := func(t time.Time) {
		if !t.IsZero() && (wake.IsZero() || t.Before(wake)) {
			wake = t
		}
	}
	switch {
	case o.State == Pending:
		soonest(earlier(later(o.PayBy, now.Add(FirstQuery)), now.Add(QueryEvery)))
	case o.Waits():
		soonest(later(o.WaitUntil, now.Add(QueryEvery)))
	case o.owesPlace(), !o.EndedAt.IsZero() && o.FreedAt.Before(o.EndedAt):
		soonest(now.Add(QueryEvery))
	}
	if o.State != Pending && o.Open() {
		soonest(now.Add(QueryEvery))
	}
	for _, r := range o.Refunds {
		if r.State == RefundCreated || r.State == RefundProcessing {
			soonest(r.NextAt)
		}
	}
	return wake
}

// rested notes that all that could be done now is done; a place that went back has been freed.
func (o *Order) rested(now time.Time) error {
	wake := o.nextWake(now)
	if !o.EndedAt.IsZero() && o.FreedAt.Before(o.EndedAt) {
		o.FreedAt = now
		o.WakeAt = o.nextWake(now)
		return nil
	}
	if wake.Equal(o.WakeAt) {
		return domain.ErrSame
	}
	o.WakeAt = wake
	return nil
}
