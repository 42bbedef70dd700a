package typeset_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/image/math/fixed"
	"pgregory.net/rapid"

	"yingdi/templates/card/typeset"
)

var faces = sync.OnceValues(func() (serif, sans *typeset.Typeface) {
	open := func(name string, fallback *typeset.Typeface) *typeset.Typeface {
		f, err := os.Open(filepath.Join("..", "fonts", name))
		if err != nil {
			panic("run make assets: " + err.Error())
		}
		face, err := typeset.Parse(f, fallback)
		if err != nil {
			panic(err)
		}
		return face
	}
	sans = open("NotoSansSC-Regular.ttf", nil)
	return open("NotoSerifSC-SemiBold.ttf", sans), sans
})

func styles(sizes ...int) []typeset.Style {
	serif, _ := faces()
	var out []typeset.Style
	for _, size := range sizes {
		out = append(out, typeset.Style{Face: serif, Size: size, Tracking: fixed.Int26_6(size)})
	}
	return out
}

func said(b typeset.Block) []string {
	var out []string
	for _, l := range b.Lines {
		out = append(out, l.String())
	}
	return out
}

func TestCleanLeavesWhatCanBeShown(t *testing.T) {
	t.Parallel()
	_, sans := faces()
	for _, c := range []struct{ name, text, want string }{
		{"plain", "小明", "小明"},
		{"an emoji goes", "小明🌸", "小明"},
		{"a family of four goes as a whole", "王👨‍👩‍👧‍👦家", "王家"},
		{"a joined sequence with a known sign goes as a whole", "跑🏃‍♂️步", "跑步"},
		{"skin tones and flags go", "A👍🏽B🇨🇳C🏴󠁧󠁢󠁥󠁮󠁧󠁿D", "ABCD"},
		{"keycaps keep their digit", "第1️⃣名", "第1名"},
		{"only emoji", "🌸🌙", ""},
		{"Arabic is not in the font", "محمد علي Ali", "Ali"},
		{"piled-up accents", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L", "ZAL"},
		{"directions", "a\u202eb\u2066c\u200f", "abc"},
		{"blank letters", "\u3164\u3164\u2800", ""},
		{"blanks and breaks", "  甲 \t 乙\n\n 丙 \n", "甲 乙\n丙"},
		{"not text", "a\xff\x00b\ufffd", "ab"},
		{"a joiner between letters", "学\u200d习", "学习"},
		{"private use", "a\ue000b", "ab"},
	} {
		if got := sans.Clean(c.text); got != c.want {
			t.Errorf("%s: %q became %q instead of %q", c.name, c.text, got, c.want)
		}
	}
}

func TestParagraphsBreakWhereAReaderWould(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want []string
	}{
		{"欲穷千里目，更上一层楼。", []string{"欲穷千里目，", "更上一层楼。"}},
		{"长风破浪会有时，直挂云帆济沧海。", []string{"长风破浪会有时，", "直挂云帆济沧海。"}},
		{"学不可以已。", []string{"学不可以已。"}},
		{"古之立大事者，不惟有超世之才，亦必有坚忍不拔之志。", []string{"古之立大事者，", "不惟有超世之才，", "亦必有坚忍不拔之志。"}},
		{"一行\n两行", []string{"一行", "两行"}},
		{"Stay hungry, stay foolish, and never give up learning.", []string{"Stay hungry, stay foolish,", "and never give up learning."}},
	} {
		got := said(typeset.Paragraph(c.text, styles(52, 46, 40, 34, 28), 622, 216))
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%q: %s", c.text, d)
		}
	}
}

var anyText = rapid.OneOf(
	rapid.StringOfN(rapid.SampledFrom([]rune("学而时习之不亦说乎一日千里。，、；：！？）》」』】（《「『【“”‘’…—·")), 1, 60, -1),
	rapid.StringOfN(rapid.SampledFrom([]rune("学习之道。，（）《》「」 \nabcXYZ 0123456789.,'-%WWW")), 1, 60, -1),
	rapid.StringOfN(rapid.SampledFrom([]rune("学习之道，。（）《》「」 \nabcW0.'")), 40, 60, -1),
	rapid.StringN(0, 60, -1),
)

