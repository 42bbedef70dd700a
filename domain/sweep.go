package domain

import (
	"context"
	"time"
)

// Passing is a store of documents that end at some time and are of no use after.
type Passing[T any] interface {
	// Delete of what is not there is no error.
	Delete(ctx context.Context, id string) error
	// Ended lists what ended before the instant.
	Ended(ctx context.Context, before time.Time, page Page) ([]T, Cursor, error)
}

// Sweep deletes everything that ended before the instant. What cannot be deleted does not stop the others.
func Sweep[T any, P interface {
	*T
	Head() *Doc
}](ctx context.Context, store Passing[T], before time.Time) error {
	return Round[T, P](ctx, "what ended", func(page Page) ([]T, Cursor, error) { return store.Ended(ctx, before, page) },
		func(t T) error { return store.Delete(ctx, P(&t).Head().ID) })
}
