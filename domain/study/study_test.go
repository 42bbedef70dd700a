package study_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/enrolment"
	"yingdi/domain/form"
	"yingdi/domain/lesson"
	"yingdi/domain/study"
)

var (
	reading = lesson.Task{Kind: lesson.KindRead, Day: "2026-03-05"}
	asking  = lesson.Task{Kind: lesson.KindForm, Day: "2026-03-05", Ask: []form.Field{
		{ID: "f1", Type: form.Text, Label: "最喜欢的诗", Required: true},
		{ID: "f2", Type: form.Phone, Label: "手机号"},
	}}
	poem = []form.Answer{{Field: "f2", Values: []string{"13800138000"}}, {Field: "f1", Values: []string{"春晓"}}}
)

// acts are the two ways of making a mark, each at a task of its kind.
var acts = map[string]struct {
	task lesson.Task
	do   func(testing.TB, world, string) (study.Mark, bool, error)
}{
	"read": {reading, func(t testing.TB, w world, who string) (study.Mark, bool, error) {
		return w.Read(as(t, who), "c1", id(reading))
	}},
	"answer": {asking, func(t testing.TB, w world, who string) (study.Mark, bool, error) {
		return w.Answer(as(t, who), "c1", id(asking), poem)
	}},
}

// once checks that the learner has one mark, said once.
func (w world) once(t testing.TB, what, who string, task lesson.Task) study.Mark {
	t.Helper()
	marks := w.store.All(nil)
	if len(marks) != 1 || marks[0].ID != study.ID("c1", who, id(task)) || !gocmp.Equal(w.store.Events(marks[0].ID), []string{study.EventMarked}) {
		t.Fatalf("%s: %+v", what, marks)
	}
	return marks[0]
}

func TestATaskIsMarkedOnceHoweverOftenItIsDone(t *testing.T) {
	t.Parallel()
	for what, act := range acts {
		w := newWorld(t)
		w.plan(t, act.task)
		first, fresh, err := act.do(t, w, "ann")
		if err != nil || !fresh || !first.At.Equal(w.clock.Now()) {
			t.Fatalf("%s: %+v, fresh %v, %v", what, first, fresh, err)
		}
		stored := w.once(t, what, "ann", act.task)
		w.clock.Add(time.Hour)
		again, fresh, err := act.do(t, w, "ann")
		if err != nil || fresh || !again.At.Equal(first.At) {
			t.Errorf("%s: again %+v, fresh %v, %v", what, again, fresh, err)
		}
		if diff := gocmp.Diff(stored, w.once(t, what, "ann", act.task)); diff != "" {
			t.Errorf("%s: again changes (-first +again)\n%s", what, diff)
		}
	}
}

func TestTwoPhonesAtOnceMakeOneMark(t *testing.T) {
	t.Parallel()
	for what, act := range acts {
		w := newWorld(t)
		w.plan(t, act.task)
		var made atomic.Int64
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				_, fresh, err := act.do(t, w, "ann")
				if err != nil {
					t.Errorf("%s: %v", what, err)
				}
				if fresh {
					made.Add(1)
				}
			})
		}
		wg.Wait()
		if w.once(t, what, "ann", act.task); made.Load() != 1 {
			t.Errorf("%s: %d were told that theirs is the mark", what, made.Load())
		}
	}
}

func TestAMarkIsMadeOnceWhateverAKillCutsOff(t *testing.T) {
	t.Parallel()
	for what, act := range acts {
		for _, done := range []bool{false, true} {
			for _, returned := range []bool{false, true} {
				w := newWorld(t)
				w.plan(t, act.task)
				if returned {
					w.earlier(t, "ann", act.task)
				}
				w.power.Cut(1, done)
				if _, fresh, err := act.do(t, w, "ann"); err == nil || fresh {
					t.Errorf("%s: a dead process said %v", what, err)
				}
				if !w.power.Restore() {
					t.Fatalf("%s: nothing was written", what)
				}
				m, fresh, err := act.do(t, w, "ann")
				if err != nil || fresh == done || !m.At.Equal(w.clock.Now()) {
					t.Errorf("%s, written %v: %+v, fresh %v, %v", what, done, m, fresh, err)
				}
				w.once(t, what, "ann", act.task)
				w.power.Cut(1, false)
				if _, _, err := act.do(t, w, "ann"); err != nil || w.power.Restore() {
					t.Errorf("%s: what is done is written again, %v", what, err)
				}
			}
		}
	}
}

// earlier puts a mark of a stay that ended into the store, heard long ago, and lets the learner come back today.
func (w world) earlier(t testing.TB, who string, task lesson.Task) {
	t.Helper()
	must(t, w.store.Insert(t.Context(), study.Mark{
		Doc: domain.Doc{ID: study.ID("c1", who, id(task))}, Camp: "c1", Member: who, Task: id(task), Sealed: "gone", At: at("2026-03-02"),
	}))
	w.enrol(t, who, "2026-03-05", 0)
}

