package moderation

import (
	"context"
	"strings"

	"yingdi/domain"
)

// late opens the case of something that is hidden or rejected and has none. Returns domain.ErrNotFound for anything else.
func (s *Service) late(ctx context.Context, id string) (Case, error) {
	kind, target, _ := strings.Cut(id, "_")
	found, err := s.subjects(ctx, Case{Kind: Kind(kind), Target: target})
	if err != nil {
		return Case{}, err
	}
	subject := found[id]
	if subject.Standing != Hidden && subject.Standing != Rejected {
		return Case{}, domain.ErrNotFound
	}
	if err := may(domain.ActorFrom(ctx), domain.Place{Organiser: subject.Organiser, Camp: subject.Camp}); err != nil {
		return Case{}, err
	}
	if err := s.raise(ctx, Kind(kind), target, s.unruled); err != nil {
		return Case{}, err
	}
	return s.Store.Get(ctx, id)
}

// unruled opens a case that is new.
func (s *Service) unruled(c *Case) error {
	if c.Rev > 0 {
		return domain.ErrSame
	}
	c.open(s.Clock.Now())
	return nil
}
