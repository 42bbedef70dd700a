package transfer

import (
	"errors"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/wechatpay"
)

// overdue is WeChat's reason for a transfer that nobody confirmed in time.
const overdue = "OVERDUE_CLOSE"

// Retry is how long to wait after the nth try: a minute, doubling, at most six hours; a quarter of an hour at first while
// the person is to confirm, of which WeChat tells of its own accord.
func Retry(state wechatpay.TransferState, n int) time.Duration {
	first := time.Minute
	if state == wechatpay.TransferWaiting {
		first = 15 * time.Minute
	}
	return min(first<<min(n, 10), 6*time.Hour)
}

// rank orders the states as WeChat goes through them, so that an answer that was overtaken changes nothing.
var rank = map[wechatpay.TransferState]int{
	wechatpay.TransferAccepted: 1, wechatpay.TransferProcessing: 2, wechatpay.TransferWaiting: 3, wechatpay.TransferMoving: 4,
	wechatpay.TransferCanceling: 5, wechatpay.TransferSuccess: 6, wechatpay.TransferFail: 6, wechatpay.TransferCancelled: 6,
}

// begin takes what is due to a bill, a new one only if the last one has come to nothing, and gives up on what nobody has
// claimed for long.
func (t *Transfer) begin(now time.Time) error {
	switch {
	case t.State == Expired && now.Sub(t.ExpiredAt) >= ClaimWithin:
		t.unclaim("过期后一直没有重新领取", now)
		return nil
	case t.State != Due:
		return domain.ErrSame
	}
	t.State = Paying
	if t.live() == nil {
		t.Bills = append(t.Bills, Bill{Number: fmt.Sprintf("%s%02d", t.Code, len(t.Bills)+1), Amount: t.Amount})
	}
	b := t.live()
	b.AskedAt, b.NextAt = time.Time{}, now
	t.WakeAt = t.nextWake(now)
	return nil
}

// errMoved says that somebody else has taken the transfer on meanwhile.
var errMoved = errors.New("the transfer has moved on")

// tried notes that WeChat is about to be asked: whoever comes after a crash asks first what became of it. Once a transfer
// is to be cancelled, nobody asks WeChat to pay it any more.
func (t *Transfer) tried(number string, stopping bool, now time.Time) error {
	b := t.live()
	if b == nil || b.Number != number || !t.driven() || stopping != t.stopping() {
		return errMoved
	}
	if b.AskedAt.IsZero() {
		b.AskedAt = now
	}
	b.Tries++
	b.TriedAt, b.NextAt = now, now.Add(Retry(b.State, b.Tries))
	if !b.ClosesAt.IsZero() && b.ClosesAt.After(now) && b.ClosesAt.Before(b.NextAt) {
		b.NextAt = b.ClosesAt.Add(time.Minute)
	}
	t.WakeAt = t.nextWake(now)
	return nil
}

// Seen takes in what WeChat says about a bill, however often and in whatever order it says it. The end of a bill is its
// end.
func (t *Transfer) Seen(seen wechatpay.Transfer, now time.Time) error {
	b := t.bill(seen.Number)
	switch {
	case b == nil:
		return fmt.Errorf("bill %s of transfer %s: %w", seen.Number, t.ID, domain.ErrNotFound)
	case b.State.Final(), rank[seen.State] < max(rank[b.State], 1),
		seen.State == b.State && (seen.Package == "" || seen.Package == b.Package):
		return domain.ErrSame
	case seen.Amount != t.Amount:
		return t.trouble(TransferAmount, b.Number, fmt.Sprintf("应转 %s，微信说 %s", t.Amount, seen.Amount), now)
	}
	before := b.State
	b.State, b.Bill = seen.State, seen.Bill
	if seen.Package != "" {
		b.Package = seen.Package
	}
	switch {
	case seen.State == wechatpay.TransferSuccess:
		t.arrived(b, now)
	case seen.State.Final():
		t.closed(b, seen, now)
	default:
		t.offered(b, before, now)
	}
	t.WakeAt = t.nextWake(now)
	return nil
}

