package audit

import (
	"slices"
	"strings"
	"time"
)

// Growth is the camp to which people bring others.
type Growth struct {
	Camp      string
	Price     int64
	All, Half time.Time // until when all of the price comes back, and Percent of it
	Percent   int64
	Groups    map[string]GroupTerms // by campaign
	Assist    AssistTerms
	Coupons   map[string]CouponTerms // by template
	Rates     []int64                // of commissions, by level, in hundredths of a percent
	Brought   map[string]string      // who came, and by whom
	Claimed   []string               // coupons that were given out
	Earned    []Earned

	PausedFrom, PausedTo time.Time // in between nobody is given a coupon that is not public
}

// The terms of its campaigns.
type (
	// GroupTerms are those of a group-buy.
	GroupTerms struct {
		Size           int
		Leader, Member int64
	}
	// AssistTerms are those of assists.
	AssistTerms struct {
		ID        string
		Price     int64 // once all have helped
		Helpers   int
		PerPerson int // that one can start
		Quota     int // that one can help
	}
	// CouponTerms are those of coupons.
	CouponTerms struct {
		Off              int64
		Stock, PerPerson int
		Public           bool // everybody can claim one; otherwise by a code or as a gift
	}
	// Earned is a commission as its promoter is shown it.
	Earned struct {
		ID, Member string
		Net        int64
	}
)

// paid is what came for an order, and kept what of that was not asked back.
func (o Order) paid() (number string, amount int64) {
	for _, a := range o.Attempts {
		if a.State == "succeeded" {
			return a.Number, a.Amount
		}
	}
	return "", 0
}

func (o Order) kept() int64 {
	number, amount := o.paid()
	for _, r := range o.Refunds {
		if r.Attempt == number {
			amount -= r.Amount
		}
	}
	return amount
}

// line is that of a kind, and how many there are of it.
func (o Order) line(kind string) (found PriceLine, n int) {
	for _, l := range o.Promise.Lines {
		if l.Kind == kind {
			found, n = l, n+1
		}
	}
	return found, n
}

func (t *trial) orders() map[string]Order {
	list := map[string]Order{}
	for _, o := range t.whole.Orders {
		list[o.ID] = o
	}
	return list
}

// discounts: the lines of every price add up to it, none but the first raises it, and it stays between nothing, or what
// goes into the pool, and the list price; in the camp for friends each line is what its campaign says.
func discounts(t *trial, f *finding) {
	for _, o := range t.whole.Orders {
		var sum, list int64
		for i, l := range o.Promise.Lines {
			sum += l.Amount
			if l.Kind == "price" {
				list = l.Amount
			}
			f.expect((l.Kind == "price") == (i == 0) && (i == 0) == (l.Amount > 0 || list == 0), "line %d of order %s is %d for %s", i+1, o.ID, l.Amount, l.Kind)
		}
		f.expect(sum == o.Amount, "the lines of order %s add up to %d and it costs %d", o.ID, sum, o.Amount)
		f.expect(o.Promise.Part <= o.Amount && o.Amount >= 0 && o.Amount <= list, "order %s costs %d, of which %d go into a pool, and the list says %d", o.ID, o.Amount, o.Promise.Part, list)
		if o.Camp == t.Growth.Camp {
			f.expect(o.Amount == t.price(o), "order %s costs %d and its campaigns make it %d", o.ID, o.Amount, t.price(o))
		}
	}
}

// price of an order in the camp for friends, by what it takes part in; -1 for what may not meet.
func (t *trial) price(o Order) int64 {
	group, groups := o.line("group")
	_, assists := o.line("assist")
	coupon, coupons := o.line("coupon")
	switch {
	case groups+assists+coupons > 1:
		return -1
	case groups == 1:
		campaign, _, joins := strings.Cut(group.Ref, ":")
		if joins {
			return t.Growth.Groups[campaign].Member
		}
		return t.Growth.Groups[campaign].Leader
	case assists == 1:
		return t.Growth.Assist.Price
	case coupons == 1:
		template, _, _ := strings.Cut(coupon.Ref, ":")
		return t.Growth.Price - t.Growth.Coupons[template].Off
	}
	return t.Growth.Price
}

