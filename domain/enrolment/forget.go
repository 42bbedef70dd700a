package enrolment

import (
	"context"
	"errors"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/form"
)

// Depart lets somebody whose account goes leave a camp that is not over yet: the seat is free for another. As the first
// step before Forget.
func (s *Service) Depart(ctx context.Context, e Enrolment) error {
	if e.Order != "" { // their orders have been seen to before
		return s.Free(ctx, e.Camp, e.Member, e.Order)
	}
	_, err := s.Leave(domain.WithActor(ctx, domain.Actor{Member: e.Member}), e.Camp)
	if errors.Is(err, camp.ErrClosed) || errors.Is(err, ErrNotEnrolled) || errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	return err
}

// Forget takes out of an enrolment what the learner answered. That somebody had the seat stays.
func (e *Enrolment) Forget() error {
	if e.Reply == nil {
		return domain.ErrSame
	}
	e.Reply = nil
	return nil
}

// Given is what a learner is given of an enrolment, the answers opened.
func (s *Service) Given(ctx context.Context, e Enrolment) (any, error) {
	asked, err := s.Forms.Open(ctx, e.Camp, e.ID, e.Reply, true)
	answers := map[string][]string{}
	for _, a := range asked {
		answers[a.Label] = a.Values
	}
	return map[string]any{"camp": e.Camp, "state": e.State, "created_at": e.CreatedAt, "active_at": e.ActiveAt, "answers": answers}, err
}

// Seals lists what is sealed in an enrolment.
func (e *Enrolment) Seals() []domain.Sealed {
	if e.Reply == nil {
		return nil
	}
	return []domain.Sealed{form.Seal(e.ID, &e.Reply.Sealed)}
}