func TestAParagraphNeverLeavesItsBoxAndKeepsTheRules(t *testing.T) {
	t.Parallel()
	serif, _ := faces()
	const width, height = 622, 216
	rapid.Check(t, func(t *rapid.T) {
		text := serif.Clean(anyText.Draw(t, "text"))
		b := typeset.Paragraph(text, styles(52, 46, 40, 34, 28), width, height)
		if len(b.Lines)*b.Leading > height {
			t.Fatalf("%d lines of %d pixels", len(b.Lines), b.Leading)
		}
		var all strings.Builder
		for i, line := range b.Lines {
			if line.Width > fixed.I(width) || len(line.Glyphs) == 0 {
				t.Fatalf("line %q is %v wide", line, line.Width)
			}
			checkInk(t, b.Style, line, width)
			if i > 0 {
				checkBreak(t, b.Style, []rune(text), utf8.RuneCountInString(bare(all.String())), width)
			}
			all.WriteString(line.String())
		}
		if got, want := bare(all.String()), bare(text); got != want && !strings.HasSuffix(got, "…") {
			t.Fatalf("%q became %q", want, got)
		}
	})
}

func checkInk(t *rapid.T, s typeset.Style, line typeset.Line, width int) {
	for _, p := range line.Glyphs {
		ink := s.Face.Glyph(p.Rune, s.Size, 0).Ink
		if x := p.X.Floor(); !ink.Empty() && (x+ink.Min.X < -s.Size/6 || x+ink.Max.X > width+s.Size/6) {
			t.Fatalf("%q of %q paints from %d to %d", p.Rune, line, x+ink.Min.X, x+ink.Max.X)
		}
	}
}

// checkBreak looks at the break after so many characters, blanks not counted.
func checkBreak(t *rapid.T, s typeset.Style, text []rune, count, width int) {
	at := 0
	for ; count > 0 || unicode.IsSpace(text[at]); at++ {
		if !unicode.IsSpace(text[at]) {
			count--
		}
	}
	last, first := text[at-1], text[at]
	isWord := func(r rune) bool { return r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) }
	bad := strings.ContainsRune("。，、；：！？）》」』】…", first) || strings.ContainsRune("（《「『【", last) || isWord(first) && isWord(last)
	if unicode.IsSpace(last) || !bad {
		return
	}
	// Only a stretch that fits on no line may be broken so.
	isSoft := func(r rune) bool { return unicode.Is(unicode.Han, r) || unicode.IsSpace(r) }
	start, end := at-1, at
	for start > 0 && !isSoft(text[start]) {
		start--
	}
	for end < len(text) && !isSoft(text[end]) {
		end++
	}
	if s.Line(string(text[start:end]), 1<<20).Width <= fixed.I(width) {
		t.Fatalf("a line ends in %q and the next starts with %q, in %q", last, first, string(text))
	}
}

func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

func TestALineIsCutByItsWidth(t *testing.T) {
	t.Parallel()
	_, sans := faces()
	style := typeset.Style{Face: sans, Size: 24}
	for _, c := range []struct{ text, want string }{
		{"短", "短"},
		{"一二三四五六七八九十", "一二三四五六七八九十"},
		{"一二三四五六七八九十一", "一二三四五六七八九…"},
		{"iiiiiiiiiiiiiiiiiiiiiiii", "iiiiiiiiiiiiiiiiiiiiiiii"},
		{"一二三四五六七《八九十》", "一二三四五六七《八…"},
		{"一二三四五六七八 《九十》", "一二三四五六七八…"},
	} {
		if got := style.Line(c.text, 240); got.String() != c.want || got.Width > fixed.I(240) {
			t.Errorf("%q became %q, %v wide", c.text, got, got.Width)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(0, 300).Draw(t, "width")
		line := style.Line(sans.Clean(anyText.Draw(t, "text")), width)
		if line.Width > fixed.I(width) {
			t.Fatalf("%q is %v wide", line, line.Width)
		}
		checkInk(t, style, line, width)
	})
}

func TestGlyphsAreDrawnOnceForAll(t *testing.T) {
	t.Parallel()
	serif, _ := faces()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, r := range "天行健君子以自强不息" {
				if g := serif.Glyph(r, 40, 1); g.Ink.Empty() || len(g.Mask) != g.Ink.Dx()*g.Ink.Dy() {
					t.Errorf("%q has no shape", r)
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkParagraph(b *testing.B) {
	s := styles(52, 46, 40, 34, 28)
	for b.Loop() {
		typeset.Paragraph("合抱之木，生于毫末；九层之台，起于累土；千里之行，始于足下。合抱之木，生于毫末；九层之台，起于累土；千里之行，始于足下。", s, 622, 216)
	}
}
