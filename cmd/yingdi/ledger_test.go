package main

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"yingdi/domain"
	"yingdi/domain/ledger"
	"yingdi/domain/order"
	"yingdi/domain/transfer"
	"yingdi/domain/wechatpay"
)

func TestTheLedgerFollowsEveryFenOfACamp(t *testing.T) {
	t.Parallel()
	s := traded(t)
	owner := s.as(t, s.vars["owner"])
	of, _, err := s.services.Ledger.OfCamp(owner, s.vars["shop"], "", domain.Page{})
	want := ledger.Sums{Orders: 2, In: 398_00, Back: 50_00}
	if err != nil || of.Sums != want || of.Sums.Held() != 348_00 || len(of.Orders) != 2 {
		t.Fatalf("%+v, %d orders, %v", of.Sums, len(of.Orders), err)
	}
	for flow, n := range map[order.Flow]int{order.FlowKept: 1, order.FlowBack: 1, order.FlowNone: 0} {
		if of, _, err := s.services.Ledger.OfCamp(owner, s.vars["shop"], flow, domain.Page{}); err != nil || len(of.Orders) != n {
			t.Errorf("%s: %d, %v", flow, len(of.Orders), err)
		}
	}
	camps, total, err := s.services.Ledger.OfOrganiser(owner, of.Camp.Organiser)
	if err != nil || total != want || len(camps) != 1 || camps[0].Sums != want || camps[0].Title == "" {
		t.Errorf("%+v, %+v, %v", camps, total, err)
	}
	stranger, _ := s.person(t, "路人")
	if _, _, err := s.services.Ledger.OfOrganiser(stranger, of.Camp.Organiser); err == nil {
		t.Error("a stranger sees the money")
	}
	if _, _, err := s.services.Ledger.OfCamp(stranger, s.vars["shop"], "", domain.Page{}); err == nil {
		t.Error("a stranger sees the money")
	}
}

