// Package transfer is money on its way to a person's WeChat balance: a part of a scholarship pool, a withdrawal from a
// wallet. One document is one transfer, its id is its cause, and it is paid once at most, whatever dies, is repeated or
// comes late.
//
// WeChat knows a try to pay by its bill's number. The same number pays once, however often it is asked for, so everything
// here follows from one rule: a new number is taken only after WeChat has said of the last one that it FAILed or was
// CANCELLED. After any other answer, or none, WeChat is asked what became of the number, and the number goes on.
//
// Whoever wants something paid calls Service.Ask, and hears what became of it by the events below, with data Told.
package transfer

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"yingdi/domain"
	"yingdi/domain/wechatpay"
)

// Transfer is one amount for one person.
type Transfer struct {
	domain.Doc
	Organiser string     `json:"organiser"` // who owes it
	Member    string     `json:"member"`
	Kind      Kind       `json:"kind"`
	Ref       string     `json:"ref"` // of what it is a part: the pool, the withdrawal
	Amount    domain.Fen `json:"amount"`
	Title     string     `json:"title"`  // what it is for, as the person and WeChat read it
	Reason    string     `json:"reason"` // why they get it
	Code      string     `json:"code"`   // that its bills' numbers begin with
	State     State      `json:"state"`
	Bills     []Bill     `json:"bills,omitempty"`  // the last one is the current one
	Claims    int        `json:"claims,omitempty"` // how often the person asked for it anew

	CreatedAt time.Time `json:"created_at"`
	PaidAt    time.Time `json:"paid_at,omitzero"`
	ExpiredAt time.Time `json:"expired_at,omitzero"` // when the person let it go by, the last time
	WakeAt    time.Time `json:"wake_at,omitzero"`    // when somebody must look again

	CancelAt  time.Time `json:"cancel_at,omitzero"` // when it was decided not to pay it
	CancelBy  string    `json:"cancel_by,omitempty"`
	CancelFor string    `json:"cancel_for,omitempty"`

	Trouble []Trouble `json:"trouble,omitempty"` // what a person must look at
}

// Kind says what a transfer pays.
type Kind string

// The kinds.
const (
	Payout     Kind = "payout"     // of a scholarship pool
	Withdrawal Kind = "withdrawal" // from a wallet
)

// State of a transfer.
type State string

// due → paying → waiting_user_confirm → paid. Not confirmed within WeChat's day: expired → due when the person claims it
// again, and unclaimed if they do so too often or not at all. Refused by WeChat: failed → due. Anything that is not paid
// → cancelled, by decision of staff.
const (
	Due       State = "due"
	Paying    State = "paying" // WeChat was, or may have been, asked
	Waiting   State = "waiting_user_confirm"
	Paid      State = "paid"
	Expired   State = "expired"
	Failed    State = "failed"
	Unclaimed State = "unclaimed"
	Cancelled State = "cancelled"
)

// States lists all of them.
var States = []State{Due, Paying, Waiting, Paid, Expired, Failed, Unclaimed, Cancelled}

// Over reports whether nothing more will become of it.
func (s State) Over() bool { return s == Paid || s == Cancelled }

// Bill is one number under which WeChat was asked to pay.
type Bill struct {
	Number   string                  `json:"number"`            // out_bill_no
	State    wechatpay.TransferState `json:"state,omitempty"`   // as WeChat last said; empty while it has said nothing
	Bill     string                  `json:"bill,omitempty"`    // WeChat's own number
	Package  string                  `json:"package,omitempty"` // that the person confirms with
	Reason   string                  `json:"reason,omitempty"`  // of a failure, WeChat's code
	Tries    int                     `json:"tries,omitempty"`
	AskedAt  time.Time               `json:"asked_at,omitzero"`  // the first time
	TriedAt  time.Time               `json:"tried_at,omitzero"`  // the last time
	NextAt   time.Time               `json:"next_at,omitzero"`   // when to ask again
	ClosesAt time.Time               `json:"closes_at,omitzero"` // when WeChat closes what nobody has confirmed
	EndedAt  time.Time               `json:"ended_at,omitzero"`
	Amount   domain.Fen              `json:"amount,omitempty"` // that WeChat was asked for under it

	Billed wechatpay.Billed `json:"billed,omitzero"`
}

// Trouble is what a machine must not decide.
type Trouble struct {
	Kind    TroubleKind `json:"kind"`
	Number  string      `json:"number"` // of the bill
	Note    string      `json:"note"`
	At      time.Time   `json:"at"`
	DoneAt  time.Time   `json:"done_at,omitzero"`
	DoneBy  string      `json:"done_by,omitempty"` // empty if it settled itself
	Outcome string      `json:"outcome,omitempty"`
}

