package storage

import (
	"context"
	"time"

	"yingdi/domain"
)

// Recounts keeps numbers of one feature that are counted anew.
type Recounts[T any] struct {
	*Collection[T]
}

func newRecounts[T any, P interface {
	*T
	Head() *domain.Doc
	Due() time.Time
}](ctx context.Context, db *DB, collection string) (Recounts[T], error) {
	all, err := NewCollection(ctx, db, collection, Keys[T]{
		"due": func(t *T) any { return P(t).Due() },
	}, Index{Name: "due", Fields: []string{"due"}})
	return Recounts[T]{all}, err
}

// Due implements domain.Recounts.
func (s Recounts[T]) Due(ctx context.Context, before time.Time, page domain.Page) ([]T, domain.Cursor, error) {
	return s.Find(ctx, By("due").Range(nil, before), page)
}

var _ domain.Recounts[struct{}] = Recounts[struct{}]{}
