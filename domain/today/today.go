// Package today is a camp's day on one page: what a learner has to do, and what a teacher wants to see.
package today

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/course"
	"yingdi/domain/enrolment"
	"yingdi/domain/form"
	"yingdi/domain/lesson"
	"yingdi/domain/media"
	"yingdi/domain/member"
	"yingdi/domain/quiz"
	"yingdi/domain/review"
	"yingdi/domain/study"
)

// Camps is what this feature needs of domain/camp.
type Camps interface {
	Get(ctx context.Context, id string) (camp.Camp, error)
	ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error)
	Taken(ctx context.Context, id string) (int64, error)
	Mine(ctx context.Context, f camp.Filter, page domain.Page) ([]camp.Camp, domain.Cursor, error)
}

// Tasks is what this feature needs of domain/lesson.
type Tasks interface {
	OfDay(ctx context.Context, camp string, day domain.Day) ([]lesson.Task, error)
	All(ctx context.Context, camp string) ([]lesson.Task, error)
}

// Enrolments is what this feature needs of domain/enrolment.
type Enrolments interface {
	Require(ctx context.Context, camp string) (enrolment.Enrolment, error)
	OfCamp(ctx context.Context, camp string, page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error)
	OfMember(ctx context.Context, camp, member string) (enrolment.Enrolment, error)
	ReplyOf(ctx context.Context, e enrolment.Enrolment) ([]form.Asked, error)
}

// Quizzes is what this feature needs of domain/quiz.
type Quizzes interface {
	Standings(ctx context.Context, in camp.Own, member string, tasks []lesson.Task) (map[string]quiz.Standing, error)
	StandingsOf(ctx context.Context, seats []quiz.Seat) ([]map[string]quiz.Standing, error)
	OfMember(ctx context.Context, in camp.Own, member string, tasks []lesson.Task) ([]quiz.Attempt, error)
	CountDone(ctx context.Context, quizzes []string) (map[string]int64, error)
}

// Studies is what this feature needs of domain/study.
type Studies interface {
	Standings(ctx context.Context, in camp.Own, member string, tasks []lesson.Task) ([]study.Standing, error)
}

// Checkins is what this feature needs of domain/checkin.
type Checkins interface {
	Many(ctx context.Context, ids []string) (map[string]checkin.Checkin, error)
	Progress(ctx context.Context, in camp.Camp, member string) (checkin.Progress, error)
	CountDay(ctx context.Context, camp string, tasks []lesson.Task, day domain.Day) (checkin.Counts, error)
	OfMember(ctx context.Context, camp, member string, page domain.Page) ([]checkin.Entry, domain.Cursor, error)
}

// Reviews is what this feature needs of domain/review.
type Reviews interface {
	Many(ctx context.Context, checkins []string) (map[string]review.Review, error)
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

// Courses is what this feature needs of domain/course.
type Courses interface {
	// Enter returns an open level of a course with its tasks; with an empty id, the one that the acting learner is at.
	Enter(ctx context.Context, camp, level string) (course.Level, []lesson.Task, error)
}

// Service holds the use cases.
type Service struct {
	Camps      Camps
	Tasks      Tasks
	Enrolments Enrolments
	Courses    Courses
	Quizzes    Quizzes
	Studies    Studies
	Checkins   Checkins
	Reviews    Reviews
	Media      Media
	Members    Members
	Teams      Teams
	Notices    Notices
	Clock      domain.Clock
}

// TaskState is how a task stands for a learner.
type TaskState string

// The states of a task of today.
const (
	Open TaskState = "open"
	Done TaskState = "done"
)

// Item is one task of today.
type Item struct {
	lesson.Task
	Body    []lesson.Shown
	State   TaskState
	Checkin string         // its id, if there is one
	Quiz    *quiz.Standing // of a task of kind quiz
}

// View is a learner's day.
type View struct {
	Camp   camp.Own
	Phase  camp.Phase
	Day    domain.Day
	DayN   int
	Streak int
	Tasks  []Item
}

// ForLearner returns the acting learner's day in a camp: today or, if one is named, a day that has gone by.
func (s *Service) ForLearner(ctx context.Context, campID string, day domain.Day) (View, error) {
	enrolled, err := s.Enrolments.Require(ctx, campID)
	if err != nil {
		return View{}, err
	}
	common, err := s.Camps.Get(ctx, campID)
	if err != nil {
		return View{}, err
	}
	in, now := enrolled.In(common), s.Clock.Now()
	today := in.Calendar.Day(now)
	switch {
	case day == "":
		day = today
	case !day.Valid() || day > today:
		return View{}, domain.Invalid("day", "只能看今天和过去的日子")
	}
	view := View{Camp: in, Phase: in.Phase(now), Day: day, DayN: in.DayN(day), Tasks: []Item{}}
	tasks, err := s.tasksNow(ctx, in, day)
	if err != nil {
		return View{}, err
	}
	tasks = lesson.PinFirst(lesson.Visible(in.Calendar, now, tasks))
	if view.Tasks, err = s.items(ctx, in, tasks, enrolled.Member); err != nil {
		return View{}, err
	}
	progress, err := s.Checkins.Progress(ctx, common, enrolled.Member)
	view.Streak = progress.Streak
	return view, err
}

// tasksNow are those of the learner's day or, in a course, of the level that they are at.
func (s *Service) tasksNow(ctx context.Context, in camp.Own, day domain.Day) ([]lesson.Task, error) {
	if in.Kind == camp.KindCourse {
		_, tasks, err := s.Courses.Enter(ctx, in.ID, "")
		return tasks, err
	}
	tasks, err := s.Tasks.OfDay(ctx, in.ID, in.PlanDay(day))
	return lesson.For(in, tasks), err
}

// LevelView is a level of a course as a learner works on it.
type LevelView struct {
	Level course.Level
	Tasks []Item
}

// Level returns an open level of a course with its tasks to the acting learner.
func (s *Service) Level(ctx context.Context, campID, level string) (LevelView, error) {
	enrolled, err := s.Enrolments.Require(ctx, campID)
	if err != nil {
		return LevelView{}, err
	}
	common, err := s.Camps.Get(ctx, campID)
	if err != nil {
		return LevelView{}, err
	}
	var view LevelView
	var tasks []lesson.Task
	if view.Level, tasks, err = s.Courses.Enter(ctx, campID, level); err != nil {
		return view, err
	}
	in := enrolled.In(common)
	view.Tasks, err = s.items(ctx, in, lesson.Visible(in.Calendar, s.Clock.Now(), tasks), enrolled.Member)
	return view, err
}

func (s *Service) items(ctx context.Context, in camp.Own, tasks []lesson.Task, memberID string) ([]Item, error) {
	var files []string
	for _, t := range tasks {
		files = append(files, t.Files()...)
	}
	found, err := s.Media.Many(ctx, files)
	if err != nil {
		return nil, err
	}
	standings, err := s.Studies.Standings(ctx, in, memberID, tasks)
	if err != nil {
		return nil, err
	}
	items, now := make([]Item, len(tasks)), s.Clock.Now()
	for i, t := range tasks {
		items[i] = Item{Task: t, State: stateOf(t, standings[i], now), Quiz: standings[i].Quiz}
		if c := standings[i].Checkin; c != nil {
			items[i].Checkin = c.ID
		}
		views, err := s.Media.Views(ctx, found, t.Files(), true)
		if err != nil {
			return nil, err
		}
		items[i].Body = lesson.Show(t.Body(found), views)
	}
	return items, nil
}
