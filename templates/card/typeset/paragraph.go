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
			best, bestCost = Block{style, lines, leading(style)}, cost
		}
	}
	if best.Lines == nil {
		smallest := styles[len(styles)-1]
		return Block{smallest, smallest.fillLines(runes, width, max(1, height/leading(smallest))), leading(smallest)}
	}
	return best
}

func leading(s Style) int { return s.Size * 8 / 5 }

// breakLines finds the cheapest way to set runes in at most so many lines; nil if there is none.
func (s Style) breakLines(runes []rune, width, most int) ([]Line, float64) {
	row, breaks := s.row(runes), []int{0}
	mark := s.breaks(runes, width)
	for i := 1; i < len(runes); i++ {
		if mark[i] {
			breaks = append(breaks, i)
		}
	}
	breaks = append(breaks, len(runes))
	limit := float64(fixed.I(width))

	var best []int
	bestCost := math.Inf(1)
	for count := 1; count <= most; count++ {
		ideal := float64(row.width(0, len(runes))) / float64(count)
		path, cost := cheapest(len(breaks), count, func(from, to int) float64 {
			end := breaks[to]
			start := min(skipBlank(runes, breaks[from]), end)
			w := float64(row.width(start, end))
			if w > limit || containsBreak(runes[start:end]) {
				return math.Inf(1)
			}
			slack := (ideal - w) / limit
			cost := slack*slack + costOfLine + costOfFull*max(0, w/limit-0.85)
			if last := lastInk(runes[start:end]); to < len(breaks)-1 && !has(pauses, last) && runes[end-1] != '\n' {
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
		lines = append(lines, row.line(skipBlank(runes, breaks[best[i-1]]), inkEnd(runes, breaks[best[i]])))
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

func lastInk(runes []rune) rune {
	if n := inkEnd(runes, len(runes)); n > 0 {
		return runes[n-1]
	}
	return ' '
}

func containsBreak(runes []rune) bool {
	for _, r := range runes[:inkEnd(runes, len(runes))] {
		if r == '\n' {
			return true
		}
	}
	return false
}
