package signcard

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// Setting is what a camp has chosen for its cards; its id is the camp's. Without one, everything is the default.
type Setting struct {
	domain.Doc
	Template string `json:"template,omitempty"`
	Pictures Source `json:"pictures"`
	Sayings  Source `json:"sayings"`
	Tag      string `json:"tag,omitempty"` // of the organiser's own; empty is all
}

// Source is which library is chosen from.
type Source string

// The sources. Where the organiser's own library has nothing to offer, the default one does.
const (
	FromDefault Source = ""
	FromOwn     Source = "own"
	FromBoth    Source = "both"
)

// Choice is what a card shows. It is made with the card and never again, however the libraries grow.
type Choice struct {
	Picture  string `json:"picture"`
	Own      bool   `json:"own,omitempty"` // the picture is the organiser's
	Saying   Saying `json:"saying"`
	Template string `json:"template,omitempty"`
	Version  int    `json:"version,omitempty"`
	DayN     int    `json:"day_n"`
	Total    int    `json:"total"`
	Streak   int    `json:"streak"`
}

// LibraryStore keeps libraries.
type LibraryStore interface{ domain.Documents[Library] }

// SettingStore keeps settings.
type SettingStore interface{ domain.Documents[Setting] }

// SettingForm is what can be chosen for a camp.
type SettingForm struct {
	Template string
	Pictures Source
	Sayings  Source
	Tag      string
}

// Check bounds the form.
func (f SettingForm) Check() error {
	var check domain.Check
	for name, source := range map[string]Source{"pictures": f.Pictures, "sayings": f.Sayings} {
		check.That(source == FromDefault || source == FromOwn || source == FromBoth, name, "请选择图库和文案库")
	}
	check.That(f.Template == "" || domain.ValidID(f.Template), "template", "请选择模板")
	check.Line("tag", "标签", f.Tag, 0, MaxTag)
	return check.Err()
}

// CampCards is what a camp's cards are made of, and what they could be made of.
type CampCards struct {
	Camp      camp.Camp
	Setting   Setting
	Templates []Template // to choose from: those in use, and the one chosen
	Pictures  int        // of the organiser's own that may be chosen
	Sayings   int
	Tags      []string
	Redraw    *Redraw // the latest
}

// OfCamp returns it to whoever may change the camp.
func (s *Service) OfCamp(ctx context.Context, campID string) (CampCards, error) {
	in, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit)
	if err != nil {
		return CampCards{}, err
	}
	v := CampCards{Camp: in}
	if v.Setting, err = s.setting(ctx, campID); err != nil {
		return v, err
	}
	all, _, err := s.TemplateStore.OfOrganiser(ctx, in.Organiser, domain.Page{Limit: MaxTemplates})
	if err != nil {
		return v, err
	}
	for _, t := range all {
		if t.ArchivedAt.IsZero() || t.ID == v.Setting.Template {
			v.Templates = append(v.Templates, t)
		}
	}
	library, err := s.library(ctx, in.Organiser)
	if err != nil {
		return v, err
	}
	note := func(l Label) {
		for _, tag := range l.Tags {
			if !slices.Contains(v.Tags, tag) && l.ArchivedAt.IsZero() {
				v.Tags = append(v.Tags, tag)
			}
		}
	}
	for _, p := range library.Pictures {
		if note(p.Label); p.ArchivedAt.IsZero() && p.State == Ready {
			v.Pictures++
		}
	}
	for _, e := range library.Sayings {
		if note(e.Label); e.ArchivedAt.IsZero() {
			v.Sayings++
		}
	}
	list, _, err := s.Redraws.OfScope(ctx, campID, domain.Page{Limit: 1})
	if len(list) > 0 {
		v.Redraw = &list[0]
	}
	return v, err
}

