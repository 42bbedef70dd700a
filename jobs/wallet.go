package jobs

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/transfer"
	"yingdi/domain/wallet"
)

func wallets(s *wallet.Service) []Consumer {
	drive := func(ctx context.Context, id string) error {
		_, err := s.Drive(ctx, id)
		return err
	}
	return []Consumer{
		{Name: "wallet-roll", Lane: Slow, Events: []string{wallet.EventFull}, Handle: byID(s.Roll)},
		{
			Name: "wallet-held", Lane: Normal, Events: []string{wallet.EventHeld},
			Handle: func(ctx context.Context, p domain.Posted) error {
				var held wallet.Held
				if err := decode(p, &held); err != nil {
					return err
				}
				return s.Adopt(ctx, p.ID, held)
			},
		},
		{Name: "withdrawal-drive", Lane: Normal, Events: []string{wallet.EventMoved}, Handle: byID(drive)},
		{Name: "withdrawal-news", Lane: Normal, Events: []string{wallet.EventMoved}, Handle: byID(s.Tell)},
		{
			Name: "withdrawal-transfer", Lane: Normal,
			Events: []string{
				transfer.EventWaiting, transfer.EventPaid, transfer.EventExpired, transfer.EventFailed, transfer.EventUnclaimed, transfer.EventCancelled,
			},
			Handle: func(ctx context.Context, p domain.Posted) error {
				var told transfer.Told
				if err := decode(p, &told); err != nil || told.Kind != transfer.Withdrawal {
					return err
				}
				_, err := s.Follow(ctx, told.Ref)
				return err
			},
		},
	}
}
