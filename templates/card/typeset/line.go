package typeset

import (
	"strings"
	"unicode"

	"golang.org/x/image/math/fixed"
)

// Style is a typeface at a size in pixels, with extra space after each character.
type Style struct {
	Face     *Typeface
	Size     int
	Tracking fixed.Int26_6
}

// Line is text on one baseline, from its left end.
type Line struct {
	Glyphs []Placed
	Width  fixed.Int26_6
}

// Placed is a character and where it starts, which is left of the line's end by half its width for an opening
// bracket at the start: its left half is empty.
type Placed struct {
	Rune rune
	X    fixed.Int26_6
}

// String is what the line says.
func (l Line) String() string {
	var b strings.Builder
	for _, g := range l.Glyphs {
		b.WriteRune(g.Rune)
	}
	return b.String()
}

const ellipsis = '…'

// Line sets clean text on one line of at most width pixels. What does not fit is cut, and ends in ….
func (s Style) Line(text string, width int) Line {
	runes := []rune(strings.ReplaceAll(text, "\n", " "))
	row := s.row(runes)
	if row.width(0, len(runes)) <= fixed.I(width) {
		return row.line(0, len(runes))
	}
	return s.cut(runes, width)
}

// cut ends runes in … at the last place that fits, and never after a space or an opening bracket.
func (s Style) cut(runes []rune, width int) Line {
	for n := len(runes); n > 0; n-- {
		if last := runes[n-1]; unicode.IsSpace(last) || has(openers, last) {
			continue
		}
		short := append(runes[:n:n], ellipsis)
		if row := s.row(short); row.width(0, len(short)) <= fixed.I(width) {
			return row.line(0, len(short))
		}
	}
	return Line{}
}

// row is text measured as if it were one endless line.
type row struct {
	runes []rune
	at    []fixed.Int26_6 // where each character starts, and the end of the last
	em    fixed.Int26_6
	wide  []bool // takes a whole square
	tight []bool // stands half a square closer to the one before
	track fixed.Int26_6
}

func (s Style) row(runes []rune) row {
	r := row{runes: runes, at: make([]fixed.Int26_6, len(runes)+1), em: fixed.I(s.Size), wide: make([]bool, len(runes)), tight: make([]bool, len(runes)+1), track: s.Tracking}
	for i, c := range runes {
		advance := fixed.Int26_6(s.Face.character(c).advance * s.Size * 64 / 1000)
		r.wide[i] = advance >= r.em*9/10
		r.at[i+1] = r.at[i] + advance + s.Tracking
		// Of two marks in a row, the empty half between them is taken out.
		if i > 0 && r.wide[i] && r.wide[i-1] && isMark(c) && isMark(runes[i-1]) &&
			(has(halfClosers, runes[i-1]) || has(openers, runes[i-1]) && has(openers, c)) {
			r.tight[i] = true
			r.at[i] -= r.em / 2
			r.at[i+1] -= r.em / 2
		}
	}
	return r
}

// indent is how far the first character is moved left.
func (r row) indent(from int) fixed.Int26_6 {
	if r.wide[from] && has(openers, r.runes[from]) {
		return r.em / 2
	}
	return 0
}

// width of a line from one character to before another, without the space or the empty half that ends it.
func (r row) width(from, to int) fixed.Int26_6 {
	for to > from && unicode.IsSpace(r.runes[to-1]) {
		to--
	}
	if to <= from {
		return 0
	}
	w := r.at[to] - r.at[from] - r.track - r.indent(from)
	if r.wide[to-1] && !r.tight[to] && has(halfClosers, r.runes[to-1]) {
		w -= r.em / 2
	}
	return w
}

func (r row) line(from, to int) Line {
	l := Line{Width: r.width(from, to)}
	if from == to {
		return l
	}
	origin := r.at[from] + r.indent(from)
	for i := from; i < to; i++ {
		if !unicode.IsSpace(r.runes[i]) || i+1 < to {
			l.Glyphs = append(l.Glyphs, Placed{r.runes[i], r.at[i] - origin})
		}
	}
	return l
}
