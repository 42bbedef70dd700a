package signcard

import (
	"context"

	"yingdi/domain"
)

// Sheet is everything that is drawn on a card. The same sheet always gives the same bytes.
type Sheet struct {
	Picture  string // name of a picture in the library
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

// Renderer draws a sheet as a JPEG of 750 by 1200 pixels.
type Renderer interface {
	Render(ctx context.Context, s Sheet) ([]byte, error)
}
