package order

import (
	"context"
	"fmt"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/product"
)

// Channel by which an order is paid, chosen by configuration.
type Channel string

// The channels. Refunds and pools assume none of them. WeChat's own payment for virtual goods on iOS is none: it sells
// goods that were entered with WeChat beforehand, each at its one price, and so no seat with a coupon or a part for a pool.
const (
	JSAPI   Channel = "jsapi"
	Nothing Channel = "nothing" // there is nothing to pay
	Shut    Channel = "closed"  // nobody can pay
)

// Market is what a deployment decides by how seats are paid: WeChat forbids mini-programs to sell virtual goods, such as
// recorded courses, by WeChat Pay on iOS, while a service that people give may be sold; its rules change.
type Market struct {
	Kind     camp.Kind
	Platform domain.Platform
}

// Channels of the markets; where none is named WeChat Pay is.
type Channels map[Market]Channel

// ErrClosed refuses what cannot be paid on a platform. WeChat has mini-programs refused, too, that name another way to pay
// or speak of buying there at all: the words are those that its reviewers accept.
var ErrClosed = domain.Refusal(domain.KindForbidden, "order_closed_here", "由于相关规范，当前设备暂不支持此功能")

// On is the channel by which so much is paid in a market, or ErrClosed. Where there is nothing to pay no market is closed.
func (c Channels) On(m Market, amount domain.Fen) (Channel, error) {
	channel, named := c[m]
	switch {
	case amount == 0:
		return Nothing, nil
	case !named:
		return JSAPI, nil
	case channel == Shut:
		return "", ErrClosed
	}
	return channel, nil
}

// closed is why the acting person cannot pay this on their phone; empty if they can.
func (s *Service) closed(ctx context.Context, kind camp.Kind, amount domain.Fen) string {
	if _, err := s.Channels.On(Market{kind, domain.ActorFrom(ctx).Platform}, amount); err != nil {
		return ErrClosed.Message
	}
	return ""
}

// ClosedOn lists the platforms on which nobody can pay for a kind of camp.
func (s *Service) ClosedOn(kind camp.Kind) (list []domain.Platform) {
	for _, p := range []domain.Platform{domain.IOS, domain.Android, domain.Other} {
		if s.Channels[Market{kind, p}] == Shut {
			list = append(list, p)
		}
	}
	return list
}

// Shown is a kind of seat on a phone.
type Shown struct {
	product.Offer
	Closed string // why nobody can pay for it there; empty if one can
}

// Shelf lists what a camp sells, as the acting person's phone may show it.
func (s *Service) Shelf(ctx context.Context, campID string) ([]Shown, error) {
	c, err := s.Camps.Get(ctx, campID)
	if err != nil {
		return nil, err
	}
	p, err := s.Products.Of(ctx, campID)
	if err != nil {
		return nil, err
	}
	var list []Shown
	for _, o := range p.Sold() {
		list = append(list, Shown{o, s.closed(ctx, c.Kind, o.Price)})
	}
	return list, nil
}

// payable refuses to begin the payment of an order on a phone where it cannot be paid, be it placed on another.
func (s *Service) payable(ctx context.Context, o Order) error {
	c, err := s.Camps.Get(domain.WithActor(ctx, domain.SystemActor), o.Camp)
	if err != nil {
		return err
	}
	if _, err := s.Channels.On(Market{c.Kind, domain.ActorFrom(ctx).Platform}, o.Amount); err != nil {
		return fmt.Errorf("order %s: %w", o.ID, err)
	}
	return nil
}
