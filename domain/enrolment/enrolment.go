// Package enrolment is a person's place in a camp: one per person and camp, with one seat.
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

// Enrolment has the natural id camp:member.
type Enrolment struct {
	domain.Doc
	Camp      string       `json:"camp"`
	Organiser string       `json:"organiser"`
	Member    string       `json:"member"`
	State     State        `json:"state"`
	Steps     domain.Steps `json:"steps"`
	Reply     *form.Reply  `json:"reply,omitempty"` // to what the camp asked at enrolment
	CreatedAt time.Time    `json:"created_at"`
	ActiveAt  time.Time    `json:"active_at,omitzero"`
	Shift     int          `json:"shift,omitempty"`     // days by which the camp's plan comes later for this person
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

// In returns the camp of the enrolment on the person's own calendar.
func (e Enrolment) In(c camp.Camp) camp.Own { return c.For(e.Shift, e.ActiveAt) }

// ReserveFor is how long an unfinished reservation is left alone before the sweeper finishes it or gives it back.
const ReserveFor = 2 * time.Minute

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
	Stamp(ctx context.Context, counter, op string) (int64, error)
	Add(ctx context.Context, counter, op string, stamp, delta, max int64) (int64, error)
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

// Forms is what this feature needs of domain/form.
type Forms interface {
	Reply(ctx context.Context, camp, enrolment string, g form.Given) (*form.Reply, error)
	Open(ctx context.Context, camp, enrolment string, r *form.Reply, all bool) ([]form.Asked, error)
}

// Service holds the use cases.
type Service struct {
	Store Store
	Seats Seats
	Camps Camps
	Forms Forms
	Clock domain.Clock
}

// Enrol is EnrolWith for a camp that asks nothing.
func (s *Service) Enrol(ctx context.Context, campID string) (Enrolment, error) {
	return s.EnrolWith(ctx, campID, form.Given{})
}

// EnrolWith gives the acting person a place in the camp, with what they answered to what it asks. Enrolling again returns
// the place they have. Returns camp.ErrFull when the last seat is gone, and what form.Version.Check refuses.
func (s *Service) EnrolWith(ctx context.Context, campID string, given form.Given) (Enrolment, error) {
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
	reply, err := s.Forms.Reply(ctx, c.ID, id, given)
	if err != nil {
		return Enrolment{}, fmt.Errorf("enrolment %s: %w", id, err)
	}
	err = s.Store.Insert(ctx, Enrolment{
		Doc: domain.Doc{ID: id}, Camp: c.ID, Organiser: c.Organiser, Member: actor.Member,
		State: Reserving, Reply: reply, CreatedAt: now, ExpiresAt: now.Add(ReserveFor),
	})
	if errors.Is(err, domain.ErrExists) {
		_, err = s.Store.Update(ctx, id, func(e *Enrolment) error {
			if e.State != Refused {
				return domain.ErrSame
			}
			e.State, e.Reply, e.ExpiresAt = Reserving, reply, now.Add(ReserveFor)
			return nil
		})
	}
	if err != nil {
		return Enrolment{}, err
	}
	return s.finish(ctx, c, id)
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
	done, err := domain.RunSteps(ctx, s.Clock, s.Store, id, func(e *Enrolment) *domain.Steps { return &e.Steps },
		domain.Action[Enrolment]{
			Name: stepSeat,
			Do: func(ctx context.Context, e Enrolment) error {
				_, err := s.Seats.Add(ctx, counter, e.ID, stamp, 1, int64(c.Seats))
				return err
			},
			Then: func(e *Enrolment) error {
				now := s.Clock.Now()
				e.State, e.ActiveAt, e.Shift, e.ExpiresAt = Active, now, c.Shift(now), time.Time{}
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
		e.State, e.Reply, e.ExpiresAt = Refused, nil, time.Time{} // whoever has no place has told us nothing
		return nil
	})
	if err != nil || e.State == Active { // somebody else got the seat for them in the meantime
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
