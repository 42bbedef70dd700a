package ledger

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"yingdi/domain"
	"yingdi/domain/bill"
	"yingdi/domain/order"
	"yingdi/domain/transfer"
)

// Facts walks through all documents with money in them, one after the other.
type Facts struct {
	Orders    iter.Seq2[order.Order, error]
	Transfers iter.Seq2[transfer.Transfer, error]
	Cases     iter.Seq2[bill.Case, error]
	Days      iter.Seq2[bill.Day, error]
	Others    []Proof // of the features above this one
}

// Proof is what another feature proves about its own money.
type Proof struct {
	Name string
	// Walk hands on each document's id and what is wrong with it, nil if nothing is.
	Walk func(ctx context.Context, found func(id string, fault error)) error
}

// Report is what an audit found.
type Report struct {
	Documents int
	Sums      Sums
	Faults    []Fault // the first of them, in the order in which they were found
	More      int     // faults beyond those
}

// Fault is a document that breaks the books, and how.
type Fault struct{ Collection, ID, What string }

// MaxFaults is how many are told.
const MaxFaults = 100

// ErrBroken says that the books do not hold.
var ErrBroken = errors.New("the books do not hold")

func (r *Report) look(collection, id string, fault error) {
	r.Documents++
	switch {
	case fault == nil:
	case len(r.Faults) < MaxFaults:
		r.Faults = append(r.Faults, Fault{collection, id, fault.Error()})
	default:
		r.More++
	}
}

// SumsOf an order.
func SumsOf(o order.Order) Sums {
	s := Sums{In: o.Received(), Back: o.Returned(), Underway: o.Underway(), Part: o.HeldPart()}
	if s.In > 0 {
		s.Orders = 1
	}
	return s
}

// billed is what documents say that the bills of a day hold.
type billed struct{ paid, refunded domain.Fen }

// Audit walks through all money that there is: each document must hold by itself, what the documents say of a day's bill
// must be what that bill adds up to, and Σ paid = Σ refunded + Σ on its way back + Σ held. Memory is bounded by the number
// of days. It returns ErrBroken if anything does not hold; the report says what.
func Audit(ctx context.Context, f Facts) (r Report, err error) {
	days := map[domain.Day]billed{}
	var matched []bill.Day // first: what is matched from now on may be noted on documents that were looked at already
	for d, err := range f.Days {
		if err != nil {
			return r, err
		}
		matched = append(matched, d)
	}
	for o, err := range f.Orders {
		if err != nil {
			return r, err
		}
		r.look("order", o.ID, holds(o))
		r.Sums.Add(SumsOf(o))
		for _, fact := range o.Facts() {
			if at := fact.Billed; at.Day != "" && !at.Soon {
				days[at.Day] = days[at.Day].with(fact.Back, at.Amount)
			}
		}
	}
	for t, err := range f.Transfers {
		if err != nil {
			return r, err
		}
		r.look("transfer", t.ID, t.Check())
		r.Sums.Out += t.Sent()
	}
	for c, err := range f.Cases { // lines that belong to no order
		if err != nil {
			return r, err
		}
		r.look("bill_case", c.ID, c.Check())
		if c.Unclaimed() {
			days[c.Day] = days[c.Day].with(c.Said.Back, c.Said.Amount)
		}
	}
	for _, d := range matched {
		r.look("bill", d.ID, days[domain.Day(d.ID)].against(d))
	}
	for _, proof := range f.Others {
		if err := proof.Walk(ctx, func(id string, fault error) { r.look(proof.Name, id, fault) }); err != nil {
			return r, err
		}
	}
	if s := r.Sums; s.Held() < 0 || s.Out > s.Held() {
		r.look("ledger", "overall", fmt.Errorf("%s came, %s went back, %s are on their way, %s were paid out", s.In, s.Back, s.Underway, s.Out))
		r.Documents--
	}
	if len(r.Faults) > 0 {
		return r, ErrBroken
	}
	return r, nil
}

// holds reports what is wrong with an order, its own books first.
func holds(o order.Order) error {
	if err := o.Check(); err != nil {
		return err
	}
	if s := SumsOf(o); s.Held() < 0 || s.Part > s.Held() {
		return fmt.Errorf("order %s: %s came, %s went back, %s are on their way, %s are the pool's", o.ID, s.In, s.Back, s.Underway, s.Part)
	}
	return nil
}

func (b billed) with(back bool, amount domain.Fen) billed {
	if back {
		b.refunded += amount
	} else {
		b.paid += amount
	}
	return b
}

// against holds what the documents say of a day's bill against what the bill added up to when it was matched.
func (b billed) against(d bill.Day) error {
	if err := d.Check(); err != nil {
		return err
	}
	if d.State == bill.Matched && (b.paid != d.Tally.Paid || b.refunded != d.Tally.Refunded) {
		return fmt.Errorf("bill of %s: it holds %s paid and %s refunded, the orders say %s and %s", d.ID, d.Tally.Paid, d.Tally.Refunded, b.paid, b.refunded)
	}
	return nil
}
