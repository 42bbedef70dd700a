package study

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/enrolment"
	"yingdi/domain/form"
	"yingdi/domain/lesson"
	"yingdi/domain/media"
	"yingdi/domain/member"
	"yingdi/domain/quiz"
	"yingdi/domain/review"
)

// Store keeps marks.
type Store interface {
	domain.Documents[Mark]
	domain.Many[Mark]
	// OfTask lists the marks at a task, the newest first.
	OfTask(ctx context.Context, task string, page domain.Page) ([]Mark, domain.Cursor, error)
}

// Camps is what this feature needs of domain/camp.
type Camps interface {
	Get(ctx context.Context, id string) (camp.Camp, error)
	ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error)
}

// Tasks is what this feature needs of domain/lesson.
type Tasks interface {
	Get(ctx context.Context, camp, id string) (lesson.Task, error)
	All(ctx context.Context, camp string) ([]lesson.Task, error)
	OfDays(ctx context.Context, camp string, from, to domain.Day) ([]lesson.Task, error)
}

// Enrolments is what this feature needs of domain/enrolment.
type Enrolments interface {
	Require(ctx context.Context, camp string) (enrolment.Enrolment, error)
	OfCamp(ctx context.Context, camp string, page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error)
}

// Levels is what this feature needs of domain/course.
type Levels interface {
	// Open returns checkin.ErrLocked unless the level is open to the learner.
	Open(ctx context.Context, camp, member, level string) error
	// Opened tells which of the levels are.
	Opened(ctx context.Context, camp, member string, levels []string) (map[string]bool, error)
}

// Checkins is what this feature needs of domain/checkin.
type Checkins interface {
	Many(ctx context.Context, ids []string) (map[string]checkin.Checkin, error)
}

// Quizzes is what this feature needs of domain/quiz.
type Quizzes interface {
	Standings(ctx context.Context, in camp.Own, member string, tasks []lesson.Task) (map[string]quiz.Standing, error)
	Finished(ctx context.Context, in map[string]camp.Own, quizzes []string) (map[string]map[string]bool, error)
}

// Reviews is what this feature needs of domain/review. A review has the id of its check-in.
type Reviews interface {
	Many(ctx context.Context, checkins []string) (map[string]review.Review, error)
}

// Forms checks, seals and opens answers; domain/form does it.
type Forms interface {
	Fill(ref string, fields []form.Field, answers []form.Answer) (sealed string, err error)
	Filled(ref string, fields []form.Field, sealed string, all bool) ([]form.Asked, error)
}

// Media is what this feature needs of domain/media.
type Media interface {
	Many(ctx context.Context, ids []string) (map[string]media.Media, error)
	Views(ctx context.Context, found map[string]media.Media, ids []string, all bool) ([]media.View, error)
}

// Members is what this feature needs of domain/member.
type Members interface {
	Cards(ctx context.Context, ids []string) (map[string]member.Card, error)
}

// Service holds the use cases.
type Service struct {
	Store      Store
	Camps      Camps
	Tasks      Tasks
	Enrolments Enrolments
	Levels     Levels
	Checkins   Checkins
	Quizzes    Quizzes
	Reviews    Reviews
	Forms      Forms
	Media      Media
	Members    Members
	Clock      domain.Clock
}

// visit is a learner at a task, which is as they live it.
type visit struct {
	member string
	in     camp.Own
	task   lesson.Task
}

// visit returns domain.ErrNotFound for a task that is not in the learner's list, or not yet, and checkin.ErrLocked for one of
// a level that is not open to them.
func (s *Service) visit(ctx context.Context, campID, taskID string) (v visit, err error) {
	enrolled, err := s.Enrolments.Require(ctx, campID)
	if err != nil {
		return v, err
	}
	common, err := s.Camps.Get(ctx, campID)
	if err != nil {
		return v, err
	}
	v.member, v.in = enrolled.Member, enrolled.In(common)
	if v.task, err = s.Tasks.Get(ctx, campID, taskID); err != nil {
		return v, err
	}
	v.task = v.task.For(v.in)
	away := v.task.Level == "" && (v.task.Day < v.in.Start || v.task.Day > v.in.End) // the camp's days have moved
	if v.task.Level != "" {
		if err := s.Levels.Open(ctx, campID, v.member, v.task.Level); err != nil {
			return v, err
		}
	}
	if away || !v.task.Visible(v.in.Calendar, s.Clock.Now()) {
		return v, fmt.Errorf("task %s of camp %s: %w", taskID, campID, domain.ErrNotFound)
	}
	return v, nil
}

// Read notes that the acting learner has read a task; again changes nothing, and fresh tells which it was. Returns
// ErrNotToRead, ErrNotYet, camp.ErrClosed.
func (s *Service) Read(ctx context.Context, campID, taskID string) (m Mark, fresh bool, err error) {
	v, err := s.visit(ctx, campID, taskID)
	if err != nil {
		return Mark{}, false, err
	}
	if v.task.Kind != lesson.KindRead {
		return Mark{}, false, fmt.Errorf("task %s: %w", taskID, ErrNotToRead)
	}
	return s.mark(ctx, v, "")
}

