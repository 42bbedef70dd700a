package today

import (
	"cmp"
	"context"
	"slices"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/lesson"
	"yingdi/domain/media"
)

// Summary is how a camp stands now, for its staff.
type Summary struct {
	Camp     camp.Camp
	Phase    camp.Phase
	Day      domain.Day // today
	DayN     int
	Enrolled int64
	Tasks    int   // in all
	Due      int   // of today
	Handed   int64 // check-ins of today
	Waiting  int64 // check-ins without a review
	Step     Step
}

// Step is what a camp's staff had best do next.
type Step string

// The steps, the most pressing one first.
const (
	StepTasks   Step = "tasks"   // a draft with nothing to do in it
	StepPublish Step = "publish" // a draft that is ready
	StepReview  Step = "review"  // learners wait for an answer
	StepDay     Step = "day"     // the camp runs, but there is nothing to do today
	StepInvite  Step = "invite"  // nobody has enrolled yet
	StepClose   Step = "close"   // the camp is over and everything answered
	StepNone    Step = "none"
)

// next decides the step by the rest of the summary.
func (s Summary) next() Step {
	switch {
	case s.Phase == camp.PhaseDraft && s.Tasks == 0:
		return StepTasks
	case s.Phase == camp.PhaseDraft:
		return StepPublish
	case s.Waiting > 0:
		return StepReview
	case s.Phase == camp.PhaseRunning && s.Due == 0 && s.Camp.Pace == camp.PaceCommon:
		return StepDay
	case s.Enrolled == 0 && (s.Phase == camp.PhaseEnrolling || s.Phase == camp.PhaseRunning):
		return StepInvite
	case s.Phase == camp.PhaseEnded:
		return StepClose
	}
	return StepNone
}

// dashboardCamps bounds the counting that one dashboard costs.
const dashboardCamps = 12

var phaseOrder = []camp.Phase{
	camp.PhaseRunning, camp.PhaseEnrolling, camp.PhaseUpcoming, camp.PhaseClosing, camp.PhaseDraft, camp.PhaseEnded, camp.PhaseClosed, camp.PhaseArchived,
}

// Dashboard returns the newest camps that the actor works in with how they stand, the running ones first. next is not
// empty if there are more.
func (s *Service) Dashboard(ctx context.Context) (list []Summary, next domain.Cursor, err error) {
	camps, next, err := s.Camps.Mine(ctx, camp.Filter{}, domain.Page{Limit: dashboardCamps})
	if err != nil {
		return nil, "", err
	}
	for _, c := range camps[:min(len(camps), dashboardCamps)] {
		sum, err := s.summary(ctx, c)
		if err != nil {
			return nil, "", err
		}
		list = append(list, sum)
	}
	slices.SortStableFunc(list, func(a, b Summary) int {
		return cmp.Compare(slices.Index(phaseOrder, a.Phase), slices.Index(phaseOrder, b.Phase))
	})
	return list, next, nil
}

func (s *Service) summary(ctx context.Context, c camp.Camp) (Summary, error) {
	now := s.Clock.Now()
	sum := Summary{Camp: c, Phase: c.Phase(now), Day: c.Calendar.Day(now)}
	sum.DayN = c.DayN(sum.Day)
	tasks, err := s.Tasks.All(ctx, c.ID)
	if err != nil {
		return sum, err
	}
	sum.Tasks = len(tasks)
	sum.Due = len(lesson.OfDay(tasks, sum.Day))
	if sum.Phase != camp.PhaseDraft {
		if sum.Enrolled, err = s.Camps.Taken(ctx, c.ID); err != nil {
			return sum, err
		}
		counts, err := s.Checkins.CountDay(ctx, c.ID, nil, sum.Day)
		if err != nil {
			return sum, err
		}
		sum.Handed, sum.Waiting = counts.Day, counts.Waiting
	}
	sum.Step = sum.next()
	return sum, nil
}

// Overview is a camp's front page for its staff.
type Overview struct {
	Summary
	Cover []media.View // none or one
}

// Overview returns how one camp stands to its staff.
func (s *Service) Overview(ctx context.Context, campID string) (Overview, error) {
	c, err := s.Camps.ForStaff(ctx, campID, domain.RightCampView)
	if err != nil {
		return Overview{}, err
	}
	sum, err := s.summary(ctx, c)
	if err != nil || c.Cover == "" {
		return Overview{Summary: sum}, err
	}
	found, err := s.Media.Many(ctx, []string{c.Cover})
	if err != nil {
		return Overview{}, err
	}
	cover, err := s.Media.Views(ctx, found, []string{c.Cover}, true)
	return Overview{Summary: sum, Cover: cover}, err
}
