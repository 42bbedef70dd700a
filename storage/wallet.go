package storage

import (
	"context"
	"errors"
	"time"

	"yingdi/domain"
	"yingdi/domain/wallet"
)

// Wallets keeps what organisers owe people.
type Wallets struct {
	*Collection[wallet.Wallet]
}

// WalletPages keeps the old entries of wallets.
type WalletPages struct{ *Collection[wallet.Page] }

// Withdrawals keeps wishes to have money sent.
type Withdrawals struct {
	*Collection[wallet.Withdrawal]
}

// NewWallets declares the three collections.
func NewWallets(ctx context.Context, db *DB) (Wallets, WalletPages, Withdrawals, error) {
	wallets, err := NewCollection(ctx, db, "wallet", Keys[wallet.Wallet]{
		"member":    func(w *wallet.Wallet) any { return w.Member },
		"organiser": func(w *wallet.Wallet) any { return w.Organiser },
		"balance":   func(w *wallet.Wallet) any { return int64(w.Balance) },
	}, Index{Name: "member", Fields: []string{"member"}}, Index{Name: "organiser", Fields: []string{"organiser", "balance"}})
	pages, err2 := NewCollection(ctx, db, "wallet_page", Keys[wallet.Page]{
		"member": func(p *wallet.Page) any { return p.Member },
		"wallet": func(p *wallet.Page) any { return p.Wallet },
		"number": func(p *wallet.Page) any { return int64(p.Number) },
	}, Index{Name: "member", Fields: []string{"member"}}, Index{Name: "wallet", Fields: []string{"wallet", "number"}})
	withdrawals, err3 := NewCollection(ctx, db, "withdrawal", Keys[wallet.Withdrawal]{
		"member":    func(d *wallet.Withdrawal) any { return d.Member },
		"organiser": func(d *wallet.Withdrawal) any { return d.Organiser },
		"wallet":    func(d *wallet.Withdrawal) any { return d.Wallet },
		"state":     func(d *wallet.Withdrawal) any { return string(d.State) },
		"at":        func(d *wallet.Withdrawal) any { return d.At },
		"waits":     func(d *wallet.Withdrawal) any { return keyed(d.Waits(), d.Organiser) },
		"wake":      func(d *wallet.Withdrawal) any { return d.WakeAt },
	},
		Index{Name: "member", Fields: []string{"member", "at"}},
		Index{Name: "wallet", Fields: []string{"wallet", "at"}},
		Index{Name: "organiser", Fields: []string{"organiser", "at"}},
		Index{Name: "organiserstate", Fields: []string{"organiser", "state", "at"}},
		Index{Name: "waits", Fields: []string{"waits", "at"}},
		Index{Name: "wake", Fields: []string{"wake"}})
	return Wallets{wallets}, WalletPages{pages}, Withdrawals{withdrawals}, errors.Join(err, err2, err3)
}

// ByMember implements wallet.Store, and privacy.Of.
func (s Wallets) ByMember(ctx context.Context, member string, page domain.Page) ([]wallet.Wallet, domain.Cursor, error) {
	return s.Find(ctx, By("member").Equal(member), page)
}

// ByOrganiser implements wallet.Store.
func (s Wallets) ByOrganiser(ctx context.Context, organiser string, page domain.Page) ([]wallet.Wallet, domain.Cursor, error) {
	return s.Find(ctx, By("organiser").Equal(organiser).Descending(), page)
}

// OfPerson implements privacy.Of.
func (s WalletPages) OfPerson(ctx context.Context, member string, page domain.Page) ([]wallet.Page, domain.Cursor, error) {
	return s.Find(ctx, By("member").Equal(member), page)
}

// ByMember implements wallet.WithdrawalStore, and privacy.Of.
func (s Withdrawals) ByMember(ctx context.Context, member string, page domain.Page) ([]wallet.Withdrawal, domain.Cursor, error) {
	return s.Find(ctx, By("member").Equal(member).Descending(), page)
}

// ByWallet lists the withdrawals of a wallet, the oldest first; for whoever checks the books.
func (s Withdrawals) ByWallet(ctx context.Context, id string, page domain.Page) ([]wallet.Withdrawal, domain.Cursor, error) {
	return s.Find(ctx, By("wallet").Equal(id), page)
}

// ByOrganiser implements wallet.WithdrawalStore.
func (s Withdrawals) ByOrganiser(ctx context.Context, organiser string, state wallet.State, page domain.Page) ([]wallet.Withdrawal, domain.Cursor, error) {
	if state == "" {
		return s.Find(ctx, By("organiser").Equal(organiser).Descending(), page)
	}
	return s.Find(ctx, By("organiserstate").Equal(organiser, string(state)).Descending(), page)
}

// Waiting implements wallet.WithdrawalStore.
func (s Withdrawals) Waiting(ctx context.Context, organisers []string, page domain.Page) ([]wallet.Withdrawal, domain.Cursor, error) {
	return s.Find(ctx, amongst(By("waits"), organisers), page)
}

// Waking implements wallet.WithdrawalStore.
func (s Withdrawals) Waking(ctx context.Context, before time.Time, page domain.Page) ([]wallet.Withdrawal, domain.Cursor, error) {
	return s.Find(ctx, By("wake").Range(nil, before), page)
}

var (
	_ wallet.Store           = Wallets{}
	_ wallet.PageStore       = WalletPages{}
	_ wallet.WithdrawalStore = Withdrawals{}
)
