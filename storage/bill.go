package storage

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/bill"
)

// BillDays keeps the reconciliation of each day.
type BillDays struct{ *Collection[bill.Day] }

// BillCases keeps what differed.
type BillCases struct{ *Collection[bill.Case] }

// nobodys is the key of the cases that belong to no organiser.
const nobodys = "-"

// NewBills declares the collections.
func NewBills(ctx context.Context, db *DB) (BillDays, BillCases, error) {
	days, err := NewCollection(ctx, db, "bill", Keys[bill.Day]{
		"waiting": func(d *bill.Day) any { return keyed(d.State == bill.Waiting, d.ID) },
	}, Index{Name: "waiting", Fields: []string{"waiting"}})
	if err != nil {
		return BillDays{}, BillCases{}, err
	}
	cases, err := NewCollection(ctx, db, "bill_case", Keys[bill.Case]{
		"open": func(c *bill.Case) any {
			whose := c.Organiser
			if whose == "" {
				whose = nobodys
			}
			return keyed(c.Open(), whose)
		},
		"at": func(c *bill.Case) any { return c.OpenedAt },
	}, Index{Name: "open", Fields: []string{"open", "at"}})
	return BillDays{days}, BillCases{cases}, err
}

// Newest implements bill.DayStore.
func (s BillDays) Newest(ctx context.Context) (bill.Day, error) {
	return s.First(ctx, By("id").Descending())
}

// Oldest implements bill.DayStore.
func (s BillDays) Oldest(ctx context.Context) (bill.Day, error) { return s.First(ctx, By("id")) }

// Waiting implements bill.DayStore.
func (s BillDays) Waiting(ctx context.Context, page domain.Page) ([]bill.Day, domain.Cursor, error) {
	return s.Find(ctx, By("waiting").Range("", nil), page)
}

// List implements bill.DayStore.
func (s BillDays) List(ctx context.Context, page domain.Page) ([]bill.Day, domain.Cursor, error) {
	return s.Find(ctx, By("id").Descending(), page)
}

// Open implements bill.CaseStore.
func (s BillCases) Open(ctx context.Context, organisers []string, page domain.Page) ([]bill.Case, domain.Cursor, error) {
	return s.Find(ctx, amongst(By("open"), organisers).Descending(), page)
}

// CountOpen implements bill.CaseStore.
func (s BillCases) CountOpen(ctx context.Context, organisers []string) (int64, error) {
	return s.Count(ctx, amongst(By("open"), organisers))
}

var (
	_ bill.DayStore   = BillDays{}
	_ bill.CaseStore  = BillCases{}
	_ bill.OrderStore = Orders{}

	_ bill.TransferStore = Transfers{}
)
