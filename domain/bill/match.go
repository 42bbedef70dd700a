package bill

import (
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/wechatpay"
)

// Fact is one movement of money as our books have it.
type Fact struct {
	Number    string
	Organiser string
	Camp      string
	Order     string
	Back      bool // away from the merchant
	Amount    domain.Fen
	Done      bool
	At        time.Time
	Billed    wechatpay.Billed
}

// differ says what a line of the bill and our books do not agree upon; nothing if they do.
func differ(said Said, fact Fact, known bool) Kind {
	switch {
	case !known:
		return MissingHere
	case said.Amount != fact.Amount, said.Back != fact.Back:
		return OtherAmount
	case said.Done && !fact.Done, said.Failed && fact.Done:
		return OtherState
	}
	return ""
}

// saidOf reads a line of the trade bill.
func saidOf(l wechatpay.BillLine) (number string, said Said) {
	if l.Refund != "" {
		return l.Refund, Said{
			Line: l.N, At: l.At, Back: true, Amount: l.Refunded, Done: l.RefundState == string(wechatpay.RefundSuccess),
			Failed: l.RefundState != string(wechatpay.RefundSuccess) && l.RefundState != string(wechatpay.RefundProcessing),
		}
	}
	return l.Trade, Said{Line: l.N, At: l.At, Amount: l.Amount, Done: wechatpay.TradeState(l.State) == wechatpay.TradeSuccess}
}

// words tell what was found, with the numbers.
func words(kind Kind, name BookName, day domain.Day, said *Said, fact Fact) string {
	what := "收款"
	if name == TransferBook {
		what = "转账"
	} else if said != nil && said.Back || said == nil && fact.Back {
		what = "退款"
	}
	switch kind {
	case MissingHere:
		return fmt.Sprintf("微信 %s 账单第 %d 行有一笔%s %s，系统里没有这个单号", day, said.Line, what, said.Amount)
	case MissingThere:
		return fmt.Sprintf("系统记录 %s 有一笔%s %s，当天和次日的微信账单里都没有", fact.At.In(china).Format("2006-01-02 15:04"), what, fact.Amount)
	case OtherAmount:
		return fmt.Sprintf("微信 %s 账单第 %d 行的%s是 %s，系统里是 %s", day, said.Line, what, said.Amount, fact.Amount)
	case OtherState:
		if said.Done {
			return fmt.Sprintf("微信 %s 账单第 %d 行的%s %s 已经成功，系统里还没有成功", day, said.Line, what, said.Amount)
		}
		return fmt.Sprintf("微信 %s 账单第 %d 行的%s %s 没有成功，系统里已经成功", day, said.Line, what, said.Amount)
	case Double:
		return fmt.Sprintf("微信 %s 账单第 %d 行的%s %s，已经在 %s 账单第 %d 行出现过", day, said.Line, what, said.Amount, fact.Billed.Day, fact.Billed.Line)
	case NoBill:
		return fmt.Sprintf("%s 的微信账单过了时间还没有取到", day)
	}
	return ""
}
