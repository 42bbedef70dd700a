package domain_test

import (
	"errors"
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
	r.Finish(at)
	if r.Counting || !r.CountedAt.Equal(at) || !r.DueAt.After(at) {
		t.Errorf("what changed while it was counted is lost: %+v", r)
	}
	at = r.DueAt
	if err := r.Begin(at); err != nil {
		t.Error(err)
	}
	if at = r.DueAt; r.Begin(at) != nil { // the one who counted has died
		t.Error("nobody takes up what a crash left")
	}
	if r.Finish(at); !r.DueAt.IsZero() || r.Begin(at.Add(time.Hour)) == nil {
		t.Errorf("counts though nothing changed: %+v", r)
	}
}
