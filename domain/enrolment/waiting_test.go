package enrolment_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/domaintest"
	"yingdi/domain/enrolment"
)

func teacher(t testing.TB) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: "tea", Grants: []domain.Grant{
		{Scope: domain.ScopeCamp, ID: "c1", Organiser: "o1", Role: domain.RoleTeacher},
	}})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", what, err, want)
	}
}

// full is a camp whose seats are all taken, by s0, s1 …, and a queue of the given people, a minute between each.
func full(t testing.TB, seats int, queue ...string) world {
	t.Helper()
	w := newWorld(seats)
	for i := range seats {
		_, err := w.Enrol(as(t, fmt.Sprint("s", i)), "c1")
		must(t, err)
	}
	for _, who := range queue {
		w.clock.Add(time.Minute)
		e, err := w.Wait(as(t, who), "c1")
		if err != nil || e.State != enrolment.Waiting {
			t.Fatalf("%s: %s, %v", who, e.State, err)
		}
	}
	return w
}

// follow does what follows from the events in all outboxes, as often as they say so: consumers may see one more than once.
func (w world) follow(t testing.TB) {
	t.Helper()
	for _, e := range w.store.All(nil) {
		for _, event := range e.Outbox {
			switch event.Type {
			case enrolment.EventFreed:
				must(t, w.Freed(t.Context(), e.ID))
			case enrolment.EventQueued:
				must(t, w.Queued(t.Context(), e.ID))
			}
		}
	}
}

func (w world) states(t testing.TB, who ...string) (states []enrolment.State) {
	t.Helper()
	for _, m := range who {
		e, err := w.store.Get(t.Context(), enrolment.ID("c1", m))
		must(t, err)
		states = append(states, e.State)
	}
	return states
}

func (w world) are(t testing.TB, what string, who []string, want ...enrolment.State) {
	t.Helper()
	if diff := cmp.Diff(want, w.states(t, who...)); diff != "" {
		t.Errorf("%s (-want +got)\n%s", what, diff)
	}
}

// counted checks that the counter says how many hold a seat, that these are no more than there are, and that no op is left.
func (w world) counted(t testing.TB, what string) {
	t.Helper()
	held := len(w.store.All(func(e enrolment.Enrolment) bool { return e.Seated() }))
	taken, err := w.seats.Value(t.Context(), counter)
	if err != nil || int(taken) != held || held > w.camps.camp.Load().Seats || len(w.seats.Remembered(counter)) != 0 {
		t.Errorf("%s: %d hold a seat, %d are taken, ops left %v; %v", what, held, taken, w.seats.Remembered(counter), err)
	}
}

var queue = []string{"ann", "bob", "cat"}

