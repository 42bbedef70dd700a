package signcard

import (
	"fmt"
	"image"
	"maps"
	"regexp"

	"yingdi/domain"
)

// The measures of a card in pixels.
const (
	Width  = 750
	Height = 1200
	// Margin is what stays free of everything but the picture, because some phones crop there.
	Margin = 40
)

// Part is one thing on a card.
type Part string

// The parts of a card.
const (
	PartPicture  Part = "picture"
	PartSeal     Part = "seal"
	PartLogo     Part = "logo"
	PartDate     Part = "date"
	PartSaying   Part = "saying"
	PartTrack    Part = "track" // the line that shows how far the learner has come
	PartAvatar   Part = "avatar"
	PartName     Part = "name"
	PartCamp     Part = "camp"
	PartProgress Part = "progress" // day N of M
	PartStreak   Part = "streak"
	PartCode     Part = "code"
)

// PartKind is what can be said about a part, and within which bounds.
type PartKind struct {
	Part       Part
	Label      string
	Text       bool // has font, size, alignment and colour
	MinW, MinH int  // pixels
	MinS, MaxS int  // size of text in pixels
	Square     bool
}

// Parts lists every part, as they are painted one over the other.
var Parts = []PartKind{
	{Part: PartPicture, Label: "图片", MinW: 200, MinH: 200},
	{Part: PartSeal, Label: "日签印章", MinW: 36, MinH: 68},
	{Part: PartLogo, Label: "机构标志", MinW: 40, MinH: 24},
	{Part: PartDate, Label: "日期", Text: true, MinW: 200, MinH: 48, MinS: 48, MaxS: 160},
	{Part: PartSaying, Label: "文案", Text: true, MinW: 240, MinH: 120, MinS: 28, MaxS: 72},
	{Part: PartTrack, Label: "进度线", MinW: 120, MinH: 3},
	{Part: PartAvatar, Label: "头像", MinW: 48, MinH: 48, Square: true},
	{Part: PartName, Label: "昵称", Text: true, MinW: 120, MinH: 28, MinS: 20, MaxS: 60},
	{Part: PartCamp, Label: "训练营名称", Text: true, MinW: 120, MinH: 28, MinS: 18, MaxS: 60},
	{Part: PartProgress, Label: "第几天 / 共几天", Text: true, MinW: 120, MinH: 28, MinS: 22, MaxS: 80},
	{Part: PartStreak, Label: "连续打卡", Text: true, MinW: 100, MinH: 28, MinS: 22, MaxS: 80},
	{Part: PartCode, Label: "小程序码", MinW: 130, MinH: 130},
}

// Font of a text.
type Font string

// The fonts.
const (
	Serif Font = "serif"
	Sans  Font = "sans"
)

// Align says where in its box a line of text stands.
type Align string

// The alignments; text that is narrower than its box stands at its left otherwise.
const (
	Left   Align = "left"
	Centre Align = "centre"
	Right  Align = "right"
)

// Piece is where and how a part is shown, in pixels of the card.
type Piece struct {
	Hidden bool   `json:"hidden,omitempty"`
	X      int    `json:"x"`
	Y      int    `json:"y"`
	W      int    `json:"w"`
	H      int    `json:"h"`
	Font   Font   `json:"font,omitempty"`
	Size   int    `json:"size,omitempty"` // at most; text is set smaller until it fits
	Align  Align  `json:"align,omitempty"`
	Colour string `json:"colour,omitempty"` // #rrggbb; empty goes with the picture
}

// Box of the piece.
func (p Piece) Box() image.Rectangle { return image.Rect(p.X, p.Y, p.X+p.W, p.Y+p.H) }

// Design is how a card is set out.
type Design struct {
	Paper  string         `json:"paper,omitempty"` // #rrggbb; empty goes with the picture
	Fade   int            `json:"fade"`            // pixels over which the picture's lower end dissolves into paper
	Pieces map[Part]Piece `json:"pieces"`
}

// At returns the piece of a part; one that was never placed is hidden.
func (d Design) At(p Part) Piece {
	if piece, ok := d.Pieces[p]; ok {
		return piece
	}
	return Piece{Hidden: true}
}

