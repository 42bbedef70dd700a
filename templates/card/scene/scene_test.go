package scene_test

import (
	"bytes"
	"image"
	"math"
	"testing"

	"yingdi/domain/signcard"
	"yingdi/templates/card/scene"
)

func luminance(c uint32) float64 {
	channel := func(shift int) float64 {
		v := float64(c>>shift&255) / 255
		if v <= 0.03928 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(16) + 0.7152*channel(8) + 0.0722*channel(0)
}

// contrast as the Web Content Accessibility Guidelines count it: from 1 to 21.
func contrast(a, b uint32) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestEveryPictureOfTheLibraryIsPaintedAndReadable(t *testing.T) {
	t.Parallel()
	for _, name := range signcard.Pictures {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, theme, ok := scene.Paint(name)
			if !ok || m.Rect != image.Rect(0, 0, scene.Width, scene.Height) {
				t.Fatalf("not painted: %v", m)
			}
			if c := contrast(theme.Ink, theme.Paper); c < 9 {
				t.Errorf("ink on paper has a contrast of %.1f", c)
			}
			if c := contrast(theme.Muted, theme.Paper); c < 3 {
				t.Errorf("muted on paper has a contrast of %.1f", c)
			}
			if c := contrast(theme.Accent, theme.Paper); c < 3 {
				t.Errorf("accent on paper has a contrast of %.1f", c)
			}
			// Where the date stands, the sky leaves it readable on average.
			var sum float64
			for y := 70; y < 150; y++ {
				for x := 64; x < 264; x++ {
					c := m.RGBAAt(x, y)
					sum += contrast(theme.Over, uint32(c.R)<<16|uint32(c.G)<<8|uint32(c.B))
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
		first, _, _ := scene.Paint(name)
		if again, _, _ := scene.Paint(name); !bytes.Equal(first.Pix, again.Pix) {
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
