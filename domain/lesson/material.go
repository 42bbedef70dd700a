package lesson

import (
	"context"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/media"
)

// Material is a file of a camp's library, for its learners and its staff alone.
type Material struct {
	domain.Doc
	Camp      string    `json:"camp"`
	Media     string    `json:"media"`
	Title     string    `json:"title"`
	VisibleAt time.Time `json:"visible_at,omitzero"` // before it no learner sees the material; zero is at once
	CreatedAt time.Time `json:"created_at"`
	RemovedAt time.Time `json:"removed_at,omitzero"`
}

// MaterialStore keeps materials.
type MaterialStore interface {
	domain.Documents[Material]
	// OfCamp lists those of a camp that were not removed, the newest first.
	OfCamp(ctx context.Context, camp string, page domain.Page) ([]Material, domain.Cursor, error)
}

// Places tells whether the acting person has a place in the camp; domain/enrolment does it, with its ErrNotEnrolled.
type Places interface {
	Check(ctx context.Context, camp string) error
}

// EventMaterial says that a camp has a new material, whose file is to be kept, or one less.
const EventMaterial = "lesson:material"

// Shelved is a material with its file; its link is short-lived.
type Shelved struct {
	Material
	File media.View
}

// AddMaterial puts a file of the acting person's into the camp's library.
func (s *Service) AddMaterial(ctx context.Context, campID, file, title string, visibleAt time.Time) (Material, error) {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit); err != nil {
		return Material{}, err
	}
	var check domain.Check
	check.Line("title", "名称", title, 0, MaxCaption)
	check.That(domain.ValidID(file), "media", "请先上传文件")
	if err := check.Err(); err != nil {
		return Material{}, err
	}
	if err := s.Media.Usable(ctx, domain.ActorFrom(ctx).Member, []string{file}); err != nil {
		return Material{}, err
	}
	now := s.Clock.Now()
	m := Material{Doc: domain.Doc{ID: s.IDs.New()}, Camp: campID, Media: file, Title: title, VisibleAt: visibleAt, CreatedAt: now}
	m.Emit(EventMaterial, now, nil)
	return m, s.MaterialStore.Insert(ctx, m)
}

// EditMaterial changes what a material is called and from when on learners see it.
func (s *Service) EditMaterial(ctx context.Context, campID, id, title string, visibleAt time.Time) (Material, error) {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit); err != nil {
		return Material{}, err
	}
	var check domain.Check
	check.Line("title", "名称", title, 0, MaxCaption)
	if err := check.Err(); err != nil {
		return Material{}, err
	}
	return s.MaterialStore.Update(ctx, id, func(m *Material) error {
		if m.Camp != campID || !m.RemovedAt.IsZero() {
			return fmt.Errorf("material %s of camp %s: %w", id, campID, domain.ErrNotFound)
		}
		m.Title, m.VisibleAt = title, visibleAt
		return nil
	})
}

// KeepMaterial notes that the material's file is in use, or no longer, as it was removed. For jobs, after EventMaterial.
func (s *Service) KeepMaterial(ctx context.Context, id string) error {
	m, err := s.MaterialStore.Get(ctx, id)
	if err != nil {
		return err
	}
	files := []string{m.Media}
	return s.Media.Exchange(ctx, domain.Key("material", m.ID), files, func(context.Context) ([]string, error) {
		if !m.RemovedAt.IsZero() {
			return nil, nil
		}
		return files, nil
	})
}

// RemoveMaterial takes a material out of the camp's library.
func (s *Service) RemoveMaterial(ctx context.Context, campID, id string) error {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit); err != nil {
		return err
	}
	_, err := s.MaterialStore.Update(ctx, id, func(m *Material) error {
		switch {
		case m.Camp != campID:
			return fmt.Errorf("material %s of camp %s: %w", id, campID, domain.ErrNotFound)
		case !m.RemovedAt.IsZero():
			return domain.ErrSame
		}
		m.RemovedAt = s.Clock.Now()
		m.Emit(EventMaterial, m.RemovedAt, nil)
		return nil
	})
	return err
}

// Library lists the materials of a camp to its staff.
func (s *Service) Library(ctx context.Context, campID string, page domain.Page) (camp.Camp, []Shelved, domain.Cursor, error) {
	c, err := s.Camps.ForStaff(ctx, campID, domain.RightCampView)
	if err != nil {
		return c, nil, "", err
	}
	list, next, err := s.shelf(ctx, campID, page, func(Material) bool { return true })
	return c, list, next, err
}

// Materials lists the materials of a camp to those who have a place in it, and to its staff.
func (s *Service) Materials(ctx context.Context, campID string, page domain.Page) ([]Shelved, domain.Cursor, error) {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightCampView); err != nil {
		if err := s.Places.Check(ctx, campID); err != nil {
			return nil, "", err
		}
	}
	now := s.Clock.Now()
	return s.shelf(ctx, campID, page, func(m Material) bool { return !now.Before(m.VisibleAt) })
}

func (s *Service) shelf(ctx context.Context, campID string, page domain.Page, shown func(Material) bool) ([]Shelved, domain.Cursor, error) {
	found, next, err := s.MaterialStore.OfCamp(ctx, campID, page)
	if err != nil {
		return nil, "", err
	}
	var list []Shelved
	var ids []string
	for _, m := range found {
		if shown(m) {
			list, ids = append(list, Shelved{Material: m}), append(ids, m.Media)
		}
	}
	files, err := s.Media.Many(ctx, ids)
	if err != nil {
		return nil, "", err
	}
	for i := range list {
		views, err := s.Media.Views(ctx, files, ids[i:i+1], true)
		if err != nil {
			return nil, "", err
		}
		for _, view := range views {
			list[i].File = view
			if list[i].Title == "" {
				list[i].Title = view.Name
			}
		}
	}
	return list, next, nil
}
