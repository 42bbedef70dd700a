package lesson

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// Arrangement is the last move that staff made among a camp's tasks; its id is the camp's. It is written first, once and against
// its version, and the tasks follow it.
type Arrangement struct {
	domain.Doc
	Version int        `json:"version"`
	Task    string     `json:"task"`
	From    domain.Day `json:"from"`
	Day     domain.Day `json:"day"`
	Level   string     `json:"level,omitempty"`
	Tasks   []string   `json:"tasks"` // of the day or the level, the moved one among them, in their order
}

// ArrangementStore keeps the orders.
type ArrangementStore interface{ domain.Documents[Arrangement] }

// EventArranged says that tasks were put into another order, which they are to follow.
const EventArranged = "lesson:arranged"

// Move is what staff want of a task's place.
type Move struct {
	Task    string
	Day     domain.Day // empty in a course, where tasks stay in their level
	Before  string     // the task that it comes before; empty: it comes last
	Version string     // Plan.Version as the person saw it
}

// Up puts the task before the one above it; that of a day's first task is the day before.
func (p Plan) Up(task string) (Move, bool) { return p.step(task, -1) }

// Down puts the task behind the one below it; that of a day's last task is the day after.
func (p Plan) Down(task string) (Move, bool) { return p.step(task, 1) }

func (p Plan) step(task string, by int) (Move, bool) {
	for _, d := range p.Days {
		at := slices.IndexFunc(d.Tasks, func(t Task) bool { return t.ID == task })
		if at < 0 {
			continue
		}
		m := Move{Task: task, Day: d.Day, Version: p.Version}
		switch next := at + by; {
		case 0 <= next && next < len(d.Tasks) && by < 0:
			m.Before = d.Tasks[next].ID
		case 0 <= next && next < len(d.Tasks):
			if next+1 < len(d.Tasks) {
				m.Before = d.Tasks[next+1].ID
			}
		default:
			m.Day = d.Day.Add(by)
			if by > 0 {
				for _, other := range p.Days {
					if other.Day == m.Day {
						m.Before = other.Tasks[0].ID
					}
				}
			}
			if d.Begun || m.Day < max(p.Camp.Start, p.Today) && p.Camp.State != camp.Draft || m.Day < p.Camp.Start || m.Day > p.Camp.End {
				return Move{}, false
			}
		}
		return m, true
	}
	return Move{}, false
}

// version of an arrangement changes with every move, and with every task that comes, goes or changes its day.
func version(moves int, tasks []Task) string {
	sum := fnv.New64a()
	for _, t := range tasks {
		fmt.Fprintf(sum, "%s %s %s\n", t.ID, t.Day, t.Level)
	}
	return fmt.Sprintf("%d-%x", moves, sum.Sum64())
}

func (s *Service) order(ctx context.Context, campID string) (Arrangement, error) {
	o, err := s.Arrangements.Get(ctx, campID)
	if errors.Is(err, domain.ErrNotFound) {
		return Arrangement{Doc: domain.Doc{ID: campID}}, nil
	}
	return o, err
}

// Move puts a task into another place of its day or level, or on another day. Returns ErrReordered if the plan is no longer what
// the person saw, and ErrBegun, ErrPast, ErrTooMany for a day that cannot give it or take it.
func (s *Service) Move(ctx context.Context, campID string, m Move) error {
	c, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit)
	if err != nil {
		return err
	}
	was, err := s.order(ctx, campID)
	if err != nil {
		return err
	}
	if err := s.arrange(ctx, was); err != nil { // what a crash may have left of the last move
		return err
	}
	t, err := s.Get(ctx, campID, m.Task)
	if err != nil {
		return err
	}
	tasks, err := s.All(ctx, campID)
	if err != nil {
		return err
	}
	if m.Version != version(was.Version, tasks) {
		return fmt.Errorf("camp %s: %w", campID, ErrReordered)
	}
	now := s.Clock.Now()
	if moved := t; t.Level == "" {
		if err := moved.MoveTo(m.Day, c, now); err != nil && !errors.Is(err, domain.ErrSame) {
			return fmt.Errorf("task %s: %w", t.ID, err)
		}
	} else {
		m.Day = ""
	}
	tasks = slices.DeleteFunc(tasks, func(other Task) bool { return other.ID == t.ID || other.Day != m.Day || other.Level != t.Level })
	if len(tasks) >= MaxPerDay {
		return fmt.Errorf("camp %s on %s: %w", campID, m.Day, ErrTooMany)
	}
	at := len(tasks)
	if m.Before != "" {
		if at = slices.IndexFunc(tasks, func(other Task) bool { return other.ID == m.Before }); at < 0 {
			return fmt.Errorf("camp %s: %w", campID, ErrReordered)
		}
	}
	next := Arrangement{Doc: domain.Doc{ID: campID}, Version: was.Version + 1, Task: t.ID, From: t.Day, Day: m.Day, Level: t.Level}
	for _, other := range slices.Insert(tasks, at, t) {
		next.Tasks = append(next.Tasks, other.ID)
	}
	return s.write(ctx, was.Version, next, now)
}

