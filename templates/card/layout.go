package card

import (
	"image"
	"strconv"
	"strings"

	"golang.org/x/image/math/fixed"

	"yingdi/domain/signcard"
	"yingdi/templates/card/typeset"
)

// The plan of a card, in pixels.
const (
	left, right = 64, 686

	dayBaseline = 150

	sayingTop, sayingBottom = 660, 930
	sayingHeight            = 220
	authorHeight            = 48
	authorIndent            = 56

	trackY = 946 // the line that shows how far the learner has come

	footerTop  = 976
	avatarSize = 80
	codeSize   = 160
)

var (
	avatarBox = image.Rect(left, footerTop, left+avatarSize, footerTop+avatarSize)
	codeBox   = image.Rect(right-codeSize, footerTop, right, footerTop+codeSize)
)

// tone is what something is painted in; the picture's theme gives the colour.
type tone int

const (
	toneInk tone = iota
	toneMuted
	toneAccent
	toneOver
	toneWhite
	toneTrack
	toneCount
)

// label is one line of text: where its baseline starts, and the box that it stays in.
type label struct {
	name  string
	style typeset.Style
	line  typeset.Line
	x, y  int
	tone  tone
	box   image.Rectangle
}

// styles of everything that is written.
type styles struct {
	day, month, name, title, author, caption, initial typeset.Style
	saying                                            []typeset.Style // from the largest
	numbers, words                                    []typeset.Style // of the statistics, in step
}

func newStyles(serif, sans *typeset.Typeface) styles {
	s := styles{
		day:     typeset.Style{Face: serif, Size: 112},
		month:   typeset.Style{Face: sans, Size: 28, Tracking: 64},
		name:    typeset.Style{Face: sans, Size: 32},
		title:   typeset.Style{Face: sans, Size: 24},
		author:  typeset.Style{Face: sans, Size: 24, Tracking: 64},
		caption: typeset.Style{Face: sans, Size: 20, Tracking: 128},
		initial: typeset.Style{Face: serif, Size: 38},
	}
	for _, size := range []int{52, 48, 44, 40, 36, 34, 30, 28} {
		s.saying = append(s.saying, typeset.Style{Face: serif, Size: size, Tracking: fixed.Int26_6(3 * size)})
	}
	for _, size := range []int{46, 40, 34, 28, 22} {
		s.numbers = append(s.numbers, typeset.Style{Face: serif, Size: size})
		s.words = append(s.words, typeset.Style{Face: sans, Size: 6 + size*2/5})
	}
	return s
}

// layout says what is written where. It depends on nothing but the sheet and the fonts.
func (r *Renderer) layout(s signcard.Sheet, withAvatar, withCode bool) []label {
	labels := r.date(s)
	labels = append(labels, r.saying(s)...)
	labels = append(labels, r.footer(s, withAvatar, withCode)...)
	shown := labels[:0]
	for _, l := range labels {
		if len(l.line.Glyphs) > 0 {
			shown = append(shown, l)
		}
	}
	return shown
}

var weekdays = [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}

func (r *Renderer) date(s signcard.Sheet) []label {
	month, day, _ := strings.Cut(s.Day.Chinese(), "月")
	number := r.styles.day.Line(strings.TrimSuffix(day, "日"), 190)
	x := left + number.Width.Ceil() + 30
	write := func(name, text string, y int) label {
		return label{name, r.styles.month, r.styles.month.Line(text, 130), x, y, toneOver, image.Rect(x, y-28, x+130, y+8)}
	}
	return []label{
		{"day", r.styles.day, number, left, dayBaseline, toneOver, image.Rect(left, 56, x-16, dayBaseline+10)},
		write("month", month+"月", dayBaseline-54),
		write("weekday", weekdays[s.Day.Weekday()], dayBaseline-4),
	}
}

