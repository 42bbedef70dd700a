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
	ExpiresAt time.Time    `json:"expires_at,omitzero"` // of a reservation that nobody finished, or of an offer
	QueuedAt  time.Time    `json:"queued_at,omitzero"`  // while the person waits for a seat, or one is offered to them
	EndedAt   time.Time    `json:"ended_at,omitzero"`   // when the last stay ended
	EndedBy   string       `json:"ended_by,omitempty"`  // who ended it
	Order     string       `json:"order,omitempty"`     // that holds or paid for the place
	StayedTo  time.Time    `json:"stayed_to,omitzero"`  // when the stay that began at ActiveAt ended
	Again     int          `json:"again,omitempty"`     // how often the person has asked for a seat after the first time
	Forgiven  int          `json:"forgiven,omitempty"`  // how many of these staff do not hold against them
}

// State of an enrolment.
type State string

// reserving → active | refused (no seat), from where one can try again; with an order reserving → held → active. waiting → reserving → offered → active, in the
// order of the queue; an offer that nobody takes up in time → lapsed. Whoever goes is left, or removed by staff; the seat
// is free again, and those who left may come back.
const (
	Reserving State = "reserving"
	Active    State = "active"
	Refused   State = "refused"
	Waiting   State = "waiting" // in the queue for a seat
	Held      State = "held"    // a seat waits for its order to be paid
	Offered   State = "offered" // holds a seat until ExpiresAt, to take up by enrolling
	Lapsed    State = "lapsed"  // did not take up an offer, or waited until enrolment was over
	Left      State = "left"
	Removed   State = "removed" // by staff; may come back only once they say so
)

// Events of this feature.
const (
	EventQueued  = "enrolment:queued"  // somebody waits for a seat
	EventOffered = "enrolment:offered" // a seat is held for somebody who waited
	EventFreed   = "enrolment:freed"   // a seat was given back
	EventEntered = "enrolment:entered" // a stay began
)

// Limits.
const (
	OfferFor = 24 * time.Hour // how long a seat is held for somebody who waited
	MaxAgain = 20             // how often one person can ask for a seat in a camp after the first time
)

// Stayed returns the days of the last stay, from the first to before the second, which is empty while it lasts. It reports
// false if there never was one.
func (e Enrolment) Stayed(in domain.Calendar) (from, to domain.Day, ok bool) {
	if e.ActiveAt.IsZero() {
		return "", "", false
	}
	from = in.Day(e.ActiveAt)
	if e.State == Active {
		return from, "", true
	}
	until := e.StayedTo
	if until.IsZero() { // it ended before this was noted
		until = e.EndedAt
	}
	if until.Before(e.ActiveAt) {
		return from, from, true
	}
	return from, in.Day(until), true
}

// In returns the camp of the enrolment on the person's own calendar.
func (e Enrolment) In(c camp.Camp) camp.Own { return c.For(e.Shift, e.ActiveAt) }

// ReserveFor is how long an unfinished reservation is left alone before the sweeper finishes it or gives it back.
const ReserveFor = 2 * time.Minute

// The refusals of this feature.
var (
	ErrNotEnrolled = domain.Refusal(domain.KindForbidden, "not_enrolled", "你还没有报名这个训练营")
	ErrEnrolled    = domain.Refusal(domain.KindConflict, "already_enrolled", "你已经报名了")
	ErrQueue       = domain.Refusal(domain.KindConflict, "camp_full", "名额已满，前面还有人在候补；你也可以候补，有名额会通知你")
	ErrWaiting     = domain.Refusal(domain.KindConflict, "enrolment_waiting", "你正在候补，有名额会通知你")
	ErrSeatFree    = domain.Refusal(domain.KindConflict, "seat_free", "还有名额，可以直接报名")
	ErrOfferOver   = domain.Refusal(domain.KindConflict, "offer_over", "这个名额没有及时确认，已经让给下一位；可以重新候补")
	ErrRemoved     = domain.Refusal(domain.KindForbidden, "enrolment_removed", "你已被移出这个训练营，请联系老师")
	ErrTooOften    = domain.Refusal(domain.KindConflict, "enrolment_too_often", "你已多次报名又退出，请联系老师")
	ErrGone        = domain.Refusal(domain.KindConflict, "enrolment_gone", "这位学员已经不在训练营里")
)

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
	// Unfinished lists reservations and offers that expired before the instant.
	Unfinished(ctx context.Context, before time.Time, page domain.Page) ([]Enrolment, domain.Cursor, error)
	// CountSeated counts those who hold a seat of the camp.
	CountSeated(ctx context.Context, camp string) (int64, error)
	// Queue lists those who wait for a seat in the camp, the first first.
	Queue(ctx context.Context, camp string, page domain.Page) ([]Enrolment, domain.Cursor, error)
	// CountQueue counts those who wait since before the instant.
	CountQueue(ctx context.Context, camp string, before time.Time) (int64, error)
	// Offers lists those whom a seat of the camp is held for, the one that ends first first.
	Offers(ctx context.Context, camp string, page domain.Page) ([]Enrolment, domain.Cursor, error)
}

