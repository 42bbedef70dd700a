package groupbuy

import (
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/order"
)

// sit adds a reserved seat; nobody pays later than the group's end.
func (g *Group) sit(member, order string, payBy, now time.Time) {
	g.Seats = append(g.Seats, Seat{Order: order, Member: member, State: Reserved, At: now, PayBy: earlier(payBy, g.ExpiresAt)})
}

// Reserve keeps a seat for an order, before anybody pays; again changes nothing.
func (g *Group) Reserve(member, order string, payBy, now time.Time) error {
	switch s := g.Of(order); {
	case s != nil && s.Member != member:
		return ErrUnknown
	case s != nil && s.Live():
		return domain.ErrSame
	case s != nil:
		return ErrLapsed
	}
	switch {
	case g.seated(member) != nil:
		return ErrInGroup
	case g.State != Forming || !g.soonEnough(now):
		return ErrOver
	case g.Taken() >= g.Terms.Size:
		return ErrFull
	case g.Count(Paid) == 0:
		return ErrNotYet
	}
	g.sit(member, order, payBy, now)
	g.rest(now)
	return nil
}

// Pay notes that the order of a seat was paid, at an instant that may be long ago; again changes nothing. The last of the
// seats makes the group succeed. Money that comes when there is no seat for it goes back: the group is over or full, or the
// person may not sit here any more. may is their entry's word on that.
func (g *Group) Pay(member, order string, may bool, paidAt, now time.Time) error {
	s := g.Of(order)
	switch {
	case s == nil:
		g.Seats = append(g.Seats, Seat{Order: order, Member: member, State: Released, At: now, PayBy: paidAt})
		s = g.Of(order)
	case s.State != Reserved && s.State != Released:
		return domain.ErrSame
	}
	s.PaidAt = paidAt
	free := s.State == Reserved || g.Taken() < g.Terms.Size && g.seated(s.Member) == nil
	if !may || !free || g.State != Forming || !paidAt.Before(g.ExpiresAt) {
		g.giveBack(s, TooLate, now)
		g.Emit(EventRefund, now, SeatData{order})
		g.emptied(now)
		g.rest(now)
		return nil
	}
	s.State, s.EndedAt, s.Unsaid = Paid, time.Time{}, false
	if g.Count(Paid) == g.Terms.Size {
		g.succeed(now)
	} else {
		g.Emit(EventJoined, now, SeatData{order})
	}
	g.rest(now)
	return nil
}

func (g *Group) succeed(now time.Time) {
	g.State, g.EndedAt = Succeeded, now
	for i := range g.Seats {
		if s := &g.Seats[i]; s.State == Paid {
			s.State, s.Won, s.Unsaid, s.Unopened, s.OwedAt = Confirmed, true, true, true, now
		}
	}
	g.Emit(EventSucceeded, now, nil)
}

// Release gives up a seat whose order ended unpaid; again, and for any other seat, changes nothing.
func (g *Group) Release(order string, now time.Time) error {
	s := g.Of(order)
	if s == nil || s.State != Reserved {
		return domain.ErrSame
	}
	s.release(now)
	g.emptied(now)
	g.rest(now)
	return nil
}

func (s *Seat) release(now time.Time) { s.State, s.EndedAt, s.Unsaid = Released, now, true }

// Leave takes out a seat whose order was paid and has ended for a reason of its own; a group that has succeeded stays so.
func (g *Group) Leave(order string, now time.Time) error {
	s := g.Of(order)
	if s == nil || !s.Live() { // reserved it is if the order ended before it could tell of the payment
		return domain.ErrSame
	}
	g.giveBack(s, Left, now)
	g.Emit(EventRefund, now, SeatData{order})
	g.emptied(now)
	g.rest(now)
	return nil
}

