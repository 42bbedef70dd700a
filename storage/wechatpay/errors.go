package wechatpay

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/wechatpay-apiv3/wechatpay-go/core"

	"yingdi/domain/wechatpay"
)

// errUnclear is for whatever leaves open whether WeChat did what it was asked for.
var errUnclear = wechatpay.ErrUnreachable

// codes are WeChat Pay's own, from the error tables of the operations that are used here.
var codes = map[string]error{
	"ORDERPAID": wechatpay.ErrPaid,

	"ORDER_CLOSED": wechatpay.ErrClosed,
	"ORDERCLOSED":  wechatpay.ErrClosed,
	"TRADE_CLOSED": wechatpay.ErrClosed,

	"OUT_TRADE_NO_USED": wechatpay.ErrUsed,
	"ALREADY_EXISTS":    wechatpay.ErrUsed, // a transfer's number with other facts

	"ORDER_NOT_EXIST":     wechatpay.ErrUnknown,
	"ORDERNOTEXIST":       wechatpay.ErrUnknown,
	"RESOURCE_NOT_EXISTS": wechatpay.ErrUnknown,
	"NOT_FOUND":           wechatpay.ErrUnknown,

	"NOT_ENOUGH": wechatpay.ErrNotEnough,

	"NO_STATEMENT_EXIST": wechatpay.ErrNoBill,
	"STATEMENT_CREATING": wechatpay.ErrBillLater,

	"FREQUENCY_LIMITED":      wechatpay.ErrTooOften,
	"FREQUENCY_LIMIT_EXCEED": wechatpay.ErrTooOften,
	"RATELIMIT_EXCEEDED":     wechatpay.ErrTooOften,

	"SIGN_ERROR":                 wechatpay.ErrSetup,
	"NO_AUTH":                    wechatpay.ErrSetup,
	"MCH_NOT_EXISTS":             wechatpay.ErrSetup,
	"APPID_MCHID_NOT_MATCH":      wechatpay.ErrSetup,
	"INVALID_REQUEST_PUBLIC_KEY": wechatpay.ErrSetup,

	"SYSTEM_ERROR":     errUnclear,
	"SYSTEMERROR":      errUnclear,
	"BANK_ERROR":       errUnclear,
	"USER_NOT_EXIST":   wechatpay.ErrRefused,
	"ACCOUNT_ABNORMAL": wechatpay.ErrRefused,
}

// refusal turns a failure of the SDK into one of ours. An answer that is not WeChat's, by its signature or because it is
// no answer, leaves everything open.
func refusal(ctx context.Context, what string, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return fmt.Errorf("wechatpay %s: %w", what, ctx.Err())
	}
	var api *core.APIError
	if !errors.As(err, &api) {
		return fmt.Errorf("wechatpay %s: %w", what, errUnclear)
	}
	if known, ok := codes[api.Code]; ok {
		return fmt.Errorf("wechatpay %s: %s: %w", what, api.Code, known)
	}
	switch {
	case api.StatusCode >= http.StatusInternalServerError || api.Code == "":
		return fmt.Errorf("wechatpay %s: status %d: %w", what, api.StatusCode, errUnclear)
	case api.StatusCode == http.StatusTooManyRequests:
		return fmt.Errorf("wechatpay %s: %s: %w", what, plain(api.Code), wechatpay.ErrTooOften)
	}
	return fmt.Errorf("wechatpay %s: %s: %w", what, plain(api.Code), wechatpay.ErrRefused)
}

// plain keeps a code that looks like one.
func plain(code string) string {
	for _, r := range code {
		if r != '_' && (r < 'A' || r > 'Z') && (r < '0' || r > '9') {
			return "code"
		}
	}
	return code[:min(len(code), 40)]
}