// offered notes that WeChat has accepted a bill; nothing is paid yet.
func (t *Transfer) offered(b *Bill, before wechatpay.TransferState, now time.Time) {
	if before == "" {
		b.ClosesAt = now.Add(wechatpay.ConfirmFor)
	}
	if before != b.State {
		b.Tries, b.NextAt = 1, now.Add(Retry(b.State, 0))
	}
	if t.State == Cancelled { // it must be taken back there
		t.Emit(EventDue, now, nil)
		return
	}
	t.settle("微信已受理", now)
	if b.State != wechatpay.TransferWaiting {
		t.State = Paying
	} else if t.State != Waiting {
		t.State = Waiting
		t.Emit(EventWaiting, now, t.told())
	}
}

func (t *Transfer) arrived(b *Bill, now time.Time) {
	b.EndedAt, b.Package, b.NextAt = now, "", time.Time{}
	t.settle("已到账", now)
	if t.State == Cancelled {
		_ = t.trouble(TransferLate, b.Number, "取消以后微信仍然付了款，请与收款人核对", now)
	}
	t.State, t.PaidAt = Paid, now
	t.Emit(EventPaid, now, t.told())
}

// closed ends a bill that was not paid: the person let it go by, it was taken back, or WeChat would not.
func (t *Transfer) closed(b *Bill, seen wechatpay.Transfer, now time.Time) {
	b.Reason, b.EndedAt, b.Package, b.NextAt = seen.Reason, now, "", time.Time{}
	switch {
	case t.State == Cancelled:
	case !t.CancelAt.IsZero():
		t.cancelled(now)
	case seen.Reason == overdue, seen.State == wechatpay.TransferCancelled && !b.ClosesAt.IsZero() && !now.Before(b.ClosesAt):
		t.State, t.ExpiredAt = Expired, now
		if t.Claims >= MaxClaims {
			t.unclaim("多次过期没有确认收款", now)
			return
		}
		t.Emit(EventExpired, now, t.told())
	default:
		t.fail(TransferFailed, b.Number, why(seen), now)
	}
}

func (t *Transfer) fail(kind TroubleKind, number, note string, now time.Time) {
	t.State = Failed
	_ = t.trouble(kind, number, note, now)
	t.Emit(EventFailed, now, t.told())
}

func (t *Transfer) unclaim(note string, now time.Time) {
	t.State = Unclaimed
	number := ""
	if len(t.Bills) > 0 {
		number = t.Bills[len(t.Bills)-1].Number
	}
	_ = t.trouble(TransferUnclaimed, number, note, now)
	t.WakeAt = t.nextWake(now)
	t.Emit(EventUnclaimed, now, t.told())
}

// refused notes that WeChat does not take a bill as it is. It was never made, so its number goes on once a person has
// helped.
func (t *Transfer) refused(number, note string, now time.Time) error {
	b := t.live()
	if b == nil || b.Number != number || b.State != "" || t.State != Paying {
		return domain.ErrSame
	}
	t.fail(TransferRefused, number, note, now)
	t.WakeAt = t.nextWake(now)
	return nil
}

// slow notes that WeChat has not accepted a bill yet, and why; it goes on trying, and after a while somebody must know.
func (t *Transfer) slow(number string, kind TroubleKind, now time.Time) error {
	b := t.live()
	if b == nil || b.Number != number || b.State != "" || now.Sub(b.AskedAt) < StuckAfter {
		return domain.ErrSame
	}
	note := "微信支付一直没有接受这笔转账，系统会继续重试"
	if kind == TransferPoor {
		note = "商户运营账户余额不足，充值后会自动继续"
	}
	return t.trouble(kind, number, note, now)
}

// lost notes that WeChat no longer knows what became of a bill. To ask for it again could pay it twice.
func (t *Transfer) lost(number string, now time.Time) error {
	return t.trouble(TransferLost, number, "微信已查不到这笔转账，请在商户平台的资金账单里核对是否付过", now)
}

