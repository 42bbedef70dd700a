package fake

import (
	"regexp"
	"time"

	"yingdi/domain"
)

var (
	tradeNumber    = regexp.MustCompile(`^[0-9A-Za-z_\-|*]{6,32}$`)
	refundNumber   = regexp.MustCompile(`^[0-9A-Za-z_\-|*@]{1,64}$`)
	transferNumber = regexp.MustCompile(`^[0-9A-Za-z]{1,32}$`)
)

type payAmount struct {
	Total    domain.Fen `json:"total"`
	Refund   domain.Fen `json:"refund"`
	Currency string     `json:"currency"`
}

type payPerson struct {
	OpenID string `json:"openid"`
}

// prepayLives is how long a prepay handle can be used.
const prepayLives = 2 * time.Hour

func (p *Pay) prepay(c payCall) (any, *payError) {
	var req struct {
		AppID       string    `json:"appid"`
		MchID       string    `json:"mchid"`
		Description string    `json:"description"`
		Number      string    `json:"out_trade_no"`
		Expires     string    `json:"time_expire"`
		NotifyURL   string    `json:"notify_url"`
		Amount      payAmount `json:"amount"`
		Payer       payPerson `json:"payer"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	expires, err := time.Parse(time.RFC3339, req.Expires)
	switch {
	case req.AppID != p.o.AppID || req.MchID != p.o.MchID:
		return nil, refusePay(400, "APPID_MCHID_NOT_MATCH", "appid 和 mchid 不匹配")
	case !tradeNumber.MatchString(req.Number), req.Amount.Total < 1, req.Amount.Currency != "CNY", req.Description == "",
		len(req.Description) > 127, req.Payer.OpenID == "", req.NotifyURL == "", req.Expires != "" && err != nil:
		return nil, errParam
	case req.Expires != "" && !expires.After(p.now()):
		return nil, refusePay(400, "PARAM_ERROR", "订单失效时间早于当前时间")
	}
	asked := string(c.body)
	if had, ok := p.trades[req.Number]; ok {
		switch {
		case had.Asked != asked:
			return nil, refusePay(403, "OUT_TRADE_NO_USED", "商户订单号重复")
		case had.State == "SUCCESS" || had.State == "REFUND":
			return nil, refusePay(400, "ORDERPAID", "订单已支付")
		case p.over(had):
			return nil, refusePay(400, "ORDER_CLOSED", "订单已关闭")
		}
		return object{"prepay_id": had.Prepay}, nil
	}
	t := PayTrade{
		Number: req.Number, Prepay: "wx" + domain.Secret(), Description: req.Description, OpenID: req.Payer.OpenID,
		Amount: req.Amount.Total, State: "NOTPAY", NotifyURL: req.NotifyURL, Asked: asked, CreatedAt: p.now(), ExpiresAt: expires.UTC(),
	}
	if req.Expires == "" {
		t.ExpiresAt = t.CreatedAt.Add(prepayLives)
	}
	p.note(payFact{Trade: &t})
	return object{"prepay_id": t.Prepay}, nil
}

// over reports whether nobody can pay it any more.
func (p *Pay) over(t *PayTrade) bool {
	return t.State == "CLOSED" || t.State == "NOTPAY" && !p.now().Before(t.ExpiresAt)
}

func (p *Pay) queryTrade(c payCall) (any, *payError) {
	t, ok := p.trades[c.parts[0]]
	if c.query["mchid"] != p.o.MchID {
		return nil, errParam
	}
	if !ok {
		return nil, refusePay(404, "ORDER_NOT_EXIST", "订单不存在")
	}
	return p.tradeAnswer(t), nil
}

func (p *Pay) tradeAnswer(t *PayTrade) object {
	answer := object{
		"appid": p.o.AppID, "mchid": p.o.MchID, "out_trade_no": t.Number, "trade_state": t.State, "trade_type": "JSAPI",
		"trade_state_desc": tradeStates[t.State], "payer": object{"openid": t.OpenID},
		"amount": object{"total": t.Amount, "payer_total": t.Amount, "currency": "CNY", "payer_currency": "CNY"},
	}
	if t.Transaction != "" {
		answer["transaction_id"], answer["success_time"], answer["bank_type"] = t.Transaction, stamp(t.PaidAt), "OTHERS"
	}
	return answer
}

var tradeStates = map[string]string{"NOTPAY": "订单未支付", "SUCCESS": "支付成功", "REFUND": "转入退款", "CLOSED": "订单已关闭"}

func stamp(t time.Time) string { return t.In(china).Format(time.RFC3339) }

func (p *Pay) closeTrade(c payCall) (any, *payError) {
	t, ok := p.trades[c.parts[0]]
	switch {
	case !ok:
		return nil, refusePay(404, "ORDER_NOT_EXIST", "订单不存在")
	case !t.PaidAt.IsZero():
		return nil, refusePay(400, "ORDERPAID", "订单已支付")
	case t.State != "CLOSED":
		closed := *t
		closed.State = "CLOSED"
		p.note(payFact{Trade: &closed})
	}
	return nil, nil
}

// Pay is a person who pays what the product asked for. It tells why they cannot, and is "" when they could.
func (p *Pay) Pay(number string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	t, ok := p.trades[number]
	switch {
	case !ok:
		return "没有这笔支付"
	case !t.PaidAt.IsZero():
		return "已经支付"
	case p.over(t):
		return "这笔支付已经关闭或过期"
	}
	p.take(*t)
	return ""
}

// PayAnyway is a person whose money WeChat takes though the payment is over, because they were quicker than the close;
// or, if an amount is given, takes in another amount than was asked for. It tells why it cannot, and is "" when it could.
func (p *Pay) PayAnyway(number string, amount domain.Fen) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	t, ok := p.trades[number]
	switch {
	case !ok:
		return "没有这笔支付"
	case !t.PaidAt.IsZero():
		return "已经支付"
	}
	paid := *t
	if amount > 0 {
		paid.Amount = amount
	}
	p.take(paid)
	return ""
}

// Shut closes a payment at WeChat without the product having asked for it, as a person can on the merchant's own page.
func (p *Pay) Shut(number string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	t, ok := p.trades[number]
	if !ok || t.State != "NOTPAY" {
		return "这笔支付不能关闭"
	}
	closed := *t
	closed.State = "CLOSED"
	p.note(payFact{Trade: &closed})
	return ""
}

// take moves the money of a payment and tells the product, with the lock held.
func (p *Pay) take(paid PayTrade) {
	paid.State, paid.Transaction, paid.PaidAt = "SUCCESS", serial("4200", p.now(), len(p.order)), p.now().Truncate(time.Second)
	p.note(payFact{Trade: &paid})
	p.tell(PayNotice{Kind: "TRANSACTION.SUCCESS", URL: paid.NotifyURL, Body: p.tradeAnswer(&paid)})
}

// Trades lists all payments, the oldest first.
func (p *Pay) Trades() []PayTrade {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]PayTrade, len(p.order))
	for i, number := range p.order {
		list[i] = *p.trades[number]
	}
	return list
}

// Balance is what the merchant has.
func (p *Pay) Balance() domain.Fen {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.balance
}
