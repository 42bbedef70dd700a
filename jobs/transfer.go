package jobs

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/transfer"
)

func transfers(s *transfer.Service) []Consumer {
	drive := func(ctx context.Context, id string) error {
		_, err := s.Drive(ctx, id)
		return err
	}
	return []Consumer{
		{Name: "transfer-drive", Lane: Normal, Events: []string{transfer.EventDue}, Handle: byID(drive)},
		{
			Name: "transfer-news", Lane: Normal,
			Events: []string{
				transfer.EventWaiting, transfer.EventPaid, transfer.EventExpired, transfer.EventFailed, transfer.EventUnclaimed, transfer.EventCancelled,
			},
			Handle: func(ctx context.Context, p domain.Posted) error { return s.Tell(ctx, p.ID, p.Event.Type) },
		},
	}
}
