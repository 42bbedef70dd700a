package scene

import (
	"image"
	"math"

	"golang.org/x/image/draw"
)

// Art is a picture before it is laid on paper.
type Art struct {
	w, h int
	pix  []rgb
}

// shade is how much darker a photograph gets towards its upper edge, so that white writing stays readable on it.
const shade, shadeDepth = 0.38, 260

// Photo makes a picture of w by h pixels of the middle of a photograph, with a palette made from its colours. shaded gets it
// ready for writing on its upper part.
func Photo(m image.Image, w, h int, shaded bool) (Art, Theme) {
	a := fit(m, w, h)
	mean := a.mean()
	if !shaded {
		return a, themeOf(mean)
	}
	for y := range min(h, shadeDepth) {
		dark := shade * (1 - smooth(float64(y)/shadeDepth))
		for x := range w {
			a.pix[y*w+x] = mix(a.pix[y*w+x], rgb{}, dark)
		}
	}
	return a, themeOf(mean)
}

// fit scales the middle of a picture until it covers w by h pixels.
func fit(m image.Image, w, h int) Art {
	b := m.Bounds()
	scale := min(float64(b.Dx())/float64(w), float64(b.Dy())/float64(h))
	cw, ch := max(1, int(float64(w)*scale)), max(1, int(float64(h)*scale))
	corner := b.Min.Add(image.Pt((b.Dx()-cw)/2, (b.Dy()-ch)/2))
	small := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(small, small.Rect, image.White, image.Point{}, draw.Src)
	draw.CatmullRom.Scale(small, small.Rect, m, image.Rectangle{Min: corner, Max: corner.Add(image.Pt(cw, ch))}, draw.Over, nil)
	a := Art{w, h, make([]rgb, w*h)}
	for i := range a.pix {
		c := small.Pix[i*4:]
		a.pix[i] = rgb{float32(c[0]), float32(c[1]), float32(c[2])}
	}
	return a
}

// Fit is the picture at another size: as it is, or the middle of it.
func (a Art) Fit(w, h int) Art {
	if a.w == w && a.h == h {
		return a
	}
	return fit(a.Lay(image.Rect(0, 0, a.w, a.h), image.Rect(0, 0, a.w, a.h), 0, 0), w, h)
}

func (a Art) mean() rgb {
	var r, g, b float64
	for _, c := range a.pix {
		r, g, b = r+float64(c.r), g+float64(c.g), b+float64(c.b)
	}
	n := float64(len(a.pix))
	return rgb{float32(r / n), float32(g / n), float32(b / n)}
}

// Lay puts the picture, which has the size of at, on a sheet of paper, dissolving its lower end over so many pixels, with
// a breath of grain against banding.
func (a Art) Lay(sheet, at image.Rectangle, fade int, paper uint32) *image.RGBA {
	m, ground := image.NewRGBA(sheet), hex(paper)
	for y := sheet.Min.Y; y < sheet.Max.Y; y++ {
		gone := 0.0
		if fade > 0 {
			gone = smooth(float64(y-at.Max.Y+fade) / float64(fade))
		}
		for x := sheet.Min.X; x < sheet.Max.X; x++ {
			c, grain := ground, float32(0.5)
			if image.Pt(x, y).In(at) {
				c = mix(a.pix[(y-at.Min.Y)*a.w+x-at.Min.X], ground, gone)
				grain = float32(scatter(0, x, y))
			}
			o := m.PixOffset(x, y)
			m.Pix[o], m.Pix[o+1], m.Pix[o+2], m.Pix[o+3] = uint8(min(c.r+grain, 255)), uint8(min(c.g+grain, 255)), uint8(min(c.b+grain, 255)), 255
		}
	}
	return m
}

// themeOf makes a palette around the mean colour of a photograph: light paper and dark ink of its hue.
func themeOf(mean rgb) Theme {
	white, black := rgb{255, 253, 249}, rgb{24, 28, 32}
	lively := saturate(mean, 2.2)
	paper := mix(lively, white, 0.9)
	return Theme{
		Paper: paper.hex(), Ink: against(mix(lively, black, 0.82), paper, 9), Muted: against(mix(mean, rgb{120, 124, 128}, 0.6), paper, 3.2),
		Accent: against(saturate(mean, 3), paper, 3.4), Over: 0xffffff,
	}
}

func saturate(c rgb, by float32) rgb {
	grey := (c.r + c.g + c.b) / 3
	bound := func(v float32) float32 { return min(max(grey+(v-grey)*by, 0), 255) }
	return rgb{bound(c.r), bound(c.g), bound(c.b)}
}

// against darkens a colour until it can be read on the paper.
func against(c, paper rgb, contrast float64) uint32 {
	for Contrast(c.hex(), paper.hex()) < contrast && c.r+c.g+c.b > 3 {
		c = mix(c, rgb{}, 0.06)
	}
	return c.hex()
}

func (c rgb) hex() uint32 {
	return uint32(c.r+0.5)<<16 | uint32(c.g+0.5)<<8 | uint32(c.b+0.5)
}

// Contrast of two colours as the Web Content Accessibility Guidelines count it: from 1 to 21.
func Contrast(a, b uint32) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

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
