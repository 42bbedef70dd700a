package review

import (
	"time"

	"yingdi/domain"
)

// Forget takes out of a review what was said about the learner; the points stay, for the numbers.
func (r *Review) Forget(now time.Time) error { return withFiles((*Review).forget, now)(r) }

func (r *Review) forget() error {
	said := []*Mark{&r.Draft, &r.Released}
	for i := range r.History {
		said = append(said, &r.History[i].Mark)
	}
	clean := true
	for _, m := range said {
		clean = clean && m.Text == "" && m.Media == nil && m.Return == nil
		m.Text, m.Media, m.Return = "", nil, nil
	}
	if clean {
		return domain.ErrSame
	}
	return nil
}

// Given is what a learner is given of a review: what was released to them.
func (r Review) Given() any {
	if r.Round == 0 {
		return nil
	}
	return map[string]any{"checkin": r.ID, "text": r.Released.Text, "points": r.Released.Points, "at": r.ReleasedAt}
}
