package privacy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/member"
)

// Deletion is a person's wish to be forgotten. Its id is the member's, so there is one; it stays as the record of what
// was done.
type Deletion struct {
	domain.Doc
	State  State        `json:"state"`
	Cause  Cause        `json:"cause"`
	At     time.Time    `json:"at"`              // when it was asked for
	DueAt  time.Time    `json:"due_at,omitzero"` // when time takes it on
	DoneAt time.Time    `json:"done_at,omitzero"`
	Steps  domain.Steps `json:"steps,omitempty"`
	Audit  []Change     `json:"audit,omitempty"` // the newest last
}

// State of a deletion.
type State string

// asked → cancelled → asked; asked → running → settling → done; asked → held (the person is staff) → running. From
// running on there is no way back. Settling looks once more, a day later, for what was on its way meanwhile.
const (
	Asked     State = "asked"
	Cancelled State = "cancelled"
	Held      State = "held"
	Running   State = "running"
	Settling  State = "settling"
	Done      State = "done"
)

// States lists them.
var States = []State{Held, Asked, Running, Settling, Done, Cancelled}

// Cause of a deletion.
type Cause string

// The causes.
const (
	ByPerson   Cause = "person"
	ByWeChat   Cause = "wechat" // the person withdrew their authorisation there, or closed their account
	ByOperator Cause = "operator"
)

// Change is one line of the audit.
type Change struct {
	To State     `json:"to"`
	By string    `json:"by,omitempty"` // member id; empty for the system
	At time.Time `json:"at"`
}

// Events of a deletion.
const (
	EventRunning   = "privacy:running"   // it is to be carried on
	EventForgotten = "privacy:forgotten" // everything that was there is gone
)

// How long things wait.
const (
	Grace       = 7 * 24 * time.Hour // in which a person can change their mind
	SettleAfter = 24 * time.Hour
	maxAudit    = 50
)

// DeletionStore keeps deletions.
type DeletionStore interface {
	domain.Documents[Deletion]
	// Due lists those that time is to take on before the instant.
	Due(ctx context.Context, before time.Time, page domain.Page) ([]Deletion, domain.Cursor, error)
	// InState lists those in a state, the newest first.
	InState(ctx context.Context, state State, page domain.Page) ([]Deletion, domain.Cursor, error)
}

func (d *Deletion) move(to State, by string, now, due time.Time) {
	d.State, d.DueAt = to, due
	d.Audit = append(d.Audit, Change{to, by, now})
	if extra := len(d.Audit) - maxAudit; extra > 0 {
		d.Audit = d.Audit[extra:]
	}
	if to == Running {
		d.Emit(EventRunning, now, nil)
	}
}

// over reports whether nothing can stop it any more.
func (d Deletion) over() bool { return d.State == Running || d.State == Settling || d.State == Done }

// ask begins a wish, or hastens one that waits.
func (d *Deletion) ask(cause Cause, by string, now, due time.Time) error {
	if d.over() || (d.State == Asked || d.State == Held) && !due.Before(d.DueAt) {
		return domain.ErrSame
	}
	d.Cause, d.At = cause, now
	d.move(Asked, by, now, due)
	return nil
}

// cancel takes the wish back. What WeChat or an operator asked for is not the person's to cancel.
func (d *Deletion) cancel(by string, now time.Time) error {
	switch {
	case d.over():
		return ErrUnderWay
	case d.State == Cancelled:
		return domain.ErrSame
	case d.Cause != ByPerson:
		return ErrNoWish
	}
	d.move(Cancelled, by, now, time.Time{})
	return nil
}

// carryOn is what time does: the wish begins, or is held while the person is staff, or looks once more.
func (d *Deletion) carryOn(staff bool, by string, now time.Time) error {
	switch {
	case d.State == Settling && !now.Before(d.DueAt), d.State == Asked && !now.Before(d.DueAt) && !staff, d.State == Held && !staff:
		d.move(Running, by, now, time.Time{})
	case d.State == Asked && !now.Before(d.DueAt):
		d.move(Held, by, now, time.Time{})
	default:
		return domain.ErrSame
	}
	return nil
}

// AskDeletion asks for the acting person's own account to be deleted after the grace. Again changes nothing. Returns
// ErrStaff to those who hold a role.
func (s *Service) AskDeletion(ctx context.Context) (Deletion, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Deletion{}, err
	}
	m, err := s.Members.Get(ctx, actor.Member)
	if err != nil {
		return Deletion{}, err
	}
	if len(m.Grants) > 0 {
		return Deletion{}, ErrStaff
	}
	return s.ask(ctx, actor.Member, ByPerson, s.Clock.Now().Add(Grace))
}

func (s *Service) ask(ctx context.Context, id string, cause Cause, due time.Time) (Deletion, error) {
	by, now := domain.ActorFrom(ctx).Member, s.Clock.Now()
	change := func(d *Deletion) error { return d.ask(cause, by, now, due) }
	kept, err := s.Deletions.Update(ctx, id, change)
	if !errors.Is(err, domain.ErrNotFound) {
		return kept, err
	}
	fresh := Deletion{Doc: domain.Doc{ID: id}}
	if err := change(&fresh); err != nil {
		return fresh, err
	}
	if err = s.Deletions.Insert(ctx, fresh); errors.Is(err, domain.ErrExists) {
		return s.Deletions.Update(ctx, id, change)
	}
	return fresh, err
}

