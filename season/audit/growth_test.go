package audit_test

import (
	"slices"
	"testing"

	"yingdi/season/audit"
)

// addGrowth adds a camp to which people bring others: ned, whom mia brought, and oda bought together, and ned was given a
// part back; pia's group failed; qui used a coupon; rob's friends came, and sue's did not.
func (s *season) addGrowth(t *testing.T) {
	t.Helper()
	for i := range s.Facts.Orders {
		o := &s.Facts.Orders[i]
		if o.Promise.Lines = []audit.PriceLine{{Kind: "price", Amount: o.Amount}}; o.Camp == "z" {
			o.Promise.Part = 101
		}
	}
	camp := audit.Camp{ID: "w", Start: "2027-03-01", End: "2027-03-02", Seats: 5}
	camp.Calendar.Zone, camp.Calendar.CutOff = "Asia/Shanghai", 2
	s.Camps = append(s.Camps, camp)
	s.Growth = audit.Growth{
		Camp: "w", Price: 200, Groups: map[string]audit.GroupTerms{"gb": {Size: 2, Leader: 120, Member: 150}},
		Assist: audit.AssistTerms{ID: "as", Price: 80, Helpers: 2, PerPerson: 1, Quota: 2}, Coupons: map[string]audit.CouponTerms{"ct": {Off: 50, Stock: 2, PerPerson: 1, Public: true}},
		Rates: []int64{10_00, 5_00}, Brought: map[string]string{"ned": "mia"}, Claimed: []string{"ct:qui:1"}, Earned: []audit.Earned{{ID: "w1:1", Member: "mia", Net: 9}},
	}
	paid, back := at(t, "2027-02-28 10:01"), at(t, "2027-03-01 12:00")
	order := func(id, who string, amount int64, line audit.PriceLine) *audit.Order {
		line.Amount = amount - 200
		o := audit.Order{ID: id, Camp: "w", Member: who, Amount: amount, State: "fulfilled"}
		o.Promise.Lines = []audit.PriceLine{{Kind: "price", Amount: 200}, line}
		o.Attempts = []audit.Payment{{Number: id + "-1", Amount: amount, State: "succeeded", PaidAt: paid}}
		s.Pay.Trades[id+"-1"] = audit.Trade{Number: id + "-1", Amount: amount, Asked: `{"amount":{"total":` + map[int64]string{120: "120", 150: "150", 80: "80"}[amount] + `}}`, PaidAt: paid}
		s.Promises.Orders = append(s.Promises.Orders, audit.Ordered{ID: id, Camp: "w", Member: who, Amount: amount, At: paid})
		s.Facts.Orders = append(s.Facts.Orders, o)
		s.Enrolments = append(s.Enrolments, audit.Enrolment{ID: "w:" + who, Camp: "w", Member: who, State: "active", Order: id, ActiveAt: paid})
		s.OrdersSeen = append(s.OrdersSeen, audit.OrderSeen{ID: id, State: o.State, Received: amount})
		return &s.Facts.Orders[len(s.Facts.Orders)-1]
	}
	refund := func(o *audit.Order, number, cause string, amount int64, state string) {
		o.Refunds, o.State = []audit.Refund{{Number: number, Cause: cause, Attempt: o.ID + "-1", Amount: amount, State: "succeeded", AskedAt: back, DoneAt: back}}, state
		s.Pay.Refunds[number] = audit.PayRefund{Number: number, Trade: o.ID + "-1", Amount: amount, State: "SUCCESS", DoneAt: back}
		seen := &s.OrdersSeen[len(s.OrdersSeen)-1]
		seen.Returned, seen.State = amount, state
	}
	refund(order("w1", "ned", 120, audit.PriceLine{Kind: "group", Ref: "gb"}), "w1-r-k", "staff", 30, "part_refunded")
	s.Promises.Refunds = append(s.Promises.Refunds, audit.RefundAsked{Order: "w1", Key: "k", Amount: 30})
	order("w2", "oda", 150, audit.PriceLine{Kind: "group", Ref: "gb:w1"})
	failed := order("w3", "pia", 120, audit.PriceLine{Kind: "group", Ref: "gb"})
	refund(failed, "w3-r-special", "special", 120, "refunded")
	failed.EndedAt, failed.Refunds[0].Ends = back, true
	s.Enrolments = s.Enrolments[:len(s.Enrolments)-1]
	order("w4", "qui", 150, audit.PriceLine{Kind: "coupon", Ref: "ct:qui:1"})
	order("w5", "rob", 80, audit.PriceLine{Kind: "assist", Ref: "a1"})
	s.Counters["seats:w"], s.Counters["coupons:ct"] = 4, 1
	s.Bills[0].Tally.Lines, s.Bills[0].Tally.Paid = s.Bills[0].Tally.Lines+5, s.Bills[0].Tally.Paid+620
	s.Bills[1].Tally.Lines, s.Bills[1].Tally.Refunded = s.Bills[1].Tally.Lines+2, s.Bills[1].Tally.Refunded+150
	s.addCampaigns()
}

