package signcard

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/media"
)

// Template is a design of an organiser's, in all its versions: a card keeps the version that it was made with.
type Template struct {
	domain.Doc
	Organiser  string    `json:"organiser"`
	Name       string    `json:"name"`
	Versions   []Version `json:"versions"` // the first is number 1
	CreatedAt  time.Time `json:"created_at"`
	ArchivedAt time.Time `json:"archived_at,omitzero"` // camps that have chosen it keep it
}

// Version of a template.
type Version struct {
	Design Design    `json:"design"`
	Logo   string    `json:"logo,omitempty"` // media id
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// Limits of templates.
const (
	MaxTemplates = 30 // of one organiser, archived ones included
	MaxVersions  = 60
)

// EventTemplate says that a template has a new version: its logo is to be kept.
const EventTemplate = "cardtemplate:saved"

// The refusals of templates.
var (
	ErrManyTemplates = domain.Refusal(domain.KindConflict, "too_many_templates", "模板数量已达上限")
	ErrManyVersions  = domain.Refusal(domain.KindConflict, "too_many_versions", "这个模板修改的次数太多了，请新建一个")
	ErrLogo          = domain.Refusal(domain.KindInvalid, "logo_refused", "标志无法使用，请换一张不超过 2 MB、2000 像素的图片").On("logo")
)

// Current is the newest version and its number.
func (t Template) Current() (Version, int) { return t.Versions[len(t.Versions)-1], len(t.Versions) }

// At returns a version by its number, the newest one if there is no such.
func (t Template) At(n int) Version {
	if n >= 1 && n <= len(t.Versions) {
		return t.Versions[n-1]
	}
	v, _ := t.Current()
	return v
}

// Save adds a version, unless nothing but the name has changed.
func (t *Template) Save(name string, v Version) error {
	renamed := name != t.Name
	t.Name = name
	if n := len(t.Versions); n > 0 {
		last := t.Versions[n-1]
		if reflect.DeepEqual(last.Design, v.Design) && last.Logo == v.Logo {
			if renamed {
				return nil
			}
			return domain.ErrSame
		}
		if n >= MaxVersions {
			return ErrManyVersions
		}
	}
	t.Versions = append(t.Versions, v)
	t.Emit(EventTemplate, v.At, nil)
	return nil
}

// TemplateForm is what can be said about a template.
type TemplateForm struct {
	Name   string
	Design Design
	Logo   string
}

// Check bounds the form.
func (f TemplateForm) Check() error {
	var check domain.Check
	check.Line("name", "模板名称", f.Name, 1, 20)
	check.That(f.Logo == "" || domain.ValidID(f.Logo), "logo", "标志无效")
	if err := check.Err(); err != nil {
		return err
	}
	return f.Design.Check()
}

// TemplateStore keeps templates.
type TemplateStore interface {
	domain.Documents[Template]
	// OfOrganiser lists them, the newest first.
	OfOrganiser(ctx context.Context, organiser string, page domain.Page) ([]Template, domain.Cursor, error)
}

// Templates lists an organiser's templates to its card library's keepers.
func (s *Service) Templates(ctx context.Context, organiser string) ([]Template, error) {
	if err := s.keeper(ctx, organiser); err != nil {
		return nil, err
	}
	list, _, err := s.TemplateStore.OfOrganiser(ctx, organiser, domain.Page{Limit: MaxTemplates})
	return list, err
}

func (s *Service) keeper(ctx context.Context, organiser string) error {
	if !domain.ValidID(organiser) {
		return domain.ErrNotFound
	}
	return domain.ActorFrom(ctx).Must(domain.RightCardLibrary, domain.Place{Organiser: organiser})
}

// Template returns one of an organiser's templates.
func (s *Service) Template(ctx context.Context, organiser, id string) (Template, error) {
	if err := s.keeper(ctx, organiser); err != nil {
		return Template{}, err
	}
	t, err := s.TemplateStore.Get(ctx, id)
	if err == nil && t.Organiser != organiser {
		err = fmt.Errorf("template %s: %w", id, domain.ErrNotFound)
	}
	return t, err
}

// SaveTemplate makes a template, or, given its id, a new version of it. Cards that are there stay as they are until they
// are drawn anew.
func (s *Service) SaveTemplate(ctx context.Context, organiser, id string, f TemplateForm) (Template, error) {
	if err := s.keeper(ctx, organiser); err != nil {
		return Template{}, err
	}
	if err := f.Check(); err != nil {
		return Template{}, err
	}
	now := s.Clock.Now()
	v := Version{Design: f.Design, Logo: f.Logo, By: domain.ActorFrom(ctx).Member, At: now}
	if id == "" {
		list, _, err := s.TemplateStore.OfOrganiser(ctx, organiser, domain.Page{Limit: MaxTemplates})
		if err != nil {
			return Template{}, err
		}
		if len(list) >= MaxTemplates {
			return Template{}, ErrManyTemplates
		}
		if err := s.checkLogo(ctx, "", f.Logo); err != nil {
			return Template{}, err
		}
		t := Template{Doc: domain.Doc{ID: s.IDs.New()}, Organiser: organiser, CreatedAt: now}
		if err := t.Save(f.Name, v); err != nil {
			return Template{}, err
		}
		return t, s.TemplateStore.Insert(ctx, t)
	}
	t, err := s.Template(ctx, organiser, id)
	if err != nil {
		return Template{}, err
	}
	last, _ := t.Current()
	if err := s.checkLogo(ctx, last.Logo, f.Logo); err != nil {
		return Template{}, err
	}
	return s.TemplateStore.Update(ctx, id, func(t *Template) error { return t.Save(f.Name, v) })
}

// checkLogo refuses a new logo that is not the acting person's own, or too large to be drawn.
func (s *Service) checkLogo(ctx context.Context, before, logo string) error {
	if logo == "" || logo == before {
		return nil
	}
	if err := s.Files.OwnPicture(ctx, domain.ActorFrom(ctx).Member, logo); err != nil {
		return fmt.Errorf("logo %s: %w", logo, ErrLogo)
	}
	found, err := s.Files.Many(ctx, []string{logo})
	if err != nil {
		return err
	}
	if m := found[logo]; m.Width > maxLogoSide || m.Height > maxLogoSide || m.Size > maxLogoWeight {
		return fmt.Errorf("logo %s: %w", logo, ErrLogo)
	}
	return nil
}

// LogoFor prepares the logo that a form names: the template's, or a picture of the acting person; none if it is neither.
func (s *Service) LogoFor(ctx context.Context, organiser string, t Template, logo string) ([]media.View, error) {
	if logo == "" {
		return nil, nil
	}
	if err := s.keeper(ctx, organiser); err != nil {
		return nil, err
	}
	if !t.shows(logo) {
		err := s.Files.OwnPicture(ctx, domain.ActorFrom(ctx).Member, logo)
		if errors.Is(err, media.ErrUnusable) {
			return []media.View{}, nil
		}
		if err != nil {
			return nil, err
		}
	}
	found, err := s.Files.Many(ctx, []string{logo})
	if err != nil {
		return nil, err
	}
	return s.Files.Views(ctx, found, []string{logo}, true)
}

// shows reports whether a version has the logo.
func (t Template) shows(logo string) bool {
	return slices.ContainsFunc(t.Versions, func(v Version) bool { return v.Logo == logo })
}

// KeepLogo notes that the logos of all versions are in use. For jobs, after EventTemplate.
func (s *Service) KeepLogo(ctx context.Context, id string) error {
	t, err := s.TemplateStore.Get(ctx, id)
	if err != nil {
		return err
	}
	for _, v := range t.Versions {
		if v.Logo != "" {
			if err := s.Files.Keep(ctx, domain.Key("cardtemplate", id), []string{v.Logo}); err != nil {
				return err
			}
		}
	}
	return nil
}

// ArchiveTemplate takes a template out of what camps can choose, or brings it back.
func (s *Service) ArchiveTemplate(ctx context.Context, organiser, id string, archive bool) (Template, error) {
	if _, err := s.Template(ctx, organiser, id); err != nil {
		return Template{}, err
	}
	return s.TemplateStore.Update(ctx, id, func(t *Template) error {
		if t.ArchivedAt.IsZero() != archive {
			return domain.ErrSame
		}
		t.ArchivedAt = time.Time{}
		if archive {
			t.ArchivedAt = s.Clock.Now()
		}
		return nil
	})
}

// style returns the design and the logo of a version; no template is the default design.
func (s *Service) style(ctx context.Context, template string, version int) (Design, []byte, error) {
	if template == "" {
		return DefaultDesign(), nil, nil
	}
	t, err := s.TemplateStore.Get(ctx, template)
	if err != nil {
		return Design{}, nil, err
	}
	v := t.At(version)
	logo, err := s.logo(ctx, v.Logo)
	return v.Design, logo, err
}

func (s *Service) logo(ctx context.Context, id string) ([]byte, error) {
	if id == "" {
		return nil, nil
	}
	found, err := s.Files.Many(ctx, []string{id})
	if err != nil {
		return nil, err
	}
	m, ok := found[id]
	if !ok {
		return nil, nil
	}
	data, err := s.Files.Read(ctx, m.Key(), maxLogoWeight)
	if errors.Is(err, domain.ErrNotFound) {
		return nil, nil
	}
	return data, err
}
