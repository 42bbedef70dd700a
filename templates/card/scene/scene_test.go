package scene_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"testing"

	"yingdi/domain/signcard"
	"yingdi/templates/card/scene"
)

func plain(c color.Color, w, h int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(m, m.Rect, image.NewUniform(c), image.Point{}, draw.Src)
	return m
}

func lay(a scene.Art, theme scene.Theme) *image.RGBA {
	return a.Lay(image.Rect(0, 0, scene.Width, 1200), image.Rect(0, 0, scene.Width, scene.Depth), 190, theme.Paper)
}

func TestAPhotographMakesAPaletteThatCanBeRead(t *testing.T) {
	t.Parallel()
	for _, c := range []color.RGBA{{0, 0, 0, 255}, {255, 255, 255, 255}, {255, 240, 0, 255}, {200, 30, 40, 255}, {10, 60, 200, 255}, {120, 120, 120, 255}} {
		art, theme := scene.Photo(plain(c, 900, 500), 750, 600, true)
		if m := art.Lay(image.Rect(0, 0, 750, 1200), image.Rect(0, 0, 750, 600), 100, theme.Paper); m.RGBAAt(0, 1199) == m.RGBAAt(0, 0) {
			t.Errorf("%v: no picture on the paper", c)
		}
		if a, b, d := scene.Contrast(theme.Ink, theme.Paper), scene.Contrast(theme.Muted, theme.Paper), scene.Contrast(theme.Accent, theme.Paper); a < 9 || b < 3 || d < 3 {
			t.Errorf("%v: contrasts of %.1f, %.1f and %.1f", c, a, b, d)
		}
	}
}

func TestEveryPictureOfTheLibraryIsPaintedAndReadable(t *testing.T) {
	t.Parallel()
	for _, name := range signcard.Pictures {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			art, theme, ok := scene.Paint(name)
			if !ok {
				t.Fatal("not painted")
			}
			m := lay(art, theme)
			if m.Rect != image.Rect(0, 0, scene.Width, 1200) {
				t.Fatalf("not painted: %v", m)
			}
			if c := scene.Contrast(theme.Ink, theme.Paper); c < 9 {
				t.Errorf("ink on paper has a contrast of %.1f", c)
			}
			if c := scene.Contrast(theme.Muted, theme.Paper); c < 3 {
				t.Errorf("muted on paper has a contrast of %.1f", c)
			}
			if c := scene.Contrast(theme.Accent, theme.Paper); c < 3 {
				t.Errorf("accent on paper has a contrast of %.1f", c)
			}
			// Where the date stands, the sky leaves it readable on average.
			var sum float64
			for y := 70; y < 150; y++ {
				for x := 64; x < 264; x++ {
					c := m.RGBAAt(x, y)
					sum += scene.Contrast(theme.Over, uint32(c.R)<<16|uint32(c.G)<<8|uint32(c.B))
				}
			}
			if mean := sum / (80 * 200); mean < 2.6 {
				t.Errorf("the date on the sky has a contrast of %.1f", mean)
			}
			if c := m.RGBAAt(300, 1100); uint32(c.R)<<16|uint32(c.G)<<8|uint32(c.B) != theme.Paper {
				t.Errorf("the paper is %v instead of %06x", c, theme.Paper)
			}
		})
	}
}

func TestAPictureIsAlwaysTheSame(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"plum", "sea-sunrise"} {
		first, theme, _ := scene.Paint(name)
		if again, _, _ := scene.Paint(name); !bytes.Equal(lay(first, theme).Pix, lay(again, theme).Pix) {
			t.Errorf("%s is painted differently the second time", name)
		}
	}
}

func TestAnUnknownPictureIsNotPainted(t *testing.T) {
	t.Parallel()
	if _, _, ok := scene.Paint("no-such-picture"); ok {
		t.Error("painted")
	}
}
