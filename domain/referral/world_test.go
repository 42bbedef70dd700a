package referral_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/channel"
	"yingdi/domain/domaintest"
	"yingdi/domain/member"
	"yingdi/domain/notice"
	"yingdi/domain/order"
	"yingdi/domain/product"
	"yingdi/domain/referral"
	"yingdi/domain/source"
	"yingdi/domain/wallet"
)

// world is the feature over an organiser o1 with the camps c1 and c2, with real wallets, and orders that the test moves on.
type world struct {
	*referral.Service
	store    *store
	bindings *bindings
	sources  domaintest.Sources[source.Source]
	orders   *domaintest.Store[order.Order]
	camps    *domaintest.Store[camp.Camp]
	people   people
	wallets  *wallet.Service
	purses   *domaintest.Store[wallet.Wallet]
	inbox    inbox
	power    *domaintest.Power
	clock    *domaintest.Clock
}

type store struct {
	*domaintest.Store[referral.Commission]
}

func (s *store) list(is func(referral.Commission) bool, page domain.Page) ([]referral.Commission, domain.Cursor, error) {
	return s.Find(is, func(a, b referral.Commission) int { return b.ReleasedAt.Compare(a.ReleasedAt) }, page)
}

func (s *store) OfMember(_ context.Context, organiser, member string, in referral.Stage, page domain.Page) ([]referral.Commission, domain.Cursor, error) {
	return s.list(func(c referral.Commission) bool {
		return c.Organiser == organiser && c.Member == member && (in == "" || c.Stage == in)
	}, page)
}

func (s *store) OfOrganiser(_ context.Context, organiser string, in referral.Stage, page domain.Page) ([]referral.Commission, domain.Cursor, error) {
	return s.list(func(c referral.Commission) bool { return c.Organiser == organiser && (in == "" || c.Stage == in) }, page)
}

func (s *store) Thawed(ctx context.Context, organiser, member string, page domain.Page) ([]referral.Commission, domain.Cursor, error) {
	return s.OfMember(ctx, organiser, member, referral.Available, page)
}

func (s *store) Sums(_ context.Context, organiser, member string) (sums referral.Sums, err error) {
	for _, c := range s.All(func(c referral.Commission) bool {
		return c.Organiser == organiser && (member == "" || c.Member == member)
	}) {
		sums.Add(c.Stage, c.Net(), c.Reversed())
	}
	return sums, nil
}

func (s *store) Facts(_ context.Context, organiser string) iter.Seq2[referral.Fact, error] {
	return func(yield func(referral.Fact, error) bool) {
		for _, c := range s.All(func(c referral.Commission) bool { return c.Organiser == organiser }) {
			if !yield(referral.Fact{Member: c.Member, Level: c.Level, At: c.At, Base: c.Base, Net: c.Net()}, nil) {
				return
			}
		}
	}
}

func (s *store) Waking(_ context.Context, before time.Time, page domain.Page) ([]referral.Commission, domain.Cursor, error) {
	return s.list(func(c referral.Commission) bool { return !c.WakeAt.IsZero() && c.WakeAt.Before(before) }, page)
}

type plans struct {
	*domaintest.Store[referral.Plan]
}

func (s plans) OfOrganiser(_ context.Context, organiser string, page domain.Page) ([]referral.Plan, domain.Cursor, error) {
	return s.Find(func(p referral.Plan) bool { return p.Organiser == organiser }, nil, page)
}

type promoters struct {
	*domaintest.Store[referral.Promoter]
}

func (s promoters) ByMember(_ context.Context, member string, page domain.Page) ([]referral.Promoter, domain.Cursor, error) {
	return s.Find(func(p referral.Promoter) bool { return p.Member == member }, nil, page)
}

func (s promoters) OfOrganiser(_ context.Context, organiser string, page domain.Page) ([]referral.Promoter, domain.Cursor, error) {
	return s.Find(func(p referral.Promoter) bool { return p.Organiser == organiser }, nil, page)
}

type bindings struct {
	*domaintest.Store[referral.Binding]
}

func (s *bindings) CountOf(_ context.Context, organiser, promoter string) (int64, error) {
	return s.Count(func(b referral.Binding) bool { return b.Organiser == organiser && b.Promoter == promoter })
}

func (s *bindings) OfPromoter(_ context.Context, organiser, promoter string, page domain.Page) ([]referral.Binding, domain.Cursor, error) {
	return s.Find(func(b referral.Binding) bool { return b.Organiser == organiser && b.Promoter == promoter }, nil, page)
}

type tallies struct {
	*domaintest.Store[referral.Tally]
}

func (s tallies) Due(_ context.Context, before time.Time, page domain.Page) ([]referral.Tally, domain.Cursor, error) {
	return s.Find(func(t referral.Tally) bool { return !t.DueAt.IsZero() && t.DueAt.Before(before) }, nil, page)
}

