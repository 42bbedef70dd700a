package reminder_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/domaintest"
	"yingdi/domain/enrolment"
	"yingdi/domain/lesson"
	"yingdi/domain/notice"
	"yingdi/domain/reminder"
)

// world is one camp of three days in Shanghai, with learners, a task a day but on the third, and what was handed in.
type world struct {
	*reminder.Service
	camps    *domaintest.Store[camp.Camp]
	told     *domaintest.Store[notice.Notice]
	checkins *domaintest.Store[checkin.Checkin]
	power    *domaintest.Power
	clock    *domaintest.Clock
	learners []string
	shift    map[string]int  // of those with a calendar of their own
	state    enrolment.State // of everybody
	kind     lesson.Kind     // of the second task of a day, b
	only     string          // the one task of a day, if not both
}

func newWorld(t testing.TB, learners int) *world {
	t.Helper()
	w := &world{kind: lesson.KindCheckin, power: &domaintest.Power{}, clock: domaintest.NewClock("2026-02-28T11:00:00Z")}
	w.camps, w.told = domaintest.NewStore[camp.Camp](w.power), domaintest.NewStore[notice.Notice](w.power)
	w.checkins = domaintest.NewStore[checkin.Checkin](w.power)
	for i := range learners {
		w.learners = append(w.learners, fmt.Sprintf("m%03d", i))
	}
	c := camp.Camp{
		Doc: domain.Doc{ID: "c"}, Title: "晨读", Calendar: domain.Calendar{Zone: "Asia/Shanghai", CutOff: 2},
		Start: "2026-03-01", End: "2026-03-03", State: camp.Published, Messages: camp.Messages{Starting: true, Remind: true, RemindAt: 20},
	}
	c.CallAt = c.NextCall(w.clock.Now()).At
	if err := w.camps.Insert(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	w.Service = &reminder.Service{Camps: w, Tasks: w, Enrolments: places{w}, Checkins: w, Notices: w, Clock: w.clock}
	return w
}

func (w *world) Calling(_ context.Context, page domain.Page) ([]camp.Camp, domain.Cursor, error) {
	return w.camps.Find(func(c camp.Camp) bool { return !c.CallAt.IsZero() && !c.CallAt.After(w.clock.Now()) }, nil, page)
}

func (w *world) Called(ctx context.Context, id string, upTo time.Time) error {
	_, err := w.camps.Update(ctx, id, func(c *camp.Camp) error { return c.Called(upTo) })
	return err
}

func (w *world) Get(ctx context.Context, id string) (camp.Camp, error) { return w.camps.Get(ctx, id) }

func (w *world) All(_ context.Context, id string) (tasks []lesson.Task, _ error) {
	for _, day := range []domain.Day{"2026-03-01", "2026-03-02"} {
		for task, kind := range map[string]lesson.Kind{"a": lesson.KindCheckin, "b": w.kind} {
			if w.only != "" && w.only != task {
				continue
			}
			tasks = append(tasks, lesson.Task{Doc: domain.Doc{ID: task}, Camp: id, Day: day, Kind: kind})
		}
	}
	return tasks, nil
}

type places struct{ *world }

func (w places) Of(_ context.Context, campID, member string) (enrolment.Enrolment, error) {
	return enrolment.Enrolment{Camp: campID, Member: member, Shift: w.shift[member], State: w.state, QueuedAt: w.clock.Now(), ExpiresAt: w.clock.Now().Add(time.Hour)}, nil
}

func (w places) Get(ctx context.Context, id string) (enrolment.Enrolment, error) {
	return w.Of(ctx, "c", strings.TrimPrefix(id, "c:"))
}

func (w *world) OfCamp(_ context.Context, _ string, page domain.Page) (list []enrolment.Enrolment, next domain.Cursor, err error) {
	from := slices.Index(w.learners, string(page.After)) + 1
	to := min(len(w.learners), from+page.Limit)
	for _, m := range w.learners[from:to] {
		list = append(list, enrolment.Enrolment{Camp: "c", Member: m, Shift: w.shift[m]})
	}
	if to < len(w.learners) {
		next = domain.Cursor(w.learners[to-1])
	}
	return list, next, nil
}

func (w *world) Many(ctx context.Context, ids []string) (map[string]checkin.Checkin, error) {
	return w.checkins.GetMany(ctx, ids)
}

func (w *world) Tell(ctx context.Context, n notice.Notice) error {
	err := w.told.Insert(ctx, n)
	if errors.Is(err, domain.ErrExists) {
		return nil
	}
	return err
}

func (w *world) handIn(t testing.TB, member, task string, day domain.Day, state checkin.State) {
	t.Helper()
	if err := w.checkins.Insert(t.Context(), checkin.Checkin{
		Doc: domain.Doc{ID: checkin.ID("c", member, task, day)}, Camp: "c", Member: member, Task: task, Day: day, State: state,
	}); err != nil {
		t.Fatal(err)
	}
}

func (w *world) sweep(t testing.TB, at string) []string {
	t.Helper()
	now, err := time.Parse(time.RFC3339, at)
	if err != nil {
		t.Fatal(err)
	}
	w.clock.Set(now)
	if err := w.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	ids := []string{}
	for _, n := range w.told.All(nil) {
		ids = append(ids, n.ID)
	}
	return ids
}

func TestACampsMessagesByTheClock(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	w.handIn(t, "m001", "b", "2026-03-01", checkin.Pending)
	w.handIn(t, "m002", "a", "2026-03-01", checkin.Rejected)
	want := []string{}
	for _, step := range []struct {
		at   string
		more []string
	}{
		{"2026-02-28T19:59:00+08:00", nil},
		{"2026-02-28T20:00:00+08:00", []string{"start:c:m000", "start:c:m001", "start:c:m002"}},
		{"2026-02-28T20:01:00+08:00", nil},
		{"2026-03-01T19:59:59+08:00", nil},
		{"2026-03-01T20:00:00+08:00", []string{"remind:c:m000:2026-03-01", "remind:c:m002:2026-03-01"}},                             // what was rejected does not count
		{"2026-03-03T01:59:00+08:00", []string{"remind:c:m000:2026-03-02", "remind:c:m001:2026-03-02", "remind:c:m002:2026-03-02"}}, // late, and still the second day
		{"2026-03-03T20:00:00+08:00", nil}, // nothing to hand in
		{"2026-03-04T20:00:00+08:00", nil},
	} {
		want = append(want, step.more...)
		for range 2 {
			if diff := cmp.Diff(want, w.sweep(t, step.at)); diff != "" {
				t.Errorf("at %s (-want +got)\n%s", step.at, diff)
			}
		}
	}
	if c, err := w.camps.Get(t.Context(), "c"); err != nil || !c.CallAt.IsZero() {
		t.Errorf("the camp still waits for %v, %v", c.CallAt, err)
	}
}

func TestADayThatIsOverIsNotRemindedOf(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	if got := w.sweep(t, "2026-03-02T10:00:00+08:00"); len(got) != 0 {
		t.Errorf("%v", got)
	}
	if got := w.sweep(t, "2026-03-02T20:00:00+08:00"); len(got) != 1 {
		t.Errorf("%v", got)
	}
}

func TestEveryPageOfLearnersIsRemindedOnceByTwoSchedulers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 250)
	w.clock.Set(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			if err := w.Sweep(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if got := len(w.told.All(nil)); got != 250 {
		t.Errorf("%d reminders", got)
	}
}

func TestARoundThatWasCutOffHalfWayIsFinished(t *testing.T) {
	t.Parallel()
	for _, done := range []bool{false, true} {
		for n := 1; ; n++ {
			w := newWorld(t, 4)
			w.clock.Set(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
			w.power.Cut(n, done)
			_ = w.Sweep(t.Context())
			died := w.power.Restore()
			if err := w.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := len(w.told.All(nil)); got != 4 {
				t.Errorf("cut at %d: %d reminders", n, got)
			}
			if !died {
				break
			}
		}
	}
}

func TestWhoHandsInAfterTheDecisionNeedsNoReminder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.sweep(t, "2026-03-01T20:00:00+08:00")
	n, err := w.told.Get(t.Context(), reminder.ID("c", "m000", "2026-03-01"))
	if err != nil {
		t.Fatal(err)
	}
	if done, err := w.Done(t.Context(), n); done || err != nil {
		t.Errorf("before: %v, %v", done, err)
	}
	w.handIn(t, "m000", "b", "2026-03-01", checkin.Visible)
	if done, err := w.Done(t.Context(), n); !done || err != nil {
		t.Errorf("after: %v, %v", done, err)
	}
	n.Kind = notice.CampStarting
	if done, err := w.Done(t.Context(), n); done || err != nil {
		t.Errorf("another kind: %v, %v", done, err)
	}
}

func TestALateJoinerIsRemindedOfTheirOwnDays(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	w.shift = map[string]int{"m001": 1}
	if _, err := w.camps.Update(t.Context(), "c", func(c *camp.Camp) error {
		c.Pace, c.EnrolBy = camp.PacePersonal, "2026-03-02" // so its last day is March 4
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	w.handIn(t, "m001", "a", "2026-03-03", checkin.Visible) // plan day 2, on their day 2
	for _, step := range []struct{ at, last string }{
		{"2026-03-01T20:00:00+08:00", "remind:c:m000:2026-03-01"}, // m001 has not begun
		{"2026-03-02T20:00:00+08:00", "remind:c:m001:2026-03-02"},
		{"2026-03-03T20:00:00+08:00", "remind:c:m001:2026-03-02"}, // m000 has nothing to do, m001 has done it
		{"2026-03-04T20:00:00+08:00", "remind:c:m001:2026-03-02"},
	} {
		ids := w.sweep(t, step.at)
		if got := ids[len(ids)-1]; got != step.last {
			t.Errorf("at %s the last is %s", step.at, got)
		}
	}
	n, err := w.told.Get(t.Context(), "remind:c:m001:2026-03-02")
	if err != nil {
		t.Fatal(err)
	}
	if done, err := w.Done(t.Context(), n); done || err != nil {
		t.Errorf("%v, %v", done, err)
	}
}

func TestHomeworkIsHandedInLikeACheckin(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	w.kind = lesson.KindHomework
	w.handIn(t, "m001", "b", "2026-03-01", checkin.Visible)
	want := []string{"remind:c:m000:2026-03-01"}
	if diff := cmp.Diff(want, w.sweep(t, "2026-03-01T20:00:00+08:00")); diff != "" {
		t.Errorf("who handed in their homework is told that they did not (-want +got):\n%s", diff)
	}
}

func TestADayOfHomeworkAloneIsRemindedOf(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.kind, w.only = lesson.KindHomework, "b"
	if got := w.sweep(t, "2026-03-01T20:00:00+08:00"); !slices.Contains(got, "remind:c:m000:2026-03-01") {
		t.Errorf("told %v", got)
	}
}

func TestWhoWaitedIsToldOnceThatASeatIsHeld(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	w.state = enrolment.Offered
	for range 2 {
		if err := w.Offered(t.Context(), "c:ann"); err != nil {
			t.Fatal(err)
		}
	}
	told := w.told.All(nil)
	if len(told) != 1 || told[0].Kind != notice.SeatOffered || told[0].Title != "有名额了，2月28日 20:00前确认" || !told[0].Until.Equal(w.clock.Now().Add(time.Hour)) {
		t.Fatalf("%+v", told)
	}
	if done, err := w.Done(t.Context(), told[0]); done || err != nil {
		t.Errorf("held: %v, %v", done, err)
	}
	w.state = enrolment.Active
	if done, err := w.Done(t.Context(), told[0]); !done || err != nil {
		t.Errorf("taken up: %v, %v", done, err)
	}
	w.state = enrolment.Lapsed
	if err := w.Offered(t.Context(), "c:bob"); err != nil || len(w.told.All(nil)) != 1 {
		t.Errorf("an offer that is over: %v", err)
	}
}