func TestMoneyThatNeedsAPersonIsOnOnePageWithItsStory(t *testing.T) {
	t.Parallel()
	s, settle := market(t)
	token, _, _ := s.signIn(t, "小满")
	id := s.bought(t, token, settle)
	o, err := s.services.Orders.GiveBack(s.as(t, s.vars["owner"]), id, order.Grant{Key: "k1", Amount: 50_00, Reason: "补偿"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.services.Orders.Store.Update(t.Context(), id, func(o *order.Order) error { // WeChat will not
		return o.Refused(o.Refunds[0].Number, "付款账户已注销", s.clock.Now())
	}); err != nil {
		t.Fatal(err)
	}
	v := s.staff(t, s.vars["owner"])
	v.see(t, "/console/money", 200, "付款账户已注销", "¥50.00", "收到 ¥199.00", "补偿", o.Refunds[0].Number, "1 件待处理", "用原单号重新发起")
	v.post(t, "/console/money", values("source", "order", "id", id, "number", o.Refunds[0].Number, "do", "again"), http.StatusSeeOther)
	settle()
	s.deliver(t)
	settle()
	v.see(t, "/console/money", 200, "没有需要处理的钱")
	if got, _ := s.services.Orders.Store.Get(t.Context(), id); got.Returned() != 50_00 || got.Trouble[0].DoneBy != s.vars["owner"] {
		t.Errorf("%s, %+v", got.Returned(), got.Trouble)
	}
	for _, path := range []string{"/console/camps/{shop}/ledger", "/console/organisers/" + o.Organiser + "/ledger", "/console/organisers/" + o.Organiser + "/orders?state=part_refunded"} {
		v.see(t, path, 200, "¥199.00")
	}
}

// What WeChat has forgotten can neither be sent again nor be put aside: a person looks it up and says whether it was paid.
func TestATransferThatWeChatHasForgottenIsRuledUpon(t *testing.T) {
	t.Parallel()
	s, settle := market(t)
	of, err := s.services.Camps.Get(t.Context(), s.vars["shop"])
	if err != nil {
		t.Fatal(err)
	}
	lost := func(id string) {
		t.Helper()
		ask := transfer.Ask{ID: id, Organiser: of.Organiser, Member: s.member(t, "小周"), Kind: transfer.Payout, Ref: "pool-1", Amount: 5_00, Title: "奖学金", Reason: "坚持打卡"}
		if _, err := s.services.Transfers.Ask(domain.WithActor(t.Context(), domain.SystemActor), ask); err != nil {
			t.Fatal(err)
		}
		settle()
		if _, err := s.services.Transfers.Store.Update(t.Context(), id, func(d *transfer.Transfer) error {
			d.Trouble = append(d.Trouble, transfer.Trouble{Kind: transfer.TransferLost, Number: d.Bills[0].Number, Note: "微信已查不到这笔转账", At: s.clock.Now()})
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	lost("gain-1")
	lost("gain-2")
	v := s.staff(t, s.vars["owner"])
	v.see(t, "/console/money", 200, "微信已查不到这笔转账", "账单里已付")
	if strings.Contains(v.page, "用原单号重新发起") || strings.Contains(v.page, "标为已处理") {
		t.Error("what may have been paid can be sent again, or put aside")
	}
	v.post(t, "/console/money", values("source", "transfer", "id", "gain-1", "do", "paid", "outcome", ""), http.StatusSeeOther)
	v.see(t, "/console/money", 200, "账单里已付")
	v.post(t, "/console/money", values("source", "transfer", "id", "gain-1", "do", "paid", "outcome", "3 月 2 日的资金账单"), http.StatusSeeOther)
	v.post(t, "/console/money", values("source", "transfer", "id", "gain-2", "do", "unpaid", "outcome", "3 月 2 日的资金账单里没有"), http.StatusSeeOther)
	for id, want := range map[string]transfer.State{"gain-1": transfer.Paid, "gain-2": transfer.Failed} {
		if got, err := s.services.Transfers.Get(t.Context(), id); err != nil || got.State != want || got.Trouble[0].DoneBy != s.vars["owner"] || got.Trouble[0].Outcome == "" {
			t.Errorf("%s: %+v, %v", id, got, err)
		}
	}
	v.see(t, "/console/money", 200, "用原单号重新发起") // the one that was not paid
}

func TestARefundIsSentAgainOnceHoweverOftenItIsPressed(t *testing.T) {
	t.Parallel()
	s, settle := market(t)
	token, _, _ := s.signIn(t, "小满")
	id := s.bought(t, token, settle)
	owner := s.as(t, s.vars["owner"])
	one, two := s.staff(t, s.vars["owner"]), s.staff(t, s.vars["owner"])
	path := s.fill(t, "/console/camps/{shop}/orders/"+id)
	var race sync.WaitGroup
	for _, v := range []*visitor{one, two} {
		race.Go(func() {
			v.post(t, path+"/refund", values("key", "pressed-twice", "amount", "50", "reason", "补偿", "ends", "no"), http.StatusSeeOther)
		})
	}
	race.Wait()
	o, err := s.services.Orders.ForStaff(owner, id)
	if err != nil || len(o.Refunds) != 1 || o.Refunds[0].Amount != 50_00 {
		t.Fatalf("%+v, %v", o.Refunds, err)
	}
	number := o.Refunds[0].Number
	if _, err := s.services.Orders.RefundSeen(t.Context(), wechatpay.Refund{Number: number, Trade: o.Refunds[0].Attempt, State: wechatpay.RefundAbnormal}); err != nil {
		t.Fatal(err)
	}
	race.Go(func() { one.post(t, path+"/again", values("number", number), http.StatusSeeOther) })
	race.Go(func() {
		two.post(t, path+"/dismiss", values("at", "0", "outcome", "线下转账"), http.StatusSeeOther)
	})
	race.Wait()
	settle()
	s.deliver(t)
	settle()
	o, err = s.services.Orders.ForStaff(owner, id)
	if err != nil || o.Troubled() || o.Check() != nil || len(o.Refunds) != 1 || len(s.pay.Refunds()) != 1 {
		t.Errorf("%+v, %v, %v, %d at WeChat", o.Trouble, err, o.Check(), len(s.pay.Refunds()))
	}
}
