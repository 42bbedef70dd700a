package course_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/course"
	"yingdi/domain/enrolment"
)

func TestTheMatrixShowsHowFarEachLearnerIsWithEachLevel(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.enrol(t, "bob", "eve")
	w.hand(t, "bob", "t1", "t2")
	w.hand(t, "eve", "t1")
	m, err := w.Matrix(staff(t), "c1", domain.Page{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]course.Stage{}
	for _, l := range m.Learners {
		got[l.Member.ID] = l.Levels
	}
	want := map[string][]course.Stage{
		"bob": {{course.Finished, 2, 2}, {course.Open, 0, 1}, {course.Locked, 0, 1}},
		"eve": {{course.Open, 1, 2}, {course.Locked, 0, 1}, {course.Locked, 0, 1}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if _, err := w.Matrix(as(t, "bob"), "c1", domain.Page{}); err == nil {
		t.Error("a learner sees how far others are")
	}
	if _, err := w.Matrix(staff(t), "dated", domain.Page{}); !errors.Is(err, course.ErrNoCourse) {
		t.Errorf("of a camp that is no course: %v", err)
	}
}

// Who has left and comes back does the course again: what they handed in before opens nothing.
func TestCheckinsOfAnEarlierStayOpenNoLevel(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.enrol(t, "bob")
	w.clock.Add(48 * time.Hour)
	for _, id := range []string{"t1", "t2"} {
		c := checkin.Checkin{
			Doc: domain.Doc{ID: checkin.ID("c1", "bob", id, "")}, Camp: "c1", Member: "bob", Task: id, Day: shanghai.Day(w.clock.Now()), State: checkin.Visible,
		}
		w.checkins[c.ID] = c
	}
	w.clock.Add(48 * time.Hour)
	_, err := w.places.Update(t.Context(), enrolment.ID("c1", "bob"), func(e *enrolment.Enrolment) error {
		e.ActiveAt = w.clock.Now()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Heard(t.Context(), "c1", "bob"); err != nil || w.reached("bob") != "l1" {
		t.Errorf("got %s, %v", w.reached("bob"), err)
	}
	w.hand(t, "bob", "t1", "t2")
	if got := w.reached("bob"); got != "l1! l2" {
		t.Errorf("done again: %s", got)
	}
}

func TestWhichLevelsAreOpenIsReadOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.enrol(t, "bob")
	w.hand(t, "bob", "t1", "t2")
	open, err := w.Opened(t.Context(), "c1", "bob", []string{"l1", "l2", "l3"})
	if diff := cmp.Diff(map[string]bool{"l1": true, "l2": true, "l3": false}, open); err != nil || diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

func TestHowALearnerGoesOnIsToldToTheAtRiskList(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.enrol(t, "bob", "eve")
	w.hand(t, "bob", "t1", "t2")
	going, err := w.Going(t.Context(), w.camp, []string{"bob", "eve"})
	if err != nil || len(going["bob"].Days) != 1 || going["bob"].Days[0] != "2026-03-05" || going["bob"].Finished != "" || len(going["eve"].Days) != 0 {
		t.Errorf("%+v, %v", going, err)
	}
}
