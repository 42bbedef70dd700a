package quiz

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Mark is what an answer is worth, in hundredths of a point.
type Mark int64

// Marks turns whole points into a mark.
func Marks(points int) Mark { return Mark(points) * 100 }

// Points writes the mark in points, as in 7 or 2.5.
func (m Mark) Points() float64 { return float64(m) / 100 }

func (m Mark) String() string { return strconv.FormatFloat(m.Points(), 'f', -1, 64) }

// Rule says how a multiple choice is marked. For r right and w wrong options chosen, of R right ones, and full points:
type Rule string

// The rules. Whatever is left of a hundredth of a point is dropped.
const (
	AllOrNothing    Rule = "all"     // full if r = R and w = 0, else nothing
	Partial         Rule = "partial" // full · r/R if w = 0, else nothing
	RightMinusWrong Rule = "minus"   // full · (r − w)/R, never below nothing
)

// Multiple marks chosen, positions each named once, against the right ones.
func (rule Rule) Multiple(right, chosen []int, full Mark) Mark {
	if len(right) == 0 {
		return 0
	}
	hit, miss := 0, 0
	for _, c := range chosen {
		if slices.Contains(right, c) {
			hit++
		} else {
			miss++
		}
	}
	switch {
	case hit == len(right) && miss == 0:
		return full
	case rule == Partial && miss == 0:
		return full * Mark(hit) / Mark(len(right))
	case rule == RightMinusWrong:
		return full * Mark(max(0, hit-miss)) / Mark(len(right))
	}
	return 0
}

// Answer is what a learner says: the positions of options, or a text.
type Answer struct {
	Options []int  `json:"options,omitempty"`
	Text    string `json:"text,omitempty"`
}

// Blank reports whether nothing was said.
func (a Answer) Blank() bool { return len(a.Options) == 0 && strings.TrimSpace(a.Text) == "" }

// Mark marks an answer whose options are counted as the content counts them. graded is false for a short answer, which
// a teacher marks; an empty one is worth nothing without one.
func (c Content) Mark(a Answer, rule Rule, full Mark) (mark Mark, graded bool) {
	switch c.Kind {
	case Multiple:
		return rule.Multiple(c.Right, a.Options, full), true
	case Single, Truth:
		return AllOrNothing.Multiple(c.Right, a.Options, full), true
	case FillIn:
		said := Normalise(a.Text)
		if said != "" && slices.ContainsFunc(c.Accepted, func(s string) bool { return Normalise(s) == said }) {
			return full, true
		}
		return 0, true
	}
	return 0, a.Blank()
}

var quotes = strings.NewReplacer("。", ".", "、", ",", "“", `"`, "”", `"`, "‘", "'", "’", "'", "—", "-", "–", "-")

// Normalise is how fill-ins are compared: full-width letters, digits and signs as half-width ones, Chinese stops and
// quotes as Western ones, small letters, blanks at the ends dropped and any within as one space, and no stop at the end.
func Normalise(s string) string {
	folded := strings.Map(func(r rune) rune {
		if '！' <= r && r <= '～' {
			r -= '！' - '!'
		}
		return unicode.ToLower(r)
	}, s)
	joined := strings.Join(strings.Fields(quotes.Replace(folded)), " ")
	return strings.TrimRight(joined, ".,;!? ")
}
