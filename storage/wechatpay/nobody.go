package wechatpay

import (
	"context"
	"io"
	"net/http"

	"yingdi/domain"
	"yingdi/domain/wechatpay"
)

// Nobody stands where no merchant is configured: nothing can be sold, refunded or paid out.
type Nobody struct{}

// Prepay refuses.
func (Nobody) Prepay(context.Context, wechatpay.Prepay) (string, error) {
	return "", wechatpay.ErrSetup
}

// Params refuses.
func (Nobody) Params(string) (wechatpay.Params, error) {
	return wechatpay.Params{}, wechatpay.ErrSetup
}

// Query refuses.
func (Nobody) Query(context.Context, string) (wechatpay.Trade, error) {
	return wechatpay.Trade{}, wechatpay.ErrSetup
}

// Close refuses.
func (Nobody) Close(context.Context, string) error { return wechatpay.ErrSetup }

// Refund refuses.
func (Nobody) Refund(context.Context, wechatpay.RefundRequest) (wechatpay.Refund, error) {
	return wechatpay.Refund{}, wechatpay.ErrSetup
}

// QueryRefund refuses.
func (Nobody) QueryRefund(context.Context, string) (wechatpay.Refund, error) {
	return wechatpay.Refund{}, wechatpay.ErrSetup
}

// Transfer refuses.
func (Nobody) Transfer(context.Context, wechatpay.TransferRequest) (wechatpay.Transfer, error) {
	return wechatpay.Transfer{}, wechatpay.ErrSetup
}

// QueryTransfer refuses.
func (Nobody) QueryTransfer(context.Context, string) (wechatpay.Transfer, error) {
	return wechatpay.Transfer{}, wechatpay.ErrSetup
}

// CancelTransfer refuses.
func (Nobody) CancelTransfer(context.Context, string) error { return wechatpay.ErrSetup }

// Confirmation is of nothing.
func (Nobody) Confirmation(string) wechatpay.Confirmation { return wechatpay.Confirmation{} }

// TradeBill refuses.
func (Nobody) TradeBill(context.Context, domain.Day, io.Writer) error { return wechatpay.ErrSetup }

// FundBill refuses.
func (Nobody) FundBill(context.Context, domain.Day, io.Writer) error { return wechatpay.ErrSetup }

// FetchBill refuses.
func (Nobody) FetchBill(context.Context, wechatpay.BillKind, domain.Day) (wechatpay.BillFile, error) {
	return wechatpay.BillFile{}, wechatpay.ErrSetup
}

// Receive refuses.
func (Nobody) Receive(context.Context, http.Header, []byte) (wechatpay.Notice, error) {
	return wechatpay.Notice{}, wechatpay.ErrBadNotice
}
