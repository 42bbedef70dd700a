package typeset

import (
	"math"
	"unicode"

	"golang.org/x/image/math/fixed"
)

// Block is a paragraph that was set: its lines and the style that they fit in. Leading is from one baseline to the
// next, in pixels.
type Block struct {
	Style   Style
	Lines   []Line
	Leading int
	Cut     bool // not everything fitted
}

// The taste of Paragraph, in one currency: squared shares of the width.
const (
	costOfBreak = 0.30 // a line that ends within a phrase
	costOfLine  = 0.05
	costOfStyle = 0.06 // each step to a smaller style
	costOfFull  = 0.60 // a line that leaves no air at its end
)

// Paragraph sets clean text in width by height pixels, in the style that suits it best; styles go from the largest
// to the smallest. Lines come out even, break after a pause if they can, never within a word and never where
// Chinese rules forbid it, unless one word alone is wider than a line. Line breaks in the text are kept. What does
// not fit even in the smallest style is cut, and ends in ….
func Paragraph(text string, styles []Style, width, height int) Block {
	runes := []rune(text)
	if len(runes) == 0 {
		return Block{Style: styles[0], Leading: leading(styles[0])}
	}
	best, bestCost := Block{}, math.Inf(1)
	for i, style := range styles {
		most := height / leading(style)
		lines, cost := style.breakLines(runes, width, most)
		if cost += float64(i) * costOfStyle; lines != nil && cost < bestCost {
			best, bestCost = Block{style, lines, leading(style), false}, cost
		}
	}
	if best.Lines == nil {
		smallest := styles[len(styles)-1]
		return Block{smallest, smallest.fillLines(runes, width, max(1, height/leading(smallest))), leading(smallest), true}
	}
	return best
}

func leading(s Style) int { return s.Size * 8 / 5 }

// place is where a line may end and the next one start.
type place struct {
	from, to    int           // the next line's first character, and the one after this line's last
	left, right fixed.Int26_6 // where these two stand in the endless row
	hard        int           // line breaks before the next line's first character
	hardTo      int           // line breaks before this line's end
	paused      bool          // a pause, a line break or the end of the text
}

// places lists where lines of a row may end, the start of the text first.
func (s Style) places(r row, width int) []place {
	mark, hard := s.breaks(r.runes, width), make([]int, len(r.runes)+1)
	for i, c := range r.runes {
		if hard[i+1] = hard[i]; c == '\n' {
			hard[i+1]++
		}
	}
	var places []place
	for i := range len(r.runes) + 1 {
		if i > 0 && i < len(r.runes) && !mark[i] {
			continue
		}
		p := place{from: skipBlank(r.runes, i), to: inkEnd(r.runes, i), paused: i == 0 || i == len(r.runes)}
		p.hard, p.hardTo = hard[p.from], hard[p.to]
		if p.from < len(r.runes) {
			p.left = r.at[p.from] + r.indent(p.from)
		}
		if p.to > 0 {
			p.right = r.width(0, p.to) + r.indent(0)
			p.paused = p.paused || hard[i] > hard[p.to] || has(pauses, r.runes[p.to-1])
		}
		places = append(places, p)
	}
	return places
}

// breakLines finds the cheapest way to set a row in at most so many lines; nil if there is none.
func (s Style) breakLines(runes []rune, width, most int) ([]Line, float64) {
	row := s.row(runes)
	places := s.places(row, width)
	limit := float64(fixed.I(width))
	whole := row.width(0, len(runes))

	var best []int
	bestCost := math.Inf(1)
	for count := max(1, int(whole/fixed.I(width))); count <= most; count++ {
		ideal := float64(whole) / float64(count)
		path, cost := cheapest(len(places), count, func(from, to int) float64 {
			a, b := &places[from], &places[to]
			w := max(0, float64(b.right-a.left))
			if w > limit || b.hardTo > a.hard {
				return math.Inf(1)
			}
			slack := (ideal - w) / limit
			cost := slack*slack + costOfLine + costOfFull*max(0, w/limit-0.85)
			if !b.paused {
				cost += costOfBreak
			}
			return cost
		})
		if cost < bestCost {
			best, bestCost = path, cost
		}
	}
	if best == nil {
		return nil, bestCost
	}
	lines := make([]Line, 0, len(best)-1)
	for i := 1; i < len(best); i++ {
		from, to := places[best[i-1]].from, places[best[i]].to
		lines = append(lines, row.line(from, max(from, to)))
	}
	return lines, bestCost
}

// cheapest picks count steps from place 0 to the last place, nil if every way is infinitely dear.
func cheapest(places, count int, cost func(from, to int) float64) ([]int, float64) {
	total := make([]float64, places)
	for i := range total {
		total[i] = math.Inf(1)
	}
	total[0] = 0
	from := make([][]int, count)
	for k := range count {
		next := make([]float64, places)
		from[k] = make([]int, places)
		for to := range next {
			next[to] = math.Inf(1)
			for i := to - 1; i >= 0; i-- {
				step := cost(i, to)
				if math.IsInf(step, 1) {
					break // longer lines fit even less
				}
				if c := total[i] + step; c < next[to] {
					next[to], from[k][to] = c, i
				}
			}
		}
		total = next
	}
	end := places - 1
	if math.IsInf(total[end], 1) {
		return nil, total[end]
	}
	path := make([]int, count+1)
	path[count] = end
	for k := count - 1; k >= 0; k-- {
		path[k] = from[k][path[k+1]]
	}
	return path, total[end]
}

// breaks marks the characters before which a line may end. A word wider than the line may end anywhere.
func (s Style) breaks(runes []rune, width int) []bool {
	row, mark := s.row(runes), make([]bool, len(runes)+1)
	word := 0
	for i := 1; i <= len(runes); i++ {
		if i < len(runes) && !mayBreak(runes[i-1], runes[i]) {
			continue
		}
		mark[i] = true
		if row.width(word, i) > fixed.I(width) {
			for k := word + 1; k < i; k++ {
				mark[k] = true
			}
		}
		word = i
	}
	return mark
}

// fillLines fills line after line and cuts what is left over.
func (s Style) fillLines(runes []rune, width, most int) []Line {
	flat := make([]rune, len(runes))
	for i, r := range runes {
		if flat[i] = r; r == '\n' {
			flat[i] = ' '
		}
	}
	row, mark := s.row(flat), s.breaks(flat, width)
	var lines []Line
	start := 0
	for start < len(flat) && len(lines) < most {
		start = skipBlank(flat, start)
		if len(lines) == most-1 && row.width(start, len(flat)) > fixed.I(width) {
			return append(lines, s.cut(flat[start:], width))
		}
		end := start + 1
		for i := start + 1; i <= len(flat) && row.width(start, i) <= fixed.I(width); i++ {
			if i == len(flat) || mark[i] {
				end = i
			}
		}
		lines = append(lines, row.line(start, inkEnd(flat, end)))
		start = end
	}
	return lines
}

func skipBlank(runes []rune, i int) int {
	for i < len(runes) && unicode.IsSpace(runes[i]) {
		i++
	}
	return i
}

func inkEnd(runes []rune, end int) int {
	for end > 0 && unicode.IsSpace(runes[end-1]) {
		end--
	}
	return end
}
