package audit

import (
	"slices"
	"time"
)

const layout = "2006-01-02"

// dayAt is the day of the camp's calendar that an instant belongs to: the wall clock's date, and before the cut-off
// the date of the day before.
func dayAt(at time.Time, zone string, cutOff int) (string, error) {
	place, err := time.LoadLocation(zone)
	if err != nil {
		return "", err
	}
	wall := at.In(place)
	year, month, date := wall.Date()
	if wall.Hour() < cutOff {
		date--
	}
	return time.Date(year, month, date, 12, 0, 0, 0, time.UTC).Format(layout), nil
}

// daysOf lists the days of the tasks, each once and in order.
func daysOf(tasks []Task) []string {
	var days []string
	for _, task := range tasks {
		days = append(days, task.Day)
	}
	slices.Sort(days)
	return slices.Compact(days)
}

// streakOn counts backwards from a day the days with a task on which the member handed in. The day itself may be open
// still.
func (t *trial) streakOn(member, day string) int {
	n := 0
	for i := len(t.taskDays) - 1; i >= 0; i-- {
		d := t.taskDays[i]
		if d > day {
			continue
		}
		if !t.byDay[[2]string{member, d}] {
			if d == day {
				continue
			}
			return n
		}
		n++
	}
	return n
}

// lastDay is the camp's for the last who could join.
func (c Camp) lastDay() string {
	if c.Pace == "personal" && c.EnrolBy > c.Start {
		return later(c.End, between(c.Start, c.EnrolBy))
	}
	return c.End
}

// overBy tells whether the camp's last day is over at an instant, for everybody.
func (c Camp) overBy(at time.Time) bool {
	day, err := dayAt(at, c.Calendar.Zone, c.Calendar.CutOff)
	return err == nil && day > c.lastDay()
}
