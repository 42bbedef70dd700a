package storage

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/idempotency"
)

// Answers keeps the answers to requests that may be repeated.
type Answers struct {
	*Collection[idempotency.Answer]
}

// NewAnswers declares the collection.
func NewAnswers(ctx context.Context, db *DB) (Answers, error) {
	c, err := NewCollection(ctx, db, "answer", Keys[idempotency.Answer]{
		"until": func(a *idempotency.Answer) any { return a.Until },
	}, byUntil)
	return Answers{c}, err
}

// Ended implements idempotency.Store.
func (s Answers) Ended(ctx context.Context, before time.Time, page domain.Page) ([]idempotency.Answer, domain.Cursor, error) {
	return ended(ctx, s.Collection, before, page)
}

var _ idempotency.Store = Answers{}
