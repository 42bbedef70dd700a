package lesson

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/media"
)

// Plan is everything that there is to do in a camp.
type Plan struct {
	Camp  camp.Camp
	Days  []PlannedDay // those with a task, in order
	Today domain.Day
	Empty domain.Day // the first day from today on that has no task; "" if every one has
}

// PlannedDay is one day with its tasks.
type PlannedDay struct {
	Day   domain.Day
	DayN  int
	Begun bool // its tasks can no longer be moved or removed
	Tasks []Task
}

// Plan returns the tasks of a camp by day to its staff.
func (s *Service) Plan(ctx context.Context, campID string) (Plan, error) {
	c, err := s.Camps.ForStaff(ctx, campID, domain.RightCampView)
	if err != nil {
		return Plan{}, err
	}
	tasks, err := s.All(ctx, campID)
	if err != nil {
		return Plan{}, err
	}
	now := s.Clock.Now()
	plan := Plan{Camp: c, Today: c.Calendar.Day(now)}
	for _, t := range tasks {
		if n := len(plan.Days); n == 0 || plan.Days[n-1].Day != t.Day {
			plan.Days = append(plan.Days, PlannedDay{Day: t.Day, DayN: c.DayN(t.Day), Begun: t.Begun(c, now)})
		}
		last := &plan.Days[len(plan.Days)-1]
		last.Tasks = append(last.Tasks, t)
	}
	plan.Empty = firstEmpty(c, ScheduledDays(tasks), plan.Today)
	return plan, nil
}

func firstEmpty(c camp.Camp, scheduled []domain.Day, today domain.Day) domain.Day {
	taken := map[domain.Day]bool{}
	for _, d := range scheduled {
		taken[d] = true
	}
	for d := max(c.Start, today); d <= c.End; d = d.Add(1) {
		if !taken[d] {
			return d
		}
	}
	return ""
}

// ForEditing returns a task of the camp with its material to those who may change it.
func (s *Service) ForEditing(ctx context.Context, campID, id string) (Task, camp.Camp, []media.View, error) {
	c, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit)
	if err != nil {
		return Task{}, c, nil, err
	}
	t, err := s.Get(ctx, campID, id)
	if err != nil {
		return Task{}, c, nil, err
	}
	found, err := s.Media.Many(ctx, t.Media)
	if err != nil {
		return Task{}, c, nil, err
	}
	files, err := s.Media.Views(ctx, found, t.Media, true)
	return t, c, files, err
}
