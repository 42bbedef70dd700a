package camp_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// talking is a camp of the first three days of March that starts on the first.
func talking(cutOff int, m camp.Messages) camp.Camp {
	return camp.Camp{
		Calendar: domain.Calendar{Zone: "Asia/Shanghai", CutOff: cutOff}, Start: "2026-03-01", End: "2026-03-03", State: camp.Published, Messages: m,
	}
}

func TestTheRoundsOfACampInOrder(t *testing.T) {
	t.Parallel()
	both := camp.Messages{Starting: true, Remind: true, RemindAt: 20}
	for name, c := range map[string]struct {
		camp camp.Camp
		want []string
	}{
		"both":                    {talking(0, both), []string{"02-28 20:00", "03-01 20:00", "03-02 20:00", "03-03 20:00"}},
		"after midnight":          {talking(2, camp.Messages{Remind: true, RemindAt: 1}), []string{"03-02 01:00", "03-03 01:00", "03-04 01:00"}},
		"at the cut-off":          {talking(2, camp.Messages{Remind: true, RemindAt: 2}), []string{"03-01 02:00", "03-02 02:00", "03-03 02:00"}},
		"only the start":          {talking(0, camp.Messages{Starting: true}), []string{"02-28 20:00"}},
		"none":                    {talking(0, camp.Messages{}), nil},
		"switched off altogether": {talking(0, camp.Messages{Off: true, Starting: true, Remind: true}), nil},
	} {
		var got []string
		for at := (time.Time{}).AddDate(2025, 0, 0); ; {
			call := c.camp.NextCall(at)
			if call.At.IsZero() {
				break
			}
			if call.At.Before(c.camp.Calendar.Start(call.Day)) || !call.At.Before(c.camp.Calendar.End(call.Day)) {
				t.Errorf("%s: %v does not lie within %s", name, call.At, call.Day)
			}
			at = call.At
			got = append(got, at.In(c.camp.Calendar.Location()).Format("01-02 15:04"))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

func TestARoundIsDueUntilItsDayEndsAndThenTheNextDaysIs(t *testing.T) {
	t.Parallel()
	c := talking(0, camp.Messages{Remind: true, RemindAt: 20})
	c.CallAt = c.Calendar.At("2026-03-01", 20)
	for at, want := range map[string]domain.Day{
		"2026-03-01T19:59:59+08:00": "", "2026-03-01T20:00:00+08:00": "2026-03-01", "2026-03-01T23:59:59+08:00": "2026-03-01",
		"2026-03-02T00:00:00+08:00": "", "2026-03-02T21:00:00+08:00": "2026-03-02", "2026-03-09T21:00:00+08:00": "",
	} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Due(now); got.Day != want {
			t.Errorf("at %s: %q, want %q", at, got.Day, want)
		}
	}
}

func TestARoundThatIsDueSurvivesAnEdit(t *testing.T) {
	t.Parallel()
	f := form()
	f.Messages = camp.Messages{Remind: true, RemindAt: 20}
	c := camp.Camp{Doc: domain.Doc{ID: "c"}, State: camp.Draft}
	if err := c.Apply(f, at("2026-02-01", 0)); err != nil || !c.CallAt.IsZero() {
		t.Fatalf("a draft waits for %v, %v", c.CallAt, err)
	}
	if err := c.Publish(at("2026-02-01", 0)); err != nil {
		t.Fatal(err)
	}
	due := c.Calendar.At(c.Start, 20)
	if !c.CallAt.Equal(due) {
		t.Fatalf("waits for %v", c.CallAt)
	}
	f.Intro = "改一个字"
	if err := c.Apply(f, due.Add(time.Minute)); err != nil || !c.CallAt.Equal(due) {
		t.Errorf("now waits for %v, %v", c.CallAt, err)
	}
	f.Messages.RemindAt = 24
	if err := c.Apply(f, due); err == nil {
		t.Error("a day of 25 hours")
	}
	if err := c.Close(due); err != nil || !c.CallAt.IsZero() {
		t.Errorf("closed, it waits for %v, %v", c.CallAt, err)
	}
}

// A sweeper that looks at random times, or not at all for days, makes every round at most once, each within its day.
func TestNoRoundIsMadeTwice(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := talking(rapid.IntRange(0, 11).Draw(t, "cut-off"), camp.Messages{Starting: true, Remind: true, RemindAt: rapid.IntRange(0, 23).Draw(t, "hour")})
		now := time.Date(2026, 2, 27, 0, 0, 0, 0, time.UTC)
		c.CallAt = c.NextCall(now).At
		made := map[domain.Day]bool{}
		for range rapid.IntRange(1, 60).Draw(t, "looks") {
			now = now.Add(time.Duration(rapid.IntRange(1, 40*60).Draw(t, "minutes")) * time.Minute)
			upTo := now
			if due := c.Due(now); !due.At.IsZero() {
				if made[due.Day] || c.Calendar.Day(now) != due.Day {
					t.Fatalf("%s is called on %s, made before: %v", due.Day, c.Calendar.Day(now), made[due.Day])
				}
				made[due.Day] = true
				upTo = due.At
			}
			_ = c.Called(upTo)
			if due := c.Due(now); !due.At.IsZero() {
				t.Fatalf("%s is still due at %v", due.Day, now)
			}
		}
	})
}
