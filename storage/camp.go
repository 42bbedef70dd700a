package storage

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// Camps keeps camps.
type Camps struct{ *Collection[camp.Camp] }

// NewCamps declares the collection.
func NewCamps(ctx context.Context, db *DB) (Camps, error) {
	c, err := NewCollection(ctx, db, "camp", Keys[camp.Camp]{
		"organiser": func(c *camp.Camp) any { return c.Organiser },
		"created":   func(c *camp.Camp) any { return c.CreatedAt },
		"state":     func(c *camp.Camp) any { return string(c.State) },
		"start":     func(c *camp.Camp) any { return string(c.Start) },
		"call":      func(c *camp.Camp) any { return c.CallAt },
		"turn": func(c *camp.Camp) any {
			if c.State == camp.Published && c.TurnedTo.IsZero() && c.TurnAt.IsZero() { // from before there were turns
				return c.CreatedAt
			}
			return c.TurnAt
		},
	}, Index{Name: "organiser", Fields: []string{"organiser", "created"}},
		Index{Name: "created", Fields: []string{"created"}},
		Index{Name: "state", Fields: []string{"state", "start"}}, Index{Name: "call", Fields: []string{"call"}},
		Index{Name: "turn", Fields: []string{"turn"}})
	return Camps{c}, err
}

// Open implements camp.Store.
func (s Camps) Open(ctx context.Context, page domain.Page) ([]camp.Camp, domain.Cursor, error) {
	return s.Find(ctx, By("state").Equal(string(camp.Published)).Descending(), page)
}

// Calling implements camp.Store.
func (s Camps) Calling(ctx context.Context, before time.Time, page domain.Page) ([]camp.Camp, domain.Cursor, error) {
	return s.Find(ctx, By("call").Range(nil, before), page)
}

// Turning implements camp.Store.
func (s Camps) Turning(ctx context.Context, before time.Time, page domain.Page) ([]camp.Camp, domain.Cursor, error) {
	return s.Find(ctx, By("turn").Range(nil, before), page)
}

// ByOrganiser implements camp.Store.
func (s Camps) ByOrganiser(ctx context.Context, organisers []string, page domain.Page) ([]camp.Camp, domain.Cursor, error) {
	in := make([]any, len(organisers))
	for i, o := range organisers {
		in[i] = o
	}
	return s.Find(ctx, By("organiser").In(in...).Descending(), page)
}

// All implements camp.Store.
func (s Camps) All(ctx context.Context, page domain.Page) ([]camp.Camp, domain.Cursor, error) {
	return s.Find(ctx, By("created").Descending(), page)
}

var _ camp.Store = Camps{}
