package order

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/form"
	"yingdi/domain/wechatpay"
)

// AskPay begins or resumes the payment of the acting person's order and returns what wx.requestPayment wants.
// Returns ErrNotPending, ErrPayOver, ErrClosed, and what WeChat Pay refuses.
func (s *Service) AskPay(ctx context.Context, id string) (wechatpay.Params, error) {
	o, err := s.Mine(ctx, id)
	if err != nil {
		return wechatpay.Params{}, err
	}
	switch {
	case o.State != Pending:
		return wechatpay.Params{}, fmt.Errorf("order %s: %w", id, ErrNotPending)
	case !o.Steps.Done(stepSeat):
		return wechatpay.Params{}, fmt.Errorf("order %s: %w", id, ErrWaiting)
	}
	if err := s.payable(ctx, o); err != nil {
		return wechatpay.Params{}, err
	}
	if o, err = s.Store.Update(ctx, id, func(o *Order) error { return o.Try(s.Clock.Now()) }); err != nil {
		return wechatpay.Params{}, err
	}
	a, _ := o.Current()
	if a.State == Created {
		if a, err = s.prepay(ctx, o, a); err != nil {
			return wechatpay.Params{}, err
		}
	}
	return s.Pay.Params(a.Prepay)
}

func (s *Service) prepay(ctx context.Context, o Order, a Attempt) (Attempt, error) {
	openID, err := s.Members.OpenID(ctx, o.Member)
	if err != nil {
		return a, err
	}
	handle, err := s.Pay.Prepay(ctx, wechatpay.Prepay{
		Number: a.Number, Description: o.Promise.Title, OpenID: openID, Amount: a.Amount, ExpiresAt: o.PayBy,
	})
	switch {
	case errors.Is(err, wechatpay.ErrPaid), errors.Is(err, wechatpay.ErrClosed):
		if _, err := s.ask(ctx, o, a); err != nil {
			return a, err
		}
		return a, fmt.Errorf("order %s: %w", o.ID, ErrWaiting)
	case err != nil:
		return a, err
	}
	_, err = s.Store.Update(ctx, o.ID, func(o *Order) error { return o.Prepaid(a.Number, handle) })
	a.Prepay = handle
	return a, err
}

// Cancel ends the acting person's order if it is not paid. WeChat is asked first: what is paid stays paid.
func (s *Service) Cancel(ctx context.Context, id string) (Order, error) {
	o, err := s.Mine(ctx, id)
	if err != nil {
		return Order{}, err
	}
	return s.end(ctx, o, ByUser)
}

// end closes what can be paid of an order, and only then cancels it. An order that turns out to be paid goes that way.
func (s *Service) end(ctx context.Context, o Order, cause Cause) (Order, error) {
	before := o.State
	o, err := s.closeOpen(ctx, o)
	if err != nil {
		return o, err
	}
	if o.State == before {
		if o, err = s.Store.Update(ctx, o.ID, func(o *Order) error { return o.Cancel(cause, s.Clock.Now()) }); err != nil {
			return o, err
		}
	}
	return s.Drive(ctx, o.ID)
}

// closeOpen closes at WeChat whatever could still be paid of an order, after asking whether it was.
func (s *Service) closeOpen(ctx context.Context, o Order) (Order, error) {
	for _, a := range o.Attempts {
		if a.State != Created && a.State != Waiting {
			continue
		}
		after, err := s.ask(ctx, o, a)
		if err != nil {
			return o, err
		}
		o = after
		if left := o.attempt(a.Number); left.State != Created && left.State != Waiting {
			continue
		}
		if err := s.Pay.Close(ctx, a.Number); err != nil && !errors.Is(err, wechatpay.ErrClosed) && !errors.Is(err, wechatpay.ErrUnknown) {
			return o, err // paid in this very moment, or nobody knows: the next look will
		}
		seen := wechatpay.Trade{Number: a.Number, State: wechatpay.TradeClosed}
		if o, err = s.Seen(ctx, seen); err != nil {
			return o, err
		}
	}
	return o, nil
}

