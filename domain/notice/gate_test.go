package notice_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"yingdi/domain/notice"
)

var noon = time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC)

// passing are facts that let a message through.
func passing() notice.Facts {
	return notice.Facts{Now: noon, Template: true, WeChat: true, Credit: true, Cap: 3, Sent: 2, Until: noon.Add(time.Hour)}
}

// spoils are what can be in a message's way, in the order in which the gate asks.
var spoils = []struct {
	reason string
	spoil  func(*notice.Facts)
}{
	{notice.NoTemplate, func(f *notice.Facts) { f.Template = false }},
	{notice.NoWeChat, func(f *notice.Facts) { f.WeChat = false }},
	{notice.Declined, func(f *notice.Facts) { f.Declined = true }},
	{notice.Blocked, func(f *notice.Facts) { f.Suppressed = notice.Blocked }},
	{notice.NoCredit, func(f *notice.Facts) { f.Credit = false }},
	{notice.SwitchedOff, func(f *notice.Facts) { f.Off = true }},
	{notice.QuietHours, func(f *notice.Facts) { f.Quiet = noon.Add(30 * time.Minute) }},
	{notice.Capped, func(f *notice.Facts) { f.Sent = 3 }},
	{notice.Done, func(f *notice.Facts) { f.Moot = true }},
	{notice.TooLate, func(f *notice.Facts) { f.Until = noon }},
}

func TestTheGateSendsOnlyWhatNothingSpeaksAgainst(t *testing.T) {
	t.Parallel()
	if a := notice.Gate(passing()); !a.Send {
		t.Errorf("%+v", a)
	}
	for i, s := range spoils {
		f := passing()
		for _, later := range spoils[i:] { // whatever else is wrong, the first reason is given
			later.spoil(&f)
		}
		if a := notice.Gate(f); a.Send || a.Reason != s.reason {
			t.Errorf("%s and all that come after: %+v", s.reason, a)
		}
		f = passing()
		s.spoil(&f)
		if a := notice.Gate(f); a.Send || a.Reason != s.reason || !a.At.IsZero() {
			t.Errorf("%s alone: %+v", s.reason, a)
		}
	}
}

