package card

import (
	"bytes"
	"crypto/sha256"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"

	"yingdi/domain/signcard"
)

// What an avatar or a code may be, at most. Larger ones count as missing, before anything is decoded.
const (
	maxImageBytes = 4 << 20
	maxImageSide  = 2048
)

// patch is a picture at the size of its place, in the colours that JPEG stores, and how much of it covers what is below.
// Its sides are even.
type patch struct {
	*image.YCbCr
	mask []uint8
}

type imageKey [sha256.Size]byte

// patchKey is what a patch is made of.
type patchKey struct {
	imageKey
	w, h int
}

// patch finds or makes the patch of a picture for a piece; nil if the piece is hidden or the picture is none.
func (r *Renderer) patch(in *cache[patchKey, *patch], data []byte, at signcard.Piece, prepare func(data []byte, w, h int) *patch) *patch {
	if at.Hidden {
		return nil
	}
	w, h := at.W&^1, at.H&^1
	return in.get(patchKey{keyOf(data), w, h}, func() *patch { return prepare(data, w, h) })
}

// keyOf names picture bytes by their content; what is too large to be looked at has the name of nothing.
func keyOf(data []byte) imageKey {
	if len(data) == 0 || len(data) > maxImageBytes {
		return imageKey{}
	}
	return sha256.Sum256(data)
}

// open reads a JPEG or a PNG; nil if it is neither or too large.
func open(data []byte) image.Image {
	if len(data) == 0 || len(data) > maxImageBytes {
		return nil
	}
	look, read := jpeg.DecodeConfig, jpeg.Decode
	if bytes.HasPrefix(data, []byte("\x89PNG")) {
		look, read = png.DecodeConfig, png.Decode
	}
	size, err := look(bytes.NewReader(data))
	if err != nil || size.Width <= 0 || size.Height <= 0 || size.Width > maxImageSide || size.Height > maxImageSide {
		return nil
	}
	m, err := read(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	return m
}

// decode opens a picture and lays it on white.
func decode(data []byte) *image.RGBA {
	m := open(data)
	if m == nil {
		return nil
	}
	flat := image.NewRGBA(image.Rectangle{Max: m.Bounds().Size()}) // scaling is much faster from here
	draw.Draw(flat, flat.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(flat, flat.Rect, m, m.Bounds().Min, draw.Over)
	return flat
}

// avatarPatch takes the middle square of an avatar.
func avatarPatch(data []byte, w, _ int) *patch {
	m := decode(data)
	if m == nil {
		return nil
	}
	side := min(m.Rect.Dx(), m.Rect.Dy())
	corner := image.Pt((m.Rect.Dx()-side)/2, (m.Rect.Dy()-side)/2)
	return square(m, image.Rectangle{Min: corner, Max: corner.Add(image.Pt(side, side))}, w, 0, round(w, w, w/2))
}

// codePatch keeps a white border, so that a scanner finds the code on any paper.
func codePatch(data []byte, w, _ int) *patch {
	m := decode(data)
	if m == nil {
		return nil
	}
	return square(m, m.Rect, w, 6, round(w, w, 14))
}

// square scales a part of m onto white.
func square(m *image.RGBA, part image.Rectangle, size, border int, mask []uint8) *patch {
	flat := image.NewRGBA(image.Rect(0, 0, size, size))
	draw.Draw(flat, flat.Rect, image.White, image.Point{}, draw.Src)
	draw.BiLinear.Scale(flat, flat.Rect.Inset(border), m, part, draw.Src, nil)
	return &patch{stored(flat), mask}
}

// logoPatch shows the whole of a logo in the middle of its place; what is see-through in it stays so.
func logoPatch(data []byte, w, h int) *patch {
	m := open(data)
	if m == nil {
		return nil
	}
	b := m.Bounds()
	scale := min(float64(w)/float64(b.Dx()), float64(h)/float64(b.Dy()))
	lw, lh := max(1, int(float64(b.Dx())*scale)), max(1, int(float64(b.Dy())*scale))
	at := image.Rect((w-lw)/2, (h-lh)/2, (w-lw)/2+lw, (h-lh)/2+lh)
	clear, flat := image.NewRGBA(image.Rect(0, 0, w, h)), image.NewRGBA(image.Rect(0, 0, w, h))
	draw.BiLinear.Scale(clear, at, m, b, draw.Src, nil)
	draw.Draw(flat, flat.Rect, image.White, image.Point{}, draw.Src)
	p := &patch{mask: make([]uint8, w*h)}
	for i := range p.mask {
		c := clear.Pix[i*4:][:4]
		if p.mask[i] = c[3]; c[3] > 0 { // the colour itself, not yet mixed with what lies below
			for k := range 3 {
				flat.Pix[i*4+k] = uint8(min(255, int(c[k])*255/int(c[3])))
			}
		}
	}
	p.YCbCr = stored(flat)
	return p
}

// stored is a picture in the colours that JPEG stores.
func stored(m *image.RGBA) *image.YCbCr {
	p := image.NewYCbCr(m.Rect, image.YCbCrSubsampleRatio420)
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			c := m.RGBAAt(x, y)
			l, cb, cr := color.RGBToYCbCr(c.R, c.G, c.B)
			p.Y[p.YOffset(x, y)] = l
			p.Cb[p.COffset(x, y)], p.Cr[p.COffset(x, y)] = cb, cr
		}
	}
	return p
}
