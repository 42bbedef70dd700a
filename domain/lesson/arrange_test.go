package lesson_test

import (
	"errors"
	"slices"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/lesson"
)

func (w world) plan(t testing.TB) lesson.Plan {
	t.Helper()
	plan, err := w.Plan(teacher(t, "ann"), "c1")
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// days are the ids of the tasks by day, in their order.
func days(plan lesson.Plan) map[domain.Day][]string {
	list := map[domain.Day][]string{}
	for _, d := range plan.Days {
		for _, task := range d.Tasks {
			list[d.Day] = append(list[d.Day], task.ID)
		}
	}
	return list
}

func TestTasksAreMovedWithinADayAndBetweenDays(t *testing.T) {
	t.Parallel()
	w := newWorld(camp.Draft)
	a, b, c, d := w.add(t, "2026-03-10").ID, w.add(t, "2026-03-10").ID, w.add(t, "2026-03-10").ID, w.add(t, "2026-03-11").ID
	for i, step := range []struct {
		move lesson.Move
		want map[domain.Day][]string
	}{
		{lesson.Move{Task: c, Day: "2026-03-10", Before: a}, map[domain.Day][]string{"2026-03-10": {c, a, b}, "2026-03-11": {d}}},
		{lesson.Move{Task: c, Day: "2026-03-10"}, map[domain.Day][]string{"2026-03-10": {a, b, c}, "2026-03-11": {d}}},
		{lesson.Move{Task: b, Day: "2026-03-11", Before: d}, map[domain.Day][]string{"2026-03-10": {a, c}, "2026-03-11": {b, d}}},
		{lesson.Move{Task: a, Day: "2026-03-12"}, map[domain.Day][]string{"2026-03-10": {c}, "2026-03-11": {b, d}, "2026-03-12": {a}}},
	} {
		step.move.Version = w.plan(t).Version
		if err := w.Move(teacher(t, "ann"), "c1", step.move); err != nil {
			t.Fatal(i, err)
		}
		if diff := gocmp.Diff(step.want, days(w.plan(t))); diff != "" {
			t.Errorf("move %d (-want +got)\n%s", i, diff)
		}
		if err := w.Arrange(t.Context(), "c1"); err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(step.want, days(w.plan(t))); diff != "" {
			t.Errorf("move %d, heard again (-want +got)\n%s", i, diff)
		}
	}
}

func TestAMoveByWhatIsNoLongerTrueIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(camp.Draft)
	a, b := w.add(t, "2026-03-10").ID, w.add(t, "2026-03-10").ID
	seen := w.plan(t).Version
	move := lesson.Move{Task: b, Day: "2026-03-10", Before: a, Version: seen}
	w.add(t, "2026-03-10")
	if err := w.Move(teacher(t, "ann"), "c1", move); !errors.Is(err, lesson.ErrReordered) {
		t.Errorf("after another task came: %v", err)
	}
	move.Version = w.plan(t).Version
	if err := w.Move(teacher(t, "ann"), "c1", move); err != nil {
		t.Fatal(err)
	}
	if err := w.Move(teacher(t, "ann"), "c1", move); !errors.Is(err, lesson.ErrReordered) {
		t.Errorf("after another move: %v", err)
	}
}

func TestOfTwoMovesAtOnceOneWins(t *testing.T) {
	t.Parallel()
	for range 20 {
		w := newWorld(camp.Draft)
		a, b, c := w.add(t, "2026-03-10").ID, w.add(t, "2026-03-10").ID, w.add(t, "2026-03-10").ID
		seen := w.plan(t).Version
		var errs [2]error
		var wg sync.WaitGroup
		for i, m := range []lesson.Move{{Task: c, Day: "2026-03-10", Before: a, Version: seen}, {Task: a, Day: "2026-03-10", Version: seen}} {
			wg.Go(func() { errs[i] = w.Move(teacher(t, "ann"), "c1", m) })
		}
		wg.Wait()
		got := days(w.plan(t))["2026-03-10"]
		want := [][]string{{c, a, b}, {b, c, a}}
		for i := range errs {
			if errs[i] == nil && errs[1-i] != nil && slices.Equal(got, want[i]) && errors.Is(errs[1-i], lesson.ErrReordered) {
				want = nil
			}
		}
		if want != nil {
			t.Fatalf("%v, %v", got, errs)
		}
	}
}

