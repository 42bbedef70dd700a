package storage

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/media"
)

// Media keeps what is known of files; their bytes are in storage/media.
type Media struct{ *Collection[media.Media] }

// NewMedia declares the collection.
func NewMedia(ctx context.Context, db *DB) (Media, error) {
	c, err := NewCollection(ctx, db, "media", Keys[media.Media]{
		"owned":  func(d *media.Media) any { return d.Owner },
		"trace":  func(m *media.Media) any { return orNil(m.Trace) },
		"orphan": func(m *media.Media) any { return m.OrphanAt },
		"due":    func(m *media.Media) any { return m.CheckDueAt },
		"undrawn": func(m *media.Media) any {
			if !m.Undrawn() {
				return nil
			}
			return m.ContentType
		},
	}, ofPerson, Index{Name: "trace", Fields: []string{"trace"}, Unique: true},
		Index{Name: "orphan", Fields: []string{"orphan"}}, Index{Name: "due", Fields: []string{"due"}}, Index{Name: "undrawn", Fields: []string{"undrawn"}})
	return Media{c}, err
}

// ByTrace implements media.Store.
func (s Media) ByTrace(ctx context.Context, trace string) (media.Media, error) {
	return s.First(ctx, By("trace").Equal(trace))
}

// Orphans implements media.Store.
func (s Media) Orphans(ctx context.Context, before time.Time, page domain.Page) ([]media.Media, domain.Cursor, error) {
	return s.Find(ctx, By("orphan").Range(nil, before), page)
}

// Unanswered implements media.Store.
func (s Media) Unanswered(ctx context.Context, before time.Time, page domain.Page) ([]media.Media, domain.Cursor, error) {
	return s.Find(ctx, By("due").Range(nil, before), page)
}

// Undrawn implements media.Store.
func (s Media) Undrawn(ctx context.Context, contentType string, page domain.Page) ([]media.Media, domain.Cursor, error) {
	return s.Find(ctx, By("undrawn").Equal(contentType), page)
}

var _ media.Store = Media{}
