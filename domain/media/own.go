package media

import (
	"context"

	"yingdi/domain"
)

// Own prepares those of the media that are the acting person's own and complete, in the order of ids; the others are
// left out. It is how a form shows again what was put into it.
func (s *Service) Own(ctx context.Context, ids []string) ([]View, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return nil, err
	}
	found, err := s.Many(ctx, ids)
	if err != nil {
		return nil, err
	}
	for id, m := range found {
		if m.Owner != actor.Member || m.State != Ready {
			delete(found, id)
		}
	}
	return s.Views(ctx, found, ids, true)
}
