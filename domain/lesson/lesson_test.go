package lesson_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/domaintest"
	"yingdi/domain/lesson"
	"yingdi/domain/media"
)

var shanghai = domain.Calendar{Zone: "Asia/Shanghai", CutOff: 2}

func aCamp(state camp.State) camp.Camp {
	return camp.Camp{
		Doc: domain.Doc{ID: "c1"}, Organiser: "o1", Calendar: shanghai, Start: "2026-03-01", End: "2026-03-21", State: state,
	}
}

func at(day domain.Day) time.Time { return shanghai.Start(day).Add(6 * time.Hour) }

func TestFormIsBounded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		form lesson.Form
		ok   bool
	}{
		"fine":               {lesson.Form{Day: "2026-03-01", Title: "读"}, true},
		"the last day":       {lesson.Form{Day: "2026-03-21", Title: "读"}, true},
		"a day before":       {lesson.Form{Day: "2026-02-28", Title: "读"}, false},
		"a day after":        {lesson.Form{Day: "2026-03-22", Title: "读"}, false},
		"a day that is none": {lesson.Form{Day: "2026-03-1x", Title: "读"}, false},
		"no title":           {lesson.Form{Day: "2026-03-01"}, false},
		"a long title":       {lesson.Form{Day: "2026-03-01", Title: strings.Repeat("读", 61)}, false},
	} {
		if err := c.form.Check(aCamp(camp.Draft)); (err == nil) != c.ok || err != nil && !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTasksOfDaysThatHaveBegunStay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		state        camp.State
		now          domain.Day
		from, to     domain.Day // from "" is a new task
		move, remove error
	}{
		"in a draft everything moves":                 {camp.Draft, "2026-03-10", "2026-03-05", "2026-03-06", nil, nil},
		"a new one in the past of a draft":            {camp.Draft, "2026-03-10", "", "2026-03-05", nil, nil},
		"before its day":                              {camp.Published, "2026-03-04", "2026-03-05", "2026-03-06", nil, nil},
		"on its day":                                  {camp.Published, "2026-03-05", "2026-03-05", "2026-03-06", lesson.ErrBegun, lesson.ErrBegun},
		"after its day":                               {camp.Published, "2026-03-06", "2026-03-05", "2026-03-07", lesson.ErrBegun, lesson.ErrBegun},
		"words change on its day too":                 {camp.Published, "2026-03-05", "2026-03-05", "2026-03-05", nil, lesson.ErrBegun},
		"a new one for today":                         {camp.Published, "2026-03-05", "", "2026-03-05", nil, nil},
		"a new one on a day that nobody can do again": {camp.Published, "2026-03-05", "", "2026-03-04", lesson.ErrPast, nil},
		"one of tomorrow moved into the past":         {camp.Published, "2026-03-05", "2026-03-06", "2026-03-04", lesson.ErrPast, nil},
		"one of tomorrow moved to today":              {camp.Published, "2026-03-05", "2026-03-06", "2026-03-05", nil, nil},
		"in a closed camp":                            {camp.Closed, "2026-03-05", "2026-03-05", "2026-03-06", lesson.ErrBegun, lesson.ErrBegun},
	} {
		in, task := aCamp(c.state), lesson.Task{Day: c.from}
		if err := task.Apply(lesson.Form{Day: c.to, Title: "读"}, in, at(c.now)); !errors.Is(err, c.move) || err == nil && task.Day != c.to {
			t.Errorf("%s: moved: %v", name, err)
		}
		if c.from == "" {
			continue
		}
		task = lesson.Task{Day: c.from}
		if err := task.Remove(in, at(c.now)); !errors.Is(err, c.remove) || (err == nil) == task.RemovedAt.IsZero() {
			t.Errorf("%s: removed: %v", name, err)
		}
	}
	gone := lesson.Task{Day: "2026-03-05", RemovedAt: at("2026-03-01")}
	if err := gone.Remove(aCamp(camp.Draft), at("2026-03-02")); !errors.Is(err, domain.ErrSame) {
		t.Errorf("removed twice: %v", err)
	}
	if err := gone.Apply(lesson.Form{Day: "2026-03-05", Title: "读"}, aCamp(camp.Draft), at("2026-03-02")); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("changed after it was removed: %v", err)
	}
}

