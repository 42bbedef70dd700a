package domain

import (
	"fmt"
	"sync"
	"time"
)

// Clock tells the time. Everything but cmd reads it from here, so that a simulator can drive it.
type Clock interface{ Now() time.Time }

// Day is a calendar day as "2006-01-02". Days compare and sort as strings. Which day an instant belongs to is
// the camp's Calendar to say, once, when the fact is written; a client's own date is never asked.
type Day string

const dayLayout = "2006-01-02"

// ParseDay refuses anything but a real date.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(dayLayout, s)
	if err != nil || t.Year() < 2000 || t.Year() > 2200 {
		return "", Invalid("day", "日期不正确，应为 2006-01-02 的格式")
	}
	return Day(s), nil
}

func dayOf(t time.Time) Day { return Day(t.Format(dayLayout)) }

// Valid reports whether d is a real date.
func (d Day) Valid() bool { _, err := ParseDay(string(d)); return err == nil }

func (d Day) midnight() time.Time {
	t, err := time.Parse(dayLayout, string(d))
	if err != nil {
		panic(fmt.Sprintf("domain: %q is no day", string(d)))
	}
	return t
}

// Add moves d by n days.
func (d Day) Add(n int) Day { return dayOf(d.midnight().AddDate(0, 0, n)) }

// Since counts the days from other to d.
func (d Day) Since(other Day) int { return int(d.midnight().Sub(other.midnight()).Hours() / 24) }

// Month of the year.
func (d Day) Month() time.Month { return d.midnight().Month() }

// Weekday of d.
func (d Day) Weekday() time.Weekday { return d.midnight().Weekday() }

// Chinese writes d as 3月5日.
func (d Day) Chinese() string {
	t := d.midnight()
	return fmt.Sprintf("%d月%d日", t.Month(), t.Day())
}

// Calendar turns instants into days: the zone's own days, each lasting until CutOff o'clock of the next, so
// that at one in the morning a learner can still hand in for "today".
type Calendar struct {
	Zone   string `json:"zone"`    // IANA name, such as Asia/Shanghai
	CutOff int    `json:"cut_off"` // hour 0–11
}

// Check refuses an unknown zone or a cut-off out of range.
func (c Calendar) Check(check *Check) {
	_, err := time.LoadLocation(c.Zone)
	check.That(err == nil && c.Zone != "" && c.Zone != "Local", "zone", "时区不正确，例如 Asia/Shanghai")
	check.Range("cut_off", "截止钟点", c.CutOff, 0, 11)
}

// locations by their names: each is a file to read, and every list of camps asks for it many times.
var locations sync.Map

// Location of the zone.
func (c Calendar) Location() *time.Location { return c.location() }

// At is the instant within a day at which the zone's clock shows the hour: after midnight for hours before the cut-off.
func (c Calendar) At(day Day, hour int) time.Time {
	if hour < c.CutOff {
		day = day.Add(1)
	}
	return Calendar{Zone: c.Zone, CutOff: hour}.Start(day)
}

func (c Calendar) location() *time.Location {
	if loc, ok := locations.Load(c.Zone); ok {
		return loc.(*time.Location)
	}
	loc, err := time.LoadLocation(c.Zone)
	if err != nil {
		panic(fmt.Sprintf("domain: zone %q was not checked: %v", c.Zone, err))
	}
	locations.Store(c.Zone, loc)
	return loc
}

// Day says which day the instant belongs to: the one that was the last to start. So a change of summer time neither
// skips nor repeats a day, not even where it turns the clock back over the cut-off.
func (c Calendar) Day(at time.Time) Day {
	loc := c.location()
	day := dayOf(at.In(loc))
	switch {
	case at.Before(c.start(day, loc)):
		return day.Add(-1)
	case !at.Before(c.start(day.Add(1), loc)):
		return day.Add(1)
	}
	return day
}

// Start is the instant at which day begins, in UTC: the first at which the zone's clock shows the cut-off or, should
// summer time leave that hour out, what comes after it.
func (c Calendar) Start(day Day) time.Time { return c.start(day, c.location()) }

func (c Calendar) start(day Day, loc *time.Location) time.Time {
	d := day.midnight()
	want := d.Add(time.Duration(c.CutOff) * time.Hour)
	t := time.Date(d.Year(), d.Month(), d.Day(), c.CutOff, 0, 0, 0, loc)
	since, until := t.ZoneBounds()
	switch shows := wall(t); {
	case shows.Before(want): // left out, and t lies before the gap
		return until.UTC()
	case shows.After(want): // left out, and t lies after it
		return since.UTC()
	case !since.IsZero():
		_, offset := since.Add(-time.Second).Zone()
		if earlier := want.Add(-time.Duration(offset) * time.Second); earlier.Before(since) { // the hour comes twice
			return earlier
		}
	}
	return t.UTC()
}

// wall is what the clock on the wall shows, as if it were UTC.
func wall(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// End is the instant at which day ends and the next one begins, in UTC.
func (c Calendar) End(day Day) time.Time { return c.Start(day.Add(1)) }
