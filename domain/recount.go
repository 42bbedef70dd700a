package domain

import "time"

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

// Finish notes that the numbers are there.
func (r *Recount) Finish(now time.Time) {
	r.CountedAt, r.Counting, r.DueAt = now, false, time.Time{}
	if r.Again {
		r.Again, r.DueAt = false, now.Add(recountSoon)
	}
}