func TestScheduledDaysAreDaysWithSomethingToDo(t *testing.T) {
	t.Parallel()
	tasks := []lesson.Task{{Day: "2026-03-01"}, {Day: "2026-03-01"}, {Day: "2026-03-03"}}
	if diff := gocmp.Diff([]domain.Day{"2026-03-01", "2026-03-03"}, lesson.ScheduledDays(tasks)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := lesson.ScheduledDays(nil); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

type store struct{ *domaintest.Store[lesson.Task] }

func (s store) OfDays(_ context.Context, campID string, from, to domain.Day) ([]lesson.Task, error) {
	list, _, err := s.Find(func(t lesson.Task) bool {
		return t.Camp == campID && t.RemovedAt.IsZero() && from <= t.Day && t.Day <= to
	}, func(a, b lesson.Task) int {
		return cmp.Or(strings.Compare(string(a.Day), string(b.Day)), cmp.Compare(a.Position, b.Position))
	}, domain.Page{Limit: domain.MaxPage})
	return list, err
}

func (s store) CheckinDays(ctx context.Context, campID string) ([]domain.Day, error) {
	list, err := s.OfDays(ctx, campID, "", "9999-12-31")
	return lesson.ScheduledDays(lesson.ByCheckin(list)), err
}

func (s store) Trial(_ context.Context, campID string, page domain.Page) ([]lesson.Task, domain.Cursor, error) {
	return s.Find(func(t lesson.Task) bool { return t.Camp == campID && t.Trial && t.RemovedAt.IsZero() }, nil, page)
}

func (s store) OfQuiz(_ context.Context, quiz string) (lesson.Task, error) {
	for _, t := range s.All(func(t lesson.Task) bool { return t.Quiz == quiz && t.RemovedAt.IsZero() }) {
		return t, nil
	}
	return lesson.Task{}, domain.ErrNotFound
}

// quizzes of the camp are those whose name begins with a q.
type quizzes struct{}

func (quizzes) ForTask(_ context.Context, _, quiz string) error {
	if !strings.HasPrefix(quiz, "q") {
		return lesson.ErrQuiz
	}
	return nil
}

type camps struct{ camp camp.Camp }

func (c camps) Get(context.Context, string) (camp.Camp, error) { return c.camp, nil }

func (c camps) ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error) {
	if id != c.camp.ID {
		return camp.Camp{}, domain.ErrNotFound
	}
	return c.camp, domain.ActorFrom(ctx).Must(right, c.camp.Place())
}

// files belong to whom their name begins with.
type files struct{ kept map[string][]string }

func (f files) Usable(_ context.Context, owner string, ids []string) error {
	for _, id := range ids {
		if !strings.HasPrefix(id, owner) {
			return media.ErrUnusable
		}
	}
	return nil
}

func (f files) Exchange(ctx context.Context, ref string, old []string, current func(context.Context) ([]string, error)) error {
	now, err := current(ctx)
	for _, id := range old {
		f.kept[ref] = slices.DeleteFunc(f.kept[ref], func(had string) bool { return had == id })
	}
	for _, id := range now {
		if !slices.Contains(f.kept[ref], id) {
			f.kept[ref] = append(f.kept[ref], id)
		}
	}
	return err
}

func (f files) Many(_ context.Context, ids []string) (map[string]media.Media, error) {
	found := map[string]media.Media{}
	for _, id := range ids {
		found[id] = media.Media{Doc: domain.Doc{ID: id}, Kind: media.Image}
	}
	return found, nil
}

func (f files) Own(ctx context.Context, ids []string) (views []media.View, err error) {
	for _, id := range ids {
		if strings.HasPrefix(id, domain.ActorFrom(ctx).Member) {
			views = append(views, media.View{ID: id})
		}
	}
	return views, nil
}

func pictures(ids ...string) (blocks []lesson.Block) {
	for _, id := range ids {
		blocks = append(blocks, lesson.Block{Kind: lesson.PictureBlock, Media: id})
	}
	return blocks
}

func (f files) Views(_ context.Context, _ map[string]media.Media, ids []string, all bool) ([]media.View, error) {
	views := make([]media.View, len(ids))
	for i, id := range ids {
		views[i].ID = id
	}
	return views, nil
}

type world struct {
	*lesson.Service
	store store
	kept  map[string][]string
	clock *domaintest.Clock
	power *domaintest.Power
}

func newWorld(state camp.State) world {
	power := &domaintest.Power{}
	w := world{power: power, store: store{domaintest.NewStore[lesson.Task](power)}, kept: map[string][]string{}, clock: &domaintest.Clock{}}
	w.store.Unique = func(t *lesson.Task) []string {
		if t.Quiz == "" || !t.RemovedAt.IsZero() {
			return nil
		}
		return []string{t.Quiz}
	}
	w.clock.Set(at("2026-03-05"))
	w.Service = &lesson.Service{Store: w.store, Arrangements: domaintest.NewStore[lesson.Arrangement](power), Camps: camps{aCamp(state)}, Media: files{w.kept}, Quizzes: quizzes{}, IDs: &domaintest.IDs{}, Clock: w.clock}
	return w
}

func teacher(t testing.TB, name string) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: name, Grants: []domain.Grant{
		{Scope: domain.ScopeCamp, ID: "c1", Organiser: "o1", Role: domain.RoleTeacher},
	}})
}

