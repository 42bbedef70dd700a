package wechatpay

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"yingdi/domain"
	"yingdi/domain/wechatpay"
)

// china is the zone in which WeChat Pay writes its times.
var china = time.FixedZone("UTC+8", 8*60*60)

type amount struct {
	Total    domain.Fen `json:"total"`
	Currency string     `json:"currency,omitempty"`
}

type payer struct {
	OpenID string `json:"openid"`
}

type prepay struct {
	AppID       string `json:"appid"`
	MchID       string `json:"mchid"`
	Description string `json:"description"`
	Number      string `json:"out_trade_no"`
	Expires     string `json:"time_expire"`
	NotifyURL   string `json:"notify_url"`
	Amount      amount `json:"amount"`
	Payer       payer  `json:"payer"`
}

// Prepay lets WeChat wait for a payment and returns its handle.
func (c *Client) Prepay(ctx context.Context, p wechatpay.Prepay) (string, error) {
	var answer struct {
		ID string `json:"prepay_id"`
	}
	err := c.call(ctx, "prepay", http.MethodPost, "/v3/pay/transactions/jsapi", prepay{
		AppID: c.o.AppID, MchID: c.o.MchID, Description: cut(p.Description, 127), Number: p.Number,
		Expires: p.ExpiresAt.In(china).Format(time.RFC3339), NotifyURL: c.o.NotifyURL,
		Amount: amount{p.Amount, "CNY"}, Payer: payer{p.OpenID},
	}, &answer)
	if err == nil && answer.ID == "" {
		err = fmt.Errorf("wechatpay prepay: no handle in the answer: %w", errUnclear)
	}
	return answer.ID, err
}

// cut bounds a text that WeChat bounds in bytes of UTF-8, at a character.
func cut(s string, max int) string {
	for i, r := range s {
		if i+len(string(r)) > max {
			return s[:i]
		}
	}
	return s
}

// Params signs what the mini-program hands to wx.requestPayment.
func (c *Client) Params(handle string) (wechatpay.Params, error) {
	p := wechatpay.Params{
		TimeStamp: strconv.FormatInt(c.o.Clock.Now().Unix(), 10), NonceStr: domain.Secret(), Package: "prepay_id=" + handle, SignType: "RSA",
	}
	signature, err := c.signed.Sign(context.Background(), c.o.AppID+"\n"+p.TimeStamp+"\n"+p.NonceStr+"\n"+p.Package+"\n")
	if err != nil {
		return p, fmt.Errorf("wechatpay params: %w", wechatpay.ErrSetup)
	}
	p.PaySign = signature.Signature
	return p, nil
}

// trade is a payment in WeChat's words, in answers and notifications alike.
type trade struct {
	AppID       string    `json:"appid"`
	MchID       string    `json:"mchid"`
	Number      string    `json:"out_trade_no"`
	Transaction string    `json:"transaction_id"`
	State       string    `json:"trade_state"`
	PaidAt      time.Time `json:"success_time"`
	Payer       payer     `json:"payer"`
	Amount      amount    `json:"amount"`
}

func (t trade) plain() wechatpay.Trade {
	return wechatpay.Trade{
		Number: t.Number, Transaction: t.Transaction, State: wechatpay.TradeState(t.State), Amount: t.Amount.Total,
		Payer: t.Payer.OpenID, PaidAt: t.PaidAt.UTC(),
	}
}

// Query asks how a payment stands. Returns ErrUnknown if WeChat was never asked for it.
func (c *Client) Query(ctx context.Context, number string) (wechatpay.Trade, error) {
	var t trade
	path := "/v3/pay/transactions/out-trade-no/" + url.PathEscape(number) + "?mchid=" + url.QueryEscape(c.o.MchID)
	if err := c.call(ctx, "query", http.MethodGet, path, nil, &t); err != nil {
		return wechatpay.Trade{}, err
	}
	if t.Number != number || t.MchID != c.o.MchID || t.AppID != c.o.AppID {
		return wechatpay.Trade{}, fmt.Errorf("wechatpay query: the answer is about another payment: %w", errUnclear)
	}
	return t.plain(), nil
}

// Close ends a payment that nobody has made. Returns ErrPaid if somebody has.
func (c *Client) Close(ctx context.Context, number string) error {
	path := "/v3/pay/transactions/out-trade-no/" + url.PathEscape(number) + "/close"
	return c.call(ctx, "close", http.MethodPost, path, map[string]string{"mchid": c.o.MchID}, nil)
}
