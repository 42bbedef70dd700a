package enrolment_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/domaintest"
	"yingdi/domain/enrolment"
	"yingdi/domain/form"
)

type store struct {
	*domaintest.Store[enrolment.Enrolment]
	counting func() // runs after each count of those who are active
}

func active(e enrolment.Enrolment) bool { return e.State == enrolment.Active }

func (s *store) ByCamp(_ context.Context, campID string, page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error) {
	return s.Find(func(e enrolment.Enrolment) bool { return active(e) && e.Camp == campID }, nil, page)
}

func (s *store) ByMember(_ context.Context, member string, page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error) {
	return s.Find(func(e enrolment.Enrolment) bool { return active(e) && e.Member == member }, nil, page)
}

func (s *store) Unfinished(_ context.Context, before time.Time, page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error) {
	return s.Find(func(e enrolment.Enrolment) bool { return !e.ExpiresAt.IsZero() && e.ExpiresAt.Before(before) }, nil, page)
}

func (s *store) CountSeated(_ context.Context, campID string) (int64, error) {
	n, err := s.Count(func(e enrolment.Enrolment) bool { return e.Seated() && e.Camp == campID })
	if s.counting != nil {
		s.counting()
	}
	return n, err
}

func waits(campID string) func(enrolment.Enrolment) bool {
	return func(e enrolment.Enrolment) bool { return e.Waits() && e.Camp == campID }
}

func (s *store) Queue(_ context.Context, campID string, page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error) {
	return s.Find(waits(campID), func(a, b enrolment.Enrolment) int {
		return cmp.Or(a.QueuedAt.Compare(b.QueuedAt), cmp.Compare(a.ID, b.ID))
	}, page)
}

func (s *store) CountQueue(_ context.Context, campID string, before time.Time) (int64, error) {
	return s.Count(func(e enrolment.Enrolment) bool { return waits(campID)(e) && e.QueuedAt.Before(before) })
}

func (s *store) Offers(_ context.Context, campID string, page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error) {
	return s.Find(func(e enrolment.Enrolment) bool { return e.State == enrolment.Offered && e.Camp == campID }, nil, page)
}

// camps is one camp, whose seats a test may change.
type camps struct{ camp atomic.Pointer[camp.Camp] }

func (c *camps) Get(_ context.Context, id string) (camp.Camp, error) {
	if id != "c1" {
		return camp.Camp{}, domain.ErrNotFound
	}
	return *c.camp.Load(), nil
}

func (c *camps) ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error) {
	in, err := c.Get(ctx, id)
	if err != nil {
		return in, err
	}
	return in, domain.ActorFrom(ctx).Must(right, in.Place())
}

func (c *camps) OpenCamps(context.Context, domain.Page) ([]camp.Camp, domain.Cursor, error) {
	return []camp.Camp{*c.camp.Load()}, "", nil
}

type world struct {
	*enrolment.Service
	store *store
	seats *domaintest.Counters
	camps *camps
	forms *form.Service
	power *domaintest.Power
	clock *domaintest.Clock
}

const counter = "seats:c1"

func newWorld(seats int) world {
	w := world{power: &domaintest.Power{}, clock: domaintest.NewClock("2026-03-01T01:00:00Z"), camps: &camps{}}
	w.store, w.seats = &store{Store: domaintest.NewStore[enrolment.Enrolment](w.power)}, domaintest.NewCounters(w.power)
	w.setSeats(seats)
	w.forms = &form.Service{
		Store: domaintest.NewStore[form.Form](w.power), Versions: domaintest.NewStore[form.Version](w.power), Camps: w.camps,
		Sealer: domaintest.Sealer(), Clock: w.clock,
	}
	w.Service = &enrolment.Service{
		Store: w.store, Seats: w.seats, Camps: w.camps, Forms: w.forms, Prices: prices(false), Orders: &orders{}, Clock: w.clock,
	}
	return w
}

func (w world) setSeats(n int) {
	w.camps.camp.Store(&camp.Camp{
		Doc: domain.Doc{ID: "c1"}, Organiser: "o1", Calendar: domain.Calendar{Zone: "Asia/Shanghai"},
		Start: "2026-03-01", End: "2026-03-21", EnrolBy: "2026-03-10", Seats: n, State: camp.Published,
	})
}

func as(t testing.TB, member string) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: member})
}

// exact checks that the counter says how many have a place, that each has one event, and that no op is left.
func (w world) exact(t testing.TB, want int) {
	t.Helper()
	list := w.store.All(active)
	taken, err := w.seats.Value(t.Context(), counter)
	if err != nil || len(list) != want || taken != int64(want) || len(w.seats.Remembered(counter)) != 0 {
		t.Errorf("%d have a place, %d seats are taken, want %d; ops left %v; %v", len(list), taken, want, w.seats.Remembered(counter), err)
	}
	for _, e := range list {
		if len(e.Steps) != 1 || !e.ExpiresAt.IsZero() || e.ActiveAt.IsZero() {
			t.Errorf("%+v", e)
		}
	}
}

