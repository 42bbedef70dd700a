package signcard_test

import (
	"errors"
	"strings"
	"testing"

	"yingdi/domain"
	"yingdi/domain/signcard"
)

func TestWhatADesignMayBe(t *testing.T) {
	t.Parallel()
	if err := signcard.DefaultDesign().Check(); err != nil {
		t.Fatalf("the default one: %v", err)
	}
	for field, change := range map[string]func(d *signcard.Design, piece func(signcard.Part, func(*signcard.Piece))){
		"saying.x": func(_ *signcard.Design, at func(signcard.Part, func(*signcard.Piece))) {
			at(signcard.PartSaying, func(p *signcard.Piece) { p.X = 20 })
		},
		"picture.x": func(_ *signcard.Design, at func(signcard.Part, func(*signcard.Piece))) {
			at(signcard.PartPicture, func(p *signcard.Piece) { p.X = 1 })
		},
		"name.size": func(_ *signcard.Design, at func(signcard.Part, func(*signcard.Piece))) {
			at(signcard.PartName, func(p *signcard.Piece) { p.Size = 61 })
		},
		"camp.colour": func(_ *signcard.Design, at func(signcard.Part, func(*signcard.Piece))) {
			at(signcard.PartCamp, func(p *signcard.Piece) { p.Colour = "red" })
		},
		"date.font": func(_ *signcard.Design, at func(signcard.Part, func(*signcard.Piece))) {
			at(signcard.PartDate, func(p *signcard.Piece) { p.Font = "comic" })
		},
		"code.w": func(_ *signcard.Design, at func(signcard.Part, func(*signcard.Piece))) {
			at(signcard.PartCode, func(p *signcard.Piece) { p.W = 100 })
		},
		"code.hidden": func(_ *signcard.Design, at func(signcard.Part, func(*signcard.Piece))) {
			at(signcard.PartCode, func(p *signcard.Piece) { p.Hidden = true })
		},
		"avatar.h": func(_ *signcard.Design, at func(signcard.Part, func(*signcard.Piece))) {
			at(signcard.PartAvatar, func(p *signcard.Piece) { p.H = 70 })
		},
		"code.x": func(_ *signcard.Design, at func(signcard.Part, func(*signcard.Piece))) {
			at(signcard.PartCode, func(p *signcard.Piece) { p.X = 440 }) // over the name
		},
		"paper": func(d *signcard.Design, _ func(signcard.Part, func(*signcard.Piece))) { d.Paper = "#FFF" },
		"fade":  func(d *signcard.Design, _ func(signcard.Part, func(*signcard.Piece))) { d.Fade = 601 },
		"pieces": func(d *signcard.Design, _ func(signcard.Part, func(*signcard.Piece))) {
			d.Pieces["sticker"] = signcard.Piece{}
		},
	} {
		d := signcard.DefaultDesign()
		change(&d, func(part signcard.Part, do func(*signcard.Piece)) {
			p := d.Pieces[part]
			do(&p)
			d.Pieces[part] = p
		})
		if err := d.Check(); !errors.Is(err, domain.ErrInvalid) || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", field, err)
		}
	}
	d := signcard.DefaultDesign()
	delete(d.Pieces, signcard.PartAvatar)
	if err := d.Check(); err != nil || !d.At(signcard.PartAvatar).Hidden {
		t.Errorf("a part that is left out is hidden: %v", err)
	}
}

func TestATemplateKeepsItsVersions(t *testing.T) {
	t.Parallel()
	w := newWorld()
	form := signcard.TemplateForm{Name: "春天", Design: signcard.DefaultDesign(), Logo: "boss_logo"}
	made, err := w.SaveTemplate(owner(t), "o1", "", form)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.KeepLogo(t.Context(), made.ID); err != nil || len(w.kept["cardtemplate:"+made.ID]) != 1 {
		t.Errorf("%v, %v", w.kept, err)
	}
	form.Name = "初春"
	if made, err = w.SaveTemplate(owner(t), "o1", made.ID, form); err != nil || len(made.Versions) != 1 || made.Name != "初春" {
		t.Errorf("only the name has changed: %+v, %v", made, err)
	}
	for i := 1; i < signcard.MaxVersions; i++ {
		form.Design.Fade = i
		if made, err = w.SaveTemplate(owner(t), "o1", made.ID, form); err != nil || len(made.Versions) != i+1 || made.At(1).Design.Fade != 190 {
			t.Fatalf("version %d: %v", i+1, err)
		}
	}
	form.Design.Fade = 500
	if _, err := w.SaveTemplate(owner(t), "o1", made.ID, form); !errors.Is(err, signcard.ErrManyVersions) {
		t.Errorf("one too many: %v", err)
	}
	form.Logo = "ann_logo"
	if _, err := w.SaveTemplate(owner(t), "o1", made.ID, form); !errors.Is(err, signcard.ErrLogo) {
		t.Errorf("another's logo: %v", err)
	}
	if _, err := w.SaveTemplate(staff(t, domain.RoleTeacher), "o1", made.ID, form); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("a teacher: %v", err)
	}
	foreign := domain.WithActor(t.Context(), domain.Actor{Member: "m", Grants: []domain.Grant{{Scope: domain.ScopeOrganiser, ID: "o2", Organiser: "o2", Role: domain.RoleOwner}}})
	if _, err := w.SaveTemplate(foreign, "o2", made.ID, form); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("by way of another organiser: %v", err)
	}
	if _, err := w.ArchiveTemplate(owner(t), "o1", made.ID, true); err != nil {
		t.Error(err)
	}
	if v, err := w.OfCamp(owner(t), "c1"); err != nil || len(v.Templates) != 0 {
		t.Errorf("an archived one can be chosen: %+v, %v", v.Templates, err)
	}
}
