package order_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/order"
	"yingdi/domain/product"
)

var day = at("2026-02-25T00:00:00Z")

// quoted is the price of a seat at ¥199, with an early-bird price and a pool part where they are not 0.
func quoted(t testing.TB, early, part domain.Fen, deal order.Deal) order.Promise {
	t.Helper()
	return priced(t, 199_00, early, part, deal)
}

func priced(t testing.TB, price, early, part domain.Fen, deal order.Deal) order.Promise {
	t.Helper()
	offer := product.Offer{ID: "seat", Kind: product.Paid, Title: "名额", Price: price, Part: part}
	if part > 0 {
		offer.Kind = product.Scholarship
	}
	if early > 0 {
		offer.EarlyBird = []product.Window{{Until: day.Add(time.Hour), Price: early}}
	}
	c := camp.Camp{Calendar: domain.Calendar{Zone: "Asia/Shanghai"}, Start: "2026-03-01", End: "2026-03-21"}
	p, err := order.Quote(c, product.Product{Offers: []product.Offer{offer}}, "seat", order.Pool{Rules: 1, LockAt: day.Add(time.Hour), Cap: product.MaxPrice}, deal, day)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestWhichDiscountsMeet(t *testing.T) {
	t.Parallel()
	const coupon, group, assist, early = order.LineCoupon, order.LineGroup, order.LineAssist, order.LineEarlyBird
	fifty := order.Coupon{ID: "k1", Text: "券", Off: 50_00}
	with := func(change func(*order.Coupon)) order.Deal {
		c := fifty
		change(&c)
		return order.Deal{Coupon: &c}
	}
	special := func(kind order.LineKind, price domain.Fen, coupons bool) *order.Special {
		return &order.Special{Kind: kind, Ref: "g1", Text: "拼团价", Price: price, Coupons: coupons}
	}
	for name, c := range map[string]struct {
		early, part domain.Fen
		deal        order.Deal
		amount      domain.Fen
		kinds       []order.LineKind
		skipped     []order.Skipped
	}{
		"the list price": {amount: 199_00},
		"an early bird":  {early: 159_00, amount: 159_00, kinds: []order.LineKind{early}},
		"a coupon":       {deal: order.Deal{Coupon: &fifty}, amount: 149_00, kinds: []order.LineKind{coupon}},
		"a coupon that may join the early bird": {
			early: 159_00, deal: with(func(c *order.Coupon) { c.EarlyBird = true }), amount: 109_00, kinds: []order.LineKind{early, coupon},
		},
		"a coupon that may not, and is worth more": {
			early: 159_00, deal: order.Deal{Coupon: &fifty}, amount: 149_00, kinds: []order.LineKind{coupon},
			skipped: []order.Skipped{{Kind: early, Why: "不能与这张优惠券一起使用，用券更便宜"}},
		},
		"a coupon that may not, and is worth less": {
			early: 139_00, deal: order.Deal{Coupon: &fifty}, amount: 139_00, kinds: []order.LineKind{early},
			skipped: []order.Skipped{{coupon, "k1", "不与早鸟价同享，早鸟价更便宜"}},
		},
		"as cheap without the coupon": {
			early: 149_00, deal: order.Deal{Coupon: &fifty}, amount: 149_00, kinds: []order.LineKind{early},
			skipped: []order.Skipped{{coupon, "k1", "不与早鸟价同享，早鸟价更便宜"}},
		},
		"a threshold that is reached": {deal: with(func(c *order.Coupon) { c.Over = 199_00 }), amount: 149_00, kinds: []order.LineKind{coupon}},
		"a threshold that is not": {
			deal: with(func(c *order.Coupon) { c.Over = 200_00 }), amount: 199_00, skipped: []order.Skipped{{coupon, "k1", "满 ¥200.00 可用，还差 ¥1.00"}},
		},
		"a percentage, the fen below": {deal: with(func(c *order.Coupon) { c.Off, c.Percent = 0, 33 }), amount: 199_00 - 65_67, kinds: []order.LineKind{coupon}},
		"a percentage with a cap":     {deal: with(func(c *order.Coupon) { c.Percent, c.Cap = 33, 30_00 }), amount: 169_00, kinds: []order.LineKind{coupon}},
		"more than it costs":          {deal: with(func(c *order.Coupon) { c.Off = 500_00 }), amount: 1, kinds: []order.LineKind{coupon}},
		"free, if the coupon says so": {deal: with(func(c *order.Coupon) { c.Off, c.Free = 500_00, true }), amount: 0, kinds: []order.LineKind{coupon}},
		"the pool's part is never touched": {
			part: 150_00, deal: with(func(c *order.Coupon) { c.Off, c.Free = 500_00, true }), amount: 150_00, kinds: []order.LineKind{coupon},
		},
		"nor by a percentage": {part: 100_00, deal: with(func(c *order.Coupon) { c.Off, c.Percent = 0, 50 }), amount: 149_50, kinds: []order.LineKind{coupon}},
		"all of it is the pool's": {
			part: 199_00, deal: order.Deal{Coupon: &fifty}, amount: 199_00, skipped: []order.Skipped{{coupon, "k1", "学费部分已经没有可以减的金额"}},
		},
		"a group": {deal: order.Deal{Special: special(group, 129_00, false)}, amount: 129_00, kinds: []order.LineKind{group}},
		"a group instead of the early bird": {
			early: 159_00, deal: order.Deal{Special: special(group, 129_00, false)}, amount: 129_00, kinds: []order.LineKind{group},
			skipped: []order.Skipped{{Kind: early, Why: "与拼团价不能同时使用，后者更便宜"}},
		},
		"an early bird instead of the group": {
			early: 119_00, deal: order.Deal{Special: special(group, 129_00, false)}, amount: 119_00, kinds: []order.LineKind{early},
			skipped: []order.Skipped{{group, "g1", "与早鸟优惠不能同时使用，后者更便宜"}},
		},
		"a group that no coupon may join": {
			deal: order.Deal{Special: special(group, 190_00, false), Coupon: &fifty}, amount: 190_00, kinds: []order.LineKind{group},
			skipped: []order.Skipped{{coupon, "k1", "拼团价不能使用优惠券"}},
		},
		"an assist that a coupon may join": {
			deal: order.Deal{Special: special(assist, 129_00, true), Coupon: &fifty}, amount: 79_00, kinds: []order.LineKind{assist, coupon},
		},
		"a group that would cost more": {
			deal: order.Deal{Special: special(group, 250_00, false)}, amount: 199_00, skipped: []order.Skipped{{group, "g1", "不低于原价"}},
		},
		"a group under the pool's part": {part: 150_00, deal: order.Deal{Special: special(group, 99_00, false)}, amount: 150_00, kinds: []order.LineKind{group}},
		"an assist down to nothing":     {deal: order.Deal{Special: special(assist, 0, false)}, amount: 0, kinds: []order.LineKind{assist}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := quoted(t, c.early, c.part, c.deal)
			var kinds []order.LineKind
			for _, l := range p.Lines[1:] {
				kinds = append(kinds, l.Kind)
			}
			if diff := cmp.Diff(c.kinds, kinds); diff != "" || order.Sum(p.Lines) != c.amount {
				t.Errorf("%s by %+v\n%s", order.Sum(p.Lines), p.Lines, diff)
			}
			if diff := cmp.Diff(c.skipped, p.Skipped); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// deals of all kinds over prices of all kinds.
func drawDeal(t *rapid.T) (d order.Deal) {
	fen := rapid.OneOf(rapid.Int64Range(0, 300), rapid.Int64Range(0, 60_000_00))
	if rapid.Bool().Draw(t, "has a special") {
		d.Special = &order.Special{
			Kind: rapid.SampledFrom([]order.LineKind{order.LineGroup, order.LineAssist}).Draw(t, "special"), Ref: "g1", Text: "拼团价",
			Price: domain.Fen(fen.Draw(t, "special price")), Coupons: rapid.Bool().Draw(t, "with coupons"),
		}
	}
	if rapid.Bool().Draw(t, "has a coupon") {
		d.Coupon = &order.Coupon{
			ID: "k1", Text: "券", Off: domain.Fen(fen.Draw(t, "off")), Over: domain.Fen(fen.Draw(t, "over")), Cap: domain.Fen(fen.Draw(t, "cap")),
			Percent: rapid.IntRange(0, 100).Draw(t, "percent"), EarlyBird: rapid.Bool().Draw(t, "joins"), Free: rapid.Bool().Draw(t, "free"),
		}
	}
	return d
}

func TestNoPriceBreaksTheRulesOfCombination(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		price := domain.Fen(rapid.OneOf(rapid.Int64Range(1, 300), rapid.Int64Range(1, int64(product.MaxPrice))).Draw(rt, "price"))
		var early, part domain.Fen
		if price > 1 && rapid.Bool().Draw(rt, "early") {
			early = domain.Fen(rapid.Int64Range(1, int64(price-1)).Draw(rt, "early bird"))
		}
		if lowest := max(early, 0); rapid.Bool().Draw(rt, "pool") {
			if lowest == 0 {
				lowest = price
			}
			part = domain.Fen(rapid.Int64Range(1, int64(lowest)).Draw(rt, "part"))
		}
		deal := drawDeal(rt)
		p := priced(t, price, early, part, deal)
		amount := order.Sum(p.Lines)
		free := deal.Coupon != nil && deal.Coupon.Free || deal.Special != nil && deal.Special.Price == 0
		switch {
		case p.Check() != nil:
			rt.Fatal(p.Check())
		case p.Lines[0].Amount != price || amount > price:
			rt.Fatalf("%s for a seat of %s", amount, price)
		case amount < part || amount < 1 && !free:
			rt.Fatalf("%s is below the floor, the pool's part %s", amount, part)
		case early > 0 && amount > early:
			rt.Fatalf("%s, though everybody pays %s", amount, early)
		case deal.Special != nil && amount > max(deal.Special.Price, part):
			rt.Fatalf("%s in spite of %s", amount, deal.Special.Price)
		}
		kinds := map[order.LineKind]bool{}
		for _, l := range p.Lines {
			kinds[l.Kind] = true
		}
		offered := 1
		for _, there := range []bool{early > 0, deal.Special != nil, deal.Coupon != nil} {
			if there {
				offered++
			}
		}
		switch {
		case kinds[order.LineCoupon] && deal.Special != nil && !deal.Special.Coupons:
			rt.Fatal("a coupon joined what no coupon may join")
		case kinds[order.LineCoupon] && kinds[order.LineEarlyBird] && !deal.Coupon.EarlyBird:
			rt.Fatal("a coupon joined the early bird")
		case len(p.Lines)+len(p.Skipped) != offered:
			rt.Fatalf("%d discounts were there, %d lines and %d reasons", offered-1, len(p.Lines), len(p.Skipped))
		case kinds[order.LineCoupon] && p.Used(order.LineCoupon) != "k1":
			rt.Fatal("nobody knows which coupon it was")
		}
		without := deal
		without.Coupon = nil
		if alone := order.Sum(priced(t, price, early, part, without).Lines); amount > alone || amount == alone && kinds[order.LineCoupon] {
			rt.Fatalf("%s with the coupon, %s without", amount, alone)
		}
	})
}

// A share of the tuition that goes back is a share of what was really paid for it, so that any number of partial refunds
// stays within the payment and leaves the pool its part.
func TestDiscountsLieOnTheTuitionSoThatPartialRefundsAreRight(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		price := domain.Fen(rapid.Int64Range(1, int64(product.MaxPrice)).Draw(rt, "price"))
		part := domain.Fen(rapid.Int64Range(0, int64(price)).Draw(rt, "part"))
		p := priced(t, price, 0, part, drawDeal(rt))
		amount := order.Sum(p.Lines)
		if amount == 0 {
			return
		}
		percent := rapid.IntRange(1, 100).Draw(rt, "percent")
		p.Deadlines = []product.Deadline{{Until: day.Add(time.Hour), Percent: percent}}
		p.LockAt = day.Add(time.Minute)
		o := order.Place("n1", "o1", "c1", "an", p, order.JSAPI, day)
		o.State = order.Fulfilled
		o.Attempts = []order.Attempt{{Number: order.Number("n1", 1), Amount: amount, State: order.Succeeded}}
		tuition := amount - part
		before, after := o.Refundable(day), o.Refundable(day.Add(2*time.Minute))
		if before != after+part || after > tuition || after*100 > tuition*domain.Fen(percent)+100 || (after+1)*100 < tuition*domain.Fen(percent) {
			rt.Fatalf("of %s with %s for the pool, %d%% is %s, before the lock %s", amount, part, percent, after, before)
		}
	})
}
