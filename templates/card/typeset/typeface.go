// Package typeset sets Chinese, mixed with Latin, in lines: which characters can be shown, where lines may break,
// how wide they are, and the shapes to paint. Lengths are in 64ths of a pixel unless they say pixels.
package typeset

import (
	"fmt"
	"image"
	"io"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// What a typeface remembers, at most. Forgetting costs time, never changes a result.
const (
	maxRunes = 50_000
	maxInk   = 16 << 20 // bytes of glyph shapes
)

// Typeface is a font, with another one for the characters that it lacks. Safe for concurrent use.
type Typeface struct {
	font     *sfnt.Font
	fallback *Typeface
	buffers  sync.Pool

	mu     sync.RWMutex
	runes  map[rune]character
	glyphs map[glyphKey]*Glyph
	ink    int
}

// character is where a rune is found. The zero value means nowhere.
type character struct {
	in      *Typeface
	index   sfnt.GlyphIndex
	advance int // font units, a thousandth of the size
}

type glyphKey struct {
	r     rune
	size  int
	shift uint8
}

// Glyph is the shape of a character at a size: coverage from 0 to 255, row by row. Ink is where it lies, in
// pixels from the origin on the baseline. Shared: never written to.
type Glyph struct {
	Mask []uint8
	Ink  image.Rectangle
}

// Parse reads a TrueType or OpenType font. The fallback may be nil.
func Parse(src io.ReaderAt, fallback *Typeface) (*Typeface, error) {
	f, err := sfnt.ParseReaderAt(src)
	if err != nil {
		return nil, fmt.Errorf("typeset: parse font: %w", err)
	}
	t := &Typeface{font: f, fallback: fallback, runes: map[rune]character{}, glyphs: map[glyphKey]*Glyph{}}
	t.buffers.New = func() any { return new(sfnt.Buffer) }
	return t, nil
}

// Has reports whether the typeface or its fallback can show r on a line.
func (t *Typeface) Has(r rune) bool { return t.character(r).in != nil }

func (t *Typeface) character(r rune) character {
	t.mu.RLock()
	c, ok := t.runes[r]
	t.mu.RUnlock()
	if ok {
		return c
	}
	c = t.look(r)
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.runes) >= maxRunes {
		clear(t.runes)
	}
	t.runes[r] = c
	return c
}

func (t *Typeface) look(r rune) character {
	buf := t.buffers.Get().(*sfnt.Buffer)
	defer t.buffers.Put(buf)
	index, err := t.font.GlyphIndex(buf, r)
	if err == nil && index != 0 {
		// A shape that is higher than a line, such as a mark for vertical text, would run into others.
		box, advance, err := t.font.GlyphBounds(buf, index, fixed.I(1000), font.HintingNone)
		if err == nil && box.Min.Y >= fixed.I(-1200) && box.Max.Y <= fixed.I(450) && box.Min.X >= fixed.I(-150) && box.Max.X <= advance+fixed.I(150) {
			return character{t, index, advance.Round()}
		}
	}
	if t.fallback != nil {
		return t.fallback.character(r)
	}
	return character{}
}

// Glyph draws r at a size in pixels, its origin moved right by shift quarters of a pixel. A character that cannot
// be shown has no ink.
func (t *Typeface) Glyph(r rune, size int, shift uint8) *Glyph {
	c := t.character(r)
	if c.in == nil {
		return &Glyph{}
	}
	if c.in != t {
		return c.in.Glyph(r, size, shift)
	}
	key := glyphKey{r, size, shift}
	t.mu.RLock()
	g, ok := t.glyphs[key]
	t.mu.RUnlock()
	if ok {
		return g
	}
	g = t.draw(c.index, size, shift)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ink += len(g.Mask) + 64; t.ink > maxInk {
		clear(t.glyphs)
		t.ink = len(g.Mask)
	}
	t.glyphs[key] = g
	return g
}

func (t *Typeface) draw(index sfnt.GlyphIndex, size int, shift uint8) *Glyph {
	buf := t.buffers.Get().(*sfnt.Buffer)
	defer t.buffers.Put(buf)
	segments, err := t.font.LoadGlyph(buf, index, fixed.I(size), nil)
	if err != nil || len(segments) == 0 {
		return &Glyph{}
	}
	bounds := segments.Bounds()
	dx := fixed.Int26_6(shift) * 16
	ink := image.Rect((bounds.Min.X + dx).Floor(), bounds.Min.Y.Floor(), (bounds.Max.X + dx).Ceil(), bounds.Max.Y.Ceil())
	if ink.Empty() || ink.Dx() > 8*size || ink.Dy() > 8*size {
		return &Glyph{}
	}
	z := vector.NewRasterizer(ink.Dx(), ink.Dy())
	at := func(p fixed.Point26_6) (x, y float32) {
		return float32(p.X+dx)/64 - float32(ink.Min.X), float32(p.Y)/64 - float32(ink.Min.Y)
	}
	for _, s := range segments {
		x, y := at(s.Args[0])
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			z.ClosePath()
			z.MoveTo(x, y)
		case sfnt.SegmentOpLineTo:
			z.LineTo(x, y)
		case sfnt.SegmentOpQuadTo:
			x1, y1 := at(s.Args[1])
			z.QuadTo(x, y, x1, y1)
		case sfnt.SegmentOpCubeTo:
			x1, y1 := at(s.Args[1])
			x2, y2 := at(s.Args[2])
			z.CubeTo(x, y, x1, y1, x2, y2)
		}
	}
	z.ClosePath()
	mask := image.NewAlpha(image.Rect(0, 0, ink.Dx(), ink.Dy()))
	z.Draw(mask, mask.Rect, image.Opaque, image.Point{})
	return &Glyph{Mask: mask.Pix, Ink: ink}
}
