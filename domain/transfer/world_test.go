package transfer_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/domaintest"
	"yingdi/domain/notice"
	"yingdi/domain/transfer"
	"yingdi/domain/wechatpay"
)

// world is the feature and a WeChat Pay that can be told to lose requests and answers.
type world struct {
	*transfer.Service
	store *store
	bank  *bank
	inbox *inbox
	power *domaintest.Power
	clock *domaintest.Clock
}

type store struct {
	*domaintest.Store[transfer.Transfer]
}

func (s *store) ByCode(_ context.Context, code string) (transfer.Transfer, error) {
	found, _, err := s.Find(func(t transfer.Transfer) bool { return t.Code == code }, nil, domain.Page{})
	if err == nil && len(found) == 0 {
		err = domain.ErrNotFound
	}
	if err != nil {
		return transfer.Transfer{}, err
	}
	return found[0], nil
}

func (s *store) ByMember(_ context.Context, member string, page domain.Page) ([]transfer.Transfer, domain.Cursor, error) {
	return s.Find(func(t transfer.Transfer) bool { return t.Member == member }, nil, page)
}

func (s *store) ByRef(_ context.Context, ref string, state transfer.State, page domain.Page) ([]transfer.Transfer, domain.Cursor, error) {
	return s.Find(func(t transfer.Transfer) bool { return t.Ref == ref && (state == "" || t.State == state) }, nil, page)
}

func (s *store) ByOrganiser(_ context.Context, organiser string, state transfer.State, page domain.Page) ([]transfer.Transfer, domain.Cursor, error) {
	return s.Find(func(t transfer.Transfer) bool { return t.Organiser == organiser && (state == "" || t.State == state) }, nil, page)
}

func (s *store) Waking(_ context.Context, before time.Time, page domain.Page) ([]transfer.Transfer, domain.Cursor, error) {
	return s.Find(func(t transfer.Transfer) bool { return !t.WakeAt.IsZero() && t.WakeAt.Before(before) }, nil, page)
}

func (s *store) Troubled(_ context.Context, organisers []string, page domain.Page) ([]transfer.Transfer, domain.Cursor, error) {
	return s.Find(func(t transfer.Transfer) bool {
		return (organisers == nil || slices.Contains(organisers, t.Organiser)) && t.Troubled()
	}, nil, page)
}

// members all have WeChat, but for nobody.
type members struct{}

func (members) OpenID(_ context.Context, member string) (string, error) {
	if member == "nobody" {
		return "", domain.ErrNotFound
	}
	return "open-" + member, nil
}

// inbox is what people were told, by the notices' ids.
type inbox struct{ told map[string]notice.Notice }

func (i *inbox) Tell(_ context.Context, n notice.Notice) error {
	i.told[n.ID] = n
	return nil
}

// bank is WeChat Pay as the merchant sees it: every fen that it takes is in its bills.
type bank struct {
	mu    sync.Mutex
	clock *domaintest.Clock
	bills map[string]*bill
	purse domain.Fen // of the merchant
	slow  bool       // takes a request in first, and offers it when it is asked again
	// fault, if set, decides about each call: lost before it arrives, or its answer lost.
	fault func(call string) (before, after bool)
}

type bill struct {
	wechatpay.Transfer
	openID string
	madeAt time.Time
}

func (b *bank) call(name string, f func() error) error {
	var before, after bool
	if b.fault != nil {
		before, after = b.fault(name)
	}
	if before {
		return wechatpay.ErrUnreachable
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expire()
	err := f()
	if after {
		return wechatpay.ErrUnreachable
	}
	return err
}

func (b *bank) expire() {
	for _, had := range b.bills {
		if had.State == wechatpay.TransferWaiting && b.clock.Now().Sub(had.madeAt) >= wechatpay.ConfirmFor {
			b.end(had, wechatpay.TransferCancelled, "OVERDUE_CLOSE")
		}
	}
}

func (b *bank) end(had *bill, state wechatpay.TransferState, reason string) {
	had.State, had.Reason = state, reason
	if state != wechatpay.TransferSuccess {
		b.purse += had.Amount
	}
}

func (b *bank) Transfer(_ context.Context, r wechatpay.TransferRequest) (answer wechatpay.Transfer, err error) {
	err = b.call("transfer", func() error {
		had, ok := b.bills[r.Number]
		switch {
		case ok && (had.Amount != r.Amount || had.openID != r.OpenID):
			return wechatpay.ErrUsed
		case ok && had.State == wechatpay.TransferAccepted:
			had.State = wechatpay.TransferWaiting
		case !ok && b.purse < r.Amount:
			return wechatpay.ErrNotEnough
		case !ok:
			b.purse -= r.Amount
			had = &bill{wechatpay.Transfer{Number: r.Number, Bill: "wx" + r.Number, Amount: r.Amount, State: wechatpay.TransferWaiting}, r.OpenID, b.clock.Now()}
			if b.slow {
				had.State = wechatpay.TransferAccepted
			}
			b.bills[r.Number] = had
		}
		if answer = had.Transfer; answer.State == wechatpay.TransferWaiting {
			answer.Package = "package-" + r.Number
		}
		return nil
	})
	return answer, err
}

// QueryTransfer tells no package, and nothing of what is older than thirty days.
func (b *bank) QueryTransfer(_ context.Context, number string) (answer wechatpay.Transfer, err error) {
	err = b.call("query", func() error {
		had, ok := b.bills[number]
		if !ok || b.clock.Now().Sub(had.madeAt) > 30*24*time.Hour {
			return wechatpay.ErrUnknown
		}
		if answer = had.Transfer; had.State == wechatpay.TransferCanceling {
			b.end(had, wechatpay.TransferCancelled, "")
		}
		return nil
	})
	return answer, err
}

func (b *bank) CancelTransfer(_ context.Context, number string) error {
	return b.call("cancel", func() error {
		had, ok := b.bills[number]
		switch {
		case !ok:
			return wechatpay.ErrUnknown
		case had.State == wechatpay.TransferSuccess || had.State == wechatpay.TransferFail:
			return wechatpay.ErrRefused
		case !had.State.Final():
			had.State = wechatpay.TransferCanceling
		}
		return nil
	})
}

func (b *bank) Confirmation(pack string) wechatpay.Confirmation {
	return wechatpay.Confirmation{Package: pack}
}

// confirm is a person who takes what is offered, or whom WeChat will not give it.
func (b *bank) confirm(number string, ok bool) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expire()
	had := b.bills[number]
	if had == nil || had.State != wechatpay.TransferWaiting {
		return false
	}
	if ok {
		b.end(had, wechatpay.TransferSuccess, "")
	} else {
		b.end(had, wechatpay.TransferFail, "REAL_NAME_CHECK_FAIL")
	}
	return true
}

