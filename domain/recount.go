package domain

import (
	"context"
	"time"
)

// Recount says when numbers are to be counted anew from many facts that change often: soon after the first change, once for
// all that come meanwhile. Embed it beside the numbers.
type Recount struct {
	CountedAt time.Time `json:"counted_at,omitzero"`
	DueAt     time.Time `json:"due_at,omitzero"`
	Counting  bool      `json:"counting,omitempty"`
	Again     bool      `json:"again,omitempty"` // something changed while it was being counted
}

// Times of counting.
const (
	recountSoon  = 15 * time.Second // so that what comes together is counted together
	recountLease = 10 * time.Minute
)

// Ask says that something changed.
func (r *Recount) Ask(now time.Time) error {
	switch {
	case r.Counting && !r.Again:
		r.Again = true
	case !r.Counting && r.DueAt.IsZero():
		r.DueAt = now.Add(recountSoon)
	default:
		return ErrSame
	}
	return nil
}

// Begin takes the count up, also from a process that died over it.
func (r *Recount) Begin(now time.Time) error {
	if r.DueAt.IsZero() || now.Before(r.DueAt) {
		return ErrSame
	}
	r.Counting, r.Again, r.DueAt = true, false, now.Add(recountLease)
	return nil
}

// Finish notes that the numbers are there, of the count whose Due was that once it had begun. One whose lease ran out and
// that somebody else took up is refused with ErrSame: its numbers may be older than those that stand.
func (r *Recount) Finish(due, now time.Time) error {
	if !r.Counting || !r.DueAt.Equal(due) {
		return ErrSame
	}
	r.CountedAt, r.Counting, r.DueAt = now, false, time.Time{}
	if r.Again {
		r.Again, r.DueAt = false, now.Add(recountSoon)
	}
	return nil
}

// Due is when the count may begin, also again if it has begun; zero if nothing is to be counted.
func (r *Recount) Due() time.Time { return r.DueAt }

// Recounts keeps numbers that are counted anew.
type Recounts[T any] interface {
	Documents[T]
	// Due lists those to be counted before the instant.
	Due(ctx context.Context, before time.Time, page Page) ([]T, Cursor, error)
}

// CountDue counts what is due, each by one caller at a time; count returns what notes the numbers. One that fails does not
// stop the others, and is counted again when its lease is over. For jobs.
func CountDue[T any, P interface {
	*T
	Head() *Doc
	Begin(now time.Time) error
	Due() time.Time
	Finish(due, now time.Time) error
}](ctx context.Context, clock Clock, docs Recounts[T], what string, count func(T) (func(*T), error)) error {
	now := clock.Now()
	return Round[T, P](ctx, what, func(page Page) ([]T, Cursor, error) { return docs.Due(ctx, now.Add(time.Microsecond), page) }, func(due T) error {
		id, mine := P(&due).Head().ID, false
		due, err := docs.Update(ctx, id, func(t *T) error {
			err := P(t).Begin(clock.Now())
			mine = err == nil
			return err
		})
		if err != nil || !mine {
			return err
		}
		note, err := count(due)
		if err != nil {
			return err
		}
		_, err = docs.Update(ctx, id, func(t *T) error {
			if err := P(t).Finish(P(&due).Due(), clock.Now()); err != nil {
				return err
			}
			note(t)
			return nil
		})
		return err
	})
}