// TroubleKind says what is wrong.
type TroubleKind string

// The kinds of trouble.
const (
	TransferFailed    TroubleKind = "transfer_failed"     // WeChat will not give it to the person
	TransferRefused   TroubleKind = "transfer_refused"    // WeChat does not take the request
	TransferPoor      TroubleKind = "transfer_not_enough" // the merchant's account is empty; it goes on trying
	TransferStuck     TroubleKind = "transfer_stuck"      // no answer for hours; it goes on trying
	TransferUnclaimed TroubleKind = "transfer_unclaimed"  // the person does not take it
	TransferLost      TroubleKind = "transfer_lost"       // WeChat no longer knows what became of it
	TransferAmount    TroubleKind = "transfer_amount"     // WeChat says another amount than we asked for
	TransferLate      TroubleKind = "transfer_late"       // it was paid after all, though it had been cancelled
)

// Events of this feature. All but the first carry Told.
const (
	EventDue       = "transfer:due" // somebody must drive it
	EventWaiting   = "transfer:waiting"
	EventPaid      = "transfer:paid"
	EventExpired   = "transfer:expired"
	EventFailed    = "transfer:failed"
	EventUnclaimed = "transfer:unclaimed"
	EventCancelled = "transfer:cancelled"
)

// Told says what an event is about. The event's document is the transfer.
type Told struct {
	Kind   Kind       `json:"kind"`
	Ref    string     `json:"ref"`
	Member string     `json:"member"`
	Amount domain.Fen `json:"amount"`
}

// Limits and times.
const (
	Min         = wechatpay.MinTransfer
	Max         = wechatpay.MaxTransfer // above it WeChat wants the person's legal name, which nobody here knows
	MaxClaims   = 5
	ClaimWithin = 30 * 24 * time.Hour // of its expiry
	MaxBills    = 50
	// StuckAfter is how long WeChat may take to accept a transfer before a person hears of it.
	StuckAfter = 2 * time.Hour
	// Remembered is how long WeChat surely knows a bill: its query answers for thirty days.
	Remembered = 29 * 24 * time.Hour
)

// The refusals of this feature.
var (
	ErrOther     = domain.Refusal(domain.KindConflict, "transfer_other", "同一笔转账已用其他内容提交过")
	ErrPaid      = domain.Refusal(domain.KindConflict, "transfer_paid", "这笔钱已经到账")
	ErrCancelled = domain.Refusal(domain.KindConflict, "transfer_cancelled", "这笔转账已经取消")
	ErrNotReady  = domain.Refusal(domain.KindConflict, "transfer_not_ready", "转账正在准备，请稍后再试")
	ErrUnclaimed = domain.Refusal(domain.KindConflict, "transfer_unclaimed", "这笔钱已多次过期未领取，请联系机构")
	ErrSelf      = domain.Refusal(domain.KindConflict, "transfer_own", "不能裁定付给自己的转账，请由同事处理")
	ErrUnclear   = domain.Refusal(domain.KindConflict, "transfer_unclear", "还不知道微信是否已经付款，暂时不能这样处理")
)

// Ask is what another feature wants paid. Its ID is its cause: asked again, it is the same transfer.
type Ask struct {
	ID        string
	Organiser string
	Member    string
	Kind      Kind
	Ref       string
	Amount    domain.Fen // from Min to Max; more is several transfers, each with a cause of its own
	Title     string     // ≤ 32 characters
	Reason    string     // ≤ 32 characters
}

// Check bounds what is asked for.
func (a Ask) Check() error {
	var check domain.Check
	check.That(domain.ValidID(a.ID), "id", "转账的编号无效")
	check.That(domain.ValidID(a.Ref), "ref", "转账的来源无效")
	check.That(a.Organiser != "", "organiser", "缺少机构")
	check.That(a.Member != "", "member", "缺少收款人")
	check.That(a.Kind == Payout || a.Kind == Withdrawal, "kind", "没有这种转账")
	check.That(a.Amount >= Min && a.Amount <= Max, "amount", fmt.Sprintf("每笔转账应在 %s 到 %s 之间", Min, Max))
	check.Line("title", "转账说明", a.Title, 1, 32)
	check.Line("reason", "转账原因", a.Reason, 1, 32)
	return check.Err()
}

