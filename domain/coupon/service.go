package coupon

import (
	"context"
	"iter"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/member"
	"yingdi/domain/notice"
	"yingdi/domain/order"
	"yingdi/domain/source"
	"yingdi/domain/team"
)

// Store keeps coupons.
type Store interface {
	domain.Documents[Coupon]
	domain.Many[Coupon]
	// OfMember lists the coupons that a person has got, the newest first; an empty stage means all.
	OfMember(ctx context.Context, member string, in Stage, page domain.Page) ([]Coupon, domain.Cursor, error)
	// Ready lists a person's unused coupons of an organiser, the one that ends first first.
	Ready(ctx context.Context, organiser, member string, page domain.Page) ([]Coupon, domain.Cursor, error)
	// OfTemplate lists the coupons of a template that were got, the newest first; an empty stage means all.
	OfTemplate(ctx context.Context, template string, in Stage, page domain.Page) ([]Coupon, domain.Cursor, error)
	// CountGot counts the coupons of a template that were given out.
	CountGot(ctx context.Context, template string) (int64, error)
	// Facts walks through what counting needs of them.
	Facts(ctx context.Context, template string) iter.Seq2[Fact, error]
	// Waking lists the coupons that somebody must look at before the instant.
	Waking(ctx context.Context, before time.Time, page domain.Page) ([]Coupon, domain.Cursor, error)
}

// Templates keeps templates.
type Templates interface {
	domain.Documents[Template]
	domain.Many[Template]
	// OfOrganiser lists an organiser's templates in a state, the newest first; an empty state means all.
	OfOrganiser(ctx context.Context, organiser string, in State, page domain.Page) ([]Template, domain.Cursor, error)
	// Offered lists an organiser's active public templates, the newest first.
	Offered(ctx context.Context, organiser string, page domain.Page) ([]Template, domain.Cursor, error)
	// Running lists the templates that can give something out.
	Running(ctx context.Context, page domain.Page) ([]Template, domain.Cursor, error)
}

// Batches keeps batches of codes.
type Batches interface {
	domain.Documents[Batch]
	// OfTemplate lists a template's batches, the newest first.
	OfTemplate(ctx context.Context, template string, page domain.Page) ([]Batch, domain.Cursor, error)
}

// Codes keeps codes.
type Codes interface {
	domain.Documents[Code]
	domain.Many[Code]
	// CountTaken counts the codes of a batch that somebody has taken.
	CountTaken(ctx context.Context, batch string) (int64, error)
}

// Counters is the bounded counter of coupons given out.
type Counters interface {
	Value(ctx context.Context, counter string) (int64, error)
	Stamp(ctx context.Context, counter, op string) (int64, error)
	Add(ctx context.Context, counter, op string, stamp, delta, max int64) (int64, error)
	Settle(ctx context.Context, counter, op string) error
	Recount(ctx context.Context, counter string, facts func(ops []string) (int64, error)) (int64, error)
}

// Camps is what this feature needs of domain/camp.
type Camps interface {
	Get(ctx context.Context, id string) (camp.Camp, error)
	ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error)
	Many(ctx context.Context, ids []string) (map[string]camp.Camp, error)
	Titles(ctx context.Context, ids []string) (map[string]string, error)
}

// Members is what this feature needs of domain/member.
type Members interface {
	Cards(ctx context.Context, ids []string) (map[string]member.Card, error)
}

// Teams tells who is in a team; the store of domain/team does it.
type Teams interface {
	InTeam(ctx context.Context, camp, team string, page domain.Page) ([]team.Place, domain.Cursor, error)
}

// Orders brings an order that a coupon is locked for to where it should be; domain/order does it. Returns
// domain.ErrNotFound if there is no such order.
type Orders interface {
	Settle(ctx context.Context, order string) error
	Get(ctx context.Context, order string) (order.Order, error)
}

// Notices is what this feature needs of domain/notice.
type Notices interface {
	Tell(ctx context.Context, n notice.Notice) error
}

// Service holds the use cases.
type Service struct {
	Store     Store
	Templates Templates
	Batches   Batches
	Codes     Codes
	Sources   source.Store
	Tallies   domain.Recounts[Tally]
	Counters  Counters
	Camps     Camps
	Members   Members
	Teams     Teams
	Orders    Orders
	Notices   Notices
	Sealer    source.Sealer
	IDs       domain.IDs
	Clock     domain.Clock
}
