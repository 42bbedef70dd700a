package storage

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"yingdi/domain"
	"yingdi/domain/assist"
	"yingdi/domain/groupbuy"
	"yingdi/domain/ledger"
	"yingdi/domain/pool"
	"yingdi/domain/referral"
	"yingdi/domain/wallet"
)

// Money is every collection with money in it.
type Money struct {
	Orders      Orders
	Transfers   Transfers
	Days        BillDays
	Cases       BillCases
	Pools       PoolStores
	Wallets     Wallets
	WalletPages WalletPages
	Withdrawals Withdrawals
	Groups      Groupbuys
	Assists     Assists
	Commissions Commissions
}

// Facts is all of it, for ledger.Audit.
func (m Money) Facts(ctx context.Context) ledger.Facts {
	return ledger.Facts{
		Orders: m.Orders.Everything(ctx), Transfers: m.Transfers.Everything(ctx), Cases: m.Cases.Everything(ctx), Days: m.Days.Everything(ctx),
		Others: []ledger.Proof{
			m.pool(), m.lists(), m.wallet(), m.withdrawal(), m.group(), m.assist(), m.commission(),
			proof("wallet_page", m.WalletPages.Everything, wallet.Page.Check),
		},
	}
}

type document[T any] interface {
	*T
	Head() *domain.Doc
}

// proof is what each document of a collection says of itself.
func proof[T any, P document[T]](name string, all func(context.Context) iter.Seq2[T, error], check func(T) error) ledger.Proof {
	return proofs[T, P](name, all, func(_ context.Context, list []T) ([]error, error) {
		faults := make([]error, len(list))
		for i, doc := range list {
			faults[i] = check(doc)
		}
		return faults, nil
	})
}

// proofs looks at the documents of a collection some at a time, so that what they are held against is read with few look-ups.
func proofs[T any, P document[T]](name string, all func(context.Context) iter.Seq2[T, error], check func(context.Context, []T) ([]error, error)) ledger.Proof {
	return ledger.Proof{Name: name, Walk: func(ctx context.Context, found func(string, error)) error {
		var some []T
		look := func() error {
			faults, err := check(ctx, some)
			for i := range faults {
				found(P(&some[i]).Head().ID, faults[i])
			}
			some = some[:0]
			return err
		}
		for doc, err := range all(ctx) {
			if err != nil {
				return err
			}
			if some = append(some, doc); len(some) == domain.MaxPage {
				if err := look(); err != nil {
					return err
				}
			}
		}
		return look()
	}}
}

// idsOf what some documents are held against.
func idsOf[T any](list []T, of func(T) []string) (ids []string) {
	for _, doc := range list {
		ids = append(ids, of(doc)...)
	}
	return ids
}

// pool holds each member of a pool against their order, and what they gained against the transfers.
func (m Money) pool() ledger.Proof {
	return proofs("pool_member", m.Pools.Members.Everything, func(ctx context.Context, list []pool.Member) ([]error, error) {
		orders, err := m.Orders.GetMany(ctx, idsOf(list, func(p pool.Member) []string { return []string{p.Order} }))
		if err != nil {
			return nil, err
		}
		sent, err := m.Transfers.GetMany(ctx, idsOf(list, pool.Member.Payouts))
		if err != nil {
			return nil, err
		}
		paid := map[string]domain.Fen{}
		for id, t := range sent {
			paid[id] = t.Sent()
		}
		faults := make([]error, len(list))
		for i, p := range list {
			faults[i] = errors.Join(p.Check(), p.Against(orders), p.Paid(paid))
		}
		return faults, nil
	})
}

// lists holds each settlement against its list.
func (m Money) lists() ledger.Proof {
	return ledger.Proof{Name: "pool_settlement", Walk: func(ctx context.Context, found func(string, error)) error {
		for set, err := range m.Pools.Settlements.Everything(ctx) {
			if err != nil {
				return err
			}
			found(set.ID, set.CheckLines(pool.Lines(ctx, m.Pools.Sheets, set)))
		}
		return nil
	}}
}

// wallet holds what each wallet holds against the withdrawals that want it. One that moved while we looked is looked
// at again.
func (m Money) wallet() ledger.Proof {
	return proofs("wallet", m.Wallets.Everything, func(ctx context.Context, list []wallet.Wallet) ([]error, error) {
		faults := make([]error, len(list))
		for i, w := range list {
			for {
				withdrawals, err := collected(domain.Each(func(page domain.Page) ([]wallet.Withdrawal, domain.Cursor, error) {
					return m.Withdrawals.ByWallet(ctx, w.ID, page)
				}))
				if err != nil {
					return nil, err
				}
				if faults[i] = errors.Join(w.Check(), w.CheckHolds(withdrawals)); faults[i] == nil {
					break
				}
				now, err := m.Wallets.Get(ctx, w.ID)
				if err != nil {
					return nil, err
				}
				if now.MovedAt.Equal(w.MovedAt) {
					break
				}
				w = now
			}
		}
		return faults, nil
	})
}

func collected[T any](all iter.Seq2[T, error]) (list []T, err error) {
	for doc, err := range all {
		if err != nil {
			return nil, err
		}
		list = append(list, doc)
	}
	return list, nil
}

// withdrawal holds each withdrawal against its transfer.
func (m Money) withdrawal() ledger.Proof {
	return proofs("withdrawal", m.Withdrawals.Everything, func(ctx context.Context, list []wallet.Withdrawal) ([]error, error) {
		sent, err := m.Transfers.GetMany(ctx, idsOf(list, func(d wallet.Withdrawal) []string {
			if d.Transfer() == "" {
				return nil
			}
			return []string{d.Transfer()}
		}))
		if err != nil {
			return nil, err
		}
		faults := make([]error, len(list))
		for i, d := range list {
			faults[i] = d.Against(sent)
		}
		return faults, nil
	})
}

// group holds each group against the orders of its seats.
func (m Money) group() ledger.Proof {
	return proofs("groupbuy", m.Groups.Everything, func(ctx context.Context, list []groupbuy.Group) ([]error, error) {
		orders, err := m.Orders.GetMany(ctx, idsOf(list, groupbuy.Group.Orders))
		if err != nil {
			return nil, err
		}
		faults := make([]error, len(list))
		for i, g := range list {
			faults[i] = errors.Join(g.Check(), g.Against(orders))
		}
		return faults, nil
	})
}

// assist holds each assist against the order that has its price.
func (m Money) assist() ledger.Proof {
	return proofs("assist", m.Assists.Everything, func(ctx context.Context, list []assist.Assist) ([]error, error) {
		orders, err := m.Orders.GetMany(ctx, idsOf(list, func(a assist.Assist) []string {
			if a.Order == "" {
				return nil
			}
			return []string{a.Order}
		}))
		if err != nil {
			return nil, err
		}
		faults := make([]error, len(list))
		for i, a := range list {
			faults[i] = a.Check()
			if o, ok := orders[a.Order]; ok {
				faults[i] = errors.Join(faults[i], a.Against(o))
			} else if a.Order != "" {
				faults[i] = errors.Join(faults[i], fmt.Errorf("assist %s: there is no order %s", a.ID, a.Order))
			}
		}
		return faults, nil
	})
}

// commission holds each commission against its order and the wallet that it went into.
func (m Money) commission() ledger.Proof {
	return ledger.Proof{Name: "commission", Walk: func(ctx context.Context, found func(string, error)) error {
		return referral.Audit(ctx, m.Commissions.Everything(ctx), m.Orders, m.Wallets, found)
	}}
}