func TestAFreedSeatIsOfferedInOrderAndPassesOn(t *testing.T) {
	t.Parallel()
	w := full(t, 2, queue...)
	w.are(t, "full", queue, enrolment.Waiting, enrolment.Waiting, enrolment.Waiting)
	for i, who := range queue {
		if p, err := w.MyPlace(as(t, who), "c1"); err != nil || p.Position != int64(i+1) {
			t.Errorf("%s is at %d, %v", who, p.Position, err)
		}
	}
	_, err := w.Leave(as(t, "s0"), "c1")
	must(t, err)
	_, err = w.Enrol(as(t, "eve"), "c1")
	refused(t, "a newcomer jumps the queue", err, enrolment.ErrQueue)
	w.follow(t)
	w.are(t, "the first is offered the seat", queue, enrolment.Offered, enrolment.Waiting, enrolment.Waiting)
	w.counted(t, "offered")
	if p, err := w.MyPlace(as(t, "bob"), "c1"); err != nil || p.Position != 1 {
		t.Errorf("bob is at %d, %v", p.Position, err)
	}
	if diff := cmp.Diff([]string{enrolment.EventQueued, enrolment.EventOffered}, w.store.Events("c1:ann")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	_, err = w.Enrol(as(t, "bob"), "c1")
	refused(t, "the second takes what is the first's", err, enrolment.ErrWaiting)

	w.clock.Add(enrolment.OfferFor)
	_, err = w.Enrol(as(t, "ann"), "c1")
	refused(t, "a moment too late, though nobody has swept", err, enrolment.ErrOfferOver)
	w.clock.Add(time.Second)
	must(t, w.Sweep(t.Context()))
	w.follow(t)
	w.are(t, "it passes on", queue, enrolment.Lapsed, enrolment.Offered, enrolment.Waiting)
	w.counted(t, "passed on")

	e, err := w.Enrol(as(t, "bob"), "c1")
	if err != nil || e.State != enrolment.Active || !e.QueuedAt.IsZero() || !e.ExpiresAt.IsZero() {
		t.Errorf("%+v, %v", e, err)
	}
	w.clock.Add(2 * enrolment.OfferFor)
	must(t, w.Sweep(t.Context()))
	w.are(t, "and stays taken", queue, enrolment.Lapsed, enrolment.Active, enrolment.Waiting)

	_, err = w.Wait(as(t, "ann"), "c1")
	must(t, err)
	if p, err := w.MyPlace(as(t, "ann"), "c1"); err != nil || p.Position != 2 {
		t.Errorf("who let an offer pass is at %d, %v", p.Position, err)
	}
	w.setSeats(4)
	must(t, w.OfferSeats(t.Context(), "c1"))
	w.are(t, "seats that are added are offered, too", queue, enrolment.Offered, enrolment.Active, enrolment.Offered)
	w.counted(t, "added")
}

func TestWhoMayQueue(t *testing.T) {
	t.Parallel()
	w := full(t, 1)
	_, err := w.Wait(t.Context(), "c1")
	refused(t, "nobody", err, domain.ErrUnauthenticated)
	_, err = w.Wait(as(t, "s0"), "c1")
	refused(t, "who has a seat", err, enrolment.ErrEnrolled)
	first, err := w.Wait(as(t, "ann"), "c1")
	must(t, err)
	w.clock.Add(time.Hour)
	if again, err := w.Wait(as(t, "ann"), "c1"); err != nil || !again.QueuedAt.Equal(first.QueuedAt) {
		t.Errorf("again: %v, %v", again.QueuedAt, err)
	}
	w.setSeats(2)
	_, err = w.Wait(as(t, "bob"), "c1")
	must(t, err) // there is a seat, but ann waits for it
	must(t, w.OfferSeats(t.Context(), "c1"))
	_, err = w.Leave(as(t, "bob"), "c1")
	must(t, err)
	w.setSeats(3)
	_, err = w.Wait(as(t, "cat"), "c1")
	refused(t, "there is a seat", err, enrolment.ErrSeatFree)
	_, err = w.WaitingList(as(t, "ann"), "c1", domain.Page{})
	refused(t, "a learner looks at the queue", err, domain.ErrForbidden)
	if l, err := w.WaitingList(teacher(t), "c1", domain.Page{}); err != nil || len(l.Offers) != 1 || l.Waiting != 0 || l.Taken != 2 {
		t.Errorf("%+v, %v", l, err)
	}
	w.clock.Add(30 * 24 * time.Hour)
	_, err = w.Wait(as(t, "dan"), "c1")
	refused(t, "too late", err, camp.ErrEnrolOver)
}

func TestWhoStillWaitsWhenEnrolmentIsOverIsLetGo(t *testing.T) {
	t.Parallel()
	w := full(t, 1, queue...)
	w.clock.Set(w.camps.camp.Load().EnrolUntil().Add(-time.Hour))
	_, err := w.Leave(as(t, "s0"), "c1")
	must(t, err)
	w.follow(t)
	e, err := w.store.Get(t.Context(), "c1:ann")
	if err != nil || !e.ExpiresAt.Equal(w.camps.camp.Load().EnrolUntil()) {
		t.Errorf("an offer beyond the end of enrolment: %v, %v", e.ExpiresAt, err)
	}
	w.clock.Add(time.Hour + time.Second)
	must(t, w.Sweep(t.Context()))
	w.follow(t)
	w.are(t, "over", queue, enrolment.Lapsed, enrolment.Lapsed, enrolment.Lapsed)
	w.counted(t, "over")
}

func TestWhoLeavesGivesTheSeatBackOnce(t *testing.T) {
	t.Parallel()
	w := full(t, 2)
	for range 2 {
		e, err := w.Leave(as(t, "s0"), "c1")
		if err != nil || e.State != enrolment.Left || e.StayedTo.IsZero() {
			t.Errorf("%+v, %v", e, err)
		}
		if diff := cmp.Diff([]string{enrolment.EventEntered, enrolment.EventFreed}, w.store.Events(e.ID)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
	for range 3 {
		w.follow(t)
	}
	w.counted(t, "left")
	_, err := w.Require(as(t, "s0"), "c1")
	refused(t, "who left", err, enrolment.ErrNotEnrolled)
	_, err = w.Leave(as(t, "eve"), "c1")
	refused(t, "who was never there", err, enrolment.ErrNotEnrolled)
	w.clock.Set(w.camps.camp.Load().Calendar.End("2026-03-21"))
	_, err = w.Leave(as(t, "s1"), "c1")
	refused(t, "when all is over", err, camp.ErrClosed)
}

func TestStaffRemoveALearnerWhoThenStaysOut(t *testing.T) {
	t.Parallel()
	w := full(t, 2)
	_, err := w.Remove(as(t, "s1"), "c1", "s0")
	refused(t, "another learner", err, domain.ErrForbidden)
	e, err := w.Remove(teacher(t), "c1", "s0")
	if err != nil || e.State != enrolment.Removed || e.EndedBy != "tea" || e.EndedAt.IsZero() {
		t.Errorf("%+v, %v", e, err)
	}
	w.follow(t)
	w.counted(t, "removed")
	_, err = w.Enrol(as(t, "s0"), "c1")
	refused(t, "enrols again", err, enrolment.ErrRemoved)
	if e, err = w.Leave(as(t, "s0"), "c1"); err != nil || e.State != enrolment.Removed {
		t.Errorf("leaving changes it: %s, %v", e.State, err)
	}
	_, err = w.Readmit(as(t, "s0"), "c1", "s0")
	refused(t, "readmits themselves", err, domain.ErrForbidden)
	_, err = w.Readmit(teacher(t), "c1", "s0")
	must(t, err)
	if e, err = w.Enrol(as(t, "s0"), "c1"); err != nil || e.State != enrolment.Active {
		t.Errorf("%s, %v", e.State, err)
	}
	w.counted(t, "back")
	_, err = w.Remove(teacher(t), "c1", "eve")
	refused(t, "who was never there", err, domain.ErrNotFound)
}

func TestWhoComesAndGoesIsStoppedAtSomeTime(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	for n := 0; ; n++ {
		e, err := w.Enrol(as(t, "ann"), "c1")
		if errors.Is(err, enrolment.ErrTooOften) && n == enrolment.MaxAgain+1 {
			break
		}
		if err != nil || e.State != enrolment.Active || len(e.Steps) != n+1 {
			t.Fatalf("time %d: %+v, %v", n+1, e, err)
		}
		_, err = w.Leave(as(t, "ann"), "c1")
		must(t, err)
		must(t, w.Freed(t.Context(), "c1:ann"))
		w.counted(t, fmt.Sprint("time ", n+1))
	}
	_, err := w.Readmit(teacher(t), "c1", "ann")
	must(t, err)
	_, err = w.Enrol(as(t, "ann"), "c1")
	must(t, err)
	w.counted(t, "readmitted")
}

// Pitfall: re-enrolment shows the old completion.
func TestANewStayHasItsOwnCalendar(t *testing.T) {
	t.Parallel()
	w := newWorld(2)
	c := *w.camps.camp.Load()
	c.Pace = camp.PaceRolling
	w.camps.camp.Store(&c)
	w.clock.Set(c.Calendar.Start("2026-03-03"))
	e, err := w.Enrol(as(t, "ann"), "c1")
	if err != nil || e.Shift != 2 {
		t.Errorf("shift %d, %v", e.Shift, err)
	}
	_, err = w.Leave(as(t, "ann"), "c1")
	must(t, err)
	w.clock.Set(c.Calendar.Start("2026-03-08"))
	if e, err = w.Enrol(as(t, "ann"), "c1"); err != nil || e.Shift != 7 || e.In(c).Joined != "2026-03-08" || e.In(c).Start != "2026-03-08" {
		t.Errorf("shift %d from %s, %v", e.Shift, e.In(c).Joined, err)
	}
}

// The offer ends between the look of one who takes it up and their write.
func TestAnOfferIsTakenUpOrPassesOnAndNeverBoth(t *testing.T) {
	t.Parallel()
	w := full(t, 1, "ann", "bob")
	_, err := w.Leave(as(t, "s0"), "c1")
	must(t, err)
	w.follow(t)
	overtaken := false
	w.store.Raced = func(id string) {
		if id == "c1:ann" && !overtaken {
			overtaken = true
			w.clock.Add(enrolment.OfferFor + time.Second)
			must(t, w.Sweep(t.Context()))
			w.follow(t)
		}
	}
	_, err = w.Enrol(as(t, "ann"), "c1")
	refused(t, "overtaken", err, enrolment.ErrOfferOver)
	w.are(t, "overtaken", []string{"ann", "bob"}, enrolment.Lapsed, enrolment.Offered)
	w.counted(t, "overtaken")
}

func TestSeatsGivenBackWhileManyWaitAndManyComeAreGivenOnceEach(t *testing.T) {
	t.Parallel()
	w := full(t, 20)
	var wg sync.WaitGroup
	for i := range 30 {
		wg.Go(func() {
			if _, err := w.Wait(as(t, fmt.Sprintf("w%02d", i)), "c1"); err != nil && !errors.Is(err, enrolment.ErrSeatFree) {
				t.Error(err)
			}
		})
		wg.Go(func() {
			if _, err := w.Enrol(as(t, fmt.Sprintf("n%02d", i)), "c1"); err != nil && !errors.Is(err, camp.ErrFull) && !errors.Is(err, enrolment.ErrQueue) {
				t.Error(err)
			}
		})
		if i < 10 {
			wg.Go(func() {
				who := fmt.Sprint("s", i)
				if _, err := w.Leave(as(t, who), "c1"); err != nil {
					t.Error(err)
				}
				for range 2 { // the event comes twice, to two workers
					wg.Go(func() {
						if err := w.Freed(t.Context(), enrolment.ID("c1", who)); err != nil && !errors.Is(err, domain.ErrConflict) {
							t.Error(err)
						}
					})
				}
			})
		}
	}
	wg.Wait()
	w.follow(t)
	w.counted(t, "after the rush")
	if free := 20 - len(w.store.All(func(e enrolment.Enrolment) bool { return e.Seated() })); free != 0 && len(w.store.All(waits("c1"))) > 0 {
		t.Errorf("%d seats are free while somebody waits", free)
	}
}

func TestASeatGivenBackReachesTheNextAfterACrashAtAnyWrite(t *testing.T) {
	t.Parallel()
	for _, done := range []bool{false, true} {
		for n := 1; ; n++ {
			w := full(t, 1, "ann", "bob")
			w.power.Cut(n, done)
			_, err := w.Leave(as(t, "s0"), "c1")
			if err == nil {
				err = w.Freed(t.Context(), "c1:s0")
			}
			if err == nil {
				_, err = w.Enrol(as(t, "ann"), "c1")
			}
			if !w.power.Restore() {
				if err != nil || n < 7 {
					t.Errorf("%d writes: %v", n-1, err)
				}
				break
			}
			if !errors.Is(err, domaintest.ErrDead) {
				t.Errorf("cut at %d: %v", n, err)
			}
			_, err = w.Leave(as(t, "s0"), "c1")
			must(t, err)
			w.follow(t)
			w.clock.Add(enrolment.ReserveFor + time.Second)
			must(t, w.Sweep(t.Context()))
			w.follow(t)
			e, err := w.Enrol(as(t, "ann"), "c1")
			if err != nil || e.State != enrolment.Active {
				t.Errorf("cut at %d, done %v: %s, %v", n, done, e.State, err)
			}
			w.are(t, "bob", []string{"bob"}, enrolment.Waiting)
			w.counted(t, fmt.Sprint("cut at ", n))
		}
	}
}
