// Package enrolment is a person's place in a camp: one per person and camp, with one seat.
package enrolment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// Enrolment has the natural id camp:member.
type Enrolment struct {
	domain.Doc
	Camp      string       `json:"camp"`
	Organiser string       `json:"organiser"`
	Member    string       `json:"member"`
	State     State        `json:"state"`
	Steps     domain.Steps `json:"steps"`
	CreatedAt time.Time    `json:"created_at"`
	ActiveAt  time.Time    `json:"active_at,omitzero"`
	ExpiresAt time.Time    `json:"expires_at,omitzero"` // of a reservation that nobody finished
}

// State of an enrolment.
type State string

// reserving → active; reserving → refused (no seat), from where one can try again.
const (
	Reserving State = "reserving"
	Active    State = "active"
	Refused   State = "refused"
)

// ReserveFor is how long an unfinished reservation is left alone before the sweeper finishes it or gives it back.
const ReserveFor = 2 * time.Minute

// EventActive says that a person has got their place.
const EventActive = "enrolment:active"

// ErrNotEnrolled refuses those who have no place in the camp.
var ErrNotEnrolled = domain.Refusal(domain.KindForbidden, "not_enrolled", "你还没有报名这个训练营")

const stepSeat = "seat"

// ID of the enrolment of a person in a camp.
func ID(camp, member string) string { return domain.Key(camp, member) }

// Store keeps enrolments.
type Store interface {
	domain.Documents[Enrolment]
	domain.Many[Enrolment]
	// ByCamp lists those with a place, the earliest first.
	ByCamp(ctx context.Context, camp string, page domain.Page) ([]Enrolment, domain.Cursor, error)
	// ByMember lists the places of a person, the newest first.
	ByMember(ctx context.Context, member string, page domain.Page) ([]Enrolment, domain.Cursor, error)
	// Unfinished lists reservations that expired before the instant.
	Unfinished(ctx context.Context, before time.Time, page domain.Page) ([]Enrolment, domain.Cursor, error)
	// CountActive counts those with a place in the camp.
	CountActive(ctx context.Context, camp string) (int64, error)
}

// Seats is the bounded counter of seats.
type Seats interface {
	Add(ctx context.Context, counter, op string, delta, max int64) (int64, error)
	Undo(ctx context.Context, counter, op string) error
	Settle(ctx context.Context, counter, op string) error
	Recount(ctx context.Context, counter string, facts func(ops []string) (int64, error)) (int64, error)
}

// Camps is what this feature needs of domain/camp.
type Camps interface {
	Get(ctx context.Context, id string) (camp.Camp, error)
	ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error)
	OpenCamps(ctx context.Context, page domain.Page) ([]camp.Camp, domain.Cursor, error)
}

// Service holds the use cases.
type Service struct {
	Store Store
	Seats Seats
	Camps Camps
	Clock domain.Clock
}

// Enrol gives the acting person a place in the camp. Enrolling again returns the place they have. Returns
// camp.ErrFull when the last seat is gone.
func (s *Service) Enrol(ctx context.Context, campID string) (Enrolment, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Enrolment{}, err
	}
	c, err := s.Camps.Get(ctx, campID)
	if err != nil {
		return Enrolment{}, err
	}
	now := s.Clock.Now()
	id := ID(c.ID, actor.Member)
	if had, err := s.Store.Get(ctx, id); err == nil && had.State == Active {
		return had, nil
	} else if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return Enrolment{}, err
	}
	if err := c.MayEnrol(now); err != nil {
		return Enrolment{}, fmt.Errorf("camp %s: %w", c.ID, err)
	}
	err = s.Store.Insert(ctx, Enrolment{
		Doc: domain.Doc{ID: id}, Camp: c.ID, Organiser: c.Organiser, Member: actor.Member,
		State: Reserving, CreatedAt: now, ExpiresAt: now.Add(ReserveFor),
	})
	if errors.Is(err, domain.ErrExists) {
		_, err = s.Store.Update(ctx, id, func(e *Enrolment) error {
			if e.State != Refused {
				return domain.ErrSame
			}
			e.State, e.ExpiresAt = Reserving, now.Add(ReserveFor)
			return nil
		})
	}
	if err != nil {
		return Enrolment{}, err
	}
	return s.finish(ctx, c, id)
}

