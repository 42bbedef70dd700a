package storage

import (
	"context"

	"yingdi/domain/signcard"
)

// Signcards keeps what is known of cards; their pictures are in the bucket.
type Signcards struct{ *Collection[signcard.Card] }

// NewSigncards declares the collection.
func NewSigncards(ctx context.Context, db *DB) (Signcards, error) {
	c, err := NewCollection(ctx, db, "signcard", Keys[signcard.Card]{})
	return Signcards{c}, err
}

var _ signcard.Store = Signcards{}
