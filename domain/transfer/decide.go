package transfer

import (
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/wechatpay"
)

// Claim is the person's own wish to have it offered again.
func (t *Transfer) Claim(now time.Time) error {
	switch {
	case t.State == Paid:
		return ErrPaid
	case t.State == Cancelled || t.stopping():
		return ErrCancelled
	case t.State == Unclaimed, (t.State == Expired || t.State == Failed) && (t.Claims >= MaxClaims || t.spent()):
		return ErrUnclaimed
	case t.State != Expired && t.State != Failed:
		return domain.ErrSame
	}
	t.Claims++
	t.due("", "本人重新领取", now)
	return nil
}

// Again is the decision of staff to try once more.
func (t *Transfer) Again(by string, now time.Time) error {
	switch {
	case t.State == Paid:
		return ErrPaid
	case t.State == Cancelled || t.stopping():
		return ErrCancelled
	case t.unclear():
		return ErrUnclear
	case t.spent():
		return ErrUnclaimed
	case t.driven():
		t.live().NextAt = now
		t.WakeAt = t.nextWake(now)
		t.Emit(EventDue, now, nil)
		return nil
	case t.State == Due:
		return domain.ErrSame
	}
	t.Claims = 0
	t.due(by, "重新发起", now)
	return nil
}

// due makes what has come to nothing due again. A bill that WeChat has not ended goes on under its number.
func (t *Transfer) due(by, outcome string, now time.Time) {
	t.resolve(by, outcome, now)
	t.State, t.ExpiredAt = Due, time.Time{}
	t.WakeAt = t.nextWake(now)
	t.Emit(EventDue, now, nil)
}

// spent reports whether no further bill may be made.
func (t Transfer) spent() bool { return len(t.Bills) >= MaxBills && t.live() == nil }

// unclear reports whether WeChat no longer knows what became of the current bill.
func (t Transfer) unclear() bool {
	return slices.ContainsFunc(t.Trouble, func(t Trouble) bool { return t.Kind == TransferLost && t.DoneAt.IsZero() })
}

// Cancel is the decision of staff not to pay it. What WeChat was never asked for is cancelled at once; the rest once
// WeChat agrees.
func (t *Transfer) Cancel(by, reason string, now time.Time) error {
	switch {
	case t.State == Paid:
		return ErrPaid
	case t.State == Cancelled || t.stopping():
		return domain.ErrSame
	case t.unclear():
		return ErrUnclear
	}
	t.CancelAt, t.CancelBy, t.CancelFor = now, by, reason
	b := t.live()
	if b == nil || b.Tries == 0 {
		t.cancelled(now)
		return nil
	}
	// A request that is on its way this very moment may reach WeChat yet: what it does not know is believed after a while.
	if b.NextAt = now; b.State == "" {
		b.NextAt = b.TriedAt.Add(Retry("", 1))
	}
	t.WakeAt = t.nextWake(now)
	t.Emit(EventDue, now, nil)
	return nil
}

// Dismiss notes what a person did about a trouble elsewhere. What became of a lost bill is for Rule to say.
func (t *Transfer) Dismiss(at int, by, outcome string, now time.Time) error {
	switch {
	case at < 0 || at >= len(t.Trouble):
		return domain.ErrNotFound
	case !t.Trouble[at].DoneAt.IsZero():
		return domain.ErrSame
	case t.Trouble[at].Kind == TransferLost:
		return ErrUnclear
	}
	had := &t.Trouble[at]
	had.DoneAt, had.DoneBy, had.Outcome = now, by, outcome
	return nil
}

// Rule ends a bill that WeChat no longer knows.
func (t *Transfer) Rule(paid bool, by, outcome string, now time.Time) error {
	b := t.live()
	if b == nil || !t.unclear() {
		return domain.ErrConflict
	}
	t.resolve(by, outcome, now)
	if paid {
		b.State = wechatpay.TransferSuccess
		t.arrived(b, now)
	} else {
		b.State, b.Reason = wechatpay.TransferFail, ruled
		t.closed(b, wechatpay.Transfer{State: b.State, Reason: ruled}, now)
	}
	t.WakeAt = t.nextWake(now)
	return nil
}

// ruled is the reason of a bill that a person says was never paid.
const ruled = "NOT_IN_STATEMENT"
