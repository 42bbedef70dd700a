package risk_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/risk"
)

func TestInACourseOnlyStandingStillIsARisk(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		done     []domain.Day
		today    domain.Day
		finished bool
		want     []risk.Reason
	}{
		"came yesterday":           {nil, "2026-03-02", false, nil},
		"never began":              {nil, "2026-03-03", false, []risk.Reason{{Kind: risk.Never, Days: 2}}},
		"goes on":                  {[]domain.Day{"2026-03-01", "2026-03-06"}, "2026-03-10", false, nil},
		"has stopped":              {[]domain.Day{"2026-03-01", "2026-03-06"}, "2026-03-11", false, []risk.Reason{{Kind: risk.Quiet, Days: 5}}},
		"has stopped, at its end":  {[]domain.Day{"2026-03-06"}, "2026-04-11", true, nil},
		"is here today once again": {[]domain.Day{"2026-03-01", "2026-03-20"}, "2026-03-20", false, nil},
	} {
		f := risk.Facts{Free: true, Finished: c.finished, Done: c.done, Joined: "2026-03-01", Today: c.today}
		if diff := cmp.Diff(c.want, risk.Default.Reasons(f)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if got := (risk.Thresholds{}).Reasons(f); got != nil {
			t.Errorf("%s: %v with everything switched off", name, got)
		}
	}
}

func TestWhoIsAtRiskAndWhy(t *testing.T) {
	t.Parallel()
	week := []domain.Day{"2026-03-01", "2026-03-02", "2026-03-03", "2026-03-05", "2026-03-06", "2026-03-07"} // the 4th is free
	days := func(list ...domain.Day) []domain.Day { return list }
	for _, c := range []struct {
		name   string
		done   []domain.Day
		joined domain.Day
		today  domain.Day
		want   []risk.Reason
	}{
		{"does it every day", days("2026-03-03", "2026-03-01", "2026-03-02"), "2026-03-01", "2026-03-05", nil},
		{"today is not missed yet", days("2026-03-03"), "2026-03-01", "2026-03-06", nil},
		{"a free day is not missed", days("2026-03-02"), "2026-03-01", "2026-03-06", nil},
		{"three in a row", days("2026-03-02"), "2026-03-01", "2026-03-07", []risk.Reason{{Kind: risk.Missed, Days: 3}, {Kind: risk.Quiet, Days: 5}}},
		{"three, but back today", days("2026-03-02", "2026-03-07"), "2026-03-01", "2026-03-07", nil},
		{"long quiet", days("2026-03-05"), "2026-03-01", "2026-03-12", []risk.Reason{{Kind: risk.Quiet, Days: 7}}},
		{"quiet because there was nothing to do", days("2026-03-07"), "2026-03-01", "2026-03-20", nil},
		{"never began", nil, "2026-03-01", "2026-03-03", []risk.Reason{{Kind: risk.Never, Days: 2}}},
		{"came but yesterday", nil, "2026-03-06", "2026-03-07", nil},
		{"came late and never began", nil, "2026-03-05", "2026-03-07", []risk.Reason{{Kind: risk.Never, Days: 2}}},
		{"the camp has not begun", nil, "2026-02-20", "2026-02-25", nil},
	} {
		f := risk.Facts{Scheduled: week, Done: c.done, Joined: c.joined, Today: c.today}
		if diff := cmp.Diff(c.want, risk.Default.Reasons(f)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		if got := (risk.Thresholds{}).Reasons(f); got != nil {
			t.Errorf("%s: switched off, yet %v", c.name, got)
		}
	}
}

func TestThresholdsAreBounded(t *testing.T) {
	t.Parallel()
	for _, bad := range []risk.Thresholds{{Missed: -1}, {Quiet: 61}, {Never: -1}} {
		if err := bad.Check(); !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if err := risk.Default.Check(); err != nil {
		t.Error(err)
	}
}