// addCampaigns adds what the campaigns of the camp left behind.
func (s *season) addCampaigns() {
	group := func(id, state string, seats ...[3]string) {
		g := audit.Group{ID: id, Campaign: "gb", State: state}
		for _, seat := range seats {
			g.Seats = append(g.Seats, audit.Seat{Order: seat[0], Member: seat[1], State: seat[2], Won: seat[2] == "confirmed"})
		}
		s.Groups = append(s.Groups, g)
	}
	group("gb:w1", "succeeded", [3]string{"w1", "ned", "confirmed"}, [3]string{"w2", "oda", "confirmed"})
	group("gb:w3", "failed", [3]string{"w3", "pia", "refunded"})
	s.Assists = []audit.Assist{
		{ID: "a1", Campaign: "as", Member: "rob", Cuts: []int64{70, 50}, Helps: []audit.Help{{Member: "ned", Cut: 70}, {Member: "oda", Cut: 50}}, State: "used", Order: "w5"},
		{ID: "a2", Campaign: "as", Member: "sue", Cuts: []int64{40, 80}, Helps: []audit.Help{{Member: "ned", Cut: 40}}, State: "expired"},
	}
	s.Coupons = []audit.Coupon{{ID: "ct:qui:1", Template: "ct", Member: "qui", State: "used", Order: "w4", Way: "claim", GotAt: s.Shop.All}, {ID: "ct:sue:1", Template: "ct", Member: "sue", State: "refused"}}
	s.Commissions = []audit.Commission{{ID: "w1:1", Order: "w1", Level: 1, Member: "mia", Amount: 12, Backs: []audit.Amount{{Amount: 3}}, Stage: "available"}}
	s.addWallet()
	s.Notices = append(s.Notices, audit.Notice{ID: "referral:earned:w1:1", Member: "mia", Kind: "referral_news", Outcome: "refused", Reason: "no_credit"})
}

// inbox finds what somebody was told.
func (s *season) inbox(id string) *audit.Notice {
	return &s.Notices[slices.IndexFunc(s.Notices, func(n audit.Notice) bool { return n.ID == id })]
}

// bought is an order of the facts.
func (s *season) bought(id string) *audit.Order {
	return &s.Facts.Orders[slices.IndexFunc(s.Facts.Orders, func(o audit.Order) bool { return o.ID == id })]
}