// CancelDeletion takes the acting person's wish back. Returns ErrNoWish or ErrUnderWay.
func (s *Service) CancelDeletion(ctx context.Context) (Deletion, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Deletion{}, err
	}
	d, err := s.Deletions.Update(ctx, actor.Member, func(d *Deletion) error { return d.cancel(actor.Member, s.Clock.Now()) })
	if errors.Is(err, domain.ErrNotFound) {
		err = ErrNoWish
	}
	return d, err
}

// MyDeletion returns the acting person's wish, or domain.ErrNotFound.
func (s *Service) MyDeletion(ctx context.Context) (Deletion, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Deletion{}, err
	}
	return s.Deletions.Get(ctx, actor.Member)
}

// Revoked acts on WeChat's word that a person withdrew their authorisation: their data is deleted at once. Somebody
// unknown has nothing here. Whom it is about is known by openid only to WeChat and to us.
func (s *Service) Revoked(ctx context.Context, openID string) error {
	id, err := s.Members.ByOpenID(ctx, openID)
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.now(ctx, id, ByWeChat)
}

// Remove deletes somebody's account at once, for an operator.
func (s *Service) Remove(ctx context.Context, id string) error {
	if err := domain.ActorFrom(ctx).Must(domain.RightOperate, domain.Place{}); err != nil {
		return err
	}
	if _, err := s.Members.Get(ctx, id); err != nil {
		return err
	}
	return s.now(ctx, id, ByOperator)
}

func (s *Service) now(ctx context.Context, id string, cause Cause) error {
	if _, err := s.ask(ctx, id, cause, s.Clock.Now()); err != nil {
		return err
	}
	return s.carryOn(ctx, id)
}

// Proceed goes on with a deletion that was held, once the person is no longer staff. Returns ErrStaff while they are.
func (s *Service) Proceed(ctx context.Context, id string) error {
	if err := domain.ActorFrom(ctx).Must(domain.RightOperate, domain.Place{}); err != nil {
		return err
	}
	if err := s.carryOn(ctx, id); err != nil {
		return err
	}
	d, err := s.Deletions.Get(ctx, id)
	if err == nil && d.State == Held {
		err = ErrStaff
	}
	return err
}

func (s *Service) carryOn(ctx context.Context, id string) error {
	m, err := s.Members.Get(ctx, id)
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	by := domain.ActorFrom(ctx).Member
	_, err = s.Deletions.Update(ctx, id, func(d *Deletion) error { return d.carryOn(len(m.Grants) > 0, by, s.Clock.Now()) })
	return err
}

// Sweep takes on what is due. One that fails does not stop the others. For jobs.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.Clock.Now()
	return errors.Join(domain.Round(ctx, "deletion", func(page domain.Page) ([]Deletion, domain.Cursor, error) {
		return s.Deletions.Due(ctx, now.Add(time.Microsecond), page)
	}, func(d Deletion) error { return s.carryOn(ctx, d.ID) }), s.sweepDownloads(ctx))
}

// Erase forgets a person, collection by collection, and goes on where it was interrupted. For jobs, after EventRunning.
func (s *Service) Erase(ctx context.Context, id string) error {
	d, err := s.Deletions.Get(ctx, id)
	if err != nil || d.State != Running {
		return err
	}
	again := d.Steps.Done("end")
	prefix := ""
	if again {
		prefix = "again "
	}
	actions := []domain.Action[Deletion]{{Name: prefix + "close", Do: func(ctx context.Context, d Deletion) error { return s.Members.Close(ctx, d.ID) }}}
	for _, holder := range s.Holders {
		actions = append(actions, domain.Action[Deletion]{
			Name: prefix + holder.Name(), Do: func(ctx context.Context, d Deletion) error { return holder.Forget(ctx, d.ID) },
		})
	}
	actions = append(actions, domain.Action[Deletion]{Name: prefix + "end", Then: func(d *Deletion) error {
		now := s.Clock.Now()
		d.Emit(EventForgotten, now, nil)
		if !again {
			d.move(Settling, "", now, now.Add(SettleAfter))
			return nil
		}
		d.move(Done, "", now, time.Time{})
		d.DoneAt = now
		return nil
	}})
	if _, err := domain.RunSteps(ctx, s.Clock, s.Deletions, id, func(d *Deletion) *domain.Steps { return &d.Steps }, actions...); err != nil {
		return fmt.Errorf("deletion: %w", err)
	}
	return nil
}

// Wish is a deletion with what is left of whom it is about.
type Wish struct {
	Deletion
	Who member.Card
	By  map[string]member.Card // of the audit
}

// Wishes lists deletions in a state to the platform's admins, the newest first.
func (s *Service) Wishes(ctx context.Context, state State, page domain.Page) ([]Wish, domain.Cursor, error) {
	if err := domain.ActorFrom(ctx).Must(domain.RightOperate, domain.Place{}); err != nil {
		return nil, "", err
	}
	if !slices.Contains(States, state) {
		return nil, "", domain.ErrInvalid.On("state")
	}
	list, next, err := s.Deletions.InState(ctx, state, page)
	if err != nil {
		return nil, "", err
	}
	var people []string
	for _, d := range list {
		people = append(people, d.ID)
		for _, c := range d.Audit {
			people = append(people, c.By)
		}
	}
	cards, err := s.Members.Cards(ctx, people)
	wishes := make([]Wish, len(list))
	for i, d := range list {
		wishes[i] = Wish{d, cards[d.ID], cards}
	}
	return wishes, next, err
}
