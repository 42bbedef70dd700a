package schedule_test

import (
	"sync"
	"testing"
	"time"

	"yingdi/domain/domaintest"
	"yingdi/domain/schedule"
)

type world struct {
	*schedule.Service
	store *domaintest.Store[schedule.Slot]
	clock *domaintest.Clock
	power *domaintest.Power
}

func newWorld() world {
	w := world{power: &domaintest.Power{}, clock: domaintest.NewClock("2026-03-01T01:00:30Z")}
	w.store = domaintest.NewStore[schedule.Slot](w.power)
	w.Service = &schedule.Service{Store: w.store, Clock: w.clock}
	return w
}

func (w world) claim(t testing.TB) {
	t.Helper()
	if err := w.Claim(t.Context(), "seats", time.Minute); err != nil {
		t.Error(err)
	}
}

// started counts the starts that wait, and acknowledges them as the relay does.
func (w world) started(t testing.TB) int {
	t.Helper()
	n := len(w.store.Events("seats"))
	if _, err := w.store.Update(t.Context(), "seats", func(d *schedule.Slot) error { d.Outbox = nil; return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTwentyProcessesStartAJobOncePerSlot(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for slot := range 5 {
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() { w.claim(t) })
		}
		wg.Wait()
		if n := w.started(t); n != 1 {
			t.Errorf("slot %d: %d starts", slot, n)
		}
		w.clock.Add(29 * time.Second)
		w.claim(t)
		if n := w.started(t); n != 0 {
			t.Errorf("slot %d: started again within it", slot)
		}
		w.clock.Add(31 * time.Second)
	}
}

func TestAJobThatStillRunsIsLeftAloneButNotForEver(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.claim(t)
	w.clock.Add(schedule.Patience - time.Second)
	w.claim(t)
	if n := len(w.store.Events("seats")); n != 1 {
		t.Errorf("%d starts wait", n)
	}
	w.clock.Add(time.Minute)
	w.claim(t)
	slot, err := w.store.Get(t.Context(), "seats")
	if err != nil || len(slot.Outbox) != 1 || !slot.Outbox[0].At.Equal(w.clock.Now()) {
		t.Errorf("%+v, %v", slot, err)
	}
}

func TestSlotsThatWereSleptThroughAreMadeUpForOnce(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.claim(t)
	w.started(t)
	w.clock.Add(3 * 24 * time.Hour)
	w.claim(t)
	w.claim(t)
	if n := w.started(t); n != 1 {
		t.Errorf("%d starts", n)
	}
}

func TestAClaimIsWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	for _, done := range []bool{false, true} {
		w := newWorld()
		w.power.Cut(1, done)
		_ = w.Claim(t.Context(), "seats", time.Minute)
		w.power.Restore()
		w.claim(t)
		if n := w.started(t); n != 1 {
			t.Errorf("done %v: %d starts", done, n)
		}
	}
}
