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

type refundAmount struct {
	Refund   domain.Fen `json:"refund"`
	Total    domain.Fen `json:"total"`
	Currency string     `json:"currency,omitempty"`
}

type refundRequest struct {
	Trade     string       `json:"out_trade_no"`
	Number    string       `json:"out_refund_no"`
	Reason    string       `json:"reason,omitempty"`
	NotifyURL string       `json:"notify_url"`
	Amount    refundAmount `json:"amount"`
}

// refund is one in WeChat's words. Answers call its state status, notifications refund_status.
type refund struct {
	MchID    string       `json:"mchid"`
	ID       string       `json:"refund_id"`
	Number   string       `json:"out_refund_no"`
	Trade    string       `json:"out_trade_no"`
	Status   string       `json:"status"`
	Notified string       `json:"refund_status"`
	At       time.Time    `json:"success_time"`
	Amount   refundAmount `json:"amount"`
}

func (r refund) plain() wechatpay.Refund {
	state := r.Status
	if r.Notified != "" {
		state = r.Notified
	}
	return wechatpay.Refund{
		Number: r.Number, ID: r.ID, Trade: r.Trade, State: wechatpay.RefundState(state), Amount: r.Amount.Refund, At: r.At.UTC(),
	}
}

// Refund sends money back. The same number again answers how that refund stands.
func (c *Client) Refund(ctx context.Context, r wechatpay.RefundRequest) (wechatpay.Refund, error) {
	var answer refund
	err := c.call(ctx, "refund", http.MethodPost, "/v3/refund/domestic/refunds", refundRequest{
		Trade: r.Trade, Number: r.Number, Reason: cut(r.Reason, 80), NotifyURL: c.o.NotifyURL,
		Amount: refundAmount{r.Amount, r.Total, "CNY"},
	}, &answer)
	return answered(answer, r.Number, err)
}

// QueryRefund asks how a refund stands. Returns ErrUnknown if WeChat was never asked for it.
func (c *Client) QueryRefund(ctx context.Context, number string) (wechatpay.Refund, error) {
	var answer refund
	err := c.call(ctx, "query refund", http.MethodGet, "/v3/refund/domestic/refunds/"+url.PathEscape(number), nil, &answer)
	return answered(answer, number, err)
}

func answered(r refund, number string, err error) (wechatpay.Refund, error) {
	switch {
	case err != nil:
		return wechatpay.Refund{}, err
	case r.Number != number:
		return wechatpay.Refund{}, fmt.Errorf("wechatpay refund: the answer is about another refund: %w", errUnclear)
	}
	return r.plain(), nil
}
