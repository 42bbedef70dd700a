package audit_test

import (
	"testing"
	"time"

	"yingdi/season/audit"
)

// The orders of the shop: ann sits on hers, bob gave his back, cat paid too late, dan twice, and eli's was a gift.
const (
	kept1, back1, late1, twice1, gift1 = "o1", "o2", "o3", "o4", "o5"
)

// addShop adds a camp whose seats were sold.
func (s *season) addShop(t *testing.T) {
	t.Helper()
	camp := audit.Camp{ID: "m", Start: "2027-03-01", End: "2027-03-02", Seats: 5}
	camp.Calendar.Zone, camp.Calendar.CutOff = "Asia/Shanghai", 2
	s.Camps = append(s.Camps, camp)
	early, paid := at(t, "2027-02-28 10:00"), at(t, "2027-02-28 10:01")
	s.Shop = audit.Shop{
		Camp: "m", Price: 200, Early: 99, EarlyUntil: at(t, "2027-02-28 22:00"), Gift: "gift", Percent: 50,
		All: at(t, "2027-03-01 02:00"), Half: at(t, "2027-03-02 02:00"),
	}
	pay := func(number string, amount int64, state string) audit.Payment {
		s.Pay.Trades[number] = audit.Trade{Number: number, Amount: amount, Asked: `{"amount":{"total":200}}`, PaidAt: paid}
		return audit.Payment{Number: number, Amount: amount, State: state, PaidAt: paid}
	}
	refund := func(number, cause, attempt string, amount int64) audit.Refund {
		s.Pay.Refunds[number] = audit.PayRefund{Number: number, Trade: attempt, Amount: amount, State: "SUCCESS", DoneAt: at(t, "2027-03-01 12:00")}
		return audit.Refund{Number: number, Cause: cause, Attempt: attempt, Amount: amount, State: "succeeded", AskedAt: paid, DoneAt: at(t, "2027-03-01 12:00")}
	}
	s.Pay = audit.Pay{Trades: map[string]audit.Trade{}, Refunds: map[string]audit.PayRefund{}, Transfers: map[string]audit.Transfer{}}
	now := at(t, "2027-03-01 12:00")
	wrong := struct {
		Kind   string    `json:"kind"`
		Number string    `json:"number"`
		DoneAt time.Time `json:"done_at"`
	}{"wrong_amount", "o3-1", now}
	learner := refund("o2-r-learner-1", "learner", "o2-1", 100)
	learner.Ends = true
	s.Facts.Orders = []audit.Order{
		{ID: kept1, Camp: "m", Member: "ann", Amount: 200, State: "part_refunded", Attempts: []audit.Payment{pay("o1-1", 200, "succeeded")}, Refunds: []audit.Refund{refund("o1-r-staff-k", "staff", "o1-1", 30)}},
		{ID: back1, Camp: "m", Member: "bob", Amount: 200, State: "part_refunded", EndedAt: now, Attempts: []audit.Payment{pay("o2-1", 200, "succeeded")}, Refunds: []audit.Refund{learner}},
		{ID: late1, Camp: "m", Member: "cat", Amount: 200, State: "cancelled", EndedAt: now, Attempts: []audit.Payment{pay("o3-1", 150, "orphan")}, Refunds: []audit.Refund{refund("o3-r-orphan-1", "orphan", "o3-1", 150)}},
		{ID: twice1, Camp: "m", Member: "dan", Amount: 200, State: "fulfilled", Attempts: []audit.Payment{{Number: "o4-1", Amount: 200, State: "closed"}, pay("o4-2", 200, "succeeded")}},
		{ID: gift1, Camp: "m", Member: "eli", State: "fulfilled"},
	}
	s.Facts.Orders[2].Trouble = append(s.Facts.Orders[2].Trouble, wrong)
	for i, member := range []string{"ann", "dan", "eli"} {
		s.Enrolments = append(s.Enrolments, audit.Enrolment{ID: "m:" + member, Camp: "m", Member: member, State: "active", Order: []string{kept1, twice1, gift1}[i], ActiveAt: paid})
	}
	s.Counters["seats:m"] = 3
	for i, o := range s.Facts.Orders {
		m := audit.Ordered{ID: o.ID, Member: o.Member, Offer: "seat", Amount: o.Amount, At: now}
		if o.ID == gift1 {
			m.Offer, m.At = "gift", early
		}
		s.Promises.Orders = append(s.Promises.Orders, m)
		s.OrdersSeen = append(s.OrdersSeen, audit.OrderSeen{ID: o.ID, State: o.State, Received: []int64{200, 200, 150, 200, 0}[i], Returned: []int64{30, 100, 150, 0, 0}[i]})
	}
	for day := 0; day < 19; day++ { // from the 28th of February to the day before the last
		b := audit.Bill{ID: paid.AddDate(0, 0, day).Format("2006-01-02"), State: "matched"}
		switch day {
		case 0:
			b.Tally.Lines, b.Tally.Paid = 4, 750
		case 1:
			b.Tally.Lines, b.Tally.Refunded = 3, 280
		}
		s.Bills = append(s.Bills, b)
	}
	s.Differences = []audit.Difference{{ID: "d", ClosedAt: now}}
	s.Promises.Refunds = []audit.RefundAsked{{Order: kept1, Key: "k", Amount: 30}, {Order: back1, Amount: 100, Ends: true, At: now}}
}

// place finds an enrolment of the facts.
func (s *season) place(id string) *audit.Enrolment {
	for i := range s.Enrolments {
		if s.Enrolments[i].ID == id {
			return &s.Enrolments[i]
		}
	}
	panic(id)
}

