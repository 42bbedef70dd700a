package signcard

import (
	"context"
	"fmt"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// ShareCode returns the mini-program code, a JPEG, with which the acting teacher shares a camp. Returns
// camp.ErrNotPublished for a draft: nobody could open it.
func (s *Service) ShareCode(ctx context.Context, campID string) ([]byte, error) {
	in, err := s.Camps.Get(ctx, campID)
	if err != nil {
		return nil, err
	}
	actor := domain.ActorFrom(ctx)
	if err := actor.Must(domain.RightCampView, in.Place()); err != nil {
		return nil, err
	}
	if in.State == camp.Draft {
		return nil, fmt.Errorf("camp %s: %w", campID, camp.ErrNotPublished)
	}
	return s.code(ctx, campID, actor.Member)
}
