package checkin

import (
	"context"
	"fmt"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// Submission is what was handed in before, as it was. It is never changed.
type Submission struct {
	Version int       `json:"version"` // of the check-in at that time
	Text    string    `json:"text"`
	Media   []string  `json:"media,omitempty"`
	At      time.Time `json:"at"`
}

// maxSubmissions of one check-in, the newest included.
const maxSubmissions = 30

// Turn says for the how manieth time something waits for a review.
type Turn string

// The turns.
const (
	TurnFirst    Turn = "first"    // a check-in
	TurnHomework Turn = "homework" // a homework that was not returned yet
	TurnRedo     Turn = "redo"     // handed in again, because a teacher has returned it
)

// Turns that there are.
var Turns = []Turn{TurnFirst, TurnHomework, TurnRedo}

// Turn of the check-in in the review queue.
func (c Checkin) Turn() Turn {
	switch {
	case c.Redos > 0:
		return TurnRedo
	case c.Homework:
		return TurnHomework
	}
	return TurnFirst
}

// HandedAt is since when it has been waiting for a review. Edits do not put it back.
func (c Checkin) HandedAt() time.Time {
	if c.Redos > 0 {
		return c.RedoneAt
	}
	return c.SubmittedAt
}

// Waits reports whether it is in the review queue.
func (c Checkin) Waits() bool { return !c.Reviewed && c.Counts() }

// keep puts what the check-in says now among the earlier submissions.
func (c *Checkin) keep() error {
	if len(c.Submissions) >= maxSubmissions-1 {
		return ErrTooOften
	}
	at := c.HandedAt()
	if c.EditedAt.After(at) {
		at = c.EditedAt
	}
	c.Submissions = append(c.Submissions, Submission{c.Version, c.Text, slices.Clone(c.Media), at})
	return nil
}

// Resubmit hands in once more, after the return of what was handed in for the nth time again; what was there before is
// kept. Returns domain.ErrConflict if that has happened already, ErrTaken if a person has hidden it.
func (c *Checkin) Resubmit(f Form, n int, now time.Time) error {
	switch {
	case c.State == Deleted:
		return domain.ErrNotFound
	case c.State == Rejected:
		return ErrTaken
	case c.Redos != n:
		return domain.ErrConflict
	}
	if err := c.keep(); err != nil {
		return err
	}
	c.fill(f)
	c.Redos++
	c.RedoneAt, c.EditedAt, c.Reviewed = now, now, false
	c.Emit(EventEdited, now, nil)
	return nil
}

// Resubmit hands the acting learner's check-in in once more after its nth return. Whether it was returned is
// domain/review's to know. Returns camp.ErrClosed, media.ErrUnusable and what Checkin.Resubmit returns.
func (s *Service) Resubmit(ctx context.Context, id string, f Form, n int) (Checkin, error) {
	c, err := s.own(ctx, id)
	if err != nil {
		return Checkin{}, err
	}
	if err := f.Check(); err != nil {
		return Checkin{}, err
	}
	in, err := s.Camps.Get(ctx, c.Camp)
	if err != nil {
		return Checkin{}, err
	}
	if in.State == camp.Closed {
		return Checkin{}, fmt.Errorf("check-in %s: %w", id, camp.ErrClosed)
	}
	if err := s.usable(ctx, c, f); err != nil {
		return Checkin{}, err
	}
	if err := s.chosen(ctx, c.Camp, f, c.Chosen); err != nil {
		return Checkin{}, err
	}
	return s.Store.Update(ctx, id, func(c *Checkin) error { return c.Resubmit(f, n, s.Clock.Now()) })
}

// usable checks the files that the check-in has not had before.
func (s *Service) usable(ctx context.Context, c Checkin, f Form) error {
	had := slices.Clone(c.Media)
	for _, earlier := range c.Submissions {
		had = append(had, earlier.Media...)
	}
	fresh := slices.DeleteFunc(slices.Clone(f.Media), func(m string) bool { return slices.Contains(had, m) })
	return s.Media.Usable(ctx, c.Member, fresh)
}

// Waiting says which of the check-ins that wait for a review are asked for: those of one camp, or of all camps of an
// organiser.
type Waiting struct {
	Organiser string // of all its camps, if Camp is empty
	Camp      string
	Task      string    // within the camp; empty: any
	Turn      Turn      // within the camp; empty: any
	Before    time.Time // handed in before; zero: at any time
}

// Waiting lists what waits for a review, the longest first. Whoever calls it has checked who asks.
func (s *Service) Waiting(ctx context.Context, w Waiting, page domain.Page) ([]Checkin, domain.Cursor, error) {
	return s.Store.Queue(ctx, w, page)
}

// CountWaiting counts what waits for a review. Whoever calls it has checked who asks.
func (s *Service) CountWaiting(ctx context.Context, w Waiting) (int64, error) {
	return s.Store.CountQueue(ctx, w)
}

// History lists what was handed in before the check-in's present version, the oldest first, to its author and to staff.
func (s *Service) History(ctx context.Context, id string) ([]Entry, error) {
	c, all, err := s.visible(ctx, id)
	if err != nil {
		return nil, err
	}
	if !all {
		return nil, fmt.Errorf("check-in %s: %w", id, domain.ErrNotFound)
	}
	earlier := make([]Checkin, len(c.Submissions))
	for i, h := range c.Submissions {
		earlier[i] = c
		earlier[i].Version, earlier[i].Text, earlier[i].Media, earlier[i].SubmittedAt = h.Version, h.Text, h.Media, h.At
		earlier[i].EditedAt, earlier[i].Redos = time.Time{}, 0
	}
	return s.entries(ctx, earlier, true)
}
