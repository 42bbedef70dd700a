package enrolment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/form"
)

// accept takes up the seat that is offered.
func (e *Enrolment) accept(c camp.Camp, reply *form.Reply, order string, now time.Time) error {
	switch {
	case e.State == Active:
		return domain.ErrSame
	case e.State != Offered || !now.Before(e.ExpiresAt):
		return ErrOfferOver
	}
	e.Reply, e.Order = reply, order
	e.come(c, now)
	return nil
}

// lapse takes back an offer whose time is over.
func (e *Enrolment) lapse(now time.Time) error {
	if e.State != Offered || now.Before(e.ExpiresAt) {
		return domain.ErrSame
	}
	e.State, e.ExpiresAt, e.QueuedAt = Lapsed, time.Time{}, time.Time{}
	e.Emit(EventFreed, now, nil)
	return nil
}

// queue puts the person at the end of the queue.
func (e *Enrolment) queue(now time.Time) error {
	switch {
	case e.Waits() || e.State == Offered && now.Before(e.ExpiresAt):
		return domain.ErrSame
	case e.State == Active:
		return ErrEnrolled
	case e.State == Reserving: // a seat is being taken for them
		return domain.ErrConflict
	}
	if err := e.mayAsk(now); err != nil && !errors.Is(err, ErrOfferOver) {
		return err
	}
	if e.State == Offered { // the seat that they let pass goes to the next
		e.Emit(EventFreed, now, nil)
	}
	if e.over() || e.State == Offered {
		e.Again++
	}
	e.State, e.QueuedAt, e.ExpiresAt = Waiting, now, time.Time{}
	e.Emit(EventQueued, now, nil)
	return nil
}

// Wait puts the acting person into the queue for a seat of a camp that is full; again changes nothing. Returns
// ErrSeatFree while there are seats that nobody waits for, ErrEnrolled, ErrRemoved, and what camp.MayEnrol refuses.
func (s *Service) Wait(ctx context.Context, campID string) (Enrolment, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Enrolment{}, err
	}
	c, err := s.Camps.Get(ctx, campID)
	if err != nil {
		return Enrolment{}, err
	}
	now := s.Clock.Now()
	if err := c.MayEnrol(now); err != nil {
		return Enrolment{}, fmt.Errorf("camp %s: %w", c.ID, err)
	}
	id := ID(c.ID, actor.Member)
	had, err := s.had(ctx, id)
	if err != nil {
		return had, err
	}
	if !had.Waits() && had.State != Offered && had.State != Active {
		if free, err := s.free(ctx, c); err != nil || free {
			return had, errors.Join(err, wrap(c.ID, free, ErrSeatFree))
		}
	}
	first := Enrolment{Doc: domain.Doc{ID: id}, Camp: c.ID, Organiser: c.Organiser, Member: actor.Member, CreatedAt: now}
	if err := first.queue(now); err != nil {
		return had, err
	}
	if err = s.Store.Insert(ctx, first); err == nil || !errors.Is(err, domain.ErrExists) {
		return first, err
	}
	return s.Store.Update(ctx, id, func(e *Enrolment) error { return e.queue(now) })
}

// free reports whether there is a seat that nobody waits for.
func (s *Service) free(ctx context.Context, c camp.Camp) (bool, error) {
	taken, err := s.Seats.Value(ctx, camp.SeatCounter(c.ID))
	if err != nil || taken >= int64(c.Seats) {
		return false, err
	}
	first, _, err := s.Store.Queue(ctx, c.ID, domain.Page{Limit: 1})
	return len(first) == 0, err
}

// OfferSeats holds the camp's free seats for those who wait, in their order; once enrolment is over it lets them go. For
// jobs; one that was cut off is made again.
func (s *Service) OfferSeats(ctx context.Context, campID string) error {
	c, err := s.Camps.Get(ctx, campID)
	if err != nil {
		return err
	}
	for {
		first, _, err := s.Store.Queue(ctx, campID, domain.Page{Limit: 1})
		if err != nil || len(first) == 0 {
			return err
		}
		more, err := s.offer(ctx, c, first[0].ID)
		if err != nil || !more {
			return err
		}
	}
}

