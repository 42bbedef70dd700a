// Package card draws sign-cards (日签): a picture that dissolves into paper, a saying, the day, the learner and the
// way to join.
package card

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
	"unicode"

	"yingdi/domain"
	"yingdi/domain/signcard"
	"yingdi/templates/card/mosaic"
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
	plates      *cache[plateKey, func() (plate, error)]
	canvases    sync.Pool
	blocks      *cache[blockKey, typeset.Block]
	avatars     *cache[patchKey, *patch]
	codes       *cache[patchKey, *patch]
	logos       *cache[patchKey, *patch]
}

var _ signcard.Renderer = (*Renderer)(nil)

// blockKey is what the lines of a saying follow from.
type blockKey struct {
	text          string
	font          signcard.Font
	size          int
	width, height int
}

// mostPlates are kept: a plate takes a megabyte and a half.
const mostPlates = 48

// New reads NotoSerifSC-SemiBold.ttf, NotoSansSC-Regular.ttf and, for emoji, NotoEmoji-Regular.ttf; without the last one,
// emoji are left out. Pictures are painted when they are first asked for.
func New(fonts fs.FS) (*Renderer, error) {
	emoji, err := typeface(fonts, "NotoEmoji-Regular.ttf", nil)
	if errors.Is(err, fs.ErrNotExist) {
		emoji, err = nil, nil
	}
	if err != nil {
		return nil, err
	}
	sans, err := typeface(fonts, "NotoSansSC-Regular.ttf", emoji)
	if err != nil {
		return nil, err
	}
	serif, err := typeface(fonts, "NotoSerifSC-SemiBold.ttf", sans)
	if err != nil {
		return nil, err
	}
	r := &Renderer{
		serif: serif, sans: sans,
		plates:  newCache[plateKey, func() (plate, error)](mostPlates),
		blocks:  newCache[blockKey, typeset.Block](1024),
		avatars: newCache[patchKey, *patch](1024),
		codes:   newCache[patchKey, *patch](512),
		logos:   newCache[patchKey, *patch](64),
	}
	r.canvases.New = func() any { return mosaic.NewCanvas(signcard.Width, signcard.Height) }
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

// Render draws the sheet. A picture that cannot be had or a day that is none is refused with domain.ErrInvalid. Whatever
// else the sheet holds, there is a card: characters without a shape are left out, long texts are set smaller or cut, and
// an avatar, a logo or a code that is no picture, or too large a one, counts as missing.
func (r *Renderer) Render(ctx context.Context, s signcard.Sheet) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !s.Day.Valid() {
		return nil, domain.Invalid("day", "日期不正确")
	}
	p, err := r.plateOf(ctx, s)
	if err != nil {
		return nil, err
	}
	avatar := r.patch(r.avatars, s.Avatar, s.Design.At(signcard.PartAvatar), avatarPatch)
	code := r.patch(r.codes, s.QR, s.Design.At(signcard.PartCode), codePatch)

	canvas := r.canvas(s)
	if s.W == 0 {
		defer r.canvases.Put(canvas)
	}
	canvas.Reset(p.Plate)
	b := brush{canvas}
	labels := r.layout(s, avatar != nil, code != nil)
	b.rules(labels, p)
	b.track(s, p.tones)
	if at := s.Design.At(signcard.PartAvatar); avatar != nil {
		b.patch(avatar, at.Box().Min)
	} else if !at.Hidden {
		b.stencil(round(at.W, at.W, at.W/2), at.Box(), discPaint(s.Nickname))
	}
	if code != nil {
		b.patch(code, s.Design.At(signcard.PartCode).Box().Min)
	}
	if at := s.Design.At(signcard.PartLogo); len(s.Logo) > 0 {
		if logo := r.patch(r.logos, s.Logo, at, logoPatch); logo != nil {
			b.patch(logo, at.Box().Min)
		}
	}
	for _, l := range labels {
		b.label(l, p.of(l))
	}
	return p.Encode(canvas), nil
}

// canvas of the sheet's size; those of cards are used again.
func (r *Renderer) canvas(s signcard.Sheet) *mosaic.Canvas {
	if s.W == 0 {
		return r.canvases.Get().(*mosaic.Canvas)
	}
	return mosaic.NewCanvas(s.W, s.H)
}

// of is what a label is written in.
func (p plate) of(l label) paint {
	if l.colour != "" {
		return paintOf(hexOf(l.colour))
	}
	return p.tones[l.tone]
}

// Measure implements signcard.Renderer.
func (r *Renderer) Measure(d signcard.Design, s signcard.Saying) signcard.Measured {
	at := d.At(signcard.PartSaying)
	block := r.set(at, s.Text)
	m := signcard.Measured{Fits: !block.Cut, Lines: len(block.Lines), Size: block.Style.Size}
	for _, c := range s.Text + s.Author {
		if !unicode.IsSpace(c) && !unicode.IsMark(c) && !r.serif.Has(c) && !strings.ContainsRune(m.Missing, c) {
			m.Missing += string(c)
		}
	}
	author := typeset.Style{Face: r.sans, Size: authorSize, Tracking: 64}
	text := r.sans.Clean(s.Author)
	m.Fits = m.Fits && author.Line(text, at.W-authorIndent).String() == text
	return m
}