// groups: none is over its size, and each was settled one way: all its seats are places, or all money went back. A seat
// that was won and given back later is one of its group all the same.
func groups(t *trial, f *finding) {
	orders, active, seated := t.orders(), map[string]bool{}, map[string]string{}
	for _, e := range t.whole.Enrolments {
		active[e.Order] = active[e.Order] || e.State == "active"
	}
	for _, g := range t.whole.Groups {
		won, live := 0, 0
		people := map[string]bool{}
		f.expect(g.State == "succeeded" || g.State == "failed", "group %s is %s", g.ID, g.State)
		for _, s := range g.Seats {
			o := orders[s.Order]
			_, paid := o.paid()
			f.expect(seated[s.Order] == "" && o.Member == s.Member, "the seat of order %s in group %s is somebody else's", s.Order, g.ID)
			seated[s.Order] = g.ID
			if s.State == "confirmed" {
				live++
			}
			if !s.Won {
				f.expect(s.State == "released" && paid == 0 || s.State == "refunded" && o.kept() == 0, "a seat of group %s that was not won is %s, and %d are kept for it", g.ID, s.State, o.kept())
				f.expect(!active[s.Order], "order %s has a place without a seat in group %s", s.Order, g.ID)
				continue
			}
			won++
			f.expect(!people[s.Member], "%s sits twice in group %s", s.Member, g.ID)
			people[s.Member] = true
			f.expect(paid > 0 && (s.State == "confirmed") == o.EndedAt.IsZero() && active[s.Order] == o.EndedAt.IsZero(), "a seat of group %s is %s, of %d paid, its order ended: %v", g.ID, s.State, paid, !o.EndedAt.IsZero())
		}
		size := t.Growth.Groups[g.Campaign].Size
		f.expect(won == map[bool]int{true: size}[g.State == "succeeded"] && live <= size, "group %s of %d is %s with %d seats won and %d taken", g.ID, size, g.State, won, live)
	}
	for id, o := range orders {
		if _, n := o.line("group"); n > 0 && (seated[id] == "") {
			_, paid := o.paid()
			f.expect(paid == 0, "order %s was paid at the price of a group and is in none", id)
		}
	}
}

// assists: as many cuts were taken as friends have helped, each friend once and none their own; the price was reached by
// all and by nobody else, and the order that has it is at it. Nobody starts or helps more than they may.
func assists(t *trial, f *finding) {
	orders, terms := t.orders(), t.Growth.Assist
	started, helped := map[string]int{}, map[string]int{}
	for _, a := range t.whole.Assists {
		started[a.Member]++
		var sum int64
		people := map[string]bool{a.Member: true}
		for _, cut := range a.Cuts {
			sum += cut
			f.expect(cut > 0, "assist %s has a cut of %d", a.ID, cut)
		}
		f.expect(a.Campaign == terms.ID && len(a.Cuts) == terms.Helpers && sum == t.Growth.Price-terms.Price, "the %d cuts of assist %s take %d off", len(a.Cuts), a.ID, sum)
		f.expect(len(a.Helps) <= len(a.Cuts), "%d have helped assist %s of %d", len(a.Helps), a.ID, len(a.Cuts))
		for i, h := range a.Helps {
			f.expect(i < len(a.Cuts) && h.Cut == a.Cuts[i] && !people[h.Member], "help %d of assist %s took %d", i+1, a.ID, h.Cut)
			people[h.Member] = true
			helped[h.Member]++
		}
		reached := len(a.Helps) == len(a.Cuts)
		f.expect(reached == (a.State == "used") && (a.State == "used" || a.State == "expired"), "assist %s with %d of %d is %s", a.ID, len(a.Helps), len(a.Cuts), a.State)
		o := orders[a.Order]
		line, _ := o.line("assist")
		_, paid := o.paid()
		f.expect((a.State == "used") == (a.Order != "" && o.Member == a.Member && line.Ref == a.ID && paid == terms.Price), "assist %s is %s, and %d were paid at its price", a.ID, a.State, paid)
	}
	for who, n := range started {
		f.expect(n <= terms.PerPerson, "%s has started %d assists", who, n)
	}
	for who, n := range helped {
		f.expect(n <= terms.Quota, "%s has helped %d times", who, n)
	}
	for id, o := range orders {
		if line, n := o.line("assist"); n > 0 {
			known := slices.ContainsFunc(t.whole.Assists, func(a Assist) bool { return a.ID == line.Ref && (a.Order == id || o.State == "cancelled") })
			f.expect(known, "order %s is at the price of an assist that does not know it", id)
		}
	}
}

