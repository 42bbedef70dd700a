package study_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/domaintest"
	"yingdi/domain/enrolment"
	"yingdi/domain/form"
	"yingdi/domain/lesson"
	"yingdi/domain/media"
	"yingdi/domain/member"
	"yingdi/domain/quiz"
	"yingdi/domain/review"
	"yingdi/domain/study"
)

type store struct {
	*domaintest.Store[study.Mark]
}

func (s store) OfTask(_ context.Context, task string, page domain.Page) ([]study.Mark, domain.Cursor, error) {
	return s.Find(func(m study.Mark) bool { return m.Task == task }, func(a, b study.Mark) int { return b.At.Compare(a.At) }, page)
}

// school is the camp c1 of o1 and those who learn in it.
type school struct {
	camp   camp.Camp
	places *domaintest.Store[enrolment.Enrolment]
}

func (s *school) Get(context.Context, string) (camp.Camp, error) { return s.camp, nil }

func (s *school) ForStaff(ctx context.Context, _ string, right domain.Right) (camp.Camp, error) {
	return s.camp, domain.ActorFrom(ctx).Must(right, s.camp.Place())
}

// levels that are open to everybody.
type levels map[string]bool

func (l levels) Open(_ context.Context, _, _, level string) error {
	if !l[level] {
		return checkin.ErrLocked
	}
	return nil
}

func (l levels) Opened(context.Context, string, string, []string) (map[string]bool, error) {
	return l, nil
}

func (s *school) OfCamp(_ context.Context, campID string, page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error) {
	return s.places.Find(func(e enrolment.Enrolment) bool { return e.Camp == campID && e.State == enrolment.Active }, nil, page)
}

func (s *school) Require(ctx context.Context, campID string) (enrolment.Enrolment, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return enrolment.Enrolment{}, err
	}
	e, err := s.places.Get(ctx, enrolment.ID(campID, actor.Member))
	if errors.Is(err, domain.ErrNotFound) || err == nil && e.State != enrolment.Active {
		err = enrolment.ErrNotEnrolled
	}
	return e, err
}

// otherTasks, otherQuizzes and otherAttempts are the queries that nobody here asks.
type (
	otherTasks    struct{ lesson.Store }
	otherQuizzes  struct{ quiz.Store }
	otherAttempts struct{ quiz.AttemptStore }
)

type tasks struct {
	otherTasks
	*domaintest.Store[lesson.Task]
}

func (s tasks) OfDays(_ context.Context, campID string, from, to domain.Day) ([]lesson.Task, error) {
	list := s.All(func(t lesson.Task) bool {
		return t.Camp == campID && t.RemovedAt.IsZero() && from <= t.Day && t.Day <= to
	})
	slices.SortStableFunc(list, func(a, b lesson.Task) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Position, b.Position))
	})
	return list, nil
}

type quizzes struct {
	otherQuizzes
	*domaintest.Store[quiz.Quiz]
}

type attempts struct {
	otherAttempts
	*domaintest.Store[quiz.Attempt]
}

type checkins struct {
	*domaintest.Store[checkin.Checkin]
}

func (s checkins) Many(ctx context.Context, ids []string) (map[string]checkin.Checkin, error) {
	return s.GetMany(ctx, ids)
}

type reviews struct {
	*domaintest.Store[review.Review]
}

func (s reviews) Many(ctx context.Context, ids []string) (map[string]review.Review, error) {
	return s.GetMany(ctx, ids)
}

type noFiles struct{}

func (noFiles) Many(context.Context, []string) (map[string]media.Media, error) { return nil, nil }

func (noFiles) Views(context.Context, map[string]media.Media, []string, bool) ([]media.View, error) {
	return nil, nil
}

type people struct{}

func (people) Cards(_ context.Context, ids []string) (map[string]member.Card, error) {
	cards := map[string]member.Card{}
	for _, id := range ids {
		cards[id] = member.Card{ID: id, Nickname: id}
	}
	return cards, nil
}

type world struct {
	*study.Service
	*school
	levels   levels
	store    store
	tasks    tasks
	quizzes  quizzes
	attempts attempts
	checkins checkins
	reviews  reviews
	clock    *domaintest.Clock
	power    *domaintest.Power
}

var shanghai = domain.Calendar{Zone: "Asia/Shanghai", CutOff: 2}

