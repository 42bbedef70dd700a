package lesson

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/media"
)

// Store keeps tasks. Its lists leave out what was removed.
type Store interface {
	domain.Documents[Task]
	// OfDays lists the tasks of a camp from one day to another, both included, by day and position.
	OfDays(ctx context.Context, camp string, from, to domain.Day) ([]Task, error)
	// CheckinDays lists the days of a camp with a task that a check-in completes, each once and in order.
	CheckinDays(ctx context.Context, camp string) ([]domain.Day, error)
	// Trial lists the trial lessons of a camp by day and position.
	Trial(ctx context.Context, camp string, page domain.Page) ([]Task, domain.Cursor, error)
	// OfQuiz returns the task that names the quiz, or domain.ErrNotFound. The store refuses a second one with
	// domain.ErrExists.
	OfQuiz(ctx context.Context, quiz string) (Task, error)
}

// Camps is what this feature needs of domain/camp.
type Camps interface {
	Get(ctx context.Context, id string) (camp.Camp, error)
	ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error)
}

// Media tells whether staff may use these media in a camp's material, and prepares them to be looked at; domain/media
// does it.
type Media interface {
	Usable(ctx context.Context, owner string, ids []string) error
	Exchange(ctx context.Context, ref string, old []string, current func(context.Context) ([]string, error)) error
	Many(ctx context.Context, ids []string) (map[string]media.Media, error)
	Views(ctx context.Context, found map[string]media.Media, ids []string, all bool) ([]media.View, error)
	Own(ctx context.Context, ids []string) ([]media.View, error)
}

// Quizzes tells whether a task of the camp may hand a quiz out; domain/quiz does it, with ErrQuiz.
type Quizzes interface {
	ForTask(ctx context.Context, camp, quiz string) error
}

// Levels is what the tasks of a course need of domain/course.
type Levels interface {
	// Holds returns ErrLevel unless the course has the level.
	Holds(ctx context.Context, camp, level string) error
	// MayGo says why a task cannot be taken out of its level, or nil.
	MayGo(ctx context.Context, t Task) error
}

// Service holds the use cases.
type Service struct {
	Store         Store
	Arrangements  ArrangementStore
	MaterialStore MaterialStore
	Places        Places
	Camps         Camps
	Levels        Levels
	Media         Media
	Quizzes       Quizzes
	Imports       Imports
	Sheets        domain.Sheets
	IDs           domain.IDs
	Clock         domain.Clock
}

// Events of this feature.
const (
	EventTask    = "lesson:task"    // a task was written: its media are to be kept, and those let go that it no longer shows
	EventRemoved = "lesson:removed" // a task was taken out of its level
)

// Add puts a task at the end of its day.
func (s *Service) Add(ctx context.Context, campID string, f Form) (Task, error) {
	c, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit)
	if err != nil {
		return Task{}, err
	}
	now := s.Clock.Now()
	t := Task{Doc: domain.Doc{ID: s.IDs.New()}, Camp: c.ID, CreatedAt: now}
	if err := t.Apply(f, c, now); err != nil {
		return Task{}, err
	}
	if err := s.mayAsk(ctx, t, ""); err != nil {
		return Task{}, err
	}
	if err := s.usable(ctx, nil, f.Blocks); err != nil {
		return Task{}, err
	}
	if err := s.holds(ctx, c, f.Level); err != nil {
		return Task{}, err
	}
	if t.Position, err = s.atEnd(ctx, c.ID, t.Day, t.Level); err != nil {
		return Task{}, err
	}
	t.Emit(EventTask, now, nil)
	return t, taken(s.Store.Insert(ctx, t))
}

// mayAsk checks a quiz that was not there before.
func (s *Service) mayAsk(ctx context.Context, t Task, before string) error {
	if t.Quiz == "" || t.Quiz == before {
		return nil
	}
	return s.Quizzes.ForTask(ctx, t.Camp, t.Quiz)
}

// taken says what it means that another task has what must be unique.
func taken(err error) error {
	if errors.Is(err, domain.ErrExists) {
		return fmt.Errorf("%w: %w", ErrTaken, err)
	}
	return err
}

func (s *Service) holds(ctx context.Context, c camp.Camp, level string) error {
	if c.Kind != camp.KindCourse {
		return nil
	}
	return s.Levels.Holds(ctx, c.ID, level)
}

// atEnd returns the position after the last task of a day or a level, or ErrTooMany if it is full.
func (s *Service) atEnd(ctx context.Context, campID string, day domain.Day, level string) (int, error) {
	tasks, err := s.Store.OfDays(ctx, campID, day, day)
	tasks = slices.DeleteFunc(tasks, func(t Task) bool { return t.Level != level })
	switch n := len(tasks); {
	case err != nil || n == 0:
		return 0, err
	case n >= MaxPerDay:
		return 0, fmt.Errorf("camp %s on %s%s: %w", campID, day, level, ErrTooMany)
	default:
		return tasks[n-1].Position + 1, nil
	}
}

