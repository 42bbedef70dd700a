package storage

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/study"
)

// Marks keeps what learners have read and answered.
type Marks struct{ *Collection[study.Mark] }

// NewMarks declares the collection.
func NewMarks(ctx context.Context, db *DB) (Marks, error) {
	c, err := NewCollection(ctx, db, "mark", Keys[study.Mark]{
		"owned": func(m *study.Mark) any { return m.Member },
		"task":  func(m *study.Mark) any { return m.Task },
		"at":    func(m *study.Mark) any { return m.At },
	}, Index{Name: "task", Fields: []string{"task", "at"}}, ofPerson)
	return Marks{c}, err
}

// OfTask implements study.Store.
func (s Marks) OfTask(ctx context.Context, task string, page domain.Page) ([]study.Mark, domain.Cursor, error) {
	return s.Find(ctx, By("task").Equal(task).Descending(), page)
}

var _ study.Store = Marks{}
