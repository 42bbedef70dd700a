package fake

import (
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yingdi/domain"
)

const (
	leastTransfer = 10
	namedTransfer = 2000_00 // from here on the person's name is needed
	confirmWithin = 24 * time.Hour
	knownFor      = 30 * 24 * time.Hour // by a query
)

func (p *Pay) transfer(c payCall) (any, *payError) {
	var req struct {
		AppID     string     `json:"appid"`
		Number    string     `json:"out_bill_no"`
		Scene     string     `json:"transfer_scene_id"`
		OpenID    string     `json:"openid"`
		Name      string     `json:"user_name"`
		Amount    domain.Fen `json:"transfer_amount"`
		Remark    string     `json:"transfer_remark"`
		NotifyURL string     `json:"notify_url"`
		Reports   []struct {
			Kind string `json:"info_type"`
			Text string `json:"info_content"`
		} `json:"transfer_scene_report_infos"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	kinds := make([]string, len(req.Reports))
	for i, r := range req.Reports {
		kinds[i] = r.Kind
	}
	slices.Sort(kinds)
	switch {
	case req.AppID != p.o.AppID:
		return nil, refusePay(400, "APPID_MCHID_NOT_MATCH", "appid 和 mchid 不匹配")
	case !transferNumber.MatchString(req.Number), req.Amount < leastTransfer, req.OpenID == "", req.Remark == "", utf8.RuneCountInString(req.Remark) > 32:
		return nil, errParam
	case req.Amount >= namedTransfer && req.Name == "":
		return nil, refusePay(400, "PARAM_ERROR", "金额达到 2000 元时需要收款人姓名")
	case req.Scene != "1000" || !slices.Equal(kinds, []string{"奖励说明", "活动名称"}):
		return nil, refusePay(400, "PARAM_ERROR", "转账场景报备信息不正确")
	}
	if had, ok := p.transfers[req.Number]; ok {
		if had.Asked != string(c.body) {
			return nil, refusePay(400, "ALREADY_EXISTS", "商户单号已存在，且信息不一致")
		}
		return p.transferTaken(p.goOn(had)), nil
	}
	if p.balance < req.Amount {
		return nil, refusePay(403, "NOT_ENOUGH", "运营账户余额不足")
	}
	t := PayTransfer{
		Number: req.Number, Bill: serial("1330", p.now(), len(p.transfers)), OpenID: req.OpenID, Amount: req.Amount, Remark: req.Remark,
		State: "WAIT_USER_CONFIRM", Slow: p.o.SlowTransfers || c.held, NotifyURL: req.NotifyURL, Asked: string(c.body), CreatedAt: p.now(),
	}
	if t.Slow {
		t.State = "ACCEPTED"
	}
	p.note(payFact{Transfer: &t})
	return p.transferTaken(&t), nil
}

// goOn is what the same request once more does to a slow transfer, with the lock held.
func (p *Pay) goOn(had *PayTransfer) *PayTransfer {
	next, ok := map[string]string{"ACCEPTED": "PROCESSING", "PROCESSING": "WAIT_USER_CONFIRM"}[had.State]
	if !ok {
		return had
	}
	t := *had
	t.State = next
	p.note(payFact{Transfer: &t})
	return &t
}

func (p *Pay) transferTaken(t *PayTransfer) object {
	answer := object{"out_bill_no": t.Number, "transfer_bill_no": t.Bill, "create_time": stamp(t.CreatedAt), "state": t.State}
	if t.State == "WAIT_USER_CONFIRM" {
		answer["package_info"] = "affffddafdfafddffda==" + t.Bill
	}
	return answer
}

func (p *Pay) transferAnswer(t *PayTransfer) object {
	updated := t.CreatedAt
	if !t.DoneAt.IsZero() {
		updated = t.DoneAt
	}
	answer := object{
		"mch_id": p.o.MchID, "appid": p.o.AppID, "out_bill_no": t.Number, "transfer_bill_no": t.Bill, "state": t.State,
		"transfer_amount": t.Amount, "transfer_remark": t.Remark, "openid": t.OpenID, "create_time": stamp(t.CreatedAt),
		"update_time": stamp(updated),
	}
	if t.Reason != "" {
		answer["fail_reason"] = t.Reason
	}
	return answer
}

func (p *Pay) queryTransfer(c payCall) (any, *payError) {
	p.expire()
	t, ok := p.transfers[c.parts[0]]
	if !ok || p.now().Sub(t.CreatedAt) > knownFor {
		return nil, refusePay(404, "NOT_FOUND", "记录不存在")
	}
	answer := p.transferAnswer(t) // without a package: that is told to who asks for the transfer again
	switch t.State {
	case "CANCELING":
		p.endTransfer(*t, "CANCELLED", "")
	case "TRANSFERING":
		p.endTransfer(*t, "SUCCESS", "")
	}
	return answer, nil
}

func (p *Pay) cancelTransfer(c payCall) (any, *payError) {
	t, ok := p.transfers[c.parts[0]]
	switch {
	case !ok:
		return nil, refusePay(404, "NOT_FOUND", "记录不存在")
	case t.State == "SUCCESS", t.State == "FAIL", t.State == "TRANSFERING":
		return nil, refusePay(400, "INVALID_REQUEST", "当前状态不能撤销")
	case t.State == "CANCELING", t.State == "CANCELLED":
	case t.Slow:
		next := *t
		next.State = "CANCELING"
		p.note(payFact{Transfer: &next})
	default:
		p.endTransfer(*t, "CANCELLED", "")
	}
	t = p.transfers[c.parts[0]]
	return object{"out_bill_no": t.Number, "transfer_bill_no": t.Bill, "state": t.State, "update_time": stamp(p.now())}, nil
}

// endTransfer brings a transfer to its end and tells the product, with the lock held.
func (p *Pay) endTransfer(t PayTransfer, state, reason string) {
	t.State, t.Reason, t.DoneAt = state, reason, p.now().Truncate(time.Second)
	p.note(payFact{Transfer: &t})
	p.tell(PayNotice{Kind: "MCHTRANSFER.BILL.FINISHED", URL: t.NotifyURL, Body: p.transferAnswer(&t)})
}

// expire closes the transfers that nobody has confirmed in time, with the lock held.
func (p *Pay) expire() {
	for _, number := range slices.Sorted(maps.Keys(p.transfers)) {
		if t := p.transfers[number]; t.State == "WAIT_USER_CONFIRM" && p.now().Sub(t.CreatedAt) >= confirmWithin {
			p.endTransfer(*t, "CANCELLED", overdue)
		}
	}
}

// overdue is the reason of a transfer that nobody confirmed in time.
const overdue = "OVERDUE_CLOSE"

// Lapse is a person who lets the money that is offered go by, as if their time were over. It tells why they cannot, and
// is "" when they could.
func (p *Pay) Lapse(number string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expire()
	t, ok := p.transfers[number]
	switch {
	case !ok:
		return "没有这笔转账"
	case t.State != "WAIT_USER_CONFIRM":
		return "这笔转账已经结束"
	}
	p.endTransfer(*t, "CANCELLED", overdue)
	return ""
}

// Confirm is a person who takes the money that is offered, or whom WeChat will not give it, for a reason such as
// ACCOUNT_FROZEN. It tells why they cannot, and is "" when they could.
func (p *Pay) Confirm(number, refused string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expire()
	t, ok := p.transfers[number]
	switch {
	case !ok:
		return "没有这笔转账"
	case t.State != "WAIT_USER_CONFIRM":
		return "这笔转账已经结束"
	case refused != "":
		p.endTransfer(*t, "FAIL", refused)
	case t.Slow:
		next := *t
		next.State = "TRANSFERING"
		p.note(payFact{Transfer: &next})
	default:
		p.endTransfer(*t, "SUCCESS", "")
	}
	return ""
}

// Transfers lists all transfers, the oldest first.
func (p *Pay) Transfers() []PayTransfer {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expire()
	list := make([]PayTransfer, 0, len(p.transfers))
	for _, t := range p.transfers {
		list = append(list, *t)
	}
	slices.SortFunc(list, func(a, b PayTransfer) int { return strings.Compare(a.Bill, b.Bill) })
	return list
}
