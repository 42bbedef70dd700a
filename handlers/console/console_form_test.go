package console

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/today"
	"yingdi/templates"
)

// iconNames are the icons of the font; nil before make assets has fetched it.
func iconNames(t *testing.T) map[string]bool {
	t.Helper()
	css, err := fs.ReadFile(templates.Static(), "vendor/tabler-icons.min.css")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, m := range regexp.MustCompile(`\.ti-([a-z0-9-]+):before`).FindAllSubmatch(css, -1) {
		names[string(m[1])] = true
	}
	return names
}

func TestARefusalIsShownAtItsField(t *testing.T) {
	t.Parallel()
	var check domain.Check
	check.That(false, "title", "标题不能为空")
	check.That(false, "media[0]", "素材无效")
	check.That(false, "elsewhere", "别处有误")
	f, status, err := faults(fmt.Errorf("camp 1: %w", check.Err()), "title", "media")
	if err != nil || status != 422 || f.Of("title") != "标题不能为空" || f.Of("media") != "素材无效" || f.Whole != "别处有误" || f.Of("intro") != "" {
		t.Errorf("%+v, %d, %v", f, status, err)
	}
	if f, status, err = faults(camp.ErrStarted, "title"); err != nil || status != 409 || f.Whole != camp.ErrStarted.Message {
		t.Errorf("%+v, %d, %v", f, status, err)
	}
	for _, other := range []error{domain.ErrForbidden, domain.ErrNotFound, errors.New("disk full")} {
		if _, _, err := faults(other, "title"); !errors.Is(err, other) {
			t.Errorf("%v became %v", other, err)
		}
	}
}

func TestWhatWasTypedIsRead(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]int{"12": 12, " 7 ": 7, "": -1, "十": -1, "1.5": -1, "99999999999999999999": -1} {
		if got := number(typed); got != want {
			t.Errorf("number(%q) = %d, want %d", typed, got, want)
		}
	}
	if got := text(" 一\r\n二\r\n"); got != "一\n二" {
		t.Errorf("text %q", got)
	}
}

func TestSignInLeadsOnlyInside(t *testing.T) {
	t.Parallel()
	for next, want := range map[string]string{
		"/console/camps?after=x": "/console/camps?after=x", "": Root, "/console": Root, "https://evil.test/": Root,
		"//evil.test/console/": Root, "/console/\\evil.test": Root, "/console/signin?next=/console/signin": Root, "/other": Root,
	} {
		if got := inside(next); got != want {
			t.Errorf("inside(%q) = %q, want %q", next, got, want)
		}
	}
}

func TestTimesAreTheCampsOwn(t *testing.T) {
	t.Parallel()
	shanghai := hours{time.FixedZone("CST", 8*3600), now}
	for _, c := range []struct {
		got, want string
	}{
		{shanghai.At(now), "11月21日 12:00"}, {shanghai.At(now.AddDate(-1, 0, 0)), "2025年11月21日 12:00"}, {shanghai.At(time.Time{}), ""},
		{shanghai.Clock(now), "12:00"}, {shanghai.Clock(time.Time{}), ""},
		{shanghai.Ago(now.Add(-20 * time.Second)), "刚刚"}, {shanghai.Ago(now.Add(-5 * time.Minute)), "5 分钟前"},
		{shanghai.Ago(now.Add(-47 * time.Hour)), "47 小时前"}, {shanghai.Ago(now.Add(-72 * time.Hour)), "3 天前"},
		{date("2026-11-21") + weekday("2026-11-21"), "11月21日周六"}, {date("never") + weekday("never"), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestTheCalendarBeginsOnMonday(t *testing.T) {
	t.Parallel()
	story := sample{"小满"}.full()["today/learner"][0].(*learnerView).Story
	story.Camp.Start, story.Camp.End = "2026-11-19", "2026-11-23" // Thursday to Monday
	want := [][]calendarDay{
		{{}, {}, {}, {"2026-11-19", "done"}, {"2026-11-20", "missed"}, {"2026-11-21", "today"}, {"2026-11-22", "ahead"}},
		{{"2026-11-23", "free"}, {}, {}, {}, {}, {}, {}},
	}
	if diff := cmp.Diff(want, weeks(story)); diff != "" {
		t.Error(diff)
	}
}

func TestOneLeafsWithinTheCamp(t *testing.T) {
	t.Parallel()
	c := sample{"营"}.camp()
	for day, want := range map[domain.Day][2]domain.Day{
		"2026-11-19": {"", "2026-11-20"}, "2026-11-25": {"2026-11-24", "2026-11-26"}, "2026-12-09": {"2026-12-08", ""},
		"2026-10-01": {"", "2026-11-19"}, "2027-01-01": {"2026-12-09", ""},
	} {
		if before, after := beside(c, day); before != want[0] || after != want[1] {
			t.Errorf("beside %s: %q and %q, want %q", day, before, after, want)
		}
	}
}

func TestEveryStepHasItsWords(t *testing.T) {
	t.Parallel()
	for _, s := range (sample{"营"}).full()["today/dashboard"][0].(*dashboardView).Camps {
		if steps[s.Step] == (stepLabel{}) {
			t.Errorf("no words for step %s", s.Step)
		}
	}
	for _, p := range []camp.Phase{camp.PhaseDraft, camp.PhaseUpcoming, camp.PhaseEnrolling, camp.PhaseRunning, camp.PhaseClosing, camp.PhaseEnded, camp.PhaseClosed, camp.PhaseArchived} {
		if phases[p].Name == "" {
			t.Errorf("no words for phase %s", p)
		}
	}
	if len(steps) != 7 || steps[today.StepNone].Path == "" {
		t.Errorf("steps %v", steps)
	}
}
