package card

import (
	"bytes"
	"crypto/sha256"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"
)

// What an avatar or a code may be, at most. Larger ones count as missing, before anything is decoded.
const (
	maxImageBytes = 4 << 20
	maxImageSide  = 2048
)

// patch is a square picture at the size of its place, in the colours that JPEG stores.
type patch struct{ *image.YCbCr }

type imageKey [sha256.Size]byte

// keyOf names picture bytes by their content; what is too large to be looked at has the name of nothing.
func keyOf(data []byte) imageKey {
	if len(data) == 0 || len(data) > maxImageBytes {
		return imageKey{}
	}
	return sha256.Sum256(data)
}

// decode reads a JPEG or a PNG and lays it on white; nil if it is neither or too large.
func decode(data []byte) *image.RGBA {
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
	flat := image.NewRGBA(image.Rectangle{Max: m.Bounds().Size()}) // scaling is much faster from here
	draw.Draw(flat, flat.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(flat, flat.Rect, m, m.Bounds().Min, draw.Over)
	return flat
}

// avatarPatch takes the middle square of an avatar.
func avatarPatch(data []byte) *patch {
	m := decode(data)
	if m == nil {
		return nil
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	side := min(w, h)
	corner := image.Pt((w-side)/2, (h-side)/2)
	return square(m, image.Rectangle{Min: corner, Max: corner.Add(image.Pt(side, side))}, avatarSize, 0)
}

// codePatch keeps a white border, so that a scanner finds the code on any paper.
func codePatch(data []byte) *patch {
	m := decode(data)
	if m == nil {
		return nil
	}
	return square(m, m.Rect, codeSize, 6)
}

// square scales a part of m onto white.
func square(m *image.RGBA, part image.Rectangle, size, border int) *patch {
	white := image.NewRGBA(image.Rect(0, 0, size, size))
	draw.Draw(white, white.Rect, image.White, image.Point{}, draw.Src)
	draw.BiLinear.Scale(white, white.Rect.Inset(border), m, part, draw.Src, nil)
	p := image.NewYCbCr(white.Rect, image.YCbCrSubsampleRatio420)
	for y := range size {
		for x := range size {
			c := white.RGBAAt(x, y)
			l, cb, cr := color.RGBToYCbCr(c.R, c.G, c.B)
			p.Y[p.YOffset(x, y)] = l
			p.Cb[p.COffset(x, y)], p.Cr[p.COffset(x, y)] = cb, cr
		}
	}
	return &patch{p}
}