// Seats is the bounded counter of seats.
type Seats interface {
	Value(ctx context.Context, counter string) (int64, error)
	Stamp(ctx context.Context, counter, op string) (int64, error)
	Add(ctx context.Context, counter, op string, stamp, delta, max int64) (int64, error)
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
	Store  Store
	Seats  Seats
	Camps  Camps
	Forms  Forms
	Prices Prices
	Orders Orders
	Clock  domain.Clock
}

// Enrol is EnrolWith for a camp that asks nothing.
func (s *Service) Enrol(ctx context.Context, campID string) (Enrolment, error) {
	return s.EnrolWith(ctx, campID, form.Given{})
}

// EnrolWith gives the acting person a place in the camp, with what they answered to what it asks: the seat that is offered
// to them, or a free one that nobody waits for. Enrolling again returns the place they have. Returns camp.ErrFull when the
// last seat is gone, ErrQueue when others wait, ErrWaiting, ErrOfferOver, ErrRemoved, and what form.Version.Check refuses.
func (s *Service) EnrolWith(ctx context.Context, campID string, given form.Given) (Enrolment, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Enrolment{}, err
	}
	c, err := s.Camps.Get(ctx, campID)
	if err != nil {
		return Enrolment{}, err
	}
	id := ID(c.ID, actor.Member)
	had, err := s.had(ctx, id)
	if err != nil || had.State == Active {
		return had, err
	}
	costs, err := s.Prices.Costs(ctx, c.ID)
	if err != nil || costs {
		return had, errors.Join(err, wrap(c.ID, costs, ErrOrder))
	}
	return s.enrol(ctx, c, had, actor.Member, "", given)
}

// enrol gives a person who had no place one, or holds it for their order.
func (s *Service) enrol(ctx context.Context, c camp.Camp, had Enrolment, member, order string, given form.Given) (Enrolment, error) {
	now, id := s.Clock.Now(), ID(c.ID, member)
	if err := c.MayEnrol(now); err != nil {
		return Enrolment{}, fmt.Errorf("camp %s: %w", c.ID, err)
	}
	if err := had.mayAsk(now); err != nil {
		return had, fmt.Errorf("enrolment %s: %w", id, err)
	}
	if had.QueuedAt.IsZero() && had.State != Reserving {
		if first, _, err := s.Store.Queue(ctx, c.ID, domain.Page{Limit: 1}); err != nil || len(first) > 0 {
			return had, errors.Join(err, wrap(c.ID, len(first) > 0, ErrQueue))
		}
	}
	reply, err := s.Forms.Reply(ctx, c.ID, id, given)
	if err != nil {
		return Enrolment{}, fmt.Errorf("enrolment %s: %w", id, err)
	}
	if had.State == Offered {
		return s.Store.Update(ctx, id, func(e *Enrolment) error { return e.accept(c, reply, order, now) })
	}
	if err := s.ask(ctx, c, member, order, reply); err != nil {
		return Enrolment{}, err
	}
	return s.finish(ctx, c, id)
}

// had is the person's enrolment, or the zero one.
func (s *Service) had(ctx context.Context, id string) (Enrolment, error) {
	e, err := s.Store.Get(ctx, id)
	if errors.Is(err, domain.ErrNotFound) {
		err = nil
	}
	return e, err
}

// wrap is the refusal if it applies.
func wrap(campID string, applies bool, refusal error) error {
	if !applies {
		return nil
	}
	return fmt.Errorf("camp %s: %w", campID, refusal)
}

// mayAsk says why the person cannot get a seat now whatever there is, or nil.
func (e Enrolment) mayAsk(now time.Time) error {
	switch {
	case e.State == Removed:
		return ErrRemoved
	case e.Waits():
		return ErrWaiting
	case e.State == Offered && !now.Before(e.ExpiresAt):
		return ErrOfferOver
	case e.over() && e.Again-e.Forgiven >= MaxAgain:
		return ErrTooOften
	}
	return nil
}

// Waits reports whether the person is in the queue, be it that a seat is just being taken for them.
func (e Enrolment) Waits() bool {
	return e.State == Waiting || e.State == Reserving && !e.QueuedAt.IsZero()
}

// over reports whether an earlier attempt, or an earlier stay, has ended.
func (e Enrolment) over() bool { return e.State == Lapsed || e.State == Left }

// ask notes that the person wants a seat.
func (s *Service) ask(ctx context.Context, c camp.Camp, member, order string, reply *form.Reply) error {
	now := s.Clock.Now()
	id := ID(c.ID, member)
	err := s.Store.Insert(ctx, Enrolment{
		Doc: domain.Doc{ID: id}, Camp: c.ID, Organiser: c.Organiser, Member: member,
		State: Reserving, Order: order, Reply: reply, CreatedAt: now, ExpiresAt: now.Add(ReserveFor),
	})
	if !errors.Is(err, domain.ErrExists) {
		return err
	}
	_, err = s.Store.Update(ctx, id, func(e *Enrolment) error {
		switch {
		case e.over():
			e.Again++
		case e.State != Refused:
			return domain.ErrSame
		}
		e.State, e.Order, e.Reply, e.ExpiresAt = Reserving, order, reply, now.Add(ReserveFor)
		return nil
	})
	return err
}
