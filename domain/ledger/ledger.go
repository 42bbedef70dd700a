// Package ledger follows every fen: what came from learners, what went back to them, what is on its way and what is held,
// order by order, camp by camp and overall. It keeps nothing of its own; all of it is derived from the orders, transfers
// and bills, and Audit holds them against each other.
package ledger

import (
	"context"
	"iter"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/order"
)

// Sums of money.
type Sums struct {
	Orders   int        // with money in them
	In       domain.Fen // came from learners
	Back     domain.Fen // arrived back
	Underway domain.Fen // on its way back, or stuck there
	Part     domain.Fen // held for the scholarship pool
	Out      domain.Fen // transferred to learners' balances
	Promoted domain.Fen // of the tuition, that promoters have earned, be it frozen, in their wallets or withdrawn
}

// Held is what is neither back nor on its way.
func (s Sums) Held() domain.Fen { return s.In - s.Back - s.Underway }

// Tuition is what is held and not the pool's.
func (s Sums) Tuition() domain.Fen { return s.Held() - s.Part }

// Income is what is left of the tuition for the organiser.
func (s Sums) Income() domain.Fen { return s.Tuition() - s.Promoted }

// Add sums up.
func (s *Sums) Add(o Sums) {
	s.Orders += o.Orders
	s.In += o.In
	s.Back += o.Back
	s.Underway += o.Underway
	s.Part += o.Part
	s.Out += o.Out
	s.Promoted += o.Promoted
}

// Booked is the money of one order as the index holds it.
type Booked struct {
	Camp string
	Sums
}

// Books reads orders.
type Books interface {
	// Booked walks through the money of all orders of an organiser, or of one of its camps, by the index alone.
	Booked(ctx context.Context, organiser, camp string) iter.Seq2[Booked, error]
	// ByFlow lists a camp's orders with this flow of money, the newest first; an empty flow means all.
	ByFlow(ctx context.Context, camp string, flow order.Flow, page domain.Page) ([]order.Order, domain.Cursor, error)
}

// Commissions reads what promoters have earned.
type Commissions interface {
	// Promised walks through what is left of all commissions of an organiser, or of one of its camps, by the index alone.
	Promised(ctx context.Context, organiser, camp string) iter.Seq2[Booked, error]
}

// Camps is what this feature needs of domain/camp.
type Camps interface {
	ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error)
	Titles(ctx context.Context, ids []string) (map[string]string, error)
}

// Service holds the use cases.
type Service struct {
	Books       Books
	Commissions Commissions
	Camps       Camps
	Orders      Orders
	Bills       Bills
	Transfers   Transfers
	Wallets     Wallets
	Groups      Groups
	Pools       Pools
	Jobs        Jobs
}

// OfCamp is a page of a camp's ledger.
type OfCamp struct {
	Camp   camp.Camp
	Sums   Sums
	Orders []order.Order
}

// OfCamp returns the sums of a camp and a page of its orders, for those who may see its money.
func (s *Service) OfCamp(ctx context.Context, campID string, flow order.Flow, page domain.Page) (OfCamp, domain.Cursor, error) {
	in, err := s.Camps.ForStaff(ctx, campID, domain.RightMoney)
	if err != nil {
		return OfCamp{}, "", err
	}
	v := OfCamp{Camp: in}
	for b, err := range s.booked(ctx, in.Organiser, in.ID) {
		if err != nil {
			return v, "", err
		}
		v.Sums.Add(b.Sums)
	}
	list, next, err := s.Books.ByFlow(ctx, campID, flow, page)
	v.Orders = list
	return v, next, err
}

// booked walks through the orders, and then through what promoters have of them.
func (s *Service) booked(ctx context.Context, organiser, camp string) iter.Seq2[Booked, error] {
	return func(yield func(Booked, error) bool) {
		for _, books := range []iter.Seq2[Booked, error]{s.Books.Booked(ctx, organiser, camp), s.Commissions.Promised(ctx, organiser, camp)} {
			for b, err := range books {
				if !yield(b, err) || err != nil {
					return
				}
			}
		}
	}
}

// CampSums are the sums of one camp.
type CampSums struct {
	Camp, Title string
	Sums
}

// MaxCamps is how many camps of an organiser are told apart; the total holds all.
const MaxCamps = 500

// OfOrganiser returns the sums of each camp of an organiser that has any money, in the order of their ids, and of all.
func (s *Service) OfOrganiser(ctx context.Context, organiser string) (list []CampSums, total Sums, err error) {
	if err := domain.ActorFrom(ctx).Must(domain.RightMoney, domain.Place{Organiser: organiser}); err != nil {
		return nil, total, err
	}
	at := map[string]int{}
	for b, err := range s.booked(ctx, organiser, "") {
		if err != nil {
			return nil, total, err
		}
		total.Add(b.Sums)
		i, ok := at[b.Camp]
		if !ok {
			if i = len(list); i == MaxCamps {
				continue
			}
			at[b.Camp], list = i, append(list, CampSums{Camp: b.Camp})
		}
		list[i].Add(b.Sums)
	}
	ids := make([]string, len(list))
	for i, c := range list {
		ids[i] = c.Camp
	}
	titles, err := s.Camps.Titles(ctx, ids)
	for i := range list {
		list[i].Title = titles[list[i].Camp]
	}
	return list, total, err
}
