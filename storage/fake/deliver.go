package fake

import (
	"context"
	"slices"
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

// spoil lets what is due go wrong in the ways that are left, one each, and puts last what is to come out of order. It
// returns the ways that are still left.
func spoil[T any](due []T, left []PushFault, fault func(*T) *PushFault) []PushFault {
	n := min(len(due), len(left))
	for i, f := range left[:n] {
		*fault(&due[i]) = f
	}
	late := func(t T) int {
		if *fault(&t) == Reorder {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(due, func(a, b T) int { return late(a) - late(b) })
	return left[n:]
}
