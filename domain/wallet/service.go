package wallet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"yingdi/domain"
	"yingdi/domain/notice"
	"yingdi/domain/transfer"
)

// Store keeps wallets.
type Store interface {
	domain.Documents[Wallet]
	// ByMember lists a person's wallets.
	ByMember(ctx context.Context, member string, page domain.Page) ([]Wallet, domain.Cursor, error)
	// ByOrganiser lists an organiser's wallets, the greatest balance first.
	ByOrganiser(ctx context.Context, organiser string, page domain.Page) ([]Wallet, domain.Cursor, error)
}

// PageStore keeps what has left the wallets.
type PageStore interface {
	Get(ctx context.Context, id string) (Page, error)
	Insert(ctx context.Context, p Page) error
}

// WithdrawalStore keeps withdrawals.
type WithdrawalStore interface {
	domain.Documents[Withdrawal]
	// ByMember lists a person's withdrawals, the newest first.
	ByMember(ctx context.Context, member string, page domain.Page) ([]Withdrawal, domain.Cursor, error)
	// ByOrganiser lists an organiser's withdrawals, the newest first; an empty state means all.
	ByOrganiser(ctx context.Context, organiser string, state State, page domain.Page) ([]Withdrawal, domain.Cursor, error)
	// Waiting lists the withdrawals that wait for staff, of these organisers, or of all for nil.
	Waiting(ctx context.Context, organisers []string, page domain.Page) ([]Withdrawal, domain.Cursor, error)
	// Waking lists the withdrawals that somebody must look at before the instant.
	Waking(ctx context.Context, before time.Time, page domain.Page) ([]Withdrawal, domain.Cursor, error)
}

// Transfers is what this feature needs of domain/transfer.
type Transfers interface {
	Ask(ctx context.Context, a transfer.Ask) (transfer.Transfer, error)
	Get(ctx context.Context, id string) (transfer.Transfer, error)
	Again(ctx context.Context, id string) (transfer.Transfer, error)
	CallOff(ctx context.Context, id, by, reason string) (transfer.Transfer, error)
}

// Notices is what this feature needs of domain/notice.
type Notices interface {
	Tell(ctx context.Context, n notice.Notice) error
}

// Service holds the use cases.
type Service struct {
	Store       Store
	Pages       PageStore
	Withdrawals WithdrawalStore
	Transfers   Transfers
	Notices     Notices
	Rules       Rules
	IDs         domain.IDs
	Clock       domain.Clock
}

// Gain is what another feature owes to a person from now on. Its ID is its cause: credited again, it counts once.
type Gain struct {
	ID        string
	Organiser string
	Member    string
	Kind      Kind
	Amount    domain.Fen
	Ref       string
	Title     string // ≤ 40 characters, as the person reads it
}

// Check bounds the gain.
func (g Gain) Check() error {
	var check domain.Check
	check.That(domain.ValidID(g.ID), "id", "记录的编号无效")
	check.That(domain.ValidID(g.Organiser) && domain.ValidID(g.Member), "member", "缺少机构或收款人")
	check.That(slices.Contains(Credits, g.Kind), "kind", "没有这种收入")
	check.That(g.Amount >= 1 && g.Amount <= maxGain, "amount", "金额超出范围")
	check.That(g.Ref == "" || domain.ValidID(g.Ref), "ref", "来源无效")
	check.Line("title", "说明", g.Title, 1, 40)
	return check.Err()
}

// maxGain bounds one entry, so that no sum of them overflows.
const maxGain domain.Fen = 1_000_000_00

// Credit adds to a person's wallet, once for each id. Returns ErrOther if the id was used with other facts not long ago.
func (s *Service) Credit(ctx context.Context, g Gain) (Wallet, error) {
	if err := g.Check(); err != nil {
		return Wallet{}, err
	}
	now, id := s.Clock.Now(), ID(g.Organiser, g.Member)
	e := Entry{ID: g.ID, Kind: g.Kind, Amount: g.Amount, At: now, Ref: g.Ref, Title: g.Title}
	w, err := s.Store.Update(ctx, id, func(w *Wallet) error { return w.add(e) })
	if !errors.Is(err, domain.ErrNotFound) {
		return w, err
	}
	w = Wallet{Doc: domain.Doc{ID: id}, Organiser: g.Organiser, Member: g.Member}
	if err := w.add(e); err != nil {
		return w, err
	}
	err = s.Store.Insert(ctx, w)
	if errors.Is(err, domain.ErrExists) { // somebody else opened it
		return s.Store.Update(ctx, id, func(w *Wallet) error { return w.add(e) })
	}
	return w, err
}

// Takeback is what a cause no longer gives.
type Takeback struct {
	ID        string // its own cause
	Of        string // the entry that it takes back
	Organiser string
	Member    string
	Amount    domain.Fen // above zero
	Title     string
}