// neverMade ends a transfer that is to be cancelled and that WeChat was never asked for.
func (t *Transfer) neverMade(number string, now time.Time) error {
	b := t.live()
	if b == nil || b.Number != number || b.State != "" || !t.stopping() || t.State == Cancelled {
		return domain.ErrSame
	}
	t.cancelled(now)
	return nil
}

func (t *Transfer) cancelled(now time.Time) {
	t.settle("已取消", now)
	t.State = Cancelled
	t.WakeAt = t.nextWake(now)
	t.Emit(EventCancelled, now, t.told())
}

// stopping reports whether it must not be paid any more.
func (t Transfer) stopping() bool { return !t.CancelAt.IsZero() }

// driven reports whether there is something to ask WeChat.
func (t Transfer) driven() bool {
	b := t.live()
	switch {
	case b == nil || t.State == Paid:
		return false
	case t.State == Cancelled:
		return b.State != ""
	}
	return t.State == Paying || t.State == Waiting || t.stopping()
}

// nextWake is when somebody must look at the transfer even if nothing is heard of it.
func (t Transfer) nextWake(now time.Time) time.Time {
	switch {
	case t.driven():
		return t.live().NextAt
	case t.State == Due:
		return now
	case t.State == Expired:
		return t.ExpiredAt.Add(ClaimWithin)
	}
	return time.Time{}
}

func (t Transfer) told() Told { return Told{t.Kind, t.Ref, t.Member, t.Amount} }

// trouble writes down what a person must look at; once, while it is not done with.
func (t *Transfer) trouble(kind TroubleKind, number, note string, now time.Time) error {
	for _, had := range t.Trouble {
		if had.Kind == kind && had.Number == number && had.DoneAt.IsZero() {
			return domain.ErrSame
		}
	}
	t.Trouble = append(t.Trouble, Trouble{Kind: kind, Number: number, Note: note, At: now})
	return nil
}

// settle closes what the transfer's own course has settled. What a person must still look at stays.
func (t *Transfer) settle(outcome string, now time.Time) { t.resolve("", outcome, now) }

func (t *Transfer) resolve(by, outcome string, now time.Time) {
	for i := range t.Trouble {
		if had := &t.Trouble[i]; had.DoneAt.IsZero() && had.Kind != TransferAmount && had.Kind != TransferLate {
			had.DoneAt, had.DoneBy, had.Outcome = now, by, outcome
		}
	}
}

// why says in words what WeChat's code of a failure means.
func why(seen wechatpay.Transfer) string {
	if known, ok := reasons[seen.Reason]; ok {
		return known
	}
	if seen.State == wechatpay.TransferCancelled {
		return "这笔转账在商户平台被撤销"
	}
	return "微信没有付成（" + seen.Reason[:min(len(seen.Reason), 40)] + "）"
}

var reasons = map[string]string{
	"ACCOUNT_FROZEN":              "收款人的微信账户被冻结",
	"ACCOUNT_NOT_EXIST":           "收款人的微信账户不存在",
	"REAL_NAME_CHECK_FAIL":        "收款人没有完成微信实名认证",
	"PAYEE_ACCOUNT_ABNORMAL":      "收款人的微信账户异常",
	"TRANSFER_QUOTA_EXCEED":       "超过收款人单笔收款额度",
	"DAY_RECEIVED_QUOTA_EXCEED":   "超过收款人当日收款额度",
	"MONTH_RECEIVED_QUOTA_EXCEED": "超过收款人当月收款额度",
	"DAY_RECEIVED_COUNT_EXCEED":   "超过收款人当日收款次数",
	ruled:                         "经人工核对，资金账单里没有这笔转账",
	"TRANSFER_RISK":               "微信认为这笔转账有风险",
	"PRODUCT_AUTH_CHECK_FAIL":     "商户没有开通商家转账或场景权限",
}
