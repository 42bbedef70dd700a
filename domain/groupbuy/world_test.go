package groupbuy_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/domaintest"
	"yingdi/domain/groupbuy"
	"yingdi/domain/member"
	"yingdi/domain/notice"
	"yingdi/domain/order"
	"yingdi/domain/product"
	"yingdi/domain/source"
)

// world is an organiser with a camp that sells to groups, in memory.
type world struct {
	*groupbuy.Service
	groups    *groups
	campaigns campaigns
	entries   *domaintest.Store[groupbuy.Entry]
	sources   domaintest.Sources[source.Source]
	power     *domaintest.Power
	clock     *domaintest.Clock
	till      *till
	news      *news
}

type groups struct {
	*domaintest.Store[groupbuy.Group]
}

func (s *groups) OfCampaign(_ context.Context, campaign string, in groupbuy.Stage, page domain.Page) ([]groupbuy.Group, domain.Cursor, error) {
	return s.Find(func(g groupbuy.Group) bool { return g.Campaign == campaign && (in == "" || g.State == in) }, nil, page)
}

func (s *groups) Joinable(_ context.Context, campaign string, after time.Time, page domain.Page) ([]groupbuy.Group, domain.Cursor, error) {
	return s.Find(func(g groupbuy.Group) bool { return g.Campaign == campaign && g.Joinable() && g.ExpiresAt.After(after) }, nil, page)
}

func (s *groups) Facts(_ context.Context, campaign string, in groupbuy.Stage) iter.Seq2[groupbuy.Fact, error] {
	return func(yield func(groupbuy.Fact, error) bool) {
		for _, g := range s.All(func(g groupbuy.Group) bool { return g.Campaign == campaign && g.State == in }) {
			if !yield(g.Fact(), nil) {
				return
			}
		}
	}
}

func (s *groups) Late(_ context.Context, organisers []string, before time.Time, page domain.Page) ([]groupbuy.Group, domain.Cursor, error) {
	return s.Find(func(g groupbuy.Group) bool {
		late := g.LateAt()
		return (organisers == nil || slices.Contains(organisers, g.Organiser)) && !late.IsZero() && late.Before(before)
	}, nil, page)
}

func (s *groups) Waking(_ context.Context, before time.Time, page domain.Page) ([]groupbuy.Group, domain.Cursor, error) {
	return s.Find(func(g groupbuy.Group) bool { return !g.WakeAt.IsZero() && g.WakeAt.Before(before) }, nil, page)
}

type campaigns struct {
	*domaintest.Store[groupbuy.Campaign]
}

func (s campaigns) OfOrganiser(_ context.Context, organiser string, in groupbuy.State, page domain.Page) ([]groupbuy.Campaign, domain.Cursor, error) {
	return s.Find(func(c groupbuy.Campaign) bool { return c.Organiser == organiser && (in == "" || c.State == in) }, nil, page)
}

func (s campaigns) Running(_ context.Context, camp string, page domain.Page) ([]groupbuy.Campaign, domain.Cursor, error) {
	return s.Find(func(c groupbuy.Campaign) bool { return c.Camp == camp && c.State == groupbuy.Active }, nil, page)
}

type camps struct{}

func (camps) Get(_ context.Context, id string) (camp.Camp, error) {
	return camp.Camp{
		Doc: domain.Doc{ID: id}, Organiser: map[string]string{"c1": "o1"}[id], Calendar: domain.Calendar{Zone: "Asia/Shanghai"}, EnrolBy: "2026-03-10",
	}, nil
}

type products struct{}

func (products) Of(context.Context, string) (product.Product, error) {
	return product.Product{Offers: []product.Offer{
		{ID: "std", Kind: product.Paid, Title: "标准", Price: 199_00},
		{ID: "pool", Kind: product.Scholarship, Title: "奖学金", Price: 299_00, Part: 50_00},
	}}, nil
}

type members struct{}

func (members) Cards(_ context.Context, ids []string) (map[string]member.Card, error) {
	cards := map[string]member.Card{}
	for _, id := range ids {
		cards[id] = member.Card{ID: id}
	}
	return cards, nil
}

// bought is an order as the till knows it.
type bought struct {
	named, member string
	paidAt        time.Time
	cancelled     bool
	left          bool // it was refunded for a reason of its own
	lost          bool // or because there was no seat for it
	opened, asked int  // how often its place was opened, and its money asked after
	back          bool // the money has arrived
}

// till stands for the orders. A refund arrives when it is looked at the second time.
type till struct {
	sync.Mutex
	all    map[string]*bought
	broken string // an order that answers nothing
	at     func() *groupbuy.Service
}

