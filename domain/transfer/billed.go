package transfer

import (
	"context"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/wechatpay"
)

// ErrBilledTwice says that a bill of WeChat's holds a transfer that another line held already.
var ErrBilledTwice = domain.Refusal(domain.KindConflict, "transfer_billed_twice", "账单里出现了两次")

// Billed notes which line of which day's bill holds the transfer under a number. Again by the same line changes nothing.
func (t *Transfer) Billed(number string, at wechatpay.Billed) error {
	b := t.bill(number)
	switch {
	case b == nil:
		return domain.ErrNotFound
	case b.Billed == at:
		return domain.ErrSame
	case b.Billed != (wechatpay.Billed{}):
		return ErrBilledTwice
	}
	b.Billed = at
	return nil
}

// Arrived is the bill that was paid.
func (t Transfer) Arrived() (Bill, bool) {
	for _, b := range t.Bills {
		if b.State == wechatpay.TransferSuccess {
			return b, true
		}
	}
	return Bill{}, false
}

// ByNumber is the bill of a number.
func (t Transfer) ByNumber(number string) (Bill, bool) {
	if b := t.bill(number); b != nil {
		return *b, true
	}
	return Bill{}, false
}

// Unbilled is when the transfer arrived, while no bill of WeChat's has held it; zero otherwise.
func (t Transfer) Unbilled() time.Time {
	if b, ok := t.Arrived(); ok && b.Billed == (wechatpay.Billed{}) {
		return b.EndedAt
	}
	return time.Time{}
}

// AskWeChat lets WeChat say how a bill stands, and takes it in. For the morning's reconciliation.
func (s *Service) AskWeChat(ctx context.Context, number string) error {
	t, err := s.Store.ByCode(ctx, CodeOf(number))
	if err != nil {
		return fmt.Errorf("bill %s: %w", number, err)
	}
	seen, err := s.Pay.QueryTransfer(ctx, number)
	if err != nil {
		return err
	}
	_, err = s.seen(ctx, t.ID, seen)
	return err
}
