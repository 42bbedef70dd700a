package storage

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/export"
)

// Exports keeps what was asked for, and by whom.
type Exports struct{ *Collection[export.Export] }

// NewExports declares the collection. owner is who has an open export, so that they have one in each slot at most; wake is
// when time changes one.
func NewExports(ctx context.Context, db *DB) (Exports, error) {
	c, err := NewCollection(ctx, db, "export", Keys[export.Export]{
		"owner": func(e *export.Export) any {
			if !e.Open() {
				return nil
			}
			return e.By
		},
		"slot": func(e *export.Export) any {
			if !e.Open() {
				return nil
			}
			return e.Slot
		},
		"camp":      func(e *export.Export) any { return e.Camp },
		"organiser": func(e *export.Export) any { return e.Organiser },
		"template":  func(e *export.Export) any { return keyed(e.Template != "", e.Template) },
		"at":        func(e *export.Export) any { return e.At },
		"wake":      func(e *export.Export) any { return e.WakeAt() },
	}, Index{Name: "slot", Fields: []string{"owner", "slot"}, Unique: true}, Index{Name: "camp", Fields: []string{"camp", "at"}},
		Index{Name: "organiser", Fields: []string{"organiser", "at"}}, Index{Name: "template", Fields: []string{"template", "at"}}, Index{Name: "wake", Fields: []string{"wake"}})
	return Exports{c}, err
}

// OfCamp implements export.Store.
func (s Exports) OfCamp(ctx context.Context, camp string, page domain.Page) ([]export.Export, domain.Cursor, error) {
	return s.Find(ctx, By("camp").Equal(camp).Descending(), page)
}

// OfOrganiser implements export.Store.
func (s Exports) OfOrganiser(ctx context.Context, organiser string, page domain.Page) ([]export.Export, domain.Cursor, error) {
	return s.Find(ctx, By("organiser").Equal(organiser).Descending(), page)
}

// OfTemplate implements export.Store.
func (s Exports) OfTemplate(ctx context.Context, template string, page domain.Page) ([]export.Export, domain.Cursor, error) {
	return s.Find(ctx, By("template").Equal(template).Descending(), page)
}

// Due implements export.Store.
func (s Exports) Due(ctx context.Context, before time.Time, page domain.Page) ([]export.Export, domain.Cursor, error) {
	return s.Find(ctx, By("wake").Range(nil, before), page)
}

// InDays implements export.Handed.
func (s Checkins) InDays(ctx context.Context, camp string, from, to domain.Day, page domain.Page) ([]checkin.Checkin, domain.Cursor, error) {
	return s.Find(ctx, inDays(camp, from, to), page)
}

// CountCamp implements export.Orders.
func (s Orders) CountCamp(ctx context.Context, camp string) (int64, error) {
	return s.Count(ctx, By("camp").Equal(camp))
}

// CountInDays implements export.Handed.
func (s Checkins) CountInDays(ctx context.Context, camp string, from, to domain.Day) (int64, error) {
	return s.Count(ctx, inDays(camp, from, to))
}

func inDays(camp string, from, to domain.Day) Query {
	q := By("there").Equal(camp)
	var first, after any
	if from != "" {
		first = string(from)
	}
	if to != "" {
		after = string(to.Add(1))
	}
	if first == nil && after == nil {
		return q
	}
	return q.Range(first, after)
}

var (
	_ export.Store    = Exports{}
	_ export.Handed   = Checkins{}
	_ export.Orders   = Orders{}
	_ export.Quizzes  = Quizzes{}
	_ export.Attempts = Attempts{}
)
