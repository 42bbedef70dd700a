package course_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/course"
	"yingdi/domain/domaintest"
	"yingdi/domain/enrolment"
	"yingdi/domain/lesson"
	"yingdi/domain/media"
	"yingdi/domain/member"
	"yingdi/domain/notice"
	"yingdi/domain/quiz"
	"yingdi/domain/review"
	"yingdi/domain/study"
)

// world is a published course c1 of three levels, and what its learners have done: l1 with the tasks t1 and t2, l2 with
// the quiz q1 after l1, l3 with the task t4 after 80 percent of q1.
type world struct {
	*course.Service
	clock      *domaintest.Clock
	power      *domaintest.Power
	courses    *domaintest.Store[course.Course]
	progresses progresses
	awards     awards
	camp       camp.Camp
	tasks      []lesson.Task
	places     places
	checkins   map[string]checkin.Checkin
	marks      map[string]quiz.Standing // by member:quiz
	reviews    map[string]review.Review
	told       map[string]notice.Notice
	pictures   pictures
}

type progresses struct {
	*domaintest.Store[course.Progress]
}

func (s progresses) AtLevel(_ context.Context, campID, level string, page domain.Page) ([]course.Progress, domain.Cursor, error) {
	return s.Find(func(p course.Progress) bool { return p.Camp == campID && p.At == level },
		func(a, b course.Progress) int { return b.Since.Compare(a.Since) }, page)
}

func (s progresses) CountAt(_ context.Context, campID, level string) (int64, error) {
	return s.Count(func(p course.Progress) bool { return p.Camp == campID && p.At == level })
}

func (s progresses) Due(_ context.Context, before time.Time, page domain.Page) ([]course.Progress, domain.Cursor, error) {
	return s.Find(func(p course.Progress) bool { return p.LookAt.Before(before) }, nil, page)
}

type badges struct {
	*domaintest.Store[course.Badge]
}

func (s badges) Of(_ context.Context, owner string, page domain.Page) ([]course.Badge, domain.Cursor, error) {
	return s.Find(func(b course.Badge) bool { return b.Owner() == owner && b.RemovedAt.IsZero() }, nil, page)
}

type awards struct {
	*domaintest.Store[course.Award]
}

func (s awards) ByMember(_ context.Context, memberID string, page domain.Page) ([]course.Award, domain.Cursor, error) {
	return s.Find(func(a course.Award) bool { return a.Member == memberID }, nil, page)
}

func (s awards) CountBadge(_ context.Context, badge string) (int64, error) {
	return s.Count(func(a course.Award) bool { return a.Badge == badge })
}

type places struct {
	*domaintest.Store[enrolment.Enrolment]
}

func (s places) ByCamp(_ context.Context, campID string, page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error) {
	return s.Find(func(e enrolment.Enrolment) bool { return e.Camp == campID && e.State == enrolment.Active }, nil, page)
}

func (s places) CountActive(_ context.Context, campID string) (int64, error) {
	return s.Count(func(e enrolment.Enrolment) bool { return e.Camp == campID && e.State == enrolment.Active })
}

func (s places) Require(ctx context.Context, campID string) (enrolment.Enrolment, error) {
	e, err := s.Get(ctx, enrolment.ID(campID, domain.ActorFrom(ctx).Member))
	if errors.Is(err, domain.ErrNotFound) || e.State != enrolment.Active {
		return e, enrolment.ErrNotEnrolled
	}
	return e, err
}

type around struct{ *world }

func (a around) Get(_ context.Context, id string) (camp.Camp, error) {
	if id == "dated" {
		return camp.Camp{Doc: domain.Doc{ID: id}, Organiser: "o1", Calendar: a.camp.Calendar, State: camp.Published}, nil
	}
	return a.camp, nil
}

func (a around) ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error) {
	c, _ := a.Get(ctx, id)
	return c, domain.ActorFrom(ctx).Must(right, c.Place())
}

func (a around) All(context.Context, string) ([]lesson.Task, error) {
	return slices.Clone(a.tasks), nil
}

