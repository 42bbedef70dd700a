package lesson

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// Plan is everything that there is to do in a camp.
type Plan struct {
	Camp    camp.Camp
	Days    []PlannedDay // those with a task, in order
	Version string       // of the arrangement; see Move
	Today   domain.Day
	Empty   domain.Day // the first day from today on that has no task; "" if every one has
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
	now := s.Clock.Now()
	plan := Plan{Camp: c, Today: c.Calendar.Day(now)}
	if c.Kind == camp.KindCourse { // has levels, not days
		return plan, nil
	}
	tasks, err := s.All(ctx, campID)
	if err != nil {
		return Plan{}, err
	}
	order, err := s.order(ctx, campID)
	if err != nil {
		return Plan{}, err
	}
	plan.Version = version(order.Version, tasks)
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

// Opened is a task of a camp for those who may change it, with its content as it is shown.
type Opened struct {
	Task
	Camp camp.Camp
	Body []Shown
}

// ForEditing returns a task of the camp to those who may change it.
func (s *Service) ForEditing(ctx context.Context, campID, id string) (Opened, error) {
	c, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit)
	if err != nil {
		return Opened{}, err
	}
	t, err := s.Get(ctx, campID, id)
	if err != nil {
		return Opened{}, err
	}
	found, err := s.Media.Many(ctx, t.Files())
	if err != nil {
		return Opened{}, err
	}
	files, err := s.Media.Views(ctx, found, t.Files(), true)
	return Opened{t, c, Show(t.Body(found), files)}, err
}

// Preview shows content that is not written yet to those who may change the camp: the files are the acting person's own,
// or those that the task has already, and others are left out. id is empty for a new task.
func (s *Service) Preview(ctx context.Context, campID, id string, blocks []Block) (Opened, error) {
	var o Opened
	var err error
	if id != "" {
		o, err = s.ForEditing(ctx, campID, id)
	} else {
		o.Camp, err = s.Camps.ForStaff(ctx, campID, domain.RightCampEdit)
	}
	if err != nil {
		return Opened{}, err
	}
	var fresh []string
	for _, b := range blocks {
		if domain.ValidID(b.Media) && len(fresh) < MaxFiles {
			fresh = append(fresh, b.Media)
		}
	}
	files, err := s.Media.Own(ctx, fresh)
	for _, b := range o.Body {
		files = append(files, b.File)
	}
	o.Body = Show(blocks, files)
	return o, err
}