func TestWhoCameBackMarksAnewOnce(t *testing.T) {
	t.Parallel()
	for what, act := range acts {
		w := newWorld(t)
		w.plan(t, act.task)
		w.earlier(t, "ann", act.task)
		overtaken := false
		w.store.Raced = func(string) { // the other phone
			if !overtaken {
				overtaken = true
				if _, fresh, err := act.do(t, w, "ann"); err != nil || !fresh {
					t.Errorf("%s: fresh %v, %v", what, fresh, err)
				}
			}
		}
		m, fresh, err := act.do(t, w, "ann")
		if err != nil || fresh || !overtaken || !m.At.Equal(w.clock.Now()) {
			t.Errorf("%s: %+v, fresh %v, %v", what, m, fresh, err)
		}
		if m := w.once(t, what, "ann", act.task); m.Sealed == "gone" {
			t.Errorf("%s: the answers of before are still there", what)
		}
	}
}

func TestWhoCanMarkWhat(t *testing.T) {
	t.Parallel()
	read := func(task string) func(testing.TB, world) error {
		return func(t testing.TB, w world) error { _, _, err := w.Read(as(t, "ann"), "c1", task); return err }
	}
	answer := func(task string) func(testing.TB, world) error {
		return func(t testing.TB, w world) error { _, _, err := w.Answer(as(t, "ann"), "c1", task, poem); return err }
	}
	for what, c := range map[string]struct {
		do   func(testing.TB, world) error
		want error
	}{
		"nobody":              {func(t testing.TB, w world) error { _, _, err := acts["read"].do(t, w, ""); return err }, domain.ErrUnauthenticated},
		"a stranger":          {func(t testing.TB, w world) error { _, _, err := acts["read"].do(t, w, "zoe"); return err }, enrolment.ErrNotEnrolled},
		"reads a form":        {read(id(asking)), study.ErrNotToRead},
		"reads a check-in":    {read("checkin-2026-03-05"), study.ErrNotToRead},
		"answers a text":      {answer(id(reading)), study.ErrNoForm},
		"reads what is not":   {read("ghost"), domain.ErrNotFound},
		"answers what is not": {answer("ghost"), domain.ErrNotFound},
		"in a closed camp": {func(t testing.TB, w world) error {
			w.school.camp.State = camp.Closed
			return read(id(reading))(t, w)
		}, camp.ErrClosed},
	} {
		w := newWorld(t)
		w.plan(t, reading, asking, lesson.Task{Kind: lesson.KindCheckin, Day: "2026-03-05"})
		refused(t, what, c.do(t, w), c.want)
		if marks := w.store.All(nil); len(marks) != 0 {
			t.Errorf("%s: %+v", what, marks)
		}
	}
}

func TestAnswersAreSealedAndOpenedForThoseWhoMaySeeThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.plan(t, asking)
	_, _, err := acts["answer"].do(t, w, "ann")
	must(t, err)
	m := w.once(t, "answer", "ann", asking)
	if m.Sealed == "" || strings.Contains(m.Sealed, "春晓") || strings.Contains(m.Sealed, "13800138000") {
		t.Errorf("stored as %q", m.Sealed)
	}
	values := func(asked []form.Asked) (list []string) {
		for _, a := range asked {
			list = append(list, a.Values...)
		}
		return list
	}
	mine, err := w.Open(as(t, "ann"), "c1", id(asking))
	if diff := gocmp.Diff([]string{"春晓", "13800138000"}, values(mine.Reply)); diff != "" || err != nil || !mine.Done {
		t.Errorf("mine: %v (-want +got)\n%s", err, diff)
	}
	if theirs, err := w.Open(as(t, "bob"), "c1", id(asking)); err != nil || theirs.Reply != nil || theirs.Done {
		t.Errorf("another learner: %+v, %v", theirs, err)
	}
	for role, want := range map[domain.Role][]string{domain.RoleTeacher: {"春晓", "13800138000"}, domain.RoleReviewer: {"****", "138****8000"}} {
		r, err := w.Replies(staff(t, role), "c1", id(asking), domain.Page{})
		if err != nil || len(r.Given) != 1 || r.Given[0].Member.ID != "ann" || !gocmp.Equal(values(r.Given[0].Asked), want) {
			t.Errorf("%s: %+v, %v", role, r.Given, err)
		}
	}
	_, err = w.Replies(as(t, "bob"), "c1", id(asking), domain.Page{})
	refused(t, "a learner among the answers", err, domain.ErrForbidden)
	must(t, w.store.Insert(t.Context(), study.Mark{Doc: domain.Doc{ID: study.ID("c1", "bob", id(asking))}, Camp: "c1", Member: "bob", Task: id(asking), Sealed: m.Sealed, At: m.At}))
	if _, err = w.Open(as(t, "bob"), "c1", id(asking)); !errors.Is(err, domain.ErrSealed) {
		t.Errorf("answers open for somebody else: %v", err)
	}
}

