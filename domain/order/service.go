package order

import (
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
	// Troubled lists the orders with something for a person to decide, of one organiser or of all.
	Troubled(ctx context.Context, organiser string, page domain.Page) ([]Order, domain.Cursor, error)
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

// Platform is the phone system that a learner buys on.
type Platform string

// The platforms.
const (
	IOS     Platform = "ios"
	Android Platform = "android"
	Other   Platform = "other"
)

// Channels says by which channel a platform pays; what is not named is paid by JSAPI. "hidden" sells nothing there.
type Channels map[Platform]Channel

// Hidden is the channel of a platform on which nothing may be sold.
const Hidden Channel = "hidden"

// On is the channel of a platform.
func (c Channels) On(p Platform) (Channel, error) {
	switch channel := c[p]; channel {
	case "":
		return JSAPI, nil
	case Hidden:
		return "", ErrHidden
	default:
		return channel, nil
	}
}

// Service holds the use cases.
type Service struct {
	Store    Store
	Camps    Camps
	Products Products
	Places   Places
	Pools    Pools
	Members  Members
	Notices  Notices
	Pay      WeChatPay
	Channels Channels
	IDs      domain.IDs
	Clock    domain.Clock
}

// Wish is what somebody wants to buy.
type Wish struct {
	Camp     string
	Offer    string
	Platform Platform
	Amount   domain.Fen // that they were shown; ErrPrice if it is another by now
	Given    form.Given // to what the camp asks at enrolment
}

// Preview is the price of a seat now, for anybody who is signed in.
func (s *Service) Preview(ctx context.Context, campID, offer string) (Promise, error) {
	if err := domain.ActorFrom(ctx).MustBeMember(); err != nil {
		return Promise{}, err
	}
	c, err := s.Camps.Get(ctx, campID)
	if err != nil {
		return Promise{}, err
	}
	if err := c.MayEnrol(s.Clock.Now()); err != nil {
		return Promise{}, fmt.Errorf("camp %s: %w", campID, err)
	}
	return s.quote(ctx, c, offer)
}

func (s *Service) quote(ctx context.Context, c camp.Camp, offer string) (Promise, error) {
	p, err := s.Products.Of(ctx, c.ID)
	if err != nil {
		return Promise{}, err
	}
	pool, err := s.Pools.Quoted(ctx, c.ID)
	if err != nil {
		return Promise{}, err
	}
	return Quote(c, p, offer, pool, Deal{}, s.Clock.Now())
}

// Place orders a seat for the acting person and holds it until the order's PayBy. An order of theirs for the camp that
// still waits is given back instead; fresh tells which. Returns camp.ErrFull, ErrPrice, what enrolment refuses.
func (s *Service) Place(ctx context.Context, w Wish) (o Order, fresh bool, err error) {
	actor := domain.ActorFrom(ctx)
	promise, err := s.Preview(ctx, w.Camp, w.Offer)
	if err != nil {
		return Order{}, false, err
	}
	channel, err := s.Channels.On(w.Platform)
	if err != nil {
		return Order{}, false, err
	}
	if had, err := s.Store.Pending(ctx, w.Camp, actor.Member); err == nil {
		return had, false, nil
	} else if !errors.Is(err, domain.ErrNotFound) {
		return Order{}, false, err
	}
	if Sum(promise.Lines) != w.Amount {
		return Order{}, false, fmt.Errorf("camp %s: %w", w.Camp, ErrPrice)
	}
	c, err := s.Camps.Get(ctx, w.Camp)
	if err != nil {
		return Order{}, false, err
	}
	if promise.Part > 0 {
		if err := s.Pools.Promised(ctx, actor.Member, promise, w.Camp); err != nil {
			return Order{}, false, err
		}
	}
	o = Place(s.IDs.New(), c.Organiser, w.Camp, actor.Member, promise, channel, s.Clock.Now())
	err = s.Store.Insert(ctx, o)
	if errors.Is(err, domain.ErrExists) { // another phone was faster
		had, err := s.Store.Pending(ctx, w.Camp, actor.Member)
		return had, false, err
	}
	if err != nil {
		return Order{}, false, err
	}
	o, err = s.hold(ctx, o, w.Given)
	return o, true, err
}

// hold takes the seat of a new order, and cancels the order if there is none. Should this process die in between, the
// answers to the camp's form are lost with it, and Drive cancels the order.
func (s *Service) hold(ctx context.Context, o Order, given form.Given) (Order, error) {
	refused := s.Places.Hold(ctx, o.Camp, o.Member, o.ID, given)
	o, err := s.Store.Update(ctx, o.ID, func(o *Order) error {
		now := s.Clock.Now()
		switch {
		case o.State != Pending || o.Steps.Done(stepSeat):
			return domain.ErrSame
		case refused != nil:
			return o.Cancel(NoSeat, now)
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
		if err := s.Places.Free(ctx, o.Camp, o.Member, o.ID); err != nil {
			return o, err
		}
		return o, errors.Join(refused)
	case o.State == Paid:
		return s.Drive(ctx, o.ID)
	}
	return o, nil
}

// stepSeat marks an order whose seat is held.
const stepSeat = "seat"
