package jobs

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/order"
)

func orders(s *order.Service) []Consumer {
	drive := func(ctx context.Context, id string) error {
		_, err := s.Drive(ctx, id)
		return err
	}
	return []Consumer{{
		Name: "order-drive", Lane: Urgent, Handle: byID(drive),
		Events: []string{order.EventPaid, order.EventCancelled, order.EventEnded, order.EventRefund},
	}, {
		Name: "order-news", Lane: Normal, Events: []string{order.EventFulfilled}, Handle: byID(s.TellFulfilled),
	}, {
		Name: "refund-news", Lane: Normal, Events: []string{order.EventRefunded},
		Handle: func(ctx context.Context, p domain.Posted) error {
			var back order.RefundedData
			if err := decode(p, &back); err != nil {
				return err
			}
			return s.TellRefunded(ctx, p.ID, back)
		},
	}}
}
