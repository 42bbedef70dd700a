package card

import (
	"image"
	"strconv"
	"strings"

	"golang.org/x/image/math/fixed"

	"yingdi/domain/signcard"
	"yingdi/templates/card/typeset"
)

const (
	authorHeight  = 48 // below the saying
	authorIndent  = 56 // for the stroke that leads to the author
	authorSize    = 24
	captionSize   = 20
	captionHeight = 34 // below the code
	minSaying     = 28 // pixels, the smallest that a saying is set in
	minText       = 18
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
	name   string
	style  typeset.Style
	line   typeset.Line
	x, y   int
	tone   tone
	box    image.Rectangle
	colour string // instead of the tone's
}

// plan lays one card out. It depends on nothing but the sheet and the fonts.
type plan struct {
	*Renderer
	signcard.Sheet
	labels []label
}

func (r *Renderer) layout(s signcard.Sheet, withAvatar, withCode bool) []label {
	p := &plan{Renderer: r, Sheet: s}
	p.date()
	p.saying()
	p.line(signcard.PartName, p.nickname(), toneInk)
	p.line(signcard.PartCamp, r.sans.Clean(s.Camp), toneMuted)
	if at := s.Design.At(signcard.PartAvatar); !withAvatar && !at.Hidden {
		p.initial(at.Box())
	}
	if at := s.Design.At(signcard.PartCode); withCode && !at.Hidden && at.H-at.W >= captionHeight {
		p.caption(at)
	}
	p.progress()
	p.streak()
	shown := p.labels[:0]
	for _, l := range p.labels {
		if len(l.line.Glyphs) > 0 {
			shown = append(shown, l)
		}
	}
	return shown
}

func (p *plan) face(f signcard.Font) *typeset.Typeface {
	if f == signcard.Serif {
		return p.serif
	}
	return p.sans
}

// add writes a line into a piece, or a box within it.
func (p *plan) add(name string, of signcard.Piece, style typeset.Style, line typeset.Line, x, y int, t tone, box image.Rectangle) {
	if onPicture(p.Design, of) {
		t = toneOver
	}
	p.labels = append(p.labels, label{name, style, line, x, y, t, box, of.Colour})
}

// onPicture reports whether a piece stands on the picture, where it has not dissolved yet.
func onPicture(d signcard.Design, p signcard.Piece) bool {
	picture := d.At(signcard.PartPicture).Box()
	picture.Max.Y -= d.Fade * 6 / 10
	return image.Pt(p.X+p.W/2, p.Y+p.H/2).In(picture)
}

// start is where a line of a width begins in a box.
func start(box image.Rectangle, width int, align signcard.Align) int {
	switch align {
	case signcard.Centre:
		return box.Min.X + max(0, box.Dx()-width)/2
	case signcard.Right:
		return box.Min.X + max(0, box.Dx()-width)
	}
	return box.Min.X
}

// middle is the baseline on which a size stands in the middle of a box.
func middle(box image.Rectangle, size int) int { return box.Min.Y + box.Dy()/2 + size*38/100 }

// line writes one line as large as it fits, and cuts it only in the smallest size.
func (p *plan) line(part signcard.Part, text string, t tone) {
	at := p.Design.At(part)
	if at.Hidden {
		return
	}
	box := at.Box()
	style := typeset.Style{Face: p.face(at.Font), Size: min(at.Size, at.H*7/8)} // what hangs below the line needs room too
	line := style.Line(text, at.W)
	for size := style.Size * 15 / 16; line.String() != text && size >= max(minText, at.Size*3/4); size = size * 15 / 16 {
		style.Size = size
		line = style.Line(text, at.W)
	}
	p.add(string(part), at, style, line, start(box, line.Width.Ceil(), at.Align), middle(box, style.Size), t, box)
}

func (p *plan) caption(at signcard.Piece) {
	style := typeset.Style{Face: p.sans, Size: captionSize, Tracking: 128}
	line := style.Line("扫码加入", at.W)
	box := image.Rect(at.X, at.Y+at.W, at.X+at.W, at.Y+at.H)
	p.add("caption", at, style, line, start(box, line.Width.Ceil(), signcard.Centre), middle(box, captionSize), toneMuted, box)
}

func (p *plan) initial(box image.Rectangle) {
	style := typeset.Style{Face: p.serif, Size: box.Dx() * 38 / 80}
	line := style.Line(string([]rune(p.nickname())[0]), box.Dx())
	p.labels = append(p.labels, label{"initial", style, line, start(box, line.Width.Ceil(), signcard.Centre), middle(box, style.Size), toneWhite, box, ""})
}

var weekdays = [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}