func TestOtherAnswersTakeThePlaceOfThoseGiven(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.plan(t, asking)
	first, _, err := acts["answer"].do(t, w, "ann")
	must(t, err)
	w.clock.Add(time.Hour)
	m, fresh, err := w.Answer(as(t, "ann"), "c1", id(asking), []form.Answer{{Field: "f1", Values: []string{"静夜思"}}})
	if err != nil || fresh || !m.At.Equal(first.At) {
		t.Errorf("%+v, fresh %v, %v", m, fresh, err)
	}
	copied, err := w.Given(t.Context(), w.once(t, "other answers", "ann", asking))
	want := map[string]any{"camp": "c1", "task": id(asking), "at": first.At, "answers": map[string][]string{"最喜欢的诗": {"静夜思"}, "手机号": nil}}
	if diff := gocmp.Diff(want, copied); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

func TestACopyOfOnesAnswersHasThoseToATaskThatWasRemoved(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.plan(t, asking)
	m, _, err := acts["answer"].do(t, w, "ann")
	must(t, err)
	_, err = w.tasks.Update(t.Context(), id(asking), func(task *lesson.Task) error { task.RemovedAt = w.clock.Now(); return nil })
	must(t, err)
	copied, err := w.Given(t.Context(), m)
	must(t, err)
	if diff := gocmp.Diff(map[string][]string{"最喜欢的诗": {"春晓"}, "手机号": {"13800138000"}}, copied.(map[string]any)["answers"]); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAnswersThatDoNotFitAreRefusedByName(t *testing.T) {
	t.Parallel()
	for field, given := range map[string][]form.Answer{
		"answers.f1": {{Field: "f1", Values: []string{"  "}}, {Field: "f2", Values: []string{"13800138000"}}},
		"answers.f2": {{Field: "f1", Values: []string{"春晓"}}, {Field: "f2", Values: []string{"110"}}},
		"answers":    {{Field: "f1", Values: []string{"春晓"}}, {Field: "f9", Values: []string{"多"}}},
	} {
		w := newWorld(t)
		w.plan(t, asking)
		_, fresh, err := w.Answer(as(t, "ann"), "c1", id(asking), given)
		var refusal *domain.Error
		if !errors.As(err, &refusal) || len(refusal.Fields) != 1 || refusal.Fields[0].Name != field || fresh {
			t.Errorf("%s: %v", field, err)
		}
		if marks := w.store.All(nil); len(marks) != 0 {
			t.Errorf("%s: %+v", field, marks)
		}
	}
}

func TestATaskToComeIsNeitherSeenNorDone(t *testing.T) {
	t.Parallel()
	tomorrow, later := reading, reading
	tomorrow.Day = "2026-03-06"
	later.VisibleAt = at("2026-03-05").Add(time.Hour)
	early := tomorrow
	early.VisibleAt = at("2026-03-04")
	away := reading
	away.Day = "2026-02-27" // the camp's days have moved since
	level := lesson.Task{Kind: lesson.KindRead, Level: "l1"}
	laterLevel := level
	laterLevel.VisibleAt = later.VisibleAt
	for what, c := range map[string]struct {
		task lesson.Task
		turn func(w world) // before
		seen bool
		want error
	}{
		"today":                         {task: reading, seen: true},
		"a day to come":                 {task: tomorrow, want: domain.ErrNotFound},
		"a day to come, shown already":  {task: early, seen: true, want: study.ErrNotYet},
		"not yet visible":               {task: later, want: domain.ErrNotFound},
		"visible from now on":           {task: later, turn: func(w world) { w.clock.Add(time.Hour) }, seen: true},
		"before the camp's first day":   {task: away, want: domain.ErrNotFound},
		"an open level":                 {task: level, turn: func(w world) { w.levels["l1"] = true }, seen: true},
		"a locked level":                {task: level, want: checkin.ErrLocked},
		"later in an open level":        {task: laterLevel, turn: func(w world) { w.levels["l1"] = true }, want: domain.ErrNotFound},
		"a level before the camp began": {task: level, turn: func(w world) { w.levels["l1"] = true; w.goTo("2026-02-28") }, seen: true, want: study.ErrNotYet},
	} {
		for _, kind := range []lesson.Kind{lesson.KindRead, lesson.KindForm} {
			w := newWorld(t)
			task := c.task
			if task.Kind = kind; kind == lesson.KindForm {
				task.Ask = asking.Ask
			}
			if task.Level != "" {
				w.school.camp.Kind = camp.KindCourse
			}
			w.plan(t, task)
			if c.turn != nil {
				c.turn(w)
			}
			var err error
			if kind == lesson.KindRead {
				_, _, err = w.Read(as(t, "ann"), "c1", id(task))
			} else {
				_, _, err = w.Answer(as(t, "ann"), "c1", id(task), poem)
			}
			refused(t, what, err, c.want)
			if marks := w.store.All(nil); (len(marks) == 1) != (c.want == nil) {
				t.Errorf("%s: %d marks", what, len(marks))
			}
			rows, err := w.Mine(as(t, "ann"), "c1")
			if err != nil || (len(rows) == 1) != c.seen || c.seen && rows[0].Done != (c.want == nil) {
				t.Errorf("%s: in the list %+v, %v", what, rows, err)
			}
			if _, err := w.Open(as(t, "ann"), "c1", id(task)); (err == nil) != c.seen {
				t.Errorf("%s: opened with %v", what, err)
			}
		}
	}
}
