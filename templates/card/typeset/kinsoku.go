package typeset

import (
	"strings"
	"unicode"
)

// Which marks may not end a line, and which may not start one (after GB/T 15834, 5.1, and its Japanese sister).
const (
	openers = "（《〈「『【〔〖［｛“‘([{"
	// halfClosers fill only the left half of their square.
	halfClosers = "。，、；：）》〉」』】〕〗］｝”’"
	closers     = halfClosers + "！？"
	notFirst    = closers + "…—～·ー々％‰℃°!?,.;:)]}%"
	pauses      = "。，、；：！？…,.;:!?"
)

func isMark(r rune) bool { return has(closers, r) || has(openers, r) }

func has(set string, r rune) bool { return strings.ContainsRune(set, r) }

// mayBreak reports whether a line may end between two characters.
func mayBreak(before, after rune) bool {
	switch {
	case unicode.IsSpace(after):
		return false
	case unicode.IsSpace(before):
		return true
	case has(notFirst, after) || has(openers, before):
		return false
	}
	return isSquare(before) || isSquare(after)
}

// isSquare tells the scripts that break anywhere from those that break between words.
func isSquare(r rune) bool {
	if r < 0x2000 {
		return false
	}
	return 0x4e00 <= r && r <= 0x9fff || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo, unicode.Hangul) ||
		0x3000 <= r && r <= 0x303f || 0xff00 <= r && r <= 0xffef || r == ellipsis || r == '—'
}
