package order

import (
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/product"
)

// Deal is what somebody brings to the price of a seat besides its price list: at most one price of a campaign, and at most
// one coupon.
type Deal struct {
	Special *Special
	Coupon  *Coupon
}

// Special is a price of its own that a campaign gives the whole seat: the price of a group-buy, or the one that an assist
// has reached.
type Special struct {
	Kind    LineKind // LineGroup or LineAssist
	Ref     string   // what the order takes part in, as Ref.ID names it
	Text    string   // as the line says it
	Price   domain.Fen
	Coupons bool      // the campaign says that a coupon may join
	Until   time.Time // nobody can pay it later; zero without an end of its own
}

// Coupon is what a price needs to know of a coupon.
type Coupon struct {
	ID        string // the coupon's own, never its template's
	Text      string // as the line says it
	Off       domain.Fen
	Percent   int        // or this many percent off the tuition, 1–100
	Cap       domain.Fen // at most this much off, 0 without a bound; for percent
	Over      domain.Fen // the price before it, pool part included, must reach this
	EarlyBird bool       // it may join an early-bird price
	Free      bool       // it may make the seat free; otherwise 1 fen is left to pay
	Until     time.Time  // when it ends
}

// Skipped is a discount that was there and does not lower the price, with the reason as the learner reads it.
type Skipped struct {
	Kind LineKind `json:"kind"`
	Ref  string   `json:"ref,omitempty"`
	Why  string   `json:"why"`
}

// The rules of combination.
//
// The list price is the ceiling. One price stands in its place: the early bird's, or the one of a group-buy or assist;
// these never meet. A coupon comes after it and takes off what is left of the tuition. It joins an early-bird price if the
// coupon says so, and an order of a group-buy or assist only if the campaign says so. The part that goes into a scholarship
// pool is never discounted, so all of a discount lies on the tuition, and a refund of a share of the tuition gives back
// that share of what was really paid. Percentages are rounded so that the discount is the whole fen below. What is left
// is at least 1 fen, unless the campaign's price is 0 or the coupon says that it may make the seat free. A referral's
// commission lowers no price and meets everything.
//
// Of all that may meet, the learner gets what costs least; of two that cost the same, the one that uses less up.

// combine finds the lines of the price of an offer at its early-bird price, if there is one, with the deal.
func combine(o product.Offer, early *domain.Fen, d Deal) (lines []Line, skipped []Skipped) {
	list := Line{Kind: LinePrice, Text: o.Title, Amount: o.Price}
	firsts := []*Line{nil}
	if d.Special != nil {
		firsts = append(firsts, lowered(o, Line{Kind: d.Special.Kind, Text: d.Special.Text, Ref: d.Special.Ref}, d.Special.Price))
	}
	if early != nil {
		firsts = append(firsts, lowered(o, Line{Kind: LineEarlyBird, Text: "早鸟优惠"}, *early))
	}
	best := []Line{list}
	for _, coupon := range []*Coupon{nil, d.Coupon} {
		for _, first := range firsts {
			if with, ok := try(list, first, coupon, d.Special, o.Part); ok && Sum(with) < Sum(best) {
				best = with
			}
		}
	}
	return best, skip(best, firsts[1:], d)
}

// lowered is the line of a price that stands in the place of the list price: never above it, never below the pool's part.
func lowered(o product.Offer, l Line, price domain.Fen) *Line {
	l.Amount = min(max(price, o.Part, 0), o.Price) - o.Price
	return &l
}

// try is the price with these discounts, if they may meet.
func try(list Line, first *Line, c *Coupon, special *Special, part domain.Fen) (lines []Line, ok bool) {
	lines = []Line{list}
	if first != nil {
		lines = append(lines, *first)
	}
	if c == nil {
		return lines, true
	}
	if special != nil && !special.Coupons || first != nil && first.Kind == LineEarlyBird && !c.EarlyBird {
		return nil, false
	}
	price := Sum(lines)
	if price < c.Over {
		return nil, false
	}
	return append(lines, Line{Kind: LineCoupon, Text: c.Text, Ref: c.ID, Amount: -c.off(price, part)}), true
}

// off is what the coupon takes off a price of which a part goes into the pool.
func (c Coupon) off(price, part domain.Fen) domain.Fen {
	tuition := price - part
	off := c.Off
	if c.Percent > 0 {
		off = tuition * domain.Fen(c.Percent) / 100
		if c.Cap > 0 {
			off = min(off, c.Cap)
		}
	}
	floor := part
	if !c.Free {
		floor = max(floor, 1)
	}
	return max(min(off, price-floor), 0)
}

// skip says of each discount that was there and is not among the lines why it is not.
func skip(lines []Line, firsts []*Line, d Deal) (skipped []Skipped) {
	for _, first := range firsts {
		if lineOf(lines, first.Kind) == nil {
			skipped = append(skipped, Skipped{first.Kind, first.Ref, whyNot(lines, first)})
		}
	}
	if d.Coupon != nil && lineOf(lines, LineCoupon) == nil {
		skipped = append(skipped, Skipped{LineCoupon, d.Coupon.ID, d.Coupon.whyNot(lines, d.Special)})
	}
	return skipped
}

func whyNot(lines []Line, first *Line) string {
	switch {
	case first.Amount == 0:
		return "不低于原价"
	case lineOf(lines, LineCoupon) != nil:
		return "不能与这张优惠券一起使用，用券更便宜"
	}
	return "与" + lines[1].Text + "不能同时使用，后者更便宜"
}

func (c Coupon) whyNot(lines []Line, special *Special) string {
	price := Sum(lines)
	switch early := lineOf(lines, LineEarlyBird) != nil; {
	case special != nil && !special.Coupons:
		return special.Text + "不能使用优惠券"
	case early && !c.EarlyBird:
		return "不与早鸟价同享，早鸟价更便宜"
	case price < c.Over:
		return fmt.Sprintf("满 %s 可用，还差 %s", c.Over, c.Over-price)
	}
	return "学费部分已经没有可以减的金额"
}

// lineOf is the line of a kind, nil if there is none.
func lineOf(lines []Line, kind LineKind) *Line {
	for i := range lines {
		if lines[i].Kind == kind {
			return &lines[i]
		}
	}
	return nil
}
