package quiz

import (
	"context"
	"errors"
	"slices"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// CopyTo gives a new term the quizzes of a camp and the questions of its own bank; those that the organiser shares are the
// same. For camp.Copier.
func (s *Service) CopyTo(ctx context.Context, from, to camp.Camp) error {
	if err := domain.Round(ctx, "question", func(page domain.Page) ([]Question, domain.Cursor, error) {
		return s.Questions.OfBank(ctx, from.ID, page)
	}, func(q Question) error { return s.copyQuestion(ctx, q, to) }); err != nil {
		return err
	}
	return domain.Round(ctx, "quiz", func(page domain.Page) ([]Quiz, domain.Cursor, error) {
		return s.Store.OfCamp(ctx, from.ID, page)
	}, func(q Quiz) error { return s.copyQuiz(ctx, q, to) })
}

func (s *Service) copyQuestion(ctx context.Context, q Question, to camp.Camp) error {
	q.Doc, q.Camp = domain.Doc{ID: camp.CopyID(to.ID, q.ID)}, to.ID
	return unless(domain.ErrExists, s.Questions.Insert(ctx, q))
}

// copyQuiz brings the questions along that are in the quiz and no longer in the bank.
func (s *Service) copyQuiz(ctx context.Context, q Quiz, to camp.Camp) error {
	questions, err := s.questionsOf(ctx, q)
	if err != nil {
		return err
	}
	q.Items = slices.Clone(q.Items)
	for i, item := range q.Items {
		asked, ok := questions[item.Question]
		if !ok || asked.Camp == "" {
			continue
		}
		if err := s.copyQuestion(ctx, asked, to); err != nil {
			return err
		}
		q.Items[i].Question = camp.CopyID(to.ID, item.Question)
	}
	q.Doc, q.Camp = domain.Doc{ID: camp.CopyID(to.ID, q.ID)}, to.ID
	return unless(domain.ErrExists, s.Store.Insert(ctx, q))
}

// unless is err, or nil if it is the one that is fine.
func unless(fine, err error) error {
	if errors.Is(err, fine) {
		return nil
	}
	return err
}
