package wechatpay_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/domaintest"
	"yingdi/domain/wechatpay"
	"yingdi/storage/fake"
	adapter "yingdi/storage/wechatpay"
)

var keys = sync.OnceValue(func() (k [3]*rsa.PrivateKey) {
	for i := range k {
		var err error
		if k[i], err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			panic(err)
		}
	}
	return k
})

// pair is a merchant and the WeChat Pay that it talks to.
type pair struct {
	*adapter.Client
	bank  *fake.Pay
	clock *domaintest.Clock
	inbox chan wechatpay.Notice // what arrived
	fails chan error            // what was refused
}

func newPair(t *testing.T, change ...func(*adapter.Options, *fake.PayOptions)) pair {
	t.Helper()
	k := keys()
	p := pair{clock: domaintest.NewClock("2026-03-01T01:00:00Z"), inbox: make(chan wechatpay.Notice, 100), fails: make(chan error, 100)}
	callback := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		n, err := p.Receive(r.Context(), r.Header, body)
		if err != nil {
			p.fails <- err
			rw.WriteHeader(http.StatusForbidden)
			return
		}
		p.inbox <- n
	}))
	t.Cleanup(callback.Close)
	apiKey := strings.Repeat("k", 32)
	at := fake.PayOptions{
		Serial: "serial", MerchantKey: &k[0].PublicKey, PublicKeyID: "PUB_KEY_ID_1", PlatformKey: k[1], APIv3Key: apiKey, Clock: p.clock, Float: 10_000_00,
	}
	o := adapter.Options{
		AppID: fake.AppID, MchID: fake.MchID, Serial: "serial", PrivateKey: k[0], PublicKeyID: "PUB_KEY_ID_1", PublicKey: &k[1].PublicKey,
		APIv3Key: apiKey, NotifyURL: callback.URL, Clock: p.clock,
	}
	for _, f := range change {
		f(&o, &at)
	}
	var err error
	if p.bank, err = fake.NewPay(at); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(p.bank)
	t.Cleanup(server.Close)
	o.BaseURL = server.URL
	if p.Client, err = adapter.New(o); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p pair) prepay(t *testing.T, number string, amount domain.Fen) {
	t.Helper()
	handle, err := p.Prepay(t.Context(), p.wish(number, amount))
	if err != nil || handle == "" {
		t.Fatal(handle, err)
	}
}

func (p pair) wish(number string, amount domain.Fen) wechatpay.Prepay {
	return wechatpay.Prepay{Number: number, Description: "晨读营", OpenID: "o-an", Amount: amount, ExpiresAt: p.clock.Now().Truncate(time.Hour).Add(90 * time.Minute)}
}

func (p pair) paid(t *testing.T, number string, amount domain.Fen) {
	t.Helper()
	p.prepay(t, number, amount)
	if why := p.bank.Pay(number); why != "" {
		t.Fatal(why)
	}
}

func TestAPaymentAndWhatWeChatTellsOfIt(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.prepay(t, "order-1", 199_00)
	if got, err := p.Query(t.Context(), "order-1"); err != nil || got.State != wechatpay.TradeNotPaid || got.Amount != 199_00 {
		t.Fatalf("%+v %v", got, err)
	}
	p.bank.Pay("order-1")
	if n := p.bank.Deliver(t.Context()); n != 1 {
		t.Fatal(n)
	}
	n := <-p.inbox
	asked, err := p.Query(t.Context(), "order-1")
	if err != nil || n.Trade == nil || *n.Trade != asked || !asked.Paid() || asked.Payer != "o-an" || !asked.PaidAt.Equal(p.clock.Now()) {
		t.Fatalf("told %+v, asked %+v, %v", n.Trade, asked, err)
	}
	if err := p.Close(t.Context(), "order-1"); !errors.Is(err, wechatpay.ErrPaid) {
		t.Error(err)
	}
	if _, err := p.Prepay(t.Context(), p.wish("order-1", 199_00)); !errors.Is(err, wechatpay.ErrPaid) {
		t.Error(err)
	}
}

func TestTheParamsAreSignedAsTheMiniProgramNeedsThem(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	got, err := p.Params("wx123")
	if err != nil || got.Package != "prepay_id=wx123" || got.SignType != "RSA" || got.TimeStamp != "1772326800" || got.PaySign == "" || got.NonceStr == "" {
		t.Fatalf("%+v %v", got, err)
	}
}

