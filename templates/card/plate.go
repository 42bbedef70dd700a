package card

import (
	"image"
	"image/color"
	"image/draw"

	"yingdi/templates/card/mosaic"
	"yingdi/templates/card/scene"
	"yingdi/templates/card/typeset"
)

// plate is a picture ready for cards, with what is the same on all of them, and its palette.
type plate struct {
	*mosaic.Plate
	tones [toneCount]paint
}

const sealRed, white = 0xb5392f, 0xfffaf2

func newPlate(name string, serif *typeset.Typeface) plate {
	m, theme, ok := scene.Paint(name)
	if !ok {
		panic("card: no picture is called " + name) // a test holds the library and the scenes together
	}
	seal(m, serif)
	return plate{mosaic.NewPlate(m, quality), [toneCount]paint{
		toneInk: paintOf(theme.Ink), toneMuted: paintOf(theme.Muted), toneAccent: paintOf(theme.Accent),
		toneOver: paintOf(theme.Over), toneWhite: paintOf(white), toneTrack: paintOf(between(theme.Paper, theme.Muted)),
	}}
}

// seal stamps 日签 in the upper right corner, as a painter signs.
func seal(m *image.RGBA, serif *typeset.Typeface) {
	const w, h, size = 44, 82, 28
	box := image.Rect(right-w, 66, right, 66+h)
	stamp(m, roundMask(w, h, 7), box, sealRed)
	for i, r := range "日签" {
		glyph := serif.Glyph(r, size, 0)
		baseline := box.Min.Y + 36 + i/len("日")*35
		stamp(m, glyph.Mask, glyph.Ink.Add(image.Pt(box.Min.X+(w-size)/2, baseline)), white)
	}
}

func stamp(m *image.RGBA, mask []uint8, r image.Rectangle, c uint32) {
	through := &image.Alpha{Pix: mask, Stride: r.Dx(), Rect: image.Rect(0, 0, r.Dx(), r.Dy())}
	ink := image.NewUniform(color.RGBA{uint8(c >> 16), uint8(c >> 8), uint8(c), 255})
	draw.DrawMask(m, r, ink, image.Point{}, through, image.Point{}, draw.Over)
}

// between is a quarter of the way from one colour to another.
func between(a, b uint32) (c uint32) {
	for shift := 0; shift < 24; shift += 8 {
		x, y := a>>shift&255, b>>shift&255
		c |= (x*3 + y) / 4 << shift
	}
	return c
}
