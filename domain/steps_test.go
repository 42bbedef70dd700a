package domain_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/domaintest"
)

type order struct {
	domain.Doc
	Steps domain.Steps
	Story []string
}

// parcel is what a step leaves elsewhere, by the id of the order and the step.
type parcel struct {
	domain.Doc
}

type depot struct {
	power   *domaintest.Power
	clock   *domaintest.Clock
	orders  *domaintest.Store[order]
	parcels *domaintest.Store[parcel]
}

func newDepot(t testing.TB) *depot {
	t.Helper()
	d := &depot{power: &domaintest.Power{}, clock: domaintest.NewClock("2026-03-01T00:00:00Z")}
	d.orders, d.parcels = domaintest.NewStore[order](d.power), domaintest.NewStore[parcel](d.power)
	if err := d.orders.Insert(t.Context(), order{Doc: domain.Doc{ID: "o"}}); err != nil {
		t.Fatal(err)
	}
	return d
}

var threeSteps = []string{"seat", "coupon", "pay"}

func (d *depot) run(ctx context.Context) (order, error) {
	var actions []domain.Action[order]
	for _, name := range threeSteps {
		actions = append(actions, domain.Action[order]{
			Name: name,
			Do: func(ctx context.Context, o order) error {
				err := d.parcels.Insert(ctx, parcel{domain.Doc{ID: domain.Key(o.ID, name)}})
				if errors.Is(err, domain.ErrExists) {
					err = nil
				}
				return err
			},
			Then: func(o *order) error {
				o.Story = append(o.Story, name)
				o.Emit("order:"+name, d.clock.Now(), nil)
				return nil
			},
		})
	}
	return domain.RunSteps(ctx, d.clock, d.orders, "o", func(o *order) *domain.Steps { return &o.Steps }, actions...)
}

func (d *depot) check(t testing.TB) {
	t.Helper()
	o, err := d.orders.Get(t.Context(), "o")
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, s := range o.Steps {
		names = append(names, s.Name)
	}
	if diff := cmp.Diff(threeSteps, names) + cmp.Diff(threeSteps, o.Story); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := len(d.parcels.All(nil)); got != 3 {
		t.Errorf("%d parcels", got)
	}
	if got := d.orders.Events("o"); len(got) != 3 {
		t.Errorf("events %v", got)
	}
}

func TestStepsGoOnWhereACrashLeftThem(t *testing.T) {
	t.Parallel()
	for _, done := range []bool{false, true} {
		for n := 1; ; n++ {
			d := newDepot(t)
			d.power.Cut(n, done)
			_, err := d.run(t.Context())
			if !d.power.Restore() {
				if n != 7 || err != nil {
					t.Errorf("three steps make %d writes: %v", n-1, err)
				}
				break
			}
			if !errors.Is(err, domaintest.ErrDead) {
				t.Errorf("cut at write %d: %v", n, err)
			}
			if _, err := d.run(t.Context()); err != nil {
				t.Errorf("after a cut at write %d: %v", n, err)
			}
			d.check(t)
		}
	}
}

func TestStepsRunAgainChangeNothing(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	first, err := d.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	again, err := d.run(t.Context())
	if diff := cmp.Diff(first, again); err != nil || diff != "" {
		t.Errorf("%v (-first +again)\n%s", err, diff)
	}
}

func TestStepsRunByManyAtOnceAreDoneOnce(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if o, err := d.run(t.Context()); err != nil || len(o.Steps) != 3 {
				t.Errorf("%d steps, %v", len(o.Steps), err)
			}
		})
	}
	wg.Wait()
	d.check(t)
}

func TestStepsStopAtTheFirstErrorAndKeepWhatWasDone(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	steps := func(o *order) *domain.Steps { return &o.Steps }
	broken := fmt.Errorf("no answer: %w", domain.ErrUnavailable)
	actions := []domain.Action[order]{
		{Name: "seat"},
		{Name: "pay", Do: func(context.Context, order) error { return broken }},
		{Name: "open", Do: func(context.Context, order) error { t.Error("went on after an error"); return nil }},
	}
	_, err := domain.RunSteps(t.Context(), d.clock, d.orders, "o", steps, actions...)
	if !errors.Is(err, domain.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	o, err := d.orders.Get(t.Context(), "o")
	if err != nil || !o.Steps.Done("seat") || o.Steps.Done("pay") {
		t.Errorf("%+v, %v", o.Steps, err)
	}
	refused := slices.Clone(actions)
	refused[1] = domain.Action[order]{Name: "pay", Then: func(*order) error { return domain.ErrForbidden }}
	if _, err := domain.RunSteps(t.Context(), d.clock, d.orders, "o", steps, refused...); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("got %v", err)
	}
	if o, _ := d.orders.Get(t.Context(), "o"); o.Steps.Done("pay") {
		t.Error("a step whose change was refused is noted")
	}
	if _, err := domain.RunSteps(t.Context(), d.clock, d.orders, "nobody", steps, actions...); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestAStepIsNotedOnce(t *testing.T) {
	t.Parallel()
	var steps domain.Steps
	at := instant("2026-03-01T00:00:00Z")
	steps.Note("seat", at)
	steps.Note("seat", at.Add(1))
	if diff := cmp.Diff(domain.Steps{{Name: "seat", At: at}}, steps); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
