package main

import (
	"sync/atomic"
	"time"
)

// clock is the one place where the time comes from. It can be set to stand still at an instant, for the demo camp's
// past and for the simulator; otherwise it is the machine's.
type clock struct{ standing atomic.Pointer[time.Time] }

// Now implements domain.Clock.
func (c *clock) Now() time.Time {
	if at := c.standing.Load(); at != nil {
		return *at
	}
	return time.Now().UTC()
}

// Set makes the clock stand at an instant; the zero time lets it run again.
func (c *clock) Set(at time.Time) {
	if at.IsZero() {
		c.standing.Store(nil)
		return
	}
	at = at.UTC()
	c.standing.Store(&at)
}
