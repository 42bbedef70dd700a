package api

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/wallet"
)

// WalletPath is where operations of my wallet with an organiser lie.
type WalletPath struct {
	Organiser string `path:"organiser" pattern:"^[0-9A-Za-z_-]{1,64}$" patternDescription:"id" doc:"Id of the organiser"`
}

// WithdrawalPath is where operations of a withdrawal lie.
type WithdrawalPath struct {
	Withdrawal string `path:"withdrawal" pattern:"^[0-9A-Za-z_-]{1,64}$" patternDescription:"id" doc:"Id of the withdrawal"`
}

// Wallet is what an organiser owes me.
type Wallet struct {
	Organiser string     `json:"organiser" doc:"Id of the organiser"`
	Name      string     `json:"name" doc:"Of the organiser"`
	Balance   domain.Fen `json:"balance" doc:"In fen; below 0 after something was taken back that had been withdrawn"`
	Held      domain.Fen `json:"held" doc:"Of the balance, on its way out"`
	Available domain.Fen `json:"available" doc:"What can be withdrawn"`
	Min       domain.Fen `json:"min" doc:"The least of one withdrawal, in fen"`
	Max       domain.Fen `json:"max" doc:"The most of one withdrawal, in fen"`
	PerDay    int        `json:"per_day" doc:"How many withdrawals a day has"`
	Daily     domain.Fen `json:"daily" doc:"How much can be withdrawn in a day, in fen"`
	Reviewed  domain.Fen `json:"reviewed" doc:"What is more than this waits for staff, in fen"`
}

// WalletEntry is one line of a wallet.
type WalletEntry struct {
	ID     string     `json:"id"`
	Kind   string     `json:"kind" enum:"pool_gain,commission,withdrawal,reversal"`
	Amount domain.Fen `json:"amount" doc:"In fen; below 0 for what goes out or is taken back"`
	Title  string     `json:"title"`
	At     time.Time  `json:"at"`
}

// Withdrawal is a wish of mine to have money sent.
type Withdrawal struct {
	ID        string     `json:"id"`
	Organiser string     `json:"organiser" doc:"Id of the organiser"`
	Amount    domain.Fen `json:"amount" doc:"In fen"`
	State     string     `json:"state" enum:"applied,approved,transferring,failed,done,rejected,cancelled"`
	Reason    string     `json:"reason" doc:"Why it was rejected or cancelled"`
	Transfer  string     `json:"transfer" doc:"Id of the transfer that pays it, once there is one"`
	At        time.Time  `json:"at"`
}

func withdrawalOf(d wallet.Withdrawal) Withdrawal {
	v := Withdrawal{ID: d.ID, Organiser: d.Organiser, Amount: d.Amount, State: string(d.State), Transfer: d.Transfer(), At: d.At}
	if n := len(d.Story); n > 0 {
		v.Reason = d.Story[n-1].Reason
	}
	return v
}

func (a *api) wallets(ctx context.Context, in *Page) (*Answer[List[Wallet]], error) {
	list, next, err := a.Wallets.Mine(ctx, in.page())
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(list))
	for i, w := range list {
		ids[i] = w.Organiser
	}
	names, err := a.Organisers.Names(ctx, ids)
	r := a.Wallets.Rules
	return listOf(list, next, func(w wallet.Wallet) Wallet {
		return Wallet{
			Organiser: w.Organiser, Name: names[w.Organiser], Balance: w.Balance, Held: w.Held(), Available: w.Available(),
			Min: r.Min, Max: wallet.Max, PerDay: r.PerDay, Daily: r.Daily, Reviewed: r.ApproveAbove,
		}
	}), err
}

type entriesInput struct {
	WalletPath
	Page
}

func (a *api) walletEntries(ctx context.Context, in *entriesInput) (*Answer[List[WalletEntry]], error) {
	list, next, err := a.Wallets.MyEntries(ctx, in.Organiser, in.page())
	return listOf(list, next, func(e wallet.Entry) WalletEntry {
		return WalletEntry{e.ID, string(e.Kind), e.Amount, e.Title, e.At}
	}), err
}

type withdrawInput struct {
	WalletPath
	Body struct {
		Amount domain.Fen `json:"amount" minimum:"1" maximum:"100000000" doc:"In fen"`
	}
}

func (a *api) withdraw(ctx context.Context, in *withdrawInput) (*Answer[Withdrawal], error) {
	d, err := a.Wallets.Withdraw(ctx, in.Organiser, in.Body.Amount)
	return answer(withdrawalOf(d)), err
}

func (a *api) withdrawals(ctx context.Context, in *Page) (*Answer[List[Withdrawal]], error) {
	list, next, err := a.Wallets.MyWithdrawals(ctx, in.page())
	return listOf(list, next, withdrawalOf), err
}

func (a *api) cancelWithdrawal(ctx context.Context, in *WithdrawalPath) (*Answer[Withdrawal], error) {
	d, err := a.Wallets.CancelMine(ctx, in.Withdrawal)
	return answer(withdrawalOf(d)), err
}
