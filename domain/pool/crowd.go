package pool

import (
	"context"
	"errors"
	"iter"
	"sync"
)

// How much goes on at a time.
const (
	few   = 4   // pages that are read and looked at
	crowd = 128 // members that are written: the store puts what comes together into one write
)

// besides does the same for many, several at a time. One that fails does not stop the others; a few failures are told.
func besides[T any](ctx context.Context, many int, list iter.Seq[T], do func(T) error) error {
	var mu sync.Mutex
	var failures []error
	var running sync.WaitGroup
	slots := make(chan struct{}, many)
	for t := range list {
		if ctx.Err() != nil {
			break
		}
		slots <- struct{}{}
		running.Go(func() {
			defer func() { <-slots }()
			if err := do(t); err != nil {
				mu.Lock()
				if len(failures) < 5 {
					failures = append(failures, err)
				}
				mu.Unlock()
			}
		})
	}
	running.Wait()
	return errors.Join(append(failures, ctx.Err())...)
}

// ahead does something with each of a list, a few at a time, and hands what comes of it on in the order of the list, up to
// the first failure.
func ahead[T, R any](ctx context.Context, list iter.Seq2[T, error], do func(context.Context, T) (R, error)) iter.Seq2[R, error] {
	type outcome struct {
		result R
		err    error
	}
	return func(yield func(R, error) bool) {
		var running sync.WaitGroup
		defer running.Wait()
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		turns := make(chan chan outcome, few)
		running.Go(func() {
			defer close(turns)
			for t, err := range list {
				turn := make(chan outcome, 1)
				select {
				case turns <- turn:
				case <-ctx.Done():
					return
				}
				running.Go(func() {
					o := outcome{err: err}
					if err == nil {
						o.result, o.err = do(ctx, t)
					}
					turn <- o
				})
			}
		})
		for turn := range turns {
			if o := <-turn; !yield(o.result, o.err) || o.err != nil {
				return
			}
		}
	}
}
