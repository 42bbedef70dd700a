package wechatpay

import (
	"context"
	"crypto/sha1" // by which WeChat tells whether the file came over whole
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"yingdi/domain"
	"yingdi/domain/wechatpay"
)

// maxBill bounds a day's bill: a million lines.
const maxBill = 512 << 20

// TradeBill writes the bill of all payments and refunds of a day, as WeChat made it, to w. It is there from ten o'clock
// the next morning; ErrNoBill before that, and for days on which nothing happened.
func (c *Client) TradeBill(ctx context.Context, day domain.Day, w io.Writer) error {
	return c.bill(ctx, "trade bill", "/v3/bill/tradebill?bill_date="+url.QueryEscape(string(day))+"&bill_type=ALL", w)
}

// FundBill writes the bill of all movements of the merchant's basic account on a day to w.
func (c *Client) FundBill(ctx context.Context, day domain.Day, w io.Writer) error {
	return c.bill(ctx, "fund bill", "/v3/bill/fundflowbill?bill_date="+url.QueryEscape(string(day))+"&account_type=BASIC", w)
}

func (c *Client) bill(ctx context.Context, what, path string, w io.Writer) error {
	var ticket struct {
		Kind string `json:"hash_type"`
		Hash string `json:"hash_value"`
		URL  string `json:"download_url"`
	}
	if err := c.call(ctx, what, http.MethodGet, path, nil, &ticket); err != nil {
		return err
	}
	result, err := c.unsigned.Get(ctx, ticket.URL)
	if result != nil && result.Response != nil {
		defer result.Response.Body.Close()
	}
	if err != nil {
		return refusal(ctx, what, err)
	}
	hash := sha1.New()
	n, err := io.Copy(io.MultiWriter(w, hash), io.LimitReader(result.Response.Body, maxBill+1))
	switch {
	case err != nil:
		return fmt.Errorf("wechatpay %s: %w", what, errUnclear)
	case n > maxBill:
		return fmt.Errorf("wechatpay %s: too large: %w", what, wechatpay.ErrRefused)
	case hex.EncodeToString(hash.Sum(nil)) != ticket.Hash:
		return fmt.Errorf("wechatpay %s: the file is not the one that was promised: %w", what, errUnclear)
	}
	return nil
}