// date is the day in large, month and weekday beside it.
func (p *plan) date() {
	at := p.Design.At(signcard.PartDate)
	if at.Hidden {
		return
	}
	box := at.Box()
	month, day, _ := strings.Cut(p.Day.Chinese(), "月")
	for size := min(at.Size, at.H); ; size = size * 9 / 10 {
		large := typeset.Style{Face: p.face(at.Font), Size: size}
		small := typeset.Style{Face: p.sans, Size: max(minText, size/4), Tracking: 64}
		number := large.Line(strings.TrimSuffix(day, "日"), at.W)
		names := [2]typeset.Line{small.Line(month+"月", at.W), small.Line(weekdays[p.Day.Weekday()], at.W)}
		beside := max(names[0].Width.Ceil(), names[1].Width.Ceil())
		gap := size * 27 / 100
		if whole := number.Width.Ceil() + gap + beside; whole <= at.W || size <= 2*minText {
			x, y := start(box, whole, at.Align), middle(box, size)
			p.add("day", at, large, number, x, y, toneInk, image.Rect(x, box.Min.Y, x+number.Width.Ceil()+gap/2, box.Max.Y))
			x += number.Width.Ceil() + gap
			split := y - small.Size - size/14
			p.add("month", at, small, names[0], x, y-size*48/100, toneInk, image.Rect(x, box.Min.Y, box.Max.X, split))
			p.add("weekday", at, small, names[1], x, y-size/28, toneInk, image.Rect(x, split, box.Max.X, box.Max.Y))
			return
		}
	}
}

// set is how a saying stands in a piece.
func (r *Renderer) set(at signcard.Piece, text string) typeset.Block {
	return r.blocks.get(blockKey{text, at.Font, at.Size, at.W, at.H}, func() typeset.Block {
		face := r.serif
		if at.Font == signcard.Sans {
			face = r.sans
		}
		var styles []typeset.Style
		for size := at.Size; size > minSaying; size -= size / 12 {
			styles = append(styles, typeset.Style{Face: face, Size: size, Tracking: fixed.Int26_6(3 * size)})
		}
		styles = append(styles, typeset.Style{Face: face, Size: minSaying, Tracking: fixed.Int26_6(3 * minSaying)})
		return typeset.Paragraph(face.Clean(text), styles, at.W, at.H-authorHeight)
	})
}

// saying stands in the middle of its place, the author below.
func (p *plan) saying() {
	at := p.Design.At(signcard.PartSaying)
	if at.Hidden {
		return
	}
	block, box := p.set(at, p.Saying), at.Box()
	style := typeset.Style{Face: p.sans, Size: authorSize, Tracking: 64}
	author := style.Line(p.sans.Clean(p.Author), at.W-authorIndent)
	height := len(block.Lines) * block.Leading
	if len(author.Glyphs) > 0 {
		height += authorHeight
	}
	y := box.Min.Y + (at.H-height)/2
	for _, line := range block.Lines {
		row := image.Rect(box.Min.X, y, box.Max.X, y+block.Leading)
		p.add("saying", at, block.Style, line, start(box, line.Width.Ceil(), at.Align), middle(row, block.Style.Size), toneInk, row)
		y += block.Leading
	}
	row := image.Rect(box.Min.X, y, box.Max.X, y+authorHeight)
	x := start(box, authorIndent+author.Width.Ceil(), at.Align) + authorIndent
	p.add("author", at, style, author, x, y+authorHeight-8, toneMuted, row)
}

// nickname is what can be shown of it.
func (p *plan) nickname() string {
	if name := p.sans.Clean(strings.ReplaceAll(p.Nickname, "\n", " ")); name != "" {
		return name
	}
	return "同学"
}

// word is a part of a line of numbers.
type word struct {
	text   string
	number bool
	gap    int // before it, in hundredths of the number's size
}

// progress reads 第 5 天 / 共 21 天.
func (p *plan) progress() {
	var words []word
	if p.DayN > 0 {
		words = append(words, word{"第", false, 0}, word{strconv.Itoa(p.DayN), true, 15}, word{"天", false, 15})
	}
	if p.DayN > 0 && p.Total > 0 {
		words = append(words, word{"/ 共 " + strconv.Itoa(p.Total) + " 天", false, 22})
	}
	p.numbers(signcard.PartProgress, words)
}

// streak reads 连续 12 天.
func (p *plan) streak() {
	if p.Streak > 0 {
		p.numbers(signcard.PartStreak, []word{{"连续", false, 0}, {strconv.Itoa(p.Streak), true, 15}, {"天", false, 15}})
	}
}

// numbers sets words and numbers on one line, as large as they fit.
func (p *plan) numbers(part signcard.Part, words []word) {
	at := p.Design.At(part)
	if at.Hidden {
		return
	}
	box := at.Box()
	var lines []typeset.Line
	var styles []typeset.Style
	for size := min(at.Size, at.H); ; size = size * 7 / 8 {
		lines, styles = lines[:0], styles[:0]
		width, fits := 0, true
		for i, w := range words {
			style := typeset.Style{Face: p.sans, Size: 6 + size*2/5}
			if w.number {
				style = typeset.Style{Face: p.face(at.Font), Size: size}
			}
			if i > 0 {
				width += w.gap * size / 100
			}
			line := style.Line(w.text, max(0, at.W-width))
			fits = fits && line.String() == w.text
			lines, styles, width = append(lines, line), append(styles, style), width+line.Width.Ceil()
		}
		if !fits && size >= minText {
			continue
		}
		x, y := start(box, width, at.Align), middle(box, size)
		for i, w := range words {
			if i > 0 {
				x += w.gap * size / 100
			}
			t := toneMuted
			if w.number {
				t = toneAccent
			}
			p.add(string(part), at, styles[i], lines[i], x, y, t, box)
			x += lines[i].Width.Ceil()
		}
		return
	}
}
