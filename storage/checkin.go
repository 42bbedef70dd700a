package storage

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/checkin"
)

// Checkins keeps what was handed in.
type Checkins struct{ *Collection[checkin.Checkin] }

// Likes keeps who likes what.
type Likes struct{ *Collection[checkin.Like] }

// Comments keeps what people say.
type Comments struct{ *Collection[checkin.Comment] }

// NewCheckins declares the collections. feed is the camp of those that its learners may see, queue the camp of those
// that wait for a review, shown the check-in of comments that may be seen, liked the check-in of likes that stand.
func NewCheckins(ctx context.Context, db *DB) (checkins Checkins, likes Likes, comments Comments, err error) {
	when := func(ok bool, value string) any {
		if !ok {
			return nil
		}
		return value
	}
	if checkins.Collection, err = NewCollection(ctx, db, "checkin", Keys[checkin.Checkin]{
		"camp":   func(c *checkin.Checkin) any { return c.Camp },
		"member": func(c *checkin.Checkin) any { return c.Member },
		"day":    func(c *checkin.Checkin) any { return string(c.Day) },
		"task":   func(c *checkin.Checkin) any { return c.Task },
		"at":     func(c *checkin.Checkin) any { return c.SubmittedAt },
		"feed":   func(c *checkin.Checkin) any { return when(c.Public(), c.Camp) },
		"queue":  func(c *checkin.Checkin) any { return when(!c.Reviewed && c.Counts(), c.Camp) },
	}, Index{Name: "member", Fields: []string{"camp", "member", "day"}}, Index{Name: "day", Fields: []string{"camp", "day", "task"}},
		Index{Name: "feed", Fields: []string{"feed", "at"}}, Index{Name: "queue", Fields: []string{"queue", "at"}}); err != nil {
		return
	}
	if likes.Collection, err = NewCollection(ctx, db, "like", Keys[checkin.Like]{
		"liked": func(l *checkin.Like) any { return when(l.On, l.Checkin) },
	}, Index{Name: "liked", Fields: []string{"liked"}}); err != nil {
		return
	}
	comments.Collection, err = NewCollection(ctx, db, "comment", Keys[checkin.Comment]{
		"shown": func(c *checkin.Comment) any { return when(c.State == checkin.Visible, c.Checkin) },
		"at":    func(c *checkin.Comment) any { return c.At },
	}, Index{Name: "shown", Fields: []string{"shown", "at"}})
	return
}

// Feed implements checkin.Store.
func (s Checkins) Feed(ctx context.Context, camp string, page domain.Page) ([]checkin.Checkin, domain.Cursor, error) {
	return s.Find(ctx, By("feed").Equal(camp).Descending(), page)
}

// OfMember implements checkin.Store.
func (s Checkins) OfMember(ctx context.Context, camp, member string, page domain.Page) ([]checkin.Checkin, domain.Cursor, error) {
	return s.Find(ctx, By("member").Equal(camp, member).Descending(), page)
}

// Queue implements checkin.Store.
func (s Checkins) Queue(ctx context.Context, camp string, page domain.Page) ([]checkin.Checkin, domain.Cursor, error) {
	return s.Find(ctx, By("queue").Equal(camp), page)
}

// CountQueue implements checkin.Store.
func (s Checkins) CountQueue(ctx context.Context, camp string) (int64, error) {
	return s.Count(ctx, By("queue").Equal(camp))
}

// CountDay implements checkin.Store.
func (s Checkins) CountDay(ctx context.Context, camp, task string, day domain.Day) (int64, error) {
	return s.Count(ctx, By("day").Equal(camp, string(day), task))
}

// CountDays implements checkin.Store.
func (s Checkins) CountDays(ctx context.Context, camp string, day domain.Day) (int64, error) {
	return s.Count(ctx, By("day").Equal(camp, string(day)))
}

// CountOn implements checkin.LikeStore.
func (s Likes) CountOn(ctx context.Context, id string) (int64, error) {
	return s.Count(ctx, By("liked").Equal(id))
}

// Shown implements checkin.CommentStore.
func (s Comments) Shown(ctx context.Context, id string, page domain.Page) ([]checkin.Comment, domain.Cursor, error) {
	return s.Find(ctx, By("shown").Equal(id), page)
}

// CountShown implements checkin.CommentStore.
func (s Comments) CountShown(ctx context.Context, id string) (int64, error) {
	return s.Count(ctx, By("shown").Equal(id))
}

var (
	_ checkin.Store        = Checkins{}
	_ checkin.LikeStore    = Likes{}
	_ checkin.CommentStore = Comments{}
)
