package main

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/wallet"
)

// earned is something that an organiser owes a person from now on.
func (s *site) earned(t testing.TB, organiser, member, id string, amount domain.Fen) {
	t.Helper()
	_, err := s.services.Wallets.Credit(t.Context(), wallet.Gain{
		ID: id, Organiser: organiser, Member: member, Kind: wallet.Commission, Amount: amount, Ref: "order", Title: "推广佣金",
	})
	if err != nil {
		t.Fatal(err)
	}
}

// house is the id of the shop's organiser.
func (s *site) house(t testing.TB) string {
	t.Helper()
	c, err := s.services.Camps.Get(domain.WithActor(t.Context(), domain.SystemActor), s.vars["shop"])
	if err != nil {
		t.Fatal(err)
	}
	return c.Organiser
}

func TestALearnerWithdrawsOverHTTP(t *testing.T) {
	t.Parallel()
	s, settle := market(t)
	token, _, member := s.signIn(t, "小满")
	s.vars["organiser"] = s.house(t)
	s.earned(t, s.vars["organiser"], member, "c1", 300_00)
	s.tell(t, token, []step{
		{name: "what I have", request: "GET /wallets", status: 200, want: `{"items":[{"organiser":"{organiser}","name":"书店","balance":30000,"available":30000,"min":100}]}`},
		{name: "where it is from", request: "GET /wallets/{organiser}/entries", status: 200, want: `{"items":[{"kind":"commission","amount":30000,"title":"推广佣金"}]}`},
		{name: "too little", request: "POST /wallets/{organiser}/withdrawals", body: `{"amount":99}`, status: 409, want: `{"code":"wallet_under_minimum"}`},
		{name: "more than there is", request: "POST /wallets/{organiser}/withdrawals", body: `{"amount":30001}`, status: 409, want: `{"code":"wallet_short"}`},
		{name: "a small part", request: "POST /wallets/{organiser}/withdrawals", body: `{"amount":5000}`, status: 201, want: `{"state":"transferring","transfer":"*"}`, keep: map[string]string{"small": "transfer"}},
	})
	s.clock.Set(s.clock.Now().Add(time.Minute))
	s.tell(t, token, []step{
		{name: "a large part", request: "POST /wallets/{organiser}/withdrawals", body: `{"amount":25000}`, status: 201, want: `{"state":"applied"}`, keep: map[string]string{"large": "id"}},
		{name: "nothing left", request: "GET /wallets", status: 200, want: `{"items":[{"balance":30000,"held":30000,"available":0}]}`},
		{name: "told before deleting the account", request: "POST /me/deletion", status: 200, want: `{"owed":30000}`},
		{name: "kept after all", request: "DELETE /me/deletion", status: 200},
	})
	settle()
	s.tell(t, token, []step{{name: "confirm", request: "POST /transfers/{small}/confirm", status: 200, want: `{"package":"*"}`}})
	if why := s.pay.Confirm(s.billNumber(t, s.vars["small"], 1), ""); why != "" {
		t.Fatal(why)
	}
	s.deliver(t)
	settle()
	s.tell(t, token, []step{
		{name: "arrived", request: "GET /wallets", status: 200, want: `{"items":[{"balance":25000,"held":25000,"available":0}]}`},
		{name: "written down", request: "GET /wallets/{organiser}/entries", status: 200, want: `{"items":[{"kind":"withdrawal","amount":-5000},{"kind":"commission","amount":30000}]}`},
	})
	if _, err := s.services.Wallets.Reject(s.as(t, s.vars["owner"]), s.vars["large"], "请先补充资料"); err != nil {
		t.Fatal(err)
	}
	settle()
	s.tell(t, token, []step{
		{name: "released", request: "GET /wallets", status: 200, want: `{"items":[{"balance":25000,"held":0,"available":25000}]}`},
		{name: "why", request: "GET /withdrawals", status: 200, want: `{"items":[{"state":"rejected","reason":"请先补充资料"},{"state":"done"}]}`},
	})
	if b := s.pay.Balance(); b != devFloat-50_00 {
		t.Errorf("the merchant has %s", b)
	}
	w, err := s.services.Wallets.Store.Get(t.Context(), wallet.ID(s.vars["organiser"], member))
	if err != nil || w.Check() != nil {
		t.Errorf("%+v %v %v", w, w.Check(), err)
	}
}

