package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/schedule"
	"yingdi/jobs"
	"yingdi/storage"
)

// slots adds what the scheduler needs to a world.
func (w *world) slots() *schedule.Service {
	w.t.Helper()
	kept, err := storage.NewCollection[schedule.Slot](w.t.Context(), w.db, "schedule", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return &schedule.Service{Store: kept, Clock: w.clock}
}

// periodic lists what a test runs periodically as a consumer, in the way of the program's own table.
func periodic(work func(ctx context.Context, name string) error) jobs.Consumer {
	return jobs.Consumer{Name: "periodic", Events: []string{schedule.EventDue}, Lane: jobs.Normal, Handle: func(ctx context.Context, p domain.Posted) error {
		return work(ctx, p.ID)
	}}
}

func TestTwoSchedulersStartEachSlotOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	slots := w.slots()
	var done effects
	p := w.process(newRedis(t), []jobs.Consumer{periodic(func(_ context.Context, name string) error {
		done.add(fmt.Sprint(name, " ", w.clock.Now().Truncate(time.Minute).Format("15:04")))
		return nil
	})}).start()
	table := []jobs.Periodic{{Name: "often", Every: time.Minute}, {Name: "seldom", Every: 5 * time.Minute}}
	for range 20 { // half a minute at a time
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				if err := (&jobs.Scheduler{Slots: slots, Table: table}).Tick(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		p.drain()
		w.clock.advance(30 * time.Second)
	}
	often, seldom := 0, 0
	for at, n := range done.n {
		if n != 1 {
			t.Errorf("%s ran %d times", at, n)
		}
		if at[0] == 'o' {
			often++
		} else {
			seldom++
		}
	}
	if often != 10 || seldom != 2 {
		t.Errorf("in ten minutes it ran %d times each minute and %d times each five minutes", often, seldom)
	}
}

func TestPeriodicWorkThatFailedForGoodRunsAgainInALaterSlot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	slots := w.slots()
	var done effects
	p := w.process(newRedis(t), []jobs.Consumer{periodic(func(context.Context, string) error {
		if done.add("tries") <= 4 {
			return errors.New("not today")
		}
		return nil
	})}).start()
	scheduler := &jobs.Scheduler{Slots: slots, Table: []jobs.Periodic{{Name: "work", Every: time.Minute}}}
	tick := func() {
		t.Helper()
		if err := scheduler.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		p.drain()
	}
	tick()
	if len(p.dead()) != 1 {
		t.Fatalf("dead %v", p.dead())
	}
	w.clock.advance(time.Minute)
	tick()
	if n := done.count("tries"); n != 4 {
		t.Fatalf("started again while somebody may still mend it: %d tries", n)
	}
	w.clock.advance(schedule.Patience)
	tick()
	if n := done.count("tries"); n != 5 || w.left() != 0 {
		t.Fatalf("%d tries, %d events left", n, w.left())
	}
	if dead := p.dead(); len(dead) != 1 {
		t.Fatalf("the failure is no longer among the dead jobs: %v", dead)
	}
	if err := p.Retry(t.Context(), p.dead()[0].ID); err != nil {
		t.Fatal(err)
	}
	w.await(func() bool { return len(p.dead()) == 0 })
	if n := done.count("tries"); n != 5 {
		t.Errorf("a dead job of an earlier slot ran again: %d tries", n)
	}
}

func TestOneJobThatCannotBeStartedDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	var started []string
	s := jobs.Scheduler{Slots: claimer(func(name string) error {
		started = append(started, name)
		if name == "a" {
			return errors.New("no")
		}
		return nil
	}), Table: []jobs.Periodic{{Name: "a"}, {Name: "b"}}}
	if err := s.Tick(t.Context()); err == nil || len(started) != 2 {
		t.Errorf("error %v, started %v", err, started)
	}
}

type claimer func(name string) error

func (c claimer) Claim(_ context.Context, name string, _ time.Duration) error { return c(name) }

func TestTheTableIsComplete(t *testing.T) {
	t.Parallel()
	var names []string
	for _, job := range jobs.Table(jobs.Services{}) {
		if !domain.ValidID(job.Name) || job.Every < time.Minute || job.Run == nil || slices.Contains(names, job.Name) {
			t.Errorf("%q every %v", job.Name, job.Every)
		}
		names = append(names, job.Name)
	}
}

func TestPeriodicWorkIsFoundByItsName(t *testing.T) {
	t.Parallel()
	for _, c := range jobs.Consumers(jobs.Services{}) {
		if c.Name != "periodic" {
			continue
		}
		if err := c.Handle(t.Context(), domain.Posted{ID: "never-heard-of"}); err == nil {
			t.Error("work that nobody knows was acknowledged")
		}
		return
	}
	t.Error("nobody runs the periodic work")
}
