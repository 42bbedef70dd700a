package bill

import (
	"context"
	"errors"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/transfer"
	"yingdi/domain/wechatpay"
)

// TransferStore is what this feature needs of the transfers' store.
type TransferStore interface {
	Update(ctx context.Context, id string, change func(*transfer.Transfer) error) (transfer.Transfer, error)
	ByCode(ctx context.Context, code string) (transfer.Transfer, error)
	// ByCodes returns those that there are of at most domain.MaxPage codes.
	ByCodes(ctx context.Context, codes []string) ([]transfer.Transfer, error)
	// Unbilled lists the transfers whose Unbilled lies from one instant to another, the oldest first.
	Unbilled(ctx context.Context, from, before time.Time, page domain.Page) ([]transfer.Transfer, domain.Cursor, error)
}

// TransferAsker is what this feature needs of domain/transfer.
type TransferAsker interface {
	AskWeChat(ctx context.Context, number string) error
}

// Transfers is the book of the transfers to learners' balances.
type Transfers struct {
	Store TransferStore
	Asker TransferAsker
}

// Facts implements Book.
func (b Transfers) Facts(ctx context.Context, numbers []string) (map[string]Fact, error) {
	var codes []string
	for _, number := range numbers {
		if code := transfer.CodeOf(number); code != "" && domain.ValidID(code) && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	if len(codes) == 0 {
		return nil, nil
	}
	found, err := b.Store.ByCodes(ctx, codes)
	if err != nil {
		return nil, err
	}
	facts := map[string]Fact{}
	for _, t := range found {
		for _, number := range numbers {
			if bill, ok := t.ByNumber(number); ok {
				facts[number] = paidOut(t, bill)
			}
		}
	}
	return facts, nil
}

func paidOut(t transfer.Transfer, b transfer.Bill) Fact {
	return Fact{
		Number: b.Number, Organiser: t.Organiser, Back: true, Amount: t.Amount, Done: b.State == wechatpay.TransferSuccess, At: b.EndedAt, Billed: b.Billed,
	}
}

// Mark implements Book.
func (b Transfers) Mark(ctx context.Context, number string, at wechatpay.Billed) error {
	t, err := b.Store.ByCode(ctx, transfer.CodeOf(number))
	if err != nil {
		return err
	}
	_, err = b.Store.Update(ctx, t.ID, func(t *transfer.Transfer) error { return t.Billed(number, at) })
	if errors.Is(err, transfer.ErrBilledTwice) {
		return ErrTwice
	}
	return err
}

// Unmarked implements Book.
func (b Transfers) Unmarked(ctx context.Context, from, before time.Time, page domain.Page) ([]Fact, domain.Cursor, error) {
	list, next, err := b.Store.Unbilled(ctx, from, before, page)
	var facts []Fact
	for _, t := range list {
		if arrived, ok := t.Arrived(); ok {
			facts = append(facts, paidOut(t, arrived))
		}
	}
	return facts, next, err
}

// Ask implements Book.
func (b Transfers) Ask(ctx context.Context, number string) error {
	return b.Asker.AskWeChat(ctx, number)
}
