package enrolment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// end ends a stay, an offer or the waiting; what was answered at enrolment goes, what was handed in stays.
func (e *Enrolment) end(how State, by string, now time.Time) error {
	switch {
	case e.State == how || how == Left && e.State == Removed:
		return domain.ErrSame
	case e.State == Reserving: // a seat is just being taken
		return domain.ErrConflict
	case e.Order != "" && (e.State == Active || e.State == Held):
		return ErrOrdered
	case e.State != Active && e.State != Offered && e.State != Waiting && e.State != Held:
		return ErrGone
	}
	if e.Seated() {
		e.Emit(EventFreed, now, nil)
	}
	if e.State == Active {
		e.StayedTo = now
	}
	e.State, e.EndedAt, e.EndedBy, e.Reply, e.ExpiresAt, e.QueuedAt = how, now, by, nil, time.Time{}, time.Time{}
	return nil
}

// Leave gives back the acting person's seat, their offer, or their place in the queue; again changes nothing. Returns
// camp.ErrClosed once the camp is over, ErrNotEnrolled, and ErrOrdered of a seat that was paid for.
func (s *Service) Leave(ctx context.Context, campID string) (Enrolment, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Enrolment{}, err
	}
	c, err := s.Camps.Get(ctx, campID)
	if err != nil {
		return Enrolment{}, err
	}
	now := s.Clock.Now()
	switch c.Phase(now) {
	case camp.PhaseClosing, camp.PhaseEnded, camp.PhaseClosed, camp.PhaseArchived:
		return Enrolment{}, fmt.Errorf("camp %s: %w", campID, camp.ErrClosed)
	}
	had, err := s.had(ctx, ID(campID, actor.Member))
	if err == nil {
		err = s.giveUp(ctx, had)
	}
	if err != nil {
		return Enrolment{}, fmt.Errorf("camp %s: %w", campID, err)
	}
	e, err := s.Store.Update(ctx, ID(campID, actor.Member), func(e *Enrolment) error { return e.end(Left, actor.Member, now) })
	if errors.Is(err, domain.ErrNotFound) || errors.Is(err, ErrGone) {
		err = fmt.Errorf("camp %s: %w", campID, ErrNotEnrolled)
	}
	return e, err
}

// Remove takes a learner out of the camp, or out of its queue, for its staff; again changes nothing. Returns ErrOrdered of a
// seat that was paid for.
func (s *Service) Remove(ctx context.Context, campID, member string) (Enrolment, error) {
	freed := false
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit); err != nil {
		return Enrolment{}, err
	}
	had, err := s.had(ctx, ID(campID, member))
	if err == nil && had.Order != "" {
		err, freed = s.giveUp(ctx, had), true
	}
	if err != nil {
		return had, fmt.Errorf("camp %s: %w", campID, err)
	}
	return s.change(ctx, campID, member, func(e *Enrolment, by string, now time.Time) error {
		if freed && e.State == Left { // with the order
			e.State, e.EndedAt, e.EndedBy = Removed, now, by
			return nil
		}
		return e.end(Removed, by, now)
	})
}

// Readmit lets somebody who was removed, or came and went too often, enrol again; it gives them no seat.
func (s *Service) Readmit(ctx context.Context, campID, member string) (Enrolment, error) {
	return s.change(ctx, campID, member, func(e *Enrolment, by string, now time.Time) error {
		switch {
		case e.State == Left && e.Forgiven == e.Again:
			return domain.ErrSame
		case e.State != Left && e.State != Removed:
			return ErrEnrolled
		}
		e.State, e.EndedAt, e.EndedBy, e.Forgiven = Left, now, by, e.Again
		return nil
	})
}

func (s *Service) change(ctx context.Context, campID, member string, change func(e *Enrolment, by string, now time.Time) error) (Enrolment, error) {
	c, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit)
	if err != nil {
		return Enrolment{}, err
	}
	if !c.Archived.IsZero() {
		return Enrolment{}, fmt.Errorf("camp %s: %w", campID, camp.ErrArchived)
	}
	now := s.Clock.Now()
	return s.Store.Update(ctx, ID(campID, member), func(e *Enrolment) error { return change(e, domain.ActorFrom(ctx).Member, now) })
}
