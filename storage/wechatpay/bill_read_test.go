package wechatpay_test

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/wechatpay"
	"yingdi/storage/fake"
	adapter "yingdi/storage/wechatpay"
)

// billed are the texts of the two bills of a day with a payment of ¥199 and a refund of ¥50.05 of it.
func billed(t *testing.T) (p pair, trade, fund string) {
	t.Helper()
	p = newPair(t)
	p.paid(t, "order-1", 199_00)
	if _, err := p.Refund(t.Context(), wechatpay.RefundRequest{Number: "r1", Trade: "order-1", Total: 199_00, Amount: 50_05, Reason: "退款"}); err != nil {
		t.Fatal(err)
	}
	p.clock.Set(time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)) // ten o'clock in China
	read := func(kind wechatpay.BillKind) string {
		file, err := p.FetchBill(t.Context(), kind, "2026-03-01")
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(file)
		if err != nil || int64(len(raw)) != file.Size || len(file.SHA256) != 64 {
			t.Fatalf("%d bytes of %d, %q, %v", len(raw), file.Size, file.SHA256, err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	return p, read(wechatpay.TradeBill), read(wechatpay.FundBill)
}

func TestABillIsReadLineByLine(t *testing.T) {
	t.Parallel()
	_, trade, fund := billed(t)
	var got []wechatpay.BillLine
	for line, err := range (adapter.Bills{}).ReadTradeBill(strings.NewReader(trade)) {
		if err != nil {
			t.Fatal(err)
		}
		line.Transaction = ""
		got = append(got, line)
	}
	at := time.Date(2026, 3, 1, 1, 0, 0, 0, time.UTC)
	want := []wechatpay.BillLine{
		{N: 1, At: at, App: fake.AppID, Trade: "order-1", State: "SUCCESS", Amount: 199_00},
		{N: 2, At: at, App: fake.AppID, Trade: "order-1", State: "REFUND", Refund: "r1", Refunded: 50_05, RefundState: "SUCCESS"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var moved []wechatpay.FundLine
	for line, err := range (adapter.Bills{}).ReadFundBill(strings.NewReader(fund)) {
		if err != nil {
			t.Fatal(err)
		}
		moved = append(moved, line)
	}
	if diff := cmp.Diff([]wechatpay.FundLine{
		{N: 1, At: at, Name: "交易", In: true, Amount: 199_00, Voucher: "order-1"}, {N: 2, At: at, Name: "退款", Amount: 50_05, Voucher: "r1"},
	}, moved); diff != "" {
		t.Error(diff)
	}
}

func TestABillThatWasAlteredOrCutIsRefused(t *testing.T) {
	t.Parallel()
	_, trade, fund := billed(t)
	lines := strings.SplitAfter(trade, "\r\n")
	for name, text := range map[string]string{
		"empty":               "",
		"a line less":         lines[0] + strings.Join(lines[2:], ""),
		"cut in the middle":   trade[:len(trade)/2],
		"cut before the sums": strings.Join(lines[:3], ""),
		"no number":           strings.Replace(trade, "`199.00", "`1e9", 1),
		"no date":             strings.Replace(trade, "`2026-03-01", "`2026-13-01", 1),
		"no head":             strings.Join(lines[1:], ""),
		"the other bill":      fund,
	} {
		var fault error
		for _, err := range (adapter.Bills{}).ReadTradeBill(strings.NewReader(text)) {
			fault = errors.Join(fault, err)
		}
		if !errors.Is(fault, domain.ErrInvalid) {
			t.Errorf("%s: %v", name, fault)
		}
	}
}

func TestABillThatIsNotThereLeavesNoFile(t *testing.T) {
	p := newPair(t)
	t.Setenv("TMPDIR", t.TempDir())
	if _, err := p.FetchBill(t.Context(), wechatpay.TradeBill, "2026-03-01"); !errors.Is(err, wechatpay.ErrBillLater) {
		t.Error(err)
	}
	p.clock.Set(time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC))
	if _, err := p.FetchBill(t.Context(), wechatpay.FundBill, "2026-03-01"); !errors.Is(err, wechatpay.ErrNoBill) {
		t.Error(err)
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
		t.Errorf("%d files are left, %v", len(left), err)
	}
}