// Reverse takes back all or a part of what was credited, once for each id, even if it has been withdrawn: the balance then
// falls below zero, and what comes later makes up for it. Returns domain.ErrNotFound if there was no such entry.
func (s *Service) Reverse(ctx context.Context, b Takeback) (Wallet, error) {
	var check domain.Check
	check.That(domain.ValidID(b.ID) && domain.ValidID(b.Of), "id", "记录的编号无效")
	check.That(b.Amount >= 1 && b.Amount <= maxGain, "amount", "金额超出范围")
	check.Line("title", "说明", b.Title, 1, 40)
	if err := check.Err(); err != nil {
		return Wallet{}, err
	}
	e := Entry{ID: b.ID, Kind: Reversal, Amount: -b.Amount, At: s.Clock.Now(), Ref: b.Of, Title: b.Title}
	return s.Store.Update(ctx, ID(b.Organiser, b.Member), func(w *Wallet) error { return w.reverse(e) })
}

// Roll moves a wallet's oldest entries to pages while it has too many. For jobs, after EventFull. The page is written
// first: from then on its entries do not change, so whoever comes after a crash goes on.
func (s *Service) Roll(ctx context.Context, id string) error {
	for {
		w, err := s.Store.Get(ctx, id)
		if err != nil {
			return err
		}
		p, ok := w.page()
		if !ok {
			return nil
		}
		if err := s.Pages.Insert(ctx, p); err != nil && !errors.Is(err, domain.ErrExists) {
			return err
		}
		if _, err := s.Store.Update(ctx, id, func(w *Wallet) error { return w.roll(p, s.Clock.Now()) }); err != nil {
			return err
		}
	}
}

// Mine lists the acting person's wallets.
func (s *Service) Mine(ctx context.Context, page domain.Page) ([]Wallet, domain.Cursor, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return nil, "", err
	}
	return s.Store.ByMember(ctx, actor.Member, page)
}

// MyEntries lists the entries of the acting person's wallet with an organiser, the newest first. Returns
// domain.ErrNotFound if they have none.
func (s *Service) MyEntries(ctx context.Context, organiser string, page domain.Page) ([]Entry, domain.Cursor, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return nil, "", err
	}
	w, err := s.Store.Get(ctx, ID(organiser, actor.Member))
	if err != nil {
		return nil, "", err
	}
	return s.entries(ctx, w, page)
}

// entries are counted from the wallet's first one on, so that a place in the list stays where it is when they roll.
func (s *Service) entries(ctx context.Context, w Wallet, page domain.Page) (list []Entry, next domain.Cursor, err error) {
	live := w.Rolled.Pages * PageSize
	n := live + len(w.Entries)
	if page.After != "" {
		at, err := strconv.Atoi(string(page.After))
		if err != nil || at < 0 || at > n {
			return nil, "", domain.Invalid("after", "分页标记无效")
		}
		n = at
	}
	var rolled Page
	for size := page.Size(20); n > 0 && len(list) < size; {
		n--
		if n >= live {
			list = append(list, w.Entries[n-live])
			continue
		}
		if number := n/PageSize + 1; rolled.Number != number {
			if rolled, err = s.Pages.Get(ctx, fmt.Sprintf("%s:%d", w.ID, number)); err != nil {
				return nil, "", err
			}
		}
		list = append(list, rolled.Entries[n%PageSize])
	}
	if n > 0 {
		next = domain.Cursor(strconv.Itoa(n))
	}
	return list, next, nil
}

// Owed is what all organisers together still owe a person.
func (s *Service) Owed(ctx context.Context, member string) (sum domain.Fen, err error) {
	list := func(page domain.Page) ([]Wallet, domain.Cursor, error) { return s.Store.ByMember(ctx, member, page) }
	for w, err := range domain.Each(list) {
		if err != nil {
			return 0, err
		}
		sum += max(0, w.Balance)
	}
	return sum, nil
}

// OfOrganiser lists what an organiser owes, the most first, to those who may see its money.
func (s *Service) OfOrganiser(ctx context.Context, organiser string, page domain.Page) ([]Wallet, domain.Cursor, error) {
	if err := mayMoney(ctx, organiser); err != nil {
		return nil, "", err
	}
	return s.Store.ByOrganiser(ctx, organiser, page)
}

// ForStaff returns a wallet with one page of its entries, the newest first, to those who may see the organiser's money.
func (s *Service) ForStaff(ctx context.Context, organiser, member string, page domain.Page) (Wallet, []Entry, domain.Cursor, error) {
	if err := mayMoney(ctx, organiser); err != nil {
		return Wallet{}, nil, "", err
	}
	w, err := s.Store.Get(ctx, ID(organiser, member))
	if err != nil {
		return w, nil, "", err
	}
	list, next, err := s.entries(ctx, w, page)
	return w, list, next, err
}

func mayMoney(ctx context.Context, organiser string) error {
	return domain.ActorFrom(ctx).Must(domain.RightMoney, domain.Place{Organiser: organiser})
}
