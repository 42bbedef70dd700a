package signcard_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/media"
	"yingdi/domain/signcard"
)

func TestTheSameDayAndLearnerKeepTheirCardWhenTheLibraryGrows(t *testing.T) {
	t.Parallel()
	w := newWorld()
	own := signcard.SettingForm{Pictures: signcard.FromOwn, Sayings: signcard.FromBoth}
	if err := errors.Join(
		w.AddPictures(owner(t), "o1", []string{"boss1", "boss2"}, signcard.Label{}),
		w.Prepare(t.Context(), "o1", "boss1"), w.Prepare(t.Context(), "o1", "boss2"), w.SaveSetting(owner(t), "c1", own),
	); err != nil {
		t.Fatal(err)
	}
	w.make(t, "c1", many, 3)
	before := w.cards.All(nil)
	for _, c := range before {
		if !c.Choice.Own || !strings.HasPrefix(c.Choice.Picture, "boss") || !strings.Contains(string(w.files["card/"+strings.ReplaceAll(c.ID, ":", "/")+".jpg"]), "scaled boss") {
			t.Errorf("%+v", c.Choice)
		}
	}
	more := []string{"boss3", "boss4", "boss5", "boss6", "boss7"}
	if err := w.AddPictures(owner(t), "o1", more, signcard.Label{}); err != nil {
		t.Fatal(err)
	}
	for _, id := range more {
		if err := w.Prepare(t.Context(), "o1", id); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.AddSayings(owner(t), "o1", []signcard.Saying{{Text: "慢慢来"}}, signcard.Label{}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.RedrawCamp(owner(t), "c1", true); err != nil {
		t.Fatal(err)
	}
	w.drain(t)
	for i, c := range w.cards.All(nil) {
		if diff := cmp.Diff(before[i].Choice, c.Choice); diff != "" {
			t.Errorf("%s (-before +after)\n%s", c.ID, diff)
		}
	}
}

func TestWhichPicturesCanBeAdded(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for name, c := range map[string]struct {
		ids   []string
		label signcard.Label
		want  error
	}{
		"another's":       {[]string{"boss1", "ann1"}, signcard.Label{}, media.ErrUnusable},
		"too small":       {[]string{"boss1", "boss_small"}, signcard.Label{}, signcard.ErrSmall},
		"none":            {nil, signcard.Label{}, domain.ErrInvalid},
		"a season of May": {[]string{"boss1"}, signcard.Label{Season: "may"}, domain.ErrInvalid},
		"six tags":        {[]string{"boss1"}, signcard.Label{Tags: strings.Split("a,b,c,d,e,f", ",")}, domain.ErrInvalid},
		"a long tag":      {[]string{"boss1"}, signcard.Label{Tags: []string{strings.Repeat("长", 11)}}, domain.ErrInvalid},
	} {
		if err := w.AddPictures(owner(t), "o1", c.ids, c.label); !errors.Is(err, c.want) || len(w.libraries.All(nil)) != 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := w.AddPictures(staff(t, domain.RoleTeacher), "o1", []string{"boss1"}, signcard.Label{}); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("a teacher: %v", err)
	}
	if err := w.AddPictures(owner(t), "o2", []string{"boss1"}, signcard.Label{}); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("the owner of another organiser: %v", err)
	}
	for range 2 {
		if err := w.AddPictures(owner(t), "o1", []string{"boss_broken"}, signcard.Label{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Prepare(t.Context(), "o1", "boss_broken"); err != nil {
		t.Fatal(err)
	}
	l := w.libraries.All(nil)[0]
	if len(l.Pictures) != 1 || l.Pictures[0].State != signcard.Failed || len(l.PicturesFor("2026-03-01", "")) != 0 {
		t.Errorf("%+v", l.Pictures)
	}
}

func TestASayingThatFitsNoTemplateIsRefusedWithWhy(t *testing.T) {
	t.Parallel()
	w := newWorld() // the default design holds 62 characters, as the studio measures
	for name, c := range map[string]struct{ text, why string }{
		"too long to be a saying": {strings.Repeat("长", 61), "第 1 条：文案不能超过 60 个字"},
		"one without a shape":     {"慢慢来\n毒药☠", "第 2 条：“☠”没有字形，无法印在日签上，请换一个字"},
		"nothing":                 {" \n ", "请填写文案，一行一条"},
	} {
		var refusal *domain.Error
		if _, err := w.AddSayings(owner(t), "o1", signcard.ParseSayings(c.text), signcard.Label{}); !errors.As(err, &refusal) || refusal.Message != c.why {
			t.Errorf("%s: %v", name, err)
		}
	}
	long := strings.Repeat("长", 60)
	n, err := w.AddSayings(owner(t), "o1", signcard.ParseSayings("慢慢来 —— 妈妈\n慢慢来——妈妈\n"+long), signcard.Label{})
	if err != nil || n != 2 {
		t.Fatalf("added %d, %v", n, err)
	}
	narrow := signcard.DefaultDesign()
	at := narrow.Pieces[signcard.PartSaying]
	at.W = 400
	narrow.Pieces[signcard.PartSaying] = at
	made, err := w.SaveTemplate(owner(t), "o1", "", signcard.TemplateForm{Name: "窄", Design: narrow})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.SaveSetting(owner(t), "c1", signcard.SettingForm{Template: made.ID, Sayings: signcard.FromOwn}); err != nil {
		t.Fatal(err)
	}
	w.make(t, "c1", many, 4)
	for _, c := range w.cards.All(nil) {
		if c.Choice.Saying != (signcard.Saying{Text: "慢慢来", Author: "妈妈"}) {
			t.Errorf("%s says %q, which does not fit its template", c.ID, c.Choice.Saying.Text)
		}
	}
}

func TestSeasonsTagsAndTheArchive(t *testing.T) {
	t.Parallel()
	w := newWorld()
	if err := w.AddPictures(owner(t), "o1", []string{"boss1"}, signcard.Label{Season: signcard.Spring, Tags: []string{"花"}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Prepare(t.Context(), "o1", "boss1"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		day  domain.Day
		tag  string
		want int
	}{{"2026-03-01", "", 1}, {"2026-05-31", "花", 1}, {"2026-06-01", "", 0}, {"2026-02-28", "", 0}, {"2026-03-01", "雪", 0}} {
		if got := w.libraries.All(nil)[0].PicturesFor(c.day, c.tag); len(got) != c.want {
			t.Errorf("%s %s: %v", c.day, c.tag, got)
		}
	}
	if err := w.Relabel(owner(t), "o1", "boss1", signcard.Label{}, true); err != nil {
		t.Fatal(err)
	}
	if l := w.libraries.All(nil)[0]; len(l.PicturesFor("2026-03-01", "")) != 0 || len(l.Pictures) != 1 {
		t.Errorf("archived: %+v", l)
	}
	if err := w.SaveSetting(owner(t), "c1", signcard.SettingForm{Pictures: signcard.FromOwn}); err != nil {
		t.Fatal(err)
	}
	w.make(t, "c1", []string{"ann"}, 1)
	if c := w.cards.All(nil)[0]; c.Choice.Own || c.Choice.Picture == "" {
		t.Errorf("with nothing to choose from, the default library does: %+v", c.Choice)
	}
	if err := w.Relabel(owner(t), "o1", "nothing", signcard.Label{}, true); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}
