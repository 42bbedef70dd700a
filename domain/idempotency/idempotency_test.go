package idempotency_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/domaintest"
	"yingdi/domain/idempotency"
)

type store struct {
	*domaintest.Store[idempotency.Answer]
}

func (s store) Ended(_ context.Context, before time.Time, page domain.Page) ([]idempotency.Answer, domain.Cursor, error) {
	return s.Find(func(a idempotency.Answer) bool { return a.Until.Before(before) }, nil, page)
}

type world struct {
	*idempotency.Service
	store store
	clock *domaintest.Clock
}

func newWorld() world {
	w := world{store: store{domaintest.NewStore[idempotency.Answer](&domaintest.Power{})}, clock: domaintest.NewClock("2026-03-01T01:00:00Z")}
	w.Service = &idempotency.Service{Store: w.store, Sealer: domaintest.Sealer(), Clock: w.clock}
	return w
}

func (w world) begin(t testing.TB, whom, key, request string, wantStatus int, wantBody string, want error) {
	t.Helper()
	status, body, err := w.Begin(t.Context(), whom, key, request)
	if status != wantStatus || body != wantBody || !errors.Is(err, want) {
		t.Errorf("got %d %q, %v", status, body, err)
	}
}

func (w world) finish(t testing.TB, status int, body string) {
	t.Helper()
	if err := w.Finish(t.Context(), "ann", "k", status, body); err != nil {
		t.Error(err)
	}
}

func TestTheFirstAnswerIsGivenAgain(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.begin(t, "ann", "k", "r", 0, "", nil)
	w.begin(t, "ann", "k", "r", 0, "", idempotency.ErrUnderWay)
	w.finish(t, 201, "made")
	for range 2 {
		w.begin(t, "ann", "k", "r", 201, "made", nil)
	}
	w.begin(t, "ann", "k", "another request", 0, "", idempotency.ErrDiffers)
	w.begin(t, "bob", "k", "r", 0, "", nil)
	w.begin(t, "ann", "k2", "r", 0, "", nil)
	for _, a := range w.store.All(nil) {
		if strings.Contains(a.Body, "made") {
			t.Error("the answer lies readable in the store")
		}
	}
}

func TestKeysAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for _, key := range []string{"", strings.Repeat("k", 65), "a b", "一", "a\n"} {
		w.begin(t, "ann", key, "r", 0, "", idempotency.ErrKey)
	}
	w.begin(t, "ann", strings.Repeat("k", 64), "r", 0, "", nil)
}

func TestOfManyWhoBeginAtOnceOneRuns(t *testing.T) {
	t.Parallel()
	w := newWorld()
	run := func() int64 {
		var mine atomic.Int64
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if status, _, err := w.Begin(t.Context(), "ann", "k", "r"); err == nil && status == 0 {
					mine.Add(1)
				} else if !errors.Is(err, idempotency.ErrUnderWay) {
					t.Errorf("%d, %v", status, err)
				}
			})
		}
		wg.Wait()
		return mine.Load()
	}
	if n := run(); n != 1 {
		t.Errorf("%d ran it", n)
	}
	w.clock.Add(idempotency.Abandoned) // and it was lost with its process
	if n := run(); n != 1 {
		t.Errorf("%d took it over", n)
	}
}

func TestARefusalThatMayBeOvercomeFreesTheKey(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.begin(t, "ann", "k", "r", 0, "", nil)
	w.finish(t, 0, "")
	w.begin(t, "ann", "k", "r", 0, "", nil)
	w.finish(t, 201, "made")
	w.begin(t, "ann", "k", "r", 201, "made", nil)
}

// The key is freed between the look that found it taken and the claim.
func TestAKeyThatIsFreedUnderOurHandsIsNotSomethingThatWasNotFound(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.begin(t, "ann", "k", "r", 0, "", nil)
	freed := false
	w.store.Raced = func(string) {
		if !freed {
			freed = true
			w.finish(t, 0, "")
		}
	}
	w.begin(t, "ann", "k", "r", 0, "", nil)
	w.begin(t, "ann", "k", "r", 0, "", idempotency.ErrUnderWay)
	w.finish(t, 0, "")
	w.finish(t, 201, "of one who was slow")
}

func TestAnswersAreForgottenAfterADay(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.begin(t, "ann", "k", "r", 0, "", nil)
	w.finish(t, 201, "made")
	w.clock.Add(idempotency.Remember)
	if err := w.Sweep(t.Context()); err != nil || len(w.store.All(nil)) != 1 {
		t.Errorf("too early: %v", err)
	}
	w.clock.Add(time.Second)
	if err := w.Sweep(t.Context()); err != nil || len(w.store.All(nil)) != 0 {
		t.Errorf("%v", err)
	}
}