func (w world) add(t testing.TB, day domain.Day) lesson.Task {
	t.Helper()
	task, err := w.Add(teacher(t, "ann"), "c1", lesson.Form{Day: day, Title: "读"})
	if err != nil {
		t.Fatal(err)
	}
	return task
}

func TestOnlyWhoMayEditTheCampTouchesItsTasks(t *testing.T) {
	t.Parallel()
	w := newWorld(camp.Draft)
	task := w.add(t, "2026-03-10")
	f := lesson.Form{Day: "2026-03-11", Title: "写"}
	reviewer := domain.Actor{Member: "m", Grants: []domain.Grant{{Scope: domain.ScopeCamp, ID: "c1", Organiser: "o1", Role: domain.RoleReviewer}}}
	for name, ctx := range map[string]context.Context{
		"nobody": t.Context(), "a learner": domain.WithActor(t.Context(), domain.Actor{Member: "m"}), "a reviewer": domain.WithActor(t.Context(), reviewer),
	} {
		for what, call := range map[string]func() error{
			"add":    func() error { _, err := w.Add(ctx, "c1", f); return err },
			"edit":   func() error { _, err := w.Edit(ctx, task.ID, f); return err },
			"remove": func() error { _, err := w.Remove(ctx, task.ID); return err },
			"form":   func() error { _, err := w.ForEditing(ctx, "c1", task.ID); return err },
			"show":   func() error { _, err := w.Preview(ctx, "c1", "", nil); return err },
		} {
			if err := call(); !errors.Is(err, domain.ErrForbidden) && !errors.Is(err, domain.ErrUnauthenticated) {
				t.Errorf("%s: %s: %v", name, what, err)
			}
		}
	}
}

func TestTasksStandInTheOrderInWhichTheyCame(t *testing.T) {
	t.Parallel()
	w := newWorld(camp.Draft)
	first, second, other := w.add(t, "2026-03-10"), w.add(t, "2026-03-10"), w.add(t, "2026-03-11")
	if _, err := w.Edit(teacher(t, "ann"), first.ID, lesson.Form{Day: "2026-03-11", Title: "读"}); err != nil {
		t.Fatal(err)
	}
	tasks, err := w.All(t.Context(), "c1")
	if err != nil {
		t.Fatal(err)
	}
	ids := []string{}
	for _, t := range tasks {
		ids = append(ids, t.ID)
	}
	if diff := gocmp.Diff([]string{second.ID, other.ID, first.ID}, ids); diff != "" {
		t.Errorf("one that moves comes last (-want +got)\n%s", diff)
	}
}

func TestADayHoldsTenTasksHoweverTheyGetThere(t *testing.T) {
	t.Parallel()
	w := newWorld(camp.Draft)
	for range lesson.MaxPerDay {
		w.add(t, "2026-03-10")
	}
	if _, err := w.Add(teacher(t, "ann"), "c1", lesson.Form{Day: "2026-03-10", Title: "读"}); !errors.Is(err, lesson.ErrTooMany) {
		t.Errorf("added: %v", err)
	}
	other := w.add(t, "2026-03-11")
	if _, err := w.Edit(teacher(t, "ann"), other.ID, lesson.Form{Day: "2026-03-10", Title: "读"}); !errors.Is(err, lesson.ErrTooMany) {
		t.Errorf("moved: %v", err)
	}
	last, _ := w.OfDay(t.Context(), "c1", "2026-03-10")
	if _, err := w.Edit(teacher(t, "ann"), last[9].ID, lesson.Form{Day: "2026-03-10", Title: "写"}); err != nil {
		t.Errorf("one that stays: %v", err)
	}
}