var defaults = Design{Fade: 190, Pieces: map[Part]Piece{
	PartPicture:  {X: 0, Y: 0, W: 750, H: 690},
	PartSeal:     {X: 642, Y: 66, W: 44, H: 82},
	PartLogo:     {Hidden: true, X: 526, Y: 66, W: 96, H: 82},
	PartDate:     {X: 64, Y: 56, W: 300, H: 104, Font: Serif, Size: 112, Align: Left},
	PartSaying:   {X: 64, Y: 660, W: 622, H: 270, Font: Serif, Size: 52, Align: Left},
	PartTrack:    {X: 64, Y: 940, W: 622, H: 15},
	PartAvatar:   {X: 64, Y: 976, W: 80, H: 80},
	PartName:     {X: 164, Y: 974, W: 338, H: 46, Font: Sans, Size: 32, Align: Left},
	PartCamp:     {X: 164, Y: 1022, W: 338, H: 36, Font: Sans, Size: 24, Align: Left},
	PartProgress: {X: 64, Y: 1084, W: 256, H: 66, Font: Serif, Size: 46, Align: Left},
	PartStreak:   {X: 330, Y: 1084, W: 172, H: 66, Font: Serif, Size: 46, Align: Left},
	PartCode:     {X: 526, Y: 976, W: 160, H: 200},
}}

// DefaultDesign is the one of camps that have chosen none.
func DefaultDesign() Design {
	d := defaults
	d.Pieces = maps.Clone(d.Pieces)
	return d
}

var colour = regexp.MustCompile(`^#[0-9a-f]{6}$`)

// Check bounds the design: everything on the card, text and code within the margin and free of one another, so that
// nothing can cover anything. The names of the inputs are part.x, part.y and so on.
func (d Design) Check() error {
	var check domain.Check
	check.Range("fade", "淡出的高度", d.Fade, 0, 600)
	check.That(d.Paper == "" || colour.MatchString(d.Paper), "paper", "纸色应写成 #rrggbb，或留空")
	for p := range d.Pieces {
		check.That(known(p), "pieces", "没有这种元素："+string(p))
	}
	for _, kind := range Parts {
		if piece := d.At(kind.Part); !piece.Hidden {
			piece.check(&check, kind)
		}
	}
	for _, p := range []Part{PartPicture, PartSaying, PartCode} {
		check.That(!d.At(p).Hidden, string(p)+".hidden", "图片、文案和小程序码不能隐藏")
	}
	if err := check.Err(); err != nil {
		return err
	}
	d.checkOverlaps(&check)
	return check.Err()
}

func known(p Part) bool {
	for _, kind := range Parts {
		if kind.Part == p {
			return true
		}
	}
	return false
}

func (p Piece) check(check *domain.Check, kind PartKind) {
	field := func(name string) string { return string(kind.Part) + "." + name }
	room := image.Rect(Margin, Margin, Width-Margin, Height-Margin/2)
	where := fmt.Sprintf("“%s”要在安全区内：离左右和上边至少 %d，离下边至少 %d", kind.Label, Margin, Margin/2)
	if kind.Part == PartPicture {
		room, where = image.Rect(0, 0, Width, Height), "“图片”不能超出日签"
	}
	check.Range(field("w"), kind.Label+"的宽", p.W, kind.MinW, Width)
	check.Range(field("h"), kind.Label+"的高", p.H, kind.MinH, Height)
	check.Range(field("x"), kind.Label+"的横向位置", p.X, 0, Width)
	check.Range(field("y"), kind.Label+"的纵向位置", p.Y, 0, Height)
	check.That(p.Box().In(room), field("x"), where)
	check.That(!kind.Square || p.W == p.H, field("h"), kind.Label+"要一样宽高")
	if kind.Part == PartCode {
		check.That(p.H >= p.W, field("h"), "小程序码的高不能小于宽")
	}
	if !kind.Text {
		return
	}
	check.Range(field("size"), kind.Label+"的字号", p.Size, kind.MinS, kind.MaxS)
	check.That(p.Font == Serif || p.Font == Sans, field("font"), "请选择字体")
	check.That(p.Align == Left || p.Align == Centre || p.Align == Right, field("align"), "请选择对齐方式")
	check.That(p.Colour == "" || colour.MatchString(p.Colour), field("colour"), "颜色应写成 #rrggbb，或留空")
}

func (d Design) checkOverlaps(check *domain.Check) {
	for i, a := range Parts {
		for _, b := range Parts[i+1:] {
			over := a.Part != PartPicture && !d.At(a.Part).Hidden && !d.At(b.Part).Hidden && d.At(a.Part).Box().Overlaps(d.At(b.Part).Box())
			check.That(!over, string(b.Part)+".x", fmt.Sprintf("“%s”和“%s”重叠了", a.Label, b.Label))
		}
	}
}
