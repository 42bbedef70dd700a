package enrolment_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/domaintest"
	"yingdi/domain/enrolment"
	"yingdi/domain/form"
)

// orders remembers which were asked about, and may free what they held.
type orders struct {
	asked  []string
	settle func(order string) error
	free   func(ctx context.Context, order string) error
}

func (o *orders) Settle(_ context.Context, id string) error {
	o.asked = append(o.asked, id)
	if o.settle != nil {
		return o.settle(id)
	}
	return nil
}

// GiveUp knows no order that cost nothing, but those that it is told of.
func (o *orders) GiveUp(ctx context.Context, id string) error {
	if o.free == nil {
		return enrolment.ErrOrdered
	}
	return o.free(ctx, id)
}

type prices bool

func (p prices) Costs(context.Context, string) (bool, error) { return bool(p), nil }

func (w world) hold(t testing.TB, member, order string) error {
	return w.Hold(t.Context(), "c1", member, order, form.Given{})
}

func (w world) state(t testing.TB, member string) enrolment.State {
	t.Helper()
	e, err := w.store.Get(t.Context(), enrolment.ID("c1", member))
	if err != nil {
		t.Fatal(err)
	}
	return e.State
}

// seats checks that the counter says how many seats are held or taken.
func (w world) seatsTaken(t testing.TB, want int64) {
	t.Helper()
	if _, err := w.RecountSeats(t.Context(), "c1"); err != nil {
		t.Fatal(err)
	}
	if got, err := w.seats.Value(t.Context(), counter); err != nil || got != want {
		t.Errorf("%d seats are taken, want %d; %v", got, want, err)
	}
}

func TestASeatThatCostsMoneyIsNotGivenAway(t *testing.T) {
	t.Parallel()
	w := newWorld(5)
	w.Prices = prices(true)
	if _, err := w.Enrol(as(t, "an"), "c1"); !errors.Is(err, enrolment.ErrOrder) {
		t.Error(err)
	}
}

func TestASeatIsHeldOpenedAndFreedByItsOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	if err := errors.Join(w.hold(t, "an", "o1"), w.hold(t, "an", "o1")); err != nil || w.state(t, "an") != enrolment.Held {
		t.Fatal(err, w.state(t, "an"))
	}
	if err := w.hold(t, "bo", "o2"); !errors.Is(err, camp.ErrFull) {
		t.Errorf("the held seat was given twice: %v", err)
	}
	if err := w.Open(t.Context(), "c1", "an", "another"); !errors.Is(err, domain.ErrConflict) {
		t.Errorf("another order opened it: %v", err)
	}
	if err := errors.Join(w.Open(t.Context(), "c1", "an", "o1"), w.Open(t.Context(), "c1", "an", "o1")); err != nil || w.state(t, "an") != enrolment.Active {
		t.Fatal(err)
	}
	if _, err := w.Leave(as(t, "an"), "c1"); !errors.Is(err, enrolment.ErrOrdered) {
		t.Errorf("left without a refund: %v", err)
	}
	if err := w.Free(t.Context(), "c1", "an", "another"); err != nil || w.state(t, "an") != enrolment.Active {
		t.Errorf("another order freed it: %v", err)
	}
	if err := errors.Join(w.Free(t.Context(), "c1", "an", "o1"), w.Free(t.Context(), "c1", "an", "o1")); err != nil || w.state(t, "an") != enrolment.Left {
		t.Fatal(err)
	}
	w.seatsTaken(t, 0)
	if err := errors.Join(w.hold(t, "an", "o3"), w.Open(t.Context(), "c1", "an", "o3")); err != nil || w.state(t, "an") != enrolment.Active {
		t.Fatal("coming back: ", err)
	}
	w.seatsTaken(t, 1)
}

func TestASeatThatCostNothingIsGivenUpWithItsOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	o := &orders{}
	w.Service.Orders = o
	o.free = func(ctx context.Context, id string) error { return w.Free(ctx, "c1", "an", id) }
	for again, leave := range []func() (enrolment.Enrolment, error){
		func() (enrolment.Enrolment, error) { return w.Leave(as(t, "an"), "c1") },
		func() (enrolment.Enrolment, error) { return w.Remove(teacher(t), "c1", "an") },
	} {
		order := fmt.Sprint("o", again)
		if err := errors.Join(w.hold(t, "an", order), w.Open(t.Context(), "c1", "an", order)); err != nil {
			t.Fatal(err)
		}
		e, err := leave()
		if want := []enrolment.State{enrolment.Left, enrolment.Removed}[again]; err != nil || e.State != want {
			t.Errorf("%s: %v", e.State, err)
		}
		w.seatsTaken(t, 0)
	}
}

func TestOf100OrdersRacingFor10Seats10HoldOne(t *testing.T) {
	t.Parallel()
	w := newWorld(10)
	var race sync.WaitGroup
	for i := range 100 {
		race.Go(func() {
			who, order := fmt.Sprintf("m%d", i), fmt.Sprintf("o%d", i)
			switch err := w.hold(t, who, order); {
			case errors.Is(err, camp.ErrFull):
			case err != nil:
				t.Error(err)
			case i%2 == 0: // every second one gives it back, and somebody else may have it
				if err := w.Free(t.Context(), "c1", who, order); err != nil {
					t.Error(err)
				}
			}
		})
	}
	race.Wait()
	held := int64(len(w.store.All(func(e enrolment.Enrolment) bool { return e.State == enrolment.Held })))
	if held > 10 {
		t.Errorf("%d seats of 10 are held", held)
	}
	w.seatsTaken(t, held)
}

func TestKilledWhileASeatIsHeldOpenedOrFreedItGoesOn(t *testing.T) {
	t.Parallel()
	for cut := 1; cut < 20; cut++ {
		for _, done := range []bool{false, true} {
			w := newWorld(1)
			live := func() error {
				return errors.Join(w.hold(t, "an", "o1"), w.Open(t.Context(), "c1", "an", "o1"), w.Free(t.Context(), "c1", "an", "o1"))
			}
			w.power.Cut(cut, done)
			err := live()
			if died := w.power.Restore(); !died {
				if err != nil {
					t.Fatal(err)
				}
				continue
			}
			if !errors.Is(err, domaintest.ErrDead) {
				t.Fatalf("cut at %d: %v", cut, err)
			}
			if err := w.Free(t.Context(), "c1", "an", "o1"); err != nil {
				t.Fatalf("cut at %d, done %v: %v", cut, done, err)
			}
			w.seatsTaken(t, 0)
		}
	}
}

func TestTheSweeperAsksWhatBecameOfAnOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	asked := &orders{}
	w.Orders = asked
	if err := w.hold(t, "an", "o1"); err != nil {
		t.Fatal(err)
	}
	w.clock.Add(enrolment.HoldFor + time.Second)
	if err := w.Sweep(t.Context()); err != nil || len(asked.asked) != 1 || w.state(t, "an") != enrolment.Held {
		t.Fatal(err, asked.asked, w.state(t, "an"))
	}
	asked.settle = func(string) error { return domain.ErrNotFound } // it never came about
	w.clock.Add(enrolment.HoldFor + time.Second)
	if err := w.Sweep(t.Context()); err != nil || w.state(t, "an") != enrolment.Left {
		t.Fatal(err, w.state(t, "an"))
	}
	w.seatsTaken(t, 0)
}
