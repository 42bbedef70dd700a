package audit_test

import (
	"strings"
	"testing"
	"time"

	"yingdi/season/audit"
)

// addPrize adds a scholarship camp that takes two days: fay and jon did both, ivy one and won an appeal about the other,
// gus did one, and hal gave up after the lock.
func (s *season) addPrize(t *testing.T) {
	t.Helper()
	camp := audit.Camp{ID: "z", Start: "2027-03-01", End: "2027-03-02", Seats: 9}
	camp.Calendar.Zone, camp.Calendar.CutOff = "Asia/Shanghai", 2
	s.Camps = append(s.Camps, camp)
	s.Prizes = []audit.Prize{{
		Camp: "z", Price: 200, Part: 101, Needed: 2, Fee: 7, Percent: 50, Lock: at(t, "2027-03-01 02:00"), Half: at(t, "2027-03-03 02:00"),
	}}
	s.Pools = []audit.Pool{{ID: "z", State: "settled"}}
	joined, gave := at(t, "2027-02-28 10:01"), at(t, "2027-03-02 12:00")
	s.Tasks = append(s.Tasks, audit.Task{ID: "z1", Camp: "z", Kind: "checkin", Day: "2027-03-01"}, audit.Task{ID: "z2", Camp: "z", Kind: "checkin", Day: "2027-03-02"})
	for _, did := range []string{"fay 03-01 08:00", "fay 03-02 08:00", "jon 03-01 09:00", "jon 03-02 09:00", "ivy 03-01 07:00", "gus 03-01 07:00"} {
		who, clock, _ := strings.Cut(did, " ")
		day := "2027-" + clock[:5]
		s.Facts.Checkins = append(s.Facts.Checkins, audit.Checkin{ID: "z:" + who + ":" + day, Camp: "z", Member: who, Day: day, State: "visible", SubmittedAt: at(t, "2027-"+clock)})
		s.Cards = append(s.Cards, audit.Card{ID: "z:" + who + ":" + day, Camp: "z", Member: who, Day: day, State: "ready"})
		s.Files["card/z/"+who+"/"+day+".jpg"] = 9
	}
	gains := map[string]int64{"fay": 63, "jon": 63, "ivy": 62}
	for _, who := range []string{"fay", "jon", "ivy", "gus", "hal"} {
		s.Members = append(s.Members, audit.Member{ID: who, Person: "h-" + who})
		s.Promises.People = append(s.Promises.People, audit.Person{Name: who, Member: who})
		s.Ledger.Names["o-"+who] = who
		id := "z-" + who
		o := audit.Order{ID: "p" + who, Camp: "z", Member: who, Amount: 200, State: "fulfilled"}
		number, seen := o.ID+"-1", audit.OrderSeen{ID: o.ID, Received: 200}
		o.Attempts = []audit.Payment{{Number: number, Amount: 200, State: "succeeded", PaidAt: joined}}
		s.Pay.Trades[number] = audit.Trade{Number: number, Amount: 200, Asked: `{"amount":{"total":200}}`, PaidAt: joined}
		e := audit.Enrolment{ID: "z:" + who, Camp: "z", Member: who, State: "active", Order: o.ID, ActiveAt: joined}
		back := audit.Refund{Number: o.ID + "-r-part", Cause: "pool", Attempt: number, Amount: 101, State: "succeeded", AskedAt: joined, DoneAt: at(t, "2027-03-01 12:00")}
		if who == "hal" {
			e.State, e.StayedTo, o.EndedAt = "left", gave, gave
			back.Cause, back.Amount, back.Ends = "learner", 50, true
			s.Promises.Refunds = append(s.Promises.Refunds, audit.RefundAsked{Order: o.ID, Amount: 50, Ends: true, At: gave})
		}
		if who != "gus" {
			o.State, o.Refunds, seen.Returned = "part_refunded", []audit.Refund{back}, back.Amount
			s.Pay.Refunds[back.Number] = audit.PayRefund{Number: back.Number, Trade: number, Amount: back.Amount, State: "SUCCESS", DoneAt: back.DoneAt}
		}
		if gain := gains[who]; gain > 0 {
			s.Pay.Transfers[id] = audit.Transfer{Number: id, Person: "o-" + who, Amount: gain, State: "SUCCESS"}
			out := audit.Payout{ID: "pool:z:" + who, Amount: gain, State: "paid"}
			out.Bills = append(out.Bills, struct {
				Number string `json:"number"`
			}{id})
			s.Facts.Transfers = append(s.Facts.Transfers, out)
		}
		m := audit.PoolMember{Camp: "z", Member: who}
		if who == "ivy" {
			m.Appeals = append(m.Appeals, struct {
				Day    string    `json:"day"`
				State  string    `json:"state"`
				DoneAt time.Time `json:"done_at"`
			}{"2027-03-02", "granted", at(t, "2027-03-04 09:00")})
		}
		seen.State = o.State
		s.PoolMembers, s.Enrolments, s.Facts.Orders = append(s.PoolMembers, m), append(s.Enrolments, e), append(s.Facts.Orders, o)
		s.Promises.Orders = append(s.Promises.Orders, audit.Ordered{ID: o.ID, Member: who, Amount: 200, At: joined})
		s.OrdersSeen = append(s.OrdersSeen, seen)
	}
	s.Counters["seats:z"] = 4
	s.Bills[0].Tally.Lines, s.Bills[0].Tally.Paid = 9, 1750
	s.Bills[1].Tally.Lines, s.Bills[1].Tally.Refunded = 7, 633
}

