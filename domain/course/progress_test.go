package course_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/course"
	"yingdi/domain/lesson"
	"yingdi/domain/notice"
	"yingdi/domain/review"
)

func TestLevelsOpenOneAfterTheOtherAsTheLearnerGoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.enrol(t, "bob")
	if err := w.Open(t.Context(), "c1", "bob", "l1"); err != nil {
		t.Errorf("the first: %v", err)
	}
	if err := w.Open(t.Context(), "c1", "bob", "l2"); !errors.Is(err, checkin.ErrLocked) {
		t.Errorf("the second: %v", err)
	}
	w.hand(t, "bob", "t1")
	if got := w.reached("bob"); got != "l1" {
		t.Errorf("half of the first: %s", got)
	}
	w.hand(t, "bob", "t2")
	if got := w.reached("bob"); got != "l1! l2" {
		t.Errorf("the first done: %s", got)
	}
	w.score("bob", "q1", 79)
	if err := w.HeardAttempt(t.Context(), "c1:bob:q1:1"); err != nil || w.reached("bob") != "l1! l2!" {
		t.Errorf("a point short: %s, %v", w.reached("bob"), err)
	}
	w.score("bob", "q1", 80)
	if err := w.HeardAttempt(t.Context(), "c1:bob:q1:2"); err != nil || w.reached("bob") != "l1! l2! l3" {
		t.Errorf("passed: %s, %v", w.reached("bob"), err)
	}
	w.hand(t, "bob", "t4")
	p, err := w.progresses.Get(t.Context(), "c1:bob")
	if err != nil || p.Finished.IsZero() || p.At != "l3" {
		t.Errorf("all done: %+v, %v", p, err)
	}
	want := []course.Reason{{Rule: quizRule, Have: 80, Met: true}}
	if diff := cmp.Diff(want, p.Reached("l3").Because); diff != "" {
		t.Errorf("what opened the third (-want +got)\n%s", diff)
	}
}

func TestWhatHasOpenedStaysOpenWhateverBecomesOfRulesAndFacts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.enrol(t, "bob", "eve")
	w.hand(t, "bob", "t1", "t2")
	opened := w.reached("bob")
	w.levels(t, course.Rule{}, count(course.OpDays, 300), count(course.OpDays, 365))
	c := w.checkins["c1:bob:t1"]
	c.State = checkin.Rejected
	w.checkins[c.ID] = c
	if err := w.Changed(t.Context(), "c1"); err != nil || w.reached("bob") != opened {
		t.Errorf("after the rules got harder and a check-in was rejected: %s, %v", w.reached("bob"), err)
	}
	if err := w.Open(t.Context(), "c1", "bob", "l2"); err != nil {
		t.Errorf("%v", err)
	}
	if err := w.Open(t.Context(), "c1", "eve", "l2"); !errors.Is(err, checkin.ErrLocked) {
		t.Errorf("the new rule holds for others: %v", err)
	}
	w.levels(t, course.Rule{}, course.Rule{}, course.Rule{})
	if err := w.Changed(t.Context(), "c1"); err != nil || w.reached("eve") != "l1 l2 l3" {
		t.Errorf("easier rules open more, without anything done: %s, %v", w.reached("eve"), err)
	}
	w.tasks = []lesson.Task{task("t1", "l1"), task("t9", "l1")}
	if err := w.Changed(t.Context(), "c1"); err != nil || w.reached("bob") != "l1! l2 l3" {
		t.Errorf("a finished level stays so when it gets another task: %s, %v", w.reached("bob"), err)
	}
}

func TestARejectedCheckinDoesNotCountTowardsALevel(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.enrol(t, "bob")
	w.hand(t, "bob", "t1")
	c := w.checkins["c1:bob:t1"]
	c.State = checkin.Rejected
	w.checkins[c.ID] = c
	w.hand(t, "bob", "t2")
	if got := w.reached("bob"); got != "l1" {
		t.Errorf("got %s", got)
	}
}

func TestAReviewedHomeworkOpensALevel(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.enrol(t, "bob")
	w.levels(t, course.Rule{}, course.Rule{Op: course.OpHomework, ID: "t1", N: 60}, level("l2"))
	w.hand(t, "bob", "t1")
	w.reviews["c1:bob:t1"] = review.Review{Draft: review.Mark{Points: 90}}
	w.hand(t, "bob", "t1")
	if got := w.reached("bob"); got != "l1" {
		t.Errorf("a draft is nothing yet: %s", got)
	}
	w.reviews["c1:bob:t1"] = review.Review{Round: 1, Released: review.Mark{Points: 60}}
	if err := w.HeardCheckin(t.Context(), "c1:bob:t1"); err != nil || w.reached("bob") != "l1 l2" {
		t.Errorf("%s, %v", w.reached("bob"), err)
	}
}

