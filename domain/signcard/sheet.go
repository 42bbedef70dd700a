package signcard

import (
	"context"

	"yingdi/domain"
)

// Sheet is everything that is drawn on a card. The same sheet always gives the same bytes.
type Sheet struct {
	W, H     int // pixels; 0 is a card's
	Design   Design
	Picture  string // name of a default picture, or the id of one of an organiser, which never changes
	Photo    Photo  // reads the latter; nil for a default picture
	Logo     []byte // JPEG or PNG; nil leaves its place empty
	Saying   string // up to 60 characters
	Author   string // may be empty
	Nickname string
	Avatar   []byte // JPEG or PNG; nil draws the nickname's first character on a disc
	Camp     string // title
	Day      domain.Day
	DayN     int // day N of Total
	Total    int
	Streak   int    // days
	QR       []byte // JPEG or PNG of the mini-program code; nil leaves its place empty
}

// Photo reads a picture, a JPEG of an organiser's, when it is drawn for the first time.
type Photo func(ctx context.Context) ([]byte, error)

// Measured is how a saying stands in a design.
type Measured struct {
	Missing string // characters that no font has a shape for
	Fits    bool   // as a whole, in the smallest size at least
	Lines   int
	Size    int // pixels
}

// Renderer draws pictures.
type Renderer interface {
	// Render draws a sheet as a JPEG.
	Render(ctx context.Context, s Sheet) ([]byte, error)
	// Measure sets a saying with the fonts that Render uses.
	Measure(d Design, s Saying) Measured
}
