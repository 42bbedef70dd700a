package wechatpay

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"yingdi/domain"
	"yingdi/domain/wechatpay"
)

type report struct {
	Kind string `json:"info_type"`
	Text string `json:"info_content"`
}

type transferRequest struct {
	AppID     string     `json:"appid"`
	Number    string     `json:"out_bill_no"`
	Scene     string     `json:"transfer_scene_id"`
	OpenID    string     `json:"openid"`
	Amount    domain.Fen `json:"transfer_amount"`
	Remark    string     `json:"transfer_remark"`
	NotifyURL string     `json:"notify_url"`
	Reports   []report   `json:"transfer_scene_report_infos"`
}

// transfer is one in WeChat's words.
type transfer struct {
	MchID   string     `json:"mch_id"` // of a query's answer and of a notification
	Number  string     `json:"out_bill_no"`
	Bill    string     `json:"transfer_bill_no"`
	State   string     `json:"state"`
	Package string     `json:"package_info"`
	Reason  string     `json:"fail_reason"`
	Amount  domain.Fen `json:"transfer_amount"`
	At      time.Time  `json:"update_time"`
}

func (t transfer) plain() wechatpay.Transfer {
	return wechatpay.Transfer{
		Number: t.Number, Bill: t.Bill, State: wechatpay.TransferState(t.State), Package: t.Package, Reason: t.Reason,
		Amount: t.Amount, At: t.At.UTC(),
	}
}

const transfers = "/v3/fund-app/mch-transfer/transfer-bills"

// Transfer offers money to a person's balance, who must confirm it. After any failure ask first, by the same number.
func (c *Client) Transfer(ctx context.Context, r wechatpay.TransferRequest) (wechatpay.Transfer, error) {
	var answer transfer
	err := c.call(ctx, "transfer", http.MethodPost, transfers, transferRequest{
		AppID: c.o.AppID, Number: r.Number, Scene: c.o.Scene, OpenID: r.OpenID, Amount: r.Amount,
		Remark: cut(r.Remark, 32), NotifyURL: c.o.NotifyURL,
		Reports: []report{{"活动名称", r.Title}, {"奖励说明", r.Reason}},
	}, &answer)
	answer.Amount = r.Amount // the answer to the request does not repeat it
	return offered(answer, r.Number, err)
}

// QueryTransfer asks how a transfer stands. Returns ErrUnknown if WeChat was never asked for it.
func (c *Client) QueryTransfer(ctx context.Context, number string) (wechatpay.Transfer, error) {
	var answer transfer
	err := c.call(ctx, "query transfer", http.MethodGet, transfers+"/out-bill-no/"+url.PathEscape(number), nil, &answer)
	return offered(answer, number, err)
}

// CancelTransfer takes an offer back that nobody has confirmed; what became of it, QueryTransfer tells.
func (c *Client) CancelTransfer(ctx context.Context, number string) error {
	return c.call(ctx, "cancel transfer", http.MethodPost, transfers+"/out-bill-no/"+url.PathEscape(number)+"/cancel", nil, nil)
}

// Confirmation is what lets the person take what a package offers.
func (c *Client) Confirmation(pack string) wechatpay.Confirmation {
	return wechatpay.Confirmation{MchID: c.o.MchID, AppID: c.o.AppID, Package: pack}
}

func offered(t transfer, number string, err error) (wechatpay.Transfer, error) {
	switch {
	case err != nil:
		return wechatpay.Transfer{}, err
	case t.Number != number:
		return wechatpay.Transfer{}, fmt.Errorf("wechatpay transfer: the answer is about another transfer: %w", errUnclear)
	}
	return t.plain(), nil
}
