package course

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/enrolment"
	"yingdi/domain/lesson"
	"yingdi/domain/media"
	"yingdi/domain/member"
	"yingdi/domain/notice"
	"yingdi/domain/quiz"
	"yingdi/domain/review"
	"yingdi/domain/study"
)

// Store keeps courses.
type Store interface {
	domain.Documents[Course]
}

// ProgressStore keeps progress.
type ProgressStore interface {
	domain.Documents[Progress]
	domain.Many[Progress]
	// AtLevel lists the learners who are at a level, those who came there last first.
	AtLevel(ctx context.Context, camp, level string, page domain.Page) ([]Progress, domain.Cursor, error)
	// CountAt counts them.
	CountAt(ctx context.Context, camp, level string) (int64, error)
	// Due lists progress that is to be looked at before the instant.
	Due(ctx context.Context, before time.Time, page domain.Page) ([]Progress, domain.Cursor, error)
}

// Camps is what this feature needs of domain/camp.
type Camps interface {
	Get(ctx context.Context, id string) (camp.Camp, error)
	ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error)
}

// Tasks is what this feature needs of domain/lesson.
type Tasks interface {
	All(ctx context.Context, camp string) ([]lesson.Task, error)
}

// Places are the enrolments, as they are stored.
type Places interface {
	Get(ctx context.Context, id string) (enrolment.Enrolment, error)
	GetMany(ctx context.Context, ids []string) (map[string]enrolment.Enrolment, error)
	ByCamp(ctx context.Context, camp string, page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error)
	CountActive(ctx context.Context, camp string) (int64, error)
}

// Enrolments tells whether the acting person has a place; domain/enrolment does it.
type Enrolments interface {
	Require(ctx context.Context, camp string) (enrolment.Enrolment, error)
}

// Checkins is what this feature needs of domain/checkin.
type Checkins interface {
	Get(ctx context.Context, id string) (checkin.Checkin, error)
	Many(ctx context.Context, ids []string) (map[string]checkin.Checkin, error)
	Progress(ctx context.Context, in camp.Camp, member string) (checkin.Progress, error)
}

// Quizzes is what this feature needs of domain/quiz.
type Quizzes interface {
	Standings(ctx context.Context, in camp.Own, member string, tasks []lesson.Task) (map[string]quiz.Standing, error)
	// Whose returns the camp and the learner of an attempt.
	Whose(ctx context.Context, attempt string) (camp, member string, err error)
}

// Marks is what this feature needs of domain/study.
type Marks interface {
	Marks(ctx context.Context, ids []string) (map[string]study.Mark, error)
	// Done tells of each learner which of the tasks are done; in a number of look-ups that does not grow with the learners.
	Done(ctx context.Context, in camp.Camp, enrolled []enrolment.Enrolment, plan []lesson.Task) ([][]bool, error)
}

// Reviews is what this feature needs of domain/review. A review has the id of its check-in.
type Reviews interface {
	Many(ctx context.Context, checkins []string) (map[string]review.Review, error)
}

// Members is what this feature needs of domain/member.
type Members interface {
	Cards(ctx context.Context, ids []string) (map[string]member.Card, error)
}

// Pictures are covers of levels and pictures of badges; domain/media keeps them.
type Pictures interface {
	OwnPicture(ctx context.Context, owner, id string) error
	Keep(ctx context.Context, ref string, ids []string) error
	Replace(ctx context.Context, ref, old string, current func(context.Context) (string, error)) error
	Own(ctx context.Context, ids []string) ([]media.View, error)
	Many(ctx context.Context, ids []string) (map[string]media.Media, error)
	Views(ctx context.Context, found map[string]media.Media, ids []string, all bool) ([]media.View, error)
}

// Notices is what this feature needs of domain/notice.
type Notices interface {
	Tell(ctx context.Context, n notice.Notice) error
}

// Service holds the use cases.
type Service struct {
	Store      Store
	Progresses ProgressStore
	Badges     BadgeStore
	Awards     AwardStore
	Camps      Camps
	Tasks      Tasks
	Places     Places
	Enrolments Enrolments
	Checkins   Checkins
	Quizzes    Quizzes
	Marks      Marks
	Reviews    Reviews
	Members    Members
	Pictures   Pictures
	Notices    Notices
	IDs        domain.IDs
	Clock      domain.Clock
}

// course returns the levels of a camp; none while nobody has written one.
func (s *Service) course(ctx context.Context, campID string) (Course, error) {
	c, err := s.Store.Get(ctx, campID)
	if errors.Is(err, domain.ErrNotFound) {
		return Course{Doc: domain.Doc{ID: campID}}, nil
	}
	return c, err
}

// Holds implements lesson.Levels.
func (s *Service) Holds(ctx context.Context, campID, level string) error {
	c, err := s.course(ctx, campID)
	if err != nil {
		return err
	}
	if _, at := c.Find(level); at < 0 {
		return fmt.Errorf("level %s of camp %s: %w", level, campID, lesson.ErrLevel)
	}
	return nil
}

// MayGo implements lesson.Levels: no level that could be reached may lose its way through the task.
func (s *Service) MayGo(ctx context.Context, t lesson.Task) error {
	c, err := s.course(ctx, t.Camp)
	if err != nil {
		return err
	}
	tasks, err := s.Tasks.All(ctx, t.Camp)
	if err != nil {
		return err
	}
	rest := slices.DeleteFunc(slices.Clone(tasks), func(other lesson.Task) bool { return other.ID == t.ID })
	before, after := c.Reachable(tasks, true), c.Reachable(rest, true)
	for _, l := range c.Levels {
		if before[l.ID] && !after[l.ID] && hasTask(rest, l.ID) {
			return fmt.Errorf("task %s: %w", t.ID, domain.Refusal(domain.KindConflict, "task_needed", "没有这个任务，「"+l.Title+"」就无法解锁了；请先修改它的解锁条件"))
		}
	}
	return nil
}

// Ready implements camp.Courses.
func (s *Service) Ready(ctx context.Context, campID string) error {
	c, err := s.course(ctx, campID)
	if err != nil {
		return err
	}
	tasks, err := s.Tasks.All(ctx, campID)
	if err != nil {
		return err
	}
	return c.Sound(tasks, true)
}

// Opened implements study.Levels: which of these levels are open to the learner.
func (s *Service) Opened(ctx context.Context, campID, memberID string, levels []string) (map[string]bool, error) {
	p, err := s.Progresses.Get(ctx, ProgressID(campID, memberID))
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return nil, err
	}
	if slices.ContainsFunc(levels, func(l string) bool { return !p.Open(l) }) { // what opens it may have happened just now
		standing, err := s.look(ctx, campID, memberID)
		if err != nil {
			return nil, err
		}
		p = standing.progress
	}
	open := make(map[string]bool, len(levels))
	for _, l := range levels {
		open[l] = p.Open(l)
	}
	return open, nil
}

// Open implements checkin.Levels and quiz.Levels: nil if the level is open to the learner, checkin.ErrLocked if not.
func (s *Service) Open(ctx context.Context, campID, memberID, level string) error {
	p, err := s.Progresses.Get(ctx, ProgressID(campID, memberID))
	if err == nil && p.Open(level) {
		return nil
	}
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	standing, err := s.look(ctx, campID, memberID) // what opens it may have happened just now
	if err == nil && !standing.progress.Open(level) {
		err = fmt.Errorf("level %s of %s: %w", level, standing.progress.ID, checkin.ErrLocked)
	}
	return err
}
