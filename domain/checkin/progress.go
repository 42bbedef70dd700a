package checkin

import (
	"context"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/lesson"
)

// Mark is one check-in that counts: all that a streak or a ranking needs to know of it.
type Mark struct {
	Day    domain.Day
	At     time.Time // when it was handed in
	MadeUp bool
}

// Tally is what a learner's marks come to on the scheduled days of a camp. It depends on nothing but these: not on the
// clock, not on the order in which the facts came about.
type Tally struct {
	Done      int       `json:"done"`                // scheduled days with a check-in that counts
	Best      int       `json:"best"`                // the most of them in a row
	ReachedAt time.Time `json:"reached_at,omitzero"` // when the last of them was done
}

// tally counts marks on the scheduled days. Of several on a day the earliest stands for it.
func tally(scheduled []domain.Day, marks []Mark) (t Tally) {
	first := map[domain.Day]time.Time{}
	for _, m := range marks {
		if at, ok := first[m.Day]; !ok || m.At.Before(at) {
			first[m.Day] = m.At
		}
	}
	run := 0
	for _, day := range scheduled {
		at, done := first[day]
		if !done {
			run = 0
			continue
		}
		run++
		t.Done, t.Best = t.Done+1, max(t.Best, run)
		if at.After(t.ReachedAt) {
			t.ReachedAt = at
		}
	}
	return t
}

// Streak counts the scheduled days in a row, up to today, on which something was handed in. A day that was made up is as
// good as one done on time: the streak goes on through it from the moment of the make-up. A today without a check-in does
// not break it yet. scheduled must be in order.
func Streak(scheduled []domain.Day, done map[domain.Day]bool, today domain.Day) int {
	streak := 0
	for _, day := range slices.Backward(scheduled) {
		switch {
		case day > today:
		case done[day]:
			streak++
		case day < today:
			return streak
		}
	}
	return streak
}

// DaysInRow lists the days from the first on which something was done to today: those that count for the streak of a
// course, which schedules none.
func DaysInRow(done map[domain.Day]bool, today domain.Day) []domain.Day {
	var days []domain.Day
	first := today
	for day := range done {
		first = min(first, day)
	}
	for day := first; day <= today; day = day.Add(1) {
		days = append(days, day)
	}
	return days
}

// Progress is how a person stands in a camp, by their own calendar.
type Progress struct {
	In         camp.Own
	Scheduled  []domain.Day // all days with a task that a check-in completes, in order
	Done       map[domain.Day]bool
	MadeUp     map[domain.Day]bool // those of Done that were only made up afterwards
	MadeUpDays int                 // make-ups used; one a day
	Today      domain.Day
	Streak     int
	Tally      Tally
}

// Progress of one person in a camp as they live it, from the facts: what an earlier stay left behind is not theirs again.
// Whoever calls it has checked who asks.
func (s *Service) Progress(ctx context.Context, in camp.Camp, memberID string) (Progress, error) {
	return s.progressAt(ctx, in, memberID, in.Calendar.Day(s.Clock.Now()))
}

// ProgressOn is Progress as it stood on a day, as a sign-card shows it.
func (s *Service) ProgressOn(ctx context.Context, in camp.Camp, memberID string, day domain.Day) (Progress, error) {
	return s.progressAt(ctx, in, memberID, day)
}

func (s *Service) progressAt(ctx context.Context, in camp.Camp, memberID string, today domain.Day) (Progress, error) {
	place, err := s.Enrolments.Of(ctx, in.ID, memberID)
	if err != nil {
		return Progress{}, err
	}
	return s.progressIn(ctx, place.In(in), memberID, today)
}

// progressIn reads two indexes and no document.
func (s *Service) progressIn(ctx context.Context, in camp.Own, memberID string, today domain.Day) (Progress, error) {
	plan, err := s.Tasks.CheckinDays(ctx, in.ID)
	if err != nil {
		return Progress{}, err
	}
	marks, err := s.Store.Marks(ctx, in.ID, memberID)
	if err != nil {
		return Progress{}, err
	}
	marks = slices.DeleteFunc(marks, func(m Mark) bool { return m.Day < in.Joined })
	p := Progress{In: in, Scheduled: lesson.DaysFor(in, plan), Done: map[domain.Day]bool{}, MadeUp: map[domain.Day]bool{}, Today: today}
	for _, m := range marks {
		p.MadeUp[m.Day] = m.MadeUp && (!p.Done[m.Day] || p.MadeUp[m.Day])
		p.Done[m.Day] = true
	}
	p.MadeUpDays = len(madeUpDays(in, marks))
	if in.Kind == camp.KindCourse {
		p.Scheduled = DaysInRow(p.Done, today)
	}
	p.Streak, p.Tally = Streak(p.Scheduled, p.Done, today), tally(p.Scheduled, marks)
	return p, nil
}

// MyProgress is the acting learner's own.
func (s *Service) MyProgress(ctx context.Context, campID string) (Progress, error) {
	enrolled, err := s.Enrolments.Require(ctx, campID)
	if err != nil {
		return Progress{}, err
	}
	in, err := s.Camps.Get(ctx, campID)
	if err != nil {
		return Progress{}, err
	}
	return s.Progress(ctx, in, enrolled.Member)
}
