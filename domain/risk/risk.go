// Package risk finds the learners who are about to drop out of a camp, and says why.
package risk

import (
	"slices"
	"time"

	"yingdi/domain"
)

// Thresholds say from when on a learner is worth a word; 0 switches one off. The id is the camp's.
type Thresholds struct {
	domain.Doc
	Missed int       `json:"missed"` // scheduled days missed in a row
	Quiet  int       `json:"quiet"`  // days since the last check-in
	Never  int       `json:"never"`  // scheduled days, in a course days, gone by without any check-in
	SetAt  time.Time `json:"set_at,omitzero"`
}

// EventSet says that a camp's thresholds were changed.
const EventSet = "risk:set"

// Default holds for camps that have set none.
var Default = Thresholds{Missed: 3, Quiet: 5, Never: 2}

// MaxThreshold is the most that one can be.
const MaxThreshold = 60

// Check bounds them.
func (t Thresholds) Check() error {
	var check domain.Check
	check.Range("missed", "连续缺打卡天数", t.Missed, 0, MaxThreshold)
	check.Range("quiet", "没有动静的天数", t.Quiet, 0, MaxThreshold)
	check.Range("never", "从未开始的天数", t.Never, 0, MaxThreshold)
	return check.Err()
}

// Facts are how one learner stands. All days are of the camp's calendar.
type Facts struct {
	Scheduled []domain.Day // days with a task, in order
	Done      []domain.Day // days with a check-in that counts, in any order
	Joined    domain.Day
	Today     domain.Day // not over yet, so it is not missed
	Free      bool       // of a course, which schedules no day: Done are all days on which they did something
	Finished  bool       // the whole course
}

// Going is how a learner goes on in a course.
type Going struct {
	Days     []domain.Day // on which they finished a level
	Finished domain.Day   // the whole course; "" while they have not
}

// Reason is why a learner is on the list, with its number of days.
type Reason struct {
	Kind Kind
	Days int
}

// Kind of a reason.
type Kind string

// The kinds.
const (
	Missed Kind = "missed" // so many scheduled days in a row
	Quiet  Kind = "quiet"  // so many days since the last check-in
	Never  Kind = "never"  // has not begun, in so many scheduled days
)

// Last day with a check-in; "" if there is none.
func (f Facts) Last() domain.Day {
	if len(f.Done) == 0 {
		return ""
	}
	return slices.Max(f.Done)
}

// MissedInARow counts the scheduled days since the learner joined, back from yesterday, without a check-in.
func (f Facts) MissedInARow() int {
	n := 0
	for _, day := range slices.Backward(f.Scheduled) {
		switch {
		case day >= f.Today:
		case day < f.Joined || slices.Contains(f.Done, day):
			return n
		default:
			n++
		}
	}
	return n
}

// Reasons lists why the learner is at risk; none if they are not. Who checked in today is not.
func (t Thresholds) Reasons(f Facts) []Reason {
	if f.Free {
		return t.freely(f)
	}
	last, missed := f.Last(), f.MissedInARow()
	over := func(n, threshold int) bool { return threshold > 0 && n >= threshold }
	if last == "" {
		if over(missed, t.Never) {
			return []Reason{{Never, missed}}
		}
		return nil
	}
	if last >= f.Today {
		return nil
	}
	var reasons []Reason
	if over(missed, t.Missed) {
		reasons = append(reasons, Reason{Missed, missed})
	}
	if quiet := f.Today.Since(last); missed > 0 && over(quiet, t.Quiet) {
		reasons = append(reasons, Reason{Quiet, quiet})
	}
	return reasons
}

// freely are the reasons in a course, which everybody walks at their own pace: only standing still is one.
func (t Thresholds) freely(f Facts) []Reason {
	since, kind, threshold := f.Last(), Quiet, t.Quiet
	if since == "" {
		since, kind, threshold = f.Joined, Never, t.Never
	}
	if days := f.Today.Since(since); !f.Finished && threshold > 0 && days >= threshold {
		return []Reason{{kind, days}}
	}
	return nil
}
