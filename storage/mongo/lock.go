package mongo

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// keyedLock lets one goroutine of this process at a time work on a key, so that the process does not race itself
// over a document that many of its requests change. Other processes are held off by the revision alone.
type keyedLock struct {
	mu   sync.Mutex
	held map[string]*turn
}

type turn struct {
	free    chan struct{} // holds a token while nobody has the key
	waiting int
}

// lock waits for the key and returns what gives it back.
func (l *keyedLock) lock(ctx context.Context, key string) (unlock func(), err error) {
	l.mu.Lock()
	if l.held == nil {
		l.held = map[string]*turn{}
	}
	t := l.held[key]
	if t == nil {
		t = &turn{free: make(chan struct{}, 1)}
		t.free <- struct{}{}
		l.held[key] = t
	}
	t.waiting++
	l.mu.Unlock()
	leave := func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if t.waiting--; t.waiting == 0 {
			delete(l.held, key)
		}
	}
	select {
	case <-t.free:
		return func() { t.free <- struct{}{}; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}

// maxTries is how often a write is tried again after somebody else was quicker.
const maxTries = 100

// pause waits a little, at random and longer each time, so that two who met do not meet again.
func pause(ctx context.Context, try int) error {
	longest := min(time.Millisecond<<min(try, 7), 100*time.Millisecond)
	timer := time.NewTimer(rand.N(longest))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
