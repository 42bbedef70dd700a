package storage

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/transfer"
)

// Transfers keeps money on its way to people.
type Transfers struct {
	*Collection[transfer.Transfer]
}

// NewTransfers declares the collection.
func NewTransfers(ctx context.Context, db *DB) (Transfers, error) {
	c, err := NewCollection(ctx, db, "transfer", Keys[transfer.Transfer]{
		"code":      func(t *transfer.Transfer) any { return t.Code },
		"member":    func(t *transfer.Transfer) any { return t.Member },
		"ref":       func(t *transfer.Transfer) any { return t.Ref },
		"organiser": func(t *transfer.Transfer) any { return t.Organiser },
		"state":     func(t *transfer.Transfer) any { return string(t.State) },
		"at":        func(t *transfer.Transfer) any { return t.CreatedAt },
		"wake":      func(t *transfer.Transfer) any { return t.WakeAt },
		"unbilled":  func(t *transfer.Transfer) any { return t.Unbilled() },
		"troubled":  func(t *transfer.Transfer) any { return keyed(t.Troubled(), t.Organiser) },
	},
		Index{Name: "code", Fields: []string{"code"}, Unique: true},
		Index{Name: "member", Fields: []string{"member", "at"}},
		Index{Name: "ref", Fields: []string{"ref", "at"}},
		Index{Name: "refstate", Fields: []string{"ref", "state", "at"}},
		Index{Name: "organiser", Fields: []string{"organiser", "at"}},
		Index{Name: "organiserstate", Fields: []string{"organiser", "state", "at"}},
		Index{Name: "wake", Fields: []string{"wake"}},
		Index{Name: "unbilled", Fields: []string{"unbilled"}},
		Index{Name: "troubled", Fields: []string{"troubled", "at"}})
	return Transfers{c}, err
}

// OfPerson implements privacy.Of.
func (s Transfers) OfPerson(ctx context.Context, member string, page domain.Page) ([]transfer.Transfer, domain.Cursor, error) {
	return s.Find(ctx, By("member").Equal(member), page)
}

// ByCode implements transfer.Store.
func (s Transfers) ByCode(ctx context.Context, code string) (transfer.Transfer, error) {
	return s.First(ctx, By("code").Equal(code))
}

// ByMember implements transfer.Store.
func (s Transfers) ByMember(ctx context.Context, member string, page domain.Page) ([]transfer.Transfer, domain.Cursor, error) {
	return s.Find(ctx, By("member").Equal(member).Descending(), page)
}

// ByRef implements transfer.Store.
func (s Transfers) ByRef(ctx context.Context, ref string, state transfer.State, page domain.Page) ([]transfer.Transfer, domain.Cursor, error) {
	if state == "" {
		return s.Find(ctx, By("ref").Equal(ref), page)
	}
	return s.Find(ctx, By("refstate").Equal(ref, string(state)), page)
}

// ByOrganiser implements transfer.Store.
func (s Transfers) ByOrganiser(ctx context.Context, organiser string, state transfer.State, page domain.Page) ([]transfer.Transfer, domain.Cursor, error) {
	if state == "" {
		return s.Find(ctx, By("organiser").Equal(organiser).Descending(), page)
	}
	return s.Find(ctx, By("organiserstate").Equal(organiser, string(state)).Descending(), page)
}

// Waking implements transfer.Store.
func (s Transfers) Waking(ctx context.Context, before time.Time, page domain.Page) ([]transfer.Transfer, domain.Cursor, error) {
	return s.Find(ctx, By("wake").Range(nil, before), page)
}

// Troubled implements transfer.Store.
func (s Transfers) Troubled(ctx context.Context, organisers []string, page domain.Page) ([]transfer.Transfer, domain.Cursor, error) {
	return s.Find(ctx, amongst(By("troubled"), organisers), page)
}

// ByCodes implements bill.TransferStore.
func (s Transfers) ByCodes(ctx context.Context, codes []string) ([]transfer.Transfer, error) {
	in := make([]any, len(codes))
	for i, code := range codes {
		in[i] = code
	}
	found, _, err := s.Find(ctx, By("code").In(in...), domain.Page{Limit: domain.MaxPage})
	return found, err
}

// Unbilled implements bill.TransferStore.
func (s Transfers) Unbilled(ctx context.Context, from, before time.Time, page domain.Page) ([]transfer.Transfer, domain.Cursor, error) {
	return s.Find(ctx, By("unbilled").Range(from, before), page)
}

var _ transfer.Store = Transfers{}
