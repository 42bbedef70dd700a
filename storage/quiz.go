package storage

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/quiz"
)

// Quizzes keeps quizzes.
type Quizzes struct{ *Collection[quiz.Quiz] }

// Questions keeps the banks.
type Questions struct{ *Collection[quiz.Question] }

// Attempts keeps attempts.
type Attempts struct{ *Collection[quiz.Attempt] }

// Regrades keeps regrades.
type Regrades struct{ *Collection[quiz.Regrade] }

// NewQuizzes declares the collections. bank is the camp or the organiser of questions that were not removed; first is the
// quiz of finished first attempts, grading that of attempts with answers to grade, passed the camp of those that pass and passer their quiz and learner, wake when time changes an attempt.
func NewQuizzes(ctx context.Context, db *DB) (quizzes Quizzes, questions Questions, attempts Attempts, regrades Regrades, err error) {
	when := func(ok bool, value string) any {
		if !ok {
			return nil
		}
		return value
	}
	if quizzes.Collection, err = NewCollection(ctx, db, "quiz", Keys[quiz.Quiz]{
		"camp": func(q *quiz.Quiz) any { return when(q.RemovedAt.IsZero(), q.Camp) },
		"at":   func(q *quiz.Quiz) any { return q.CreatedAt },
	}, Index{Name: "camp", Fields: []string{"camp", "at"}}); err != nil {
		return
	}
	if questions.Collection, err = NewCollection(ctx, db, "question", Keys[quiz.Question]{
		"bank": func(q *quiz.Question) any {
			if q.Camp == "" {
				return when(q.RemovedAt.IsZero(), q.Organiser)
			}
			return when(q.RemovedAt.IsZero(), q.Camp)
		},
		"at": func(q *quiz.Question) any { return q.CreatedAt },
	}, Index{Name: "bank", Fields: []string{"bank", "at"}}); err != nil {
		return
	}
	if attempts.Collection, err = NewCollection(ctx, db, "attempt", Keys[quiz.Attempt]{
		"owned":   func(d *quiz.Attempt) any { return d.Member },
		"quiz":    func(a *quiz.Attempt) any { return a.Quiz },
		"first":   func(a *quiz.Attempt) any { return when(a.N == 1 && a.State == quiz.Finished, a.Quiz) },
		"grading": func(a *quiz.Attempt) any { return when(a.Waiting > 0, a.Quiz) },
		"passed":  func(a *quiz.Attempt) any { return when(a.Passed(), a.Camp) },
		"passer":  func(a *quiz.Attempt) any { return a.Quiz + ":" + a.Member },
		"ended":   func(a *quiz.Attempt) any { return a.FinishedAt },
		"at":      func(a *quiz.Attempt) any { return a.StartedAt },
		"wake":    func(a *quiz.Attempt) any { return a.WakeAt() },
	}, ofPerson, Index{Name: "quiz", Fields: []string{"quiz", "at"}}, Index{Name: "first", Fields: []string{"first", "at"}},
		Index{Name: "passed", Fields: []string{"passed", "passer", "ended"}},
		Index{Name: "grading", Fields: []string{"grading", "at"}}, Index{Name: "wake", Fields: []string{"wake"}}); err != nil {
		return
	}
	regrades.Collection, err = NewCollection(ctx, db, "regrade", Keys[quiz.Regrade]{
		"quiz": func(r *quiz.Regrade) any { return r.Quiz },
		"at":   func(r *quiz.Regrade) any { return r.At },
	}, Index{Name: "quiz", Fields: []string{"quiz", "at"}})
	return
}

// OfCamp implements quiz.Store.
func (s Quizzes) OfCamp(ctx context.Context, camp string, page domain.Page) ([]quiz.Quiz, domain.Cursor, error) {
	return s.Find(ctx, By("camp").Equal(camp).Descending(), page)
}

// OfBank implements quiz.QuestionStore.
func (s Questions) OfBank(ctx context.Context, bank string, page domain.Page) ([]quiz.Question, domain.Cursor, error) {
	return s.Find(ctx, By("bank").Equal(bank).Descending(), page)
}

// OfQuiz implements quiz.AttemptStore.
func (s Attempts) OfQuiz(ctx context.Context, id string, page domain.Page) ([]quiz.Attempt, domain.Cursor, error) {
	return s.Find(ctx, By("quiz").Equal(id).Descending(), page)
}

// CountQuiz implements export.Attempts.
func (s Attempts) CountQuiz(ctx context.Context, id string) (int64, error) {
	return s.Count(ctx, By("quiz").Equal(id))
}

// First implements quiz.AttemptStore.
func (s Attempts) First(ctx context.Context, id string, page domain.Page) ([]quiz.Attempt, domain.Cursor, error) {
	return s.Find(ctx, By("first").Equal(id), page)
}

// CountFirst implements quiz.AttemptStore.
func (s Attempts) CountFirst(ctx context.Context, id string) (int64, error) {
	return s.Count(ctx, By("first").Equal(id))
}

// ToGrade implements quiz.AttemptStore.
func (s Attempts) ToGrade(ctx context.Context, id string, page domain.Page) ([]quiz.Attempt, domain.Cursor, error) {
	return s.Find(ctx, By("grading").Equal(id), page)
}

// Due implements quiz.AttemptStore.
func (s Attempts) Due(ctx context.Context, before time.Time, page domain.Page) ([]quiz.Attempt, domain.Cursor, error) {
	return s.Find(ctx, By("wake").Range(nil, before), page)
}

// OfQuiz implements quiz.RegradeStore.
func (s Regrades) OfQuiz(ctx context.Context, id string, page domain.Page) ([]quiz.Regrade, domain.Cursor, error) {
	return s.Find(ctx, By("quiz").Equal(id).Descending(), page)
}

var (
	_ quiz.Store         = Quizzes{}
	_ quiz.QuestionStore = Questions{}
	_ quiz.AttemptStore  = Attempts{}
	_ quiz.RegradeStore  = Regrades{}
)