func (a around) Cards(_ context.Context, ids []string) (map[string]member.Card, error) {
	cards := map[string]member.Card{}
	for _, id := range ids {
		cards[id] = member.Card{ID: id, Nickname: strings.ToUpper(id)}
	}
	return cards, nil
}

func (a around) Tell(_ context.Context, n notice.Notice) error {
	if _, had := a.told[n.ID]; !had {
		a.told[n.ID] = n
	}
	return nil
}

func (a around) Standings(_ context.Context, _ camp.Own, memberID string, tasks []lesson.Task) (map[string]quiz.Standing, error) {
	found := map[string]quiz.Standing{}
	for _, t := range tasks {
		if s, ok := a.marks[memberID+":"+t.Quiz]; ok {
			found[t.Quiz] = s
		}
	}
	return found, nil
}

func (a around) Whose(_ context.Context, attempt string) (string, string, error) {
	return "c1", strings.Split(attempt, ":")[1], nil
}

type handedIn struct{ *world }

func (h handedIn) Get(_ context.Context, id string) (checkin.Checkin, error) {
	return h.checkins[id], nil
}

func (h handedIn) Many(_ context.Context, ids []string) (map[string]checkin.Checkin, error) {
	found := map[string]checkin.Checkin{}
	for _, id := range ids {
		if c, ok := h.checkins[id]; ok {
			found[id] = c
		}
	}
	return found, nil
}

func (h handedIn) Progress(_ context.Context, in camp.Camp, memberID string) (checkin.Progress, error) {
	p := checkin.Progress{Done: map[domain.Day]bool{}, Today: in.Calendar.Day(h.clock.Now())}
	for _, c := range h.checkins {
		if c.Camp == in.ID && c.Member == memberID && c.Counts() {
			p.Done[c.Day] = true
		}
	}
	p.Scheduled = checkin.DaysInRow(p.Done, p.Today)
	return p, nil
}

// read is what learners said that they have read: nothing.
type read struct{ *world }

func (read) Marks(context.Context, []string) (map[string]study.Mark, error) { return nil, nil }

// Done tells of what was handed in, at any time.
func (r read) Done(_ context.Context, _ camp.Camp, enrolled []enrolment.Enrolment, plan []lesson.Task) ([][]bool, error) {
	done := make([][]bool, len(enrolled))
	for i, e := range enrolled {
		for _, t := range plan {
			c, ok := r.checkins[checkin.ID("c1", e.Member, t.ID, "")]
			done[i] = append(done[i], ok && c.Counts())
		}
	}
	return done, nil
}

type marks struct{ *world }

func (m marks) Many(_ context.Context, ids []string) (map[string]review.Review, error) {
	found := map[string]review.Review{}
	for _, id := range ids {
		if r, ok := m.reviews[id]; ok {
			found[id] = r
		}
	}
	return found, nil
}

// pictures belong to whom their name begins with.
type pictures struct{ kept map[string][]string }

func (pictures) OwnPicture(_ context.Context, owner, id string) error {
	if !strings.HasPrefix(id, owner) {
		return media.ErrUnusable
	}
	return nil
}
func (pictures) Keep(context.Context, string, []string) error { return nil }
func (p pictures) Replace(ctx context.Context, ref, old string, current func(context.Context) (string, error)) error {
	now, err := current(ctx)
	p.kept[ref] = slices.DeleteFunc(p.kept[ref], func(id string) bool { return id == old })
	if now != "" && !slices.Contains(p.kept[ref], now) {
		p.kept[ref] = append(p.kept[ref], now)
	}
	return err
}
func (pictures) Own(context.Context, []string) ([]media.View, error)            { return nil, nil }
func (pictures) Many(context.Context, []string) (map[string]media.Media, error) { return nil, nil }
func (pictures) Views(_ context.Context, _ map[string]media.Media, ids []string, _ bool) ([]media.View, error) {
	return make([]media.View, len(ids)), nil
}