// transfer is the document of what is asked for.
func (a Ask) transfer(now time.Time) Transfer {
	t := Transfer{
		Doc: domain.Doc{ID: a.ID}, Organiser: a.Organiser, Member: a.Member, Kind: a.Kind, Ref: a.Ref, Amount: a.Amount,
		Title: a.Title, Reason: a.Reason, Code: code(a.ID), State: Due, CreatedAt: now, WakeAt: now,
	}
	t.Emit(EventDue, now, nil)
	return t
}

// ask is what a transfer was asked for with.
func (t Transfer) ask() Ask {
	return Ask{t.ID, t.Organiser, t.Member, t.Kind, t.Ref, t.Amount, t.Title, t.Reason}
}

var codes = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// codeLength leaves room for the count of bills within WeChat's 32 letters and digits.
const codeLength = 24

// code stands for an id in a bill's number, which has no room for it: 120 bits of its digest.
func code(id string) string {
	sum := sha256.Sum256([]byte(id))
	return codes.EncodeToString(sum[:15])
}

// CodeOf a bill's number; empty if it is not one of ours.
func CodeOf(number string) string {
	if len(number) != codeLength+2 {
		return ""
	}
	return number[:codeLength]
}

// live is the bill of which something may still become, nil if there is none.
func (t *Transfer) live() *Bill {
	if len(t.Bills) == 0 || t.Bills[len(t.Bills)-1].State.Final() {
		return nil
	}
	return &t.Bills[len(t.Bills)-1]
}

// Live is the bill of which something may still become.
func (t Transfer) Live() (Bill, bool) {
	if b := t.live(); b != nil {
		return *b, true
	}
	return Bill{}, false
}

func (t *Transfer) bill(number string) *Bill {
	for i := range t.Bills {
		if t.Bills[i].Number == number {
			return &t.Bills[i]
		}
	}
	return nil
}

// Cancelling reports whether it was decided not to pay it and WeChat has not yet agreed.
func (t Transfer) Cancelling() bool { return !t.CancelAt.IsZero() && !t.State.Over() }

// Troubled reports whether something of it waits for a person.
func (t Transfer) Troubled() bool {
	return slices.ContainsFunc(t.Trouble, func(t Trouble) bool { return t.DoneAt.IsZero() })
}

// Sent is what arrived by all bills.
func (t Transfer) Sent() (sum domain.Fen) {
	for _, b := range t.Bills {
		if b.State == wechatpay.TransferSuccess {
			sum += t.Amount
		}
	}
	return sum
}

// Check says whether the document's sums hold: what arrived is the amount if it is paid and nothing otherwise, and of all
// bills only the last one can still be paid.
func (t Transfer) Check() error {
	var faults []string
	want := domain.Fen(0)
	if t.State == Paid {
		want = t.Amount
	}
	if sent := t.Sent(); sent != want {
		faults = append(faults, fmt.Sprintf("is %s, and %s of %s arrived", t.State, sent, t.Amount))
	}
	for i, b := range t.Bills {
		if i < len(t.Bills)-1 && !b.State.Final() {
			faults = append(faults, fmt.Sprintf("bill %s is open beside a newer one", b.Number))
		}
		if b.Amount != 0 && b.Amount != t.Amount {
			faults = append(faults, fmt.Sprintf("bill %s is of %s, and it of %s", b.Number, b.Amount, t.Amount))
		}
		if b.Billed != (wechatpay.Billed{}) && b.Billed.Amount != t.Amount {
			faults = append(faults, fmt.Sprintf("is of %s, and WeChat's bill of %s says %s", t.Amount, b.Billed.Day, b.Billed.Amount))
		}
		if CodeOf(b.Number) != code(t.ID) {
			faults = append(faults, fmt.Sprintf("bill %s has a number of another transfer", b.Number))
		}
	}
	for _, event := range t.Outbox { // what others have yet to hear of
		var told Told
		if json.Unmarshal(event.Data, &told) == nil && told.Member != "" && told.Amount != t.Amount {
			faults = append(faults, fmt.Sprintf("is of %s, and is about to tell of %s", t.Amount, told.Amount))
		}
	}
	if t.Amount < Min || t.Amount > Max {
		faults = append(faults, fmt.Sprintf("is of %s", t.Amount))
	}
	if len(faults) == 0 {
		return nil
	}
	return fmt.Errorf("transfer %s %s", t.ID, strings.Join(faults, ", "))
}

// Given is what the person is given of it in the copy of their data: not what staff noted, nor what it is confirmed with.
func (t Transfer) Given() Transfer {
	given := t
	given.Outbox, given.Trouble, given.CancelBy, given.Bills = nil, nil, "", nil
	for _, b := range t.Bills {
		b.Package = ""
		given.Bills = append(given.Bills, b)
	}
	return given
}
