package domain_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/domaintest"
)

type jar struct {
	domain.Doc
	Beans int
}

func TestWhatIsNotThereYetIsBegunOnce(t *testing.T) {
	t.Parallel()
	jars := domaintest.NewStore[jar](&domaintest.Power{})
	add := func(j *jar) error { j.Beans++; return nil }
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := domain.Ensure(t.Context(), jars, jar{Doc: domain.Doc{ID: "a"}, Beans: 100}, add); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got, err := jars.Get(t.Context(), "a"); err != nil || got.Beans != 120 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAChangeThatRefusesBeginsNothing(t *testing.T) {
	t.Parallel()
	jars := domaintest.NewStore[jar](&domaintest.Power{})
	for want, refusal := range map[error]error{nil: domain.ErrSame, domain.ErrForbidden: domain.ErrForbidden} {
		if _, err := domain.Ensure(t.Context(), jars, jar{Doc: domain.Doc{ID: "a"}}, func(*jar) error { return refusal }); !errors.Is(err, want) {
			t.Errorf("%v becomes %v", refusal, err)
		}
	}
	if all := jars.All(nil); len(all) != 0 {
		t.Errorf("begun %+v", all)
	}
}

func TestChangesThatComeTogetherAreCountedTogether(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 1, 0, 0, 0, time.UTC)
	var r domain.Recount
	if err := r.Ask(at); err != nil || r.Begin(at) == nil {
		t.Fatalf("counts at once: %+v, %v", r, err)
	}
	if err := r.Ask(at.Add(time.Second)); !errors.Is(err, domain.ErrSame) {
		t.Errorf("asked twice: %v", err)
	}
	at = r.DueAt
	if err := r.Begin(at); err != nil || r.Begin(at) == nil {
		t.Errorf("two count: %+v, %v", r, err)
	}
	if err := r.Ask(at); err != nil { // while it is being counted
		t.Error(err)
	}
	if err := r.Finish(r.DueAt, at); err != nil || r.Counting || !r.CountedAt.Equal(at) || !r.DueAt.After(at) {
		t.Errorf("what changed while it was counted is lost: %+v, %v", r, err)
	}
	at = r.DueAt
	if err := r.Begin(at); err != nil {
		t.Error(err)
	}
	if at = r.DueAt; r.Begin(at) != nil { // the one who counted has died
		t.Error("nobody takes up what a crash left")
	}
	if err := r.Finish(at, at); !errors.Is(err, domain.ErrSame) || !r.Counting {
		t.Errorf("one that was overtaken ends the count of another: %v, %+v", err, r)
	}
	if err := r.Finish(r.DueAt, at); err != nil || !r.DueAt.IsZero() || r.Begin(at.Add(time.Hour)) == nil {
		t.Errorf("counts though nothing changed: %v, %+v", err, r)
	}
	if err := r.Finish(time.Time{}, at); !errors.Is(err, domain.ErrSame) {
		t.Errorf("ends though nobody counts: %v", err)
	}
}

// tally counts the beans of the jars.
type tally struct {
	domain.Doc
	domain.Recount
	Beans int
}

// tallies lists every tally twice: also one that somebody else has taken up meanwhile.
type tallies struct{ *domaintest.Store[tally] }

func (s tallies) Due(_ context.Context, before time.Time, page domain.Page) ([]tally, domain.Cursor, error) {
	due, _, err := s.Find(func(t tally) bool { return !t.DueAt.IsZero() && t.DueAt.Before(before) }, func(a, b tally) int { return strings.Compare(a.ID, b.ID) }, page)
	return append(due, due...), "", err
}

func TestWhatIsDueIsCountedOnceAndWhatFailsIsCountedAgain(t *testing.T) {
	t.Parallel()
	clock := domaintest.NewClock("2026-03-01T09:00:00+08:00")
	all := tallies{domaintest.NewStore[tally](&domaintest.Power{})}
	for _, id := range []string{"bad", "good"} {
		if _, err := domain.Ensure(t.Context(), all, tally{Doc: domain.Doc{ID: id}}, func(t *tally) error { return t.Ask(clock.Now()) }); err != nil {
			t.Fatal(err)
		}
	}
	counted, broken := map[string]int{}, true
	count := func() error {
		return domain.CountDue(t.Context(), clock, all, "tally", func(due tally) (func(*tally), error) {
			if counted[due.ID]++; due.ID == "bad" && broken {
				return nil, domain.ErrUnavailable
			}
			return func(t *tally) { t.Beans = 7 }, nil
		})
	}
	if err := count(); err != nil || len(counted) > 0 {
		t.Fatalf("counted at once: %v, %v", counted, err)
	}
	clock.Add(time.Minute)
	if err := count(); !errors.Is(err, domain.ErrUnavailable) || !strings.Contains(err.Error(), "tally bad") {
		t.Errorf("fails with %v", err)
	}
	clock.Add(time.Hour)
	broken = false
	if err := count(); err != nil {
		t.Error(err)
	}
	if want := map[string]int{"bad": 2, "good": 1}; !maps.Equal(counted, want) {
		t.Errorf("counted %v", counted)
	}
	for _, had := range all.All(nil) {
		if had.Beans != 7 || !had.CountedAt.Equal(clock.Now()) && had.ID == "bad" || had.Counting {
			t.Errorf("%+v", had)
		}
	}
}

func TestACountThatWasOvertakenLeavesTheNewerNumbers(t *testing.T) {
	t.Parallel()
	clock := domaintest.NewClock("2026-03-01T09:00:00+08:00")
	all := tallies{domaintest.NewStore[tally](&domaintest.Power{})}
	if _, err := domain.Ensure(t.Context(), all, tally{Doc: domain.Doc{ID: "a"}}, func(t *tally) error { return t.Ask(clock.Now()) }); err != nil {
		t.Fatal(err)
	}
	beans := 1
	var count func() error
	count = func() error {
		clock.Add(time.Hour)
		return domain.CountDue(t.Context(), clock, all, "tally", func(tally) (func(*tally), error) {
			counted := beans
			if beans++; beans == 2 { // it sleeps over its lease, and another one counts
				if err := count(); err != nil {
					return nil, err
				}
			}
			return func(t *tally) { t.Beans = counted }, nil
		})
	}
	if err := count(); err != nil {
		t.Fatal(err)
	}
	if got, err := all.Get(t.Context(), "a"); err != nil || got.Beans != 2 || got.Counting || !got.DueAt.IsZero() {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestUntilKeepsTheErrorItStoppedAt(t *testing.T) {
	t.Parallel()
	var failed error
	seen := slices.Collect(domain.Until(domain.Each(shelf(6, 2)), &failed))
	if len(seen) != 2 || !errors.Is(failed, domain.ErrUnavailable) {
		t.Errorf("%d seen, %v", len(seen), failed)
	}
	for range domain.Until(domain.Each(shelf(6, 2)), &failed) {
		break
	}
	if failed != nil {
		t.Errorf("stopped by its caller, and failed with %v", failed)
	}
}
