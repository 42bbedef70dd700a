package pool_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/pool"
)

func TestAnAppealIsDecidedBeforeTheListIs(t *testing.T) {
	t.Parallel()
	w := played(t, theRules)
	if _, err := w.Appeal(as(t, "ci"), "c1", days[1], "那天停电了"); !errors.Is(err, pool.ErrAppealTime) {
		t.Errorf("while the camp runs: %v", err)
	}
	w.goes(t, at("2026-03-07", 0))
	for day, want := range map[domain.Day]error{days[0]: pool.ErrAppealDay, "2026-03-09": pool.ErrAppealDay, "nonsense": domain.ErrInvalid, days[1]: nil} {
		if _, err := w.Appeal(as(t, "ci"), "c1", day, "那天停电了"); !errors.Is(err, want) {
			t.Errorf("%s: %v", day, err)
		}
	}
	if _, err := w.Appeal(as(t, "ci"), "c1", days[1], "再说一次"); !errors.Is(err, pool.ErrAppealed) {
		t.Errorf("twice: %v", err)
	}
	w.goes(t, at("2026-03-10", 1))
	if p := w.pool(t); p.State != pool.Closing {
		t.Fatalf("computed with an open appeal: %s", p.State)
	}
	if _, err := w.Compute(staff(t, "boss"), "c1"); !errors.Is(err, pool.ErrMissing) {
		t.Errorf("computed by hand: %v", err)
	}
	if _, err := w.DecideAppeal(as(t, "ci"), "c1", "ci", days[1], true, "自己批准"); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("by oneself: %v", err)
	}
	_, err := w.DecideAppeal(staff(t, "boss"), "c1", "ci", days[1], true, "情况属实")
	must(t, err)
	if _, err := w.DecideAppeal(staff(t, "boss"), "c1", "ci", days[1], false, "反悔了"); !errors.Is(err, pool.ErrDecided) {
		t.Errorf("decided twice: %v", err)
	}
	_, err = w.Compute(staff(t, "boss"), "c1")
	must(t, err)
	w.settles(t)
	if got := w.outcome()["ci"]; got != "qualified ¥100.00 ¥33.33" {
		t.Errorf("ci: %s", got)
	}
	set, _ := w.sets.Get(t.Context(), "c1")
	if len(set.Signatures) != 1 || set.Signatures[0].By != "boss" {
		t.Errorf("%+v", set.Signatures)
	}
	if _, err := w.Sign(staff(t, "boss"), "c1"); !errors.Is(err, pool.ErrSigned) {
		t.Errorf("the one who computed it alone: %v", err)
	}
	_, err = w.Sign(staff(t, "accountant"), "c1")
	must(t, err)
	w.settles(t)
	w.exact(t)
}

func TestWhatNobodyDecidesInTimeCountsForTheLearner(t *testing.T) {
	t.Parallel()
	w := played(t, theRules)
	w.handIn(checkin.Checkin{Member: "ci", Day: days[2], SubmittedAt: at(days[2], 8), State: checkin.Hidden})
	w.goes(t, at("2026-03-07", 0))
	_, err := w.Appeal(as(t, "ci"), "c1", days[1], "那天停电了")
	must(t, err)
	w.goes(t, at("2026-03-10", 23))
	m, err := w.Missing(staff(t, "boss"), "c1")
	if p := w.pool(t); err != nil || p.State != pool.Closing || len(m.Checkins) != 1 || len(m.Appeals) != 1 {
		t.Fatalf("%s with %+v missing, %v", p.State, m, err)
	}
	w.goes(t, at("2026-03-11", 0))
	w.goes(t, at("2026-03-11", 1))
	if got := w.outcome()["ci"]; !strings.HasPrefix(got, "qualified") {
		t.Fatalf("ci: %s in %s", got, w.pool(t).State)
	}
	if a := w.member(t, "ci").Appeals[0]; a.State != pool.AppealGranted || !a.Default {
		t.Errorf("%+v", a)
	}
	w.paid(t)
	w.exact(t)
}

func TestADisqualifiedLearnerLosesTheirPartAndCanBeLetInAgain(t *testing.T) {
	t.Parallel()
	w := played(t, theRules)
	_, err := w.Disqualify(staff(t, "boss"), "c1", "an", "代打卡", true)
	must(t, err)
	_, err = w.Disqualify(staff(t, "boss"), "c1", "bo", "代打卡", true)
	must(t, err)
	_, err = w.Disqualify(staff(t, "boss"), "c1", "bo", "", false)
	must(t, err)
	w.goes(t, at("2026-03-10", 0))
	w.goes(t, at("2026-03-10", 1))
	if got := w.outcome(); got["an"] != "disqualified ¥0.00 ¥0.00" || got["bo"] != "qualified ¥100.00 ¥300.00" {
		t.Error(got)
	}
	if _, err := w.Disqualify(staff(t, "boss"), "c1", "bo", "晚了", true); !errors.Is(err, pool.ErrState) {
		t.Errorf("after the list: %v", err)
	}
	w.paid(t)
	w.exact(t)
}

func TestAPoolThatDoesNotMoveWaitsForAPersonAfterAnHour(t *testing.T) {
	t.Parallel()
	w := played(t, theRules)
	_, err := w.Cancel(staff(t, "boss"), "c1", "老师生病") // and whoever works on it dies
	for _, wait := range []time.Duration{0, 2 * time.Hour} {
		w.clock.Add(wait)
		list, _, err2 := w.Waiting(staff(t, "boss"), domain.Page{})
		must(t, err, err2)
		if p := w.pool(t); (len(list) == 1) != (wait > 0) || !p.Computing() {
			t.Errorf("after %s: %d wait, computing %t", wait, len(list), p.Computing())
		}
	}
}