func TestWhatMayWaitWaitsForTheEndOfQuietHoursUnlessItIsPointlessThen(t *testing.T) {
	t.Parallel()
	ends := noon.Add(30 * time.Minute)
	for name, c := range map[string]struct {
		waits bool
		until time.Time
		want  notice.Answer
	}{
		"may wait":                       {true, time.Time{}, notice.Answer{Reason: notice.QuietHours, At: ends}},
		"may wait, and is still good":    {true, ends.Add(1), notice.Answer{Reason: notice.QuietHours, At: ends}},
		"may wait, but is pointless":     {true, ends, notice.Answer{Reason: notice.QuietHours}},
		"may not wait":                   {false, time.Time{}, notice.Answer{Reason: notice.QuietHours}},
		"may not wait and is good later": {false, ends.Add(1), notice.Answer{Reason: notice.QuietHours}},
	} {
		f := passing()
		f.Quiet, f.Waits, f.Until = ends, c.waits, c.until
		if diff := cmp.Diff(c.want, notice.Gate(f)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

func TestQuietHours(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ zone, from, to, at, ends string }{
		{"Asia/Shanghai", "22:00", "07:30", "2026-03-01T21:59:59+08:00", ""},
		{"Asia/Shanghai", "22:00", "07:30", "2026-03-01T22:00:00+08:00", "2026-03-02T07:30:00+08:00"},
		{"Asia/Shanghai", "22:00", "07:30", "2026-03-02T00:00:00+08:00", "2026-03-02T07:30:00+08:00"},
		{"Asia/Shanghai", "22:00", "07:30", "2026-03-02T07:29:59+08:00", "2026-03-02T07:30:00+08:00"},
		{"Asia/Shanghai", "22:00", "07:30", "2026-03-02T07:30:00+08:00", ""},
		{"Asia/Shanghai", "12:00", "14:00", "2026-03-02T13:00:00+08:00", "2026-03-02T14:00:00+08:00"},
		{"Asia/Shanghai", "12:00", "14:00", "2026-03-02T23:00:00+08:00", ""},
		{"Asia/Shanghai", "08:00", "08:00", "2026-03-02T08:00:00+08:00", ""},
		{"Asia/Kathmandu", "22:00", "07:30", "2026-03-02T01:00:00+05:45", "2026-03-02T07:30:00+05:45"},
		{"Europe/London", "22:00", "07:30", "2026-03-28T23:00:00Z", "2026-03-29T07:30:00+01:00"},                // an hour shorter
		{"Europe/London", "22:00", "07:30", "2026-10-24T23:00:00+01:00", "2026-10-25T07:30:00Z"},                // an hour longer
		{"Europe/London", "22:00", "01:30", "2026-03-28T23:00:00Z", "2026-03-29T02:00:00+01:00"},                // half past one is left out
		{"Europe/London", "22:00", "01:30", "2026-10-25T00:30:00+01:00", "2026-10-25T01:30:00+01:00"},           // it comes twice: the first
		{"Europe/London", "22:00", "01:30", "2026-10-25T01:10:00Z", "2026-10-25T01:30:00Z"},                     // quiet again in the second
		{"America/New_York", "22:00", "02:15", "2026-03-08T01:59:00-05:00", "2026-03-08T03:00:00-04:00"},        // left out
		{"Australia/Lord_Howe", "22:00", "01:45", "2026-04-04T23:00:00+11:00", "2026-04-05T01:45:00+11:00"},     // half an hour back at two
		{"Australia/Lord_Howe", "22:00", "01:45", "2026-04-05T01:35:00+10:30", "2026-04-05T01:45:00+10:30"},     // quiet again
		{"America/Santiago", "22:00", "07:30", "2026-09-05T23:30:00-04:00", "2026-09-06T07:30:00-03:00"},        // midnight is left out
		{"America/St_Johns", "23:30", "00:15", "2026-10-31T23:45:00-02:30", "2026-11-01T00:15:00-02:30"},        // wraps shortly
		{"Pacific/Apia", "22:00", "07:30", "2026-03-02T23:00:00+13:00", "2026-03-03T07:30:00+13:00"},            // east of all
		{"Asia/Shanghai", "22:00", "07:30", "2026-03-02T03:00:00.000000001+08:00", "2026-03-02T07:30:00+08:00"}, // to the nanosecond
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		var q notice.Quiet
		for to, s := range map[*notice.Clock]string{&q.From: c.from, &q.To: c.to} {
			if *to, err = notice.ParseClock(s); err != nil {
				t.Fatal(err)
			}
		}
		at, err := time.Parse(time.RFC3339Nano, c.at)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := time.Parse(time.RFC3339, c.ends)
		if got := q.Ends(at, zone); !got.Equal(want) {
			t.Errorf("%s–%s in %s at %s: until %s, want %s", c.from, c.to, c.zone, c.at, got.In(zone), c.ends)
		}
	}
}

// Whoever looks at the clock on the wall every minute comes to the same end.
func TestQuietHoursEndWhenTheClockOnTheWallSaysSo(t *testing.T) {
	t.Parallel()
	zones := []string{"Asia/Shanghai", "Europe/London", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Africa/Casablanca", "UTC"}
	rapid.Check(t, func(t *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		clock := rapid.IntRange(0, 24*60-1)
		from, to := clock.Draw(t, "from"), clock.Draw(t, "to")
		quiet := func(at time.Time) bool {
			shows := at.In(zone).Hour()*60 + at.In(zone).Minute()
			if from <= to {
				return from <= shows && shows < to
			}
			return shows >= from || shows < to
		}
		year := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		at := year.Add(time.Duration(rapid.IntRange(0, 366*24*60).Draw(t, "minute")) * time.Minute)
		if rapid.Bool().Draw(t, "at a change") {
			if _, change := at.In(zone).ZoneBounds(); !change.IsZero() {
				at = change.UTC().Add(time.Duration(rapid.IntRange(-600, 120).Draw(t, "around")) * time.Minute)
			}
		}
		want := time.Time{}
		if quiet(at) {
			for want = at; quiet(want); want = want.Add(time.Minute) {
			}
		}
		if got := (notice.Quiet{From: notice.Clock(from), To: notice.Clock(to)}).Ends(at, zone); !got.Equal(want) {
			t.Fatalf("%d–%d in %s at %s: until %s, want %s", from, to, zone, at.In(zone), got.In(zone), want.In(zone))
		}
	})
}
