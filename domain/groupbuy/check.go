package groupbuy

import (
	"fmt"

	"yingdi/domain/order"
)

// Check holds the group against its own promises. It returns what is wrong, in words for whoever must look; nil if nothing is.
func (g Group) Check() error {
	won, sitting := 0, map[string]bool{}
	for _, s := range g.Seats {
		if s.Won {
			won++
		}
		if s.Live() && sitting[s.Member] {
			return fmt.Errorf("group %s: %s has two seats", g.ID, s.Member)
		}
		sitting[s.Member] = sitting[s.Member] || s.Live()
	}
	reserved, paid, confirmed := g.Count(Reserved), g.Count(Paid), g.Count(Confirmed)
	switch {
	case reserved+paid+confirmed > g.Terms.Size:
		return fmt.Errorf("group %s: %d seats of %d are taken", g.ID, reserved+paid+confirmed, g.Terms.Size)
	case (g.State == Forming) != g.EndedAt.IsZero():
		return fmt.Errorf("group %s: it is %s, and ended at %s", g.ID, g.State, g.EndedAt)
	case g.State == Forming && (confirmed > 0 || paid == g.Terms.Size),
		g.State == Succeeded && (reserved > 0 || paid > 0),
		g.State == Failed && reserved+paid+confirmed > 0:
		return fmt.Errorf("group %s: it is %s with %d reserved, %d paid and %d confirmed seats", g.ID, g.State, reserved, paid, confirmed)
	case g.State == Succeeded && won != g.Terms.Size, g.State != Succeeded && won > 0:
		return fmt.Errorf("group %s: it is %s, and %d of %d won", g.ID, g.State, won, g.Terms.Size)
	}
	return nil
}

// Against holds the group against the orders of its seats, as they are after the group was read: whoever it let in has paid
// and has the place, and whoever it did not has all the money.
func (g Group) Against(orders map[string]order.Order) error {
	for _, s := range g.Seats {
		o, ok := orders[s.Order]
		switch ref := o.Promise.Used(order.LineGroup); {
		case !ok || o.Member != s.Member || ref == "" || GroupOf(ref, o.ID) != g.ID:
			return fmt.Errorf("group %s: the seat of order %s is not of that order", g.ID, s.Order)
		case !o.FulfilledAt.IsZero() && !s.Won:
			return fmt.Errorf("group %s: order %s has its place, and its seat is %s", g.ID, s.Order, s.State)
		case s.State == Confirmed && !s.Unopened && o.FulfilledAt.IsZero() && o.EndedAt.IsZero():
			return fmt.Errorf("group %s: order %s is in, and has no place", g.ID, s.Order)
		case s.State == Refunded && (o.EndedAt.IsZero() || o.Underway() > 0 || s.Why != Left && o.Held() > 0):
			return fmt.Errorf("group %s: the seat of order %s is refunded, the order holds %s and %s are on their way", g.ID, s.Order, o.Held(), o.Underway())
		}
	}
	return nil
}

// Orders are those of all seats.
func (g Group) Orders() (ids []string) {
	for _, s := range g.Seats {
		ids = append(ids, s.Order)
	}
	return ids
}
