package storage

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/enrolment"
)

// Enrolments keeps places in camps.
type Enrolments struct {
	*Collection[enrolment.Enrolment]
}

// NewEnrolments declares the collection. Only those who have their place are in the lists of camp and member.
func NewEnrolments(ctx context.Context, db *DB) (Enrolments, error) {
	active := func(key func(*enrolment.Enrolment) string) Key[enrolment.Enrolment] {
		return func(e *enrolment.Enrolment) any {
			if e.State != enrolment.Active {
				return nil
			}
			return key(e)
		}
	}
	c, err := NewCollection(ctx, db, "enrolment", Keys[enrolment.Enrolment]{
		"camp":    active(func(e *enrolment.Enrolment) string { return e.Camp }),
		"member":  active(func(e *enrolment.Enrolment) string { return e.Member }),
		"at":      func(e *enrolment.Enrolment) any { return e.ActiveAt },
		"expires": func(e *enrolment.Enrolment) any { return e.ExpiresAt },
	}, Index{Name: "camp", Fields: []string{"camp", "at"}}, Index{Name: "member", Fields: []string{"member", "at"}},
		Index{Name: "expires", Fields: []string{"expires"}})
	return Enrolments{c}, err
}

// ByCamp implements enrolment.Store.
func (s Enrolments) ByCamp(ctx context.Context, camp string, page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error) {
	return s.Find(ctx, By("camp").Equal(camp), page)
}

// ByMember implements enrolment.Store.
func (s Enrolments) ByMember(ctx context.Context, member string, page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error) {
	return s.Find(ctx, By("member").Equal(member).Descending(), page)
}

// Unfinished implements enrolment.Store.
func (s Enrolments) Unfinished(ctx context.Context, before time.Time, page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error) {
	return s.Find(ctx, By("expires").Range(nil, before), page)
}

// CountActive implements enrolment.Store.
func (s Enrolments) CountActive(ctx context.Context, camp string) (int64, error) {
	return s.Count(ctx, By("camp").Equal(camp))
}

var _ enrolment.Store = Enrolments{}
