package assist

import (
	"errors"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/order"
)

// Lock keeps the price for an order; again changes nothing.
func (a *Assist) Lock(member, order string, now time.Time) error {
	if a.Member != member {
		return ErrUnknown
	}
	if err := a.usable(order, now); err != nil {
		return err
	}
	if a.State != Reached {
		return domain.ErrSame
	}
	a.State, a.Order, a.OrderedAt, a.WarnAt, a.WakeAt = Ordered, order, now, time.Time{}, now.Add(OrderFor)
	a.Emit(EventOrdered, now, nil)
	return nil
}

// Pay notes that an order is paid; one whose payment came late takes the price if nobody else has it.
func (a *Assist) Pay(c order.Claim, now time.Time) error {
	if err := a.Lock(c.Member, c.Order, now); err != nil && !errors.Is(err, domain.ErrSame) {
		return err
	}
	if a.State == Used {
		return domain.ErrSame
	}
	a.State, a.UsedAt, a.Took, a.Paid, a.WakeAt = Used, now, c.Took, c.Amount, time.Time{}
	a.Emit(EventUsed, now, nil)
	return nil
}

// Free gives the price back when its order ends: one that was not paid in any case, one that was only if all the money goes
// back. It can be had again while it is locked.
func (a *Assist) Free(c order.Claim, now time.Time) error {
	paid := !c.PaidAt.IsZero()
	switch {
	case a.Order != c.Order || a.State != Ordered && a.State != Used:
		return domain.ErrSame
	case paid && c.Kept > 0: // also if it ended before its place was open
		return a.Pay(c, now)
	case a.State == Used && !paid:
		return domain.ErrSame
	}
	a.Order, a.OrderedAt, a.UsedAt, a.Took, a.Paid, a.Back = "", time.Time{}, time.Time{}, 0, 0, 0
	a.Emit(EventReturned, now, nil)
	if !now.Before(a.LockedUntil) {
		a.expire(Unused, now)
		return nil
	}
	a.State = Reached
	a.endsAt(a.LockedUntil, now)
	return nil
}

// Refund notes how much of what was paid for its order went back; a word that is older changes nothing.
func (a *Assist) Refund(order string, back domain.Fen, now time.Time) error {
	if a.Order != order || a.State != Used || back <= a.Back {
		return domain.ErrSame
	}
	a.Back = back
	a.Emit(EventRefunded, now, nil)
	return nil
}

func (a *Assist) expire(why Cause, now time.Time) {
	a.State, a.Cause, a.EndedAt, a.WarnAt, a.WakeAt = Expired, why, now, time.Time{}, time.Time{}
	a.Emit(EventExpired, now, nil)
}

// age ends what is over and warns of an end that is near.
func (a *Assist) age(c Campaign, now time.Time) error {
	before := a.WakeAt
	a.catchUp(c, now)
	end, why := a.ExpiresAt, NotEnough
	if a.State == Reached {
		end, why = a.LockedUntil, Unused
	}
	switch {
	case a.State != Open && a.State != Reached:
		return domain.ErrSame
	case a.State == Open && c.Stopped:
		a.expire(Stopped, now)
	case !now.Before(end):
		a.expire(why, now)
	case a.State == Open && c.State == Paused:
		a.WakeAt = now.Add(pauseLook)
	case !a.WarnAt.IsZero() && !now.Before(a.WarnAt):
		a.WarnAt, a.WakeAt = time.Time{}, end
		a.Emit(EventWarned, now, nil)
	case a.WakeAt.Equal(before):
		return domain.ErrSame
	}
	return nil
}

// Revoke ends an assist that came about unfairly. One that is in an order stays: its price was promised.
func (a *Assist) Revoke(by, reason string, now time.Time) error {
	switch a.State {
	case Open, Reached:
	case Ordered:
		return ErrInOrder
	case Used:
		return ErrUsed
	default:
		return ErrOver
	}
	a.EndedBy, a.Reason = by, reason
	a.expire(Revoked, now)
	return nil
}

// Given is the assist as its owner may have a copy of it: without who helped, and without the cuts that nobody has taken.
func (a Assist) Given() Assist {
	a.Cuts = a.Cuts[:len(a.Helps)]
	a.Helps, a.Barred = slices.Clone(a.Helps), nil
	for i := range a.Helps {
		a.Helps[i].Member = ""
	}
	return a
}

// depart ends what a person who deletes their account has under way; what is in an order goes its own way.
func (a *Assist) depart(now time.Time) error {
	if a.State != Open && a.State != Reached {
		return domain.ErrSame
	}
	a.expire(Departed, now)
	return nil
}
