package domaintest

import (
	"context"
	"maps"
	"slices"

	"yingdi/domain"
)

// Counters keeps bounded counters as storage.Counters describes them, with one stamp for each op.
type Counters struct {
	Power *Power
	// Raced, if set, runs right before each Add, outside the lock: what a test puts in between.
	Raced func(op string)
	all   map[string]*counter
}

type counter struct {
	value, rev int64
	ops        map[string]int64
	stamps     map[string]int64
}

// NewCounters has none yet.
func NewCounters(p *Power) *Counters { return &Counters{Power: p, all: map[string]*counter{}} }

func (c *Counters) of(name string) *counter {
	if c.all[name] == nil {
		c.all[name] = &counter{ops: map[string]int64{}, stamps: map[string]int64{}}
	}
	return c.all[name]
}

// Stamp implements storage.Counters.
func (c *Counters) Stamp(_ context.Context, name, op string) (stamp int64, err error) {
	err = c.Power.look(func() { stamp = c.of(name).stamps[op] })
	return stamp, err
}

// Add implements storage.Counters.
func (c *Counters) Add(_ context.Context, name, op string, stamp, delta, max int64) (value int64, err error) {
	if c.Raced != nil {
		c.Raced(op)
	}
	err = c.Power.write(func() (func(), error) {
		n := c.of(name)
		value = n.value
		_, again := n.ops[op]
		switch {
		case again:
			return nil, nil
		case n.stamps[op] != stamp:
			return nil, domain.ErrConflict
		case delta > 0 && n.value > max-delta || delta < 0 && n.value < -delta:
			return nil, domain.ErrExhausted
		}
		value += delta
		return func() { n.value, n.rev, n.ops[op] = value, n.rev+1, delta }, nil
	})
	return value, err
}

// Undo implements storage.Counters.
func (c *Counters) Undo(_ context.Context, name, op string) error {
	return c.Power.write(func() (func(), error) {
		n := c.of(name)
		return func() { n.forget(op, n.ops[op]) }, nil
	})
}

// Settle implements storage.Counters.
func (c *Counters) Settle(_ context.Context, name, op string) error {
	return c.Power.write(func() (func(), error) {
		n := c.of(name)
		if _, remembered := n.ops[op]; !remembered {
			return nil, nil
		}
		return func() { n.forget(op, 0) }, nil
	})
}

func (n *counter) forget(op string, back int64) {
	n.value, n.rev = n.value-back, n.rev+1
	delete(n.ops, op)
	n.stamps[op]++
}

// Value implements storage.Counters.
func (c *Counters) Value(_ context.Context, name string) (value int64, err error) {
	err = c.Power.look(func() { value = c.of(name).value })
	return value, err
}

// Remembered lists the ops of a counter that have neither been settled nor undone.
func (c *Counters) Remembered(name string) (ops []string) {
	c.Power.mu.Lock()
	defer c.Power.mu.Unlock()
	return slices.Sorted(maps.Keys(c.of(name).ops))
}

// Recount implements storage.Counters.
func (c *Counters) Recount(_ context.Context, name string, facts func(ops []string) (int64, error)) (int64, error) {
	for range 100 {
		var ops []string
		var rev int64
		if err := c.Power.look(func() { ops, rev = slices.Sorted(maps.Keys(c.of(name).ops)), c.of(name).rev }); err != nil {
			return 0, err
		}
		value, err := facts(ops)
		if err != nil {
			return 0, err
		}
		moved := false
		if err := c.Power.write(func() (func(), error) {
			n := c.of(name)
			if moved = n.rev != rev; moved {
				return nil, nil
			}
			return func() { n.value, n.rev = value, n.rev+1 }, nil
		}); err != nil {
			return 0, err
		}
		if !moved {
			return value, nil
		}
	}
	return 0, domain.ErrConflict
}
