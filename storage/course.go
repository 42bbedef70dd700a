package storage

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/course"
)

// Courses keeps the levels of courses.
type Courses struct{ *Collection[course.Course] }

// Progresses keeps how far learners have come.
type Progresses struct{ *Collection[course.Progress] }

// NewCourses declares the collections.
func NewCourses(ctx context.Context, db *DB) (courses Courses, progresses Progresses, err error) {
	if courses.Collection, err = NewCollection(ctx, db, "course", Keys[course.Course]{}); err != nil {
		return
	}
	progresses.Collection, err = NewCollection(ctx, db, "course_progress", Keys[course.Progress]{
		"camp":  func(p *course.Progress) any { return p.Camp },
		"at":    func(p *course.Progress) any { return p.At },
		"since": func(p *course.Progress) any { return p.Since },
		"look":  func(p *course.Progress) any { return p.LookAt },
	}, Index{Name: "at", Fields: []string{"camp", "at", "since"}}, Index{Name: "look", Fields: []string{"look"}})
	return
}

// AtLevel implements course.ProgressStore.
func (s Progresses) AtLevel(ctx context.Context, camp, level string, page domain.Page) ([]course.Progress, domain.Cursor, error) {
	return s.Find(ctx, By("at").Equal(camp, level).Descending(), page)
}

// CountAt implements course.ProgressStore.
func (s Progresses) CountAt(ctx context.Context, camp, level string) (int64, error) {
	return s.Count(ctx, By("at").Equal(camp, level))
}

// Due implements course.ProgressStore.
func (s Progresses) Due(ctx context.Context, before time.Time, page domain.Page) ([]course.Progress, domain.Cursor, error) {
	return s.Find(ctx, By("look").Range(nil, before), page)
}

var (
	_ course.Store         = Courses{}
	_ course.ProgressStore = Progresses{}
)
