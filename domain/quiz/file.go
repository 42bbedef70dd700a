package quiz

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"yingdi/domain"
	"yingdi/domain/media"
)

// Media tells whether staff may use files as study material, and prepares them to be looked at; domain/media does it.
type Media interface {
	Usable(ctx context.Context, owner string, ids []string) error
	Keep(ctx context.Context, ref string, ids []string) error
	Many(ctx context.Context, ids []string) (map[string]media.Media, error)
	Own(ctx context.Context, ids []string) ([]media.View, error)
	Views(ctx context.Context, found map[string]media.Media, ids []string, all bool) ([]media.View, error)
}

// mayUse checks the files that were not there before: they are the acting person's own, and pictures or recordings.
func (s *Service) mayUse(ctx context.Context, before, after []string) error {
	fresh := slices.DeleteFunc(slices.Clone(after), func(id string) bool { return slices.Contains(before, id) })
	if len(fresh) == 0 {
		return nil
	}
	err := s.Media.Usable(ctx, domain.ActorFrom(ctx).Member, fresh)
	if errors.Is(err, media.ErrUnusable) {
		return fmt.Errorf("%w: %w", ErrFiles, err)
	} else if err != nil {
		return err
	}
	found, err := s.Media.Many(ctx, fresh)
	if err != nil {
		return err
	}
	for _, m := range found {
		if m.Kind != media.Image && m.Kind != media.Audio {
			return fmt.Errorf("media %s: %w", m.ID, ErrFiles)
		}
	}
	return nil
}

// KeepFiles notes that the question's files are in use; for good, because attempts that were started go on showing them.
// For jobs, after EventQuestion.
func (s *Service) KeepFiles(ctx context.Context, id string) error {
	q, err := s.Questions.Get(ctx, id)
	if err != nil {
		return err
	}
	return s.Media.Keep(ctx, domain.Key("question", q.ID), q.Files)
}

// FilesFor shows staff the files of a question form: those that the question has, and their own.
func (s *Service) FilesFor(ctx context.Context, q Question, ids []string) ([]media.View, error) {
	found, err := s.Media.Many(ctx, slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !slices.Contains(q.Files, id) }))
	if err != nil {
		return nil, err
	}
	views, err := s.Media.Views(ctx, found, ids, true)
	if err != nil {
		return nil, err
	}
	own, err := s.Media.Own(ctx, slices.DeleteFunc(slices.Clone(ids), func(id string) bool { _, had := found[id]; return had || !domain.ValidID(id) }))
	return append(views, own...), err
}

// illustrate puts the files of an attempt's questions into its sheet.
func (s *Service) illustrate(ctx context.Context, a Attempt, sheet Sheet) (Sheet, error) {
	var ids []string
	for _, e := range a.Entries {
		ids = append(ids, e.Files...)
	}
	if len(ids) == 0 {
		return sheet, nil
	}
	found, err := s.Media.Many(ctx, ids)
	if err != nil {
		return sheet, err
	}
	for i, e := range a.Entries {
		if sheet.Questions[i].Files, err = s.Media.Views(ctx, found, e.Files, true); err != nil {
			return sheet, err
		}
	}
	return sheet, nil
}