func TestAMoveThatACrashCutOffIsFinished(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 6; n++ {
		w := newWorld(camp.Draft)
		a, b := w.add(t, "2026-03-10").ID, w.add(t, "2026-03-11").ID
		m := lesson.Move{Task: a, Day: "2026-03-11", Before: b, Version: w.plan(t).Version}
		w.power.Cut(n, true)
		err := w.Move(teacher(t, "ann"), "c1", m)
		w.power.Restore()
		if err := w.Arrange(t.Context(), "c1"); err != nil {
			t.Fatal(err)
		}
		got := days(w.plan(t))
		moved := gocmp.Equal(got, map[domain.Day][]string{"2026-03-11": {a, b}})
		still := gocmp.Equal(got, map[domain.Day][]string{"2026-03-10": {a}, "2026-03-11": {b}})
		if !moved && (err == nil || !still) {
			t.Errorf("cut at %d: %v, %v", n, got, err)
		}
	}
}

func TestDaysThatHaveBegunKeepTheirTasks(t *testing.T) {
	t.Parallel()
	w := newWorld(camp.Published) // it is the fifth
	today, later := w.add(t, "2026-03-05").ID, w.add(t, "2026-03-08").ID
	second := w.add(t, "2026-03-05").ID
	for name, c := range map[string]struct {
		move lesson.Move
		err  error
	}{
		"out of today":         {lesson.Move{Task: today, Day: "2026-03-08"}, lesson.ErrBegun},
		"into the past":        {lesson.Move{Task: later, Day: "2026-03-04"}, lesson.ErrPast},
		"out of the camp":      {lesson.Move{Task: later, Day: "2026-04-08"}, domain.ErrInvalid},
		"before what is not":   {lesson.Move{Task: later, Day: "2026-03-08", Before: "ghost"}, lesson.ErrReordered},
		"within today is fine": {lesson.Move{Task: second, Day: "2026-03-05", Before: today}, nil},
	} {
		c.move.Version = w.plan(t).Version
		if err := w.Move(teacher(t, "ann"), "c1", c.move); !errors.Is(err, c.err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUpAndDownGoOverTheEdgesOfDays(t *testing.T) {
	t.Parallel()
	w := newWorld(camp.Draft)
	a, b, c := w.add(t, "2026-03-10").ID, w.add(t, "2026-03-10").ID, w.add(t, "2026-03-11").ID
	for name, s := range map[string]struct {
		step func(lesson.Plan, string) (lesson.Move, bool)
		task string
		want map[domain.Day][]string
	}{
		"up":              {lesson.Plan.Up, b, map[domain.Day][]string{"2026-03-10": {b, a}, "2026-03-11": {c}}},
		"down":            {lesson.Plan.Down, a, map[domain.Day][]string{"2026-03-10": {b, a}, "2026-03-11": {c}}},
		"over the top":    {lesson.Plan.Up, c, map[domain.Day][]string{"2026-03-10": {a, b, c}}},
		"over the bottom": {lesson.Plan.Down, b, map[domain.Day][]string{"2026-03-10": {a}, "2026-03-11": {b, c}}},
	} {
		before := w.plan(t)
		m, ok := s.step(before, s.task)
		if !ok {
			t.Errorf("%s: not possible", name)
			continue
		}
		if err := w.Move(teacher(t, "ann"), "c1", m); err != nil {
			t.Fatal(name, err)
		}
		if diff := gocmp.Diff(s.want, days(w.plan(t))); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
		for _, back := range []lesson.Move{{Task: a, Day: "2026-03-10"}, {Task: b, Day: "2026-03-10"}, {Task: c, Day: "2026-03-11"}} {
			back.Version = w.plan(t).Version
			if err := w.Move(teacher(t, "ann"), "c1", back); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestThePinnedTaskComesFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(camp.Published)
	w.add(t, "2026-03-05")
	b, c := w.add(t, "2026-03-05").ID, w.add(t, "2026-03-05").ID
	for _, id := range []string{b, c} {
		if err := w.Pin(teacher(t, "ann"), "c1", id, true); err != nil {
			t.Fatal(err)
		}
		w.clock.Add(1e9)
	}
	tasks, err := w.OfDay(t.Context(), "c1", "2026-03-05")
	if err != nil || lesson.PinFirst(tasks)[0].ID != c {
		t.Errorf("%+v, %v", tasks, err)
	}
	if err := w.Pin(teacher(t, "ann"), "c1", c, false); err != nil {
		t.Fatal(err)
	}
	if tasks, err = w.OfDay(t.Context(), "c1", "2026-03-05"); err != nil || lesson.PinFirst(tasks)[0].ID != b {
		t.Errorf("unpinned: %+v, %v", tasks, err)
	}
}