type camps struct{ *domaintest.Store[camp.Camp] }

func (s camps) Titles(context.Context, []string) (map[string]string, error) { return nil, nil }

// people are known to WeChat by their id, unless the test says otherwise.
type people map[string]member.Member

func (p people) Get(_ context.Context, id string) (member.Member, error) {
	if m, ok := p[id]; ok {
		return m, nil
	}
	return member.Member{Doc: domain.Doc{ID: id}, OpenIDHash: "open-" + id, Nickname: "昵称" + id}, nil
}

func (p people) Cards(ctx context.Context, ids []string) (map[string]member.Card, error) {
	cards := map[string]member.Card{}
	for _, id := range ids {
		m, _ := p.Get(ctx, id)
		cards[id] = m.Card()
	}
	return cards, nil
}

// scenes are camp-member.
type scenes struct{}

func (scenes) For(_ context.Context, t channel.Target) (string, error) {
	return t.Camp + "-" + t.Member, nil
}

func (scenes) Resolve(_ context.Context, id string) (channel.Scene, error) {
	return channel.Scene{Doc: domain.Doc{ID: id}, Target: channel.Target{Kind: channel.ToInvite, Camp: id[:2], Member: id[3:]}}, nil
}

type inbox map[string]notice.Notice

func (i inbox) Tell(_ context.Context, n notice.Notice) error {
	i[n.ID] = n
	return nil
}

type purses struct {
	*domaintest.Store[wallet.Wallet]
}

func (s purses) ByMember(context.Context, string, domain.Page) ([]wallet.Wallet, domain.Cursor, error) {
	return nil, "", nil
}

func (s purses) ByOrganiser(context.Context, string, domain.Page) ([]wallet.Wallet, domain.Cursor, error) {
	return nil, "", nil
}

// terms pay one tenth, and nothing of what others bring.
var terms = referral.Terms{Rates: []int{10_00}, BindDays: 30, FreezeDays: 7, PerNetwork: 30, PerDevice: 3}

func newWorld(t testing.TB) world {
	w := world{power: &domaintest.Power{}, clock: domaintest.NewClock("2026-02-20T01:00:00Z"), inbox: inbox{}, people: people{}}
	w.store = &store{domaintest.NewStore[referral.Commission](w.power)}
	w.bindings = &bindings{domaintest.NewStore[referral.Binding](w.power)}
	w.sources = domaintest.Sources[source.Source]{Store: domaintest.NewStore[source.Source](w.power)}
	w.orders, w.camps = domaintest.NewStore[order.Order](w.power), domaintest.NewStore[camp.Camp](w.power)
	w.purses = domaintest.NewStore[wallet.Wallet](w.power)
	w.wallets = &wallet.Service{Store: purses{w.purses}, Clock: w.clock}
	w.Service = &referral.Service{
		Store: w.store, Plans: plans{domaintest.NewStore[referral.Plan](w.power)}, Promoters: promoters{domaintest.NewStore[referral.Promoter](w.power)},
		Bindings: w.bindings, Sources: w.sources, Tallies: tallies{domaintest.NewStore[referral.Tally](w.power)}, Camps: camps{w.camps}, Members: w.people,
		Scenes: scenes{}, Orders: w.orders, Wallets: w.wallets, Purses: w.purses, Notices: w.inbox, Sealer: domaintest.Sealer(), Clock: w.clock,
	}
	for _, id := range []string{"c1", "c2"} {
		must(t, w.camps.Insert(t.Context(), camp.Camp{
			Doc: domain.Doc{ID: id}, Organiser: "o1", Title: "晨读营", Calendar: domain.Calendar{Zone: "Asia/Shanghai"},
			Start: "2026-03-01", End: "2026-03-21", State: camp.Published,
		}))
	}
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func as(t testing.TB, member string) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: member})
}

// manager of the organiser o1.
func manager(t testing.TB) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: "boss", Grants: []domain.Grant{
		{Scope: domain.ScopeOrganiser, ID: "o1", Organiser: "o1", Role: domain.RoleManager},
	}})
}

// opened has an active plan, of the organiser or a camp.
func (w world) opened(t testing.TB, camp string, of referral.Terms) world {
	t.Helper()
	_, err := w.Save(manager(t), "o1", camp, 0, of)
	must(t, err)
	_, err = w.Turn(manager(t), "o1", camp, referral.Active)
	must(t, err)
	return w
}

// promotes makes people promoters.
func (w world) promotes(t testing.TB, members ...string) {
	t.Helper()
	for _, m := range members {
		_, _, err := w.Join(as(t, m), "c1")
		must(t, err)
	}
}

// comes lets somebody come by a promoter.
func (w world) comes(t testing.TB, who, promoter string) {
	t.Helper()
	_, err := w.Arrive(as(t, who), "c1-"+promoter)
	must(t, err)
}

