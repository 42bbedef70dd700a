package jobs

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/order"
	"yingdi/domain/pool"
	"yingdi/domain/transfer"
)

func pools(s *pool.Service) []Consumer {
	return []Consumer{
		{Name: "pool-member", Lane: Normal, Events: []string{order.EventFulfilled, order.EventRefunded, order.EventStuck, order.EventEnded}, Handle: byID(s.Follow)},
		{Name: "pool-stage", Lane: Slow, Timeout: 10 * time.Minute, Events: []string{pool.EventStage}, Handle: byID(s.Drive)},
		{Name: "pool-list", Lane: Slow, Timeout: 10 * time.Minute, Events: []string{pool.EventCompute}, Handle: byID(s.Work)},
		{Name: "pool-camp", Lane: Normal, Events: []string{camp.EventEnded}, Handle: byID(s.HeardCamp)},
		{Name: "pool-joined", Lane: Normal, Events: []string{pool.EventMember}, Handle: byID(s.TellMember)},
		{
			Name: "pool-news", Lane: Slow, Timeout: 10 * time.Minute, Events: []string{pool.EventStage},
			Handle: func(ctx context.Context, p domain.Posted) error {
				var stage pool.StageData
				if err := decode(p, &stage); err != nil {
					return err
				}
				return s.TellStage(ctx, p.ID, stage.State, p.Event.At)
			},
		},
		{
			Name: "pool-payout", Lane: Normal,
			Events: []string{
				transfer.EventWaiting, transfer.EventPaid, transfer.EventExpired, transfer.EventFailed, transfer.EventUnclaimed, transfer.EventCancelled,
			},
			Handle: func(ctx context.Context, p domain.Posted) error {
				var told transfer.Told
				if err := decode(p, &told); err != nil {
					return err
				}
				if told.Kind != transfer.Payout {
					return nil
				}
				return s.HeardPayout(ctx, told.Ref, told.Member)
			},
		},
	}
}
