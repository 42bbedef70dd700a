package order

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/form"
	"yingdi/domain/notice"
	"yingdi/domain/product"
	"yingdi/domain/wechatpay"
)

// Store keeps orders.
type Store interface {
	domain.Documents[Order]
	domain.Many[Order]
	// Pending returns the one order of a person for a camp that waits for its payment, or domain.ErrNotFound.
	Pending(ctx context.Context, camp, member string) (Order, error)
	// ByMember lists a person's orders, the newest first.
	ByMember(ctx context.Context, member string, page domain.Page) ([]Order, domain.Cursor, error)
	// ByCamp lists a camp's orders, the newest first; an empty state means all.
	ByCamp(ctx context.Context, camp string, state State, page domain.Page) ([]Order, domain.Cursor, error)
	// Waking lists the orders that somebody must look at before the instant.
	Waking(ctx context.Context, before time.Time, page domain.Page) ([]Order, domain.Cursor, error)
	// ByOrganiser lists the orders of all camps of an organiser, the newest first; an empty state means all.
	ByOrganiser(ctx context.Context, organiser string, state State, page domain.Page) ([]Order, domain.Cursor, error)
	// Troubled lists the orders with something for a person to decide, of these organisers, or of all for nil.
	Troubled(ctx context.Context, organisers []string, page domain.Page) ([]Order, domain.Cursor, error)
	// Late lists the orders whose LateAt lies before the instant, of these organisers, or of all for nil.
	Late(ctx context.Context, organisers []string, before time.Time, page domain.Page) ([]Order, domain.Cursor, error)
}

// Camps is what this feature needs of domain/camp.
type Camps interface {
	Get(ctx context.Context, id string) (camp.Camp, error)
	ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error)
}

// Products is what this feature needs of domain/product.
type Products interface {
	Of(ctx context.Context, camp string) (product.Product, error)
}

// Places is what this feature needs of domain/enrolment: a seat is held before anybody pays, opened once they have, and
// freed when the order ends. Each is idempotent by the order, and leaves a place alone that is another order's.
type Places interface {
	Hold(ctx context.Context, camp, member, order string, given form.Given) error
	Open(ctx context.Context, camp, member, order string) error
	Free(ctx context.Context, camp, member, order string) error
}

// Coupons is what this feature needs of domain/coupon: a coupon is locked before anybody pays, used once they have, and
// freed when the order ends. Each is idempotent by the order, and leaves a coupon alone that is another order's.
type Coupons interface {
	// Usable lists what the member could use for a seat of the camp now, at most domain.MaxPage of it.
	Usable(ctx context.Context, member string, c camp.Camp) ([]Coupon, error)
	// Priced is a coupon of the member's as a price takes it, be it that it is the order's already; its refusals say why
	// it cannot be used.
	Priced(ctx context.Context, coupon, member, order string, c camp.Camp) (Coupon, error)
	Lock(ctx context.Context, coupon, member, order string) error
	Use(ctx context.Context, coupon, order string, took, paid domain.Fen) error
	// Free gives it back; whole says that all the money of the order goes back.
	Free(ctx context.Context, coupon, order string, whole bool) error
}

// Pools is what this feature needs of domain/pool.
type Pools interface {
	Quoted(ctx context.Context, camp string) (Pool, error)
	// Promised is told before an order with a part for the pool comes about. Returns why the person cannot take part, and
	// ErrPrice if the rules are others by now.
	Promised(ctx context.Context, member string, p Promise, camp string) error
}

// Members is what this feature needs of domain/member.
type Members interface {
	OpenID(ctx context.Context, member string) (string, error)
}

// Notices is what this feature needs of domain/notice.
type Notices interface {
	Tell(ctx context.Context, n notice.Notice) error
}

// WeChatPay is the client that speaks to WeChat Pay.
type WeChatPay interface {
	Prepay(ctx context.Context, p wechatpay.Prepay) (handle string, err error)
	Params(handle string) (wechatpay.Params, error)
	Query(ctx context.Context, number string) (wechatpay.Trade, error)
	Close(ctx context.Context, number string) error
	Refund(ctx context.Context, r wechatpay.RefundRequest) (wechatpay.Refund, error)
	QueryRefund(ctx context.Context, number string) (wechatpay.Refund, error)
}

// Service holds the use cases.
type Service struct {
	Store     Store
	Camps     Camps
	Products  Products
	Places    Places
	Coupons   Coupons
	Specials  map[LineKind]Specials // by the kind of line that each makes
	Pools     Pools
	Referrals Referrals
	Members   Members
	Notices   Notices
	Origins   Origins
	Pay       WeChatPay
	Channels  Channels
	IDs       domain.IDs
	Clock     domain.Clock
}

// Wish is what somebody wants to buy.
type Wish struct {
	Camp    string
	Offer   string
	Coupon  string     // its id; empty for none
	Special Ref        // the campaign whose price they want; zero for none
	Amount  domain.Fen // that they were shown; ErrPrice if it is another by now
	Given   form.Given // to what the camp asks at enrolment
}

// Preview is the price now of what somebody who is signed in wishes. What their own pending order has already they still have.
func (s *Service) Preview(ctx context.Context, w Wish) (Promise, error) {
	c, err := s.enrollable(ctx, w.Camp)
	if err != nil {
		return Promise{}, err
	}
	had, err := s.pending(ctx, w.Camp)
	if err != nil {
		return Promise{}, err
	}
	return s.price(ctx, c, w.Coupon, w.Special, w.claim(ctx, had))
}

// claim is what the acting person says for a wish; had is their pending order, or the zero one.
func (w Wish) claim(ctx context.Context, had Order) Claim {
	return Claim{Order: had.ID, Member: domain.ActorFrom(ctx).Member, Offer: w.Offer}
}

