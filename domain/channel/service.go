// Package channel knows where people come from. Every code, link and poster carries a scene, a short opaque id that the
// server resolves; a channel puts scenes out, and its report says what came of them.
package channel

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/enrolment"
	"yingdi/domain/notice"
	"yingdi/domain/order"
)

// Channels keeps channels.
type Channels interface {
	domain.Documents[Channel]
	domain.Many[Channel]
	// OfOrganiser lists an organiser's channels, the newest first.
	OfOrganiser(ctx context.Context, organiser string, page domain.Page) ([]Channel, domain.Cursor, error)
	CountOrganiser(ctx context.Context, organiser string) (int64, error)
	All(ctx context.Context, page domain.Page) ([]Channel, domain.Cursor, error)
}

// Origins keeps origins.
type Origins interface {
	domain.Documents[Origin]
	domain.Many[Origin]
}

// Visits keeps visits.
type Visits interface {
	domain.Documents[Visit]
	domain.Passing[Visit]
}

// Arrivals keeps arrivals.
type Arrivals interface {
	domain.Documents[Arrival]
	// OfCamp lists those of a camp who have not completed it, by id.
	OfCamp(ctx context.Context, camp string, page domain.Page) ([]Arrival, domain.Cursor, error)
}

// Tallies keeps tallies.
type Tallies interface {
	domain.Recounts[Tally]
	domain.Many[Tally]
}

// Camps is what this feature needs of domain/camp.
type Camps interface {
	Get(ctx context.Context, id string) (camp.Camp, error)
	OrganiserOf(ctx context.Context, id string) (string, error)
	// OfOrganiser lists an organiser's camps, the newest first.
	OfOrganiser(ctx context.Context, organiser string, page domain.Page) ([]camp.Camp, domain.Cursor, error)
	Many(ctx context.Context, ids []string) (map[string]camp.Camp, error)
}

// Enrolments is what this feature needs of domain/enrolment.
type Enrolments interface {
	Get(ctx context.Context, id string) (enrolment.Enrolment, error)
}

// Orders is what this feature needs of domain/order.
type Orders interface {
	Get(ctx context.Context, id string) (order.Order, error)
}

// Graduates tells who has completed a camp.
type Graduates interface {
	Completed(ctx context.Context, camp string, members []string) (map[string]bool, error)
}

// Notices is what this feature needs of domain/notice.
type Notices interface {
	Tell(ctx context.Context, n notice.Notice) error
}

// Sheets makes a spreadsheet. A cell is a text, an int or a domain.Fen.
type Sheets interface {
	Table(name string, rows [][]any) ([]byte, error)
}

// Exports is what this feature needs of domain/export.
type Exports interface {
	TookChannels(ctx context.Context, organiser string, from, to domain.Day, rows int) error
}

// Service holds the use cases.
type Service struct {
	Store      Store
	Channels   Channels
	Origins    Origins
	Visits     Visits
	Arrivals   Arrivals
	Tallies    Tallies
	Facts      Facts
	Camps      Camps
	Enrolments Enrolments
	Orders     Orders
	Graduates  Graduates
	Notices    Notices
	WeChat     WeChat
	Bucket     Bucket
	Files      Files
	Sheets     Sheets
	Exports    Exports
	URL        string // scheme://host under which people reach us
	Sealer     *domain.Sealer
	IDs        domain.IDs
	Clock      domain.Clock
}