func TestOf200WhoRaceFor50SeatsTappingTwice50GetOneEach(t *testing.T) {
	t.Parallel()
	w := newWorld(50)
	var in atomic.Int64
	var wg sync.WaitGroup
	for i := range 200 {
		var once sync.Once
		for range 2 {
			wg.Go(func() {
				e, err := w.Enrol(as(t, fmt.Sprint("m", i)), "c1")
				switch {
				case err == nil && e.State == enrolment.Active:
					once.Do(func() { in.Add(1) })
				case !errors.Is(err, camp.ErrFull):
					t.Errorf("%s, %v", e.State, err)
				}
			})
		}
	}
	wg.Wait()
	if in.Load() != 50 {
		t.Errorf("%d were let in", in.Load())
	}
	w.exact(t, 50)
}

// The second tap has looked, and sleeps while the first one takes the seat, notes it and settles it.
func TestASecondTapThatWasOvertakenTakesNoSecondSeat(t *testing.T) {
	t.Parallel()
	w := newWorld(2)
	overtaken := false
	w.seats.Raced = func(string) {
		if !overtaken {
			overtaken = true
			if _, err := w.Enrol(as(t, "ann"), "c1"); err != nil {
				t.Error(err)
			}
		}
	}
	if e, err := w.Enrol(as(t, "ann"), "c1"); err != nil || e.State != enrolment.Active || !overtaken {
		t.Errorf("%+v, %v", e, err)
	}
	w.exact(t, 1)
}

func TestEnrollingAgainReturnsThePlaceOneHas(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	first, err := w.Enrol(as(t, "ann"), "c1")
	if err != nil {
		t.Fatal(err)
	}
	w.clock.Add(30 * 24 * time.Hour) // enrolment is over by now
	again, err := w.Enrol(as(t, "ann"), "c1")
	if err != nil || !again.ActiveAt.Equal(first.ActiveAt) {
		t.Errorf("%+v, %v", again, err)
	}
	w.exact(t, 1)
}

func TestWhoCannotEnrol(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	if _, err := w.Enrol(t.Context(), "c1"); !errors.Is(err, domain.ErrUnauthenticated) {
		t.Errorf("nobody: %v", err)
	}
	if _, err := w.Enrol(as(t, "ann"), "nothere"); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	w.clock.Add(30 * 24 * time.Hour)
	if _, err := w.Enrol(as(t, "ann"), "c1"); !errors.Is(err, camp.ErrEnrolOver) {
		t.Errorf("too late: %v", err)
	}
	w.exact(t, 0)
}

func TestAnEnrolmentIsFinishedAfterACrashAtAnyWrite(t *testing.T) {
	t.Parallel()
	for who, recover := range map[string]func(testing.TB, world) error{
		"a second tap": func(t testing.TB, w world) error { _, err := w.Enrol(as(t, "ann"), "c1"); return err },
		"the sweeper": func(t testing.TB, w world) error {
			w.clock.Add(enrolment.ReserveFor + time.Second)
			return w.Sweep(t.Context())
		},
	} {
		for _, done := range []bool{false, true} {
			for n := 1; ; n++ {
				w := newWorld(1)
				w.power.Cut(n, done)
				_, err := w.Enrol(as(t, "ann"), "c1")
				if !w.power.Restore() {
					if err != nil || n != 5 {
						t.Errorf("an enrolment makes %d writes: %v", n-1, err)
					}
					break
				}
				if err := recover(t, w); err != nil {
					t.Errorf("%s after a cut at %d: %v", who, n, err)
				}
				if _, err := w.RecountSeats(t.Context(), "c1"); err != nil { // settles what a crash right before Settle left
					t.Fatal(err)
				}
				want := 1
				if n == 1 && !done && who == "the sweeper" {
					want = 0 // nothing was written down
				}
				w.exact(t, want)
			}
		}
	}
}

func TestWhoWasRefusedGetsInWhenSeatsAreAdded(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	if _, err := w.Enrol(as(t, "ann"), "c1"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if e, err := w.Enrol(as(t, "bob"), "c1"); !errors.Is(err, camp.ErrFull) || e.State != enrolment.Refused {
			t.Errorf("%+v, %v", e, err)
		}
	}
	w.setSeats(2)
	w.clock.Add(enrolment.ReserveFor + time.Second)
	if err := w.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.exact(t, 1) // nobody is enrolled behind their back
	if e, err := w.Enrol(as(t, "bob"), "c1"); err != nil || e.State != enrolment.Active {
		t.Errorf("%+v, %v", e, err)
	}
	w.exact(t, 2)
}

