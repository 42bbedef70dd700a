package checkin_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/enrolment"
	"yingdi/domain/lesson"
	"yingdi/domain/media"
)

func TestWhatMayBeHandedInAndWhen(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		who   string
		task  string
		form  checkin.Form
		setUp func(world)
		want  error
	}{
		"today's task":                           {"ann", "t-2026-03-05", checkin.Form{Text: "读"}, nil, nil},
		"in the last moment of the day":          {"ann", "t-2026-03-05", checkin.Form{Text: "读"}, func(w world) { w.clock.Set(shanghai.End("2026-03-05").Add(-1)) }, nil},
		"a moment later":                         {"ann", "t-2026-03-05", checkin.Form{Text: "读"}, func(w world) { w.clock.Set(shanghai.End("2026-03-05")) }, checkin.ErrNotToday},
		"yesterday's task":                       {"ann", "t-2026-03-04", checkin.Form{Text: "读"}, nil, checkin.ErrNotToday},
		"tomorrow's task":                        {"ann", "t-2026-03-06", checkin.Form{Text: "读"}, nil, checkin.ErrNotToday},
		"a task that is none":                    {"ann", "t-x", checkin.Form{Text: "读"}, nil, domain.ErrNotFound},
		"by one who is not enrolled":             {"eve", "t-2026-03-05", checkin.Form{Text: "读"}, nil, enrolment.ErrNotEnrolled},
		"by nobody":                              {"", "t-2026-03-05", checkin.Form{Text: "读"}, nil, domain.ErrUnauthenticated},
		"in a camp that was closed":              {"ann", "t-2026-03-05", checkin.Form{Text: "读"}, func(w world) { w.camp.State = camp.Closed }, camp.ErrClosed},
		"before the camp":                        {"ann", "t-2026-03-01", checkin.Form{Text: "读"}, func(w world) { w.goTo("2026-02-28") }, checkin.ErrNotYet},
		"after the camp":                         {"ann", "t-2026-03-21", checkin.Form{Text: "读"}, func(w world) { w.goTo("2026-03-22") }, checkin.ErrOver},
		"with nothing in it":                     {"ann", "t-2026-03-05", checkin.Form{}, nil, checkin.ErrEmpty},
		"with one's own picture":                 {"ann", "t-2026-03-05", checkin.Form{Media: []string{"ann_1"}}, nil, nil},
		"with another's picture":                 {"bob", "t-2026-03-05", checkin.Form{Media: []string{"ann_1"}}, nil, media.ErrUnusable},
		"with a picture that was never uploaded": {"ann", "t-2026-03-05", checkin.Form{Media: []string{"ann_9"}}, nil, media.ErrUnusable},
	} {
		w := newWorld()
		w.picture(t, "ann_1", media.Waiting)
		if c.setUp != nil {
			c.setUp(w)
		}
		_, _, err := w.Submit(as(t, c.who), "c1", c.task, c.form)
		refused(t, name, err, c.want)
		if n := len(w.store.All(nil)); n != map[bool]int{true: 1}[err == nil] {
			t.Errorf("%s: %d check-ins", name, n)
		}
	}
}

func TestTwoDevicesAtOnceHandInOneCheckIn(t *testing.T) {
	t.Parallel()
	w := newWorld()
	var fresh atomic.Int64
	var texts sync.Map
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			c, first, err := w.Submit(as(t, "ann"), "c1", "t-2026-03-05", checkin.Form{Text: fmt.Sprint("读", i)})
			if err != nil {
				t.Error(err)
			}
			if first {
				fresh.Add(1)
			}
			texts.Store(c.Text, true)
		})
	}
	wg.Wait()
	seen := 0
	texts.Range(func(any, any) bool { seen++; return true })
	list := w.store.All(nil)
	if len(list) != 1 || fresh.Load() != 1 || seen != 1 || len(list[0].Outbox) != 1 {
		t.Errorf("%d check-ins, %d fresh, %d different answers", len(list), fresh.Load(), seen)
	}
}

func TestHandingInAgainGivesTheFirstOneBackUnchanged(t *testing.T) {
	t.Parallel()
	w := newWorld()
	first := w.submit(t, "ann", checkin.Form{Text: "读"})
	w.clock.Add(time.Hour)
	again, fresh, err := w.Submit(as(t, "ann"), "c1", "t-2026-03-05", checkin.Form{Text: "别的", Audience: checkin.ToTeachers})
	if err != nil || fresh || again.Text != "读" || again.Audience != checkin.ToCamp || !again.SubmittedAt.Equal(first.SubmittedAt) {
		t.Errorf("%+v, fresh %v, %v", again, fresh, err)
	}
}

