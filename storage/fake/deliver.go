package fake

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"
)

// together does something with each of a list, so many at once, until ctx ends.
func together[T any](ctx context.Context, hands int, list []T, do func(T)) {
	var group errgroup.Group
	group.SetLimit(max(1, hands))
	for _, t := range list {
		group.Go(func() error {
			if ctx.Err() == nil {
				do(t)
			}
			return nil
		})
	}
	_ = group.Wait()
}

// repeat does something at an interval until ctx ends. For development, where time is real.
func repeat(ctx context.Context, every time.Duration, do func()) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			do()
		}
	}
}
