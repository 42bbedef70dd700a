package lesson

import (
	"context"
	"errors"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// CopyTo gives a new term the tasks of a camp, as many days later as it starts later. For camp.Copier.
func (s *Service) CopyTo(ctx context.Context, from, to camp.Camp) error {
	tasks, err := s.All(ctx, from.ID)
	if err != nil {
		return err
	}
	for _, t := range tasks {
		if t.Level == "" && (t.Day < from.Start || t.Day > from.End) { // the camp's days have moved away from it
			continue
		}
		err := s.Store.Insert(ctx, t.copyTo(from, to, s.Clock.Now()))
		if err != nil && !errors.Is(err, domain.ErrExists) {
			return err
		}
	}
	return nil
}

// CopyMaterials gives a new term the materials of a camp, which appear as many days later as it starts later. For
// camp.Copier.
func (s *Service) CopyMaterials(ctx context.Context, from, to camp.Camp) error {
	for m, err := range domain.Each(func(page domain.Page) ([]Material, domain.Cursor, error) {
		return s.MaterialStore.OfCamp(ctx, from.ID, page)
	}) {
		if err != nil {
			return err
		}
		m.Doc, m.Camp = domain.Doc{ID: camp.CopyID(to.ID, m.ID)}, to.ID
		m.VisibleAt = from.Later(m.VisibleAt, to)
		m.Emit(EventMaterial, s.Clock.Now(), nil)
		if err := s.MaterialStore.Insert(ctx, m); err != nil && !errors.Is(err, domain.ErrExists) {
			return err
		}
	}
	return nil
}

func (t Task) copyTo(from, to camp.Camp, now time.Time) Task {
	t.Doc, t.Camp = domain.Doc{ID: camp.CopyID(to.ID, t.ID)}, to.ID
	if t.Level == "" {
		t.Day, t.VisibleAt = t.Day.Add(to.Start.Since(from.Start)), from.Later(t.VisibleAt, to)
	}
	if t.Quiz != "" {
		t.Quiz = camp.CopyID(to.ID, t.Quiz)
	}
	t.Emit(EventTask, now, nil)
	return t
}
