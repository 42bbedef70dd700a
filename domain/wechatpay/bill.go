package wechatpay

import (
	"io"
	"time"

	"yingdi/domain"
)

// BillKind is one of the two bills that WeChat Pay makes of each day.
type BillKind string

// The bills.
const (
	TradeBill BillKind = "trade" // every payment and refund
	FundBill  BillKind = "fund"  // every movement of the merchant's basic account
)

// BillsFrom is the hour in China from which on the bill of the day before is there.
const BillsFrom = 10

// BillFile is a bill that came over whole, as WeChat made it. Close forgets it.
type BillFile struct {
	io.ReadSeekCloser
	Size   int64
	SHA256 string // hex
}

// BillLine is one line of the day's trade bill: money that came, or, with Refund set, that goes back.
type BillLine struct {
	N           int // of the line within the bill, from 1
	At          time.Time
	App         string // the mini-program or app that it belongs to; a merchant may have others than ours
	Trade       string // our number of the payment
	Transaction string // WeChat's
	State       string // SUCCESS, REFUND, REVOKED
	Amount      domain.Fen
	Refund      string // our number of the refund
	Refunded    domain.Fen
	RefundState string // SUCCESS, PROCESSING, FAIL
}

// FundLine is one line of the day's fund bill.
type FundLine struct {
	N       int
	At      time.Time
	Name    string // 交易, 退款, 商家转账 …
	In      bool   // to the merchant
	Amount  domain.Fen
	Voucher string // our number
}

// Billed says on which line of which day's bill WeChat confirmed a movement of money, and of how much.
type Billed struct {
	Day    domain.Day `json:"day"`
	Line   int        `json:"line"`
	Amount domain.Fen `json:"amount"`
	Soon   bool       `json:"soon,omitempty"` // the line did not say that it moved; a later one may
}