// Answer keeps what the acting learner answers to a task; other answers replace it, and the same again change nothing.
// Returns ErrNoForm, ErrNotYet, camp.ErrClosed, and what form.Version.Check refuses.
func (s *Service) Answer(ctx context.Context, campID, taskID string, answers []form.Answer) (m Mark, fresh bool, err error) {
	v, err := s.visit(ctx, campID, taskID)
	if err != nil {
		return Mark{}, false, err
	}
	if v.task.Kind != lesson.KindForm {
		return Mark{}, false, fmt.Errorf("task %s: %w", taskID, ErrNoForm)
	}
	sealed, err := s.Forms.Fill(ref(campID, v.member, taskID), v.task.Ask, answers)
	if err != nil {
		return Mark{}, false, err
	}
	return s.mark(ctx, v, sealed)
}

// ref is what sealed answers are bound to.
func ref(camp, member, task string) string { return "task:" + ID(camp, member, task) }

func (s *Service) mark(ctx context.Context, v visit, sealed string) (m Mark, fresh bool, err error) {
	now := s.Clock.Now()
	switch {
	case v.in.State == camp.Closed:
		return Mark{}, false, camp.ErrClosed
	case v.in.Calendar.Day(now) < max(v.in.Start, v.task.Day):
		return Mark{}, false, fmt.Errorf("task %s: %w", v.task.ID, ErrNotYet)
	}
	m = Mark{Doc: domain.Doc{ID: ID(v.in.ID, v.member, v.task.ID)}, Camp: v.in.ID, Member: v.member, Task: v.task.ID, Sealed: sealed, At: now}
	m.Emit(EventMarked, now, nil)
	if err = s.Store.Insert(ctx, m); !errors.Is(err, domain.ErrExists) {
		return m, err == nil, err
	}
	m, err = s.Store.Update(ctx, m.ID, func(had *Mark) error {
		if fresh = !had.Counts(v.in); !fresh && s.same(v, had.Sealed, sealed) {
			return domain.ErrSame
		}
		if fresh { // of an earlier stay
			had.At = now
			had.Emit(EventMarked, now, nil)
		}
		had.Sealed = sealed
		return nil
	})
	return m, fresh && err == nil, err
}

// same reports whether both are the same answers, which are sealed in another way each time.
func (s *Service) same(v visit, had, sealed string) bool {
	if had == sealed {
		return true
	}
	ref := ref(v.in.ID, v.member, v.task.ID)
	was, err := s.Forms.Filled(ref, v.task.Ask, had, true)
	is, err2 := s.Forms.Filled(ref, v.task.Ask, sealed, true)
	return err == nil && err2 == nil && slices.EqualFunc(was, is, func(a, b form.Asked) bool { return slices.Equal(a.Values, b.Values) })
}

// Marks returns marks by their ids. Whoever calls it has checked who asks.
func (s *Service) Marks(ctx context.Context, ids []string) (map[string]Mark, error) {
	return s.Store.GetMany(ctx, ids)
}

// Standings tells how tasks stand for a learner, in the order of the tasks, which are as the learner lives them. Whoever
// calls it has checked who asks.
func (s *Service) Standings(ctx context.Context, in camp.Own, memberID string, tasks []lesson.Task) ([]Standing, error) {
	var handed, marked []string
	for _, t := range tasks {
		handed, marked = append(handed, checkin.ID(t.Camp, memberID, t.ID, t.Day)), append(marked, ID(t.Camp, memberID, t.ID))
	}
	checkins, err := s.Checkins.Many(ctx, handed)
	if err != nil {
		return nil, err
	}
	marks, err := s.byMark(ctx, marked, tasks)
	if err != nil {
		return nil, err
	}
	reviews, err := s.reviews(ctx, handed, tasks)
	if err != nil {
		return nil, err
	}
	quizzes, err := s.Quizzes.Standings(ctx, in, memberID, tasks)
	if err != nil {
		return nil, err
	}
	list := make([]Standing, len(tasks))
	for i, t := range tasks {
		var f lesson.Facts
		if c, ok := checkins[handed[i]]; ok && c.State != checkin.Deleted && c.Day >= in.Joined {
			list[i].Checkin, list[i].Review, f.Handed = &c, reviews[c.ID], c.Counts()
			_, f.Passed = list[i].Review.Passed(s.Clock.Now())
		}
		if m := marks[marked[i]]; m.Counts(in) {
			list[i].Mark, f.Marked = &m, true
		}
		if q, ok := quizzes[t.Quiz]; ok {
			list[i].Quiz, f.Finished = &q, q.State == quiz.Done
		}
		list[i].Done = t.Kind.Done(f)
	}
	return list, nil
}

// byMark asks only where there can be marks.
func (s *Service) byMark(ctx context.Context, ids []string, tasks []lesson.Task) (map[string]Mark, error) {
	if !slices.ContainsFunc(tasks, func(t lesson.Task) bool { return t.Kind.ByMark() }) {
		return nil, nil
	}
	return s.Store.GetMany(ctx, ids)
}

// reviews returns those of check-ins of homework, and asks only where there is some. checkins are as many to each task, in
// the order of the tasks.
func (s *Service) reviews(ctx context.Context, checkins []string, tasks []lesson.Task) (map[string]review.Review, error) {
	var ids []string
	for i, id := range checkins {
		if tasks[i%len(tasks)].Kind == lesson.KindHomework {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return s.Reviews.Many(ctx, ids)
}