// ask lets WeChat say how an attempt stands, and takes it in.
func (s *Service) ask(ctx context.Context, o Order, a Attempt) (Order, error) {
	trade, err := s.Pay.Query(ctx, a.Number)
	switch {
	case errors.Is(err, wechatpay.ErrUnknown) && a.State == Created:
		return s.Store.Update(ctx, o.ID, func(o *Order) error { return o.NeverAsked(a.Number, s.Clock.Now()) })
	case err != nil:
		return o, err
	}
	return s.Seen(ctx, trade)
}

// Seen takes in what WeChat says about a payment. For jobs.
func (s *Service) Seen(ctx context.Context, t wechatpay.Trade) (Order, error) {
	id := OrderOf(t.Number)
	if id == "" {
		return Order{}, fmt.Errorf("payment %s: %w", t.Number, domain.ErrNotFound)
	}
	return s.Store.Update(ctx, id, func(o *Order) error { return o.Seen(t, s.Clock.Now()) })
}

// RefundSeen takes in what WeChat says about a refund. For jobs.
func (s *Service) RefundSeen(ctx context.Context, r wechatpay.Refund) (Order, error) {
	id := OrderOf(r.Trade)
	if id == "" {
		return Order{}, fmt.Errorf("refund %s: %w", r.Number, domain.ErrNotFound)
	}
	return s.Store.Update(ctx, id, func(o *Order) error { return o.RefundSeen(r, s.Clock.Now()) })
}

// TakeTrade is Seen for a notification; what follows does so by event.
func (s *Service) TakeTrade(ctx context.Context, t wechatpay.Trade) error {
	_, err := s.Seen(ctx, t)
	return err
}

// TakeRefund is RefundSeen for a notification.
func (s *Service) TakeRefund(ctx context.Context, r wechatpay.Refund) error {
	_, err := s.RefundSeen(ctx, r)
	return err
}

// Settle is Drive for whoever holds something for the order.
func (s *Service) Settle(ctx context.Context, id string) error {
	_, err := s.Drive(ctx, id)
	return err
}

// Drive takes an order as far as it can go now: asks WeChat where something is unknown, opens or frees the place, sends
// refunds, and closes at WeChat what is no longer to be paid. It is idempotent, may run beside itself, and goes on where a crash left. For jobs.
func (s *Service) Drive(ctx context.Context, id string) (Order, error) {
	o, err := s.Store.Get(ctx, id)
	if err != nil {
		return o, err
	}
	switch {
	case o.State == Pending:
		o, err = s.drivePending(ctx, o)
	case o.owesPlace():
		o, err = s.fulfil(ctx, o)
	}
	if err != nil {
		return o, err
	}
	if !o.EndedAt.IsZero() {
		if err := s.free(ctx, o); err != nil {
			return o, err
		}
	}
	var unclosed error
	if o.State != Pending { // an attempt beside the one that was paid must not be paid, too
		o, unclosed = s.closeOpen(ctx, o)
	}
	if o, err = s.sendRefunds(ctx, o); err != nil || unclosed != nil {
		return o, errors.Join(unclosed, err)
	}
	return s.Store.Update(ctx, id, func(o *Order) error { return o.rested(s.Clock.Now()) })
}

func (s *Service) drivePending(ctx context.Context, o Order) (Order, error) {
	now := s.Clock.Now()
	switch {
	case !o.Steps.Done(stepSeat) && now.Sub(o.CreatedAt) < FirstQuery:
		return o, nil // whoever placed it is at it
	case !o.Steps.Done(stepSeat):
		return s.end(ctx, o, NoSeat)
	case !now.Before(o.PayBy):
		return s.end(ctx, o, ByTimeout)
	}
	if a, ok := o.Current(); ok && (a.State == Waiting || a.State == Created && now.Sub(a.CreatedAt) >= FirstQuery) {
		after, err := s.ask(ctx, o, a)
		if err != nil {
			return o, err
		}
		if after.State != Pending {
			return s.Drive(ctx, o.ID)
		}
		return after, nil
	}
	return o, nil
}

