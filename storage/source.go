package storage

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/source"
)

// Sources keeps where people took part in something of one feature.
type Sources struct {
	*Collection[source.Source]
}

func newSources(ctx context.Context, db *DB, collection string) (Sources, error) {
	all, err := NewCollection(ctx, db, collection, Keys[source.Source]{
		"odd": func(s *source.Source) any { return keyed(s.Odd(), s.Of()) },
		"at":  func(s *source.Source) any { return s.LastAt() },
	}, Index{Name: "odd", Fields: []string{"odd", "at"}}, Index{Name: "at", Fields: []string{"at"}})
	return Sources{all}, err
}

// Odd implements source.Store.
func (s Sources) Odd(ctx context.Context, of string, page domain.Page) ([]source.Source, domain.Cursor, error) {
	return s.Find(ctx, By("odd").Equal(of).Descending(), page)
}

// Ended implements domain.Passing.
func (s Sources) Ended(ctx context.Context, before time.Time, page domain.Page) ([]source.Source, domain.Cursor, error) {
	return s.Find(ctx, By("at").Range(nil, before), page)
}

var _ source.Store = Sources{}
