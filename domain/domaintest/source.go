package domaintest

import (
	"context"
	"time"

	"yingdi/domain"
)

// Sources keeps in memory where people took part in something; they are source.Source.
type Sources[T interface {
	Of() string
	Odd() bool
	LastAt() time.Time
}] struct{ *Store[T] }

// Odd implements source.Store.
func (s Sources[T]) Odd(_ context.Context, of string, page domain.Page) ([]T, domain.Cursor, error) {
	return s.Find(func(x T) bool { return x.Of() == of && x.Odd() }, nil, page)
}

// Ended implements domain.Passing.
func (s Sources[T]) Ended(_ context.Context, before time.Time, page domain.Page) ([]T, domain.Cursor, error) {
	return s.Find(func(x T) bool { return x.LastAt().Before(before) }, nil, page)
}