func TestTimeAloneOpensALevelOnItsDayInTheCoursesZone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.levels(t, course.Rule{}, count(course.OpDays, 3), level("l2"))
	w.enrol(t, "bob")
	if _, err := w.Map(as(t, "bob"), "c1"); err != nil {
		t.Fatal(err)
	}
	due := shanghai.Start("2026-03-08")
	for at := w.clock.Now(); at.Before(due); at = at.Add(time.Hour) {
		w.clock.Set(at)
		if err := w.Sweep(t.Context()); err != nil || w.reached("bob") != "l1" {
			t.Fatalf("at %s: %s, %v", at, w.reached("bob"), err)
		}
	}
	w.clock.Set(due)
	if err := w.Sweep(t.Context()); err != nil || w.reached("bob") != "l1 l2" {
		t.Errorf("%s, %v", w.reached("bob"), err)
	}
}

func TestTheSweepFindsWhatNobodyHeardOf(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.enrol(t, "bob")
	w.hand(t, "bob", "t1")
	c := w.checkins["c1:bob:t1"]
	c.ID, c.Task = "c1:bob:t2", "t2"
	w.checkins[c.ID] = c // and its event was lost
	w.clock.Add(25 * time.Hour)
	if err := w.Sweep(t.Context()); err != nil || w.reached("bob") != "l1! l2" {
		t.Errorf("%s, %v", w.reached("bob"), err)
	}
	if due, _, err := w.progresses.Due(t.Context(), w.clock.Now(), domain.Page{}); len(due) != 0 || err != nil {
		t.Errorf("still due: %v, %v", due, err)
	}
	w.camp.State = camp.Closed
	w.clock.Add(25 * time.Hour)
	if err := w.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if due, _, err := w.progresses.Due(t.Context(), w.clock.Now(), domain.Page{}); len(due) != 0 || err != nil {
		t.Errorf("of a closed course: %v, %v", due, err)
	}
}

func TestHearingTheSameAgainChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.enrol(t, "bob")
	w.hand(t, "bob", "t1", "t2")
	before, _ := w.progresses.Get(t.Context(), "c1:bob")
	w.hand(t, "bob", "t2")
	after, _ := w.progresses.Get(t.Context(), "c1:bob")
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("(-before +after)\n%s", diff)
	}
}

// Two workers look at once: one has seen the first check-in only, the other both.
func TestOfTwoWhoLookAtOnceTheLaterWriteTakesNothingBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.enrol(t, "bob")
	w.hand(t, "bob", "t1")
	w.clock.Add(25 * time.Hour) // so that the slow one has something to write
	w.progresses.Raced = func(string) {
		w.progresses.Raced = nil
		w.hand(t, "bob", "t2")
	}
	if err := w.Heard(t.Context(), "c1", "bob"); err != nil || w.reached("bob") != "l1! l2" {
		t.Errorf("%s, %v", w.reached("bob"), err)
	}
}

func TestKilledAtAnyWriteEachUnlockIsThereOnceAndToldOnce(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 8; n++ {
		for _, done := range []bool{false, true} {
			w := newWorld(t)
			w.enrol(t, "bob")
			if _, err := w.SaveBadge(staff(t), domain.Place{Camp: "c1"}, "", course.BadgeForm{Name: "入门", Earn: course.Earn{What: course.ForLevel, Level: "l1"}}); err != nil {
				t.Fatal(err)
			}
			w.power.Cut(n, done)
			w.hand(t, "bob", "t1", "t2")
			_ = w.Announce(t.Context(), "c1:bob")
			w.power.Restore()
			for range 2 { // the queue tries again, and delivers twice
				if err := errors.Join(w.HeardCheckin(t.Context(), "c1:bob:t2"), w.Announce(t.Context(), "c1:bob")); err != nil {
					t.Fatal(err)
				}
			}
			if got := w.reached("bob"); got != "l1! l2" || len(w.told) != 1 || len(w.awards.All(nil)) != 1 {
				t.Errorf("killed at %d (%v): %s, told %d, badges %d", n, done, got, len(w.told), len(w.awards.All(nil)))
			}
			if events := w.progresses.Events("c1:bob"); !slices.Contains(events, course.EventAdvanced) {
				t.Errorf("killed at %d (%v): nobody would hear of it", n, done)
			}
		}
	}
}

func TestTheNoticeOfALevelSaysWhichAndTheFirstIsNoNews(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.enrol(t, "bob")
	w.hand(t, "bob", "t1", "t2")
	if err := w.Announce(t.Context(), "c1:bob"); err != nil {
		t.Fatal(err)
	}
	want := map[string]notice.Notice{"level:c1:bob:l2": {
		Doc: domain.Doc{ID: "level:c1:bob:l2"}, Member: "bob", Camp: "c1", Kind: notice.LevelUnlocked, Title: "新的一关解锁了",
		Body: "关卡l2", Page: "pages/course/course?id=c1", At: w.clock.Now(),
	}}
	if diff := cmp.Diff(want, w.told); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestInADatedCampThereIsNothingToUnlock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.Heard(t.Context(), "dated", "bob"); err != nil || len(w.progresses.All(nil)) != 0 {
		t.Errorf("%v", err)
	}
}
