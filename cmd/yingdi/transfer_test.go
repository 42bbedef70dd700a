package main

import (
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/transfer"
	"yingdi/storage/fake"
)

// owed is a transfer that a feature has asked for on behalf of a person.
func (s *site) owed(t testing.TB, organiser, member, id string, amount domain.Fen) {
	t.Helper()
	_, err := s.services.Transfers.Ask(t.Context(), transfer.Ask{
		ID: id, Organiser: organiser, Member: member, Kind: transfer.Payout, Ref: "pool", Amount: amount, Title: "晨读营奖学金", Reason: "坚持打卡",
	})
	if err != nil {
		t.Fatal(err)
	}
}

// billNumber of a transfer's nth bill.
func (s *site) billNumber(t testing.TB, id string, n int) string {
	t.Helper()
	got, err := s.services.Transfers.Get(t.Context(), id)
	if err != nil || len(got.Bills) < n {
		t.Fatalf("%+v %v", got, err)
	}
	return got.Bills[n-1].Number
}

func TestALearnerTakesWhatIsTheirsOverHTTP(t *testing.T) {
	t.Parallel()
	s, settle := market(t)
	token, _, member := s.signIn(t, "小满")
	other, _, _ := s.signIn(t, "大满")
	s.owed(t, "o1", member, "pool:xiaoman:gain", 12_34)
	settle()
	s.tell(t, token, []step{
		{name: "it waits", request: "GET /transfers", status: 200, want: `{"items":[{"id":"pool:xiaoman:gain","amount":1234,"state":"waiting_user_confirm","confirm_by":"*"}]}`},
		{name: "told so", request: "GET /notices", status: 200, want: `{"items":[{"kind":"transfer_waits","title":"有一笔钱等你收下"}]}`},
		{name: "what wx.requestMerchantTransfer wants", request: "POST /transfers/pool:xiaoman:gain/confirm", status: 200, want: `{"mchId":"*","appId":"*","package":"*"}`},
		{name: "it cannot be claimed again yet", request: "POST /transfers/pool:xiaoman:gain/claim", status: 200, want: `{"state":"waiting_user_confirm"}`},
	})
	s.tell(t, other, []step{
		{name: "nobody else's", request: "POST /transfers/pool:xiaoman:gain/confirm", status: 404},
		{name: "to see", request: "GET /transfers/pool:xiaoman:gain", status: 404},
	})
	s.clock.Set(s.clock.Now().Add(24*time.Hour + time.Minute))
	s.pay.Transfers() // closes what is overdue
	s.deliver(t)
	settle()
	token, _, _ = s.signIn(t, "小满")
	s.tell(t, token, []step{
		{name: "too late", request: "POST /transfers/pool:xiaoman:gain/confirm", status: 409, want: `{"code":"transfer_not_ready"}`},
		{name: "let go by", request: "GET /transfers/pool:xiaoman:gain", status: 200, want: `{"state":"expired","claims":5}`},
	})
	s.clock.Set(s.clock.Now().Add(time.Minute))
	s.tell(t, token, []step{
		{name: "claim again", request: "POST /transfers/pool:xiaoman:gain/claim", status: 200, want: `{"state":"waiting_user_confirm","claims":4}`},
	})
	settle()
	s.clock.Set(s.clock.Now().Add(time.Minute))
	if why := s.pay.Confirm(s.billNumber(t, "pool:xiaoman:gain", 1), ""); why == "" {
		t.Error("the first offer can still be taken")
	}
	if why := s.pay.Confirm(s.billNumber(t, "pool:xiaoman:gain", 2), ""); why != "" {
		t.Fatal(why)
	}
	s.deliver(t)
	settle()
	s.deliver(t) // and again
	settle()
	s.tell(t, token, []step{
		{name: "paid", request: "GET /transfers/pool:xiaoman:gain", status: 200, want: `{"state":"paid","paid_at":"*"}`},
		{name: "told so", request: "GET /notices", status: 200, want: `{"items":[{"title":"钱已到账"},{"title":"有一笔钱等你收下"},{"title":"收款已过期"},{"title":"有一笔钱等你收下"}]}`},
	})
	if b := s.pay.Balance(); b != devFloat-12_34 {
		t.Errorf("the merchant has %s", b)
	}
}

func TestALostAnswerIsFollowedByAQuestionAndTheSameNumber(t *testing.T) {
	t.Parallel()
	s, settle := market(t)
	token, _, member := s.signIn(t, "小满")
	s.pay.Inject(fake.PayFault{Path: "transfer-bills", Lost: true})
	s.owed(t, "o1", member, "gain", 12_34)
	settle()
	s.clock.Set(s.clock.Now().Add(5 * time.Minute))
	if err := s.services.Transfers.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	settle()
	s.tell(t, token, []step{{name: "it can be taken", request: "POST /transfers/gain/confirm", status: 200, want: `{"package":"*"}`}})
	if list := s.pay.Transfers(); len(list) != 1 {
		t.Errorf("%+v", list)
	}
}
