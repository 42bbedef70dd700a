package storage

import (
	"context"
	"iter"

	"yingdi/domain"
	"yingdi/domain/ledger"
	"yingdi/domain/order"
)

// Booked implements ledger.Books. What never came is not in it.
func (s Orders) Booked(ctx context.Context, organiser, camp string) iter.Seq2[ledger.Booked, error] {
	q := By("books").Equal(organiser)
	if camp != "" {
		q = q.Equal(camp)
	}
	return func(yield func(ledger.Booked, error) bool) {
		for e, err := range s.Entries(ctx, q) {
			if err != nil {
				yield(ledger.Booked{}, err)
				return
			}
			fen := func(name string) domain.Fen { n, _ := e.Fields[name].(int64); return domain.Fen(n) }
			b := ledger.Booked{Sums: ledger.Sums{In: fen("in"), Back: fen("back"), Underway: fen("underway"), Part: fen("part")}}
			b.Camp, _ = e.Fields["camp"].(string)
			if b.In == 0 {
				continue
			}
			b.Orders = 1
			if !yield(b, nil) {
				return
			}
		}
	}
}

// ByFlow implements ledger.Books.
func (s Orders) ByFlow(ctx context.Context, camp string, flow order.Flow, page domain.Page) ([]order.Order, domain.Cursor, error) {
	if flow == "" {
		return s.Find(ctx, By("camp").Equal(camp).Descending(), page)
	}
	return s.Find(ctx, By("campflow").Equal(camp, string(flow)).Descending(), page)
}

// Everything walks through a whole collection, document by document, in the order of their ids.
func (c *Collection[T]) Everything(ctx context.Context) iter.Seq2[T, error] {
	return c.Each(ctx, By(IDIndex.Name))
}

// Promised implements ledger.Commissions.
func (s Commissions) Promised(ctx context.Context, organiser, camp string) iter.Seq2[ledger.Booked, error] {
	q := By("books").Equal(organiser)
	if camp != "" {
		q = By("books").Equal(organiser, camp)
	}
	return func(yield func(ledger.Booked, error) bool) {
		for e, err := range s.Entries(ctx, q) {
			if err != nil {
				yield(ledger.Booked{}, err)
				return
			}
			b := ledger.Booked{Sums: ledger.Sums{Promoted: domain.Fen(number(e.Fields["net"]))}}
			if b.Camp, _ = e.Fields["camp"].(string); b.Promoted > 0 && !yield(b, nil) {
				return
			}
		}
	}
}

var (
	_ ledger.Books       = Orders{}
	_ ledger.Commissions = Commissions{}
)
