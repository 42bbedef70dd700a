package assist

import (
	"fmt"

	"yingdi/domain"
	"yingdi/domain/order"
)

// Check holds the assist against its rules; what it returns is for staff and logs.
func (a Assist) Check() error {
	wrong := func(why string, of ...any) error {
		return fmt.Errorf("assist %s is %s: "+why, append([]any{a.ID, a.State}, of...)...)
	}
	if len(a.Helps) > len(a.Cuts) {
		return wrong("%d helped for %d cuts", len(a.Helps), len(a.Cuts))
	}
	var sum domain.Fen
	people := map[string]bool{a.Member: true}
	for i, cut := range a.Cuts {
		if sum += cut; cut < 1 {
			return wrong("cut %d is %s", i+1, cut)
		}
		if i >= len(a.Helps) {
			continue
		}
		h := a.Helps[i]
		switch {
		case h.Cut != cut:
			return wrong("help %d took %s, its cut is %s", i+1, h.Cut, cut)
		case people[h.Member]:
			return wrong("help %d is by somebody who helped before, or started it", i+1)
		}
		people[h.Member] = true
	}
	full := len(a.Helps) == len(a.Cuts)
	ordered := a.State == Ordered || a.State == Used
	switch {
	case sum != a.Start-a.Terms.Floor:
		return wrong("the cuts add up to %s, from %s to %s", sum, a.Start, a.Terms.Floor)
	case full != !a.ReachedAt.IsZero(), a.State == Open && full, (a.State == Reached || ordered) && !full:
		return wrong("%d of %d have helped", len(a.Helps), len(a.Cuts))
	case ordered != (a.Order != ""), (a.State == Used) != !a.UsedAt.IsZero():
		return wrong("with order %q", a.Order)
	}
	return nil
}

// Against holds the assist against the order that it names.
func (a Assist) Against(o order.Order) error {
	wrong := func(why string) error {
		return fmt.Errorf("assist %s is %s: its order %s %s", a.ID, a.State, o.ID, why)
	}
	switch {
	case o.Promise.Used(order.LineAssist) != a.ID || o.Member != a.Member || o.Camp != a.Camp || o.Promise.Offer != a.Offer:
		return wrong("has another price")
	case a.State == Used && o.PaidAt.IsZero():
		return wrong("is not paid")
	case a.State == Used && (a.Took != o.Promise.Discount(order.LineAssist) || a.Paid != o.Amount):
		return wrong("says another amount")
	case a.Back > o.Amount-o.Left():
		return wrong("gave less back")
	}
	return nil
}
