package storage

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/push"
)

// Pushes keeps what WeChat told us.
type Pushes struct{ *Collection[push.Push] }

// NewPushes declares the collection.
func NewPushes(ctx context.Context, db *DB) (Pushes, error) {
	c, err := NewCollection(ctx, db, "push", Keys[push.Push]{
		"until": func(p *push.Push) any { return p.Until },
	}, byUntil)
	return Pushes{c}, err
}

// Ended implements push.Store.
func (s Pushes) Ended(ctx context.Context, before time.Time, page domain.Page) ([]push.Push, domain.Cursor, error) {
	return ended(ctx, s.Collection, before, page)
}

var _ push.Store = Pushes{}
