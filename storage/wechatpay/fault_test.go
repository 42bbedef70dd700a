package wechatpay_test

import (
	"errors"
	"testing"

	"yingdi/domain"
	"yingdi/domain/wechatpay"
	adapter "yingdi/storage/wechatpay"

	"yingdi/storage/fake"
)

// told is the next notice that arrives.
func (p pair) told(t *testing.T) wechatpay.Notice {
	t.Helper()
	if n := p.bank.Deliver(t.Context()); n != 1 {
		t.Fatalf("%d notices were taken", n)
	}
	return <-p.inbox
}

func TestMoneyThatCameThoughThePaymentWasClosedIsToldOf(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		amount, want domain.Fen
		before       func(p pair) error
	}{
		"quicker than the close":   {0, 199_00, func(p pair) error { return p.Close(t.Context(), "order-1") }},
		"after its time":           {0, 199_00, func(p pair) error { p.clock.Add(wechatpay.ConfirmFor); return nil }},
		"in another amount":        {198_99, 198_99, func(pair) error { return nil }},
		"shut there, paid somehow": {0, 199_00, func(p pair) error { p.bank.Shut("order-1"); return nil }},
	} {
		p := newPair(t)
		p.prepay(t, "order-1", 199_00)
		had := p.bank.Balance()
		if err := c.before(p); err != nil {
			t.Fatal(err)
		}
		if why := p.bank.PayAnyway("order-1", c.amount); why != "" {
			t.Fatalf("%s: %s", name, why)
		}
		asked, err := p.Query(t.Context(), "order-1")
		if n := p.told(t); err != nil || n.Trade == nil || *n.Trade != asked || !asked.Paid() || asked.Amount != c.want {
			t.Errorf("%s: told %+v, asked %+v, %v", name, n.Trade, asked, err)
		}
		if p.bank.PayAnyway("order-1", 0) == "" || p.bank.PayAnyway("nobody-1", 0) == "" {
			t.Errorf("%s: paid twice, or for nothing", name)
		}
		if err := p.Close(t.Context(), "order-1"); !errors.Is(err, wechatpay.ErrPaid) {
			t.Errorf("%s: closed: %v", name, err)
		}
		r := wechatpay.RefundRequest{Number: "r1", Trade: "order-1", Total: c.want, Amount: c.want, Reason: "退款"}
		if _, err := p.Refund(t.Context(), r); err != nil || p.bank.Balance() != had {
			t.Errorf("%s: given back: %v, the merchant has %s", name, err, p.bank.Balance())
		}
	}
}

func TestAPaymentThatWasShutAtWeChatCanNoLongerBePaid(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.prepay(t, "order-1", 199_00)
	if why := p.bank.Shut("order-1"); why != "" {
		t.Fatal(why)
	}
	if got, err := p.Query(t.Context(), "order-1"); err != nil || !got.Over() {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := p.Prepay(t.Context(), p.wish("order-1", 199_00)); !errors.Is(err, wechatpay.ErrClosed) {
		t.Errorf("asked for again: %v", err)
	}
	if err := p.Close(t.Context(), "order-1"); err != nil {
		t.Errorf("closed again: %v", err)
	}
	if p.bank.Pay("order-1") == "" || p.bank.Shut("order-1") == "" || p.bank.Shut("nobody-1") == "" || len(p.bank.Notices()) > 0 {
		t.Errorf("paid, or shut twice, or told of: %+v", p.bank.Notices())
	}
}

func TestARefundThatIsHeldIsUnderWayUntilItIsDecided(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.paid(t, "order-1", 100)
	p.told(t)
	p.bank.Inject(fake.PayFault{Path: "refunds", Held: true})
	r := wechatpay.RefundRequest{Number: "r1", Trade: "order-1", Total: 100, Amount: 40, Reason: "退款"}
	for range 2 { // the second time is the same refund, and no longer held up by anything
		if got, err := p.Refund(t.Context(), r); err != nil || got.State != wechatpay.RefundProcessing {
			t.Fatalf("%+v %v", got, err)
		}
		if got, err := p.QueryRefund(t.Context(), "r1"); err != nil || got.State != wechatpay.RefundProcessing {
			t.Fatalf("%+v %v", got, err)
		}
	}
	if n := p.bank.Deliver(t.Context()); n != 0 || len(p.bank.Refunds()) != 1 {
		t.Errorf("%d notices, %+v", n, p.bank.Refunds())
	}
	if why := p.bank.Settle("r1", "SUCCESS"); why != "" {
		t.Fatal(why)
	}
	if n := p.told(t); n.Refund == nil || n.Refund.State != wechatpay.RefundSuccess || n.Refund.Amount != 40 {
		t.Errorf("%+v", n.Refund)
	}
	r.Number, r.Amount = "r2", 60
	if _, err := p.Refund(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if n := p.told(t); n.Refund == nil || n.Refund.Number != "r2" || n.Refund.State != wechatpay.RefundSuccess {
		t.Errorf("the next one is held, too: %+v", n.Refund)
	}
}

func TestASlowTransferGoesOnByTheSameRequestAndEndsByAQuestion(t *testing.T) {
	t.Parallel()
	slow := map[string]func(*adapter.Options, *fake.PayOptions){
		"all are slow": func(_ *adapter.Options, o *fake.PayOptions) { o.SlowTransfers = true },
		"one is held":  nil,
	}
	for name, change := range slow {
		for end, want := range map[string][]wechatpay.TransferState{
			"confirmed": {wechatpay.TransferMoving, wechatpay.TransferSuccess},
			"cancelled": {wechatpay.TransferCanceling, wechatpay.TransferCancelled},
		} {
			p := newPair(t)
			if change != nil {
				p = newPair(t, change)
			} else {
				p.bank.Inject(fake.PayFault{Path: "transfer-bills", Held: true})
			}
			before := p.bank.Balance()
			request := wechatpay.TransferRequest{Number: "T1", OpenID: "o-an", Amount: 12_34, Remark: "奖学金", Title: "晨读营", Reason: "奖学金"}
			for _, state := range []wechatpay.TransferState{wechatpay.TransferAccepted, wechatpay.TransferProcessing, wechatpay.TransferWaiting, wechatpay.TransferWaiting} {
				got, err := p.Transfer(t.Context(), request)
				asked, err2 := p.QueryTransfer(t.Context(), "T1")
				if errors.Join(err, err2) != nil || got.State != state || asked.State != state || (got.Package != "") != (state == wechatpay.TransferWaiting) {
					t.Fatalf("%s, %s: %+v, asked %+v, %v %v", name, end, got, asked, err, err2)
				}
			}
			if end == "confirmed" {
				p.bank.Confirm("T1", "")
			} else if err := p.CancelTransfer(t.Context(), "T1"); err != nil {
				t.Fatal(err)
			}
			for _, state := range want {
				if got, err := p.QueryTransfer(t.Context(), "T1"); err != nil || got.State != state {
					t.Errorf("%s, %s: %+v %v, want %s", name, end, got, err, state)
				}
			}
			if n := p.told(t); n.Transfer == nil || n.Transfer.State != want[1] {
				t.Errorf("%s, %s: told %+v", name, end, n.Transfer)
			}
			if moved := before - p.bank.Balance(); (moved == 12_34) != (end == "confirmed") {
				t.Errorf("%s, %s: %s left the merchant", name, end, moved)
			}
		}
	}
}
