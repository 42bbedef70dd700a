package storage

import (
	"context"

	"yingdi/domain/schedule"
)

// Slots keeps when periodic jobs last ran.
type Slots struct{ *Collection[schedule.Slot] }

// NewSlots declares the collection.
func NewSlots(ctx context.Context, db *DB) (Slots, error) {
	c, err := NewCollection(ctx, db, "slot", Keys[schedule.Slot]{})
	return Slots{c}, err
}

var _ schedule.Store = Slots{}