// given is what arrived at a person's for a transfer, and by how many bills.
func (b *bank) given(t transfer.Transfer) (sum domain.Fen, bills int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for number, had := range b.bills {
		if transfer.CodeOf(number) == t.Code && had.State == wechatpay.TransferSuccess {
			sum += had.Amount
			bills++
		}
	}
	return sum, bills
}

// open is how many bills of a transfer can still be paid.
func (b *bank) open(t transfer.Transfer) (open int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expire()
	for number, had := range b.bills {
		if transfer.CodeOf(number) == t.Code && !had.State.Final() {
			open++
		}
	}
	return open
}

func (b *bank) numbers() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Sorted(maps.Keys(b.bills))
}

const float = domain.Fen(10_000_00)

func newWorld() world {
	w := world{power: &domaintest.Power{}, clock: domaintest.NewClock("2026-04-01T01:00:00Z"), inbox: &inbox{map[string]notice.Notice{}}}
	w.store = &store{domaintest.NewStore[transfer.Transfer](w.power)}
	w.store.Unique = func(t *transfer.Transfer) []string { return []string{t.Code} }
	w.bank = &bank{clock: w.clock, bills: map[string]*bill{}, purse: float}
	w.Service = &transfer.Service{Store: w.store, Members: members{}, Notices: w.inbox, Pay: w.bank, Clock: w.clock}
	return w
}

func want(id, member string, amount domain.Fen) transfer.Ask {
	return transfer.Ask{
		ID: id, Organiser: "o1", Member: member, Kind: transfer.Payout, Ref: "p1", Amount: amount, Title: "晨读营奖学金", Reason: "坚持打卡 21 天",
	}
}

func as(t testing.TB, member string) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: member})
}

// owner of the organiser o1.
func owner(t testing.TB) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: "boss", Grants: []domain.Grant{
		{Scope: domain.ScopeOrganiser, ID: "o1", Organiser: "o1", Role: domain.RoleOwner},
	}})
}

// asked is a transfer that WeChat has been asked for.
func (w world) asked(t testing.TB, id, member string, amount domain.Fen) transfer.Transfer {
	t.Helper()
	if _, err := w.Ask(t.Context(), want(id, member, amount)); err != nil {
		t.Fatal(err)
	}
	return w.drive(t, id)
}

func (w world) drive(t testing.TB, id string) transfer.Transfer {
	t.Helper()
	got, err := w.Drive(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func (w world) get(t testing.TB, id string) transfer.Transfer {
	t.Helper()
	got, err := w.store.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// told is WeChat's notification about a bill as it is now.
func (w world) told(t testing.TB, number string) {
	t.Helper()
	w.bank.mu.Lock()
	w.bank.expire()
	seen := w.bank.bills[number].Transfer
	w.bank.mu.Unlock()
	if err := w.TakeTransfer(t.Context(), seen); err != nil {
		t.Fatal(err)
	}
}

func (w world) number(t testing.TB, id string) string {
	t.Helper()
	b, ok := w.get(t, id).Live()
	if !ok {
		t.Fatal("transfer " + id + " has no live bill")
	}
	return b.Number
}

// exact checks one transfer against the bank's books.
func (w world) exact(t transfer.Transfer) error {
	given, bills := w.bank.given(t)
	switch {
	case bills > 1:
		return fmt.Errorf("transfer %s was paid %d times", t.ID, bills)
	case t.Sent() != given:
		return fmt.Errorf("transfer %s says %s arrived, the bank %s", t.ID, t.Sent(), given)
	case w.bank.open(t) > 1:
		return fmt.Errorf("transfer %s can be paid by %d bills", t.ID, w.bank.open(t))
	}
	return t.Check()
}
