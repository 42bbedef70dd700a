package typeset

import (
	"strings"
	"unicode"
)

// maxText bounds what is looked at, in characters; no card holds as much.
const maxText = 400

const joiner = '\u200d'

// Clean leaves what the typeface can show. Of an emoji made of several characters the first one stays, without tints; what
// no font has goes as a whole; accents that stand alone, directions and other unseen marks go too. Blanks become single
// spaces, line breaks stay, both are trimmed from the ends. The result may be empty.
func (t *Typeface) Clean(s string) string {
	runes := make([]rune, 0, len(s))
	for _, r := range s {
		if runes = append(runes, r); len(runes) == maxText {
			break
		}
	}
	var out []rune
	for i := 0; i < len(runes); {
		end := clusterEnd(runes, i)
		out = append(out, t.keep(runes[i:end])...)
		i = end
	}
	return squeeze(out)
}

// clusterEnd is where what a reader takes for one character ends.
func clusterEnd(runes []rune, start int) int {
	i := start + 1
	for i < len(runes) {
		switch r := runes[i]; {
		case r == joiner && i+1 < len(runes):
			i += 2
		case r == joiner || unicode.IsMark(r) || isModifier(r):
			i++
		default:
			return i
		}
	}
	return i
}

func isModifier(r rune) bool {
	return 0x1f3fb <= r && r <= 0x1f3ff || 0xe0020 <= r && r <= 0xe007f // skin tones, tags of flags
}

// isSymbol knows what emoji begin with; a joiner between letters ties nothing together here.
func isSymbol(r rune) bool { return 0x2190 <= r && r < 0x2e00 || 0x1f000 <= r && r < 0x20000 }

func (t *Typeface) keep(cluster []rune) []rune {
	var out []rune
	for i, r := range cluster {
		switch {
		case i > 0 && (r == joiner || unicode.IsMark(r) || isModifier(r)):
		case i > 0 && cluster[i-1] == joiner && isSymbol(cluster[0]): // a family is its first member
		case unicode.IsSpace(r) || isBlank(r):
			out = append(out, r)
		case unicode.IsMark(r) || unicode.In(r, unicode.C) || r == unicode.ReplacementChar || !t.Has(r):
			return nil
		default:
			out = append(out, r)
		}
	}
	return out
}

// isBlank knows the letters without a shape, which some use as a name.
func isBlank(r rune) bool {
	switch r {
	case '\u115f', '\u1160', '\u2800', '\u3164', '\uffa0':
		return true
	}
	return false
}

func squeeze(runes []rune) string {
	var b strings.Builder
	var gap rune
	for _, r := range runes {
		switch {
		case r == '\n':
			gap = '\n'
		case unicode.IsSpace(r) || isBlank(r):
			if gap != '\n' {
				gap = ' '
			}
		default:
			if gap != 0 && b.Len() > 0 {
				b.WriteRune(gap)
			}
			gap = 0
			b.WriteRune(r)
		}
	}
	return b.String()
}
