package today

import (
	"time"

	"yingdi/domain/lesson"
	"yingdi/domain/study"
)

// The states that only a homework has, between open and done.
const (
	Handed   TaskState = "handed"   // waits for its review
	Returned TaskState = "returned" // to be done again
)

// stateOf says how a task stands. A homework that was handed in waits until its review has passed it or returned it.
func stateOf(t lesson.Task, s study.Standing, now time.Time) TaskState {
	switch {
	case t.Kind == lesson.KindHomework && s.Checkin != nil && s.Checkin.Counts():
		if _, again := s.Review.Redo(s.Checkin.Redos, now); again {
			return Returned
		}
		if !s.Done {
			return Handed
		}
	case !s.Done:
		return Open
	}
	return Done
}
