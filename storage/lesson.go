package storage

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/lesson"
)

// Tasks keeps the tasks of camps. What was removed stays, outside the index of its camp.
type Tasks struct{ *Collection[lesson.Task] }

// NewTasks declares the collection.
func NewTasks(ctx context.Context, db *DB) (Tasks, error) {
	c, err := NewCollection(ctx, db, "task", Keys[lesson.Task]{
		"camp": func(t *lesson.Task) any {
			if !t.RemovedAt.IsZero() {
				return nil
			}
			return t.Camp
		},
		"due": func(t *lesson.Task) any {
			if !t.RemovedAt.IsZero() || !t.ByCheckin() || t.Level != "" {
				return nil
			}
			return t.Camp
		},
		"trial": func(t *lesson.Task) any {
			if !t.RemovedAt.IsZero() || !t.Trial {
				return nil
			}
			return t.Camp
		},
		"day":      func(t *lesson.Task) any { return string(t.Day) },
		"position": func(t *lesson.Task) any { return t.Position },
		"quiz": func(t *lesson.Task) any {
			if !t.RemovedAt.IsZero() || t.Quiz == "" {
				return nil
			}
			return t.Quiz
		},
	}, Index{Name: "camp", Fields: []string{"camp", "day", "position"}}, Index{Name: "quiz", Fields: []string{"quiz"}, Unique: true},
		Index{Name: "due", Fields: []string{"due", "day"}}, Index{Name: "trial", Fields: []string{"trial", "day", "position"}})
	return Tasks{c}, err
}

// OfDays implements lesson.Store. A camp has at most lesson.MaxPerDay tasks a day, so this is a bounded list.
func (s Tasks) OfDays(ctx context.Context, camp string, from, to domain.Day) ([]lesson.Task, error) {
	var tasks []lesson.Task
	for t, err := range s.Each(ctx, By("camp").Equal(camp).Range(string(from), string(to)+"~")) {
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, t)
	}
	return tasks, nil
}

// CheckinDays implements lesson.Store.
func (s Tasks) CheckinDays(ctx context.Context, camp string) ([]domain.Day, error) {
	var days []domain.Day
	for e, err := range s.Entries(ctx, By("due").Equal(camp)) {
		if err != nil {
			return nil, err
		}
		day := domain.Day(e.Fields["day"].(string))
		if n := len(days); n == 0 || days[n-1] != day {
			days = append(days, day)
		}
	}
	return days, nil
}

// Trial implements lesson.Store.
func (s Tasks) Trial(ctx context.Context, camp string, page domain.Page) ([]lesson.Task, domain.Cursor, error) {
	return s.Find(ctx, By("trial").Equal(camp), page)
}

// OfQuiz implements lesson.Store.
func (s Tasks) OfQuiz(ctx context.Context, quiz string) (lesson.Task, error) {
	return s.First(ctx, By("quiz").Equal(quiz))
}

// TaskImports keeps plans of tasks that came in a spreadsheet.
type TaskImports struct{ *Collection[lesson.Import] }

// NewTaskImports declares the collection.
func NewTaskImports(ctx context.Context, db *DB) (TaskImports, error) {
	c, err := NewCollection(ctx, db, "task_import", Keys[lesson.Import]{})
	return TaskImports{c}, err
}

// Arrangements keeps the last move among a camp's tasks.
type Arrangements struct {
	*Collection[lesson.Arrangement]
}

// NewArrangements declares the collection.
func NewArrangements(ctx context.Context, db *DB) (Arrangements, error) {
	c, err := NewCollection(ctx, db, "arrangement", Keys[lesson.Arrangement]{})
	return Arrangements{c}, err
}

// Materials keeps the libraries of camps. What was removed stays, outside the index of its camp.
type Materials struct{ *Collection[lesson.Material] }

// NewMaterials declares the collection.
func NewMaterials(ctx context.Context, db *DB) (Materials, error) {
	c, err := NewCollection(ctx, db, "material", Keys[lesson.Material]{
		"camp": func(m *lesson.Material) any {
			if !m.RemovedAt.IsZero() {
				return nil
			}
			return m.Camp
		},
		"created": func(m *lesson.Material) any { return m.CreatedAt },
	}, Index{Name: "camp", Fields: []string{"camp", "created"}})
	return Materials{c}, err
}

// OfCamp implements lesson.MaterialStore.
func (s Materials) OfCamp(ctx context.Context, camp string, page domain.Page) ([]lesson.Material, domain.Cursor, error) {
	return s.Find(ctx, By("camp").Equal(camp).Descending(), page)
}

var (
	_ lesson.Store            = Tasks{}
	_ lesson.ArrangementStore = Arrangements{}
	_ lesson.MaterialStore    = Materials{}
	_ lesson.Imports          = TaskImports{}
)
