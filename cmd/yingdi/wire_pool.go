package main

import (
	"context"

	"yingdi/config"
	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/pool"
	"yingdi/domain/transfer"
	"yingdi/domain/wallet"
	"yingdi/storage"
)

// joinPools builds the scholarship pools between orders, which fill them, and transfers, which empty them.
func (a *app) joinPools(at stores, camps *camp.Service) {
	s := a.services
	s.Pools = &pool.Service{
		Store: at.pools.Pools, People: at.pools.Members, Settlements: at.pools.Settlements, Sheets: at.pools.Sheets, Consents: at.pools.Consents,
		Evidence: storage.PoolEvidence{Facts: storage.Facts{Reviews: at.reviews, Checkins: at.checkins}},
		Camps:    camps, Tasks: s.Lessons, Products: s.Products, Orders: at.orders, Refunds: s.Orders, Transfers: gains{s.Transfers}, Wallets: purse{s.Wallets},
		Organisers: s.Organisers, Members: s.Members, Notices: s.Notices, Limits: poolLimits(a.config.Pool), IDs: a.ids, Clock: a.clock,
	}
	s.Orders.Pools = s.Pools
}

func poolLimits(p config.Pool) pool.Limits {
	return pool.Limits{On: p.On, Cap: domain.Fen(p.CapYuan) * 100}
}

// gains are transfers to the winners of a pool.
type gains struct{ transfers *transfer.Service }

var legStates = map[transfer.State]pool.LegState{
	transfer.Due: pool.LegPaying, transfer.Paying: pool.LegPaying, transfer.Waiting: pool.LegWaiting, transfer.Paid: pool.LegPaid,
	transfer.Expired: pool.LegExpired, transfer.Failed: pool.LegFailed, transfer.Unclaimed: pool.LegUnclaimed, transfer.Cancelled: pool.LegFailed,
}

// Send implements pool.Transfers.
func (g gains) Send(ctx context.Context, p pool.Payout) (pool.LegState, string, error) {
	t, err := g.transfers.Ask(ctx, transfer.Ask{
		ID: p.ID, Organiser: p.Organiser, Member: p.Member, Kind: transfer.Payout, Ref: p.Camp, Amount: p.Amount, Title: p.Title, Reason: p.Reason,
	})
	if err != nil {
		return "", "", err
	}
	note := ""
	for _, trouble := range t.Trouble {
		if trouble.DoneAt.IsZero() {
			note = trouble.Note
		}
	}
	if t.State == transfer.Cancelled {
		note = "转账已取消：" + t.CancelFor
	}
	return legStates[t.State], note, nil
}

// purse keeps what is too small to transfer in the winner's wallet.
type purse struct{ wallets *wallet.Service }

// Credit implements pool.Wallets.
func (w purse) Credit(ctx context.Context, p pool.Payout) error {
	_, err := w.wallets.Credit(ctx, wallet.Gain{
		ID: p.ID, Organiser: p.Organiser, Member: p.Member, Kind: wallet.PoolGain, Amount: p.Amount, Ref: p.Camp, Title: p.Title,
	})
	return err
}
