// Package channel resolves scenes: the short opaque ids in mini-program codes and links.
package channel

import (
	"context"
	"errors"

	"yingdi/domain"
)

// Scene is where a code or link leads, and who handed it out. Its id is opaque and at most 32 characters.
type Scene struct {
	domain.Doc
	Camp   string `json:"camp"`
	Member string `json:"member"` // who shared it; never shown to whoever scans
}

// Store keeps scenes.
type Store interface {
	domain.Documents[Scene]
}

// Service holds the use cases.
type Service struct {
	Store  Store
	Sealer *domain.Sealer
}

// ForShare returns the scene with which a member shares a camp, always the same one.
func (s *Service) ForShare(ctx context.Context, camp, member string) (string, error) {
	id := s.Sealer.Hash("channel.share", domain.Key(camp, member))[:24]
	err := s.Store.Insert(ctx, Scene{Doc: domain.Doc{ID: id}, Camp: camp, Member: member})
	if errors.Is(err, domain.ErrExists) {
		err = nil
	}
	return id, err
}

// Resolve returns where a scene leads.
func (s *Service) Resolve(ctx context.Context, id string) (Scene, error) { return s.Store.Get(ctx, id) }
