package checkin_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/lesson"
	"yingdi/domain/media"
)

func (w world) waiting(t testing.TB, ask checkin.Waiting) (ids []string) {
	t.Helper()
	list, _, err := w.Waiting(t.Context(), ask, domain.Page{})
	must(t, err)
	for _, c := range list {
		ids = append(ids, c.Member)
	}
	return ids
}

func TestHandingInAgainKeepsWhatWasThere(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.picture(t, "ann_1", media.Passed)
	c := w.submit(t, "ann", checkin.Form{Text: "一", Media: []string{"ann_1"}})
	first := w.clock.Now()
	must(t, w.NoteReviewed(t.Context(), c.ID, 0, true))
	w.goTo("2026-03-08")
	again, err := w.Resubmit(as(t, "ann"), c.ID, checkin.Form{Text: "二", Media: []string{"ann_1"}}, 0)
	must(t, err)
	want := []checkin.Submission{{Version: 1, Text: "一", Media: []string{"ann_1"}, At: first}}
	if diff := cmp.Diff(want, again.Submissions); diff != "" || again.Text != "二" || again.State != checkin.Pending || !again.Waits() || again.Turn() != checkin.TurnRedo {
		t.Errorf("%+v (-want +got)\n%s", again, diff)
	}
	if again.Day != c.Day || again.HandedAt() != w.clock.Now() {
		t.Errorf("it belongs to %s and waits since %s", again.Day, again.HandedAt())
	}
	_, err = w.Resubmit(as(t, "ann"), c.ID, checkin.Form{Text: "三"}, 0)
	refused(t, "twice for one return", err, domain.ErrConflict)
	earlier, err := w.History(staff(t, "o1", "c1", "reviewer"), c.ID)
	if err != nil || len(earlier) != 1 || earlier[0].Text != "一" || len(earlier[0].Files) != 1 || !earlier[0].SubmittedAt.Equal(first) {
		t.Errorf("%+v, %v", earlier, err)
	}
	_, err = w.History(as(t, "bob"), c.ID)
	refused(t, "another learner", err, domain.ErrNotFound)
}

func TestANoteAboutAnEarlierHandInLeavesTheNewOneInTheQueue(t *testing.T) {
	t.Parallel()
	w := newWorld()
	c := w.submit(t, "ann", checkin.Form{Text: "一"})
	_, err := w.Resubmit(as(t, "ann"), c.ID, checkin.Form{Text: "二"}, 0)
	must(t, err)
	must(t, w.NoteReviewed(t.Context(), c.ID, 0, true)) // a job that comes late
	if got := w.waiting(t, checkin.Waiting{Camp: "c1"}); len(got) != 1 {
		t.Error("nobody will ever see the new one")
	}
	must(t, w.NoteReviewed(t.Context(), c.ID, 1, true))
	if got := w.waiting(t, checkin.Waiting{Camp: "c1"}); len(got) != 0 {
		t.Errorf("%v still wait", got)
	}
}

func TestOneReturnIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	w := newWorld()
	c := w.submit(t, "ann", checkin.Form{Text: "一"})
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() { _, _ = w.Resubmit(as(t, "ann"), c.ID, checkin.Form{Text: "二"}, 0) })
	}
	wg.Wait()
	if c, err := w.Service.Get(t.Context(), c.ID); err != nil || c.Redos != 1 || len(c.Submissions) != 1 {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestWhoMayHandInAgain(t *testing.T) {
	t.Parallel()
	w := newWorld()
	c := w.submit(t, "ann", checkin.Form{Text: "一"})
	f := checkin.Form{Text: "二"}
	_, err := w.Resubmit(as(t, "bob"), c.ID, f, 0)
	refused(t, "another learner", err, domain.ErrNotFound)
	_, err = w.Resubmit(as(t, ""), c.ID, f, 0)
	refused(t, "nobody", err, domain.ErrUnauthenticated)
	_, err = w.Resubmit(as(t, "ann"), c.ID, checkin.Form{Media: []string{"bob_1"}}, 0)
	refused(t, "another's file", err, media.ErrUnusable)
	_, err = w.Resubmit(as(t, "ann"), c.ID, checkin.Form{}, 0)
	refused(t, "nothing", err, checkin.ErrEmpty)
	w.school.camp.State = camp.Closed
	_, err = w.Resubmit(as(t, "ann"), c.ID, f, 0)
	refused(t, "a closed camp", err, camp.ErrClosed)
	w.school.camp.State = camp.Published
	_, err = w.Hide(staff(t, "o1", "c1", "reviewer"), c.ID, "广告")
	must(t, err)
	_, err = w.Resubmit(as(t, "ann"), c.ID, f, 0)
	refused(t, "what was taken down", err, checkin.ErrTaken)
}

func TestHomeworkIsAppendOnlyAndFixedOnceReviewed(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.tasks[4].Kind = lesson.KindHomework
	c := w.submit(t, "ann", checkin.Form{Text: "一"})
	if !c.Homework || c.Turn() != checkin.TurnHomework {
		t.Fatalf("%+v", c)
	}
	c, err := w.Edit(as(t, "ann"), c.ID, checkin.Form{Text: "二"})
	if err != nil || len(c.Submissions) != 1 || c.Submissions[0].Text != "一" {
		t.Errorf("%+v, %v", c.Submissions, err)
	}
	must(t, w.NoteReviewed(t.Context(), c.ID, 0, true))
	_, err = w.Edit(as(t, "ann"), c.ID, checkin.Form{Text: "三"})
	refused(t, "after its review", err, checkin.ErrReviewed)
}

func TestSubmissionsAreBounded(t *testing.T) {
	t.Parallel()
	var c checkin.Checkin
	now := time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC)
	for n := range 29 {
		must(t, c.Resubmit(checkin.Form{Text: "字"}, n, now))
	}
	refused(t, "the 31st", c.Resubmit(checkin.Form{Text: "字"}, 29, now), checkin.ErrTooOften)
}