// coupons: no more were given out than there are, to all together and to each, the counter agrees, and those are they that
// were acknowledged; a code made one, nothing was given while the campaign stood still; each was used in one order at most,
// and every order that was paid with one has used it.
func coupons(t *trial, f *finding) {
	orders := t.orders()
	given, causes := map[string]Coupon{}, map[string]bool{}
	has, stock := map[[2]string]int{}, map[string]int{}
	for _, c := range t.whole.Coupons {
		if c.State == "refused" {
			continue
		}
		terms, ok := t.Growth.Coupons[c.Template]
		f.expect(c.State != "asking" && c.State != "locked", "coupon %s is still %s", c.ID, c.State)
		f.expect(ok && slices.Contains(t.Growth.Claimed, c.ID), "coupon %s was given to nobody", c.ID)
		f.expect(terms.Public == (c.Way == "claim"), "coupon %s was got by %s", c.ID, c.Way)
		f.expect(c.Way != "code" || !causes[c.Cause], "coupon %s came by the code of another one", c.ID)
		f.expect(terms.Public || !c.GotAt.After(t.Growth.PausedFrom) || !c.GotAt.Before(t.Growth.PausedTo), "coupon %s was given out while its campaign was paused", c.ID)
		given[c.ID], causes[c.Cause] = c, true
		has[[2]string{c.Template, c.Member}]++
		stock[c.Template]++
		if c.State != "used" {
			continue
		}
		line, _ := orders[c.Order].line("coupon")
		_, paid := orders[c.Order].paid()
		f.expect(line.Ref == c.ID && orders[c.Order].Member == c.Member && paid > 0, "coupon %s was used in order %s, which does not know it", c.ID, c.Order)
	}
	for template, terms := range t.Growth.Coupons {
		n := stock[template]
		f.expect(n <= terms.Stock, "%d coupons of %d of %s were given out", n, terms.Stock, template)
		f.expect(t.Counters["coupons:"+template] == int64(n), "the counter of %s says %d coupons and there are %d", template, t.Counters["coupons:"+template], n)
	}
	for key, n := range has {
		f.expect(n <= t.Growth.Coupons[key[0]].PerPerson, "%s has %d coupons of %s", key[1], n, key[0])
	}
	for _, id := range t.Growth.Claimed {
		_, ok := given[id]
		f.expect(ok, "coupon %s was acknowledged and is gone", id)
	}
	for id, o := range orders {
		line, n := o.line("coupon")
		if _, paid := o.paid(); n > 0 && paid > 0 {
			c := given[line.Ref]
			f.expect(c.State == "used" && c.Order == id, "order %s was paid with coupon %s, which is %s", id, line.Ref, c.State)
		}
	}
}

