package checkin_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/domaintest"
	"yingdi/domain/enrolment"
	"yingdi/domain/lesson"
)

func makeUp(text string) checkin.Form { return checkin.Form{Text: text, MakeUp: true} }

// late is 2026-03-10 in a camp that lets each learner make up two days within five, with three days of closing.
func late() world {
	w := newWorld()
	w.camp.MakeUps, w.camp.Closing = camp.MakeUps{Quota: 2, Days: 5}, 3
	w.goTo("2026-03-10")
	return w
}

func TestWhatMayBeMadeUpAndWhen(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		task  string
		setUp func(world)
		want  error
	}{
		"yesterday":                         {"t-2026-03-09", nil, nil},
		"the last day of the window":        {"t-2026-03-05", nil, nil},
		"the day before":                    {"t-2026-03-04", nil, checkin.ErrMakeUpLate},
		"today":                             {"t-2026-03-10", nil, checkin.ErrNotMissed},
		"tomorrow":                          {"t-2026-03-11", nil, checkin.ErrNotMissed},
		"a camp that allows none":           {"t-2026-03-09", func(w world) { w.camp.MakeUps = camp.MakeUps{} }, checkin.ErrNoMakeUp},
		"a camp that was closed":            {"t-2026-03-09", func(w world) { w.camp.State = camp.Closed }, camp.ErrClosed},
		"in the closing days":               {"t-2026-03-21", func(w world) { w.goTo("2026-03-24") }, nil},
		"after the closing days":            {"t-2026-03-21", func(w world) { w.goTo("2026-03-25") }, checkin.ErrOver},
		"a day before one joined":           {"t-2026-03-08", func(w world) { w.school.place = joined("2026-03-09") }, checkin.ErrNoMakeUp},
		"a quiz":                            {"t-2026-03-09", func(w world) { w.tasks[8].Kind = lesson.KindQuiz }, checkin.ErrQuizTask},
		"a minute before the day is over":   {"t-2026-03-10", func(w world) { w.clock.Set(shanghai.End("2026-03-10").Add(-time.Minute)) }, checkin.ErrNotMissed},
		"the minute after, and it is early": {"t-2026-03-10", func(w world) { w.clock.Set(shanghai.End("2026-03-10")) }, nil},
	} {
		w := late()
		if c.setUp != nil {
			c.setUp(w)
		}
		got, _, err := w.Submit(as(t, "ann"), "c1", c.task, makeUp("补"))
		refused(t, name, err, c.want)
		if err == nil && (string(got.Day) != c.task[2:] || !got.MadeUp || !got.EditUntil.After(w.clock.Now())) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func joined(day domain.Day) map[string]enrolment.Enrolment {
	return map[string]enrolment.Enrolment{"ann": {Camp: "c1", Member: "ann", ActiveAt: shanghai.Start(day)}}
}

func TestAMadeUpDayIsAsGoodAsOneDoneOnTime(t *testing.T) {
	t.Parallel()
	w := late()
	for _, day := range []domain.Day{"2026-03-06", "2026-03-08", "2026-03-09", "2026-03-10"} {
		w.goTo(day)
		w.submit(t, "ann", checkin.Form{Text: "读"})
	}
	p, err := w.MyProgress(as(t, "ann"), "c1")
	if err != nil || p.Streak != 3 || p.MakeUpsLeft() != 2 || !p.MayMakeUp("2026-03-07") || p.MayMakeUp("2026-03-04") {
		t.Errorf("%+v, %v", p, err)
	}
	c, fresh, err := w.Submit(as(t, "ann"), "c1", "t-2026-03-07", makeUp("补"))
	if err != nil || !fresh {
		t.Fatal(fresh, err)
	}
	must(t, w.Weigh(t.Context(), c.ID))
	p, err = w.MyProgress(as(t, "ann"), "c1")
	states := map[domain.Day]checkin.DayState{}
	for _, day := range []domain.Day{"2026-03-05", "2026-03-06", "2026-03-07", "2026-03-10", "2026-03-11"} {
		states[day] = p.State(day)
	}
	want := map[domain.Day]checkin.DayState{
		"2026-03-05": checkin.DayMissed, "2026-03-06": checkin.DayDone, "2026-03-07": checkin.DayMadeUp,
		"2026-03-10": checkin.DayDone, "2026-03-11": checkin.DayToCome,
	}
	if diff := cmp.Diff(want, states); err != nil || diff != "" || p.Streak != 5 || p.MakeUpsLeft() != 1 {
		t.Errorf("streak %d, %d left, %v (-want +got)\n%s", p.Streak, p.MakeUpsLeft(), err, diff)
	}
	if st, err := w.rank.Get(t.Context(), checkin.StandingID("c1", "ann")); err != nil || st.Done != 5 || st.Best != 5 || len(st.Holds) != 0 {
		t.Errorf("%+v, %v", st, err)
	}
}

// Two phones use the last make-up for different days, each as late as it can come between the other's steps.
func TestTwoDevicesCannotBothUseTheLastMakeUp(t *testing.T) {
	t.Parallel()
	for _, days := range [][2]string{{"t-2026-03-08", "t-2026-03-09"}, {"t-2026-03-08", "t-2026-03-08"}} {
		w := late()
		w.camp.MakeUps.Quota = 1
		var taken, spent atomic.Int64
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				_, fresh, err := w.Submit(as(t, "ann"), "c1", days[i%2], makeUp(fmt.Sprint("补", i)))
				switch {
				case errors.Is(err, checkin.ErrMakeUpSpent):
					spent.Add(1)
				case err != nil:
					t.Error(err)
				case fresh:
					taken.Add(1)
				}
			})
		}
		wg.Wait()
		if n := len(w.store.All(nil)); n != 1 || taken.Load() != 1 || days[0] != days[1] && spent.Load() == 0 {
			t.Errorf("%v: %d stored, %d taken, %d refused", days, n, taken.Load(), spent.Load())
		}
	}
	// The other's whole make-up comes between our look at the facts and our hold.
	w := late()
	w.camp.MakeUps.Quota = 1
	first := once()
	w.rank.Store.Raced = func(string) {
		first(func() {
			_, _, err := w.Submit(as(t, "ann"), "c1", "t-2026-03-08", makeUp("一"))
			must(t, err)
		})
	}
	_, _, err := w.Submit(as(t, "ann"), "c1", "t-2026-03-09", makeUp("二"))
	refused(t, "the slower one", err, checkin.ErrMakeUpSpent)
}

