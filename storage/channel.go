package storage

import (
	"context"

	"yingdi/domain/channel"
)

// Scenes keeps where codes and links lead.
type Scenes struct{ *Collection[channel.Scene] }

// NewScenes declares the collection.
func NewScenes(ctx context.Context, db *DB) (Scenes, error) {
	c, err := NewCollection(ctx, db, "scene", Keys[channel.Scene]{})
	return Scenes{c}, err
}

var _ channel.Store = Scenes{}
