package storage

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/checkin"
)

// Walls keeps what staff have put up in feeds.
type Walls struct{ *Collection[checkin.Wall] }

// Tags keeps which check-ins are about what.
type Tags struct{ *Collection[checkin.Tag] }

// Topics keeps how often something is written about.
type Topics struct {
	*Collection[checkin.Topic]
}

// NewTopics declares the collections. topic is the camp of tags that are on, and under their check-in.
func NewTopics(ctx context.Context, db *DB) (walls Walls, tags Tags, topics Topics, err error) {
	if walls.Collection, err = NewCollection(ctx, db, "wall", Keys[checkin.Wall]{}); err != nil {
		return
	}
	on := func(t *checkin.Tag, value string) any {
		if !t.On {
			return nil
		}
		return value
	}
	if tags.Collection, err = NewCollection(ctx, db, "tag", Keys[checkin.Tag]{
		"owned": func(t *checkin.Tag) any { return t.Member },
		"under": func(t *checkin.Tag) any { return on(t, t.Checkin) },
		"camp":  func(t *checkin.Tag) any { return on(t, t.Camp) },
		"topic": func(t *checkin.Tag) any { return t.Topic },
		"at":    func(t *checkin.Tag) any { return t.At },
	}, ofPerson, Index{Name: "under", Fields: []string{"under"}}, Index{Name: "topic", Fields: []string{"camp", "topic", "at"}}); err != nil {
		return
	}
	topics.Collection, err = NewCollection(ctx, db, "topic", Keys[checkin.Topic]{
		"camp":  func(t *checkin.Topic) any { return t.Camp },
		"count": func(t *checkin.Topic) any { return t.Count },
	}, Index{Name: "count", Fields: []string{"camp", "count"}})
	return
}

// OfCheckin implements checkin.TagStore.
func (s Tags) OfCheckin(ctx context.Context, id string, page domain.Page) ([]checkin.Tag, domain.Cursor, error) {
	return s.Find(ctx, By("under").Equal(id), page)
}

// OfTopic implements checkin.TagStore.
func (s Tags) OfTopic(ctx context.Context, camp, topic string, page domain.Page) ([]checkin.Tag, domain.Cursor, error) {
	return s.Find(ctx, By("topic").Equal(camp, topic).Descending(), page)
}

// CountTopic implements checkin.TagStore.
func (s Tags) CountTopic(ctx context.Context, camp, topic string) (int64, error) {
	return s.Count(ctx, By("topic").Equal(camp, topic))
}

// OfCamp implements checkin.TopicStore.
func (s Topics) OfCamp(ctx context.Context, camp string, page domain.Page) ([]checkin.Topic, domain.Cursor, error) {
	return s.Find(ctx, By("count").Equal(camp).Range(1, nil).Descending(), page)
}

var (
	_ checkin.WallStore  = Walls{}
	_ checkin.TagStore   = Tags{}
	_ checkin.TopicStore = Topics{}
)
