package camp

import (
	"context"
	"errors"
	"slices"
	"time"

	"yingdi/domain"
)

// Events of a camp's way; the first three come once in its life.
const (
	EventStarted = "camp:started" // its first day has begun
	EventClosing = "camp:closing" // the last day of the last learner is over
	EventEnded   = "camp:ended"   // and so is the time for what comes late, or the camp was closed
	EventSeats   = "camp:seats"   // how many seats there are, or when they can be taken, has changed
)

// turn is one change that others hear of.
type turn struct {
	at    time.Time
	event string
}

// turns of a published camp.
func (c Camp) turns() []turn {
	last := c.LastDay()
	return []turn{
		{c.EnrolsAt(), EventSeats}, {c.EnrolUntil(), EventSeats}, {c.Calendar.Start(c.Start), EventStarted},
		{c.Calendar.End(last), EventClosing}, {c.Calendar.End(last.Add(c.Closing)), EventEnded},
	}
}

// awaits sets when the camp is next to be looked at. What is past and was not told yet is due at once.
func (c *Camp) awaits() {
	c.TurnAt = time.Time{}
	if c.State != Published {
		return
	}
	for _, t := range c.turns() {
		if c.owes(t) && (c.TurnAt.IsZero() || t.at.Before(c.TurnAt)) {
			c.TurnAt = t.at
		}
	}
}

// owes reports whether others have not heard of the turn.
func (c Camp) owes(t turn) bool {
	if t.event == EventSeats {
		return t.at.After(c.TurnedTo)
	}
	return !slices.Contains(c.Told, t.event)
}

// Turn tells what the clock has brought since it was last looked at: each change once, whoever looks and however often.
func (c *Camp) Turn(now time.Time) error {
	if c.State != Published {
		return domain.ErrSame
	}
	due := slices.DeleteFunc(c.turns(), func(t turn) bool { return t.at.After(now) || !c.owes(t) })
	slices.SortStableFunc(due, func(a, b turn) int { return a.at.Compare(b.at) })
	for _, t := range due {
		c.tell(t.event, now)
	}
	at := c.TurnAt
	c.TurnedTo = now
	if c.awaits(); len(due) == 0 && c.TurnAt.Equal(at) {
		return domain.ErrSame
	}
	return nil
}

func (c *Camp) tell(event string, now time.Time) {
	switch {
	case event == EventSeats:
	case slices.Contains(c.Told, event):
		return
	default:
		c.Told = append(c.Told, event)
	}
	c.Emit(event, now, nil)
}

// Turns lets every camp whose time has come tell what has changed. For jobs. A camp that fails does not stop the others.
func (s *Service) Turns(ctx context.Context) error {
	return domain.Round(ctx, "camp", func(page domain.Page) ([]Camp, domain.Cursor, error) {
		return s.Store.Turning(ctx, s.Clock.Now().Add(time.Microsecond), page)
	}, func(c Camp) error {
		_, err := s.Store.Update(ctx, c.ID, func(c *Camp) error { return c.Turn(s.Clock.Now()) })
		return err
	})
}

// Archive hides the camp from lists and makes it read-only. Returns ErrNotEnded while it is under way.
func (c *Camp) Archive(now time.Time) error {
	switch phase := c.Phase(now); phase {
	case PhaseArchived:
		return domain.ErrSame
	case PhaseEnded:
		if err := c.Close(now); err != nil {
			return err
		}
	case PhaseDraft, PhaseClosed:
	default:
		return ErrNotEnded
	}
	c.Archived = now
	return nil
}

// Unarchive brings it back into the lists, in the state that it had.
func (c *Camp) Unarchive() error {
	if c.Archived.IsZero() {
		return domain.ErrSame
	}
	c.Archived = time.Time{}
	return nil
}

// Archive hides a camp that is over, or that never began.
func (s *Service) Archive(ctx context.Context, id string) (Camp, error) {
	return s.shelve(ctx, id, func(c *Camp) error { return c.Archive(s.Clock.Now()) })
}

// Unarchive brings an archived camp back into the lists.
func (s *Service) Unarchive(ctx context.Context, id string) (Camp, error) {
	return s.shelve(ctx, id, (*Camp).Unarchive)
}

func (s *Service) shelve(ctx context.Context, id string, change func(*Camp) error) (Camp, error) {
	if _, err := s.ForStaff(ctx, id, domain.RightCampEdit); err != nil && !errors.Is(err, ErrArchived) {
		return Camp{}, err
	}
	return s.Store.Update(ctx, id, change)
}
