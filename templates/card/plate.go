package card

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"strconv"
	"sync"

	"yingdi/domain"
	"yingdi/domain/signcard"
	"yingdi/templates/card/mosaic"
	"yingdi/templates/card/scene"
	"yingdi/templates/card/typeset"
)

// plate is a picture ready for cards, with what is the same on all of them, and its palette.
type plate struct {
	*mosaic.Plate
	tones [toneCount]paint
}

// plateKey is what a plate is made of.
type plateKey struct {
	picture       string
	photo         bool
	at, seal      signcard.Piece
	fade          int
	paper         string
	shaded        bool // something is written on the picture
	width, height int
}

func keyOfPlate(s signcard.Sheet) plateKey {
	date := s.Design.At(signcard.PartDate)
	return plateKey{
		picture: s.Picture, photo: s.Photo != nil, at: s.Design.At(signcard.PartPicture), seal: s.Design.At(signcard.PartSeal), fade: s.Design.Fade,
		paper: s.Design.Paper, shaded: !date.Hidden && onPicture(s.Design, date), width: cmp.Or(s.W, signcard.Width), height: cmp.Or(s.H, signcard.Height),
	}
}

const sealRed, white = 0xb5392f, 0xfffaf2

// plateOf finds or makes the plate of a sheet. One that could not be made is not remembered.
func (r *Renderer) plateOf(ctx context.Context, s signcard.Sheet) (plate, error) {
	key, known := keyOfPlate(s), r.plates
	if key.photo {
		known = r.photos
	}
	made := known.get(key, func() func() (plate, error) {
		return sync.OnceValues(func() (plate, error) { return r.newPlate(ctx, key, s.Photo) })
	})
	p, err := made()
	if err != nil {
		known.drop(key)
	}
	return p, err
}

func (r *Renderer) newPlate(ctx context.Context, key plateKey, photo signcard.Photo) (plate, error) {
	art, theme, err := artOf(ctx, key, photo)
	if err != nil {
		return plate{}, err
	}
	if key.paper != "" {
		theme.Paper = hexOf(key.paper)
	}
	m := art.Lay(image.Rect(0, 0, key.width, key.height), key.at.Box(), key.fade, theme.Paper)
	if !key.seal.Hidden && key.seal.W > 0 {
		seal(m, key.seal.Box(), r.serif)
	}
	return plate{mosaic.NewPlate(m, quality), [toneCount]paint{
		toneInk: paintOf(theme.Ink), toneMuted: paintOf(theme.Muted), toneAccent: paintOf(theme.Accent),
		toneOver: paintOf(theme.Over), toneWhite: paintOf(white), toneTrack: paintOf(between(theme.Paper, theme.Muted)),
	}}, nil
}

// artOf is the picture at its size.
func artOf(ctx context.Context, key plateKey, photo signcard.Photo) (scene.Art, scene.Theme, error) {
	if photo == nil {
		art, theme, ok := scene.Paint(key.picture)
		if !ok {
			return art, theme, domain.Invalid("picture", "图库里没有这张图片")
		}
		return art.Fit(key.at.W, key.at.H), theme, nil
	}
	data, err := photo(ctx)
	if err != nil {
		return scene.Art{}, scene.Theme{}, fmt.Errorf("picture %s: %w", key.picture, err)
	}
	size, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil || size.Width > maxImageSide || size.Height > maxImageSide {
		return scene.Art{}, scene.Theme{}, domain.Invalid("picture", "图片无法打开")
	}
	m, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return scene.Art{}, scene.Theme{}, domain.Invalid("picture", "图片无法打开")
	}
	art, theme := scene.Photo(m, key.at.W, key.at.H, key.shaded)
	return art, theme, nil
}

// hexOf reads #rrggbb, which was checked.
func hexOf(colour string) uint32 {
	v, _ := strconv.ParseUint(colour[1:], 16, 32)
	return uint32(v)
}

// seal stamps 日签, as a painter signs.
func seal(m *image.RGBA, box image.Rectangle, serif *typeset.Typeface) {
	w, h := box.Dx(), box.Dy()
	stamp(m, roundMask(w, h, 7), box, sealRed)
	size := min(w*28/44, h*28/82)
	for i, r := range []rune("日签") {
		glyph := serif.Glyph(r, size, 0)
		baseline := box.Min.Y + h*36/82 + i*h*35/82
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
