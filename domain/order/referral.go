package order

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// Share is what a promoter was promised of an order when it was placed. Whoever recommends the learner later, and whatever
// the plan says by then, does not change it.
type Share struct {
	Level  int    `json:"level"` // 1 recommended the learner, 2 recommended them
	Member string `json:"member"`
	Rate   int    `json:"rate"` // hundredths of a percent of the tuition that is kept
	Plan   string `json:"plan"`
	Days   int    `json:"days"` // after the payment, that it stays frozen at least
}

// Referrals is what this feature needs of domain/referral.
type Referrals interface {
	// Shares lists what promoters earn by an order that the member places for a seat of the camp now.
	Shares(ctx context.Context, member string, c camp.Camp) ([]Share, error)
}

// shares of an order that is about to be placed: none of a seat without tuition.
func (s *Service) shares(ctx context.Context, member string, c camp.Camp, p Promise) ([]Share, error) {
	if Sum(p.Lines) == p.Part {
		return nil, nil
	}
	return s.Referrals.Shares(ctx, member, c)
}

// Tuition is what was to be paid, less the pool's part.
func (o Order) Tuition() domain.Fen { return o.Amount - o.Promise.Part }

// Kept is what is left of the tuition that was paid, after all refunds that were asked for, whatever became of them. It
// never grows again.
func (o Order) Kept() domain.Fen {
	return max(0, min(o.Left()-o.HeldPart(), o.Tuition()))
}

// Given is the order as its buyer is given it: without who earns by it.
func (o Order) Given() Order {
	o.Promise.Shares, o.Seal, o.Outbox = nil, "", nil
	return o
}
