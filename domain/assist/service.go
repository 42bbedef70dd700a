package assist

import (
	"context"
	"iter"
	"strings"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/member"
	"yingdi/domain/notice"
	"yingdi/domain/order"
	"yingdi/domain/product"
	"yingdi/domain/source"
)

// Store keeps assists.
type Store interface {
	domain.Documents[Assist]
	domain.Many[Assist]
	// OfMember lists a person's assists, the newest first.
	OfMember(ctx context.Context, member string, page domain.Page) ([]Assist, domain.Cursor, error)
	// OfCampaign lists a campaign's assists, the newest first; an empty stage means all.
	OfCampaign(ctx context.Context, campaign string, in Stage, page domain.Page) ([]Assist, domain.Cursor, error)
	// CountIn counts a campaign's assists in a stage.
	CountIn(ctx context.Context, campaign string, in Stage) (int64, error)
	// Facts walks through what counting needs of them.
	Facts(ctx context.Context, campaign string) iter.Seq2[Fact, error]
	// Waking lists the assists that somebody must look at before the instant.
	Waking(ctx context.Context, before time.Time, page domain.Page) ([]Assist, domain.Cursor, error)
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

// Camps is what this feature needs of domain/camp.
type Camps interface {
	Get(ctx context.Context, id string) (camp.Camp, error)
	Many(ctx context.Context, ids []string) (map[string]camp.Camp, error)
	Taken(ctx context.Context, id string) (int64, error)
}

// Places is what this feature needs of domain/enrolment.
type Places interface {
	Has(ctx context.Context, camp, member string) (bool, error)
}

// Products is what this feature needs of domain/product.
type Products interface {
	Of(ctx context.Context, camp string) (product.Product, error)
}

// Members is what this feature needs of domain/member.
type Members interface {
	Cards(ctx context.Context, ids []string) (map[string]member.Card, error)
}

// Orders brings an order that has a price to where it should be; domain/order does it. Returns domain.ErrNotFound if there
// is no such order.
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
	Campaigns Campaigns
	Helpers   domain.Documents[Helper]
	Sources   source.Store
	Tallies   domain.Recounts[Tally]
	Camps     Camps
	Places    Places
	Products  Products
	Members   Members
	Orders    Orders
	Notices   Notices
	Sealer    source.Sealer
	Clock     domain.Clock
}

// plain reports whether an id from outside can be a part of a natural one.
func plain(id string) bool { return domain.ValidID(id) && len(id) <= 40 && !strings.Contains(id, ":") }

// ID of the nth assist of a person in a campaign.
func (s *Service) ID(campaign, member string, n int) string {
	return s.Sealer.Hash("assist.id", domain.Key(campaign, member, number(n)))[:24]
}