func TestTheSameMoneyCannotBeWithdrawnTwiceOverHTTP(t *testing.T) {
	t.Parallel()
	s, settle := market(t)
	token, _, member := s.signIn(t, "小满")
	s.vars["organiser"] = s.house(t)
	s.earned(t, s.vars["organiser"], member, "c1", 60_00)
	var race sync.WaitGroup
	codes := make([]int, 12)
	for i := range codes {
		race.Go(func() {
			codes[i] = s.do(t, "POST /api/v1/wallets/"+s.vars["organiser"]+"/withdrawals", token, `{"amount":6000}`).Code
		})
	}
	race.Wait()
	settle()
	taken := 0
	for _, code := range codes {
		switch code {
		case http.StatusCreated:
			taken++
		case http.StatusConflict:
		default:
			t.Errorf("answered with %d", code)
		}
	}
	if list := s.pay.Transfers(); taken != 1 || len(list) != 1 || list[0].Amount != 60_00 {
		t.Errorf("%d withdrawals, %s", taken, fmt.Sprint(list))
	}
}

func TestAWithdrawalThatIsNotConfirmedCanBeTakenBackOverHTTP(t *testing.T) {
	t.Parallel()
	s, settle := market(t)
	token, _, member := s.signIn(t, "小满")
	s.vars["organiser"] = s.house(t)
	s.earned(t, s.vars["organiser"], member, "c1", 60_00)
	s.tell(t, token, []step{
		{name: "withdraw", request: "POST /wallets/{organiser}/withdrawals", body: `{"amount":6000}`, status: 201, keep: map[string]string{"withdrawal": "id", "transfer": "transfer"}},
	})
	settle()
	number := s.billNumber(t, s.vars["transfer"], 1)
	s.tell(t, token, []step{{name: "take it back", request: "POST /withdrawals/{withdrawal}/cancel", status: 200}})
	settle()
	s.deliver(t)
	s.clock.Set(s.clock.Now().Add(time.Minute))
	settle()
	if why := s.pay.Confirm(number, ""); why == "" {
		t.Error("it can still be confirmed")
	}
	s.tell(t, token, []step{
		{name: "cancelled", request: "GET /withdrawals", status: 200, want: `{"items":[{"state":"cancelled","reason":"本人取消"}]}`},
		{name: "released", request: "GET /wallets", status: 200, want: `{"items":[{"balance":6000,"held":0,"available":6000}]}`},
	})
	if b := s.pay.Balance(); b != devFloat {
		t.Errorf("the merchant has %s", b)
	}
}

func TestStaffDecideAboutWithdrawalsOnTheConsole(t *testing.T) {
	t.Parallel()
	s := studio(t)
	s.earned(t, s.vars["organiser"], s.vars["learner"], "c1", 900_00)
	learner := s.as(t, s.vars["learner"])
	for _, name := range []string{"first", "second"} {
		d, err := s.services.Wallets.Withdraw(learner, s.vars["organiser"], 300_00)
		if err != nil {
			t.Fatal(err)
		}
		s.vars[name] = d.ID
		s.clock.Set(s.clock.Now().Add(time.Minute))
	}
	_, manager := s.person(t, "运营")
	s.appoint(t, s.vars["organiser"], manager, "", domain.RoleManager)
	m := s.staff(t, manager)
	m.see(t, "/console/money", 200, "等你处理的提现", "小满", "¥300.00", "申请提现", "查看并审批", s.fill(t, "/console/organisers/{organiser}/withdrawals/{first}"), "学员钱包")
	m.see(t, "/console/organisers/{organiser}/withdrawals/{first}", 200, "小满的提现", `href="/console/money"`)
	v := s.staff(t, s.vars["teacher"])
	base := "/console/organisers/{organiser}/withdrawals"
	v.see(t, "/console/organisers/{organiser}", 200, "提现")
	v.see(t, base, 200, "小满", "¥300.00", "待审批")
	v.see(t, base+"/{first}", 200, "小满的提现", "推广佣金", "¥900.00", "通过", "拒绝")
	v.submit(t, base+"/{first}/approve", values(), "已通过", "转账中")
	if _, err := s.services.Transfers.Drive(t.Context(), "withdrawal:"+s.vars["first"]); err != nil {
		t.Fatal(err)
	}
	v.see(t, base+"/{first}", 200, "等学员在", "微信单号")
	v.post(t, base+"/{second}/reject", values("reason", ""), http.StatusUnprocessableEntity, "原因不能为空")
	v.submit(t, base+"/{second}/reject", values("reason", "请先补充资料"), "已拒绝", "请先补充资料")
	v.submit(t, base+"/{second}/approve", values(), "已经处理过")
	v.submit(t, base+"/{first}/cancel", values("reason", "改为线下支付"), "已申请取消")
	if _, err := s.services.Transfers.Drive(t.Context(), "withdrawal:"+s.vars["first"]); err != nil {
		t.Fatal(err)
	}
	if _, err := s.services.Wallets.Follow(t.Context(), s.vars["first"]); err != nil {
		t.Fatal(err)
	}
	v.see(t, base+"/{first}", 200, "已取消", "改为线下支付")
	v.see(t, base+"?state=rejected", 200, "已拒绝")
	v.see(t, "/console/organisers/{organiser}/wallets", 200, "小满", "¥900.00")
}
