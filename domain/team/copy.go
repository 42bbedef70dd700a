package team

import (
	"context"
	"errors"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// CopyTo gives a new term the teams of a camp, with nobody in them. For camp.Copier.
func (s *Service) CopyTo(ctx context.Context, from, to camp.Camp) error {
	had, err := s.board(ctx, from.ID)
	if err != nil || len(had.Teams) == 0 {
		return err
	}
	fresh := Board{Doc: domain.Doc{ID: to.ID}}
	for _, t := range had.Teams {
		fresh.Teams = append(fresh.Teams, Team{ID: camp.CopyID(to.ID, t.ID), Name: t.Name})
	}
	if err = s.Boards.Insert(ctx, fresh); errors.Is(err, domain.ErrExists) {
		return nil
	}
	return err
}
