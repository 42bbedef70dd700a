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

// Badges keeps badges.
type Badges struct{ *Collection[course.Badge] }

// Awards keeps who has which badge.
type Awards struct{ *Collection[course.Award] }

// NewCourses declares the collections. owner is the camp or the organiser of badges that were not removed.
func NewCourses(ctx context.Context, db *DB) (courses Courses, progresses Progresses, badges Badges, awards Awards, err error) {
	if courses.Collection, err = NewCollection(ctx, db, "course", Keys[course.Course]{}); err != nil {
		return
	}
	if progresses.Collection, err = NewCollection(ctx, db, "course_progress", Keys[course.Progress]{
		"owned": func(d *course.Progress) any { return d.Member },
		"camp":  func(p *course.Progress) any { return p.Camp },
		"at":    func(p *course.Progress) any { return p.At },
		"since": func(p *course.Progress) any { return p.Since },
		"look":  func(p *course.Progress) any { return p.LookAt },
	}, ofPerson, Index{Name: "at", Fields: []string{"camp", "at", "since"}}, Index{Name: "look", Fields: []string{"look"}}); err != nil {
		return
	}
	if badges.Collection, err = NewCollection(ctx, db, "badge", Keys[course.Badge]{
		"owner": func(b *course.Badge) any {
			if !b.RemovedAt.IsZero() {
				return nil
			}
			return b.Owner()
		},
		"at": func(b *course.Badge) any { return b.CreatedAt },
	}, Index{Name: "owner", Fields: []string{"owner", "at"}}); err != nil {
		return
	}
	awards.Collection, err = NewCollection(ctx, db, "award", Keys[course.Award]{
		"member": func(a *course.Award) any { return a.Member },
		"badge":  func(a *course.Award) any { return a.Badge },
		"at":     func(a *course.Award) any { return a.At },
	}, Index{Name: "member", Fields: []string{"member", "at"}}, Index{Name: "badge", Fields: []string{"badge", "at"}})
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

// Of implements course.BadgeStore.
func (s Badges) Of(ctx context.Context, owner string, page domain.Page) ([]course.Badge, domain.Cursor, error) {
	return s.Find(ctx, By("owner").Equal(owner), page)
}

// ByMember implements course.AwardStore.
func (s Awards) ByMember(ctx context.Context, member string, page domain.Page) ([]course.Award, domain.Cursor, error) {
	return s.Find(ctx, By("member").Equal(member).Descending(), page)
}

// CountBadge implements course.AwardStore.
func (s Awards) CountBadge(ctx context.Context, badge string) (int64, error) {
	return s.Count(ctx, By("badge").Equal(badge))
}

var (
	_ course.Store         = Courses{}
	_ course.ProgressStore = Progresses{}
	_ course.BadgeStore    = Badges{}
	_ course.AwardStore    = Awards{}
)
