package lesson

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// Texts are written in a small part of Markdown: # heading, - list, 1. list, > quote, **bold**, [words](https://…), and a
// backslash before a sign that means itself. Everything else is what it says. What comes of it are words with marks, never
// HTML, so that nothing that is typed can become anything else.

// Paragraph is a piece of a text.
type Paragraph struct {
	Kind   ParagraphKind
	Number int // of a numbered one, as it was typed
	Spans  []Span
}

// ParagraphKind is how a paragraph stands.
type ParagraphKind string

// The kinds.
const (
	Plain    ParagraphKind = "text" // its line breaks are the author's
	Heading  ParagraphKind = "heading"
	Bullet   ParagraphKind = "bullet"
	Numbered ParagraphKind = "numbered"
	Quote    ParagraphKind = "quote"
)

// Span is words that look the same. Link is http or https, or empty.
type Span struct {
	Text string
	Bold bool
	Link string
}

// Parse reads a text. It takes every text, and time in proportion to its length.
func Parse(source string) []Paragraph {
	var list []Paragraph
	var open []string // the lines of a plain paragraph or a quote
	kind := Plain
	flush := func() {
		if len(open) > 0 {
			list = append(list, Paragraph{Kind: kind, Spans: spans(strings.Join(open, "\n"))})
		}
		open = nil
	}
	for line := range strings.SplitSeq(strings.ReplaceAll(source, "\r\n", "\n"), "\n") {
		is, number, rest := lineKind(strings.TrimRightFunc(line, unicode.IsSpace))
		if is != kind || rest == "" || is != Plain && is != Quote {
			flush()
		}
		kind = is
		switch {
		case rest == "":
		case is == Plain || is == Quote:
			open = append(open, rest)
		default:
			list = append(list, Paragraph{is, number, spans(rest)})
		}
	}
	flush()
	return list
}

// marks begin a line that is no plain one; no mark begins another.
var marks = map[string]ParagraphKind{"# ": Heading, "## ": Heading, "### ": Heading, "- ": Bullet, "* ": Bullet, "> ": Quote}

// lineKind tells how a line stands, its number if it has one, and what it says.
func lineKind(line string) (ParagraphKind, int, string) {
	for mark, kind := range marks {
		if rest, ok := strings.CutPrefix(line, mark); ok {
			return kind, 0, strings.TrimSpace(rest)
		}
	}
	if digits, rest, ok := strings.Cut(line, ". "); ok && len(digits) < 3 && strings.Trim(digits, "0123456789") == "" {
		if number, err := strconv.Atoi(digits); err == nil {
			return Numbered, number, strings.TrimSpace(rest)
		}
	}
	return Plain, 0, line
}

// spans finds the marks within a paragraph.
func spans(text string) []Span {
	var list []Span
	var words strings.Builder
	bold := false
	cut := func() {
		if words.Len() > 0 {
			list = append(list, Span{Text: words.String(), Bold: bold})
		}
		words.Reset()
	}
	lastBold := strings.LastIndex(text, "**")
	for i := 0; i < len(text); {
		rest := text[i:]
		switch {
		case rest[0] == '\\' && len(rest) > 1 && strings.IndexByte(`\*#->[]().0123456789`, rest[1]) >= 0:
			words.WriteByte(rest[1])
			i += 2
			continue
		case strings.HasPrefix(rest, "**") && (bold || i < lastBold):
			cut()
			bold = !bold
			i += 2
			continue
		case rest[0] == '[':
			if label, to, length := link(rest); length > 0 {
				cut()
				list = append(list, Span{label, bold, to})
				i += length
				continue
			}
		}
		words.WriteByte(rest[0])
		i++
	}
	cut()
	return list
}

const maxLabel = 300 // bytes

// link reads [label](address) at the beginning of s; its length is 0 if none is there.
func link(s string) (label, to string, length int) {
	label, rest, ok := strings.Cut(s[1:min(len(s), maxLabel+MaxLink+4)], "](")
	if !ok || label == "" || len(label) > maxLabel || strings.ContainsAny(label, "[]\n") {
		return "", "", 0
	}
	to, _, ok = strings.Cut(rest, ")")
	if !ok || Host(to) == "" {
		return "", "", 0
	}
	return label, to, len(label) + len(to) + 4
}

// MaxLink is how long an address may be, in bytes.
const MaxLink = 500

// Host is where a link leads; "" unless it is a whole address of the web that says nothing but that.
func Host(address string) string {
	if len(address) > MaxLink || strings.ContainsFunc(address, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\\' }) {
		return ""
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.Opaque != "" {
		return ""
	}
	return u.Hostname()
}

// words is what a text says, without its marks.
func words(source string) string {
	var lines []string
	for _, p := range Parse(source) {
		var line strings.Builder
		for _, s := range p.Spans {
			line.WriteString(s.Text)
		}
		lines = append(lines, line.String())
	}
	return strings.Join(lines, "\n")
}