func TestACrashWhileHandingInLosesNothingAndDoublesNothing(t *testing.T) {
	t.Parallel()
	for _, done := range []bool{false, true} {
		w := newWorld()
		w.power.Cut(1, done)
		_, _, err := w.Submit(as(t, "ann"), "c1", "t-2026-03-05", checkin.Form{Text: "读"})
		if err == nil || !w.power.Restore() {
			t.Fatal("no crash")
		}
		c, _, err := w.Submit(as(t, "ann"), "c1", "t-2026-03-05", checkin.Form{Text: "读"})
		if diff := cmp.Diff([]string{checkin.EventSubmitted}, w.store.Events(c.ID)); err != nil || diff != "" {
			t.Errorf("%v (-want +got)\n%s", err, diff)
		}
	}
}

func TestOnlyTheAuthorEdits(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.picture(t, "ann_1", media.Passed)
	c := w.submit(t, "ann", checkin.Form{Text: "读", Media: []string{"ann_1"}})
	f := checkin.Form{Text: "读了两遍", Media: []string{"ann_1"}}
	_, err := w.Edit(as(t, "bob"), c.ID, f)
	refused(t, "another learner", err, domain.ErrNotFound)
	_, err = w.Edit(staff(t, "o1", "c1", domain.RoleTeacher), c.ID, f)
	refused(t, "a teacher", err, domain.ErrNotFound)
	_, err = w.Edit(t.Context(), c.ID, f)
	refused(t, "nobody", err, domain.ErrUnauthenticated)
	_, err = w.Edit(as(t, "ann"), c.ID, checkin.Form{Text: "读", Media: []string{"bob_1"}})
	refused(t, "with another's picture", err, media.ErrUnusable)
	if got, err := w.Edit(as(t, "ann"), c.ID, f); err != nil || got.Text != "读了两遍" || got.Day != "2026-03-05" {
		t.Errorf("%+v, %v", got, err)
	}
	w.clock.Set(shanghai.End("2026-03-05"))
	_, err = w.Edit(as(t, "ann"), c.ID, f)
	refused(t, "the next day", err, checkin.ErrEditOver)
}

func TestProgressStandsOnTheFacts(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for _, day := range []domain.Day{"2026-03-01", "2026-03-03", "2026-03-04", "2026-03-05"} {
		w.goTo(day)
		w.submit(t, "ann", checkin.Form{Text: "读"})
	}
	p, err := w.MyProgress(as(t, "ann"), "c1")
	if err != nil || p.Streak != 3 || len(p.Done) != 4 || len(p.Scheduled) != 21 || p.Today != "2026-03-05" {
		t.Errorf("%+v, %v", p, err)
	}
	_, err = w.Hide(staff(t, "o1", "c1", domain.RoleTeacher), checkin.ID("c1", "ann", "t-2026-03-04", "2026-03-04"), "与任务无关")
	must(t, err)
	if p, err := w.MyProgress(as(t, "ann"), "c1"); err != nil || p.Streak != 1 {
		t.Errorf("a rejected one breaks it: %d, %v", p.Streak, err)
	}
	if p, err := w.ProgressOn(t.Context(), w.camp, "ann", "2026-03-03"); err != nil || p.Streak != 1 {
		t.Errorf("as it stood: %d, %v", p.Streak, err)
	}
	_, err = w.MyProgress(as(t, "eve"), "c1")
	refused(t, "a stranger", err, enrolment.ErrNotEnrolled)
}

func TestTasksOutsideTheDaysOfACampThatMovedBreakNoStreak(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for _, day := range []domain.Day{"2026-03-04", "2026-03-05"} {
		w.goTo(day)
		w.submit(t, "ann", checkin.Form{Text: "读"})
	}
	w.camp.Start, w.camp.End = "2026-03-04", "2026-03-05"
	w.goTo("2026-03-08")
	p, err := w.MyProgress(as(t, "ann"), "c1")
	if diff := cmp.Diff([]domain.Day{"2026-03-04", "2026-03-05"}, p.Scheduled); err != nil || p.Streak != 2 || diff != "" {
		t.Errorf("streak %d, %v (-want +got)\n%s", p.Streak, err, diff)
	}
}

func TestProgressReadsEveryPage(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.camp.End, w.tasks = "2026-08-31", nil
	want := 0
	for day := w.camp.Start; day <= "2026-07-31"; day = day.Add(1) {
		task := "t-" + string(day)
		w.tasks = append(w.tasks, lesson.Task{Doc: domain.Doc{ID: task}, Camp: "c1", Day: day})
		w.goTo(day)
		w.submit(t, "ann", checkin.Form{Text: "读"})
		want++
	}
	if p, err := w.MyProgress(as(t, "ann"), "c1"); err != nil || p.Streak != want || want < domain.MaxPage {
		t.Errorf("streak %d of %d, %v", p.Streak, want, err)
	}
}

func TestCountsOfADay(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.submit(t, "ann", checkin.Form{Text: "读"})
	b := w.submit(t, "bob", checkin.Form{Text: "读"})
	must(t, w.NoteReviewed(t.Context(), b.ID, 0, true))
	counts, err := w.CountDay(t.Context(), "c1", w.tasks[4:5], "2026-03-05")
	want := checkin.Counts{ByTask: map[string]int64{"t-2026-03-05": 2}, Day: 2, Waiting: 1}
	if diff := cmp.Diff(want, counts); err != nil || diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}
