// Package card draws sign-cards (日签): a picture that dissolves into paper, a saying, the day, the learner and the
// way to join.
package card

import (
	"context"
	"strings"
	"unicode"

	"yingdi/domain"
	"yingdi/domain/signcard"
	"yingdi/templates/card/mosaic"
	"yingdi/templates/card/typeset"
)

const quality = 85 // of the JPEG

// Renderer draws cards. It implements signcard.Renderer, remembers what cards share, and is safe for concurrent use.
type Renderer struct {
	*press
	photos *cache[plateKey, func() (plate, error)] // plates of organisers' pictures
}

var _ signcard.Renderer = (*Renderer)(nil)

// New draws with the fonts that the build embedded. The renderers of a process share one press; a picture of an organiser is
// known by an id of one product's, and is each one's own. Pictures are painted when they are first asked for.
func New() (*Renderer, error) {
	p, err := house()
	if err != nil {
		return nil, err
	}
	return p.renderer(), nil
}

func (p *press) renderer() *Renderer {
	return &Renderer{p, newCache[plateKey, func() (plate, error)](mostPhotos)}
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