// commissions: each order of somebody who was brought earns whoever brought them, and whoever brought those, once, what
// the rate makes of what is kept of it after all refunds, whichever came first; the wallet holds exactly that, and the
// promoter is shown it.
func commissions(t *trial, f *finding) {
	type share struct {
		order string
		level int
	}
	type due struct {
		member string
		net    int64
	}
	owed := map[share]due{}
	for _, o := range t.whole.Orders {
		who := o.Member
		for level, rate := range t.Growth.Rates {
			if who = t.Growth.Brought[who]; who == "" || o.Camp != t.Growth.Camp {
				break
			}
			if _, paid := o.paid(); paid > 0 {
				owed[share{o.ID, level + 1}] = due{who, o.kept() * rate / 100_00}
			}
		}
	}
	shown, entries, sums, left := map[string]Earned{}, map[string]int64{}, map[string]int64{}, map[string][]int64{}
	for _, e := range t.Growth.Earned {
		shown[e.ID] = e
	}
	for _, w := range t.whole.Wallets {
		for _, e := range w.Entries {
			if e.Kind == "commission" || e.Kind == "reversal" {
				of, _, _ := strings.Cut(e.ID, ":back:")
				entries[of] += e.Amount
				sums[w.Member] += e.Amount
			}
		}
	}
	for _, c := range t.whole.Commissions {
		net := c.Amount
		for _, b := range c.Backs {
			net -= b.Amount
		}
		want, ok := owed[share{c.Order, c.Level}]
		delete(owed, share{c.Order, c.Level})
		f.expect(ok && want.member == c.Member && want.net == net, "commission %s of %s is %d and should be %d for %q", c.ID, c.Member, net, want.net, want.member)
		f.expect((c.Stage == "reversed") == (net == 0) && c.Stage != "frozen", "commission %s of %d is %s", c.ID, net, c.Stage)
		f.expect(entries[c.ID] == net, "the wallet holds %d of commission %s of %d", entries[c.ID], c.ID, net)
		f.expect(shown[c.ID] == Earned{c.ID, c.Member, net}, "commission %s is shown as %+v", c.ID, shown[c.ID])
		if c.Stage == "available" {
			left[c.Member] = append(left[c.Member], net)
		}
		sums[c.Member] -= net
		delete(entries, c.ID)
	}
	for s, want := range owed {
		f.expect(want.net == 0, "order %s earns %s %d and there is no commission of level %d", s.order, want.member, want.net, s.level)
	}
	for who, sum := range sums {
		f.expect(sum == 0, "the wallet of %s holds %d that no commission explains", who, sum)
	}
	t.left(left, f)
}

// left: of the commissions of somebody who has withdrawn only so many are left as make up what the wallet still has: the
// oldest went first.
func (t *trial) left(available map[string][]int64, f *finding) {
	for _, w := range t.whole.Wallets {
		if !slices.ContainsFunc(t.whole.Withdrawals, func(d Withdrawal) bool { return d.Wallet == w.ID && d.State == "done" }) {
			continue
		}
		var sum, most int64
		for _, net := range available[w.Member] {
			sum, most = sum+net, max(most, net)
		}
		f.expect(sum == 0 || sum-most < w.Balance, "wallet %s has %d left, and commissions of %d are still there", w.ID, w.Balance, sum)
	}
}

// growthTold: promoters were told of every commission, and nobody of one, or of a coupon, that is not theirs.
func (t *trial) growthTold(notices map[string]Notice, causes map[string]bool, f *finding) {
	owner := map[string]string{}
	for _, c := range t.whole.Commissions {
		owner["referral:"+c.ID] = c.Member
		f.expect(notices["referral:earned:"+c.ID].Member == c.Member, "%s was not told of commission %s", c.Member, c.ID)
	}
	for _, c := range t.whole.Coupons {
		owner["coupon:"+c.ID] = c.Member
	}
	for _, d := range t.whole.Withdrawals {
		for _, state := range []string{"approved", "rejected", "cancelled"} {
			id := "withdrawal:" + d.ID + ":" + state
			causes[id] = causes[id] || notices[id].Member == d.Member
			f.expect(state != "rejected" || d.State != state || notices[id].Member == d.Member, "%s was not told that withdrawal %s is rejected", d.Member, d.ID)
		}
	}
	for id, n := range notices {
		kind, rest, _ := strings.Cut(id, ":")
		if _, of, ok := strings.Cut(rest, ":"); ok && owner[kind+":"+of] == n.Member && n.Member != "" {
			causes[id] = true
		}
	}
}
