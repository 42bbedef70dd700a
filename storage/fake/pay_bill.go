package fake

import (
	"crypto/sha1" // as WeChat Pay hashes its bills
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"yingdi/domain"
)

// The headers of the bills, as WeChat Pay writes them.
const (
	tradeHeader = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
	tradeTotals = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
	fundHeader  = "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号"
	fundTotals  = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额"
)

// billsFrom is the hour of the next day from which on a day's bill is there.
const billsFrom = 10

func (p *Pay) makeBill(c payCall) (any, *payError) {
	day, err := time.ParseInLocation("2006-01-02", c.query["bill_date"], china)
	switch {
	case err != nil:
		return nil, errParam
	case p.now().Before(day.AddDate(0, 0, 1).Add(billsFrom * time.Hour)):
		return nil, refusePay(400, "STATEMENT_CREATING", "账单生成中")
	}
	within := func(t time.Time) bool { return !t.Before(day) && t.Before(day.AddDate(0, 0, 1)) }
	var file string
	var any bool
	if c.parts[0] == "tradebill" {
		file, any = p.tradeBill(within)
	} else {
		file, any = p.fundBill(within)
	}
	if !any {
		return nil, refusePay(400, "NO_STATEMENT_EXIST", "账单不存在")
	}
	token, hash := domain.Secret(), sha1.Sum([]byte(file))
	p.files[token] = []byte(file)
	return object{
		"hash_type": "SHA1", "hash_value": hex.EncodeToString(hash[:]),
		"download_url": "https://api.mch.weixin.qq.com/v3/billdownload/file?token=" + token,
	}, nil
}

// yuan writes fen as the bills do.
func yuan(f domain.Fen) string { return fmt.Sprintf("%d.%02d", f/100, f%100) }

// row writes a line of a bill: each value behind a backtick, so that spreadsheets keep long numbers.
func row(values ...string) string { return "`" + strings.Join(values, ",`") + "\r\n" }

type billRow struct {
	at   time.Time
	text string
}

func join(rows []billRow) string {
	slices.SortStableFunc(rows, func(a, b billRow) int { return a.at.Compare(b.at) })
	var s strings.Builder
	for _, r := range rows {
		s.WriteString(r.text)
	}
	return s.String()
}

func (p *Pay) tradeBill(within func(time.Time) bool) (file string, any bool) {
	var rows []billRow
	var paid, back domain.Fen
	for _, number := range p.order {
		if t := p.trades[number]; within(t.PaidAt) {
			paid += t.Amount
			rows = append(rows, billRow{t.PaidAt, p.tradeRow(t, t.PaidAt, "SUCCESS", nil)})
		}
	}
	for _, r := range p.refunds {
		if r.State == "SUCCESS" && within(r.DoneAt) {
			back += r.Amount
			rows = append(rows, billRow{r.DoneAt, p.tradeRow(p.trades[r.Trade], r.DoneAt, "REFUND", r)})
		}
	}
	total := row(fmt.Sprint(len(rows)), yuan(paid), yuan(back), "0.00", "0.00000", yuan(paid), yuan(back))
	return "\ufeff" + tradeHeader + "\r\n" + join(rows) + tradeTotals + "\r\n" + total, len(rows) > 0
}

func (p *Pay) tradeRow(t *PayTrade, at time.Time, state string, r *PayRefund) string {
	settled, refund := yuan(t.Amount), []string{"0", "0", "0.00", "0.00", "", "", "0.00"}
	if r != nil {
		settled, refund = "0.00", []string{r.ID, r.Number, yuan(r.Amount), "0.00", "ORIGINAL", "SUCCESS", yuan(r.Amount)}
	}
	ordered := yuan(t.Amount)
	if r != nil {
		ordered = "0.00"
	}
	return row(at.In(china).Format(time.DateTime), p.o.AppID, p.o.MchID, "0", "", t.Transaction, t.Number, t.OpenID, "JSAPI", state, "OTHERS", "CNY",
		settled, "0.00", refund[0], refund[1], refund[2], refund[3], refund[4], refund[5], t.Description, "", "0.00000", "0.60%",
		ordered, refund[6], "")
}

func (p *Pay) fundBill(within func(time.Time) bool) (file string, any bool) {
	var rows []billRow
	var in, out domain.Fen
	var ins, outs int
	add := func(at time.Time, id, voucher, name string, amount domain.Fen, income bool) {
		if !within(at) {
			return
		}
		kind := "支出"
		if income {
			kind, in, ins = "收入", in+amount, ins+1
		} else {
			out, outs = out+amount, outs+1
		}
		rows = append(rows, billRow{at, row(at.In(china).Format(time.DateTime), id, id, name, name, kind, yuan(amount), "0.00", "system", "", voucher)})
	}
	for _, number := range p.order {
		t := p.trades[number]
		add(t.PaidAt, t.Transaction, t.Number, "交易", t.Amount, true)
	}
	for _, r := range p.refunds {
		add(r.CreatedAt, r.ID, r.Number, "退款", r.Amount, false)
	}
	for _, t := range p.transfers {
		if t.State == "SUCCESS" {
			add(t.DoneAt, t.Bill, t.Number, "商家转账", t.Amount, false)
		}
	}
	total := row(fmt.Sprint(len(rows)), fmt.Sprint(ins), yuan(in), fmt.Sprint(outs), yuan(out))
	return "\ufeff" + fundHeader + "\r\n" + join(rows) + fundTotals + "\r\n" + total, len(rows) > 0
}