func TestWhatWeChatPayRefusesHasAName(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.paid(t, "paid-1", 100)
	for name, tt := range map[string]struct {
		want error
		do   func() error
	}{
		"another amount under the same number": {wechatpay.ErrUsed, func() error {
			_, err := p.Prepay(t.Context(), p.wish("paid-1", 200))
			return err
		}},
		"a payment nobody asked for": {wechatpay.ErrUnknown, func() error { _, err := p.Query(t.Context(), "nobody-1"); return err }},
		"a refund nobody asked for":  {wechatpay.ErrUnknown, func() error { _, err := p.QueryRefund(t.Context(), "nobody-1"); return err }},
		"more than was paid": {wechatpay.ErrRefused, func() error {
			_, err := p.Refund(t.Context(), wechatpay.RefundRequest{Number: "r1", Trade: "paid-1", Total: 100, Amount: 101})
			return err
		}},
		"a number that is too short": {wechatpay.ErrRefused, func() error { _, err := p.Prepay(t.Context(), p.wish("x", 1)); return err }},
		"a transfer of nearly nothing": {wechatpay.ErrRefused, func() error {
			_, err := p.Transfer(t.Context(), wechatpay.TransferRequest{Number: "t1", OpenID: "o", Amount: 9, Remark: "奖学金"})
			return err
		}},
		"a bill that is not made yet": {wechatpay.ErrBillLater, func() error { return p.TradeBill(t.Context(), "2026-03-01", io.Discard) }},
	} {
		if err := tt.do(); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

func TestWhenNobodyKnowsWhatHappenedTheErrorSaysSo(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]fake.PayFault{
		"the answer is lost":       {Lost: true},
		"the answer is not signed": {Unsigned: true},
		"a gateway answers":        {Down: true},
		"WeChat is confused":       {Status: 500, Code: "SYSTEM_ERROR"},
	} {
		p := newPair(t)
		p.paid(t, "order-1", 100)
		p.bank.Inject(fault)
		r := wechatpay.RefundRequest{Number: "r1", Trade: "order-1", Total: 100, Amount: 100, Reason: "退款"}
		if _, err := p.Refund(t.Context(), r); !errors.Is(err, wechatpay.ErrUnreachable) {
			t.Errorf("%s: %v", name, err)
		}
		if got, err := p.Refund(t.Context(), r); err != nil || got.Amount != 100 {
			t.Errorf("%s, again: %+v %v", name, got, err)
		}
		if n := len(p.bank.Refunds()); n != 1 {
			t.Errorf("%s: %d refunds", name, n)
		}
	}
}

func TestRefundsAreToldOfByTheirOwnFieldName(t *testing.T) {
	t.Parallel()
	for _, state := range []wechatpay.RefundState{wechatpay.RefundSuccess, wechatpay.RefundAbnormal, wechatpay.RefundClosed} {
		p := newPair(t, func(_ *adapter.Options, o *fake.PayOptions) { o.SlowRefunds = true })
		p.paid(t, "order-1", 100)
		p.bank.Deliver(t.Context())
		<-p.inbox
		if _, err := p.Refund(t.Context(), wechatpay.RefundRequest{Number: "r1", Trade: "order-1", Total: 100, Amount: 40}); err != nil {
			t.Fatal(err)
		}
		p.bank.Settle("r1", string(state))
		p.bank.Deliver(t.Context())
		n := <-p.inbox
		asked, err := p.QueryRefund(t.Context(), "r1")
		if err != nil || n.Refund == nil || n.Refund.State != state || asked.State != state || n.Refund.Amount != 40 || n.Refund.Trade != "order-1" {
			t.Errorf("told %+v, asked %+v, %v", n.Refund, asked, err)
		}
	}
}

func TestATransferWaitsForThePersonAndEndsWithoutThem(t *testing.T) {
	t.Parallel()
	request := wechatpay.TransferRequest{Number: "T1", OpenID: "o-an", Amount: 12_34, Remark: "奖学金", Title: "晨读营", Reason: "奖学金"}
	for name, tt := range map[string]struct {
		act  func(p pair)
		want wechatpay.TransferState
	}{
		"confirmed": {func(p pair) { p.bank.Confirm("T1", "") }, wechatpay.TransferSuccess},
		"refused":   {func(p pair) { p.bank.Confirm("T1", "ACCOUNT_FROZEN") }, wechatpay.TransferFail},
		"cancelled": {func(p pair) { _ = p.CancelTransfer(t.Context(), "T1") }, wechatpay.TransferCancelled},
		"forgotten": {func(p pair) { p.clock.Add(wechatpay.ConfirmFor) }, wechatpay.TransferCancelled},
	} {
		p := newPair(t)
		before := p.bank.Balance()
		got, err := p.Transfer(t.Context(), request)
		again, err2 := p.Transfer(t.Context(), request)
		if err != nil || err2 != nil || got.State != wechatpay.TransferWaiting || got.Package == "" || again != got {
			t.Fatalf("%s: %+v, again %+v, %v %v", name, got, again, err, err2)
		}
		tt.act(p)
		p.bank.Deliver(t.Context())
		n := <-p.inbox
		asked, err := p.QueryTransfer(t.Context(), "T1")
		if err != nil || n.Transfer == nil || n.Transfer.State != tt.want || asked.State != tt.want || asked.Amount != 12_34 {
			t.Errorf("%s: told %+v, asked %+v, %v", name, n.Transfer, asked, err)
		}
		moved := before - p.bank.Balance()
		if want := map[bool]domain.Fen{true: 12_34}[tt.want == wechatpay.TransferSuccess]; moved != want {
			t.Errorf("%s: %s left the merchant, want %s", name, moved, want)
		}
	}
	p := newPair(t)
	if _, err := p.Transfer(t.Context(), request); err != nil {
		t.Fatal(err)
	}
	other := request
	other.Amount++
	if _, err := p.Transfer(t.Context(), other); !errors.Is(err, wechatpay.ErrUsed) {
		t.Errorf("another amount under the same number: %v", err)
	}
}

func TestNoticesThatAreNotGenuineAreRefused(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.paid(t, "order-1", 100)
	n := p.bank.Notices()[0]
	receive := func(h http.Header, body []byte) error {
		_, err := p.Receive(t.Context(), h, body)
		if err != nil && (strings.Contains(err.Error(), "order-1") || strings.Contains(err.Error(), "o-an")) {
			t.Errorf("the error tells too much: %v", err)
		}
		return err
	}
	for _, fault := range []fake.PushFault{fake.BadSignature, fake.Stale, fake.Probe, fake.Malformed} {
		if err := receive(p.bank.Envelope(n, fault)); !errors.Is(err, wechatpay.ErrBadNotice) {
			t.Errorf("%s: %v", fault, err)
		}
	}
	header, body := p.bank.Envelope(n, "")
	if err := receive(header, body); err != nil {
		t.Fatalf("a good one: %v", err)
	}
	if err := receive(header, bytes.Replace(body, []byte("TRANSACTION"), []byte("TRANSACTIoN"), 1)); !errors.Is(err, wechatpay.ErrBadNotice) {
		t.Errorf("one changed letter: %v", err)
	}
	if err := receive(http.Header{}, body); !errors.Is(err, wechatpay.ErrBadNotice) {
		t.Errorf("no signature: %v", err)
	}
	for name, change := range map[string]func(fields map[string]any){
		"in dollars":       func(f map[string]any) { f["amount"] = map[string]any{"total": 100, "currency": "USD"} },
		"of no app":        func(f map[string]any) { delete(f, "appid") },
		"of no merchant":   func(f map[string]any) { delete(f, "mchid") },
		"with half a fen":  func(f map[string]any) { f["amount"] = map[string]any{"total": 0.5, "currency": "CNY"} },
		"with a huge sum":  func(f map[string]any) { f["amount"] = map[string]any{"total": 1e30, "currency": "CNY"} },
		"without a number": func(f map[string]any) { delete(f, "out_trade_no") },
	} {
		odd := n
		odd.Body = maps.Clone(n.Body)
		change(odd.Body)
		if err := receive(p.bank.Envelope(odd, "")); !errors.Is(err, wechatpay.ErrBadNotice) && !errors.Is(err, wechatpay.ErrWrongNotice) {
			t.Errorf("%s: %v", name, err)
		}
	}
	p.clock.Add(6 * time.Minute)
	if err := receive(header, body); !errors.Is(err, wechatpay.ErrBadNotice) {
		t.Errorf("the same six minutes later: %v", err)
	}
	// Genuine in every way, and of another merchant or another app.
	for name, change := range map[string]func(*adapter.Options, *fake.PayOptions){
		"merchant": func(a *adapter.Options, o *fake.PayOptions) { a.MchID, o.MchID = "1900000001", "1900000001" },
		"app":      func(a *adapter.Options, o *fake.PayOptions) { a.AppID, o.AppID = "wxother", "wxother" },
	} {
		stranger := newPair(t, change)
		stranger.clock.Set(p.clock.Now())
		stranger.paid(t, "order-1", 100)
		if err := receive(stranger.bank.Envelope(stranger.bank.Notices()[0], "")); !errors.Is(err, wechatpay.ErrWrongNotice) {
			t.Errorf("of another %s: %v", name, err)
		}
	}
}

func TestABillComesOverWhole(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.paid(t, "order-1", 199_00)
	if _, err := p.Refund(t.Context(), wechatpay.RefundRequest{Number: "r1", Trade: "order-1", Total: 199_00, Amount: 50_05, Reason: "退款"}); err != nil {
		t.Fatal(err)
	}
	p.clock.Set(time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)) // ten o'clock in China
	var trades, funds bytes.Buffer
	if err := errors.Join(p.TradeBill(t.Context(), "2026-03-01", &trades), p.FundBill(t.Context(), "2026-03-01", &funds)); err != nil {
		t.Fatal(err)
	}
	if s := trades.String(); !strings.Contains(s, "`order-1,") || !strings.Contains(s, "`r1,`50.05") || !strings.Contains(s, "`199.00") {
		t.Error(s)
	}
	if s := funds.String(); !strings.Contains(s, "`支出,`50.05") {
		t.Error(s)
	}
}

func TestACallThatIsGivenUpSaysSo(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Query(ctx, "order-1"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
