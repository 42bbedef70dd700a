package camp_test

import (
	"errors"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// term is a published camp of 21 days from March 1 in Shanghai, open for enrolment from February 20, 9:00, to March 10.
func term(change func(*camp.Form)) camp.Camp {
	f := form()
	f.EnrolFrom, f.EnrolHour, f.Closing = "2026-02-20", 9, 3
	if change != nil {
		change(&f)
	}
	c := camp.Camp{State: camp.Draft}
	if err := errors.Join(c.Apply(f, at("2026-02-01", 0)), c.Publish(at("2026-02-01", 0))); err != nil {
		panic(err)
	}
	return c
}

func pace(p camp.Pace, nextDay bool) func(*camp.Form) {
	return func(f *camp.Form) { f.Pace, f.NextDay = p, nextDay }
}

func TestWhoJoinsLateHasACalendarOfTheirOwnWhereTheCampSaysSo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		pace   camp.Pace
		next   bool
		joined time.Time
		shift  int
	}{
		{"dates are dates", camp.PaceCommon, false, at("2026-03-08", 3), 0},
		{"nor does a next day change them", camp.PaceCommon, true, at("2026-03-08", 3), 0},
		{"early for a personal one", camp.PacePersonal, false, at("2026-02-25", 0), 0},
		{"on the first day", camp.PacePersonal, true, at("2026-03-01", 5), 0},
		{"in its last moment, at two in the morning", camp.PacePersonal, false, at("2026-03-02", 0).Add(-1), 0},
		{"a moment later", camp.PacePersonal, false, at("2026-03-02", 0), 1},
		{"late", camp.PacePersonal, false, at("2026-03-08", 3), 7},
		{"late, from the next day on", camp.PacePersonal, true, at("2026-03-08", 3), 8},
		{"rolling, before there is a first day", camp.PaceRolling, false, at("2026-02-25", 0), 0},
		{"rolling, the evening before, from the next day on", camp.PaceRolling, true, at("2026-02-28", 20), 0},
		{"rolling, on the first day", camp.PaceRolling, false, at("2026-03-01", 1), 0},
		{"rolling, on the first day, from the next day on", camp.PaceRolling, true, at("2026-03-01", 1), 1},
		{"rolling, any day", camp.PaceRolling, false, at("2026-03-10", 1), 9},
	} {
		in := term(pace(c.pace, c.next))
		if got := in.Shift(c.joined); got != c.shift {
			t.Errorf("%s: %d", c.name, got)
		}
		own := in.For(in.Shift(c.joined), c.joined)
		if own.Start != in.Start.Add(c.shift) || own.End != in.End.Add(c.shift) || own.LastDay() != own.End || own.Days() != 21 || own.Common.Start != in.Start {
			t.Errorf("%s: from %s to %s", c.name, own.Start, own.End)
		}
		if day := own.OwnDay("2026-03-05"); own.PlanDay(day) != "2026-03-05" || own.DayN(day) != 5 {
			t.Errorf("%s: day 5 is %s", c.name, day)
		}
	}
}

func TestTheDaysOfALateJoinerSurviveSummerTimeAndTheCutOff(t *testing.T) {
	t.Parallel()
	in := term(func(f *camp.Form) {
		f.Pace, f.Calendar = camp.PacePersonal, domain.Calendar{Zone: "America/New_York", CutOff: 2} // March 8, on which they live March 5, has no two o'clock
	})
	own := in.For(3, in.Calendar.Start("2026-03-04"))
	seen := map[domain.Day]int{}
	for at := in.Calendar.Start(own.Start); at.Before(in.Calendar.End(own.End)); at = at.Add(time.Hour) {
		if own.Phase(at) != camp.PhaseRunning {
			t.Fatalf("%s at %s", own.Phase(at), at)
		}
		seen[own.PlanDay(in.Calendar.Day(at))]++
	}
	if len(seen) != 21 || seen["2026-03-05"] != 23 || seen["2026-03-01"] != 24 || own.Phase(in.Calendar.End(own.End)) != camp.PhaseClosing {
		t.Errorf("%d days: %v", len(seen), seen)
	}
}

func TestACampGoesThroughItsPhasesByTheClock(t *testing.T) {
	t.Parallel()
	common, personal, rolling := term(nil), term(pace(camp.PacePersonal, false)), term(pace(camp.PaceRolling, true))
	for _, c := range []struct {
		name string
		camp camp.Camp
		now  time.Time
		want camp.Phase
	}{
		{"before anybody can enrol", common, at("2026-02-20", 7).Add(-1), camp.PhaseUpcoming},
		{"from nine o'clock on", common, at("2026-02-20", 7), camp.PhaseEnrolling},
		{"the first day", common, at("2026-03-01", 0), camp.PhaseRunning},
		{"the last", common, at("2026-03-22", 0).Add(-1), camp.PhaseRunning},
		{"the day after", common, at("2026-03-22", 0), camp.PhaseClosing},
		{"three days after", common, at("2026-03-25", 0).Add(-1), camp.PhaseClosing},
		{"four", common, at("2026-03-25", 0), camp.PhaseEnded},
		{"while late joiners may still be under way", personal, at("2026-03-30", 0), camp.PhaseRunning},
		{"when the last of them is through", personal, at("2026-03-31", 0), camp.PhaseClosing},
		{"and with a day more", rolling, at("2026-03-31", 0), camp.PhaseRunning},
		{"is through", rolling, at("2026-04-01", 0), camp.PhaseClosing},
		{"and over", rolling, at("2026-04-04", 0), camp.PhaseEnded},
	} {
		if got := c.camp.Phase(c.now); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if err := common.MayEnrol(at("2026-02-20", 7).Add(-1)); err != camp.ErrEnrolNotYet {
		t.Errorf("too early: %v", err)
	}
	over := term(func(f *camp.Form) { f.EnrolBy = "2026-02-25" })
	if got := over.Phase(at("2026-02-27", 0)); got != camp.PhaseUpcoming {
		t.Errorf("between enrolment and the first day: %s", got)
	}
}
