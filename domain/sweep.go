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

// Sweep deletes everything that ended before the instant.
func Sweep[T any, P interface {
	*T
	Head() *Doc
}](ctx context.Context, store Passing[T], before time.Time) error {
	for {
		ended, next, err := store.Ended(ctx, before, Page{Limit: MaxPage})
		if err != nil {
			return err
		}
		for i := range ended {
			if err := store.Delete(ctx, P(&ended[i]).Head().ID); err != nil {
				return err
			}
		}
		if next == "" {
			return nil
		}
	}
}
