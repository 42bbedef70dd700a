package review_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/review"
)

func (w world) remarksOf(t testing.TB, who string) (texts []string) {
	t.Helper()
	list, err := w.RemarksOf(teacher(t, who), "o1")
	must(t, err)
	for _, r := range list {
		texts = append(texts, fmt.Sprintf("%s %d", r.Text, r.Uses))
	}
	return texts
}

func TestRemarksAreOnesOwnAndTheOrganisersAndTheMostUsedComeFirst(t *testing.T) {
	t.Parallel()
	w := newWorld()
	if got := w.remarksOf(t, "tom"); len(got) != 6 {
		t.Errorf("who has none gets the usual ones: %v", got)
	}
	must(t, w.AddRemark(teacher(t, "tom"), "c1", "甲", false))
	must(t, w.AddRemark(teacher(t, "tom"), "c1", "乙", false))
	must(t, w.AddRemark(owner(t, "olga"), "c1", "丙", true))
	list, err := w.RemarksOf(teacher(t, "tom"), "o1")
	must(t, err)
	f := good
	f.Remarks = []string{list[1].ID, list[2].ID}
	for range 3 { // the same release is one use
		_, err = w.Release(teacher(t, "tom"), id, f)
		must(t, err)
	}
	if diff := cmp.Diff([]string{"乙 1", "甲 0", "丙 1"}, w.remarksOf(t, "tom")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"丙 1"}, w.remarksOf(t, "tea")); diff != "" {
		t.Errorf("another teacher's (-want +got)\n%s", diff)
	}
	must(t, w.RemoveRemark(teacher(t, "tom"), "c1", list[1].ID, false))
	if got := w.remarksOf(t, "tom"); len(got) != 2 {
		t.Errorf("%v", got)
	}
}

func TestRemarksAreBoundedAndTheOrganisersAreNotEverybodysToWrite(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for name, c := range map[string]struct {
		text string
		ours bool
		want error
	}{
		"the organiser's": {"好", true, domain.ErrForbidden}, "empty": {" ", false, domain.ErrInvalid}, "long": {strings.Repeat("好", 201), false, domain.ErrInvalid},
	} {
		if err := w.AddRemark(teacher(t, "tom"), "c1", c.text, c.ours); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := w.AddRemark(learner(t, "ann"), "c1", "好", false); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("a learner: %v", err)
	}
	for n := range review.MaxRemarks {
		must(t, w.AddRemark(teacher(t, "tom"), "c1", fmt.Sprint(n), false))
	}
	if err := w.AddRemark(teacher(t, "tom"), "c1", "0", false); !errors.Is(err, review.ErrManyRemarks) {
		t.Error(err)
	}
	must(t, w.AddRemark(teacher(t, "tea"), "c1", "0", false))
	if err := w.AddRemark(teacher(t, "tea"), "c1", "0", false); !errors.Is(err, review.ErrSameRemark) {
		t.Error(err)
	}
}

func TestLatencyIsCountedFromTheHandInToTheFirstReleaseAboutIt(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.release(t, "tom", good) // after an hour
	w.reopen(t, "tea")
	w.release(t, "tea", better) // a change is no answer
	_, err := w.Release(teacher(t, "tom"), w.checkins.add("bob", w.clock.Now().Add(-3*time.Hour)), good)
	must(t, err) // can still be undone
	l, err := w.Latency(teacher(t, "tom"), "c1", 7)
	one := review.Waits{Count: 1, Median: time.Hour, P90: time.Hour}
	want := []review.Pace{{Reviewer: "tom", All: one, Days: []review.DayWaits{{Day: "2026-03-05", Waits: one}}}}
	if diff := cmp.Diff(want, l.Reviewers); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	if _, err := w.Latency(learner(t, "ann"), "c1", 7); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("a learner: %v", err)
	}
	if _, err := w.Latency(teacher(t, "tom"), "c1", 31); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("31 days: %v", err)
	}
}

func TestPacesAreByReviewerAndDay(t *testing.T) {
	t.Parallel()
	calendar := domain.Calendar{Zone: "Asia/Shanghai", CutOff: 2}
	at := time.Date(2026, 3, 5, 4, 0, 0, 0, time.UTC)
	var answers []review.Answered
	for n := 1; n <= 10; n++ {
		answers = append(answers, review.Answered{Reviewer: "tom", HandedAt: at.Add(-time.Duration(n) * time.Hour), Release: at})
	}
	answers = append(answers, review.Answered{Reviewer: "tom", HandedAt: at, Release: at.Add(24 * time.Hour)}, review.Answered{Reviewer: "tea", HandedAt: at.Add(time.Hour), Release: at})
	got := review.Paces(answers, calendar)
	want := []review.Pace{
		{Reviewer: "tom", All: review.Waits{Count: 11, Median: 6 * time.Hour, P90: 10 * time.Hour}, Days: []review.DayWaits{
			{Day: "2026-03-06", Waits: review.Waits{Count: 1, Median: 24 * time.Hour, P90: 24 * time.Hour}},
			{Day: "2026-03-05", Waits: review.Waits{Count: 10, Median: 5 * time.Hour, P90: 9 * time.Hour}},
		}},
		{Reviewer: "tea", All: review.Waits{Count: 1}, Days: []review.DayWaits{{Day: "2026-03-05", Waits: review.Waits{Count: 1}}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
