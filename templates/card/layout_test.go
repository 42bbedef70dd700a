package card

import (
	"image"
	"strings"
	"testing"

	"golang.org/x/image/math/fixed"
	"pgregory.net/rapid"

	"yingdi/domain"
	"yingdi/domain/signcard"
)

var anyText = rapid.OneOf(
	rapid.StringN(0, 70, -1),
	rapid.StringOfN(rapid.SampledFrom([]rune("学习W王 m，。《》（\n")), 40, 60, -1),
	rapid.StringOfN(rapid.SampledFrom([]rune("学而时习之，不亦说乎？（《「」》）。…— \n")), 0, 60, -1),
	rapid.StringOfN(rapid.SampledFrom([]rune("WMjgfÅ iIl.,'-0123456789")), 0, 60, -1),
	rapid.StringOfN(rapid.SampledFrom([]rune("王👨‍👩‍👧‍👦🌸🏽🇨🇳\u200d\ufe0f\u0301محمد\u202eA")), 0, 60, -1),
)

// anyDesign is the default one, or one with its text elsewhere, as large as it may be or as small.
var anyDesign = rapid.Custom(func(t *rapid.T) signcard.Design {
	d := signcard.DefaultDesign()
	if rapid.Bool().Draw(t, "default") {
		return d
	}
	for _, kind := range signcard.Parts {
		at := d.At(kind.Part)
		if kind.Text {
			at.Size = rapid.IntRange(kind.MinS, kind.MaxS).Draw(t, string(kind.Part)+" size")
			at.W = rapid.IntRange(kind.MinW, max(kind.MinW, at.W)).Draw(t, string(kind.Part)+" width")
			at.H = rapid.IntRange(kind.MinH, max(kind.MinH, at.H)).Draw(t, string(kind.Part)+" height")
			at.Font = rapid.SampledFrom([]signcard.Font{signcard.Serif, signcard.Sans}).Draw(t, "font")
			at.Align = rapid.SampledFrom([]signcard.Align{signcard.Left, signcard.Centre, signcard.Right}).Draw(t, "align")
		}
		d.Pieces[kind.Part] = at
	}
	if err := d.Check(); err != nil {
		t.Fatal(err)
	}
	return d
})

var anyNumber = rapid.OneOf(rapid.IntRange(-3, 400), rapid.Int())

func TestTextNeverLeavesItsBox(t *testing.T) {
	t.Parallel()
	r := renderer(t)
	rapid.Check(t, func(t *rapid.T) {
		s := signcard.Sheet{
			Design: anyDesign.Draw(t, "design"), Saying: anyText.Draw(t, "saying"), Author: anyText.Draw(t, "author"), Nickname: anyText.Draw(t, "nickname"), Camp: anyText.Draw(t, "camp"),
			Day:  domain.Day("2026-01-01").Add(rapid.IntRange(0, 400).Draw(t, "day")),
			DayN: anyNumber.Draw(t, "n"), Total: anyNumber.Draw(t, "total"), Streak: anyNumber.Draw(t, "streak"),
		}
		withAvatar, withCode := rapid.Bool().Draw(t, "avatar"), rapid.Bool().Draw(t, "code")
		labels := r.layout(s, withAvatar, withCode)
		for i, l := range labels {
			if l.line.Width > fixed.I(l.box.Max.X-l.x) || l.x < l.box.Min.X {
				t.Fatalf("%s %q is %v wide at %d in %v", l.name, l.line, l.line.Width, l.x, l.box)
			}
			if !l.box.In(image.Rect(signcard.Margin, signcard.Margin, signcard.Width-signcard.Margin, signcard.Height-signcard.Margin/2)) {
				t.Fatalf("%s has its box at %v", l.name, l.box)
			}
			checkInk(t, l)
			code, avatar := s.Design.At(signcard.PartCode).Box(), s.Design.At(signcard.PartAvatar).Box()
			code.Max.Y = code.Min.Y + code.Dx()
			if withCode && l.box.Overlaps(code) || withAvatar && l.box.Overlaps(avatar) {
				t.Fatalf("%s covers the avatar or the code: %v", l.name, l.box)
			}
			for _, other := range labels[:i] {
				if l.name != other.name && l.box.Overlaps(other.box) {
					t.Fatalf("%s at %v covers %s at %v", l.name, l.box, other.name, other.box)
				}
			}
		}
		checkNumbers(t, labels, "progress")
		checkNumbers(t, labels, "streak")
	})
}

