package pool

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"yingdi/domain"
	"yingdi/domain/checkin"
)

// on is a check-in of a day, at eight in the morning there or so many hours later.
func on(day domain.Day, hours int, madeUp bool) checkin.Mark {
	t, err := time.Parse("2006-01-02", string(day))
	if err != nil {
		panic(err)
	}
	return checkin.Mark{Day: day, At: t.Add(time.Duration(hours) * time.Hour), MadeUp: madeUp}
}

func TestWhoQualifies(t *testing.T) {
	t.Parallel()
	homework := rules
	homework.Homework = 1
	one := func(days ...int) (marks []checkin.Mark) {
		for _, d := range days {
			marks = append(marks, on(week[d-1], 0, false))
		}
		return marks
	}
	for name, c := range map[string]struct {
		rules Rules
		facts Facts
		days  string
		wins  bool
	}{
		"three days of five":              {rules, Facts{Marks: one(1, 3, 5)}, "+-+-+", true},
		"two are not enough":              {rules, Facts{Marks: one(1, 3)}, "+-+--", false},
		"two of a day count once":         {rules, Facts{Marks: one(1, 1, 3)}, "+-+--", false},
		"a day that is not scheduled":     {rules, Facts{Marks: append(one(1, 3), on("2026-03-09", 0, false))}, "+-+--", false},
		"one make-up counts":              {rules, Facts{Marks: append(one(1, 3), on(week[1], 48, true))}, "+m+--", true},
		"the second does not":             {rules, Facts{Marks: append(one(1), on(week[1], 48, true), on(week[2], 24, true))}, "+mo--", false},
		"made up earlier counts first":    {rules, Facts{Marks: append(one(1), on(week[1], 96, true), on(week[2], 24, true))}, "+om--", false},
		"on time beats made up":           {rules, Facts{Marks: append(one(1, 2, 3), on(week[1], 48, true))}, "+++--", true},
		"before they joined":              {rules, Facts{Marks: one(1, 3, 5), Joined: week[1]}, "b-+-+", false},
		"an appeal won":                   {rules, Facts{Marks: one(1, 3), Granted: []Grant{{week[4], week5}}}, "+-+-g", true},
		"a day was taken out of it":       {rules, Facts{Marks: one(1, 3), Scheduled: week[:4]}, "+-+-", true},
		"a day was put in":                {rules, Facts{Marks: one(1, 3), Scheduled: append(slices.Clone(week), "2026-03-06")}, "+-+---", false},
		"homework is missing":             {homework, Facts{Marks: one(1, 2, 3)}, "+++--", false},
		"homework passed":                 {homework, Facts{Marks: one(1, 2, 3), Passed: 1}, "+++--", true},
		"homework that nobody has judged": {homework, Facts{Marks: one(1, 2, 3), Waiting: 1}, "+++--", true},
		"homework alone":                  {homework, Facts{Passed: 1}, "-----", false},
	} {
		if c.facts.Scheduled == nil {
			c.facts.Scheduled = week
		}
		v := c.rules.Judge(c.facts)
		if v.Days != c.days || v.Qualified != c.wins {
			t.Errorf("%s: %s %v", name, v.Days, v.Qualified)
		}
	}
}

var week5 = time.Date(2026, 3, 7, 0, 0, 0, 0, time.UTC)

func TestOneQualifiesWithTheLastOfTheDaysThatItTakes(t *testing.T) {
	t.Parallel()
	v := rules.Judge(Facts{Scheduled: week, Marks: []checkin.Mark{
		on(week[4], 0, false), on(week[2], 1, false), on(week[0], 2, false), on(week[0], 5, false), on(week[1], 24*20, true),
	}})
	if want := on(week[4], 0, false).At; !v.At.Equal(want) {
		t.Errorf("at %s, want %s", v.At, want)
	}
}

// The published predicate, and the one by which a list is verified, see the same days; the order of the facts is nothing to it.
func TestTheVerifierSeesTheSameDays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		r := rules
		r.MakeUps = rapid.IntRange(0, 5).Draw(rt, "make-ups")
		f := Facts{Scheduled: week, Joined: rapid.SampledFrom(week[:3]).Draw(rt, "joined")}
		w := witness{joined: f.Joined, granted: map[domain.Day]bool{}}
		for range rapid.IntRange(0, 12).Draw(rt, "marks") {
			m := on(rapid.SampledFrom(week).Draw(rt, "day"), rapid.IntRange(0, 50).Draw(rt, "hour"), rapid.Bool().Draw(rt, "made up"))
			f.Marks = append(f.Marks, m)
			w.saw(checkin.Checkin{Day: m.Day, SubmittedAt: m.At, MadeUp: m.MadeUp, State: checkin.Visible})
		}
		if rapid.Bool().Draw(rt, "granted") {
			day := rapid.SampledFrom(week).Draw(rt, "grant")
			f.Granted, w.granted[day] = []Grant{{day, week5}}, true
		}
		v := r.Judge(f)
		if got := w.days(Settlement{Rules: r, Scheduled: week}); got != v.Days {
			rt.Fatalf("%s and %s", v.Days, got)
		}
		slices.Reverse(f.Marks)
		if diff := cmp.Diff(v, r.Judge(f)); diff != "" {
			rt.Fatal(diff)
		}
	})
}
