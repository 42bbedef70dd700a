// Package domaintest is what the tests of the features stand on: a document store and bounded counters in memory that
// keep the promises of the real ones, a clock that is set, and a power switch that cuts at a chosen write.
package domaintest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"yingdi/domain"
)

// Clock stands still until it is moved.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock starts at the given instant in UTC, such as 2026-03-01T01:00:00Z.
func NewClock(at string) *Clock {
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		panic(err)
	}
	return &Clock{now: t.UTC()}
}

// Now implements domain.Clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Add moves the clock on.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Set moves the clock to an instant.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = at.UTC()
}

// IDs counts: n1, n2 …
type IDs struct {
	mu sync.Mutex
	n  int
}

// New implements domain.IDs.
func (i *IDs) New() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.n++
	return fmt.Sprintf("n%d", i.n)
}

// Sealer with secrets that are the same everywhere.
func Sealer() *domain.Sealer {
	s, err := domain.NewSealer([]byte(strings.Repeat("h", 32)), []byte(strings.Repeat("m", 32)))
	if err != nil {
		panic(err)
	}
	return s
}

// ErrDead is what every call gets once the power is cut.
var ErrDead = errors.New("the process is dead")

// Power is what the stores of one process run on. The zero value never fails.
type Power struct {
	mu     sync.Mutex
	writes int // seen so far
	cut    int // at which write; 0 never
	done   bool
	dead   bool
}

// Cut kills the process at its nth write from now on, counted from 1: before the write, or, if done, after it became
// durable and before its caller learned of it.
func (p *Power) Cut(n int, done bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.writes, p.cut, p.done, p.dead = 0, n, done, false
}

// Restore starts the process again, and reports whether it had died.
func (p *Power) Restore() (died bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	died = p.dead
	p.cut, p.dead = 0, false
	return died
}

// look reads under the lock that all stores of the process share.
func (p *Power) look(read func()) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dead {
		return ErrDead
	}
	read()
	return nil
}

// write runs one durable change: prepare decides, and what it returns, unless nil, makes it durable.
func (p *Power) write(prepare func() (commit func(), err error)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dead {
		return ErrDead
	}
	commit, err := prepare()
	if err != nil || commit == nil {
		return err
	}
	p.writes++
	p.dead = p.cut == p.writes
	if !p.dead || p.done {
		commit()
	}
	if p.dead {
		return ErrDead
	}
	return nil
}