// checkInk finds every glyph in the font, and its shape in the box, but for the overhang that a shape may have.
func checkInk(t *rapid.T, l label) {
	room := l.box.Inset(-l.style.Size / 6)
	for _, g := range l.line.Glyphs {
		if !l.style.Face.Has(g.Rune) && g.Rune != ' ' {
			t.Fatalf("%s: %q would be an empty box", l.name, g.Rune)
		}
		ink := l.style.Face.Glyph(g.Rune, l.style.Size, 0).Ink
		if at := ink.Add(image.Pt(l.x+g.X.Floor(), l.y)); !ink.Empty() && !at.In(room) {
			t.Fatalf("%s: %q of %q is painted at %v, outside of %v", l.name, g.Rune, l.line, at, l.box)
		}
	}
}

func checkNumbers(t *rapid.T, labels []label, name string) {
	end := 0
	for _, l := range labels {
		if l.name != name {
			continue
		}
		if l.x < end {
			t.Fatalf("%q starts at %d, before the last word's end at %d", l.line, l.x, end)
		}
		end = l.x + l.line.Width.Ceil()
	}
}

func said(labels []label, name string) string {
	var parts []string
	for _, l := range labels {
		if l.name == name {
			parts = append(parts, l.line.String())
		}
	}
	return strings.Join(parts, "|")
}

func TestWhatACardSays(t *testing.T) {
	t.Parallel()
	r := renderer(t)
	s := sheet(t)
	labels := r.layout(s, true, true)
	for name, want := range map[string]string{
		"day": "21", "month": "11月", "weekday": "周六",
		"saying": "不积跬步，无以至千里；|不积小流，无以成江海。", "author": "《荀子·劝学》",
		"name": "小明", "camp": "三十天古诗文晨读营", "initial": "", "caption": "扫码加入",
		"progress": "第|5|天|/ 共 21 天", "streak": "连续|5|天",
	} {
		if got := said(labels, name); got != want {
			t.Errorf("%s: %q instead of %q", name, got, want)
		}
	}
}

func TestWhatACardLeavesOut(t *testing.T) {
	t.Parallel()
	r := renderer(t)
	for _, c := range []struct {
		story  string
		change func(*signcard.Sheet)
		name   string
		want   string
	}{
		{"what makes one emoji of several", func(s *signcard.Sheet) { s.Nickname = "🌸👩‍🚀👍🏽" }, "name", "🌸👩👍"},
		{"a nickname that no font has", func(s *signcard.Sheet) { s.Nickname = "\U000e0001" }, "name", "同学"},
		{"its first character", func(s *signcard.Sheet) { s.Nickname = "🌸阿紫" }, "initial", "🌸"},
		{"a long nickname", func(s *signcard.Sheet) { s.Nickname = strings.Repeat("长", 40) }, "name", strings.Repeat("长", 13) + "…"},
		{"no camp", func(s *signcard.Sheet) { s.Camp = "" }, "camp", ""},
		{"no author", func(s *signcard.Sheet) { s.Author = "" }, "author", ""},
		{"no code", func(s *signcard.Sheet) { s.QR = nil }, "caption", ""},
		{"no length", func(s *signcard.Sheet) { s.Total = 0 }, "progress", "第|5|天"},
		{"no day", func(s *signcard.Sheet) { s.DayN = 0 }, "progress", ""},
		{"no streak", func(s *signcard.Sheet) { s.Streak = 0 }, "streak", ""},
		{"a name that the template hides", func(s *signcard.Sheet) { s.Design.Pieces[signcard.PartName] = signcard.Piece{Hidden: true} }, "name", ""},
	} {
		s := sheet(t)
		c.change(&s)
		if got := said(r.layout(s, false, s.QR != nil), c.name); got != c.want {
			t.Errorf("%s: %s says %q instead of %q", c.story, c.name, got, c.want)
		}
	}
}
