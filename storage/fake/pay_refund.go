package fake

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// What WeChat Pay allows: parts of one payment, and how long after it.
const (
	maxParts     = 50
	refundWithin = 365 * 24 * time.Hour
)

// serial makes a number as WeChat's own are: digits.
func serial(prefix string, at time.Time, n int) string {
	return fmt.Sprintf("%s%s%010d", prefix, at.In(china).Format("20060102150405"), n)
}

func (p *Pay) refund(c payCall) (any, *payError) {
	var req struct {
		Trade       string    `json:"out_trade_no"`
		Transaction string    `json:"transaction_id"`
		Number      string    `json:"out_refund_no"`
		Reason      string    `json:"reason"`
		NotifyURL   string    `json:"notify_url"`
		Amount      payAmount `json:"amount"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if !refundNumber.MatchString(req.Number) || req.Amount.Refund < 1 || req.Amount.Currency != "CNY" || len(req.Reason) > 80 {
		return nil, errParam
	}
	t, ok := p.trades[req.Trade]
	switch {
	case !ok:
		return nil, refusePay(404, "RESOURCE_NOT_EXISTS", "订单不存在")
	case t.PaidAt.IsZero():
		return nil, refusePay(400, "INVALID_REQUEST", "订单未支付")
	case req.Amount.Total != t.Amount:
		return nil, refusePay(400, "INVALID_REQUEST", "订单金额不一致")
	}
	if had, ok := p.refunds[req.Number]; ok {
		if had.Trade != req.Trade || had.Amount != req.Amount.Refund {
			return nil, refusePay(400, "INVALID_REQUEST", "同一退款单号的退款信息与之前不一致")
		}
		return p.refundAnswer(had), nil
	}
	switch {
	case t.Refunded+req.Amount.Refund > t.Amount:
		return nil, refusePay(400, "INVALID_REQUEST", "累计退款金额大于支付金额")
	case t.Parts >= maxParts:
		return nil, refusePay(400, "INVALID_REQUEST", "单笔订单最多退款 50 次")
	case p.now().Sub(t.PaidAt) > refundWithin:
		return nil, refusePay(400, "INVALID_REQUEST", "订单已超过可退款期限")
	case p.balance < req.Amount.Refund:
		return nil, refusePay(403, "NOT_ENOUGH", "基本账户余额不足")
	}
	r := PayRefund{
		Number: req.Number, ID: serial("5030", p.now(), len(p.refunds)), Trade: req.Trade, Amount: req.Amount.Refund,
		Reason: req.Reason, State: "PROCESSING", NotifyURL: req.NotifyURL, CreatedAt: p.now(),
	}
	back := *t
	back.State, back.Refunded, back.Parts = "REFUND", t.Refunded+r.Amount, t.Parts+1
	p.note(payFact{Trade: &back, Refund: &r})
	if !p.o.SlowRefunds && !c.held {
		p.settle(r, "SUCCESS")
	}
	answer := p.refundAnswer(p.refunds[r.Number])
	answer["status"] = "PROCESSING" // the answer to the request is always that it was taken
	return answer, nil
}

// settle ends a refund and tells the product, with the lock held.
func (p *Pay) settle(r PayRefund, state string) {
	r.State, r.DoneAt = state, p.now().Truncate(time.Second)
	p.note(payFact{Refund: &r})
	t := p.trades[r.Trade]
	body := object{
		"mchid": p.o.MchID, "out_trade_no": r.Trade, "transaction_id": t.Transaction, "out_refund_no": r.Number, "refund_id": r.ID,
		"refund_status": state, "user_received_account": "支付用户零钱",
		"amount": object{"total": t.Amount, "refund": r.Amount, "payer_total": t.Amount, "payer_refund": r.Amount},
	}
	if state == "SUCCESS" {
		body["success_time"] = stamp(r.DoneAt)
	}
	p.tell(PayNotice{Kind: "REFUND." + state, URL: r.NotifyURL, Body: body})
}

func (p *Pay) refundAnswer(r *PayRefund) object {
	t := p.trades[r.Trade]
	answer := object{
		"refund_id": r.ID, "out_refund_no": r.Number, "transaction_id": t.Transaction, "out_trade_no": r.Trade, "channel": "ORIGINAL",
		"user_received_account": "支付用户零钱", "create_time": stamp(r.CreatedAt), "status": r.State, "funds_account": "AVAILABLE",
		"amount": object{
			"total": t.Amount, "refund": r.Amount, "payer_total": t.Amount, "payer_refund": r.Amount, "settlement_refund": r.Amount,
			"settlement_total": t.Amount, "discount_refund": 0, "currency": "CNY",
		},
	}
	if r.State == "SUCCESS" {
		answer["success_time"] = stamp(r.DoneAt)
	}
	return answer
}

func (p *Pay) queryRefund(c payCall) (any, *payError) {
	r, ok := p.refunds[c.parts[0]]
	if !ok {
		return nil, refusePay(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
	}
	return p.refundAnswer(r), nil
}

// Settle decides a refund that waits: SUCCESS, CLOSED or ABNORMAL. An abnormal one can be decided again, as the
// merchant's staff do by hand. It tells why it cannot, and is "" when it could.
func (p *Pay) Settle(number, state string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	r, ok := p.refunds[number]
	switch {
	case !ok:
		return "没有这笔退款"
	case r.State != "PROCESSING" && r.State != "ABNORMAL":
		return "这笔退款已经结束"
	case !slices.Contains([]string{"SUCCESS", "CLOSED", "ABNORMAL"}, state):
		return "没有这种结果"
	}
	p.settle(*r, state)
	return ""
}

// Refunds lists all refunds, the oldest first.
func (p *Pay) Refunds() []PayRefund {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]PayRefund, 0, len(p.refunds))
	for _, r := range p.refunds {
		list = append(list, *r)
	}
	slices.SortFunc(list, func(a, b PayRefund) int { return strings.Compare(a.ID, b.ID) })
	return list
}
