package referral

import (
	"context"
	"iter"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/channel"
	"yingdi/domain/member"
	"yingdi/domain/notice"
	"yingdi/domain/order"
	"yingdi/domain/source"
	"yingdi/domain/wallet"
)

// Plans keeps plans.
type Plans interface {
	domain.Documents[Plan]
	domain.Many[Plan]
	// OfOrganiser lists an organiser's plans, the oldest first.
	OfOrganiser(ctx context.Context, organiser string, page domain.Page) ([]Plan, domain.Cursor, error)
}

// Promoters keeps promoters.
type Promoters interface {
	domain.Documents[Promoter]
	domain.Many[Promoter]
	// ByMember lists what a person promotes.
	ByMember(ctx context.Context, member string, page domain.Page) ([]Promoter, domain.Cursor, error)
	// OfOrganiser lists an organiser's promoters, the newest first.
	OfOrganiser(ctx context.Context, organiser string, page domain.Page) ([]Promoter, domain.Cursor, error)
}

// Bindings keeps bindings.
type Bindings interface {
	domain.Documents[Binding]
	// CountOf counts the people whom a promoter has recommended to an organiser, also those who are no longer bound.
	CountOf(ctx context.Context, organiser, promoter string) (int64, error)
	// OfPromoter lists them, the newest first.
	OfPromoter(ctx context.Context, organiser, promoter string, page domain.Page) ([]Binding, domain.Cursor, error)
}

// Store keeps commissions.
type Store interface {
	domain.Documents[Commission]
	domain.Many[Commission]
	// OfMember lists what somebody has earned of an organiser, the newest first; an empty stage means all.
	OfMember(ctx context.Context, organiser, member string, in Stage, page domain.Page) ([]Commission, domain.Cursor, error)
	// OfOrganiser lists an organiser's commissions, the newest first; an empty stage means all.
	OfOrganiser(ctx context.Context, organiser string, in Stage, page domain.Page) ([]Commission, domain.Cursor, error)
	// Thawed lists what somebody has in the wallet of an organiser that has not left it, the last to come in first.
	Thawed(ctx context.Context, organiser, member string, page domain.Page) ([]Commission, domain.Cursor, error)
	// Sums adds up what somebody has earned of an organiser, by stage.
	Sums(ctx context.Context, organiser, member string) (Sums, error)
	// Facts walks through what counting needs of an organiser's commissions.
	Facts(ctx context.Context, organiser string) iter.Seq2[Fact, error]
	// Waking lists the commissions that somebody must look at before the instant.
	Waking(ctx context.Context, before time.Time, page domain.Page) ([]Commission, domain.Cursor, error)
}

// Sums is what somebody has earned, by stage.
type Sums struct {
	Orders                                 int // of which something is left
	Frozen, Available, Withdrawn, Reversed domain.Fen
}

// Add counts a commission of a stage with what is left of it and what went back.
func (s *Sums) Add(in Stage, net, reversed domain.Fen) {
	s.Reversed += reversed
	if net > 0 {
		s.Orders++
	}
	switch in {
	case Frozen:
		s.Frozen += net
	case Available:
		s.Available += net
	case Withdrawn:
		s.Withdrawn += net
	}
}

// Earned is what is left of everything.
func (s Sums) Earned() domain.Fen { return s.Frozen + s.Available + s.Withdrawn }

// Camps is what this feature needs of domain/camp.
type Camps interface {
	Get(ctx context.Context, id string) (camp.Camp, error)
	Titles(ctx context.Context, ids []string) (map[string]string, error)
}

// Members is what this feature needs of domain/member.
type Members interface {
	Get(ctx context.Context, id string) (member.Member, error)
	Cards(ctx context.Context, ids []string) (map[string]member.Card, error)
}

// Scenes is what this feature needs of domain/channel: the code with which a person shares a camp, and where it leads.
type Scenes interface {
	For(ctx context.Context, t channel.Target) (string, error)
	Resolve(ctx context.Context, id string) (channel.Scene, error)
}

// Orders reads orders; the store of domain/order does it.
type Orders interface {
	Get(ctx context.Context, id string) (order.Order, error)
}

// Wallets is what this feature needs of domain/wallet.
type Wallets interface {
	Credit(ctx context.Context, g wallet.Gain) (wallet.Wallet, error)
	Reverse(ctx context.Context, b wallet.Takeback) (wallet.Wallet, error)
}

// Purses reads wallets; the store of domain/wallet does it.
type Purses interface {
	Get(ctx context.Context, id string) (wallet.Wallet, error)
}

// Notices is what this feature needs of domain/notice.
type Notices interface {
	Tell(ctx context.Context, n notice.Notice) error
}

// Service holds the use cases.
type Service struct {
	Store     Store
	Plans     Plans
	Promoters Promoters
	Bindings  Bindings
	Sources   source.Store
	Tallies   domain.Recounts[Tally]
	Camps     Camps
	Members   Members
	Scenes    Scenes
	Orders    Orders
	Wallets   Wallets
	Purses    Purses
	Notices   Notices
	Sealer    source.Sealer
	Clock     domain.Clock
}