func moneySpoilt() map[string]violation {
	order := func(s *season, n int) *audit.Order { return &s.Facts.Orders[n] }
	return map[string]violation{
		"an order at the price of before":        {"prices", func(s *season) { s.Promises.Orders[0].Amount = 99 }},
		"an order at the price of afterwards":    {"prices", func(s *season) { s.Promises.Orders[0].At = s.Shop.EarlyUntil.Add(-1) }},
		"a gift that costs something":            {"prices", func(s *season) { s.Promises.Orders[4].Amount = 99 }},
		"an order that nobody made":              {"prices", func(s *season) { s.Promises.Orders = s.Promises.Orders[1:] }},
		"an order that is gone":                  {"prices", func(s *season) { s.Facts.Orders = s.Facts.Orders[1:] }},
		"an order that costs more than was said": {"prices", func(s *season) { order(s, 0).Amount = 201 }},
		"an order that shows too little":         {"prices", func(s *season) { s.OrdersSeen[0].Returned = 0 }},
		"a payment that no order knows":          {"payments", func(s *season) { order(s, 3).Attempts = order(s, 3).Attempts[:1] }},
		"a payment that never was": {"payments", func(s *season) {
			trade := s.Pay.Trades["o1-1"]
			trade.PaidAt = time.Time{}
			s.Pay.Trades["o1-1"] = trade
		}},
		"a payment that was not noticed":       {"payments", func(s *season) { order(s, 0).Attempts[0].State = "waiting" }},
		"a payment of another amount":          {"payments", func(s *season) { order(s, 0).Attempts[0].Amount = 199 }},
		"a wrong amount that counts":           {"payments", func(s *season) { order(s, 2).Attempts[0].State = "succeeded" }},
		"a payment in two orders":              {"payments", func(s *season) { order(s, 1).Attempts[0].Number = "o1-1" }},
		"a payment that WeChat never heard of": {"payments", func(s *season) { order(s, 3).Attempts[0].State = "waiting" }},
		"a refund that WeChat does not know":   {"refunds", func(s *season) { delete(s.Pay.Refunds, "o2-r-learner-1") }},
		"a refund under a second number": {"refunds", func(s *season) {
			s.Pay.Refunds["x"] = audit.PayRefund{Number: "x", Trade: "o2-1", Amount: 100, State: "SUCCESS"}
		}},
		"a refund that is still on its way":      {"refunds", func(s *season) { order(s, 1).Refunds[0].State = "processing" }},
		"a refund of what nobody asked for":      {"refunds", func(s *season) { s.Promises.Refunds = s.Promises.Refunds[1:] }},
		"a refund that was promised and is not":  {"refunds", func(s *season) { order(s, 0).Refunds = nil }},
		"a refund of more than the policy gives": {"refunds", func(s *season) { s.Promises.Refunds[1].At = s.Shop.Half.Add(time.Hour) }},
		"a refund of less than the policy gives": {"refunds", func(s *season) { s.Promises.Refunds[1].At = s.Shop.All.Add(-time.Hour) }},
		"a refund of half an orphan": {"refunds", func(s *season) {
			order(s, 2).Refunds[0].Amount = 75
			s.Pay.Refunds["o3-r-orphan-1"] = audit.PayRefund{Number: "o3-r-orphan-1", Trade: "o3-1", Amount: 75, State: "SUCCESS"}
		}},
		"more came back than was paid": {"refunds", func(s *season) {
			s.Pay.Trades["o2-1"] = audit.Trade{Number: "o2-1", Amount: 99, PaidAt: s.Pay.Trades["o2-1"].PaidAt}
		}},
		"paid and not enrolled":              {"entitled-or-refunded", func(s *season) { s.place("m:dan").State = "left" }},
		"enrolled for nothing":               {"entitled-or-refunded", func(s *season) { s.place("m:eli").Order = back1 }},
		"a place that was given back":        {"entitled-or-refunded", func(s *season) { order(s, 0).EndedAt = s.Shop.All }},
		"a place that is held for ever":      {"entitled-or-refunded", func(s *season) { s.place("m:eli").State = "held" }},
		"an order that is never over":        {"entitled-or-refunded", func(s *season) { order(s, 3).State = "paid" }},
		"an orphan that did not come back":   {"entitled-or-refunded", func(s *season) { order(s, 2).Refunds = nil }},
		"a fen that is nowhere":              {"money-conserved", func(s *season) { order(s, 1).Refunds[0].Amount = 99 }},
		"money of an order that is not":      {"money-conserved", func(s *season) { s.Facts.Orders = s.Facts.Orders[1:] }},
		"money that came and nobody holds":   {"money-conserved", func(s *season) { order(s, 0).Attempts[0].State = "closed" }},
		"a wrong amount that nobody knows":   {"money-troubles", func(s *season) { order(s, 2).Trouble = nil }},
		"a trouble about what is all right":  {"money-troubles", func(s *season) { order(s, 2).Trouble[0].Number = "o1-1" }},
		"a morning without its bill":         {"reconciled", func(s *season) { s.Bills = s.Bills[:9] }},
		"a bill that was not matched":        {"reconciled", func(s *season) { s.Bills[1].State = "waiting" }},
		"a bill that says something else":    {"reconciled", func(s *season) { s.Bills[0].Tally.Paid-- }},
		"a difference that nobody explained": {"reconciled", func(s *season) { s.Differences[0].ClosedAt = time.Time{} }},
		"income that no number shows":        {"statistics", func(s *season) { s.Promises.Statistics[3].Days[1].Received = 0 }},
		"a refund that no number shows":      {"statistics", func(s *season) { s.Promises.Statistics[3].Days[2].Returned = 0 }},
		"an organiser that earns other sums": {"statistics", func(s *season) { s.House.Series["收款"][1]-- }},
	}
}