// Full, says the counter to the first tap; a seat is added; the second tap gets it before the first writes its refusal.
func TestARefusalThatWasOvertakenIsNone(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	if _, err := w.Enrol(as(t, "ann"), "c1"); err != nil {
		t.Fatal(err)
	}
	updates := 0
	w.store.Raced = func(id string) {
		if updates++; id == "c1:bob" && updates == 1 {
			w.setSeats(2)
			if _, err := w.Enrol(as(t, "bob"), "c1"); err != nil {
				t.Error(err)
			}
		}
	}
	if e, err := w.Enrol(as(t, "bob"), "c1"); err != nil || e.State != enrolment.Active {
		t.Errorf("%s, %v", e.State, err)
	}
	w.exact(t, 2)
}

func TestSweepLeavesAloneWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	w.power.Cut(1, true)
	_, _ = w.Enrol(as(t, "ann"), "c1")
	w.power.Restore()
	w.clock.Add(enrolment.ReserveFor)
	if err := w.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.exact(t, 0)
	if err := w.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestRecountRepairsACounter(t *testing.T) {
	t.Parallel()
	w := newWorld(9)
	for i := range 5 {
		if _, err := w.Enrol(as(t, fmt.Sprint("m", i)), "c1"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.seats.Recount(t.Context(), counter, func([]string) (int64, error) { return 2, nil }); err != nil {
		t.Fatal(err)
	}
	if err := w.RecountAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.exact(t, 5)
}

// Between the count of those who have a place and the look at those who are about to, one of the latter gets it.
func TestARecountMissesNobodyWhoGetsTheirPlaceUnderItsHands(t *testing.T) {
	t.Parallel()
	w := newWorld(9)
	w.power.Cut(2, true) // the seat is taken, and not noted yet
	_, _ = w.Enrol(as(t, "ann"), "c1")
	w.power.Restore()
	counts := 0
	w.store.counting = func() {
		if counts++; counts == 1 {
			if _, err := w.store.Update(t.Context(), "c1:ann", func(e *enrolment.Enrolment) error {
				e.State = enrolment.Active // by a process that dies before it settles
				return nil
			}); err != nil {
				t.Error(err)
			}
		}
	}
	if taken, err := w.RecountSeats(t.Context(), "c1"); err != nil || taken != 1 {
		t.Errorf("%d taken, %v", taken, err)
	}
}

func TestRecountsBesideEnrolmentsAreExact(t *testing.T) {
	t.Parallel()
	w := newWorld(40)
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			if _, err := w.Enrol(as(t, fmt.Sprint("m", i)), "c1"); err != nil && !errors.Is(err, camp.ErrFull) {
				t.Error(err)
			}
		})
		if i%10 == 0 {
			wg.Go(func() {
				if _, err := w.RecountSeats(t.Context(), "c1"); err != nil && !errors.Is(err, domain.ErrConflict) {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	if _, err := w.RecountSeats(t.Context(), "c1"); err != nil {
		t.Fatal(err)
	}
	w.exact(t, 40)
}

func TestWhoHasAPlace(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	if _, err := w.Enrol(as(t, "ann"), "c1"); err != nil {
		t.Fatal(err)
	}
	_, _ = w.Enrol(as(t, "bob"), "c1")
	teacher := domain.WithActor(t.Context(), domain.Actor{Member: "tea", Grants: []domain.Grant{
		{Scope: domain.ScopeCamp, ID: "c1", Organiser: "o1", Role: domain.RoleReviewer},
	}})
	for who, want := range map[string]error{"ann": nil, "bob": enrolment.ErrNotEnrolled, "tea": enrolment.ErrNotEnrolled} {
		if _, err := w.Require(as(t, who), "c1"); !errors.Is(err, want) {
			t.Errorf("%s: %v", who, err)
		}
	}
	if _, err := w.Require(t.Context(), "c1"); !errors.Is(err, domain.ErrUnauthenticated) {
		t.Errorf("nobody: %v", err)
	}
	if list, _, err := w.OfCamp(teacher, "c1", domain.Page{}); err != nil || len(list) != 1 {
		t.Errorf("%d, %v", len(list), err)
	}
	if _, _, err := w.OfCamp(as(t, "ann"), "c1", domain.Page{}); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("a learner lists the learners: %v", err)
	}
	if _, err := w.OfMember(as(t, "ann"), "c1", "bob"); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("a learner looks at another: %v", err)
	}
	if list, _, err := w.Mine(as(t, "bob"), domain.Page{}); err != nil || len(list) != 0 {
		t.Errorf("%d, %v", len(list), err)
	}
}