var errBroken = errors.New("no answer")

func (t *till) of(id string) (*bought, error) {
	t.Lock()
	defer t.Unlock()
	b := t.all[id]
	switch {
	case id == t.broken:
		return nil, errBroken
	case b == nil:
		return nil, domain.ErrNotFound
	}
	return b, nil
}

// Settle is the order's drive: what is not paid ends, and the group says what becomes of what is.
func (t *till) Settle(ctx context.Context, id string) error {
	b, err := t.of(id)
	if err != nil {
		return err
	}
	if b.paidAt.IsZero() {
		b.cancelled = true
	}
	return t.tell(ctx, id, b)
}

// tell tells the group what it has not heard, and does what it says.
func (t *till) tell(ctx context.Context, id string, b *bought) error {
	switch {
	case b.left:
		return t.at().Free(ctx, b.claim(id))
	case b.opened > 0:
		return nil
	case b.paidAt.IsZero() && b.cancelled:
		return t.at().Free(ctx, b.claim(id))
	case b.paidAt.IsZero():
		return nil
	}
	fate, err := t.at().Paid(ctx, b.claim(id))
	switch {
	case err != nil:
	case fate.Back != "":
		b.lost = true
	case fate.Wait.IsZero():
		b.opened++
	}
	return err
}

func (t *till) Settled(ctx context.Context, id string) (bool, error) {
	if err := t.Settle(ctx, id); err != nil {
		return false, err
	}
	b, err := t.of(id)
	if err == nil && (b.left || b.lost) {
		b.asked++
		b.back = b.asked > 1
	}
	return err == nil && b.back, err
}

func (t *till) Get(_ context.Context, id string) (order.Order, error) {
	b, err := t.of(id)
	if err != nil {
		return order.Order{}, err
	}
	return order.Order{Promise: order.Promise{Lines: []order.Line{{Kind: order.LineGroup, Ref: b.named}}}}, nil
}

func (b *bought) claim(id string) order.Claim {
	return order.Claim{Ref: b.named, Order: id, Member: b.member, Camp: "c1", Offer: "std", PaidAt: b.paidAt}
}

// news keeps what people are told.
type news struct{ told []notice.Notice }

func (n *news) Tell(_ context.Context, t notice.Notice) error {
	n.told = append(n.told, t)
	return nil
}

func newWorld() world {
	w := world{power: &domaintest.Power{}, clock: domaintest.NewClock("2026-03-01T01:00:00Z"), till: &till{all: map[string]*bought{}}, news: &news{}}
	w.groups = &groups{domaintest.NewStore[groupbuy.Group](w.power)}
	w.campaigns = campaigns{domaintest.NewStore[groupbuy.Campaign](w.power)}
	w.entries = domaintest.NewStore[groupbuy.Entry](w.power)
	w.sources = domaintest.Sources[source.Source]{Store: domaintest.NewStore[source.Source](w.power)}
	w.Service = &groupbuy.Service{
		Store: w.groups, Campaigns: w.campaigns, Entries: w.entries, Camps: camps{}, Products: products{}, Members: members{}, Orders: w.till, Notices: w.news,
		Sources: w.sources, Sealer: domaintest.Sealer(), Clock: w.clock,
	}
	w.till.at = func() *groupbuy.Service { return w.Service }
	return w
}

func as(t testing.TB, member string) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: member})
}

func manager(t testing.TB) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: "boss", Grants: []domain.Grant{{Scope: domain.ScopeOrganiser, ID: "o1", Organiser: "o1", Role: domain.RoleManager}}})
}

// form sells to groups of a size for a day each, for three days.
func (w world) form(size int) groupbuy.Form {
	return groupbuy.Form{
		Camp: "c1", Title: "三人成团", EndsAt: w.clock.Now().Add(72 * time.Hour),
		Terms: groupbuy.Terms{Offer: "std", Size: size, Leader: 99_00, Member: 129_00, Hours: 24, PerPerson: 2},
	}
}

// active is a campaign k that takes people in.
func (w world) active(t testing.TB, size int) {
	t.Helper()
	must(t, second(w.Save(manager(t), "o1", "k", 0, w.form(size))))
	must(t, second(w.Turn(manager(t), "k", groupbuy.Active)))
}

func second[T any](_ T, err error) error { return err }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got %v, want %v", err, want)
	}
}

