package wechatpay

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"

	"yingdi/domain"
	"yingdi/domain/wechatpay"
)

// Bills reads what a bill says, line by line, whoever kept the file.
type Bills struct{}

// maxLine bounds a line of a bill in bytes.
const maxLine = 64 << 10

// ReadTradeBill walks through a trade bill. It ends with an error if a line cannot be read, or if there are not as
// many of them as the bill says.
func (Bills) ReadTradeBill(file io.Reader) iter.Seq2[wechatpay.BillLine, error] {
	return read("trade bill", table{lines: scan(file), first: "交易时间", totals: "总交易单数"}, cells.trade)
}

// ReadFundBill walks through a fund bill, as ReadTradeBill does.
func (Bills) ReadFundBill(file io.Reader) iter.Seq2[wechatpay.FundLine, error] {
	return read("fund bill", table{lines: scan(file), first: "记账时间", totals: "资金流水总笔数"}, cells.fund)
}

func read[L any](name string, t table, parse func(c cells, n int) (L, error)) iter.Seq2[L, error] {
	return func(yield func(L, error) bool) {
		n := 0
		stopped, err := t.each(func(c cells) (bool, error) {
			n++
			line, err := parse(c, n)
			if err != nil {
				return false, err
			}
			return yield(line, nil), nil
		})
		if stopped {
			return
		}
		if err == nil {
			err = t.agree(n)
		}
		if err != nil {
			var none L
			yield(none, fmt.Errorf("%s: %w", name, err))
		}
	}
}

func scan(file io.Reader) *bufio.Scanner {
	s := bufio.NewScanner(file)
	s.Buffer(make([]byte, 0, 4096), maxLine)
	return s
}

// table is a bill: a row that names the columns, rows whose cells each begin with a backtick, a row that names the totals,
// and the totals.
type table struct {
	lines         *bufio.Scanner
	first, totals string // how the two heads begin
	sums          cells
}

// cells of a row, by the names of their columns.
type cells struct {
	where  map[string]int
	values []string
	fault  *error
}

func columns(head string) map[string]int {
	where := map[string]int{}
	for i, name := range strings.Split(strings.TrimPrefix(head, "\ufeff"), ",") {
		where[strings.TrimSpace(name)] = i
	}
	return where
}

func values(row string) []string {
	list := strings.Split(strings.TrimPrefix(strings.TrimRight(row, "\r"), "`"), ",`")
	for i, v := range list {
		list[i] = strings.TrimSpace(v)
	}
	return list
}

// each hands on the rows; stopped says that whoever reads has had enough.
func (t *table) each(row func(cells) (more bool, err error)) (stopped bool, err error) {
	if !t.lines.Scan() {
		return false, t.broken("it is empty")
	}
	head := columns(strings.TrimRight(t.lines.Text(), "\r"))
	if _, ok := head[t.first]; !ok {
		return false, t.broken("it has no head")
	}
	for t.lines.Scan() {
		text := strings.TrimRight(t.lines.Text(), "\r")
		if strings.HasPrefix(text, t.totals) {
			where := columns(text)
			if !t.lines.Scan() {
				return false, t.broken("it has no totals")
			}
			t.sums = cells{where: where, values: values(t.lines.Text())}
			return false, t.lines.Err()
		}
		if text == "" {
			continue
		}
		var fault error
		more, err := row(cells{head, values(text), &fault})
		if err != nil || !more {
			return !more && err == nil, err
		}
	}
	return false, t.broken("it ends without totals")
}

func (t *table) broken(why string) error {
	if err := t.lines.Err(); err != nil {
		return err
	}
	return fmt.Errorf("%s: %w", why, domain.ErrInvalid)
}

// agree holds the number of lines against the one that stands below them. The sums there depend on vouchers and fees; the
// file's hash vouches for them.
func (t *table) agree(lines int) error {
	var fault error
	t.sums.fault = &fault
	if said := t.sums.text(t.totals); said != strconv.Itoa(lines) {
		return fmt.Errorf("it has %d lines and says %q: %w", lines, said, domain.ErrInvalid)
	}
	return fault
}

func (c cells) fail(name string) {
	if *c.fault == nil {
		*c.fault = fmt.Errorf("column %s cannot be read: %w", name, domain.ErrInvalid)
	}
}

func (c cells) text(name string) string {
	i, ok := c.where[name]
	if !ok || i >= len(c.values) {
		c.fail(name)
		return ""
	}
	return c.values[i]
}

func (c cells) fen(name string) domain.Fen {
	f, err := domain.ParseYuan(c.text(name))
	if err != nil {
		c.fail(name)
	}
	return f
}

func (c cells) at(name string) time.Time {
	t, err := time.ParseInLocation(time.DateTime, c.text(name), china)
	if err != nil {
		c.fail(name)
	}
	return t.UTC()
}

func (c cells) trade(n int) (wechatpay.BillLine, error) {
	line := wechatpay.BillLine{
		N: n, At: c.at("交易时间"), App: c.text("公众账号ID"), Trade: c.text("商户订单号"), Transaction: c.text("微信订单号"),
		State: c.text("交易状态"), Amount: c.fen("应结订单金额"), Refunded: c.fen("退款金额"), RefundState: c.text("退款状态"),
	}
	if refund := c.text("商户退款单号"); refund != "0" {
		line.Refund = refund
	}
	if *c.fault != nil {
		return line, fmt.Errorf("line %d: %w", n, *c.fault)
	}
	return line, nil
}

func (c cells) fund(n int) (wechatpay.FundLine, error) {
	line := wechatpay.FundLine{
		N: n, At: c.at("记账时间"), Name: c.text("业务名称"), In: c.text("收支类型") == "收入", Amount: c.fen("收支金额(元)"), Voucher: c.text("业务凭证号"),
	}
	if *c.fault != nil {
		return line, fmt.Errorf("line %d: %w", n, *c.fault)
	}
	return line, nil
}
