package main

import (
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/bill"
	"yingdi/domain/order"
	"yingdi/domain/wechatpay"
)

// bought is a seat that the holder of the token has ordered and paid, of which the product has been told.
func (s *site) bought(t *testing.T, token string, settle func()) (id string) {
	t.Helper()
	id = s.ordered(t, token, "{shop}")
	s.vars["order"] = id
	s.tell(t, token, []step{{name: "pay", request: "POST /orders/{order}/pay", status: 200}})
	if why := s.pay.Pay(order.Number(id, 1)); why != "" {
		t.Fatal(why)
	}
	s.deliver(t)
	settle()
	return id
}

func TestTheMorningAfterTheBillIsMatchedLineByLine(t *testing.T) {
	t.Parallel()
	s, settle := market(t)
	system := domain.WithActor(t.Context(), domain.SystemActor)
	token, _, _ := s.signIn(t, "小满")
	id := s.bought(t, token, settle)
	if _, err := s.services.Orders.GiveBack(s.as(t, s.vars["owner"]), id, order.Grant{Key: "k1", Amount: 50_00, Reason: "补偿"}); err != nil {
		t.Fatal(err)
	}
	settle()
	s.deliver(t)
	settle()
	deaf, _, _ := s.signIn(t, "阿宁") // paid, and the notice never comes
	silent := s.ordered(t, deaf, "{shop}")
	s.vars["order"] = silent
	s.tell(t, deaf, []step{{name: "pay", request: "POST /orders/{order}/pay", status: 200}})
	s.pay.Pay(order.Number(silent, 1))
	_, err := s.merchant.Prepay(system, wechatpay.Prepay{ // somebody pays for what this system has forgotten
		Number: "ghost-1", Description: "名额", OpenID: "o-ghost", Amount: 7_00, ExpiresAt: s.clock.Now().Add(time.Hour),
	})
	if why := s.pay.Pay("ghost-1"); err != nil || why != "" {
		t.Fatal(err, why)
	}
	s.clock.Set(time.Date(2026, 3, 2, 1, 59, 0, 0, time.UTC))
	work := func() (open []bill.Case) {
		t.Helper()
		if err := s.services.Bills.Work(system); err != nil {
			t.Fatal(err)
		}
		open, _, err := s.services.Bills.Open(system, domain.Page{})
		if err != nil {
			t.Fatal(err)
		}
		return open
	}
	if open := work(); len(open) > 0 {
		t.Fatalf("before ten o'clock: %+v", open)
	}
	s.clock.Set(time.Date(2026, 3, 2, 2, 1, 0, 0, time.UTC))
	open := work()
	if len(open) != 1 || open[0].Kind != bill.MissingHere || open[0].Number != "ghost-1" {
		t.Fatalf("%+v", open)
	}
	days, _, err := s.services.Bills.History(system, domain.Page{})
	if err != nil || len(days) == 0 || days[0].State != bill.Matched || days[0].Tally.Paid != 199_00*2+7_00 || days[0].Tally.Refunded != 50_00 {
		t.Fatalf("%+v, %v", days, err)
	}
	for _, id := range []string{id, silent} {
		o, err := s.services.Orders.Store.Get(system, id)
		if err != nil || o.Check() != nil || o.PaidAt.IsZero() || o.Attempts[0].Billed.Day != "2026-03-01" {
			t.Errorf("%+v, %v, %v", o, err, o.Check())
		}
	}
}
