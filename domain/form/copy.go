package form

import (
	"context"
	"errors"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// CopyTo gives a new term what a camp asks at enrolment, as its first version. For camp.Copier.
func (s *Service) CopyTo(ctx context.Context, from, to camp.Camp) error {
	v, err := s.current(ctx, from.ID)
	if err != nil || v.Number == 0 {
		return err
	}
	v.Number, v.SavedAt = 1, s.Clock.Now()
	v.ConsentNo = min(v.ConsentNo, 1)
	err = s.Store.Insert(ctx, Form{Doc: domain.Doc{ID: to.ID}, Organiser: to.Organiser, Current: v})
	if errors.Is(err, domain.ErrExists) {
		return nil
	}
	return err
}
