// Package wechatpay holds what the features know of WeChat Pay: plain facts and refusals, no protocol. The client that
// speaks the protocol is storage/wechatpay; each feature declares the one or two methods of it that it needs.
//
// Whatever fails with ErrUnreachable may have happened: ask by the same number before doing anything else.
package wechatpay

import (
	"time"

	"yingdi/domain"
)

// Prepay asks WeChat to wait for a payment.
type Prepay struct {
	Number      string // out_trade_no, ours: 6–32 of 0-9A-Za-z_-|*; the same number is never asked for with other facts
	Description string // what the payer reads on the bill, ≤ 127 characters
	OpenID      string
	Amount      domain.Fen // ≥ 1
	ExpiresAt   time.Time
}

// Params are what the mini-program hands to wx.requestPayment as they are.
type Params struct {
	TimeStamp string `json:"timeStamp"`
	NonceStr  string `json:"nonceStr"`
	Package   string `json:"package"`
	SignType  string `json:"signType"`
	PaySign   string `json:"paySign"`
}

// TradeState as WeChat names it.
type TradeState string

// The states of a trade. Paid money is Success, and Refund once any of it went back.
const (
	TradeSuccess TradeState = "SUCCESS"
	TradeRefund  TradeState = "REFUND"
	TradeNotPaid TradeState = "NOTPAY"
	TradeClosed  TradeState = "CLOSED"
	TradeRevoked TradeState = "REVOKED"
	TradePaying  TradeState = "USERPAYING"
	TradeFailed  TradeState = "PAYERROR"
)

// Trade is a payment as WeChat tells of it.
type Trade struct {
	Number      string
	Transaction string // WeChat's own number; empty unless paid
	State       TradeState
	Amount      domain.Fen
	Payer       string // openid
	PaidAt      time.Time
}

// Paid reports whether the payer's money came.
func (t Trade) Paid() bool { return t.State == TradeSuccess || t.State == TradeRefund }

// Over reports whether the trade can no longer be paid.
func (t Trade) Over() bool { return t.State == TradeClosed || t.State == TradeRevoked }

// RefundRequest sends money back to where it came from. A repetition carries the same number and the same facts.
type RefundRequest struct {
	Number string // out_refund_no, ours: ≤ 64 of 0-9A-Za-z_-|*@
	Trade  string // number of the payment
	Total  domain.Fen
	Amount domain.Fen
	Reason string // ≤ 80 characters, seen by the payer
}

// RefundState as WeChat names it.
type RefundState string

// The states of a refund.
const (
	RefundProcessing RefundState = "PROCESSING"
	RefundSuccess    RefundState = "SUCCESS"
	RefundClosed     RefundState = "CLOSED"
	RefundAbnormal   RefundState = "ABNORMAL" // the payer's card is gone: a person must help
)

// Refund as WeChat tells of it.
type Refund struct {
	Number string
	ID     string // WeChat's own number
	Trade  string // number of the payment
	State  RefundState
	Amount domain.Fen
	At     time.Time // of success
}

// TransferRequest sends money from the merchant to a person's WeChat balance. A repetition carries the same number and
// the same facts; a new number is for after Fail or Cancelled only.
type TransferRequest struct {
	Number string // out_bill_no, ours: ≤ 32 of 0-9A-Za-z
	OpenID string
	Amount domain.Fen // ≥ MinTransfer
	Remark string     // ≤ 32 characters, seen by the person
	Title  string     // what the money is for, as the scene's report demands (活动名称)
	Reason string     // (奖励说明)
}

// MinTransfer is the least that WeChat transfers to a balance.
const MinTransfer domain.Fen = 10

// MaxTransfer is the most that WeChat transfers without the person's legal name.
const MaxTransfer domain.Fen = 1999_99

// ConfirmFor is how long a person has to confirm a transfer before WeChat closes it.
const ConfirmFor = 24 * time.Hour

// TransferState as WeChat names it.
type TransferState string

