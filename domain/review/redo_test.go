package review_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/review"
)

func TestAReleaseIsTakenBackBeforeTheLearnerKnows(t *testing.T) {
	t.Parallel()
	w := newWorld()
	_, err := w.Release(teacher(t, "tom"), id, good)
	must(t, err)
	w.clock.Add(undo - time.Second)
	must(t, w.Settle(t.Context()))
	must(t, w.Follow(t.Context(), id))
	if _, err := w.ForLearner(learner(t, "ann"), id); !errors.Is(err, domain.ErrNotFound) || len(w.notices.told) != 0 {
		t.Errorf("the learner knows already: %v, %d", err, len(w.notices.told))
	}
	r, err := w.Undo(teacher(t, "tom"), id)
	if err != nil || r.State != review.Draft || r.Draft.Text != good.Text || r.Round != 0 || w.reviewed(id) {
		t.Errorf("%+v, %v", r, err)
	}
	w.settle(t)
	if len(w.notices.told) != 0 {
		t.Error("told of what was taken back")
	}
	w.release(t, "tom", better)
	if _, err := w.Undo(teacher(t, "tom"), id); !errors.Is(err, review.ErrUndoOver) {
		t.Errorf("after the learner was told: %v", err)
	}
}

func TestUndoingAChangeBringsTheOldMarkBack(t *testing.T) {
	t.Parallel()
	w := newWorld()
	before := w.release(t, "tom", good)
	w.reopen(t, "tea")
	_, err := w.Release(teacher(t, "tea"), id, better)
	must(t, err)
	if told, err := w.ForLearner(learner(t, "ann"), id); err != nil || told.Text != good.Text || told.Round != 1 {
		t.Errorf("the old mark stands: %+v, %v", told, err)
	}
	r, err := w.Undo(teacher(t, "tea"), id)
	if err != nil || r.State != review.Reopened || r.Round != 1 || r.Reviewer != "tom" || len(r.History) != 0 || !r.ReleasedAt.Equal(before.ReleasedAt) {
		t.Errorf("%+v, %v", r, err)
	}
	if diff := cmp.Diff(before.Released, r.Released); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestWhatIsReturnedIsHandedInAgainAndReviewedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld()
	must(t, w.checkins.set(id, func(c *checkin.Checkin) { c.Homework = true }))
	form := checkin.Form{Text: "第二遍"}
	if _, err := w.HandInAgain(learner(t, "ann"), id, form); !errors.Is(err, review.ErrNoReturn) {
		t.Errorf("before any review: %v", err)
	}
	_, err := w.Release(teacher(t, "tom"), id, again)
	must(t, err)
	if _, err := w.HandInAgain(learner(t, "ann"), id, form); !errors.Is(err, review.ErrNoReturn) {
		t.Errorf("while it can be undone: %v", err)
	}
	if r := w.settle(t); r.Outbox[len(r.Outbox)-1].Type != review.EventReturned {
		t.Errorf("%+v", r.Outbox)
	}
	told, err := w.ForLearner(learner(t, "ann"), id)
	if err != nil || !told.Redo.Asked || !told.Redo.Open || told.Passed || told.Redo.Reason != again.Return.Reason {
		t.Errorf("%+v, %v", told, err)
	}
	if _, err := w.HandInAgain(learner(t, "bob"), id, form); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("another learner: %v", err)
	}
	c, err := w.HandInAgain(learner(t, "ann"), id, form)
	if err != nil || c.Redos != 1 || w.reviewed(id) {
		t.Fatalf("%+v, %v", c, err)
	}
	must(t, w.Follow(t.Context(), id)) // late, after the first release
	if w.reviewed(id) {
		t.Error("a late job took the new one out of the queue")
	}
	if _, err := w.HandInAgain(learner(t, "ann"), id, form); !errors.Is(err, review.ErrNoReturn) {
		t.Errorf("twice: %v", err)
	}
	r := w.release(t, "tea", good)
	if r.Judged.Redo != 1 || r.Judged.Version != 2 || r.Round != 2 || !w.reviewed(id) || r.Outbox[len(r.Outbox)-1].Type != review.EventPassed {
		t.Errorf("%+v", r)
	}
	told, err = w.ForLearner(learner(t, "ann"), id)
	if err != nil || told.Redo.Asked || !told.Passed || len(told.Earlier) != 1 || told.Earlier[0].Return == nil {
		t.Errorf("%+v, %v", told, err)
	}
	passed, err := w.PassedHomework(t.Context(), "c1", "ann")
	if _, ok := passed["t1"]; err != nil || !ok || len(passed) != 1 {
		t.Errorf("%v, %v", passed, err)
	}
}

func TestARedoHasADeadline(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.release(t, "tom", review.Form{Return: &review.Return{Reason: "再读", Until: w.clock.Now().Add(time.Hour)}})
	w.clock.Add(2 * time.Hour)
	if _, err := w.HandInAgain(learner(t, "ann"), id, checkin.Form{Text: "晚了"}); !errors.Is(err, review.ErrRedoOver) {
		t.Error(err)
	}
}

func TestATeacherReviewsWhatTheyHaveSeen(t *testing.T) {
	t.Parallel()
	w := newWorld()
	must(t, w.checkins.set(id, func(c *checkin.Checkin) { c.Version = 2 }))
	f := good
	f.Seen = 1
	if _, err := w.Release(teacher(t, "tom"), id, f); !errors.Is(err, review.ErrChanged) {
		t.Errorf("something else: %v", err)
	}
	f.Seen = 2
	r, err := w.Release(teacher(t, "tom"), id, f)
	if err != nil || r.Judged.Version != 2 {
		t.Errorf("%+v, %v", r.Judged, err)
	}
}

func TestHomeworkIsPassedWhileTheLastMarkThatHoldsSaysSo(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC)
	pass, back := review.Mark{Text: "好"}, review.Mark{Return: &review.Return{Reason: "再读"}}
	var r review.Review
	is := func(want bool, why string) {
		t.Helper()
		if _, ok := r.Passed(now); ok != want {
			t.Errorf("%s: passed %v", why, ok)
		}
	}
	is(false, "nothing was said")
	must(t, r.Release(pass, review.Judged{}, "tom", now, undo))
	is(false, "it can be undone")
	now = now.Add(undo)
	is(true, "released")
	must(t, r.Reopen("tom", now))
	is(true, "the old mark stands")
	must(t, r.Release(back, review.Judged{}, "tom", now, undo))
	is(true, "the new one can be undone")
	now = now.Add(undo)
	is(false, "returned")
}