var shanghai = domain.Calendar{Zone: "Asia/Shanghai"}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{
		clock: &domaintest.Clock{}, power: &domaintest.Power{}, checkins: map[string]checkin.Checkin{}, marks: map[string]quiz.Standing{},
		reviews: map[string]review.Review{}, told: map[string]notice.Notice{}, pictures: pictures{map[string][]string{}},
		tasks: []lesson.Task{task("t1", "l1"), task("t2", "l1"), quizTask("t3", "l2", "q1"), task("t4", "l3")},
		camp: camp.Camp{
			Doc: domain.Doc{ID: "c1"}, Kind: camp.KindCourse, Organiser: "o1", Calendar: shanghai, State: camp.Published, Start: "2026-03-01", End: camp.Forever,
		},
	}
	w.clock.Set(shanghai.Start("2026-03-05").Add(10 * time.Hour))
	w.courses = domaintest.NewStore[course.Course](w.power)
	w.progresses = progresses{domaintest.NewStore[course.Progress](w.power)}
	w.awards = awards{domaintest.NewStore[course.Award](w.power)}
	w.places = places{domaintest.NewStore[enrolment.Enrolment](w.power)}
	w.Service = &course.Service{
		Store: w.courses, Progresses: w.progresses, Badges: badges{domaintest.NewStore[course.Badge](w.power)}, Awards: w.awards,
		Camps: around{w}, Tasks: around{w}, Places: w.places, Enrolments: w.places, Checkins: handedIn{w}, Quizzes: around{w},
		Reviews: marks{w}, Marks: read{w}, Members: around{w}, Pictures: w.pictures, Notices: around{w}, IDs: &domaintest.IDs{}, Clock: w.clock,
	}
	w.levels(t, course.Rule{}, level("l1"), quizRule)
	return w
}

var quizRule = quiz80("q1")

func quiz80(id string) course.Rule { return course.Rule{Op: course.OpQuiz, ID: id, N: 80} }

// levels sets the rules as a teacher would, level by level.
func (w *world) levels(t testing.TB, rules ...course.Rule) {
	t.Helper()
	c := course.Course{Doc: domain.Doc{ID: "c1"}, Organiser: "o1"}
	for i, rule := range rules {
		id := "l" + string(rune('1'+i))
		c.Levels = append(c.Levels, course.Level{ID: id, Title: "关卡" + id, Rule: rule})
	}
	if err := w.courses.Delete(t.Context(), "c1"); err != nil {
		t.Fatal(err)
	}
	if err := w.courses.Insert(t.Context(), c); err != nil {
		t.Fatal(err)
	}
}

func (w *world) enrol(t testing.TB, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := w.places.Insert(t.Context(), enrolment.Enrolment{
			Doc: domain.Doc{ID: enrolment.ID("c1", name)}, Camp: "c1", Member: name, State: enrolment.Active, ActiveAt: w.clock.Now(),
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// hand notes a check-in of today and lets the worker hear of it.
func (w *world) hand(t testing.TB, name string, tasks ...string) {
	t.Helper()
	for _, id := range tasks {
		c := checkin.Checkin{
			Doc: domain.Doc{ID: checkin.ID("c1", name, id, "")}, Camp: "c1", Member: name, Task: id, Day: shanghai.Day(w.clock.Now()), State: checkin.Pending,
		}
		w.checkins[c.ID] = c
		if err := w.HeardCheckin(t.Context(), c.ID); err != nil && !errors.Is(err, domaintest.ErrDead) {
			t.Fatal(err)
		}
	}
}

// score notes a finished attempt of a quiz.
func (w *world) score(name, quizID string, percent int) {
	w.marks[name+":"+quizID] = quiz.Standing{State: quiz.Done, Best: &quiz.Result{Mark: quiz.Marks(percent), Full: quiz.Marks(100)}}
}

// reached is what has opened, and a ! behind what was finished, in order.
func (w *world) reached(name string) string {
	var said []string
	for _, p := range w.progresses.All(func(p course.Progress) bool { return p.Member == name }) {
		for _, r := range p.Levels {
			if said = append(said, r.Level); !r.Finished.IsZero() {
				said[len(said)-1] += "!"
			}
		}
	}
	return strings.Join(said, " ")
}

func as(t testing.TB, name string) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: name})
}

func staff(t testing.TB) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: "ann", Grants: []domain.Grant{
		{Scope: domain.ScopeOrganiser, ID: "o1", Organiser: "o1", Role: domain.RoleManager},
	}})
}
