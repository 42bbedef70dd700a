package camp

import (
	"time"

	"yingdi/domain"
)

// Pace says whose days a camp's plan is counted by. A plan has its tasks on days from Start to End whatever the pace.
type Pace string

// The paces.
const (
	PaceCommon   Pace = ""         // everybody lives the plan on its own dates; who joins late has missed what was before
	PacePersonal Pace = "personal" // whoever joins after the first day begins with day 1 all the same, and ends later
	PaceRolling  Pace = "rolling"  // nothing but day 1, day 2 …: day 1 is the day of joining, and Start the first that there is
)

// Valid reports whether there is such a pace.
func (p Pace) Valid() bool { return p == PaceCommon || p == PacePersonal || p == PaceRolling }

// Shift is by how many days the plan of somebody who joins at an instant comes later than its own dates; never below 0.
func (c Camp) Shift(joined time.Time) int { return c.shift(c.Calendar.Day(joined)) }

func (c Camp) shift(joined domain.Day) int {
	first := joined
	if c.NextDay {
		first = joined.Add(1)
	}
	if c.Pace == PaceCommon || c.Pace == PacePersonal && joined <= c.Start || first <= c.Start {
		return 0
	}
	return first.Since(c.Start)
}

// Own is a camp on one learner's own calendar: each day of the plan comes Shift days later. Start and End are the
// learner's own, and so is all that follows from them: DayN, Phase, LastDay.
type Own struct {
	Camp
	Common Camp // as everybody sees it
	Shift  int
	Joined domain.Day // what was done before it belongs to an earlier stay, and does not count
}

// For returns the camp on the calendar of somebody whose plan comes so many days later.
func (c Camp) For(shift int, joined time.Time) Own {
	o := Own{Camp: c, Common: c, Shift: shift}
	if !joined.IsZero() {
		o.Joined = c.Calendar.Day(joined)
	}
	o.Start, o.End, o.Pace = c.Start.Add(shift), c.End.Add(shift), PaceCommon
	return o
}

// PlanDay is the day of the plan that the learner lives on a day.
func (o Own) PlanDay(day domain.Day) domain.Day { return day.Add(-o.Shift) }

// OwnDay is the day on which the learner lives a day of the plan.
func (o Own) OwnDay(plan domain.Day) domain.Day { return plan.Add(o.Shift) }