// fulfil opens the place of a paid order, unless what it takes part in says that it waits, or that its money goes back. One
// whose money came late takes a seat again, or gives the money back.
func (s *Service) fulfil(ctx context.Context, o Order) (Order, error) {
	change := func(how func(o *Order, now time.Time) error) (Order, error) {
		return s.Store.Update(ctx, o.ID, func(o *Order) error { return how(o, s.Clock.Now()) })
	}
	if o.Late() && !o.Waits() {
		err := s.again(ctx, o)
		switch {
		case errors.Is(err, errNoPlace):
			return change((*Order).Fail)
		case err != nil:
			return o, err
		}
	}
	err := s.use(ctx, o)
	if err == nil {
		var fate Fate
		switch fate, err = s.fate(ctx, o); {
		case err != nil:
			return o, err
		case fate.Back != "":
			return change(func(o *Order, now time.Time) error { return o.Miss(fate.Back, now) })
		case !fate.Wait.IsZero():
			return change(func(o *Order, now time.Time) error { return o.Wait(fate.Wait, now) })
		}
		err = s.Places.Open(ctx, o.Camp, o.Member, o.ID)
	}
	switch {
	case errors.Is(err, domain.ErrConflict):
		return change((*Order).Fail)
	case err != nil:
		return o, err
	}
	return change((*Order).Fulfil)
}

var errNoPlace = errors.New("no place for a late payment")

// again asks for what a late payment wants: the price must still be the one promised, or lower, its coupon not be used
// elsewhere, and a seat be free. What it took part in is asked when it hears of the payment.
func (s *Service) again(ctx context.Context, o Order) error {
	c, err := s.Camps.Get(ctx, o.Camp)
	if err != nil {
		return err
	}
	now, err := s.price(ctx, c, o.Promise.Used(LineCoupon), o.Promise.part(), o.claim())
	if err == nil && (Sum(now.Lines) > o.Amount || now.Rules != o.Promise.Rules) {
		return errNoPlace
	}
	if err == nil {
		err = s.lock(ctx, o)
	}
	if err == nil {
		err = s.Places.Hold(ctx, o.Camp, o.Member, o.ID, form.Given{})
	}
	var refusal *domain.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, camp.ErrFull), errors.As(err, &refusal) && refusal.Kind != domain.KindUnavailable:
		return errNoPlace
	}
	return err
}

// sendRefunds sends what is due. One refund that fails does not hold up the others.
func (s *Service) sendRefunds(ctx context.Context, o Order) (Order, error) {
	var failures []error
	for _, r := range o.Refunds {
		if r.State != RefundCreated && r.State != RefundProcessing {
			continue
		}
		after, err := s.sendRefund(ctx, o, r)
		if err != nil {
			failures = append(failures, fmt.Errorf("refund %s: %w", r.Number, err))
			continue
		}
		o = after
	}
	return o, errors.Join(failures...)
}

// sendRefund notes the try before it is made, so that whoever comes after a crash asks first what became of it. Under
// the same number WeChat refunds once, however often it is asked.
func (s *Service) sendRefund(ctx context.Context, o Order, r Refund) (Order, error) {
	now := s.Clock.Now()
	if r.Tries > 0 && now.Before(r.NextAt) {
		return o, nil
	}
	o, err := s.Store.Update(ctx, o.ID, func(o *Order) error { return o.Tried(r.Number, now) })
	if err != nil {
		return o, err
	}
	seen, err := wechatpay.Refund{}, error(wechatpay.ErrUnknown)
	if r.Tries > 0 {
		seen, err = s.Pay.QueryRefund(ctx, r.Number)
	}
	if errors.Is(err, wechatpay.ErrUnknown) {
		seen, err = s.Pay.Refund(ctx, wechatpay.RefundRequest{
			Number: r.Number, Trade: r.Attempt, Total: o.attempt(r.Attempt).Amount, Amount: r.Amount, Reason: r.Reason,
		})
	}
	var refusal *domain.Error
	switch {
	case err == nil:
		return s.RefundSeen(ctx, seen)
	case errors.Is(err, wechatpay.ErrRefused) && errors.As(err, &refusal), errors.Is(err, wechatpay.ErrUsed) && errors.As(err, &refusal):
		return s.Store.Update(ctx, o.ID, func(o *Order) error { return o.Refused(r.Number, refusal.Message, now) })
	case errors.Is(err, wechatpay.ErrNotEnough):
		return s.Store.Update(ctx, o.ID, func(o *Order) error { return o.poor(r.Number, now) })
	}
	return o, err
}
