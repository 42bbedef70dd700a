package main

import (
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/order"
	"yingdi/domain/transfer"
	"yingdi/storage/fake"
)

// later lets time pass, and the clock do what it does with orders and transfers.
func (s *site) later(t *testing.T, by time.Duration, settle func()) {
	t.Helper()
	system := domain.WithActor(t.Context(), domain.SystemActor)
	s.clock.Set(s.clock.Now().Add(by))
	for range 2 { // what the first round began, the second takes in
		for _, sweep := range []func() error{
			func() error { return s.services.Orders.Sweep(system) }, func() error { return s.services.Transfers.Sweep(system) },
		} {
			if err := sweep(); err != nil {
				t.Fatal(err)
			}
		}
		settle()
		s.deliver(t)
		settle()
	}
}

// asked is an order of which WeChat has been asked for the payment.
func (s *site) asked(t *testing.T, name string) (id, number string) {
	t.Helper()
	token, _, _ := s.signIn(t, name)
	id = s.ordered(t, token, "{shop}")
	s.tell(t, token, []step{{name: "pay", request: "POST /orders/" + id + "/pay", status: 200}})
	return id, order.Number(id, 1)
}

// ends wants an order in a state, its own books to hold, and no more of the money at the merchant than is kept.
func (s *site) ends(t *testing.T, id string, state order.State, kept domain.Fen) order.Order {
	t.Helper()
	o, err := s.services.Orders.Store.Get(t.Context(), id)
	if err != nil || o.State != state || o.Check() != nil || o.Received()-o.Returned() != kept {
		t.Errorf("%s with %s of %s given back, %v %v; want %s", o.State, o.Returned(), o.Received(), o.Check(), err, state)
	}
	return o
}

// Pitfalls: late payment revived a cancelled order · sold-out camp still payable.
func TestMoneyThatComesAfterItsOrderWasCancelledTakesASeatOrGoesBack(t *testing.T) {
	t.Parallel()
	for name, soldOut := range map[string]bool{"a seat is free": false, "sold out": true} {
		s, settle := market(t)
		id, number := s.asked(t, "小满")
		s.later(t, order.PayWithin+time.Minute, settle)
		s.ends(t, id, order.Cancelled, 0)
		rest := domain.Fen(0)
		if soldOut {
			for _, who := range []string{"阿宁", "小周"} {
				token, _, _ := s.signIn(t, who)
				s.bought(t, token, settle)
				rest += 199_00
			}
		}
		if why := s.pay.PayAnyway(number, 0); why != "" {
			t.Fatal(why)
		}
		s.later(t, time.Minute, settle)
		if soldOut {
			s.ends(t, id, order.Refunded, 0)
		} else {
			s.ends(t, id, order.Fulfilled, 199_00)
			rest += 199_00
		}
		if b := s.pay.Balance() - devFloat; b != rest {
			t.Errorf("%s: the merchant keeps %s, want %s", name, b, rest)
		}
		if taken, err := s.services.Camps.Taken(t.Context(), s.vars["shop"]); err != nil || taken != int64(rest/199_00) {
			t.Errorf("%s: %d seats are taken, %v", name, taken, err)
		}
	}
}

func TestAnotherAmountThanWasAskedForGoesBackAndIsShownToAPerson(t *testing.T) {
	t.Parallel()
	s, settle := market(t)
	id, number := s.asked(t, "小满")
	if why := s.pay.PayAnyway(number, 198_99); why != "" {
		t.Fatal(why)
	}
	s.later(t, time.Minute, settle)
	if o := s.ends(t, id, order.Pending, 0); o.Received() != 198_99 || !o.Troubled() {
		t.Errorf("%s came, %+v", o.Received(), o.Trouble)
	}
	if s.pay.Balance() != devFloat {
		t.Errorf("the merchant has %s", s.pay.Balance())
	}
	s.staff(t, s.vars["owner"]).see(t, "/console/money", 200, "应付 ¥199.00，微信通知 ¥198.99")
}

func TestAPaymentThatWasShutAtWeChatIsAskedForAnew(t *testing.T) {
	t.Parallel()
	s, settle := market(t)
	id, number := s.asked(t, "小满")
	if why := s.pay.Shut(number); why != "" {
		t.Fatal(why)
	}
	s.later(t, 2*time.Minute, settle)
	s.ends(t, id, order.Pending, 0)
	token, _, _ := s.signIn(t, "小满")
	s.tell(t, token, []step{{name: "pay", request: "POST /orders/" + id + "/pay", status: 200}})
	if why := s.pay.Pay(order.Number(id, 2)); why != "" {
		t.Fatal(why)
	}
	s.later(t, time.Minute, settle)
	if o := s.ends(t, id, order.Fulfilled, 199_00); o.Attempts[0].State != order.Closed {
		t.Errorf("%+v", o.Attempts)
	}
}

// Pitfalls: a failed refund could never be retried · a new refund number refunded twice.
func TestARefundThatWeChatHoldsEndsWhenItIsDecided(t *testing.T) {
	t.Parallel()
	s, settle := market(t)
	token, _, _ := s.signIn(t, "小满")
	id := s.bought(t, token, settle)
	s.pay.Inject(fake.PayFault{Path: "refunds", Held: true})
	s.tell(t, token, []step{{name: "give it back", request: "POST /orders/" + id + "/refund", body: `{"amount":19900}`, status: 200}})
	settle()
	s.later(t, time.Hour, settle)
	o := s.ends(t, id, order.Refunding, 199_00)
	if why := s.pay.Settle(o.Refunds[0].Number, "ABNORMAL"); why != "" {
		t.Fatal(why)
	}
	s.later(t, time.Minute, settle)
	s.staff(t, s.vars["owner"]).see(t, "/console/money", 200, o.Refunds[0].Number, "¥199.00")
	if why := s.pay.Settle(o.Refunds[0].Number, "SUCCESS"); why != "" { // staff did so on the merchant's own page
		t.Fatal(why)
	}
	s.later(t, time.Minute, settle)
	s.ends(t, id, order.Refunded, 0)
	if list := s.pay.Refunds(); len(list) != 1 || s.pay.Balance() != devFloat {
		t.Errorf("%+v, the merchant has %s", list, s.pay.Balance())
	}
}

// Pitfall: unconfirmed transfer sent twice.
func TestATransferThatWeChatIsSlowWithArrivesOnce(t *testing.T) {
	t.Parallel()
	s, settle := market(t)
	s.pay.Inject(fake.PayFault{Path: "transfer-bills", Held: true})
	s.owed(t, "o1", s.member(t, "小满"), "gain", 12_34)
	settle()
	state := func(want transfer.State) {
		t.Helper()
		got, err := s.services.Transfers.Get(t.Context(), "gain")
		if err != nil || got.State != want || len(got.Bills) != 1 || got.Check() != nil {
			t.Fatalf("%+v %v, want %s", got, err, want)
		}
	}
	state(transfer.Paying)
	s.later(t, 10*time.Minute, settle)
	s.later(t, 20*time.Minute, settle)
	state(transfer.Waiting)
	if why := s.pay.Confirm(s.billNumber(t, "gain", 1), ""); why != "" {
		t.Fatal(why)
	}
	state(transfer.Waiting) // confirmed there, and nobody has told us
	s.later(t, time.Hour, settle)
	s.later(t, time.Hour, settle)
	state(transfer.Paid)
	if list := s.pay.Transfers(); len(list) != 1 || s.pay.Balance() != devFloat-12_34 {
		t.Errorf("%+v, the merchant has %s", list, s.pay.Balance())
	}
}
