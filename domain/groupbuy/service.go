package groupbuy

import (
	"context"
	"iter"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/member"
	"yingdi/domain/notice"
	"yingdi/domain/order"
	"yingdi/domain/product"
	"yingdi/domain/source"
)

// Store keeps groups.
type Store interface {
	domain.Documents[Group]
	domain.Many[Group]
	// OfCampaign lists the groups of a campaign, the newest first; an empty stage means all.
	OfCampaign(ctx context.Context, campaign string, in Stage, page domain.Page) ([]Group, domain.Cursor, error)
	// Joinable lists the groups of a campaign that are joinable and end after an instant, the one that ends first first.
	Joinable(ctx context.Context, campaign string, after time.Time, page domain.Page) ([]Group, domain.Cursor, error)
	// Facts walks through what counting needs of the groups of a campaign in a stage.
	Facts(ctx context.Context, campaign string, in Stage) iter.Seq2[Fact, error]
	// Late lists the groups whose LateAt lies before the instant, of these organisers, or of all for nil.
	Late(ctx context.Context, organisers []string, before time.Time, page domain.Page) ([]Group, domain.Cursor, error)
	// Waking lists the groups that somebody must look at before the instant.
	Waking(ctx context.Context, before time.Time, page domain.Page) ([]Group, domain.Cursor, error)
}

// Campaigns keeps campaigns.
type Campaigns interface {
	domain.Documents[Campaign]
	domain.Many[Campaign]
	// OfOrganiser lists an organiser's campaigns in a state, the newest first; an empty state means all.
	OfOrganiser(ctx context.Context, organiser string, in State, page domain.Page) ([]Campaign, domain.Cursor, error)
	// Running lists the active campaigns of a camp, the newest first.
	Running(ctx context.Context, camp string, page domain.Page) ([]Campaign, domain.Cursor, error)
}

// Entries keeps entries.
type Entries interface {
	domain.Documents[Entry]
	domain.Many[Entry]
}

// Camps is what this feature needs of domain/camp.
type Camps interface {
	Get(ctx context.Context, id string) (camp.Camp, error)
}

// Products is what this feature needs of domain/product.
type Products interface {
	Of(ctx context.Context, camp string) (product.Product, error)
}

// Members is what this feature needs of domain/member.
type Members interface {
	Cards(ctx context.Context, ids []string) (map[string]member.Card, error)
}

// Orders is what this feature needs of domain/order. Each is idempotent by the order.
type Orders interface {
	// Settle brings an order to where it should be: it comes back with Paid or Free if either is known, opens the place of
	// who is in, and sends back what has no seat. Returns domain.ErrNotFound if there is no such order.
	Settle(ctx context.Context, order string) error
	// Settled is Settle for one whose money goes back: done once none of it is on its way any more.
	Settled(ctx context.Context, order string) (done bool, err error)
	// Get returns an order.
	Get(ctx context.Context, order string) (order.Order, error)
}

// Notices is what this feature needs of domain/notice.
type Notices interface {
	Tell(ctx context.Context, n notice.Notice) error
}

// Service holds the use cases.
type Service struct {
	Store     Store
	Campaigns Campaigns
	Entries   Entries
	Sources   source.Store
	Camps     Camps
	Products  Products
	Members   Members
	Orders    Orders
	Notices   Notices
	Sealer    source.Sealer
	Clock     domain.Clock
}
