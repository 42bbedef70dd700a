// Package payment is what WeChat Pay tells us of its own accord: written down first, answered, and only then worked on.
package payment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/wechatpay"
)

// Notice is one delivery. Its id is WeChat's, so a second delivery changes nothing.
type Notice struct {
	domain.Doc
	Kind    string    `json:"kind"`
	Number  string    `json:"number"` // ours, of what it is about
	Body    string    `json:"body"`   // sealed
	At      time.Time `json:"at"`
	Outcome string    `json:"outcome,omitempty"` // why nothing came of it
	Until   time.Time `json:"until"`             // when it is forgotten
}

// EventReceived says that a notice waits to be worked on.
const EventReceived = "payment:received"

// Remember is how long a notice is kept: WeChat repeats for a day, and people ask questions for months.
const Remember = 180 * 24 * time.Hour

const purpose = "payment.body"

// Store keeps notices.
type Store interface {
	domain.Documents[Notice]
	domain.Passing[Notice]
}

// Orders takes what is said about payments and refunds; domain/order does it.
type Orders interface {
	TakeTrade(ctx context.Context, t wechatpay.Trade) error
	TakeRefund(ctx context.Context, r wechatpay.Refund) error
}

// Transfers takes what is said about transfers; domain/transfer does it.
type Transfers interface {
	TakeTransfer(ctx context.Context, t wechatpay.Transfer) error
}

// Service holds the use cases.
type Service struct {
	Store     Store
	Orders    Orders
	Transfers Transfers
	Sealer    *domain.Sealer
	Clock     domain.Clock
}

// Receive writes a verified notice down. When it returns nil, WeChat can be told that all is well.
func (s *Service) Receive(ctx context.Context, n wechatpay.Notice) error {
	if n.Trade != nil { // who paid is of no use to anybody here
		trade := *n.Trade
		trade.Payer = ""
		n.Trade = &trade
	}
	raw, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("payment notice %s: %w", n.ID, err)
	}
	now := s.Clock.Now()
	kept := Notice{
		Doc: domain.Doc{ID: n.ID}, Kind: n.Kind, Number: number(n), Body: s.Sealer.Seal(purpose, string(raw)), At: now, Until: now.Add(Remember),
	}
	kept.Emit(EventReceived, now, nil)
	err = s.Store.Insert(ctx, kept)
	if errors.Is(err, domain.ErrExists) {
		return nil
	}
	return err
}

func number(n wechatpay.Notice) string {
	switch {
	case n.Trade != nil:
		return n.Trade.Number
	case n.Refund != nil:
		return n.Refund.Number
	case n.Transfer != nil:
		return n.Transfer.Number
	}
	return ""
}

// Work does what the notice asks for. For jobs, after EventReceived. One about a payment of nobody we know is noted and
// left: it may belong to another system of the same merchant.
func (s *Service) Work(ctx context.Context, id string) error {
	kept, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	raw, err := s.Sealer.Open(purpose, kept.Body)
	if err != nil {
		return fmt.Errorf("payment notice %s: %w", id, err)
	}
	var n wechatpay.Notice
	if err := json.Unmarshal([]byte(raw), &n); err != nil {
		return fmt.Errorf("payment notice %s: %w", id, err)
	}
	switch {
	case n.Trade != nil:
		err = s.Orders.TakeTrade(ctx, *n.Trade)
	case n.Refund != nil:
		err = s.Orders.TakeRefund(ctx, *n.Refund)
	case n.Transfer != nil:
		err = s.Transfers.TakeTransfer(ctx, *n.Transfer)
	}
	if !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	_, err = s.Store.Update(ctx, id, func(n *Notice) error {
		if n.Outcome != "" {
			return domain.ErrSame
		}
		n.Outcome = "unknown number"
		return nil
	})
	return err
}

// Sweep forgets old notices.
func (s *Service) Sweep(ctx context.Context) error {
	return domain.Sweep(ctx, s.Store, s.Clock.Now())
}

// Seals lists what is sealed in it.
func (n *Notice) Seals() []domain.Sealed { return []domain.Sealed{{Purpose: purpose, Value: &n.Body}} }