// write notes the order against its version, and lets the tasks follow.
func (s *Service) write(ctx context.Context, was int, next Arrangement, now time.Time) error {
	next.Emit(EventArranged, now, nil)
	_, err := s.Arrangements.Update(ctx, next.ID, func(o *Arrangement) error {
		if o.Version != was {
			return ErrReordered
		}
		head := o.Doc
		head.Outbox = append(head.Outbox, next.Outbox...)
		*o = next
		o.Doc = head
		return nil
	})
	if errors.Is(err, domain.ErrNotFound) {
		if err = s.Arrangements.Insert(ctx, next); errors.Is(err, domain.ErrExists) {
			err = ErrReordered
		}
	}
	if err != nil {
		return fmt.Errorf("camp %s: %w", next.ID, err)
	}
	return s.arrange(ctx, next)
}

// Arrange lets the tasks of a camp follow the last move among them. For jobs, after EventArranged.
func (s *Service) Arrange(ctx context.Context, campID string) error {
	o, err := s.order(ctx, campID)
	if err != nil {
		return err
	}
	return s.arrange(ctx, o)
}

// arrange may run again, also when tasks have come and gone since.
func (s *Service) arrange(ctx context.Context, o Arrangement) error {
	if o.Task == "" {
		return nil
	}
	if o.From != o.Day {
		c, err := s.Camps.Get(ctx, o.ID)
		if err != nil {
			return err
		}
		_, err = s.Store.Update(ctx, o.Task, func(t *Task) error {
			if t.Day != o.From {
				return domain.ErrSame
			}
			if err := t.MoveTo(o.Day, c, s.Clock.Now()); err != nil { // its day has begun meanwhile: it stays
				return domain.ErrSame
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	tasks, err := s.Store.OfDays(ctx, o.ID, o.Day, o.Day)
	if err != nil {
		return err
	}
	tasks = slices.DeleteFunc(tasks, func(t Task) bool { return t.Level != o.Level })
	place := func(t Task) int {
		if at := slices.Index(o.Tasks, t.ID); at >= 0 {
			return at
		}
		return len(o.Tasks) // came since, and stays at the end
	}
	slices.SortStableFunc(tasks, func(a, b Task) int { return place(a) - place(b) })
	for i, t := range tasks {
		if t.Position == i {
			continue
		}
		if _, err := s.Store.Update(ctx, t.ID, func(t *Task) error { t.Position = i; return nil }); err != nil {
			return err
		}
	}
	return nil
}

// MoveTo puts the task on another day, by the same rules as Apply; domain.ErrSame if it is there.
func (t *Task) MoveTo(day domain.Day, c camp.Camp, now time.Time) error {
	switch {
	case !t.RemovedAt.IsZero():
		return domain.ErrNotFound
	case day == t.Day:
		return domain.ErrSame
	case !day.Valid() || day < c.Start || day > c.End:
		return domain.Invalid("day", "日期不在训练营期间")
	case t.Begun(c, now):
		return ErrBegun
	case c.State != camp.Draft && day < c.Calendar.Day(now):
		return ErrPast
	}
	if !t.VisibleAt.IsZero() { // as long before its day as it was
		t.VisibleAt = t.VisibleAt.In(c.Calendar.Location()).AddDate(0, 0, day.Since(t.Day)).UTC()
	}
	t.Day = day
	return nil
}

// Pin lets the task come first on its day, or no longer.
func (s *Service) Pin(ctx context.Context, campID, id string, on bool) error {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit); err != nil {
		return err
	}
	if _, err := s.Get(ctx, campID, id); err != nil {
		return err
	}
	_, err := s.Store.Update(ctx, id, func(t *Task) error {
		if t.PinnedAt = (time.Time{}); on {
			t.PinnedAt = s.Clock.Now()
		}
		return nil
	})
	return err
}
