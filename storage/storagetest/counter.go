package storagetest

import (
	"errors"
	"slices"
	"testing"

	"yingdi/domain"
	"yingdi/storage"
)

// counter is one counter of a store, for short tests.
type counter struct {
	testing.TB
	storage.Counters
	name string
}

func (s *suite) seats(t *testing.T) counter {
	db, _ := s.tasks(t)
	return counter{t, db, "seats"}
}

func (c counter) stamp(op string) int64 {
	c.Helper()
	stamp, err := c.Stamp(c.Context(), c.name, op)
	must(c, err)
	return stamp
}

func (c counter) add(op string, delta, max, want int64) {
	c.Helper()
	got, err := c.Add(c.Context(), c.name, op, c.stamp(op), delta, max)
	must(c, err)
	same(c, got, want)
}

func (c counter) answers(op string, stamp, delta, max int64, want error) {
	c.Helper()
	_, err := c.Add(c.Context(), c.name, op, stamp, delta, max)
	refusedWith(c, err, want)
}

// take adds one for op as a caller does: it looks again when it came too late. Fit for racers.
func (c counter) take(op string, max int64, done func() (bool, error)) error {
	for {
		stamp, err := c.Stamp(c.Context(), c.name, op)
		if err != nil {
			return err
		}
		if ok, err := done(); ok || err != nil {
			return err
		}
		if _, err = c.Add(c.Context(), c.name, op, stamp, 1, max); !errors.Is(err, domain.ErrConflict) {
			return err
		}
	}
}

func never() (bool, error) { return false, nil }

func (c counter) full(op string, delta, max int64) {
	c.Helper()
	c.answers(op, c.stamp(op), delta, max, domain.ErrExhausted)
}

func (c counter) value(want int64) {
	c.Helper()
	got, err := c.Value(c.Context(), c.name)
	must(c, err)
	same(c, got, want)
}

func (c counter) undo(op string) {
	c.Helper()
	must(c, c.Undo(c.Context(), c.name, op))
}

func (c counter) settle(op string) {
	c.Helper()
	must(c, c.Settle(c.Context(), c.name, op))
}

var counterTests = tests{
	"a counter stays within 0 and its maximum": func(s *suite, t *testing.T) {
		c := s.seats(t)
		c.value(0)
		c.full("a", -1, 9)
		c.full("a", 10, 9)
		c.full("a", 1, 0)
		c.add("a", 9, 9, 9)
		c.full("b", 1, 9)
		c.add("c", -9, 9, 0)
		c.full("d", -1, 9)
		c.value(0)
	},
	"a counter over a maximum that was lowered can still fall": func(s *suite, t *testing.T) {
		c := s.seats(t)
		c.add("a", 9, 9, 9)
		c.add("b", -1, 5, 8)
		c.full("c", 1, 5)
	},
	"the same op adds once, whatever comes between": func(s *suite, t *testing.T) {
		c := s.seats(t)
		c.add("a", 2, 5, 2)
		c.add("a", 2, 5, 2)
		c.add("b", 3, 5, 5)
		c.add("a", 2, 5, 5) // full by now, and still no refusal for what is already in
		c.value(5)
	},
	"undo takes back once, and only what is remembered": func(s *suite, t *testing.T) {
		c := s.seats(t)
		c.undo("a")
		c.add("a", 2, 5, 2)
		c.add("b", 1, 5, 3)
		c.undo("a")
		c.undo("a")
		c.value(1)
		c.add("a", 4, 5, 5)
	},
	"settle keeps what was added and forgets why": func(s *suite, t *testing.T) {
		c := s.seats(t)
		c.settle("a")
		c.add("a", 2, 5, 2)
		c.settle("a")
		c.settle("a")
		c.undo("a")
		c.value(2)
		c.add("a", 2, 5, 4)
	},
	"whoever looked before an op was settled adds nothing after, however late they come": func(s *suite, t *testing.T) {
		c := s.seats(t)
		before := c.stamp("a")
		c.add("a", 1, 9000, 1)
		c.answers("a", before-1, 1, 9000, nil) // remembered: nothing to add, whatever the stamp
		c.settle("a")
		for i := range 100 {
			c.add(numbered(i), 1, 9000, int64(i+2))
			c.settle(numbered(i))
		}
		c.answers("a", before, 1, 9000, domain.ErrConflict)
		c.value(101)
	},
	"whoever looked before an op was undone adds nothing after": func(s *suite, t *testing.T) {
		c := s.seats(t)
		before := c.stamp("a")
		c.add("a", 1, 9, 1)
		c.undo("a")
		c.answers("a", before, 1, 9, domain.ErrConflict)
		overtaken := c.stamp("a")
		c.undo("a") // before the add that it takes back
		c.answers("a", overtaken, 1, 9, domain.ErrConflict)
		c.value(0)
		c.add("a", 1, 9, 1)
	},
	"a stale stamp says look again before it says full": func(s *suite, t *testing.T) {
		c := s.seats(t)
		before := c.stamp("a")
		c.add("a", 1, 1, 1)
		c.settle("a")
		c.answers("a", before, 1, 1, domain.ErrConflict)
	},
	"counters and ops with odd names do not disturb one another": func(s *suite, t *testing.T) {
		c := s.seats(t)
		other := counter{t, c.Counters, "seats:$x.y"}
		other.add("$a.b", 1, 5, 1)
		other.add("a", 1, 5, 2)
		c.add("a", 1, 5, 1)
		other.undo("$a.b")
		other.value(1)
		c.value(1)
	},
	"recount is told the remembered ops and sets the value": func(s *suite, t *testing.T) {
		c := s.seats(t)
		c.add("a", 1, 9, 1)
		c.add("b", 1, 9, 2)
		c.add("c", 1, 9, 3)
		c.settle("a")
		var told []string
		got, err := c.Recount(t.Context(), "seats", func(ops []string) (int64, error) { told = ops; return 7, nil })
		must(t, err)
		same(t, got, int64(7))
		slices.Sort(told)
		same(t, told, []string{"b", "c"})
		c.value(7)
		c.undo("b")
		c.value(6)
		got, err = c.Recount(t.Context(), "never", func(ops []string) (int64, error) { return int64(len(ops)), nil })
		must(t, err)
		same(t, got, int64(0))
		_, err = c.Recount(t.Context(), "seats", func([]string) (int64, error) { return 0, domain.ErrForbidden })
		refusedWith(t, err, domain.ErrForbidden)
		c.value(6)
	},
	"recount runs again when the counter moved under it": func(s *suite, t *testing.T) {
		c := s.seats(t)
		c.add("a", 1, 9, 1)
		runs := 0
		got, err := c.Recount(t.Context(), "seats", func(ops []string) (int64, error) {
			if runs++; runs == 1 {
				c.add("b", 1, 9, 2)
			}
			return int64(10 + len(ops)), nil
		})
		must(t, err)
		same(t, runs, 2)
		same(t, got, int64(12))
		c.value(12)
		_, err = c.Recount(t.Context(), "seats", func(ops []string) (int64, error) {
			runs++
			c.add(numbered(runs), 1, 1<<40, 10+int64(runs))
			return 0, nil
		})
		refusedWith(t, err, domain.ErrConflict)
		same(t, runs, 2+storage.RecountTries)
	},
}