// reserve places an order and takes a seat for it.
func (w world) reserve(ctx context.Context, named, member, order string) error {
	if w.till.all[order] == nil {
		w.till.all[order] = &bought{named: named, member: member}
	}
	b := w.till.all[order]
	claim := b.claim(order)
	claim.PayBy = w.clock.Now().Add(30 * time.Minute)
	err := w.Reserve(ctx, claim)
	if err != nil && !errors.Is(err, domaintest.ErrDead) {
		b.cancelled = true
		return errors.Join(err, w.till.tell(ctx, order, b))
	}
	return err
}

// pay pays an order now, whatever became of it.
func (w world) pay(ctx context.Context, order string) error {
	b := w.till.all[order]
	if b.paidAt.IsZero() {
		b.paidAt = w.clock.Now()
	}
	return w.till.tell(ctx, order, b)
}

// release ends an order that nobody has paid; leave one that was.
func (w world) release(ctx context.Context, order string) error {
	w.till.all[order].cancelled = true
	return w.till.tell(ctx, order, w.till.all[order])
}

func (w world) leave(ctx context.Context, order string) error {
	w.till.all[order].left = true
	return w.till.tell(ctx, order, w.till.all[order])
}

// in reserves and pays.
func (w world) in(t testing.TB, named, member, order string) {
	t.Helper()
	must(t, w.reserve(t.Context(), named, member, order))
	must(t, w.pay(t.Context(), order))
}

func (w world) seat(t testing.TB, group, order string) groupbuy.Seat {
	t.Helper()
	g, err := w.groups.Get(t.Context(), group)
	must(t, err)
	if s := g.Of(order); s != nil {
		return *s
	}
	return groupbuy.Seat{}
}

func (w world) stage(t testing.TB, group string, want groupbuy.Stage) {
	t.Helper()
	g, err := w.groups.Get(t.Context(), group)
	must(t, err)
	if g.State != want {
		t.Fatalf("group %s is %s, want %s", group, g.State, want)
	}
}

// settle lets so much time pass that nothing is left to wait for.
func (w world) settle(ctx context.Context) error {
	for range 8 {
		w.clock.Add(12 * time.Hour)
		for id, b := range w.till.all {
			if err := w.till.tell(ctx, id, b); err != nil {
				return err
			}
		}
		if err := w.Sweep(ctx); err != nil {
			return err
		}
	}
	return nil
}

// right checks the promises that hold at any time.
func (w world) right() error {
	open := map[string]string{}
	for _, g := range w.groups.All(nil) {
		events := w.groups.Events(g.ID)
		won := len(slices.DeleteFunc(events, func(e string) bool { return e != groupbuy.EventSucceeded }))
		if err := g.Check(); err != nil {
			return err
		}
		switch {
		case won > 1 || (won == 1) != (g.State == groupbuy.Succeeded):
			return fmt.Errorf("group %s is %s and succeeded %d times", g.ID, g.State, won)
		}
		for _, s := range g.Seats {
			if s.State != groupbuy.Paid {
				continue
			}
			if other := open[s.Member]; other != "" {
				return fmt.Errorf("%s has paid in the open groups %s and %s", s.Member, other, g.ID)
			}
			open[s.Member] = g.ID
		}
	}
	return nil
}

// settled checks besides that every paid order ended in one of two ways.
func (w world) settled() error {
	if err := w.right(); err != nil {
		return err
	}
	for id, b := range w.till.all {
		var state groupbuy.SeatState
		for _, g := range w.groups.All(nil) {
			if s := g.Of(id); s != nil {
				state = s.State
			}
			if g.State == groupbuy.Forming || !g.WakeAt.IsZero() {
				return fmt.Errorf("group %s is %s and waits until %s", g.ID, g.State, g.WakeAt)
			}
		}
		switch paid := !b.paidAt.IsZero(); {
		case paid && state == groupbuy.Confirmed && b.opened > 0 && b.asked == 0 && !b.left && !b.lost:
		case paid && state == groupbuy.Refunded && b.back:
		case paid && state == groupbuy.Released && b.left: // before the group heard of the payment
		case !paid && (state == groupbuy.Released || state == ""):
		default:
			return fmt.Errorf("order %s of %s, paid %v, opened %d times, sent back %d times, ended %q", id, b.member, paid, b.opened, b.asked, state)
		}
	}
	for _, e := range w.entries.All(nil) {
		if e.Open != nil && e.Open.Firm {
			return fmt.Errorf("entry %s still has order %s open", e.ID, e.Open.Order)
		}
		if len(e.Won) > 2 {
			return fmt.Errorf("entry %s won %d times", e.ID, len(e.Won))
		}
	}
	return nil
}