// buys is a seat of c1 for ¥199 that is paid and open, refundable by half until the third day of the camp, with what is
// promised for it now.
func (w world) buys(t testing.TB, who string) order.Order {
	t.Helper()
	return w.bought(t, who, 199_00, 0)
}

func (w world) bought(t testing.TB, who string, price, part domain.Fen) order.Order {
	t.Helper()
	o := w.unearned(t, who, price, part)
	must(t, w.Earn(t.Context(), o.ID))
	return o
}

// unearned is such a seat of which this feature has not heard.
func (w world) unearned(t testing.TB, who string, price, part domain.Fen) order.Order {
	t.Helper()
	c, err := w.Camps.Get(t.Context(), "c1")
	must(t, err)
	shares, err := w.Shares(t.Context(), who, c)
	must(t, err)
	o := paidOrder(fmt.Sprintf("n%d", len(w.orders.All(nil))), who, price, part, shares, c, w.clock.Now())
	must(t, w.orders.Insert(t.Context(), o))
	return o
}

func paidOrder(id, who string, price, part domain.Fen, shares []order.Share, c camp.Camp, now time.Time) order.Order {
	o := order.Place(id, "o1", "c1", who, order.Promise{
		Lines: []order.Line{{Kind: order.LinePrice, Amount: price}}, Part: part, LockAt: c.Calendar.Start(c.Start), Shares: shares,
		Deadlines: []product.Deadline{{Until: c.Calendar.End("2026-03-03"), Percent: 50}},
	}, order.JSAPI, now)
	o.State, o.PaidAt, o.FulfilledAt = order.Fulfilled, now, now
	o.Attempts = []order.Attempt{{Number: id + "-1", Amount: price, State: order.Succeeded, PaidAt: now}}
	return o
}

// back refunds an amount of an order, and tells of it.
func (w world) back(t testing.TB, id string, amount domain.Fen) {
	t.Helper()
	_, err := w.orders.Update(t.Context(), id, func(o *order.Order) error {
		return o.GiveBack(fmt.Sprint("staff-", len(o.Refunds)), order.CauseStaff, amount, false, "boss", "退款", w.clock.Now())
	})
	must(t, err)
	must(t, w.Reckon(t.Context(), id))
	w.settle(t)
}

// settle does what the events ask for.
func (w world) settle(t testing.TB) {
	t.Helper()
	for _, c := range w.store.All(nil) {
		must(t, w.Post(t.Context(), c.ID))
	}
}

// until moves the clock and lets the sweeper look.
func (w world) until(t testing.TB, at string) {
	t.Helper()
	w.clock.Set(domaintest.NewClock(at).Now())
	must(t, w.Sweep(t.Context()))
}

const thawed = "2026-03-04T00:00:00Z"

// pays is a withdrawal that has arrived.
func (w world) pays(t testing.TB, member string, amount domain.Fen) {
	t.Helper()
	id := fmt.Sprint("d", w.clock.Now().UnixNano())
	_, err := w.purses.Update(t.Context(), wallet.ID("o1", member), func(w *wallet.Wallet) error {
		w.Balance -= amount
		w.Entries = append(w.Entries, wallet.Entry{ID: id, Kind: wallet.Withdrawn, Amount: -amount})
		return nil
	})
	must(t, err)
	must(t, w.Follow(t.Context(), wallet.ID("o1", member)))
}

func (w world) commission(t testing.TB, id string) referral.Commission {
	t.Helper()
	c, err := w.store.Get(t.Context(), id)
	must(t, err)
	return c
}

func (w world) balance(t testing.TB, member string) domain.Fen {
	t.Helper()
	found := w.purses.All(func(p wallet.Wallet) bool { return p.Member == member })
	if len(found) == 0 {
		return 0
	}
	must(t, found[0].Check())
	return found[0].Balance
}

// exact holds every commission against its order, and the wallets against the commissions.
func (w world) exact() error {
	want := map[string]domain.Fen{}
	for _, c := range w.store.All(nil) {
		o, err := w.orders.Get(context.Background(), c.Order)
		if err != nil {
			return err
		}
		if err := c.Check(o, false); err != nil {
			return err
		}
		want[c.Member] += c.In()
	}
	for _, p := range w.purses.All(nil) {
		if err := p.Check(); err != nil {
			return err
		}
		var sum domain.Fen
		for _, e := range p.Entries {
			if slices.Contains([]wallet.Kind{wallet.Commission, wallet.Reversal}, e.Kind) {
				sum += e.Amount
			}
		}
		if sum != want[p.Member] {
			return fmt.Errorf("the wallet of %s has %s of commissions, should have %s", p.Member, sum, want[p.Member])
		}
		delete(want, p.Member)
	}
	for who, amount := range want {
		if amount != 0 {
			return fmt.Errorf("%s has no wallet for %s", who, amount)
		}
	}
	return nil
}
