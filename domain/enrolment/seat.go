package enrolment

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// stepSeat is the step that takes the seat; each time that the person asks for one again it is another.
func (e Enrolment) stepSeat() string {
	if e.Again == 0 {
		return "seat"
	}
	return "seat:" + strconv.Itoa(e.Again)
}

// Seated reports whether the enrolment holds a seat.
func (e Enrolment) Seated() bool { return e.State == Active || e.State == Offered || e.State == Held }

// take makes of somebody for whom a seat was taken what they become by it.
func (e *Enrolment) take(c camp.Camp, now time.Time) error {
	switch {
	case e.Waits():
		e.State, e.ExpiresAt = Offered, now.Add(OfferFor)
		if until := c.EnrolUntil(); until.Before(e.ExpiresAt) {
			e.ExpiresAt = until
		}
		e.Emit(EventOffered, now, nil)
	case e.State == Reserving || e.State == Refused:
		e.come(c, now)
	default: // they have gone meanwhile
		return ErrGone
	}
	return nil
}

// come lets somebody in for whom there is a seat, or holds it until their order is paid.
func (e *Enrolment) come(c camp.Camp, now time.Time) {
	if e.Order == "" {
		e.enter(c, now)
		return
	}
	e.State, e.ExpiresAt, e.QueuedAt = Held, now.Add(HoldFor), time.Time{}
}

// enter begins a stay in the camp, on a calendar of the person's own where the camp says so.
func (e *Enrolment) enter(c camp.Camp, now time.Time) {
	e.State, e.ActiveAt, e.Shift, e.ExpiresAt, e.QueuedAt = Active, now, c.Shift(now), time.Time{}, time.Time{}
	e.StayedTo = time.Time{}
	e.Emit(EventEntered, now, nil)
}

// finishTries is how often a finish looks again after somebody else settled a seat meanwhile.
const finishTries = 100

// finish takes the seat and opens the place; after a crash it goes on where it was.
func (s *Service) finish(ctx context.Context, c camp.Camp, id string) (e Enrolment, err error) {
	for range finishTries {
		if e, err = s.tryFinish(ctx, c, id); !errors.Is(err, domain.ErrConflict) {
			break
		}
	}
	return e, err
}

// tryFinish returns domain.ErrConflict if the enrolment may have been finished by another since it looked: the stamp is
// read first, so that a seat which that other has taken and settled is not taken again.
func (s *Service) tryFinish(ctx context.Context, c camp.Camp, id string) (Enrolment, error) {
	counter := camp.SeatCounter(c.ID)
	stamp, err := s.Seats.Stamp(ctx, counter, id)
	if err != nil {
		return Enrolment{}, err
	}
	e, err := s.Store.Get(ctx, id)
	if err != nil {
		return Enrolment{}, err
	}
	if e.Waits() && c.MayEnrol(s.Clock.Now()) != nil { // nobody could take the offer up
		return s.refuse(ctx, id)
	}
	done, err := domain.RunSteps(ctx, s.Clock, s.Store, id, func(e *Enrolment) *domain.Steps { return &e.Steps },
		domain.Action[Enrolment]{
			Name: e.stepSeat(),
			Do: func(ctx context.Context, e Enrolment) error {
				_, err := s.Seats.Add(ctx, counter, e.ID, stamp, 1, int64(c.Seats))
				return err
			},
			Then: func(e *Enrolment) error { return e.take(c, s.Clock.Now()) },
		})
	switch {
	case errors.Is(err, domain.ErrExhausted):
		return s.refuse(ctx, id)
	case errors.Is(err, ErrGone): // the seat is nobody's, which a count of the facts shows
		_, failed := s.RecountSeats(ctx, c.ID)
		return Enrolment{}, errors.Join(fmt.Errorf("enrolment %s: %w", id, ErrNotEnrolled), failed)
	case err != nil:
		return Enrolment{}, err
	}
	return done, s.Seats.Settle(ctx, counter, id)
}

// refuse puts those who waited back into the queue.
func (s *Service) refuse(ctx context.Context, id string) (Enrolment, error) {
	e, err := s.Store.Update(ctx, id, func(e *Enrolment) error {
		switch {
		case e.State != Reserving:
			return domain.ErrSame
		case e.Waits():
			e.State, e.ExpiresAt = Waiting, time.Time{}
		default:
			e.State, e.Order, e.Reply, e.ExpiresAt = Refused, "", nil, time.Time{} // whoever has no place has told us nothing
		}
		return nil
	})
	if err != nil || e.Seated() { // somebody else got the seat for them in the meantime
		return e, err
	}
	return e, fmt.Errorf("enrolment %s: %w", id, camp.ErrFull)
}

// Sweep finishes the reservations that a crash left behind, and takes back the offers that nobody took up in time.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.Clock.Now()
	return domain.Round(ctx, "enrolment", func(page domain.Page) ([]Enrolment, domain.Cursor, error) { return s.Store.Unfinished(ctx, now, page) },
		func(e Enrolment) error {
			if err := s.sweep(ctx, e, now); !errors.Is(err, camp.ErrFull) {
				return err
			}
			return nil
		})
}

func (s *Service) sweep(ctx context.Context, e Enrolment, now time.Time) error {
	if e.State == Offered {
		_, err := s.Store.Update(ctx, e.ID, func(e *Enrolment) error { return e.lapse(now) })
		return err
	}
	if e.State == Held {
		return s.settleHold(ctx, e, now)
	}
	c, err := s.Camps.Get(ctx, e.Camp)
	if err == nil {
		_, err = s.finish(ctx, c, e.ID)
	}
	return err
}
