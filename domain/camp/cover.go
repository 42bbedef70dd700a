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

// KeepCover notes that the camp's cover is in use. For jobs, after EventCover.
func (s *Service) KeepCover(ctx context.Context, id string) error {
	c, err := s.Store.Get(ctx, id)
	if err != nil || c.Cover == "" {
		return err
	}
	return s.Pictures.Keep(ctx, domain.Key("camp", c.ID), []string{c.Cover})
}
