package moderation_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/moderation"
	"yingdi/domain/notice"
)

const id = "checkin_a"

func TestReportsOfManyMeetInOneCaseAndASecondTapIsTheFirst(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.hang(t, "a", checkin.Visible)
	for _, who := range []string{"bob", "eve", "bob"} {
		if _, err := w.Report(as(t, who), moderation.Checkin, "a", moderation.ReportForm{Reason: moderation.Spam}); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the event is told twice
			must(t, w.Heard(t.Context(), id+":"+who))
		}
	}
	rows, _, err := w.Queue(teacher(t), moderation.Filter{}, domain.Page{})
	must(t, err)
	if len(rows) != 1 || rows[0].Reasons[moderation.Spam] != 2 || rows[0].Subject.Text != "读了" || rows[0].Where != "晨读" {
		t.Errorf("%+v", rows)
	}
	v, err := w.View(teacher(t), id)
	must(t, err)
	if len(v.Reports) != 2 || v.Reports[0].Reporter != "" || v.Case.Reporters != nil {
		t.Errorf("who reported is told: %+v", v)
	}
}

func TestWhatCannotBeReported(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.hang(t, "a", checkin.Visible)
	w.hang(t, "hidden", checkin.Hidden)
	for name, c := range map[string]struct {
		ctx    context.Context
		target string
		form   moderation.ReportForm
		want   error
	}{
		"nobody":              {t.Context(), "a", moderation.ReportForm{Reason: moderation.Spam}, domain.ErrUnauthenticated},
		"one's own":           {as(t, "ann"), "a", moderation.ReportForm{Reason: moderation.Spam}, moderation.ErrOwn},
		"what one cannot see": {as(t, "bob"), "hidden", moderation.ReportForm{Reason: moderation.Spam}, domain.ErrNotFound},
		"without a reason":    {as(t, "bob"), "a", moderation.ReportForm{}, domain.ErrInvalid},
		"other, without text": {as(t, "bob"), "a", moderation.ReportForm{Reason: moderation.Other}, domain.ErrInvalid},
	} {
		if _, err := w.Report(c.ctx, moderation.Checkin, c.target, c.form); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

func TestSomebodyWhoReportsEverythingIsStoppedUntilTomorrow(t *testing.T) {
	t.Parallel()
	w := newWorld()
	report := func(n int) error {
		_, err := w.Report(as(t, "bob"), moderation.Checkin, fmt.Sprint("a", n), moderation.ReportForm{Reason: moderation.Spam})
		return err
	}
	for n := range moderation.ReportsPerDay + 1 {
		w.hang(t, fmt.Sprint("a", n), checkin.Visible)
	}
	for n := range moderation.ReportsPerDay {
		must(t, report(n))
	}
	if err := report(moderation.ReportsPerDay); !errors.Is(err, moderation.ErrTooMany) {
		t.Errorf("got %v", err)
	}
	must(t, report(0)) // again is no new one
	w.clock.Set(w.clock.Now().AddDate(0, 0, 1))
	must(t, report(moderation.ReportsPerDay))
}

func TestWhatEachVerdictDoesAndWhatAnUndoLeaves(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before  checkin.State
		verdict moderation.Verdict
		want    checkin.State
		undone  checkin.State
		told    int
		offence bool
	}{
		"a doubtful one is fine":      {checkin.Hidden, moderation.Show, checkin.Visible, checkin.Hidden, 0, false},
		"a doubtful one is bad":       {checkin.Hidden, moderation.Reject, checkin.Rejected, checkin.Hidden, 1, true},
		"a reported one is hidden":    {checkin.Visible, moderation.Hide, checkin.Hidden, checkin.Visible, 1, true},
		"a reported one is rejected":  {checkin.Visible, moderation.Reject, checkin.Rejected, checkin.Visible, 1, true},
		"a reported one is fine":      {checkin.Visible, moderation.Show, checkin.Visible, checkin.Visible, 0, false},
		"a reported one needs a word": {checkin.Visible, moderation.Warn, checkin.Visible, checkin.Visible, 1, true},
		"one that waits for no check": {checkin.Pending, moderation.Hide, checkin.Hidden, checkin.Hidden, 1, true},
	} {
		w := newWorld()
		w.hang(t, "a", c.before)
		must(t, w.DecideCheckin(teacher(t), "a", c.verdict, "与任务无关", -1))
		if got := w.state(t, "a"); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
		for range 2 {
			must(t, w.Ruled(t.Context(), id))
		}
		if len(w.inbox) != c.told {
			t.Errorf("%s: told %d", name, len(w.inbox))
		}
		if n, _ := w.cases.CountOffences(t.Context(), "ann", "o1"); (n == 1) != c.offence {
			t.Errorf("%s: %d offences", name, n)
		}
		for range 2 {
			must(t, w.Undo(teacher(t), id, 1))
		}
		if got := w.state(t, "a"); got != c.undone {
			t.Errorf("%s: undone, it is %s", name, got)
		}
		kept, err := w.cases.Get(t.Context(), id)
		if err != nil || kept.State != moderation.Open || kept.Last().UndoneBy != "teacher" || kept.Last().By != "teacher" {
			t.Errorf("%s: %+v, %v", name, kept, err)
		}
		if n, _ := w.cases.CountOffences(t.Context(), "ann", "o1"); n != 0 {
			t.Errorf("%s: an undone ruling still counts against the author", name)
		}
	}
}

func TestADecisionAboutWhatWasChangedMeanwhileIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.hang(t, "a", checkin.Hidden)
	must(t, w.CheckinModerated(t.Context(), "a"))
	if _, err := w.wall.Update(t.Context(), "a", func(c *checkin.Checkin) error {
		c.Version++
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.Decide(teacher(t), id, moderation.Show, "", 1); !errors.Is(err, moderation.ErrChanged) {
		t.Errorf("got %v", err)
	}
}

func TestACaseThatTheAuthorMendedClosesUnlessSomebodyReportedIt(t *testing.T) {
	t.Parallel()
	for name, reported := range map[string]bool{"mended": false, "mended, and reported": true} {
		w := newWorld()
		w.hang(t, "a", checkin.Hidden)
		for range 2 {
			must(t, w.CheckinModerated(t.Context(), "a"))
		}
		if _, err := w.wall.Update(t.Context(), "a", func(c *checkin.Checkin) error {
			c.Version, c.State = 2, checkin.Visible
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if reported {
			_, err := w.Report(as(t, "bob"), moderation.Checkin, "a", moderation.ReportForm{Reason: moderation.Abuse})
			must(t, err)
			must(t, w.Heard(t.Context(), id+":bob"))
		}
		must(t, w.CheckinModerated(t.Context(), "a"))
		if n, err := w.Waiting(teacher(t)); err != nil || (n == 1) != reported {
			t.Errorf("%s: %d wait, %v", name, n, err)
		}
	}
}

func TestAWordOfTheCheckThatComesLateDoesNotReopenWhatAPersonDecided(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.hang(t, "a", checkin.Hidden)
	must(t, w.CheckinModerated(t.Context(), "a"))
	must(t, w.Decide(teacher(t), id, moderation.Hide, "广告", 1))
	must(t, w.CheckinModerated(t.Context(), "a"))
	if n, _ := w.Waiting(teacher(t)); n != 0 {
		t.Errorf("%d wait", n)
	}
}

func TestTheAuthorIsToldOfWhatTheCheckRejected(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.hang(t, "a", checkin.Rejected)
	for range 2 {
		must(t, w.CheckinModerated(t.Context(), "a"))
	}
	if len(w.inbox) != 1 {
		t.Errorf("%v", w.inbox)
	}
	for _, n := range w.inbox {
		if n.Member != "ann" || n.Kind != notice.ContentRuled {
			t.Errorf("%+v", n)
		}
	}
}

func TestADecisionInTheMiddleOfWhichTheProcessDiesIsFinishedByTheJob(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 3; n++ {
		for _, done := range []bool{false, true} {
			w := newWorld()
			w.hang(t, "a", checkin.Visible)
			w.power.Cut(n, done)
			_ = w.DecideCheckin(teacher(t), "a", moderation.Hide, "广告", -1)
			w.power.Restore()
			kept, err := w.cases.Get(t.Context(), id)
			if errors.Is(err, domain.ErrNotFound) || kept.Count == 0 {
				if got := w.state(t, "a"); got != checkin.Visible {
					t.Errorf("cut %d %v: %s without a ruling", n, done, got)
				}
				continue
			}
			must(t, err)
			must(t, w.Ruled(t.Context(), id))
			if got := w.state(t, "a"); got != checkin.Hidden || len(w.inbox) != 1 {
				t.Errorf("cut %d %v: %s, told %d", n, done, got, len(w.inbox))
			}
		}
	}
}

func TestWhoMayModerateWhere(t *testing.T) {
	t.Parallel()
	grant := func(scope domain.Scope, id, organiser string, role domain.Role) domain.Grant {
		return domain.Grant{Scope: scope, ID: id, Organiser: organiser, Role: role}
	}
	for name, c := range map[string]struct {
		grants []domain.Grant
		sees   int
		want   error
	}{
		"a learner":                      {nil, 0, domain.ErrForbidden},
		"a reviewer of the camp":         {[]domain.Grant{grant(domain.ScopeCamp, "c1", "o1", domain.RoleReviewer)}, 1, nil},
		"a teacher of another camp":      {[]domain.Grant{grant(domain.ScopeCamp, "c2", "o1", domain.RoleTeacher)}, 0, domain.ErrNotFound},
		"a teacher without a camp":       {[]domain.Grant{grant(domain.ScopeOrganiser, "o1", "o1", domain.RoleTeacher)}, 0, domain.ErrForbidden},
		"the manager of the organiser":   {[]domain.Grant{grant(domain.ScopeOrganiser, "o1", "o1", domain.RoleManager)}, 1, nil},
		"the owner of another organiser": {[]domain.Grant{grant(domain.ScopeOrganiser, "o2", "o2", domain.RoleOwner)}, 0, domain.ErrNotFound},
		"an admin of the platform":       {[]domain.Grant{grant(domain.ScopePlatform, "", "", domain.RoleAdmin)}, 2, nil},
	} {
		w := newWorld()
		w.hang(t, "a", checkin.Hidden)
		must(t, w.CheckinModerated(t.Context(), "a"))
		must(t, w.cases.Insert(t.Context(), moderation.Case{
			Doc: domain.Doc{ID: "profile_ann"}, Kind: moderation.Profile, Target: "ann", Author: "ann", State: moderation.Open, OpenedAt: w.clock.Now(),
		}))
		ctx := as(t, "staff", c.grants...)
		rows, _, err := w.Queue(ctx, moderation.Filter{}, domain.Page{})
		if len(rows) != c.sees || (err != nil) != (errors.Is(c.want, domain.ErrForbidden)) {
			t.Errorf("%s: %d rows, %v", name, len(rows), err)
		}
		want := c.want
		if errors.Is(want, domain.ErrForbidden) {
			want = domain.ErrNotFound
		}
		if err := w.Decide(ctx, id, moderation.Show, "", 1); !errors.Is(err, want) {
			t.Errorf("%s: %v", name, err)
		}
		if err := w.Decide(ctx, "profile_ann", moderation.Show, "", 0); (err == nil) != (c.sees == 2) {
			t.Errorf("%s: a profile: %v", name, err)
		}
	}
}

func TestManyAreDecidedAtOnceAndOneThatIsRefusedStopsNoOther(t *testing.T) {
	t.Parallel()
	w := newWorld()
	var seen []moderation.Seen
	for n := range 3 {
		target := fmt.Sprint("a", n)
		w.hang(t, target, checkin.Hidden)
		must(t, w.CheckinModerated(t.Context(), target))
		seen = append(seen, moderation.Seen{Case: "checkin_" + target, Version: 1})
	}
	seen[1].Version = 9
	done, err := w.DecideMany(teacher(t), seen, moderation.Hide, "广告")
	if done != 2 || !errors.Is(err, moderation.ErrChanged) {
		t.Errorf("%d, %v", done, err)
	}
	record, _, err := w.Record(teacher(t), "checkin_a0", domain.Page{})
	must(t, err)
	var got []string
	for _, r := range record {
		got = append(got, r.ID)
	}
	if diff := cmp.Diff([]string{"checkin_a0", "checkin_a2"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestWhatADecisionMustSay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		verdict moderation.Verdict
		reason  string
		ok      bool
	}{
		"yes needs no reason": {moderation.Show, "", true},
		"no needs one":        {moderation.Hide, "", false},
		"a warning needs one": {moderation.Warn, "", false},
		"nothing at all":      {"", "", false},
		"on two lines":        {moderation.Hide, "广\n告", false},
	} {
		if err := moderation.Check(c.verdict, c.reason); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}