// fate is what is to become of the order of a seat that was paid.
func (g Group) fate(of string) order.Fate {
	s := g.Of(of)
	switch {
	case s == nil: // it was forgotten, so all of it is over
		return order.Fate{Back: TooLate.Text()}
	case s.State == Paid:
		return order.Fate{Wait: g.ExpiresAt}
	case s.State == Confirmed:
		return order.Fate{}
	}
	return order.Fate{Back: s.Why.Text()}
}

func (g *Group) giveBack(s *Seat, why Why, now time.Time) {
	s.State, s.Why, s.TryAt, s.Unsaid, s.Unopened, s.OwedAt = Refunding, why, now.Add(soon), true, false, now
}

// emptied ends a group in which nobody is left.
func (g *Group) emptied(now time.Time) {
	if g.State == Forming && g.Taken() == 0 {
		g.fail(Empty, now)
	}
}

// Expire fails the group if its time is over.
func (g *Group) Expire(now time.Time) error {
	if now.Before(g.ExpiresAt) {
		return domain.ErrSame
	}
	return g.Fail(Expired, now)
}

// Fail ends a group that is not full: who has paid gets their money back, who has not loses the seat.
func (g *Group) Fail(cause Cause, now time.Time) error {
	if g.State != Forming {
		return domain.ErrSame
	}
	g.fail(cause, now)
	g.rest(now)
	return nil
}

func (g *Group) fail(cause Cause, now time.Time) {
	g.State, g.Cause, g.EndedAt = Failed, cause, now
	for i := range g.Seats {
		switch s := &g.Seats[i]; s.State {
		case Paid:
			g.giveBack(s, NotFull, now)
		case Reserved:
			s.release(now)
		}
	}
	g.Emit(EventFailed, now, nil)
}

// Returned notes that all money of a seat has arrived at its payer.
func (g *Group) Returned(order string, now time.Time) error {
	s := g.Of(order)
	if s == nil || s.State != Refunding {
		return domain.ErrSame
	}
	s.State, s.TryAt, s.EndedAt = Refunded, time.Time{}, now
	g.rest(now)
	return nil
}

// later looks at a refund again after a while; asked says that it is on its way.
func (g *Group) later(order string, asked bool, now time.Time) error {
	s := g.Of(order)
	if s == nil || s.State != Refunding {
		return domain.ErrSame
	}
	s.TryAt, s.Asked = now.Add(RefundEvery), s.Asked || asked
	g.rest(now)
	return nil
}

// said notes that a seat's end, as it was in a state, is known to the person's entry.
func (g *Group) said(order string, in SeatState, now time.Time) error {
	s := g.Of(order)
	if s == nil || !s.Unsaid || s.State != in {
		return domain.ErrSame
	}
	s.Unsaid = false
	g.rest(now)
	return nil
}

// opened notes that a confirmed seat's order knows.
func (g *Group) opened(order string, now time.Time) error {
	s := g.Of(order)
	if s == nil || !s.Unopened {
		return domain.ErrSame
	}
	s.Unopened = false
	g.rest(now)
	return nil
}

// rest forgets seats that ended long ago, and says when somebody must look again.
func (g *Group) rest(now time.Time) {
	over := func(s Seat) bool { return !s.Unsaid && !s.Won && (s.State == Released || s.State == Refunded) }
	for extra := len(g.Seats) - g.Terms.Size - maxGone; extra > 0; extra-- {
		i := slices.IndexFunc(g.Seats, over)
		if i < 0 {
			break
		}
		g.Seats = slices.Delete(g.Seats, i, i+1)
	}
	g.WakeAt = time.Time{}
	wake := func(at time.Time) {
		if g.WakeAt.IsZero() || at.Before(g.WakeAt) {
			g.WakeAt = at
		}
	}
	if g.State == Forming {
		wake(g.ExpiresAt)
	}
	for _, s := range g.Seats {
		if s.Unsaid || s.Unopened {
			wake(now.Add(soon))
		}
		switch s.State {
		case Reserved:
			wake(s.PayBy.Add(LapseAfter))
		case Refunding:
			wake(s.TryAt)
		}
	}
}
