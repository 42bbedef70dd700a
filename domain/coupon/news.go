package coupon

import (
	"context"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/notice"
)

// page of the mini-program that shows one's coupons.
const page = "pages/coupon/list"

// Hint tells in plain words how a coupon stands and what happens next.
func (c Coupon) Hint(now time.Time) string {
	switch c.State {
	case Locked:
		return "正用在待支付的订单里；订单取消或超时后自动退回"
	case Used:
		return "已经用掉，减了 " + c.Took.String() + "；" + choose(c.Terms.Returns, "订单全额退款后退回", "不再退回")
	case Expired:
		return "已经过期"
	case Revoked:
		return "已被机构收回：" + c.Reason
	}
	if now.Before(c.From) {
		return c.From.In(calendar.Location()).Format("1月2日 15:04") + "起可以使用"
	}
	return c.last() + choose(c.Terms.Returns, "，用掉后订单全额退款会退回", "，用掉后不再退回")
}

// TellGot tells somebody of a coupon that they were given; who claims one knows. For jobs.
func (s *Service) TellGot(ctx context.Context, id string) error {
	c, err := s.Store.Get(ctx, id)
	if err != nil || c.Way != ByGift || c.State == Revoked {
		return err
	}
	return s.tell(ctx, c, "got", "收到一张优惠券", "“"+c.Title+"”："+c.Terms.Short()+"，"+c.last())
}

// TellEnding tells somebody that a coupon of theirs ends soon. For jobs.
func (s *Service) TellEnding(ctx context.Context, id string) error {
	c, err := s.Store.Get(ctx, id)
	if err != nil || c.State != Unused {
		return err
	}
	return s.tell(ctx, c, "ending", "优惠券快到期了", "“"+c.Title+"”："+c.Terms.Short()+"，"+c.last())
}

// TellRevoked tells somebody that a coupon was taken back, and why. For jobs.
func (s *Service) TellRevoked(ctx context.Context, id string) error {
	c, err := s.Store.Get(ctx, id)
	if err != nil || c.State != Revoked || c.EndedBy == "" {
		return err
	}
	return s.tell(ctx, c, "revoked", "优惠券已被收回", "“"+c.Title+"”，原因："+c.Reason)
}

// last says until when the coupon holds.
func (c Coupon) last() string {
	return fmt.Sprintf("%s前有效", c.Until.In(calendar.Location()).Format("1月2日 15:04"))
}

func (s *Service) tell(ctx context.Context, c Coupon, what, title, body string) error {
	return s.Notices.Tell(ctx, notice.Notice{
		Doc: domain.Doc{ID: domain.Key("coupon", what, c.Template, c.Member, fmt.Sprint(c.N))}, Member: c.Member, Kind: notice.CouponNews,
		At: s.Clock.Now(), Until: c.Until, Title: title, Body: body, Page: page,
	})
}
