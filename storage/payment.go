package storage

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/payment"
)

// Payments keeps what WeChat Pay told us.
type Payments struct{ *Collection[payment.Notice] }

// NewPayments declares the collection.
func NewPayments(ctx context.Context, db *DB) (Payments, error) {
	c, err := NewCollection(ctx, db, "payment", Keys[payment.Notice]{
		"until":  func(n *payment.Notice) any { return n.Until },
		"number": func(n *payment.Notice) any { return n.Number },
		"at":     func(n *payment.Notice) any { return n.At },
	}, byUntil, Index{Name: "number", Fields: []string{"number", "at"}})
	return Payments{c}, err
}

// Ended implements payment.Store.
func (s Payments) Ended(ctx context.Context, before time.Time, page domain.Page) ([]payment.Notice, domain.Cursor, error) {
	return ended(ctx, s.Collection, before, page)
}

var _ payment.Store = Payments{}