// settleFiles does what jobs do after each event of a task so far.
func (w world) settleFiles(t *testing.T, id string) {
	t.Helper()
	task, err := w.store.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range task.Outbox {
		var dropped media.Dropped
		if len(e.Data) > 0 {
			if err := json.Unmarshal(e.Data, &dropped); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.SettleFiles(t.Context(), id, dropped.Files); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFilesAreTheTeachersOwnOrWereThereBefore(t *testing.T) {
	t.Parallel()
	w := newWorld(camp.Draft)
	task, err := w.Add(teacher(t, "ann"), "c1", lesson.Form{Day: "2026-03-10", Title: "读", Blocks: pictures("ann_1")})
	if err != nil {
		t.Fatal(err)
	}
	w.settleFiles(t, task.ID)
	if _, err := w.Edit(teacher(t, "bob"), task.ID, lesson.Form{Day: "2026-03-10", Title: "读", Blocks: pictures("ann_1", "bob_1")}); err != nil {
		t.Errorf("a colleague adds one: %v", err)
	}
	if _, err := w.Edit(teacher(t, "bob"), task.ID, lesson.Form{Day: "2026-03-10", Title: "读", Blocks: pictures("ann_2")}); !errors.Is(err, media.ErrUnusable) {
		t.Errorf("another's file: %v", err)
	}
	if _, err := w.Edit(teacher(t, "bob"), task.ID, lesson.Form{Day: "2026-03-10", Title: "读", Blocks: pictures("bob_1", "bob_2")}); err != nil {
		t.Fatal(err)
	}
	w.settleFiles(t, task.ID)
	w.settleFiles(t, task.ID)
	if diff := gocmp.Diff(map[string][]string{"task:" + task.ID: {"bob_1", "bob_2"}}, w.kept); diff != "" {
		t.Errorf("what the task no longer shows is let go (-want +got)\n%s", diff)
	}
}

func TestARemovedTaskIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(camp.Draft)
	task := w.add(t, "2026-03-10")
	for range 2 {
		if _, err := w.Remove(teacher(t, "ann"), task.ID); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Get(t.Context(), "c1", task.ID); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if _, err := w.Edit(teacher(t, "ann"), task.ID, lesson.Form{Day: "2026-03-10", Title: "读"}); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("edited: %v", err)
	}
	if any, err := w.HasTask(t.Context(), "c1"); any || err != nil {
		t.Errorf("%v, %v", any, err)
	}
	if _, err := w.Get(t.Context(), "c2", w.add(t, "2026-03-10").ID); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("by another camp: %v", err)
	}
}

func TestPlanShowsWhichDaysAreStillFree(t *testing.T) {
	t.Parallel()
	w := newWorld(camp.Published)
	w.add(t, "2026-03-05")
	w.add(t, "2026-03-07")
	plan, err := w.Plan(teacher(t, "ann"), "c1")
	if err != nil || len(plan.Days) != 2 || !plan.Days[0].Begun || plan.Days[1].Begun || plan.Empty != "2026-03-06" || plan.Days[1].DayN != 7 {
		t.Errorf("%+v, %v", plan, err)
	}
	if _, err := w.Plan(domain.WithActor(t.Context(), domain.Actor{Member: "m"}), "c1"); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("got %v", err)
	}
}

func TestAQuizIsHandedOutByOneTaskOfItsCamp(t *testing.T) {
	t.Parallel()
	w := newWorld(camp.Published)
	ctx := teacher(t, "ann")
	form := lesson.Form{Day: "2026-03-06", Title: "测", Quiz: "q1"}
	task, err := w.Add(ctx, "c1", form)
	if err != nil || task.Kind != lesson.KindQuiz {
		t.Fatalf("%+v, %v", task, err)
	}
	if found, err := w.OfQuiz(t.Context(), "q1"); err != nil || found.ID != task.ID {
		t.Errorf("%+v, %v", found, err)
	}
	if _, err := w.Add(ctx, "c1", form); !errors.Is(err, lesson.ErrTaken) {
		t.Errorf("a second task: %v", err)
	}
	other := w.add(t, "2026-03-07")
	if _, err := w.Edit(ctx, other.ID, lesson.Form{Day: "2026-03-07", Title: "测", Quiz: "q1"}); !errors.Is(err, lesson.ErrTaken) {
		t.Errorf("another becomes one: %v", err)
	}
	if _, err := w.Edit(ctx, other.ID, lesson.Form{Day: "2026-03-07", Title: "测", Quiz: "x1"}); !errors.Is(err, lesson.ErrQuiz) {
		t.Errorf("a quiz of another camp: %v", err)
	}
	if _, err := w.Remove(ctx, task.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Edit(ctx, other.ID, lesson.Form{Day: "2026-03-07", Title: "测", Quiz: "q1"}); err != nil {
		t.Errorf("once it is free: %v", err)
	}
	w.clock.Set(at("2026-03-07"))
	if _, err := w.Edit(ctx, other.ID, lesson.Form{Day: "2026-03-07", Title: "测"}); !errors.Is(err, lesson.ErrBegun) {
		t.Errorf("on its day it becomes a check-in: %v", err)
	}
}
