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

// NewEnrolments declares the collection. Only those who have their place are in the lists of camp and member, those who
// hold a seat in that of seat, and those who wait for one in that of queue, and those who
// ever had a place in that of stay.
func NewEnrolments(ctx context.Context, db *DB) (Enrolments, error) {
	type e = enrolment.Enrolment
	when := func(is func(*e) bool, key func(*e) string) Key[e] {
		return func(d *e) any {
			if !is(d) {
				return nil
			}
			return key(d)
		}
	}
	active, camp := func(d *e) bool { return d.State == enrolment.Active }, func(d *e) string { return d.Camp }
	c, err := NewCollection(ctx, db, "enrolment", Keys[e]{
		"camp":    when(active, camp),
		"member":  when(active, func(d *e) string { return d.Member }),
		"stay":    when(func(d *e) bool { return !d.ActiveAt.IsZero() }, camp),
		"at":      func(d *e) any { return d.ActiveAt },
		"expires": func(d *e) any { return d.ExpiresAt },
		"seat":    when(func(d *e) bool { return d.Seated() }, camp),
		"queue":   when(func(d *e) bool { return d.Waits() }, camp),
		"queued":  func(d *e) any { return d.QueuedAt },
		"owned":   func(d *e) any { return d.Member },
		"offer":   when(func(d *e) bool { return d.State == enrolment.Offered }, camp),
	}, Index{Name: "camp", Fields: []string{"camp", "at"}}, Index{Name: "stay", Fields: []string{"stay", "at"}}, Index{Name: "member", Fields: []string{"member", "at"}},
		Index{Name: "expires", Fields: []string{"expires"}}, Index{Name: "seat", Fields: []string{"seat"}},
		Index{Name: "queue", Fields: []string{"queue", "queued"}}, Index{Name: "offer", Fields: []string{"offer", "expires"}}, ofPerson)
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

// CountActive implements course.Places.
func (s Enrolments) CountActive(ctx context.Context, camp string) (int64, error) {
	return s.Count(ctx, By("camp").Equal(camp))
}

// CountSeated implements enrolment.Store.
func (s Enrolments) CountSeated(ctx context.Context, camp string) (int64, error) {
	return s.Count(ctx, By("seat").Equal(camp))
}

// Queue implements enrolment.Store.
func (s Enrolments) Queue(ctx context.Context, camp string, page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error) {
	return s.Find(ctx, By("queue").Equal(camp), page)
}

// CountQueue implements enrolment.Store.
func (s Enrolments) CountQueue(ctx context.Context, camp string, before time.Time) (int64, error) {
	return s.Count(ctx, By("queue").Equal(camp).Range(nil, before))
}

// Offers implements enrolment.Store.
func (s Enrolments) Offers(ctx context.Context, camp string, page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error) {
	return s.Find(ctx, By("offer").Equal(camp), page)
}

var _ enrolment.Store = Enrolments{}
