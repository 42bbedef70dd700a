package camp

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/media"
)

// CoverFor prepares the picture that a form names as the cover of a camp: the camp's own, or a picture of the acting
// person; none if it is neither. Whoever calls it has checked who asks for the camp.
func (s *Service) CoverFor(ctx context.Context, c Camp, cover string) ([]media.View, error) {
	switch {
	case cover == "":
		return nil, nil
	case cover != c.Cover:
		return s.Pictures.Own(ctx, []string{cover})
	}
	found, err := s.Pictures.Many(ctx, []string{cover})
	if err != nil {
		return nil, err
	}
	return s.Pictures.Views(ctx, found, []string{cover}, true)
}

// SettleCover keeps the cover that the camp has and lets go of the one before. For jobs, after EventCover.
func (s *Service) SettleCover(ctx context.Context, id, old string) error {
	return s.Pictures.Replace(ctx, domain.Key("camp", id), old, func(ctx context.Context) (string, error) {
		c, err := s.Store.Get(ctx, id)
		return c.Cover, err
	})
}