func TestACrashInAMakeUpNeitherLosesNorDoublesIt(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 4; n++ {
		for _, done := range []bool{false, true} {
			w := late()
			w.camp.MakeUps.Quota = 1
			w.power.Cut(n, done)
			_, _, err := w.Submit(as(t, "ann"), "c1", "t-2026-03-08", makeUp("补"))
			if died := w.power.Restore(); died != errors.Is(err, domaintest.ErrDead) || !died {
				t.Fatalf("cut at %d: %v", n, err)
			}
			w.clock.Add(checkin.HoldFor)
			if _, _, err = w.Submit(as(t, "ann"), "c1", "t-2026-03-08", makeUp("补")); err != nil {
				t.Errorf("cut at %d, done %v: %v", n, done, err)
			}
			_, _, err = w.Submit(as(t, "ann"), "c1", "t-2026-03-09", makeUp("补"))
			refused(t, fmt.Sprintf("a second one after a cut at %d", n), err, checkin.ErrMakeUpSpent)
		}
	}
}

func TestAMakeUpThatWasRejectedOrDeletedIsGivenBack(t *testing.T) {
	t.Parallel()
	w := late()
	w.camp.MakeUps.Quota = 1
	c, _, err := w.Submit(as(t, "ann"), "c1", "t-2026-03-08", makeUp("补"))
	must(t, err)
	must(t, w.Delete(as(t, "ann"), c.ID))
	c, fresh, err := w.Submit(as(t, "ann"), "c1", "t-2026-03-09", makeUp("补"))
	if err != nil || !fresh {
		t.Fatal(fresh, err)
	}
	_, err = w.Hide(staff(t, "o1", "c1", domain.RoleTeacher), c.ID, "与任务无关")
	must(t, err)
	again, fresh, err := w.Submit(as(t, "ann"), "c1", "t-2026-03-09", makeUp("又补"))
	if err != nil || fresh || again.State != checkin.Rejected {
		t.Errorf("what was rejected stays: %+v, %v", again, err)
	}
	again, fresh, err = w.Submit(as(t, "ann"), "c1", "t-2026-03-08", makeUp("又补"))
	if err != nil || !fresh || !again.MadeUp || again.Day != "2026-03-08" {
		t.Errorf("what was deleted is made up anew: %+v, %v", again, err)
	}
}

func TestWhatWasHandedInOnTimeIsNoMakeUpAndTakesNone(t *testing.T) {
	t.Parallel()
	w := late()
	w.goTo("2026-03-09")
	c := w.submit(t, "ann", checkin.Form{Text: "读"})
	w.goTo("2026-03-10")
	again, fresh, err := w.Submit(as(t, "ann"), "c1", "t-2026-03-09", makeUp("补"))
	if err != nil || fresh || again.Text != c.Text || again.MadeUp {
		t.Errorf("%+v, fresh %v, %v", again, fresh, err)
	}
	if p, err := w.MyProgress(as(t, "ann"), "c1"); err != nil || p.MakeUpsLeft() != 2 {
		t.Errorf("%d left, %v", p.MakeUpsLeft(), err)
	}
}