// finish takes the seat and opens the place; after a crash it goes on where it was.
func (s *Service) finish(ctx context.Context, c camp.Camp, id string) (Enrolment, error) {
	counter := camp.SeatCounter(c.ID)
	done, err := domain.RunSteps(ctx, s.Clock, s.Store, id, func(e *Enrolment) *domain.Steps { return &e.Steps },
		domain.Action[Enrolment]{
			Name: stepSeat,
			Do: func(ctx context.Context, e Enrolment) error {
				_, err := s.Seats.Add(ctx, counter, e.ID, 1, int64(c.Seats))
				return err
			},
			Then: func(e *Enrolment) error {
				e.State, e.ActiveAt, e.ExpiresAt = Active, s.Clock.Now(), time.Time{}
				e.Emit(EventActive, e.ActiveAt, nil)
				return nil
			},
		})
	if errors.Is(err, domain.ErrExhausted) {
		return s.refuse(ctx, id)
	}
	if err != nil {
		return Enrolment{}, err
	}
	return done, s.Seats.Settle(ctx, counter, id)
}

func (s *Service) refuse(ctx context.Context, id string) (Enrolment, error) {
	e, err := s.Store.Update(ctx, id, func(e *Enrolment) error {
		if e.State != Reserving {
			return domain.ErrSame
		}
		e.State, e.ExpiresAt = Refused, time.Time{}
		return nil
	})
	if err != nil {
		return e, err
	}
	return e, fmt.Errorf("enrolment %s: %w", id, camp.ErrFull)
}

// Sweep finishes the reservations that a crash left behind.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.Clock.Now()
	left, _, err := s.Store.Unfinished(ctx, now, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return err
	}
	var failures []error
	for _, e := range left {
		c, err := s.Camps.Get(ctx, e.Camp)
		if err == nil {
			_, err = s.finish(ctx, c, e.ID)
		}
		if err != nil && !errors.Is(err, camp.ErrFull) {
			failures = append(failures, fmt.Errorf("enrolment %s: %w", e.ID, err))
		}
	}
	return errors.Join(failures...)
}

// RecountSeats sets the camp's seat counter by the facts. It is right at any moment, also while people enrol: a
// remembered op counts if its enrolment is not active yet, and not twice if it is.
func (s *Service) RecountSeats(ctx context.Context, campID string) (int64, error) {
	return s.Seats.Recount(ctx, camp.SeatCounter(campID), func(ops []string) (int64, error) {
		active, err := s.Store.CountActive(ctx, campID)
		if err != nil {
			return 0, err
		}
		underway, err := s.Store.GetMany(ctx, ops)
		if err != nil {
			return 0, err
		}
		for _, id := range ops {
			if underway[id].State != Active {
				active++
			}
		}
		return active, nil
	})
}

// RecountAll recounts the seats of every published camp. For jobs. A camp that fails does not stop the others.
func (s *Service) RecountAll(ctx context.Context) error {
	var failures []error
	for page := (domain.Page{Limit: domain.MaxPage}); ; {
		camps, next, err := s.Camps.OpenCamps(ctx, page)
		if err != nil {
			return errors.Join(append(failures, err)...)
		}
		for _, c := range camps {
			if _, err := s.RecountSeats(ctx, c.ID); err != nil {
				failures = append(failures, fmt.Errorf("seats of camp %s: %w", c.ID, err))
			}
		}
		if next == "" {
			return errors.Join(failures...)
		}
		page.After = next
	}
}

// Require returns the acting person's place in the camp, or ErrNotEnrolled.
func (s *Service) Require(ctx context.Context, campID string) (Enrolment, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Enrolment{}, err
	}
	e, err := s.Store.Get(ctx, ID(campID, actor.Member))
	if errors.Is(err, domain.ErrNotFound) || err == nil && e.State != Active {
		return Enrolment{}, fmt.Errorf("camp %s: %w", campID, ErrNotEnrolled)
	}
	return e, err
}

// Mine lists the acting person's places.
func (s *Service) Mine(ctx context.Context, page domain.Page) ([]Enrolment, domain.Cursor, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return nil, "", err
	}
	return s.Store.ByMember(ctx, actor.Member, page)
}

// OfCamp lists a camp's learners to its staff.
func (s *Service) OfCamp(ctx context.Context, campID string, page domain.Page) ([]Enrolment, domain.Cursor, error) {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightCampView); err != nil {
		return nil, "", err
	}
	return s.Store.ByCamp(ctx, campID, page)
}

// OfMember returns the place of one learner to the camp's staff.
func (s *Service) OfMember(ctx context.Context, campID, member string) (Enrolment, error) {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightCampView); err != nil {
		return Enrolment{}, err
	}
	return s.Store.Get(ctx, ID(campID, member))
}
