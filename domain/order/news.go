package order

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/notice"
)

// page of the mini-program that shows an order.
const page = "pages/order/show?id="

// TellFulfilled tells a learner that their place is open. For jobs.
func (s *Service) TellFulfilled(ctx context.Context, id string) error {
	o, err := s.Store.Get(ctx, id)
	if err != nil || o.Channel == Nothing || o.Promise.part().Kind == LineGroup { // a group tells its people itself
		return err
	}
	return s.Notices.Tell(ctx, notice.Notice{
		Doc: domain.Doc{ID: domain.Key("order", id, "fulfilled")}, Member: o.Member, Camp: o.Camp, Kind: notice.OrderNews,
		At: o.FulfilledAt, Title: "报名成功", Body: "已收到付款 " + o.Amount.String() + "，名额已经为你保留", Page: page + id,
	})
}

// TellRefunded tells a learner that money is back. For jobs.
func (s *Service) TellRefunded(ctx context.Context, id string, back RefundedData) error {
	o, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	r := o.refundBy(back.Number)
	if r == nil {
		return nil
	}
	return s.Notices.Tell(ctx, notice.Notice{
		Doc: domain.Doc{ID: domain.Key("refund", back.Number)}, Member: o.Member, Camp: o.Camp, Kind: notice.OrderNews,
		At: r.DoneAt, Title: "退款已到账", Body: back.Amount.String() + " 已原路退回：" + r.Reason, Page: page + id,
	})
}
