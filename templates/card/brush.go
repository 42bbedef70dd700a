package card

import (
	"image"
	"image/color"
	"math"

	"golang.org/x/image/math/fixed"

	"yingdi/templates/card/mosaic"
)

// paint is a colour as a JPEG stores it.
type paint struct{ y, cb, cr uint8 }

func paintOf(hex uint32) paint {
	y, cb, cr := color.RGBToYCbCr(uint8(hex>>16), uint8(hex>>8), uint8(hex))
	return paint{y, cb, cr}
}

// brush paints on a canvas, in the colours that JPEG stores.
type brush struct{ *mosaic.Canvas }

func (b brush) label(l label, c paint) {
	for _, g := range l.line.Glyphs {
		x := fixed.I(l.x) + g.X + 8 // to the nearest quarter of a pixel
		glyph := l.style.Face.Glyph(g.Rune, l.style.Size, uint8(x>>4&3))
		b.stencil(glyph.Mask, glyph.Ink.Add(image.Pt(x.Floor(), l.y)), c)
	}
}

// stencil lays a colour through a mask of coverage, row by row in r.
func (b brush) stencil(mask []uint8, r image.Rectangle, c paint) {
	seen := r.Intersect(b.Bounds())
	if seen.Empty() {
		return
	}
	b.Touch(seen)
	pix, stride := b.Pix, r.Dx()
	for y := seen.Min.Y; y < seen.Max.Y; y++ {
		row := mask[(y-r.Min.Y)*stride+seen.Min.X-r.Min.X:][:seen.Dx()]
		line := pix.Y[y*pix.YStride+seen.Min.X:][:len(row)]
		for i, a := range row {
			if a != 0 {
				line[i] = over(line[i], c.y, uint32(a))
			}
		}
	}
	at := func(x, y int) uint32 {
		if x < r.Min.X || x >= r.Max.X || y < r.Min.Y || y >= r.Max.Y {
			return 0
		}
		return uint32(mask[(y-r.Min.Y)*stride+x-r.Min.X])
	}
	for y := seen.Min.Y &^ 1; y < seen.Max.Y; y += 2 {
		for x := seen.Min.X &^ 1; x < seen.Max.X; x += 2 {
			if a := (at(x, y) + at(x+1, y) + at(x, y+1) + at(x+1, y+1) + 2) / 4; a != 0 {
				o := y/2*pix.CStride + x/2
				pix.Cb[o], pix.Cr[o] = over(pix.Cb[o], c.cb, a), over(pix.Cr[o], c.cr, a)
			}
		}
	}
}

// over mixes a share of 255 of the upper value into the lower one.
func over(lower, upper uint8, share uint32) uint8 {
	return uint8((uint32(lower)*(255-share) + uint32(upper)*share + 127) / 255)
}

// patch lays a picture at a place with even coordinates, or next to it.
func (b brush) patch(p *patch, at image.Point) {
	at = image.Pt(at.X&^1, at.Y&^1)
	w, h, mask := p.Rect.Dx(), p.Rect.Dy(), p.mask
	r := image.Rect(at.X, at.Y, at.X+w, at.Y+h)
	b.Touch(r)
	pix := b.Pix
	for y := range h {
		line := pix.Y[(at.Y+y)*pix.YStride+at.X:]
		for x := range w {
			line[x] = over(line[x], p.Y[y*p.YStride+x], uint32(mask[y*w+x]))
		}
	}
	for y := 0; y < h; y += 2 {
		for x := 0; x < w; x += 2 {
			m := mask[y*w+x:]
			a := (uint32(m[0]) + uint32(m[1]) + uint32(m[w]) + uint32(m[w+1]) + 2) / 4
			o, from := (at.Y+y)/2*pix.CStride+(at.X+x)/2, y/2*p.CStride+x/2
			pix.Cb[o], pix.Cr[o] = over(pix.Cb[o], p.Cb[from], a), over(pix.Cr[o], p.Cr[from], a)
		}
	}
}

// masks are the round ones that were asked for, by size and radius.
var masks = newCache[[3]int, []uint8](256)

// round is a mask that is made once.
func round(w, h, radius int) []uint8 {
	return masks.get([3]int{w, h, radius}, func() []uint8 { return roundMask(w, h, float64(radius)) })
}

// roundMask covers a rectangle with rounded corners, smooth at its edge.
func roundMask(w, h int, radius float64) []uint8 {
	mask := make([]uint8, w*h)
	for y := range h {
		for x := range w {
			dx := max(radius-float64(x)-0.5, float64(x)+0.5-float64(w)+radius, 0)
			dy := max(radius-float64(y)-0.5, float64(y)+0.5-float64(h)+radius, 0)
			mask[y*w+x] = uint8(255 * min(max(radius+0.5-math.Hypot(dx, dy), 0), 1))
		}
	}
	return mask
}