// SaveSetting chooses for a camp. Cards that are there stay as they are.
func (s *Service) SaveSetting(ctx context.Context, campID string, f SettingForm) error {
	in, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit)
	if err != nil {
		return err
	}
	if err := f.Check(); err != nil {
		return err
	}
	if f.Template != "" {
		t, err := s.TemplateStore.Get(ctx, f.Template)
		if errors.Is(err, domain.ErrNotFound) || err == nil && t.Organiser != in.Organiser {
			return domain.Invalid("template", "没有这个模板")
		}
		if err != nil {
			return err
		}
	}
	return s.putSetting(ctx, campID, f)
}

func (s *Service) putSetting(ctx context.Context, campID string, f SettingForm) error {
	fresh := Setting{domain.Doc{ID: campID}, f.Template, f.Pictures, f.Sayings, f.Tag}
	err := s.Settings.Insert(ctx, fresh)
	if errors.Is(err, domain.ErrExists) {
		_, err = s.Settings.Update(ctx, campID, func(c *Setting) error {
			c.Template, c.Pictures, c.Sayings, c.Tag = f.Template, f.Pictures, f.Sayings, f.Tag
			return nil
		})
	}
	return err
}

// CopyTo gives a new term the choices of a camp: it looks like the one before. For camp.Copier.
func (s *Service) CopyTo(ctx context.Context, from, to camp.Camp) error {
	had, err := s.setting(ctx, from.ID)
	if err != nil || had.Rev == 0 {
		return err
	}
	return s.putSetting(ctx, to.ID, SettingForm{had.Template, had.Pictures, had.Sayings, had.Tag})
}

func (s *Service) setting(ctx context.Context, campID string) (Setting, error) {
	had, err := s.Settings.Get(ctx, campID)
	if errors.Is(err, domain.ErrNotFound) {
		return Setting{}, nil
	}
	return had, err
}

func (s *Service) library(ctx context.Context, organiser string) (Library, error) {
	had, err := s.Libraries.Get(ctx, organiser)
	if errors.Is(err, domain.ErrNotFound) {
		return Library{Doc: domain.Doc{ID: organiser}}, nil
	}
	return had, err
}

// present is the template that is chosen, and its version of now.
func (s *Service) present(ctx context.Context, chosen Setting) (template string, version int, err error) {
	if chosen.Template == "" {
		return "", 0, nil
	}
	t, err := s.TemplateStore.Get(ctx, chosen.Template)
	if err != nil {
		return "", 0, fmt.Errorf("template %s: %w", chosen.Template, err)
	}
	_, version = t.Current()
	return t.ID, version, nil
}

// choose picks what a card shows, by camp, day and member alone.
func (s *Service) choose(ctx context.Context, in camp.Camp, memberID string, day domain.Day) (Choice, error) {
	chosen, err := s.setting(ctx, in.ID)
	if err != nil {
		return Choice{}, err
	}
	var c Choice
	if c.Template, c.Version, err = s.present(ctx, chosen); err != nil {
		return Choice{}, err
	}
	design, _, err := s.style(ctx, c.Template, c.Version)
	if err != nil {
		return Choice{}, err
	}
	var library Library
	if chosen.Pictures != FromDefault || chosen.Sayings != FromDefault {
		if library, err = s.library(ctx, in.Organiser); err != nil {
			return Choice{}, err
		}
	}
	own := library.PicturesFor(day, chosen.Tag)
	pictures := from(chosen.Pictures, own, Pictures)
	sayings := from(chosen.Sayings, library.SayingsFor(day, chosen.Tag), Sayings)
	c.Picture, _ = Choose(in.ID, day, memberID, pictures, nil)
	c.Own = slices.Contains(own, c.Picture)
	for i := range sayings { // one that was measured for another template may not fit this one
		if _, c.Saying = Choose(in.ID, day.Add(i), memberID, nil, sayings); s.Renderer.Measure(design, c.Saying).Fits {
			break
		}
	}
	return c, nil
}

// from is what may be chosen.
func from[T any](source Source, own, others []T) []T {
	switch {
	case source == FromDefault || len(own) == 0:
		return others
	case source == FromOwn:
		return own
	}
	return slices.Concat(own, others)
}
