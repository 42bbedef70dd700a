package camp_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// running is a published camp of the world, made three weeks before it begins.
func (w world) term(t testing.TB, change func(*camp.Form)) camp.Camp {
	t.Helper()
	ctx, f := domain.WithActor(t.Context(), domain.SystemActor), form()
	f.EnrolFrom, f.EnrolHour, f.Closing = "2026-02-20", 9, 3
	if change != nil {
		change(&f)
	}
	c, err := w.Open(ctx, "o1", f)
	if err == nil {
		c, err = w.Publish(ctx, c.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestACampTellsOfEachTurnOnce(t *testing.T) {
	t.Parallel()
	w := newWorld()
	c := w.term(t, nil)
	want := []string{}
	for _, step := range []struct {
		at   time.Time
		more []string
	}{
		{at("2026-02-20", 7).Add(-1), nil},
		{at("2026-02-20", 7), []string{camp.EventSeats}},
		{at("2026-03-01", 0), []string{camp.EventStarted}},
		{at("2026-03-11", 0), []string{camp.EventSeats}},
		{at("2026-03-22", 0).Add(-1), nil},
		{at("2026-03-22", 0), []string{camp.EventClosing}},
		{at("2026-03-25", 0), []string{camp.EventEnded}},
		{at("2026-05-01", 0), nil},
	} {
		want = append(want, step.more...)
		w.clock.Set(step.at)
		var both sync.WaitGroup
		for range 2 { // pitfall: periodic jobs doubled by two schedulers
			both.Go(func() {
				if err := w.Turns(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		if diff := cmp.Diff(want, w.turns(c.ID)); diff != "" {
			t.Errorf("at %s (-want +got)\n%s", step.at, diff)
		}
	}
	if c, err := w.store.Get(t.Context(), c.ID); err != nil || !c.TurnAt.IsZero() {
		t.Errorf("it still waits for %v, %v", c.TurnAt, err)
	}
}

func TestTurnsThatNobodyLookedAtAreToldLateAndInOrder(t *testing.T) {
	t.Parallel()
	for _, done := range []bool{false, true} {
		w := newWorld()
		c := w.term(t, nil)
		w.clock.Set(at("2026-04-01", 0))
		w.power.Cut(1, done)
		_ = w.Turns(t.Context())
		w.power.Restore()
		for range 2 {
			if err := w.Turns(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		want := []string{camp.EventSeats, camp.EventStarted, camp.EventSeats, camp.EventClosing, camp.EventEnded}
		if diff := cmp.Diff(want, w.turns(c.ID)); diff != "" {
			t.Errorf("done %v (-want +got)\n%s", done, diff)
		}
	}
}

func TestClosingACampEarlyEndsItOnce(t *testing.T) {
	t.Parallel()
	w := newWorld()
	c := w.term(t, nil)
	w.clock.Set(at("2026-03-05", 0))
	ctx := domain.WithActor(t.Context(), domain.SystemActor)
	for range 2 {
		if _, err := w.Close(ctx, c.ID); err != nil {
			t.Fatal(err)
		}
	}
	w.clock.Set(at("2026-04-05", 0))
	if err := w.Turns(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{camp.EventSeats, camp.EventEnded}, w.turns(c.ID)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestEnrolmentIsNotExtendedBeyondTheEnd(t *testing.T) {
	t.Parallel()
	c := term(pace(camp.PaceRolling, false))
	f := form()
	f.Pace, f.EnrolBy = camp.PaceRolling, "2026-06-01"
	if err := c.Turn(at("2026-03-31", 0)); err != nil {
		t.Fatal(err)
	}
	if err := c.Apply(f, at("2026-03-31", 1)); !errors.Is(err, camp.ErrOver) {
		t.Errorf("%v", err)
	}
}

func TestWhatChangesTheSeatsIsTold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*camp.Form)
		told   bool
	}{
		"nothing":       {func(*camp.Form) {}, false},
		"more seats":    {func(f *camp.Form) { f.Seats++ }, true},
		"fewer seats":   {func(f *camp.Form) { f.Seats-- }, false},
		"another title": {func(f *camp.Form) { f.Title = "晨读" }, false},
		"longer":        {func(f *camp.Form) { f.EnrolBy = f.EnrolBy.Add(1) }, true},
	} {
		in, f := term(func(f *camp.Form) { f.EnrolFrom, f.EnrolHour, f.Closing = "", 0, 0 }), form()
		c.change(&f)
		if err := in.Apply(f, at("2026-02-02", 0)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if told := slices.ContainsFunc(in.Outbox, func(e domain.Event) bool { return e.Type == camp.EventSeats }); told != c.told {
			t.Errorf("%s: told %v", name, told)
		}
	}
}

func TestAnArchivedCampIsHiddenAndReadOnly(t *testing.T) {
	t.Parallel()
	w := newWorld()
	c := w.term(t, nil)
	boss := actor(t, "boss", of("o1", domain.RoleOwner))
	if _, err := w.Archive(boss, c.ID); !errors.Is(err, camp.ErrNotEnded) {
		t.Errorf("before its end: %v", err)
	}
	w.clock.Set(at("2026-04-01", 0))
	if _, err := w.Archive(actor(t, "eve", of("o2", domain.RoleOwner)), c.ID); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("by a stranger: %v", err)
	}
	for range 2 {
		got, err := w.Archive(boss, c.ID)
		if err != nil || got.Phase(w.clock.Now()) != camp.PhaseArchived || got.State != camp.Closed {
			t.Errorf("%s, %v", got.Phase(w.clock.Now()), err)
		}
	}
	if _, err := w.Edit(boss, c.ID, form()); !errors.Is(err, camp.ErrArchived) {
		t.Errorf("edited: %v", err)
	}
	if _, err := w.ForStaff(boss, c.ID, domain.RightCampView); err != nil {
		t.Errorf("looked at: %v", err)
	}
	for phase, want := range map[camp.Phase]int{"": 0, camp.PhaseArchived: 1, camp.PhaseClosed: 0} {
		if list, _, err := w.Mine(boss, camp.Filter{Phase: phase}, domain.Page{}); err != nil || len(list) != want {
			t.Errorf("%q lists %d, %v", phase, len(list), err)
		}
	}
	got, err := w.Unarchive(boss, c.ID)
	if err != nil || got.Phase(w.clock.Now()) != camp.PhaseClosed {
		t.Errorf("%s, %v", got.Phase(w.clock.Now()), err)
	}
	draft := w.opened(t, "o1")
	if _, err := w.Archive(boss, draft.ID); err != nil {
		t.Errorf("a draft: %v", err)
	}
}

// turns are the events of a camp but for that of its looks.
func (w world) turns(id string) []string {
	return slices.DeleteFunc(w.store.Events(id), func(e string) bool { return e == camp.EventFace })
}
