package bill

import (
	"context"
	"errors"
	"strings"
	"time"

	"yingdi/domain"
	"yingdi/domain/order"
	"yingdi/domain/wechatpay"
)

// Book is our side: the movements of money that we know of, by the numbers under which WeChat was asked for them.
type Book interface {
	// Facts returns those that we know of the numbers, in one round trip.
	Facts(ctx context.Context, numbers []string) (map[string]Fact, error)
	// Mark notes the line of the bill that holds a movement. Again by the same line changes nothing; ErrTwice if another
	// line held it, domain.ErrNotFound if we do not know it.
	Mark(ctx context.Context, number string, b wechatpay.Billed) error
	// Unmarked lists movements from one instant to another that no bill has held; those after it may be among them.
	Unmarked(ctx context.Context, from, before time.Time, page domain.Page) ([]Fact, domain.Cursor, error)
	// Ask lets WeChat say how a movement stands, and takes it in.
	Ask(ctx context.Context, number string) error
}

// ErrTwice says that two lines hold one movement.
var ErrTwice = order.ErrBilledTwice

// BookName says which book a number belongs to.
type BookName string

// The books.
const (
	OrderBook    BookName = "order"    // payments and refunds
	TransferBook BookName = "transfer" // to learners' balances
)

// OrderStore is what this feature needs of the orders' store.
type OrderStore interface {
	domain.Many[order.Order]
	Update(ctx context.Context, id string, change func(*order.Order) error) (order.Order, error)
	// Unbilled lists the orders whose Unbilled lies from one instant to another, the oldest first.
	Unbilled(ctx context.Context, from, before time.Time, page domain.Page) ([]order.Order, domain.Cursor, error)
}

// Asker is what this feature needs of domain/order.
type Asker interface {
	Ask(ctx context.Context, id, number string) error
}

// Orders is the book of payments and refunds.
type Orders struct {
	Store OrderStore
	Asker Asker
}

// orderOf a number of an attempt or a refund; empty if it is not one of ours.
func orderOf(number string) string {
	if id, _, refund := strings.Cut(number, "-r-"); refund {
		return id
	}
	return order.OrderOf(number)
}

// Facts implements Book.
func (b Orders) Facts(ctx context.Context, numbers []string) (map[string]Fact, error) {
	ids, asked := make([]string, 0, len(numbers)), map[string]bool{}
	for _, number := range numbers {
		if id := orderOf(number); id != "" && domain.ValidID(id) && !asked[id] {
			ids, asked[id] = append(ids, id), true
		}
	}
	orders, err := b.Store.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	facts := make(map[string]Fact, len(numbers))
	for _, number := range numbers {
		o, ok := orders[orderOf(number)]
		if !ok {
			continue
		}
		for _, f := range o.Facts() {
			if f.Number == number {
				facts[number] = factOf(o, f)
			}
		}
	}
	return facts, nil
}

func factOf(o order.Order, f order.Fact) Fact {
	return Fact{
		Number: f.Number, Organiser: o.Organiser, Camp: o.Camp, Order: o.ID, Back: f.Back, Amount: f.Amount, Done: f.Done, At: f.At, Billed: f.Billed,
	}
}

// Mark implements Book.
func (b Orders) Mark(ctx context.Context, number string, at wechatpay.Billed) error {
	_, err := b.Store.Update(ctx, orderOf(number), func(o *order.Order) error { return o.Bill(number, at) })
	return err
}

// Unmarked implements Book.
func (b Orders) Unmarked(ctx context.Context, from, before time.Time, page domain.Page) ([]Fact, domain.Cursor, error) {
	orders, next, err := b.Store.Unbilled(ctx, from, before, page)
	var facts []Fact
	for _, o := range orders {
		for _, f := range o.Facts() {
			if f.Done && f.Billed == (wechatpay.Billed{}) {
				facts = append(facts, factOf(o, f))
			}
		}
	}
	return facts, next, err
}

// Ask implements Book.
func (b Orders) Ask(ctx context.Context, number string) error {
	return b.Asker.Ask(ctx, orderOf(number), number)
}

// answered reports whether WeChat said something, be it a refusal, so that asking at once again is of no use.
func answered(err error) bool {
	var refusal *domain.Error
	return err == nil || errors.As(err, &refusal) && !errors.Is(err, wechatpay.ErrUnreachable) && !errors.Is(err, wechatpay.ErrTooOften) &&
		!errors.Is(err, domain.ErrUnavailable) && !errors.Is(err, domain.ErrConflict)
}
