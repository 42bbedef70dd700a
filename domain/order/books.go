package order

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"yingdi/domain"
	"yingdi/domain/wechatpay"
)

// Tally is the running totals of an order. Each is moved by the amount at hand whenever money moves and is never added up
// anew, so that an amount in the lists that was altered by anybody else no longer agrees with it.
type Tally struct {
	In    domain.Fen `json:"in"`    // came
	Asked domain.Fen `json:"asked"` // was asked to go back
	Back  domain.Fen `json:"back"`  // arrived back
}

// tally of the order; one that an earlier version wrote begins with what its lists add up to.
func (o *Order) tally() *Tally {
	if o.Tally == nil {
		o.Tally = &Tally{o.Received(), o.asked(), o.Returned()}
	}
	return o.Tally
}

func (o Order) asked() (sum domain.Fen) {
	for _, r := range o.Refunds {
		sum += r.Amount
	}
	return sum
}

// seal is a fingerprint of the promise. Fields that later versions add must be left out of the JSON while they are empty.
func (p Promise) seal() string {
	raw, err := json.Marshal(p)
	if err != nil {
		panic("order: a promise that cannot be written: " + err.Error())
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:16])
}

// Fact is one movement of money between a payer and the merchant, as the order has it.
type Fact struct {
	Number string // of the attempt or the refund
	Back   bool   // a refund
	Cause  RefundCause
	Amount domain.Fen
	Done   bool      // it moved
	At     time.Time // when it did, or else when it was asked for
	Billed wechatpay.Billed
}

// Facts lists what moved, and what was asked to move, in the order in which it was asked for.
func (o Order) Facts() []Fact {
	facts := make([]Fact, 0, len(o.Attempts)+len(o.Refunds))
	for _, a := range o.Attempts {
		f := Fact{Number: a.Number, Amount: a.Amount, Done: a.State == Succeeded || a.State == Orphan, At: a.CreatedAt, Billed: a.Billed}
		if f.Done {
			f.At = a.PaidAt
		}
		facts = append(facts, f)
	}
	for _, r := range o.Refunds {
		f := Fact{Number: r.Number, Back: true, Cause: r.Cause, Amount: r.Amount, Done: r.State == RefundSucceeded, At: r.AskedAt, Billed: r.Billed}
		if f.Done {
			f.At, f.Amount = r.DoneAt, r.back()
		}
		facts = append(facts, f)
	}
	return facts
}

// ErrBilledTwice says that a bill holds a movement that another line of a bill held already.
var ErrBilledTwice = domain.Refusal(domain.KindConflict, "order_billed_twice", "账单里出现了两次")

// Bill notes which line of which bill holds a movement. Again by the same line changes nothing; by another it is
// ErrBilledTwice, unless the first said only that the money was on its way.
func (o *Order) Bill(number string, b wechatpay.Billed) error {
	at := o.billed(number)
	switch {
	case at == nil:
		return domain.ErrNotFound
	case *at == b:
		return domain.ErrSame
	case *at != (wechatpay.Billed{}) && !at.Soon:
		return ErrBilledTwice
	}
	*at = b
	return nil
}

func (o *Order) billed(number string) *wechatpay.Billed {
	if a := o.attempt(number); a != nil {
		return &a.Billed
	}
	if r := o.refundBy(number); r != nil {
		return &r.Billed
	}
	return nil
}

// Unbilled is when the oldest movement happened that no bill has held yet; zero if there is none.
func (o Order) Unbilled() (oldest time.Time) {
	for _, f := range o.Facts() {
		if f.Done && f.Billed == (wechatpay.Billed{}) && (oldest.IsZero() || f.At.Before(oldest)) {
			oldest = f.At
		}
	}
	return oldest
}

// How long money may be on its way back before a person looks. WeChat takes up to three working days to reach a card;
// what came for nothing should be back the next day.
const (
	RefundPatience = 5 * 24 * time.Hour
	OrphanPatience = 24 * time.Hour
)

// LateAt is when a person must look at a refund that is on its way; zero if none is.
func (o Order) LateAt() (late time.Time) {
	for _, r := range o.Refunds {
		if r.State != RefundCreated && r.State != RefundProcessing {
			continue
		}
		at := r.AskedAt.Add(RefundPatience)
		if r.Cause == CauseOrphan {
			at = r.AskedAt.Add(OrphanPatience)
		}
		if late.IsZero() || at.Before(late) {
			late = at
		}
	}
	return late
}

// Flow says in one word what became of the money of an order.
type Flow string

// The flows.
const (
	FlowNone Flow = "none" // none came
	FlowKept Flow = "kept" // it came, and none of it goes back
	FlowBack Flow = "back" // some of it, or all, went back or is on its way
)

// Flows lists all of them.
var Flows = []Flow{FlowKept, FlowBack, FlowNone}

// Flow of the order's money.
func (o Order) Flow() Flow {
	switch {
	case o.Received() == 0:
		return FlowNone
	case len(o.Refunds) == 0:
		return FlowKept
	}
	return FlowBack
}

// HeldPart is what is held of the part that goes into the pool.
func (o Order) HeldPart() domain.Fen { return max(0, min(o.Tied(), o.Left())) }