// Edit changes a task. One that moves to another day comes at its end.
func (s *Service) Edit(ctx context.Context, id string, f Form) (Task, error) {
	t, c, err := s.forStaff(ctx, id)
	if err != nil {
		return Task{}, err
	}
	if err := f.Check(c); err != nil {
		return Task{}, err
	}
	if err := s.usable(ctx, t.Files(), f.Blocks); err != nil {
		return Task{}, err
	}
	if err := s.mayAsk(ctx, Task{Camp: c.ID, Quiz: f.Quiz}, t.Quiz); err != nil {
		return Task{}, err
	}
	end := t.Position
	if f.Day != t.Day || f.Level != t.Level {
		if err := s.holds(ctx, c, f.Level); err != nil {
			return Task{}, err
		}
		if end, err = s.atEnd(ctx, c.ID, f.Day, f.Level); err != nil {
			return Task{}, err
		}
	}
	t, err = s.Store.Update(ctx, id, func(t *Task) error {
		now := s.Clock.Now()
		if f.Day != t.Day || f.Level != t.Level {
			t.Position = end
		}
		had := t.Files()
		if err := t.Apply(f, c, now); err != nil {
			return err
		}
		has := t.Files()
		t.Emit(EventTask, now, media.Dropped{Files: slices.DeleteFunc(had, func(id string) bool { return slices.Contains(has, id) })})
		return nil
	})
	return t, taken(err)
}

// Remove takes a task out of its camp.
func (s *Service) Remove(ctx context.Context, id string) (Task, error) {
	t, c, err := s.forStaff(ctx, id)
	if err != nil {
		return Task{}, err
	}
	if t.Level != "" {
		if err := s.Levels.MayGo(ctx, t); err != nil {
			return Task{}, err
		}
	}
	return s.Store.Update(ctx, id, func(t *Task) error { return t.Remove(c, s.Clock.Now()) })
}

func (s *Service) forStaff(ctx context.Context, id string) (Task, camp.Camp, error) {
	t, err := s.Store.Get(ctx, id)
	if err != nil {
		return Task{}, camp.Camp{}, err
	}
	c, err := s.Camps.ForStaff(ctx, t.Camp, domain.RightCampEdit)
	return t, c, err
}

// ForStaff returns a task with its camp to those who may change it.
func (s *Service) ForStaff(ctx context.Context, id string) (Task, camp.Camp, error) {
	return s.forStaff(ctx, id)
}

// usable checks the files: those that were not there before are the actor's own, and each is what its block holds.
func (s *Service) usable(ctx context.Context, before []string, blocks []Block) error {
	var all, fresh []string
	for _, b := range blocks {
		if b.Media == "" {
			continue
		}
		all = append(all, b.Media)
		if !slices.Contains(before, b.Media) {
			fresh = append(fresh, b.Media)
		}
	}
	if err := s.Media.Usable(ctx, domain.ActorFrom(ctx).Member, fresh); err != nil {
		return err
	}
	found, err := s.Media.Many(ctx, all)
	if err != nil {
		return err
	}
	var check domain.Check
	for i, b := range blocks {
		check.That(b.Media == "" || found[b.Media].Kind == b.Kind.Holds(), fmt.Sprintf("blocks[%d].media", i), "文件的类型与这一段不符")
	}
	return check.Err()
}

// SettleFiles keeps the media that a task shows, and lets go of those that it showed. For jobs, after EventTask.
func (s *Service) SettleFiles(ctx context.Context, id string, had []string) error {
	return s.Media.Exchange(ctx, domain.Key("task", id), had, func(ctx context.Context) ([]string, error) {
		t, err := s.Store.Get(ctx, id)
		return t.Files(), err
	})
}

// CampOf returns the id of the camp that a task belongs, or belonged, to. For jobs.
func (s *Service) CampOf(ctx context.Context, id string) (string, error) {
	t, err := s.Store.Get(ctx, id)
	return t.Camp, err
}

// HasTask reports whether the camp has anything to do.
func (s *Service) HasTask(ctx context.Context, campID string) (bool, error) {
	tasks, err := s.All(ctx, campID)
	return len(tasks) > 0, err
}

// All lists the tasks of a camp by day and position. Whoever calls it has checked who asks.
func (s *Service) All(ctx context.Context, campID string) ([]Task, error) {
	return s.Store.OfDays(ctx, campID, "", "9999-12-31")
}

// CheckinDays lists the days of a camp with a task that a check-in completes, each once and in order. Whoever calls it has
// checked who asks.
func (s *Service) CheckinDays(ctx context.Context, campID string) ([]domain.Day, error) {
	return s.Store.CheckinDays(ctx, campID)
}

// OfDay lists the tasks of one day. Whoever calls it has checked who asks.
func (s *Service) OfDay(ctx context.Context, campID string, day domain.Day) ([]Task, error) {
	return s.Store.OfDays(ctx, campID, day, day)
}

// OfDays lists the tasks of a camp from one day to another, both included. Whoever calls it has checked who asks.
func (s *Service) OfDays(ctx context.Context, campID string, from, to domain.Day) ([]Task, error) {
	return s.Store.OfDays(ctx, campID, from, to)
}

// Get returns a task of the given camp that was not removed. Whoever calls it has checked who asks.
func (s *Service) Get(ctx context.Context, campID, id string) (Task, error) {
	t, err := s.Store.Get(ctx, id)
	if err == nil && (t.Camp != campID || !t.RemovedAt.IsZero()) {
		err = fmt.Errorf("task %s of camp %s: %w", id, campID, domain.ErrNotFound)
	}
	return t, err
}

// OfQuiz returns the task that hands the quiz out, or domain.ErrNotFound. Whoever calls it has checked who asks.
func (s *Service) OfQuiz(ctx context.Context, quiz string) (Task, error) {
	return s.Store.OfQuiz(ctx, quiz)
}
