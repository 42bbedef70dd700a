package domain_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yingdi/domain"
)

func TestParseDayTakesRealDatesOnly(t *testing.T) {
	t.Parallel()
	for s, ok := range map[string]bool{
		"2026-03-01": true, "2028-02-29": true, "2026-02-29": false, "2026-13-01": false, "2026-3-1": false, "": false,
		"2026-03-01 ": false, "1999-12-31": false, "2201-01-01": false, "２０２６-03-01": false, "2026-03-01T00:00:00Z": false,
	} {
		day, err := domain.ParseDay(s)
		if ok && (err != nil || string(day) != s) || !ok && !errors.Is(err, domain.ErrInvalid) || domain.Day(s).Valid() != ok {
			t.Errorf("%q: got %q, %v", s, day, err)
		}
	}
}

func TestDaysCount(t *testing.T) {
	t.Parallel()
	if got := domain.Day("2026-02-28").Add(1); got != "2026-03-01" {
		t.Errorf("got %s", got)
	}
	if d := domain.Day("2026-03-05"); d.Chinese() != "3月5日" || d.Weekday() != time.Thursday {
		t.Errorf("got %s, %s", d.Chinese(), d.Weekday())
	}
	rapid.Check(t, func(t *rapid.T) {
		day := domain.Day("2000-01-01").Add(rapid.IntRange(0, 70_000).Draw(t, "day"))
		n := rapid.IntRange(-2000, 2000).Draw(t, "n")
		moved := day.Add(n)
		if moved.Since(day) != n || moved.Add(-n) != day || (moved > day) != (n > 0) {
			t.Fatalf("%s moved by %d is %s", day, n, moved)
		}
	})
}

func TestCalendarRefusesZonesThatAreNone(t *testing.T) {
	t.Parallel()
	for zone, ok := range map[string]bool{
		"Asia/Shanghai": true, "UTC": true, "Pacific/Chatham": true,
		"": false, "Local": false, "Mars/Olympus": false, "../etc/passwd": false, "Asia/Shanghai\x00": false,
	} {
		var check domain.Check
		domain.Calendar{Zone: zone}.Check(&check)
		if (check.Err() == nil) != ok {
			t.Errorf("zone %q: %v", zone, check.Err())
		}
	}
	for hour, ok := range map[int]bool{-1: false, 0: true, 11: true, 12: false} {
		var check domain.Check
		domain.Calendar{Zone: "UTC", CutOff: hour}.Check(&check)
		if (check.Err() == nil) != ok {
			t.Errorf("cut-off %d: %v", hour, check.Err())
		}
	}
}

func instant(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestADayLastsUntilTheCutOffOfTheNext(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		zone   string
		cutOff int
		at     string
		want   domain.Day
	}{
		{"Asia/Shanghai", 0, "2026-03-01T15:59:59Z", "2026-03-01"},
		{"Asia/Shanghai", 0, "2026-03-01T16:00:00Z", "2026-03-02"},
		{"Asia/Shanghai", 2, "2026-03-01T17:59:59Z", "2026-03-01"}, // 01:59:59 of the next morning
		{"Asia/Shanghai", 2, "2026-03-01T18:00:00Z", "2026-03-02"},
		{"America/New_York", 0, "2026-03-08T04:59:59Z", "2026-03-07"}, // the night of summer time
		{"America/New_York", 0, "2026-03-08T05:00:00Z", "2026-03-08"},
		{"America/New_York", 2, "2026-03-08T06:59:59Z", "2026-03-07"}, // 01:59:59, after which comes 03:00
		{"America/New_York", 2, "2026-03-08T07:00:00Z", "2026-03-08"},
		{"America/New_York", 1, "2026-11-01T05:00:00Z", "2026-11-01"}, // the first of two 01:00
		{"America/New_York", 1, "2026-11-01T04:59:59Z", "2026-10-31"},
		{"Europe/Berlin", 2, "2026-03-29T00:59:59Z", "2026-03-28"},
		{"Europe/Berlin", 2, "2026-03-29T01:00:00Z", "2026-03-29"},
		{"Europe/Berlin", 2, "2026-10-25T00:00:00Z", "2026-10-25"},   // the first of two 02:00
		{"Pacific/Chatham", 3, "2026-04-04T13:15:00Z", "2026-04-05"}, // the first of two 03:00
		{"Pacific/Chatham", 3, "2026-04-04T14:05:00Z", "2026-04-05"}, // 02:50 again, and yet no day before
		{"America/Havana", 0, "2026-03-08T05:00:00Z", "2026-03-08"},  // midnight is left out
		{"America/Havana", 0, "2026-03-08T04:59:59Z", "2026-03-07"},
	} {
		calendar := domain.Calendar{Zone: c.zone, CutOff: c.cutOff}
		if got := calendar.Day(instant(c.at)); got != c.want {
			t.Errorf("%s cut off at %d, %s: got %s, want %s", c.zone, c.cutOff, c.at, got, c.want)
		}
	}
}

var zones = []string{
	"Asia/Shanghai", "UTC", "America/New_York", "Europe/Berlin", "Pacific/Chatham", "America/Havana", "America/St_Johns",
	"Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Kiritimati", "Africa/Casablanca", "America/Santiago", "Asia/Beirut",
}

// Whatever the zone does with its clocks, days are an unbroken row of stretches, each between 22 and 26 hours long.
func TestDaysFollowOneAnotherWithoutGapOrOverlap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		calendar := domain.Calendar{
			Zone: rapid.SampledFrom(zones).Draw(t, "zone"), CutOff: rapid.IntRange(0, 11).Draw(t, "cut-off"),
		}
		day := domain.Day("2020-01-01").Add(rapid.IntRange(0, 365*12).Draw(t, "day"))
		start, end := calendar.Start(day), calendar.End(day)
		if long := end.Sub(start); long < 22*time.Hour || long > 26*time.Hour {
			t.Fatalf("%s lasts %s", day, long)
		}
		within := start.Add(time.Duration(rapid.Int64Range(0, int64(end.Sub(start))-1).Draw(t, "within")))
		for _, at := range []time.Time{start, within, end.Add(-time.Nanosecond)} {
			if got := calendar.Day(at); got != day {
				t.Fatalf("%s from %s to %s: %s belongs to %s", day, start, end, at, got)
			}
		}
		if before, after := calendar.Day(start.Add(-1)), calendar.Day(end); before != day.Add(-1) || after != day.Add(1) {
			t.Fatalf("%s lies between %s and %s", day, before, after)
		}
	})
}

// Each instant of the two nights on which clocks move belongs to one day, and the days only go forward.
func TestTheNightsOfSummerTimeGoForward(t *testing.T) {
	t.Parallel()
	for _, zone := range zones {
		for cutOff := range 12 {
			calendar := domain.Calendar{Zone: zone, CutOff: cutOff}
			loc, err := time.LoadLocation(zone)
			if err != nil {
				t.Fatal(err)
			}
			at := instant("2026-01-01T00:00:00Z")
			for range 3 {
				_, moves := at.In(loc).ZoneBounds()
				if moves.IsZero() {
					break
				}
				last := calendar.Day(moves.Add(-26 * time.Hour))
				for minute := -26 * 60; minute <= 26*60; minute += 15 {
					day := calendar.Day(moves.Add(time.Duration(minute) * time.Minute))
					if n := day.Since(last); n < 0 || n > 1 {
						t.Fatalf("%s cut off at %d: %s follows %s, %d minutes from the move", zone, cutOff, day, last, minute)
					}
					last = day
				}
				at = moves.Add(time.Hour)
			}
		}
	}
}
