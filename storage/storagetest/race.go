package storagetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"yingdi/domain"
	"yingdi/storage"
)

// racers is how many act at once.
const racers = 200

// atOnce lets n goroutines loose together and counts those that succeed; every other error than the ones allowed
// fails the test.
func atOnce(t testing.TB, n int, do func(i int) error, allowed ...error) int {
	t.Helper()
	var won atomic.Int64
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			err := do(i)
			if err == nil {
				won.Add(1)
				return
			}
			for _, a := range allowed {
				if errors.Is(err, a) {
					return
				}
			}
			t.Errorf("racer %d: %v", i, err)
		})
	}
	close(start)
	wg.Wait()
	return int(won.Load())
}

var raceTests = tests{
	"200 changes of one document are all in it": func(s *suite, t *testing.T) {
		db, tasks := s.tasks(t)
		var told atomic.Int64
		db.OnWrite(func(domain.Posted) { told.Add(1) })
		put(t, tasks, task{Doc: doc("a")})
		won := atOnce(t, racers, func(i int) error {
			_, err := tasks.Update(t.Context(), "a", func(d *task) error {
				d.Seq++
				d.Emit("task:moved", noon, nil)
				return nil
			})
			return err
		})
		same(t, won, racers)
		after := get(t, tasks, "a")
		same(t, after.Seq, racers)
		same(t, after.Rev, int64(racers+1))
		same(t, told.Load(), int64(racers))
		ids := map[string]bool{}
		for _, e := range after.Outbox {
			ids[e.ID] = true
		}
		same(t, len(ids), racers)
	},
	"of 200 who insert the same id one wins": func(s *suite, t *testing.T) {
		_, tasks := s.tasks(t)
		won := atOnce(t, racers, func(i int) error { return tasks.Insert(t.Context(), task{Doc: doc("a"), Seq: i}) }, domain.ErrExists)
		same(t, won, 1)
	},
	"of 200 who take the same unique value one wins": func(s *suite, t *testing.T) {
		_, tasks := s.tasks(t)
		won := atOnce(t, racers, func(i int) error { return tasks.Insert(t.Context(), task{Doc: doc(numbered(i)), Code: "x"}) }, domain.ErrExists)
		same(t, won, 1)
		n, err := tasks.Count(t.Context(), storage.By("id"))
		must(t, err)
		same(t, n, int64(1))
	},
	"a limit held by a rule is kept under 200 changes": func(s *suite, t *testing.T) {
		_, tasks := s.tasks(t)
		put(t, tasks, task{Doc: doc("a")})
		won := atOnce(t, racers, func(i int) error {
			_, err := tasks.Update(t.Context(), "a", func(d *task) error {
				if d.Seq == 30 {
					return domain.ErrExhausted
				}
				d.Seq++
				return nil
			})
			return err
		}, domain.ErrExhausted)
		same(t, won, 30)
		same(t, get(t, tasks, "a").Seq, 30)
	},
	"a bounded counter lets exactly as many in as it may, and is never over": func(s *suite, t *testing.T) {
		c := s.seats(t)
		ctx, stop := context.WithCancel(t.Context())
		watched := make(chan struct{})
		go func() {
			defer close(watched)
			for ctx.Err() == nil {
				if v, err := c.Value(t.Context(), "seats"); err != nil || v < 0 || v > 50 {
					t.Errorf("value %d: %v", v, err)
					return
				}
			}
		}()
		won := atOnce(t, racers, func(i int) error {
			for range 2 { // every one asks twice, as after a lost answer
				if err := c.take(numbered(i), 50, never); err != nil {
					return err
				}
			}
			return nil
		}, domain.ErrExhausted)
		stop()
		<-watched
		same(t, won, 50)
		c.value(50)
	},
	"seats that are given back while others take them stay exact": func(s *suite, t *testing.T) {
		c := s.seats(t)
		var kept atomic.Int64
		atOnce(t, racers, func(i int) error {
			op := numbered(i)
			if err := c.take(op, 20, never); err != nil {
				return err
			}
			if i%2 == 0 {
				return c.Undo(t.Context(), "seats", op)
			}
			kept.Add(1)
			return c.Settle(t.Context(), "seats", op)
		}, domain.ErrExhausted)
		c.value(kept.Load())
	},
	"of several who take the same seat at once, one of them asleep on the way, none takes a second": func(s *suite, t *testing.T) {
		const seats = racers / 5
		db, tasks := s.tasks(t)
		c := counter{t, db, "seats"}
		var settled [seats]sync.WaitGroup
		for i := range settled {
			settled[i].Add(4)
		}
		atOnce(t, racers, func(i int) error {
			id, asleep := numbered(i%seats), i >= 4*seats
			err := c.take(id, racers, func() (bool, error) {
				_, err := tasks.Get(t.Context(), id)
				if asleep {
					settled[i%seats].Wait()
				}
				if errors.Is(err, domain.ErrNotFound) {
					return false, nil
				}
				return err == nil, err
			})
			if err == nil {
				err = tasks.Insert(t.Context(), task{Doc: doc(id)})
			}
			if err == nil || errors.Is(err, domain.ErrExists) {
				err = c.Settle(t.Context(), "seats", id)
			}
			if !asleep {
				settled[i%seats].Done()
			}
			return err
		})
		c.value(seats)
	},
	"a recount beside those who add is exact": func(s *suite, t *testing.T) {
		db, tasks := s.tasks(t)
		c := counter{t, db, "seats"}
		facts := func(ops []string) (int64, error) {
			seated := map[string]bool{}
			for _, op := range ops {
				seated[op] = true
			}
			for d, err := range tasks.Each(t.Context(), storage.By("id")) {
				if err != nil {
					return 0, err
				}
				seated[d.ID] = true
			}
			return int64(len(seated)), nil
		}
		atOnce(t, 60, func(i int) error {
			if i%20 == 0 {
				_, err := c.Recount(t.Context(), "seats", facts)
				return err
			}
			id := numbered(i)
			if err := c.take(id, 1000, never); err != nil {
				return err
			}
			if err := tasks.Insert(t.Context(), task{Doc: doc(id)}); err != nil {
				return err
			}
			return c.Settle(t.Context(), "seats", id)
		}, domain.ErrConflict)
		n, err := tasks.Count(t.Context(), storage.By("id"))
		must(t, err)
		c.value(n)
	},
	"one who fails does not hurt those who write beside them": func(s *suite, t *testing.T) {
		_, tasks := s.tasks(t)
		put(t, tasks, task{Doc: doc("taken"), Code: "x"})
		won := atOnce(t, racers, func(i int) error {
			switch i % 4 {
			case 0:
				return tasks.Insert(t.Context(), task{Doc: doc(numbered(i)), Code: "x"})
			case 1:
				return tasks.Insert(done(), task{Doc: doc(numbered(i))})
			case 2:
				_, err := tasks.Update(t.Context(), "taken", func(d *task) error { return fmt.Errorf("no: %w", domain.ErrForbidden) })
				return err
			}
			return tasks.Insert(t.Context(), task{Doc: doc(numbered(i))})
		}, domain.ErrExists, context.Canceled, domain.ErrForbidden)
		same(t, won, racers/4)
		n, err := tasks.Count(t.Context(), storage.By("id"))
		must(t, err)
		same(t, n, int64(racers/4+1))
	},
}