// offer sees to the first of the queue, and tells whether the next may have a chance.
func (s *Service) offer(ctx context.Context, c camp.Camp, id string) (more bool, err error) {
	now := s.Clock.Now()
	why := c.MayEnrol(now)
	if errors.Is(why, camp.ErrEnrolOver) || errors.Is(why, camp.ErrClosed) {
		_, err = s.Store.Update(ctx, id, func(e *Enrolment) error { return e.giveUp() })
		return true, err
	}
	if taken, err := s.Seats.Value(ctx, camp.SeatCounter(c.ID)); err != nil || why != nil || taken >= int64(c.Seats) {
		return false, err
	}
	if _, err = s.Store.Update(ctx, id, func(e *Enrolment) error {
		if e.State != Waiting {
			return domain.ErrSame
		}
		e.State, e.ExpiresAt = Reserving, now.Add(ReserveFor)
		return nil
	}); err != nil {
		return false, err
	}
	_, err = s.finish(ctx, c, id)
	switch {
	case errors.Is(err, camp.ErrFull):
		return false, nil
	case errors.Is(err, ErrNotEnrolled): // they have gone meanwhile
		return true, nil
	}
	return err == nil, err
}

// giveUp ends the waiting of somebody for whom there can be no seat any more.
func (e *Enrolment) giveUp() error {
	if !e.Waits() {
		return domain.ErrSame
	}
	e.State, e.QueuedAt, e.ExpiresAt = Lapsed, time.Time{}, time.Time{}
	return nil
}

// Freed counts the camp's seats anew after one was given back, and offers what is free. For jobs, after EventFreed: until
// then the seat counts as taken, so that it is never given twice.
func (s *Service) Freed(ctx context.Context, id string) error {
	e, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	if _, err := s.RecountSeats(ctx, e.Camp); err != nil {
		return err
	}
	return s.OfferSeats(ctx, e.Camp)
}

// Queued offers what is free to whoever waits. For jobs, after EventQueued.
func (s *Service) Queued(ctx context.Context, id string) error {
	e, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	return s.OfferSeats(ctx, e.Camp)
}

// Place is how a person stands to a camp.
type Place struct {
	Enrolment
	Position int64 // in the queue, 1 is the first; 0 for those who do not wait
}

// MyPlace returns how the acting person stands to the camp; the zero one if they never asked for a seat.
func (s *Service) MyPlace(ctx context.Context, campID string) (Place, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Place{}, err
	}
	e, err := s.had(ctx, ID(campID, actor.Member))
	if err != nil {
		return Place{}, err
	}
	return s.place(ctx, e)
}

func (s *Service) place(ctx context.Context, e Enrolment) (p Place, err error) {
	p.Enrolment = e
	if e.Waits() {
		p.State = Waiting
		p.Position, err = s.Store.CountQueue(ctx, e.Camp, e.QueuedAt)
		p.Position++
	}
	return p, err
}

// Waiting counts those who wait for a seat in the camp.
func (s *Service) Waiting(ctx context.Context, campID string) (int64, error) {
	return s.Store.CountQueue(ctx, campID, s.Clock.Now().Add(time.Hour))
}

// List is a camp's queue for its staff.
type List struct {
	Camp    camp.Camp
	Taken   int64
	Waiting int64
	Offers  []Enrolment // the first hundred
	Queue   []Enrolment
	Next    domain.Cursor // of the queue
}

// WaitingList returns the queue of a camp to its staff.
func (s *Service) WaitingList(ctx context.Context, campID string, page domain.Page) (l List, err error) {
	if l.Camp, err = s.Camps.ForStaff(ctx, campID, domain.RightCampView); err != nil {
		return l, err
	}
	if l.Taken, err = s.Seats.Value(ctx, camp.SeatCounter(campID)); err != nil {
		return l, err
	}
	if l.Waiting, err = s.Waiting(ctx, campID); err != nil {
		return l, err
	}
	if l.Offers, _, err = s.Store.Offers(ctx, campID, domain.Page{Limit: domain.MaxPage}); err != nil {
		return l, err
	}
	l.Queue, l.Next, err = s.Store.Queue(ctx, campID, page)
	return l, err
}
