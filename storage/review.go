package storage

import (
	"context"

	"yingdi/domain/review"
)

// Reviews keeps reviews, by the id of their check-in.
type Reviews struct{ *Collection[review.Review] }

// NewReviews declares the collection.
func NewReviews(ctx context.Context, db *DB) (Reviews, error) {
	c, err := NewCollection(ctx, db, "review", Keys[review.Review]{})
	return Reviews{c}, err
}

var _ review.Store = Reviews{}
