package order

import (
	"encoding/json"
	"fmt"

	"yingdi/domain"
	"yingdi/domain/wechatpay"
)

// Check holds the order's own books: that its amounts agree with each other to the fen, and with what was counted as the
// money moved. It returns what is wrong, in words for whoever must look; nil if all agrees.
func (o Order) Check() error {
	if sum := Sum(o.Promise.Lines); sum != o.Amount {
		return fmt.Errorf("order %s: the lines of the price add up to %s, the order to %s", o.ID, sum, o.Amount)
	}
	if o.Amount < 0 || o.Promise.Part < 0 || o.Promise.Part > o.Amount {
		return fmt.Errorf("order %s: of %s, %s go into the pool", o.ID, o.Amount, o.Promise.Part)
	}
	if o.Seal != "" && o.Seal != o.Promise.seal() {
		return fmt.Errorf("order %s: the promise is not the one that was made", o.ID)
	}
	if err := o.checkAttempts(); err != nil {
		return err
	}
	if err := o.checkRefunds(); err != nil {
		return err
	}
	if t := o.Tally; t != nil && *t != (Tally{o.Received(), o.asked(), o.Returned()}) {
		return fmt.Errorf("order %s: it lists %s in, %s asked back and %s back, and counted %s, %s and %s",
			o.ID, o.Received(), o.asked(), o.Returned(), t.In, t.Asked, t.Back)
	}
	return o.checkState()
}

// told reports whether a trouble of the kind was noted about the number.
func (o Order) told(kind TroubleKind, number string) bool {
	for _, t := range o.Trouble {
		if t.Kind == kind && t.Number == number {
			return true
		}
	}
	return false
}

func (o Order) checkAttempts() error {
	paid := 0
	for _, a := range o.Attempts {
		if a.State == Succeeded {
			paid++
		}
		switch {
		case a.Amount != o.Amount && (a.State != Orphan || !o.told(WrongAmount, a.Number)):
			return fmt.Errorf("order %s: attempt %s is of %s, the order of %s", o.ID, a.Number, a.Amount, o.Amount)
		case a.Billed != (wechatpay.Billed{}) && a.Billed.Amount != a.Amount && !o.told(WrongAmount, a.Number):
			return fmt.Errorf("order %s: attempt %s is of %s, WeChat's bill of %s says %s", o.ID, a.Number, a.Amount, a.Billed.Day, a.Billed.Amount)
		}
	}
	if paid > 1 {
		return fmt.Errorf("order %s: %d payments count", o.ID, paid)
	}
	return nil
}

func (o Order) checkRefunds() error {
	seen, parts := map[string]bool{}, map[string]domain.Fen{}
	for _, r := range o.Refunds {
		a := o.attempt(r.Attempt)
		parts[r.Attempt] += r.Amount
		switch {
		case r.Amount < 1:
			return fmt.Errorf("order %s: refund %s is of %s", o.ID, r.Number, r.Amount)
		case seen[r.Number]:
			return fmt.Errorf("order %s: refund %s is there twice", o.ID, r.Number)
		case a == nil || a.State != Succeeded && a.State != Orphan:
			return fmt.Errorf("order %s: refund %s is of money that never came", o.ID, r.Number)
		case parts[r.Attempt] > a.Amount:
			return fmt.Errorf("order %s: refunds of %s add up to %s, and %s came", o.ID, r.Attempt, parts[r.Attempt], a.Amount)
		case r.Arrived > 0 && r.State != RefundSucceeded:
			return fmt.Errorf("order %s: refund %s is %s, and %s arrived", o.ID, r.Number, r.State, r.Arrived)
		case r.Arrived > 0 && r.Arrived != r.Amount && !o.told(WrongRefund, r.Number):
			return fmt.Errorf("order %s: refund %s is of %s, and %s arrived", o.ID, r.Number, r.Amount, r.Arrived)
		case r.Billed != (wechatpay.Billed{}) && r.Billed.Amount != r.back() && !o.told(WrongRefund, r.Number):
			return fmt.Errorf("order %s: refund %s is of %s, WeChat's bill of %s says %s", o.ID, r.Number, r.back(), r.Billed.Day, r.Billed.Amount)
		}
		seen[r.Number] = true
	}
	for _, event := range o.Outbox { // what others have yet to hear of
		var told RefundedData
		if event.Type != EventRefunded || json.Unmarshal(event.Data, &told) != nil {
			continue
		}
		if r := o.refundBy(told.Number); r == nil || r.Amount != told.Amount {
			return fmt.Errorf("order %s: it is about to tell of %s that came back as %s", o.ID, told.Amount, told.Number)
		}
	}
	return nil
}

// checkState holds the word for the order's state against its money.
func (o Order) checkState() error {
	paid, ok := o.paidBy()
	free := o.Amount == 0
	switch o.State {
	case Pending, Cancelled:
		if ok {
			return fmt.Errorf("order %s: it is %s, and paid by %s", o.ID, o.State, paid.Number)
		}
	case Paid, PaidWaiting, Fulfilled:
		if !ok && !free {
			return fmt.Errorf("order %s: it is %s, and nothing came for it", o.ID, o.State)
		}
	case Refunded, PartRefunded, Refunding:
		if !ok {
			return fmt.Errorf("order %s: it is %s, and nothing came for it", o.ID, o.State)
		}
	}
	var asked, back domain.Fen
	for _, r := range o.Refunds {
		if r.Attempt == paid.Number {
			asked += r.Amount
			if r.State == RefundSucceeded {
				back += r.Amount
			}
		}
	}
	switch is := o.State; {
	case asked == 0 && (is == Refunding || is == PartRefunded || is == Refunded),
		asked > 0 && back < asked && is != Refunding,
		asked > 0 && back == asked && back < paid.Amount && is != PartRefunded,
		asked > 0 && back == asked && back == paid.Amount && is != Refunded:
		return fmt.Errorf("order %s: it is %s, with %s asked back and %s back of %s", o.ID, o.State, asked, back, paid.Amount)
	}
	return nil
}