// The states of a transfer; TRANSFERING is WeChat's spelling.
const (
	TransferAccepted   TransferState = "ACCEPTED"
	TransferProcessing TransferState = "PROCESSING"
	TransferWaiting    TransferState = "WAIT_USER_CONFIRM"
	TransferMoving     TransferState = "TRANSFERING"
	TransferSuccess    TransferState = "SUCCESS"
	TransferFail       TransferState = "FAIL"
	TransferCanceling  TransferState = "CANCELING"
	TransferCancelled  TransferState = "CANCELLED"
)

// Final reports whether nothing more will become of the transfer.
func (s TransferState) Final() bool {
	return s == TransferSuccess || s == TransferFail || s == TransferCancelled
}

// Transfer as WeChat tells of it.
type Transfer struct {
	Number  string
	Bill    string // WeChat's own number
	State   TransferState
	Package string // while Waiting: what the mini-program hands to wx.requestMerchantTransfer
	Reason  string // of a failure, WeChat's code
	Amount  domain.Fen
	At      time.Time
}

// Confirmation is what the mini-program hands to wx.requestMerchantTransfer as it is.
type Confirmation struct {
	MchID   string `json:"mchId"`
	AppID   string `json:"appId"`
	Package string `json:"package"`
}

// Notice is what WeChat Pay told us of its own accord, verified and decrypted. Exactly one of Trade, Refund and
// Transfer is set for the kinds we know, and none for the others.
type Notice struct {
	ID       string // the same for a repeated delivery
	Kind     string // WeChat's event type, such as TRANSACTION.SUCCESS
	At       time.Time
	Trade    *Trade
	Refund   *Refund
	Transfer *Transfer
}

// What WeChat Pay refuses, each with its code in the public documentation.
var (
	ErrUnreachable = domain.Refusal(domain.KindUnavailable, "pay_unreachable", "微信支付暂时没有响应，请稍后再试")  // network, 5xx, SYSTEM_ERROR, ours: an answer that is not signed
	ErrTooOften    = domain.Refusal(domain.KindTooMany, "pay_too_often", "操作太频繁，请稍后再试")             // FREQUENCY_LIMITED
	ErrSetup       = domain.Refusal(domain.KindUnavailable, "pay_setup", "微信支付的配置有误，请联系管理员")        // SIGN_ERROR, NO_AUTH, MCH_NOT_EXISTS …
	ErrPaid        = domain.Refusal(domain.KindConflict, "pay_already_paid", "这笔订单已经支付")            // ORDERPAID
	ErrClosed      = domain.Refusal(domain.KindConflict, "pay_closed", "这笔支付已经关闭")                  // ORDER_CLOSED, ORDERCLOSED
	ErrUsed        = domain.Refusal(domain.KindConflict, "pay_number_used", "支付单号重复")               // OUT_TRADE_NO_USED, INVALID_REQUEST on the same number with other facts
	ErrUnknown     = domain.Refusal(domain.KindNotFound, "pay_unknown", "微信支付没有这笔记录")               // ORDER_NOT_EXIST, RESOURCE_NOT_EXISTS, NOT_FOUND
	ErrNotEnough   = domain.Refusal(domain.KindUnavailable, "pay_not_enough", "商户余额不足，请联系机构")       // NOT_ENOUGH
	ErrRefused     = domain.Refusal(domain.KindUnavailable, "pay_refused", "微信支付没有接受这次请求，请稍后再试")    // any other code
	ErrNoBill      = domain.Refusal(domain.KindNotFound, "pay_no_bill", "微信支付没有这一天的账单")             // NO_STATEMENT_EXIST: nothing happened that day
	ErrBillLater   = domain.Refusal(domain.KindNotFound, "pay_bill_later", "微信支付的账单还没有生成")          // STATEMENT_CREATING
	ErrBadNotice   = domain.Refusal(domain.KindForbidden, "pay_notice_refused", "支付通知的签名或内容无效")     // ours: forged, stale, malformed, a probe
	ErrWrongNotice = domain.Refusal(domain.KindForbidden, "pay_notice_not_ours", "支付通知不属于这个商户或小程序") // ours: app, merchant or currency is another
)