func poolSpoilt() map[string]violation {
	return map[string]violation{
		"a pool that is never settled": {"pool-split", func(s *season) { s.Pools[0].State = "paying" }},
		"a fen too many for a winner": {"pool-split", func(s *season) {
			out := s.Pay.Transfers["z-ivy"]
			out.Amount++
			s.Pay.Transfers["z-ivy"] = out
		}},
		"the fen that is left goes to the wrong one": {"pool-split", func(s *season) {
			jon, ivy := s.Pay.Transfers["z-jon"], s.Pay.Transfers["z-ivy"]
			jon.Amount, ivy.Amount = 62, 63
			s.Pay.Transfers["z-jon"], s.Pay.Transfers["z-ivy"] = jon, ivy
		}},
		"a winner who is not paid":            {"pool-split", func(s *season) { delete(s.Pay.Transfers, "z-fay") }},
		"a winner whose own part is kept":     {"pool-split", func(s *season) { delete(s.Pay.Refunds, "pfay-r-part") }},
		"somebody wins who did too little":    {"pool-split", func(s *season) { s.found("z:fay:2027-03-02").State = "rejected" }},
		"somebody wins who is out":            {"pool-split", func(s *season) { s.PoolMembers[0].Bar = &struct{}{} }},
		"somebody wins whose appeal was lost": {"pool-split", func(s *season) { s.PoolMembers[2].Appeals[0].State = "refused" }},
		"somebody wins who took no part":      {"pool-split", func(s *season) { s.Ledger.Names["o-fay"] = "Ann" }},
		"a fee of another size":               {"pool-split", func(s *season) { s.Prizes[0].Fee = 8 }},
		"a cancelled pool that is paid out":   {"pool-split", func(s *season) { s.Prizes[0].Cancelled = true }},
		"a cancelled pool that keeps a part": {"pool-split", func(s *season) {
			s.Prizes[0].Cancelled, s.Pools[0].State, s.Pay.Transfers = true, "cancelled", nil
		}},
		"a pool that keeps what nobody won": {"pool-split", func(s *season) { s.Prizes[0].Needed, s.Pay.Transfers = 3, nil }},
		"a pool that nobody opened":         {"pool-split", func(s *season) { s.Pools = append(s.Pools, audit.Pool{ID: "y", State: "settled"}) }},
		"a small gain that is in no wallet": {"pool-split", func(s *season) {
			s.Prizes[0].Fee = 99
			s.Pay.Transfers = nil
		}},
		"a gain that is in a wallet, too": {"pool-split", func(s *season) {
			s.Wallets[0].Entries = append(s.Wallets[0].Entries, audit.Entry{ID: "pool:z:fay:1", Kind: "pool_gain", Amount: 63})
		}},
		"a part of another size":               {"refunds", func(s *season) { s.Prizes[0].Part = 100 }},
		"a part that takes the place along":    {"refunds", func(s *season) { s.Facts.Orders[5].Refunds[0].Ends = true }},
		"tuition that came back too late":      {"refunds", func(s *season) { s.Promises.Refunds[2].At = s.Prizes[0].Half }},
		"a place of the pool without an order": {"entitled-or-refunded", func(s *season) { s.place("z:fay").Order = "" }},
		"a transfer that was paid twice": {"transfers-once", func(s *season) {
			s.Facts.Transfers[0].Bills = append(s.Facts.Transfers[0].Bills, struct {
				Number string `json:"number"`
			}{"z-fay2"})
			s.Pay.Transfers["z-fay2"] = s.Pay.Transfers["z-fay"]
		}},
		"a transfer that nobody knows": {"transfers-once", func(s *season) {
			s.Pay.Transfers["x"] = audit.Transfer{Number: "x", Person: "o-fay", Amount: 1, State: "CANCELLED"}
		}},
		"a transfer that is only believed paid": {"transfers-once", func(s *season) { s.Pay.Transfers["z-fay"] = audit.Transfer{State: "CANCELLED"} }},
		"money that went out and is held":       {"money-conserved", func(s *season) { s.Facts.Transfers[0].State = "expired" }},
	}
}
