package storage

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/organiser"
)

// Organisers keeps organisers with their staff lists.
type Organisers struct {
	*Collection[organiser.Organiser]
}

// NewOrganisers declares the collection.
func NewOrganisers(ctx context.Context, db *DB) (Organisers, error) {
	c, err := NewCollection(ctx, db, "organiser", Keys[organiser.Organiser]{
		"created": func(o *organiser.Organiser) any { return o.CreatedAt },
	}, Index{Name: "created", Fields: []string{"created"}})
	return Organisers{c}, err
}

// List implements organiser.Store.
func (s Organisers) List(ctx context.Context, page domain.Page) ([]organiser.Organiser, domain.Cursor, error) {
	return s.Find(ctx, By("created").Descending(), page)
}

var _ organiser.Store = Organisers{}
