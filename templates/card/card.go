// Package card draws sign-cards (日签): a picture that dissolves into paper, a saying, the day, the learner and the
// way to join.
package card

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"yingdi/domain"
	"yingdi/domain/signcard"
	"yingdi/templates/card/mosaic"
	"yingdi/templates/card/scene"
	"yingdi/templates/card/typeset"
)

//go:embed fonts
var embedded embed.FS

// Fonts is what New wants: the fonts that the build embedded.
func Fonts() fs.FS {
	sub, err := fs.Sub(embedded, "fonts")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

const quality = 85 // of the JPEG

// Renderer draws cards. It implements signcard.Renderer, remembers what cards share, and is safe for concurrent use.
type Renderer struct {
	serif, sans *typeset.Typeface
	styles      styles
	plates      map[string]func() plate
	canvases    sync.Pool
	blocks      *cache[string, typeset.Block]
	avatars     *cache[imageKey, *patch]
	codes       *cache[imageKey, *patch]
}

var _ signcard.Renderer = (*Renderer)(nil)

// New reads NotoSerifSC-SemiBold.ttf and NotoSansSC-Regular.ttf. The default pictures are painted when they are first asked for.
func New(fonts fs.FS) (*Renderer, error) {
	sans, err := typeface(fonts, "NotoSansSC-Regular.ttf", nil)
	if err != nil {
		return nil, err
	}
	serif, err := typeface(fonts, "NotoSerifSC-SemiBold.ttf", sans)
	if err != nil {
		return nil, err
	}
	r := &Renderer{
		serif: serif, sans: sans, styles: newStyles(serif, sans),
		plates:  map[string]func() plate{},
		blocks:  newCache[string, typeset.Block](1024),
		avatars: newCache[imageKey, *patch](1024),
		codes:   newCache[imageKey, *patch](512),
	}
	r.canvases.New = func() any { return mosaic.NewCanvas(scene.Width, scene.Height) }
	for _, name := range signcard.Pictures {
		r.plates[name] = sync.OnceValue(func() plate { return newPlate(name, serif) })
	}
	return r, nil
}

func typeface(fonts fs.FS, name string, fallback *typeset.Typeface) (*typeset.Typeface, error) {
	f, err := fonts.Open(name)
	if err != nil {
		return nil, fmt.Errorf("card: font %s is missing, run make assets: %w", name, err)
	}
	src, ok := f.(io.ReaderAt) // an embedded font stays where it is
	if !ok {
		data, err := io.ReadAll(f)
		if err != nil {
			return nil, fmt.Errorf("card: read font %s: %w", name, err)
		}
		src = bytes.NewReader(data)
	}
	face, err := typeset.Parse(src, fallback)
	if err != nil {
		return nil, fmt.Errorf("card: font %s: %w", name, err)
	}
	return face, nil
}

// Render draws the sheet. An unknown picture or a day that is none is refused with domain.ErrInvalid. Whatever else
// the sheet holds, there is a card: characters without a shape are left out, long texts are set smaller or cut, and
// an avatar or a code that is no picture, or too large a one, counts as missing.
func (r *Renderer) Render(ctx context.Context, s signcard.Sheet) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	paint, ok := r.plates[s.Picture]
	if !ok {
		return nil, domain.Invalid("picture", "图库里没有这张图片")
	}
	if !s.Day.Valid() {
		return nil, domain.Invalid("day", "日期不正确")
	}
	p := paint()
	avatar := r.avatars.get(keyOf(s.Avatar), func() *patch { return avatarPatch(s.Avatar) })
	code := r.codes.get(keyOf(s.QR), func() *patch { return codePatch(s.QR) })

	canvas := r.canvases.Get().(*mosaic.Canvas)
	defer r.canvases.Put(canvas)
	canvas.Reset(p.Plate)
	b := brush{canvas}
	labels := r.layout(s, avatar != nil, code != nil)
	b.rules(labels, p.tones)
	b.track(s, p.tones)
	if avatar != nil {
		b.patch(avatar, avatarMask, avatarBox.Min)
	} else {
		b.stencil(avatarMask, avatarBox, discPaint(s.Nickname))
	}
	if code != nil {
		b.patch(code, codeMask, codeBox.Min)
	}
	for _, l := range labels {
		b.label(l, p.tones[l.tone])
	}
	return p.Encode(canvas), nil
}
