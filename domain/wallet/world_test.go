package wallet_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/domaintest"
	"yingdi/domain/notice"
	"yingdi/domain/transfer"
	"yingdi/domain/wallet"
)

// world is the feature over a desk that sends money.
type world struct {
	*wallet.Service
	wallets     *wallets
	pages       *domaintest.Store[wallet.Page]
	withdrawals *withdrawals
	desk        *desk
	inbox       *inbox
	power       *domaintest.Power
	clock       *domaintest.Clock
}

type wallets struct {
	*domaintest.Store[wallet.Wallet]
}

func (s *wallets) ByMember(_ context.Context, member string, page domain.Page) ([]wallet.Wallet, domain.Cursor, error) {
	return s.Find(func(w wallet.Wallet) bool { return w.Member == member }, nil, page)
}

func (s *wallets) ByOrganiser(_ context.Context, organiser string, page domain.Page) ([]wallet.Wallet, domain.Cursor, error) {
	return s.Find(func(w wallet.Wallet) bool { return w.Organiser == organiser }, nil, page)
}

type withdrawals struct {
	*domaintest.Store[wallet.Withdrawal]
}

func (s *withdrawals) ByMember(_ context.Context, member string, page domain.Page) ([]wallet.Withdrawal, domain.Cursor, error) {
	return s.Find(func(d wallet.Withdrawal) bool { return d.Member == member }, nil, page)
}

func (s *withdrawals) ByOrganiser(_ context.Context, organiser string, state wallet.State, page domain.Page) ([]wallet.Withdrawal, domain.Cursor, error) {
	return s.Find(func(d wallet.Withdrawal) bool { return d.Organiser == organiser && (state == "" || d.State == state) }, nil, page)
}

func (s *withdrawals) Waiting(_ context.Context, organisers []string, page domain.Page) ([]wallet.Withdrawal, domain.Cursor, error) {
	return s.Find(func(d wallet.Withdrawal) bool {
		return (organisers == nil || slices.Contains(organisers, d.Organiser)) && d.Waits()
	}, nil, page)
}

func (s *withdrawals) Waking(_ context.Context, before time.Time, page domain.Page) ([]wallet.Withdrawal, domain.Cursor, error) {
	return s.Find(func(d wallet.Withdrawal) bool { return !d.WakeAt.IsZero() && d.WakeAt.Before(before) }, nil, page)
}

// desk is domain/transfer as this feature sees it: what was asked for, moved on by the test.
type desk struct {
	*domaintest.Store[transfer.Transfer]
	clock *domaintest.Clock
}

func (d *desk) Ask(ctx context.Context, a transfer.Ask) (transfer.Transfer, error) {
	if err := a.Check(); err != nil {
		return transfer.Transfer{}, err
	}
	had, err := d.Get(ctx, a.ID)
	if err == nil {
		return had, nil
	}
	t := transfer.Transfer{
		Doc: domain.Doc{ID: a.ID}, Organiser: a.Organiser, Member: a.Member, Kind: a.Kind, Ref: a.Ref, Amount: a.Amount, State: transfer.Waiting,
	}
	return t, d.Insert(ctx, t)
}

func (d *desk) Again(ctx context.Context, id string) (transfer.Transfer, error) {
	return d.Update(ctx, id, func(t *transfer.Transfer) error { return t.Again("boss", d.clock.Now()) })
}

func (d *desk) CallOff(ctx context.Context, id, by, reason string) (transfer.Transfer, error) {
	return d.Update(ctx, id, func(t *transfer.Transfer) error {
		switch t.State {
		case transfer.Paid:
			return transfer.ErrPaid
		case transfer.Cancelled:
			return domain.ErrSame
		}
		t.State, t.CancelBy, t.CancelFor = transfer.Cancelled, by, reason
		return nil
	})
}

// becomes takes a transfer on, unless it is over.
func (d *desk) becomes(id string, state transfer.State) {
	_, _ = d.Update(context.Background(), "withdrawal:"+id, func(t *transfer.Transfer) error {
		if t.State.Over() {
			return domain.ErrSame
		}
		t.State = state
		return nil
	})
}

// paid is what arrived, at all.
func (d *desk) paid() (sum domain.Fen) {
	for _, t := range d.All(nil) {
		if t.State == transfer.Paid {
			sum += t.Amount
		}
	}
	return sum
}

type inbox struct{ told map[string]notice.Notice }

func (i *inbox) Tell(_ context.Context, n notice.Notice) error {
	i.told[n.ID] = n
	return nil
}

var rules = wallet.Rules{Min: 1_00, PerDay: 3, Daily: 500_00, ApproveAbove: 100_00}

func newWorld() world {
	w := world{power: &domaintest.Power{}, clock: domaintest.NewClock("2026-04-01T01:00:00Z"), inbox: &inbox{map[string]notice.Notice{}}}
	w.wallets = &wallets{domaintest.NewStore[wallet.Wallet](w.power)}
	w.pages = domaintest.NewStore[wallet.Page](w.power)
	w.withdrawals = &withdrawals{domaintest.NewStore[wallet.Withdrawal](w.power)}
	w.desk = &desk{domaintest.NewStore[transfer.Transfer](&domaintest.Power{}), w.clock}
	w.Service = &wallet.Service{
		Store: w.wallets, Pages: w.pages, Withdrawals: w.withdrawals, Transfers: w.desk, Notices: w.inbox, Rules: rules,
		IDs: &domaintest.IDs{}, Clock: w.clock,
	}
	return w
}

func as(t testing.TB, member string) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: member})
}

// staff who may see the money of the organiser o1.
func staff(t testing.TB, member string) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: member, Grants: []domain.Grant{
		{Scope: domain.ScopeOrganiser, ID: "o1", Organiser: "o1", Role: domain.RoleManager},
	}})
}

func gain(id string, amount domain.Fen) wallet.Gain {
	return wallet.Gain{ID: id, Organiser: "o1", Member: "ann", Kind: wallet.Commission, Amount: amount, Ref: "order1", Title: "推广佣金"}
}

func (w world) credit(t testing.TB, id string, amount domain.Fen) wallet.Wallet {
	t.Helper()
	got, err := w.Credit(t.Context(), gain(id, amount))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func (w world) withdraw(t testing.TB, amount domain.Fen) wallet.Withdrawal {
	t.Helper()
	d, err := w.Withdraw(as(t, "ann"), "o1", amount)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (w world) anns(t testing.TB) wallet.Wallet {
	t.Helper()
	got, err := w.wallets.Get(t.Context(), "o1:ann")
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// follow takes a withdrawal's transfer to a state and lets the withdrawal hear of it.
func (w world) follow(t testing.TB, id string, state transfer.State) wallet.Withdrawal {
	t.Helper()
	w.desk.becomes(id, state)
	d, err := w.Follow(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// exact checks a wallet by itself, against its pages and against its withdrawals.
func (w world) exact(got wallet.Wallet) error {
	if err := got.Check(); err != nil {
		return err
	}
	var rolled domain.Fen
	for _, p := range w.pages.All(func(p wallet.Page) bool { return p.Wallet == got.ID && p.Number <= got.Rolled.Pages }) {
		if err := p.Check(); err != nil {
			return err
		}
		rolled += p.Sum
	}
	if rolled != got.Rolled.Sum {
		return fmt.Errorf("wallet %s says %s went to pages, they say %s", got.ID, got.Rolled.Sum, rolled)
	}
	return got.CheckHolds(w.withdrawals.All(func(d wallet.Withdrawal) bool { return d.Wallet == got.ID }))
}
