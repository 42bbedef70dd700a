package storage

import (
	"context"
	"fmt"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/order"
)

// Orders keeps purchases.
type Orders struct {
	*Collection[order.Order]
}

// NewOrders declares the collection. A person has one order for a camp that waits for its payment.
func NewOrders(ctx context.Context, db *DB) (Orders, error) {
	c, err := NewCollection(ctx, db, "order", Keys[order.Order]{
		"member":    func(o *order.Order) any { return o.Member },
		"camp":      func(o *order.Order) any { return o.Camp },
		"state":     func(o *order.Order) any { return string(o.State) },
		"at":        func(o *order.Order) any { return o.CreatedAt },
		"wake":      func(o *order.Order) any { return o.WakeAt },
		"troubled":  func(o *order.Order) any { return keyed(o.Troubled(), o.Organiser) },
		"organiser": func(o *order.Order) any { return o.Organiser },
		"pooled":    func(o *order.Order) any { return keyed(o.Pooled(), o.Camp) },
		"unbilled":  func(o *order.Order) any { return o.Unbilled() },
		"late":      func(o *order.Order) any { return o.LateAt() },
		"owing":     func(o *order.Order) any { return keyed(!o.LateAt().IsZero(), o.Organiser) },
		"flow":      func(o *order.Order) any { return string(o.Flow()) },
		"in":        func(o *order.Order) any { return int64(o.Received()) },
		"back":      func(o *order.Order) any { return int64(o.Returned()) },
		"underway":  func(o *order.Order) any { return int64(o.Underway()) },
		"part":      func(o *order.Order) any { return int64(o.HeldPart()) },
		"buyer":     func(o *order.Order) any { return keyed(!o.PaidAt.IsZero(), pendingKey(o.Organiser, o.Member)) },
		"first":     func(o *order.Order) any { return keyed(o.Origin.First != "" && o.Received() > 0, o.Origin.First) },
		"last":      func(o *order.Order) any { return keyed(o.Origin.Last != "" && o.Received() > 0, o.Origin.Last) },
		"pending":   func(o *order.Order) any { return keyed(o.State == order.Pending, pendingKey(o.Camp, o.Member)) },
	},
		Index{Name: "pending", Fields: []string{"pending"}, Unique: true},
		Index{Name: "member", Fields: []string{"member", "at"}},
		Index{Name: "camp", Fields: []string{"camp", "at"}},
		Index{Name: "campstate", Fields: []string{"camp", "state", "at"}},
		Index{Name: "organiser", Fields: []string{"organiser", "at"}},
		Index{Name: "pooled", Fields: []string{"pooled"}},
		Index{Name: "organiserstate", Fields: []string{"organiser", "state", "at"}},
		Index{Name: "campflow", Fields: []string{"camp", "flow", "at"}},
		Index{Name: "books", Fields: []string{"organiser", "camp", "flow", "in", "back", "underway", "part"}},
		Index{Name: "unbilled", Fields: []string{"unbilled"}},
		Index{Name: "late", Fields: []string{"late"}},
		Index{Name: "owing", Fields: []string{"owing", "late"}},
		Index{Name: "buyer", Fields: []string{"buyer"}},
		Index{Name: "originfirst", Fields: []string{"first"}},
		Index{Name: "originlast", Fields: []string{"last"}},
		Index{Name: "wake", Fields: []string{"wake"}},
		Index{Name: "troubled", Fields: []string{"troubled", "at"}})
	return Orders{c}, err
}

// pendingKey of what a person has of a camp or an organiser.
func pendingKey(of, member string) string { return of + ":" + member }

// keyed is the key where it applies, and no value elsewhere.
func keyed(applies bool, key string) any {
	if !applies {
		return nil
	}
	return key
}

// OfPerson implements privacy.Of.
func (s Orders) OfPerson(ctx context.Context, member string, page domain.Page) ([]order.Order, domain.Cursor, error) {
	return s.Find(ctx, By("member").Equal(member), page)
}

// Pending implements order.Store.
func (s Orders) Pending(ctx context.Context, camp, member string) (order.Order, error) {
	found, _, err := s.Find(ctx, By("pending").Equal(pendingKey(camp, member)), domain.Page{Limit: 1})
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("pending order of camp %s: %w", camp, domain.ErrNotFound)
	}
	if err != nil {
		return order.Order{}, err
	}
	return found[0], nil
}

// Pooled implements pool.Orders: those with a part for the camp's pool, in the order of their ids.
func (s Orders) Pooled(ctx context.Context, camp string, page domain.Page) ([]order.Order, domain.Cursor, error) {
	return s.Find(ctx, By("pooled").Equal(camp), page)
}

// ByMember implements order.Store.
func (s Orders) ByMember(ctx context.Context, member string, page domain.Page) ([]order.Order, domain.Cursor, error) {
	return s.Find(ctx, By("member").Equal(member).Descending(), page)
}

// ByCamp implements order.Store.
func (s Orders) ByCamp(ctx context.Context, camp string, state order.State, page domain.Page) ([]order.Order, domain.Cursor, error) {
	if state == "" {
		return s.Find(ctx, By("camp").Equal(camp).Descending(), page)
	}
	return s.Find(ctx, By("campstate").Equal(camp, string(state)).Descending(), page)
}

// Waking implements order.Store.
func (s Orders) Waking(ctx context.Context, before time.Time, page domain.Page) ([]order.Order, domain.Cursor, error) {
	return s.Find(ctx, By("wake").Range(nil, before), page)
}

// ByOrganiser implements order.Store.
func (s Orders) ByOrganiser(ctx context.Context, organiser string, state order.State, page domain.Page) ([]order.Order, domain.Cursor, error) {
	if state == "" {
		return s.Find(ctx, By("organiser").Equal(organiser).Descending(), page)
	}
	return s.Find(ctx, By("organiserstate").Equal(organiser, string(state)).Descending(), page)
}

// Troubled implements order.Store.
func (s Orders) Troubled(ctx context.Context, organisers []string, page domain.Page) ([]order.Order, domain.Cursor, error) {
	return s.Find(ctx, amongst(By("troubled"), organisers), page)
}

// Late implements order.Store.
func (s Orders) Late(ctx context.Context, organisers []string, before time.Time, page domain.Page) ([]order.Order, domain.Cursor, error) {
	return late(ctx, s.Collection, organisers, before, page, order.Order.LateAt)
}

// late lists what a person must look at since before an instant, of these organisers, or of all for nil: by the index late, or
// by owing, which holds the organiser and then the time. Of several organisers those who are few anyway are all read, and the
// young ones left out.
func late[T any](ctx context.Context, in *Collection[T], organisers []string, before time.Time, page domain.Page, at func(T) time.Time) ([]T, domain.Cursor, error) {
	switch len(organisers) {
	case 0:
		if organisers != nil {
			return nil, "", nil
		}
		return in.Find(ctx, By("late").Range(nil, before), page)
	case 1:
		return in.Find(ctx, By("owing").Equal(organisers[0]).Range(nil, before), page)
	}
	found, next, err := in.Find(ctx, amongst(By("owing"), organisers), page)
	return slices.DeleteFunc(found, func(t T) bool { return !at(t).Before(before) }), next, err
}

// Unbilled implements bill.OrderStore.
func (s Orders) Unbilled(ctx context.Context, from, before time.Time, page domain.Page) ([]order.Order, domain.Cursor, error) {
	return s.Find(ctx, By("unbilled").Range(from, before), page)
}

var _ order.Store = Orders{}