// newWorld has ann and bob in the camp from before its first day; it is the fifth of March.
func newWorld(t testing.TB) world {
	power, clock := &domaintest.Power{}, &domaintest.Clock{}
	w := world{
		power: power, clock: clock,
		school: &school{
			camp: camp.Camp{
				Doc: domain.Doc{ID: "c1"}, Organiser: "o1", Calendar: shanghai, Start: "2026-03-01", End: "2026-03-21", State: camp.Published,
			},
			places: domaintest.NewStore[enrolment.Enrolment](power),
		},
		levels:   levels{},
		store:    store{domaintest.NewStore[study.Mark](power)},
		tasks:    tasks{Store: domaintest.NewStore[lesson.Task](power)},
		quizzes:  quizzes{Store: domaintest.NewStore[quiz.Quiz](power)},
		attempts: attempts{Store: domaintest.NewStore[quiz.Attempt](power)},
		checkins: checkins{domaintest.NewStore[checkin.Checkin](power)},
		reviews:  reviews{domaintest.NewStore[review.Review](power)},
	}
	w.Service = &study.Service{
		Store: w.store, Camps: w.school, Tasks: &lesson.Service{Store: w.tasks, Clock: clock}, Enrolments: w.school, Levels: w.levels,
		Checkins: w.checkins, Reviews: w.reviews, Forms: &form.Service{Sealer: domaintest.Sealer()}, Media: noFiles{}, Members: people{},
		Quizzes: &quiz.Service{Store: w.quizzes, Attempts: w.attempts, Clock: clock},
		Clock:   clock,
	}
	w.enrol(t, "ann", "2026-02-20", 0)
	w.enrol(t, "bob", "2026-02-20", 0)
	w.goTo("2026-03-05")
	return w
}

// goTo moves the clock to some hours into a day.
func (w world) goTo(day domain.Day) { w.clock.Set(at(day)) }

func at(day domain.Day) time.Time { return shanghai.Start(day).Add(6 * time.Hour).UTC() }

// enrol gives a person a place in the camp since a day, or a new one to somebody who had left.
func (w world) enrol(t testing.TB, who string, since domain.Day, shift int) {
	t.Helper()
	id := enrolment.ID("c1", who)
	must(t, w.places.Delete(t.Context(), id))
	must(t, w.places.Insert(t.Context(), enrolment.Enrolment{
		Doc: domain.Doc{ID: id}, Camp: "c1", Member: who, State: enrolment.Active, ActiveAt: at(since), Shift: shift,
	}))
}

// plan puts tasks into the camp; they are named by their kind and day, or level.
func (w world) plan(t testing.TB, list ...lesson.Task) {
	t.Helper()
	for i, task := range list {
		task.Doc, task.Camp, task.Position = domain.Doc{ID: id(task)}, "c1", i
		must(t, w.tasks.Insert(t.Context(), task))
	}
}

func id(task lesson.Task) string { return fmt.Sprintf("%s-%s%s", task.Kind, task.Day, task.Level) }

// handIn puts a check-in of a learner for a task of the plan into the store.
func (w world) handIn(t testing.TB, who, task string, own domain.Day, state checkin.State) string {
	t.Helper()
	id := checkin.ID("c1", who, task, own)
	must(t, w.checkins.Insert(t.Context(), checkin.Checkin{
		Doc: domain.Doc{ID: id}, Camp: "c1", Member: who, Task: task, Day: own, State: state, SubmittedAt: at(own),
	}))
	return id
}

// judge releases a review of a check-in, by which the learner is to do it again or not.
func (w world) judge(t testing.TB, id string, again *review.Return) {
	t.Helper()
	r := review.Review{Doc: domain.Doc{ID: id}, Camp: "c1"}
	must(t, r.Release(review.Mark{Text: "好", Return: again}, review.Judged{}, "tom", w.clock.Now(), 0))
	must(t, w.reviews.Insert(t.Context(), r))
}

// try puts a learner's nth attempt at the quiz q1 into the store.
func (w world) try(t testing.TB, who string, n int, day domain.Day, state quiz.State) {
	t.Helper()
	must(t, w.attempts.Insert(t.Context(), quiz.Attempt{
		Doc: domain.Doc{ID: quiz.AttemptID("c1", who, "q1", n)}, Camp: "c1", Member: who, Quiz: "q1", N: n, State: state,
		StartedAt: at(day), DueAt: at(day).Add(48 * time.Hour), GraceAt: at(day).Add(49 * time.Hour),
	}))
}

func as(t testing.TB, name string) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: name})
}

func staff(t testing.TB, role domain.Role) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: "tom", Grants: []domain.Grant{
		{Scope: domain.ScopeCamp, ID: "c1", Organiser: "o1", Role: role},
	}})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", what, err, want)
	}
}
