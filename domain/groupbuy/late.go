package groupbuy

import (
	"context"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/order"
)

// Patience is how long a seat's order may take to open its place, or to ask WeChat for its refund, before a person looks; how
// long the refund itself may take order.RefundPatience says.
const Patience = time.Hour

// Owing are the seats whose orders have not yet done what became of them.
func (g Group) Owing() (list []Seat) {
	for _, s := range g.Seats {
		if !s.Unopened && s.State != Refunding {
			continue
		}
		if s.OwedAt.IsZero() { // earlier versions did not write it down
			s.OwedAt = g.OpenedAt
		}
		list = append(list, s)
	}
	return list
}

// LateAt is when a person must look at the group if it is not settled by then; zero if all of it is.
func (g Group) LateAt() (late time.Time) {
	for _, s := range g.Owing() {
		at := s.OwedAt.Add(Patience)
		if s.Asked {
			at = s.OwedAt.Add(order.RefundPatience)
		}
		if late.IsZero() || at.Before(late) {
			late = at
		}
	}
	return late
}

// Late lists the groups that should long be settled, of all organisers whose money the acting person may see.
func (s *Service) Late(ctx context.Context, page domain.Page) ([]Group, domain.Cursor, error) {
	organisers, err := domain.ActorFrom(ctx).Organisers(domain.RightMoney)
	if err != nil {
		return nil, "", err
	}
	return s.Store.Late(ctx, organisers, s.Clock.Now(), page)
}

// Again drives a group once more, for those who may see its money.
func (s *Service) Again(ctx context.Context, id string) error {
	g, err := s.Store.Get(ctx, id)
	if err == nil {
		err = domain.ActorFrom(ctx).Must(domain.RightMoney, domain.Place{Organiser: g.Organiser})
	}
	if err != nil {
		return fmt.Errorf("group %s: %w", id, err)
	}
	return s.Drive(ctx, id)
}
