package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/bill"
	"yingdi/domain/order"
	"yingdi/domain/wechatpay"
)

// printed are bills that lie in files, by their kinds.
type printed map[wechatpay.BillKind]string

func (p printed) FetchBill(_ context.Context, kind wechatpay.BillKind, _ domain.Day) (wechatpay.BillFile, error) {
	raw, err := os.ReadFile(p[kind])
	if err != nil {
		return wechatpay.BillFile{}, err
	}
	file, err := os.Open(p[kind])
	sum := sha256.Sum256(raw)
	return wechatpay.BillFile{ReadSeekCloser: file, Size: int64(len(raw)), SHA256: hex.EncodeToString(sum[:])}, err
}

// BenchmarkBill reconciles a day of 100,000 payments, each of which is marked on its order: SQLite. MB/peak is the most
// that was in use of the heap, over what it held before.
func BenchmarkBill(b *testing.B) {
	const lines = 100_000
	app := newBundle(b)
	at := app.services.Bills.Orders.(bill.Orders).Store.(interface {
		Insert(context.Context, order.Order) error
	})
	paid := time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC)
	promise := order.Promise{Title: "名额", Lines: []order.Line{{Kind: order.LinePrice, Text: "名额", Amount: 199_00}}}
	parallel(b, lines, func(ctx context.Context, i int) error {
		o := order.Place(fmt.Sprintf("o%06d", i), "org", "camp", fmt.Sprint("m", i), promise, order.JSAPI, paid.Add(-time.Minute))
		if err := o.Try(paid.Add(-time.Minute)); err != nil {
			return err
		}
		if err := o.Seen(wechatpay.Trade{Number: o.Attempts[0].Number, State: wechatpay.TradeSuccess, Amount: 199_00, PaidAt: paid}, paid); err != nil {
			return err
		}
		o.Outbox = nil
		return at.Insert(ctx, o)
	})
	file, err := os.Create(filepath.Join(b.TempDir(), "bill.csv"))
	if err != nil {
		b.Fatal(err)
	}
	fmt.Fprint(file, "\ufeff交易时间,公众账号ID,微信订单号,商户订单号,交易状态,应结订单金额,商户退款单号,退款金额,退款状态\r\n")
	for i := range lines {
		fmt.Fprintf(file, "`2026-03-01 12:00:00,`%s,`42000%08d,`o%06d-1,`SUCCESS,`199.00,`0,`0.00,`\r\n", app.config.WeChat.AppID, i, i)
	}
	fmt.Fprintf(file, "总交易单数\r\n`%d\r\n", lines)
	if err := file.Close(); err != nil {
		b.Fatal(err)
	}
	funds := filepath.Join(b.TempDir(), "funds.csv")
	if err := os.WriteFile(funds, []byte("\ufeff记账时间,业务名称\r\n资金流水总笔数\r\n`0\r\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	app.services.Bills.Pay = printed{wechatpay.TradeBill: file.Name(), wechatpay.FundBill: funds}
	system := domain.WithActor(b.Context(), domain.SystemActor)
	app.clock.Set(time.Date(2026, 3, 2, 2, 1, 0, 0, time.UTC))
	var peak uint64
	for b.Loop() {
		stop := watchHeap(&peak)
		err := app.services.Bills.Work(system)
		stop()
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(peak)/(1<<20), "MB/peak")
	days, _, err := app.services.Bills.History(system, domain.Page{})
	if err != nil || len(days) != 1 || days[0].State != bill.Matched || days[0].Tally.Lines != lines {
		b.Fatalf("%+v, %v", days, err)
	}
	if open, _, err := app.services.Bills.Open(system, domain.Page{}); err != nil || len(open) > 0 {
		b.Fatalf("%+v, %v", open, err)
	}
}
