package season

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"yingdi/season/audit"
)

// recommend makes a promoter of the friend, again without effect.
func (f *friend) recommend(ctx context.Context) error {
	join := func() call {
		return call{method: http.MethodPost, path: "/camps/" + f.in.camp + "/referral", key: f.key()}
	}
	answers, err := f.twice(ctx, join(), join(), http.StatusCreated, http.StatusOK)
	if err != nil {
		return err
	}
	for _, a := range answers {
		var in struct{ Link struct{ Scene string } }
		if err := a.into(&in); err != nil {
			return err
		}
		f.book.check(f.scene == "" || f.scene == in.Link.Scene, "%s recommends by two links", f.name)
		f.scene = in.Link.Scene
	}
	f.book.count("promoters", 1)
	return nil
}

// come is by the link of a promoter, more than once.
func (f *friend) come(ctx context.Context, by *friend) error {
	if err := f.touch(ctx, by.scene, ""); err != nil {
		return err
	}
	k := call{method: http.MethodPut, path: "/scenes/" + by.scene + "/referral"}
	answers, err := f.twice(ctx, k, k, http.StatusOK)
	if err != nil {
		return err
	}
	for _, a := range answers {
		var in struct{ Bound bool }
		if err := a.into(&in); err != nil {
			return err
		}
		f.book.check(in.Bound, "%s came by a promoter's link and is not bound", f.name)
	}
	f.book.write(func(p *audit.Promises) { p.Growth.Brought[f.member] = by.member })
	f.book.count("recommended", 1)
	return nil
}

// claim gets a coupon of which there are enough.
func (f *friend) claim(ctx context.Context) error {
	got, err := f.claimOne(ctx)
	f.book.check(got || err != nil, "%s got no coupon", f.name)
	return err
}

// claimLast races for the last one.
func (f *friend) claimLast(ctx context.Context) error {
	_, err := f.claimOne(ctx)
	return err
}

func (f *friend) claimOne(ctx context.Context) (got bool, err error) {
	claim := func() call {
		return call{method: http.MethodPost, path: "/coupon-templates/" + f.in.coupons + "/coupons", key: f.key(), json: map[string]any{"number": 1}}
	}
	answers, err := f.twice(ctx, claim(), claim(), http.StatusCreated, http.StatusOK, http.StatusConflict)
	if err != nil {
		return false, err
	}
	for _, a := range answers {
		if a.status == http.StatusConflict {
			f.book.check(a.code() == "coupon_out" || a.code() == "conflict", "%s was refused a coupon with %s", f.name, a.code())
			continue
		}
		var in struct{ ID string }
		if err := a.into(&in); err != nil {
			return false, err
		}
		f.coupon, f.off = in.ID, couponOff
	}
	if f.coupon == "" {
		f.book.count("coupons_refused", 1)
		return false, nil
	}
	f.book.write(func(p *audit.Promises) { p.Growth.Claimed = append(p.Growth.Claimed, f.coupon) })
	f.book.count("coupons_claimed", 1)
	return true, nil
}

// buy orders a seat with the coupon, or without one at the full price, and pays.
func (f *friend) buy(ctx context.Context) error {
	price, with := int64(growthPrice), url.Values{}
	if f.coupon != "" {
		price, with = growthPrice-f.off, url.Values{"coupon": {f.coupon}}
	}
	ok, err := f.place(ctx, price, with)
	if err != nil || !f.book.check(ok, "%s cannot buy a seat", f.name) {
		return err
	}
	return f.pay(ctx)
}

// leave gives the seat back for what the policy gives.
func (f *friend) leave(ctx context.Context) error {
	f.book.count("growth_refunds", 1)
	return (&buyer{learner: f.learner, order: f.order}).giveBack(ctx)
}

// earnings are what promoters are shown to have earned.
func (f *friend) earnings(ctx context.Context) error {
	a, ok, err := f.ask(ctx, call{method: http.MethodGet, path: "/me/referrals/" + f.in.organiser + "/commissions?limit=100"}, http.StatusOK)
	if err != nil || !ok {
		return err
	}
	var in struct {
		Items []struct {
			ID  string
			Net int64
		}
	}
	if err := a.into(&in); err != nil {
		return err
	}
	f.book.write(func(p *audit.Promises) {
		for _, c := range in.Items {
			p.Growth.Earned = append(p.Growth.Earned, audit.Earned{ID: c.ID, Member: f.member, Net: c.Net})
		}
	})
	f.book.count("commissions", len(in.Items))
	return nil
}

// tell has the friends write down what they see when all is over.
func (g *growth) tell(ctx context.Context) error {
	for _, f := range g.friends {
		if err := (&buyer{learner: f.learner}).lookAtOrders(ctx); err != nil {
			return err
		}
		if f.n == whoPromotes || f.n == whoFollows {
			if err := f.earnings(ctx); err != nil {
				return err
			}
		}
	}
	return errors.Join(g.look(ctx), g.readPurses(ctx))
}

// readPurses writes down what everybody who may have a wallet is shown of it.
func (g *growth) readPurses(ctx context.Context) error {
	people := slices.Clone(g.friends)
	for _, p := range g.small.players {
		people = append(people, &friend{learner: p.learner, in: g})
	}
	for _, f := range people {
		if err := f.renew(ctx, 0); err != nil {
			return err
		}
		seen, err := f.purse(ctx)
		if err != nil {
			return err
		}
		g.book.write(func(p *audit.Promises) { p.Purses = append(p.Purses, seen) })
	}
	return nil
}

// persevere does what wins a share of the pool of small sums.
func (f *friend) persevere(ctx context.Context) error { return f.guest.live(ctx, 1) }
