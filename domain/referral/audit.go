package referral

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"yingdi/domain"
	"yingdi/domain/wallet"
)

// Audit holds every commission against the order that earned it and against the wallet that it went into, and hands on each
// one's id and what is wrong with it, nil if nothing is. An order with events that somebody has yet to hear of may be ahead
// of its commissions.
func Audit(ctx context.Context, all iter.Seq2[Commission, error], orders Orders, purses Purses, found func(id string, fault error)) error {
	for c, err := range all {
		if err != nil {
			return err
		}
		o, err := orders.Get(ctx, c.Order)
		if err != nil && !errors.Is(err, domain.ErrNotFound) {
			return err
		}
		fault := c.Check(o, len(o.Outbox) > 0)
		if fault == nil && c.Posted > 0 {
			w, err := purses.Get(ctx, wallet.ID(c.Organiser, c.Member))
			if err != nil && !errors.Is(err, domain.ErrNotFound) {
				return err
			}
			fault = c.posts(w)
		}
		found(c.ID, fault)
	}
	return nil
}

// posts says which of the entries that are posted the wallet does not have as they are.
func (c Commission) posts(w wallet.Wallet) error {
	entries := c.Entries()
	for i := range min(c.Posted, len(entries)) {
		if e := entries[i]; !w.Counts(e.ID, e.Amount) {
			return fmt.Errorf("commission %s: the wallet does not have %s of it as %s", c.ID, e.Amount, e.ID)
		}
	}
	return nil
}
