package checkin_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/enrolment"
)

func TestALateJoinerHandsInByTheirOwnCalendar(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.place = map[string]enrolment.Enrolment{"ann": {Camp: "c1", Member: "ann", Shift: 4, ActiveAt: shanghai.Start("2026-03-05")}}
	day1, day2 := "t-2026-03-01", "t-2026-03-02" // of the plan
	for _, step := range []struct {
		on   domain.Day
		task string
		want error
	}{
		{"2026-03-05", "t-2026-03-05", checkin.ErrNotToday}, // everybody else's today
		{"2026-03-05", day1, nil}, {"2026-03-05", day2, checkin.ErrNotToday}, {"2026-03-06", day2, nil},
		{"2026-03-25", "t-2026-03-21", nil}, // everybody else has been through for four days
		{"2026-03-26", "t-2026-03-21", checkin.ErrOver},
	} {
		w.goTo(step.on)
		c, _, err := w.Submit(as(t, "ann"), "c1", step.task, checkin.Form{Text: "读"})
		refused(t, string(step.on)+" "+step.task, err, step.want)
		if err == nil && c.Day != step.on {
			t.Errorf("handed in on %s for %s", step.on, c.Day)
		}
	}
	w.goTo("2026-03-06")
	p, err := w.MyProgress(as(t, "ann"), "c1")
	if err != nil || p.Streak != 2 || len(p.Scheduled) != 21 || p.Scheduled[0] != "2026-03-05" || p.In.DayN(p.Today) != 2 {
		t.Errorf("%+v, %v", p, err)
	}
	if p, err := w.Progress(t.Context(), w.camp, "bob"); err != nil || p.Scheduled[0] != "2026-03-01" || p.In.DayN(p.Today) != 6 {
		t.Errorf("bob: %+v, %v", p, err)
	}
}

// Pitfall: re-enrolment shows the old completion.
func TestWhoComesBackToACampBeginsAnew(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for _, day := range []domain.Day{"2026-03-01", "2026-03-02", "2026-03-03"} {
		w.goTo(day)
		w.submit(t, "ann", checkin.Form{Text: "读"})
	}
	w.place = map[string]enrolment.Enrolment{"ann": {Camp: "c1", Member: "ann", ActiveAt: shanghai.Start("2026-03-04")}}
	w.goTo("2026-03-04")
	w.submit(t, "ann", checkin.Form{Text: "又读"})
	p, err := w.MyProgress(as(t, "ann"), "c1")
	if diff := cmp.Diff(map[domain.Day]bool{"2026-03-04": true}, p.Done); err != nil || p.Streak != 1 || diff != "" {
		t.Errorf("streak %d, %v (-want +got)\n%s", p.Streak, err, diff)
	}
}
