package main

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/ledger"
	"yingdi/domain/order"
	"yingdi/storage/fake"
)

// fen reads what a cell says of money, in yuan with two decimals.
func fen(t *testing.T, cell string) domain.Fen {
	t.Helper()
	if cell == "" {
		return 0
	}
	yuan, cents, ok := strings.Cut(cell, ".")
	n, err := strconv.ParseInt(yuan+cents, 10, 64)
	if !ok || len(cents) != 2 || err != nil {
		t.Fatalf("%q is no amount", cell)
	}
	return domain.Fen(n)
}

// Every fen that went through WeChat Pay is in the accountant's file once, and the file adds up to what the ledger says.
func TestTheAccountantsFileHoldsEveryFenOfACamp(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, owner := s.person(t, "owner")
	s.vars["prize"], s.vars["stake"] = s.prize(t, owner, 5)
	s.vars["camp"] = s.vars["prize"]
	settle := s.works(t)
	_, _ = s.staked(t, "安安") // and stays
	_, part := s.staked(t, "阿波")
	back, returned := s.staked(t, "小慈")
	token, _, _ := s.signIn(t, "小狄")
	s.tell(t, token, []step{
		{name: "agree", request: "PUT /camps/{prize}/pool/consent", body: `{"rules":1,"adult":true}`, status: 200},
		{name: "order", request: "POST /camps/{prize}/orders", body: `{"offer":"{stake}","amount":19900}`, status: 201, keep: map[string]string{"odd": "id"}},
		{name: "pay", request: "POST /orders/{odd}/pay", status: 200},
	})
	unpaid, _, _ := s.signIn(t, "小鄂")
	s.tell(t, unpaid, []step{
		{name: "agree", request: "PUT /camps/{prize}/pool/consent", body: `{"rules":1,"adult":true}`, status: 200},
		{name: "order", request: "POST /camps/{prize}/orders", body: `{"offer":"{stake}","amount":19900}`, status: 201, keep: map[string]string{"unpaid": "id"}},
	})
	if why := s.pay.PayAnyway(order.Number(s.vars["odd"], 1), 198_99); why != "" { // a fen short, and sent back
		t.Fatal(why)
	}
	s.until(t, s.clock.Now().Add(time.Minute), settle)
	s.pay.Inject(fake.PayFault{Path: "refunds", Held: true}) // under way until the end
	s.tell(t, back, []step{{name: "give it back", request: "POST /orders/" + returned + "/refund", body: `{"amount":19900}`, status: 200}})
	settle()
	if _, err := s.services.Orders.GiveBack(s.as(t, owner), part, order.Grant{Key: "k1", Amount: 30_01, Reason: "补偿"}); err != nil {
		t.Fatal(err)
	}
	s.until(t, s.clock.Now().Add(time.Minute), settle)

	of, _, err := s.services.Ledger.OfCamp(s.as(t, owner), s.vars["prize"], "", domain.Page{})
	want := ledger.Sums{Orders: 4, In: 3*199_00 + 198_99, Back: 198_99 + 30_01, Underway: 199_00, Part: 200_00}
	if err != nil || of.Sums != want {
		t.Fatalf("the ledger says %+v %v", of.Sums, err)
	}
	v, at := s.staff(t, owner), "/console/camps/{camp}/exports"
	v.submit(t, at, values("kind", "money"), "开始导出")
	s.vars["export"] = exportInPage.FindStringSubmatch(v.page)[1]
	settle()
	sheet := v.fetchSheet(t)["资金"]

	column := map[string]int{}
	for i, name := range sheet[0] {
		column[name] = i
	}
	numbers := map[string]domain.Fen{}
	var got ledger.Sums
	var net, held domain.Fen
	people := map[string]bool{}
	for _, row := range sheet[1:] {
		cell := func(name string) string {
			if i, ok := column[name]; ok && i < len(row) {
				return row[i]
			}
			return ""
		}
		in, out := fen(t, cell("收入（元）")), fen(t, cell("支出（元）"))
		amount, err := strconv.ParseInt(cell("金额（分）"), 10, 64)
		if err != nil || domain.Fen(amount) != in-out || in*out != 0 || numbers[cell("商户单号")] != 0 {
			t.Errorf("row %q: %d fen, %v", row, amount, err)
		}
		numbers[cell("商户单号")] = domain.Fen(amount)
		got.In, net = got.In+in, net+domain.Fen(amount)
		if cell("状态") == "途中" {
			got.Underway += out
		} else {
			got.Back += out
		}
		held, got.Part = held+fen(t, cell("订单持有（元）")), got.Part+fen(t, cell("其中奖学金池（元）"))
		if out > 0 && cell("原因") == "" || in > 0 && cell("微信单号") == "" || cell("昵称") == "" {
			t.Errorf("row %q does not say what it is", row)
		}
		if !people[cell("订单号")] {
			got.Orders++
		}
		people[cell("订单号")] = true
	}
	if got != want || net != want.Held() || held != want.Held() {
		t.Errorf("the file adds up to %+v, %s and %s held; the ledger to %+v, %s held", got, net, held, want, want.Held())
	}
	for _, trade := range s.pay.Trades() {
		if !trade.PaidAt.IsZero() && numbers[trade.Number] != trade.Amount {
			t.Errorf("WeChat took %s under %s, the file says %s", trade.Amount, trade.Number, numbers[trade.Number])
		}
		delete(numbers, trade.Number)
	}
	for _, refund := range s.pay.Refunds() {
		if numbers[refund.Number] != -refund.Amount {
			t.Errorf("WeChat gives %s back under %s, the file says %s", refund.Amount, refund.Number, numbers[refund.Number])
		}
		delete(numbers, refund.Number)
	}
	if len(numbers) > 0 || people[s.vars["unpaid"]] {
		t.Errorf("of nobody's knowledge: %v, unpaid %t", numbers, people[s.vars["unpaid"]])
	}
}