// saying stands in the middle of its place, the author below.
func (r *Renderer) saying(s signcard.Sheet) []label {
	block := r.blocks.get(s.Saying, func() typeset.Block {
		return typeset.Paragraph(r.serif.Clean(s.Saying), r.styles.saying, right-left, sayingHeight)
	})
	author := r.styles.author.Line(r.sans.Clean(s.Author), right-left-authorIndent)
	height := len(block.Lines) * block.Leading
	if len(author.Glyphs) > 0 {
		height += authorHeight
	}
	top := (sayingTop + sayingBottom - height) / 2
	var labels []label
	for i, line := range block.Lines {
		y := top + i*block.Leading
		labels = append(labels, label{"saying", block.Style, line, left, y + block.Leading/2 + block.Style.Size*38/100, toneInk,
			image.Rect(left, y, right, y+block.Leading)})
	}
	y := top + height
	return append(labels, label{"author", r.styles.author, author, left + authorIndent, y - 8, toneMuted, image.Rect(left+authorIndent, y-36, right, y+2)})
}

func (r *Renderer) footer(s signcard.Sheet, withAvatar, withCode bool) []label {
	end := right
	var labels []label
	if withCode {
		end = codeBox.Min.X - 24
		caption := r.styles.caption.Line("扫码加入", codeSize)
		labels = append(labels, label{"caption", r.styles.caption, caption, codeBox.Min.X + (codeSize-caption.Width.Round())/2, codeBox.Max.Y + 30, toneMuted,
			image.Rect(codeBox.Min.X, codeBox.Max.Y+6, codeBox.Max.X, codeBox.Max.Y+40)})
	}
	name := r.nickname(s)
	if !withAvatar {
		first := r.styles.initial.Line(string([]rune(name)[0]), avatarSize)
		labels = append(labels, label{"initial", r.styles.initial, first, left + (avatarSize-first.Width.Round())/2, footerTop + avatarSize/2 + 14, toneWhite, avatarBox})
	}
	x := avatarBox.Max.X + 20
	camp := r.styles.title.Line(r.sans.Clean(s.Camp), end-x)
	nameY := footerTop + 34
	if len(camp.Glyphs) == 0 {
		nameY = footerTop + 51
	}
	labels = append(labels,
		label{"name", r.styles.name, r.styles.name.Line(name, end-x), x, nameY, toneInk, image.Rect(x, nameY-36, end, nameY+10)},
		label{"camp", r.styles.title, camp, x, footerTop + 73, toneMuted, image.Rect(x, footerTop+46, end, footerTop+82)})
	return append(labels, r.statistics(s, end)...)
}

// nickname is what can be shown of it.
func (r *Renderer) nickname(s signcard.Sheet) string {
	if name := r.sans.Clean(strings.ReplaceAll(s.Nickname, "\n", " ")); name != "" {
		return name
	}
	return "同学"
}

// statistics reads 第 5 天 / 共 21 天   连续 12 天, in the largest style that fits.
func (r *Renderer) statistics(s signcard.Sheet, end int) []label {
	const baseline = 1134
	type piece struct {
		text   string
		number bool
		gap    int // before it, in hundredths of the number's size
	}
	var pieces []piece
	if s.DayN > 0 {
		pieces = append(pieces, piece{"第", false, 0}, piece{strconv.Itoa(s.DayN), true, 15}, piece{"天", false, 15})
	}
	if s.DayN > 0 && s.Total > 0 {
		pieces = append(pieces, piece{"/ 共 " + strconv.Itoa(s.Total) + " 天", false, 22})
	}
	if s.Streak > 0 {
		pieces = append(pieces, piece{"连续", false, 90}, piece{strconv.Itoa(s.Streak), true, 15}, piece{"天", false, 15})
	}
	set := func(size int) (labels []label, fits bool) {
		x, fits := left, true
		for i, p := range pieces {
			style, tone := r.styles.words[size], toneMuted
			if p.number {
				style, tone = r.styles.numbers[size], toneAccent
			}
			if i > 0 {
				x += p.gap * r.styles.numbers[size].Size / 100
			}
			line := style.Line(p.text, max(0, end-x))
			fits = fits && line.String() == p.text
			labels = append(labels, label{"statistics", style, line, x, baseline, tone, image.Rect(x, baseline-44, end, baseline+10)})
			x += line.Width.Ceil()
		}
		return labels, fits
	}
	for size := range r.styles.numbers {
		if labels, fits := set(size); fits {
			return labels
		}
	}
	labels, _ := set(len(r.styles.numbers) - 1)
	return labels
}