func growthSpoilt() map[string]violation {
	group := func(change func(g *audit.Group, s *season)) violation {
		return violation{"groups-settled", func(s *season) { change(&s.Groups[0], s) }}
	}
	assist := func(change func(a *audit.Assist, s *season)) violation {
		return violation{"assists", func(s *season) { change(&s.Assists[0], s) }}
	}
	coupon := func(change func(c *audit.Coupon, s *season)) violation {
		return violation{"coupons", func(s *season) { change(&s.Coupons[0], s) }}
	}
	commission := func(change func(c *audit.Commission, s *season)) violation {
		return violation{"commissions", func(s *season) { change(&s.Commissions[0], s) }}
	}
	return map[string]violation{
		"a line that is off by a fen":     {"discounts", func(s *season) { s.bought("w4").Promise.Lines[1].Amount++ }},
		"a discount that raises a price":  {"discounts", func(s *season) { s.bought("w4").Promise.Lines[1].Amount = 1; s.bought("w4").Amount = 201 }},
		"a price that eats into the pool": {"discounts", func(s *season) { s.bought("pfay").Promise.Part = 201 }},
		"a coupon that takes off more": {"discounts", func(s *season) {
			s.Growth.Coupons["ct"] = audit.CouponTerms{Off: 49, Stock: 2, PerPerson: 1, Public: true}
		}},
		"a group at another price": {"discounts", func(s *season) { s.Growth.Groups["gb"] = audit.GroupTerms{Size: 2, Leader: 120, Member: 149} }},
		"a group and a coupon in one order": {"discounts", func(s *season) {
			s.bought("w2").Promise.Lines = append(s.bought("w2").Promise.Lines, audit.PriceLine{Kind: "coupon"})
		}},

		"a group over its size": group(func(g *audit.Group, s *season) {
			s.Growth.Groups["gb"] = audit.GroupTerms{Size: 1, Leader: 120, Member: 150}
		}),
		"a group that is never settled":   group(func(g *audit.Group, _ *season) { g.State = "forming" }),
		"a failed group shown as formed":  group(func(_ *audit.Group, s *season) { s.Groups[1].State = "succeeded" }),
		"a group that is settled by half": group(func(g *audit.Group, _ *season) { g.Seats[1].Won, g.Seats[1].State = false, "refunded" }),
		"a seat without its place":        group(func(_ *audit.Group, s *season) { s.place("w:oda").State = "left" }),
		"a place without its seat":        group(func(_ *audit.Group, s *season) { s.place("w:oda").Order = "w3" }),
		"a failed group that keeps money": group(func(_ *audit.Group, s *season) { s.bought("w3").Refunds[0].Amount-- }),
		"a seat of somebody else's":       group(func(g *audit.Group, _ *season) { g.Seats[1].Member = "ned" }),
		"a seat that was sold twice":      group(func(_ *audit.Group, s *season) { s.Groups[1].Seats[0] = s.Groups[0].Seats[0] }),
		"an order that paid for no group": group(func(g *audit.Group, _ *season) { g.Seats = g.Seats[:1] }),
		"a cut that nobody's help took":   assist(func(a *audit.Assist, _ *season) { a.Helps = a.Helps[:1] }),
		"a help that took another cut":    assist(func(a *audit.Assist, _ *season) { a.Helps[1].Cut = 51 }),
		"more help than there are cuts":   assist(func(a *audit.Assist, _ *season) { a.Helps = append(a.Helps, audit.Help{Member: "pia", Cut: 1}) }),
		"a friend who helps twice":        assist(func(a *audit.Assist, _ *season) { a.Helps[1].Member = "ned" }),
		"somebody who helps themselves":   assist(func(a *audit.Assist, _ *season) { a.Helps[1].Member = "rob" }),
		"cuts below the floor":            assist(func(a *audit.Assist, _ *season) { a.Cuts[1], a.Helps[1].Cut = 60, 60 }),
		"an assist that is used for free": assist(func(a *audit.Assist, _ *season) { a.Order = "" }),
		"an assist at another price":      assist(func(_ *audit.Assist, s *season) { s.bought("w5").Attempts[0].Amount = 81 }),
		"an assist that goes on for ever": assist(func(_ *audit.Assist, s *season) { s.Assists[1].State = "open" }),
		"a price that nobody reached":     assist(func(_ *audit.Assist, s *season) { s.Assists = s.Assists[1:] }),
		"somebody who helps too often":    assist(func(_ *audit.Assist, s *season) { s.Growth.Assist.Quota = 1 }),
		"somebody who starts too often":   assist(func(_ *audit.Assist, s *season) { s.Assists[1].Member = "rob" }),
		"more coupons than there are": coupon(func(_ *audit.Coupon, s *season) {
			s.Growth.Coupons["ct"] = audit.CouponTerms{Off: 50, PerPerson: 1, Public: true}
		}),
		"more coupons than one may have": coupon(func(_ *audit.Coupon, s *season) {
			s.Growth.Coupons["ct"] = audit.CouponTerms{Off: 50, Stock: 2, Public: true}
		}),
		"a coupon that nobody claimed":        coupon(func(_ *audit.Coupon, s *season) { s.Coupons[1].State = "unused" }),
		"a coupon that is gone":               coupon(func(_ *audit.Coupon, s *season) { s.Coupons = s.Coupons[1:] }),
		"a coupon that was used by itself":    coupon(func(c *audit.Coupon, _ *season) { c.Order = "w5" }),
		"a coupon that can be used again":     coupon(func(c *audit.Coupon, _ *season) { c.State, c.Order = "unused", "" }),
		"a coupon that is locked for ever":    coupon(func(c *audit.Coupon, _ *season) { c.State = "locked" }),
		"a coupon that was not for everybody": coupon(func(c *audit.Coupon, _ *season) { c.Way = "gift" }),
		"a code that made two coupons": coupon(func(c *audit.Coupon, s *season) {
			c.Way, c.Cause = "code", "k"
			s.Coupons = append(s.Coupons, *c)
		}),
		"a coupon that was given out while its campaign was paused": coupon(func(c *audit.Coupon, s *season) {
			s.Growth.Coupons["ct"] = audit.CouponTerms{Off: 50, Stock: 2, PerPerson: 1}
			c.Way, s.Growth.PausedFrom, s.Growth.PausedTo = "gift", s.Shop.All.Add(-1), s.Shop.Half
		}),
		"a stock that counts wrong": coupon(func(_ *audit.Coupon, s *season) { s.Counters["coupons:ct"] = 2 }),

		"a commission that was altered":        commission(func(c *audit.Commission, _ *season) { c.Amount++ }),
		"a commission kept after a refund":     commission(func(c *audit.Commission, _ *season) { c.Backs = nil }),
		"a commission of the wrong one":        commission(func(c *audit.Commission, _ *season) { c.Member = "oda" }),
		"a commission that is not there":       commission(func(_ *audit.Commission, s *season) { s.Commissions = nil; s.Wallets = nil }),
		"a commission that was earned twice":   commission(func(c *audit.Commission, s *season) { s.Commissions = append(s.Commissions, *c) }),
		"a commission of nobody who was bound": commission(func(_ *audit.Commission, s *season) { delete(s.Growth.Brought, "ned") }),
		"a second level that is not paid":      commission(func(_ *audit.Commission, s *season) { s.Growth.Brought["mia"] = "oda" }),
		"a commission that never thaws":        commission(func(c *audit.Commission, _ *season) { c.Stage = "frozen" }),
		"a wallet without its commission":      commission(func(_ *audit.Commission, s *season) { s.Wallets[0].Entries, s.Wallets[0].Balance = nil, 0 }),
		"commissions left of what is gone":     commission(func(_ *audit.Commission, s *season) { s.Wallets[0].Balance = 0 }),
		"a wallet with money from nowhere": commission(func(_ *audit.Commission, s *season) {
			s.Wallets[0].Balance, s.Wallets[0].Entries = 10, append(s.Wallets[0].Entries, audit.Entry{ID: "x", Kind: "commission", Amount: 1})
		}),
		"a commission that is shown otherwise":     commission(func(_ *audit.Commission, s *season) { s.Growth.Earned[0].Net = 12 }),
		"a commission that nobody was told of":     {"reviews-told", func(s *season) { s.inbox("referral:earned:w1:1").ID = "gone" }},
		"a commission of which a stranger is told": {"reviews-told", func(s *season) { s.inbox("referral:earned:w1:1").Member = "oda" }},
		"a group's refund without its end": {"refunds", func(s *season) {
			s.bought("w3").EndedAt = s.Shop.All.AddDate(-9, 0, 0)
			s.bought("w3").Promise.Lines[1].Kind = "coupon"
		}},
	}
}