// price of a seat with a coupon and what it takes part in, each of which may be none.
func (s *Service) price(ctx context.Context, c camp.Camp, coupon string, ref Ref, claim Claim) (Promise, error) {
	deal, err := s.deal(ctx, c, coupon, ref, claim)
	if err != nil {
		return Promise{}, err
	}
	p, pool, err := s.priceList(ctx, c)
	if err != nil {
		return Promise{}, err
	}
	return Quote(c, p, claim.Offer, pool, deal, s.Clock.Now())
}

// pending is the acting person's order for a camp that waits for its payment; the zero one if there is none.
func (s *Service) pending(ctx context.Context, campID string) (Order, error) {
	o, err := s.Store.Pending(ctx, campID, domain.ActorFrom(ctx).Member)
	if errors.Is(err, domain.ErrNotFound) {
		return Order{}, nil
	}
	return o, err
}

// enrollable is the camp, if the acting person may ask for a seat of it.
func (s *Service) enrollable(ctx context.Context, campID string) (camp.Camp, error) {
	if err := domain.ActorFrom(ctx).MustBeMember(); err != nil {
		return camp.Camp{}, err
	}
	c, err := s.Camps.Get(ctx, campID)
	if err != nil {
		return c, err
	}
	if err := c.MayEnrol(s.Clock.Now()); err != nil {
		return c, fmt.Errorf("camp %s: %w", campID, err)
	}
	return c, nil
}

func (s *Service) priceList(ctx context.Context, c camp.Camp) (p product.Product, pool Pool, err error) {
	if p, err = s.Products.Of(ctx, c.ID); err == nil {
		pool, err = s.Pools.Quoted(ctx, c.ID)
	}
	return p, pool, err
}

// Place orders a seat for the acting person and holds it until the order's PayBy. An order of theirs for the camp that
// still waits is given back instead; fresh tells which. Returns ErrClosed, camp.ErrFull, ErrPrice, what enrolment, the coupon and the
// campaign refuse.
func (s *Service) Place(ctx context.Context, w Wish) (o Order, fresh bool, err error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Order{}, false, err
	}
	if had, err := s.pending(ctx, w.Camp); err != nil || had.ID != "" { // before the price: what it has nobody can have twice
		if err == nil && !had.Steps.Done(stepSeat) { // whoever made it may have died
			had, err = s.hold(ctx, had, w.Given)
		}
		return had, false, err
	}
	c, err := s.enrollable(ctx, w.Camp)
	if err != nil {
		return Order{}, false, err
	}
	promise, err := s.price(ctx, c, w.Coupon, w.Special, w.claim(ctx, Order{}))
	if err != nil {
		return Order{}, false, err
	}
	channel, err := s.Channels.On(Market{c.Kind, actor.Platform}, Sum(promise.Lines))
	if err != nil {
		return Order{}, false, fmt.Errorf("camp %s: %w", w.Camp, err)
	}
	if Sum(promise.Lines) != w.Amount {
		return Order{}, false, fmt.Errorf("camp %s: %w", w.Camp, ErrPrice)
	}
	if promise.Part > 0 {
		if err := s.Pools.Promised(ctx, actor.Member, promise, w.Camp); err != nil {
			return Order{}, false, err
		}
	}
	if promise.Shares, err = s.shares(ctx, actor.Member, c, promise); err != nil {
		return Order{}, false, err
	}
	o = Place(s.IDs.New(), c.Organiser, w.Camp, actor.Member, promise, channel, s.Clock.Now())
	if o.Origin, err = s.Origins.Of(ctx, o.Organiser, o.Member); err != nil {
		return Order{}, false, err
	}
	err = s.Store.Insert(ctx, o)
	if errors.Is(err, domain.ErrExists) { // another phone was faster
		had, err := s.Store.Pending(ctx, w.Camp, actor.Member)
		if errors.Is(err, domain.ErrNotFound) { // and got no seat
			err = fmt.Errorf("camp %s: %w", w.Camp, domain.ErrConflict)
		}
		return had, false, err
	}
	if err != nil {
		return Order{}, false, err
	}
	o, err = s.hold(ctx, o, w.Given)
	return o, true, err
}

// hold takes the coupon, what the order takes part in, and the seat of a new order, and cancels the order if it cannot have
// all of them; again takes nothing twice. Should this process die in between, the answers to the camp's form are lost with
// it: whoever asks again brings them, and otherwise Drive cancels the order.
func (s *Service) hold(ctx context.Context, o Order, given form.Given) (Order, error) {
	cause, refused := NoCoupon, s.lock(ctx, o)
	if refused == nil {
		cause, refused = NoSpecial, s.reserve(ctx, o)
	}
	if refused == nil {
		cause, refused = NoSeat, s.Places.Hold(ctx, o.Camp, o.Member, o.ID, given)
	}
	o, err := s.Store.Update(ctx, o.ID, func(o *Order) error {
		now := s.Clock.Now()
		switch {
		case o.State != Pending || o.Steps.Done(stepSeat):
			return domain.ErrSame
		case refused != nil:
			return o.Cancel(cause, now)
		}
		o.Steps.Note(stepSeat, now)
		if o.Amount == 0 {
			return o.PaidNothing(now)
		}
		return nil
	})
	switch {
	case err != nil:
		return o, err
	case o.State == Cancelled: // by us, or meanwhile by somebody who thought us dead
		if err := s.free(ctx, o); err != nil {
			return o, err
		}
		return o, cmp.Or(refused, fmt.Errorf("order %s: %w", o.ID, domain.ErrConflict))
	case o.State == Paid:
		return s.Drive(ctx, o.ID)
	}
	return o, nil
}

// stepSeat marks an order whose seat is held.
const stepSeat = "seat"
