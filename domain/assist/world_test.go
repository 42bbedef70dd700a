package assist_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/assist"
	"yingdi/domain/camp"
	"yingdi/domain/domaintest"
	"yingdi/domain/member"
	"yingdi/domain/notice"
	"yingdi/domain/order"
	"yingdi/domain/product"
	"yingdi/domain/source"
)

// world is an organiser with a camp that sells at ¥199, in memory.
type world struct {
	*assist.Service
	store   store
	helpers *domaintest.Store[assist.Helper]
	sources domaintest.Sources[source.Source]
	power   *domaintest.Power
	clock   *domaintest.Clock
	camp    *camp.Camp
	list    *product.Product
	taken   *int64
	in      map[string]bool // who has a place
	orders  orders
	told    *[]string
}

type store struct {
	*domaintest.Store[assist.Assist]
}

func (s store) OfMember(_ context.Context, member string, page domain.Page) ([]assist.Assist, domain.Cursor, error) {
	return s.Find(func(a assist.Assist) bool { return a.Member == member }, nil, page)
}

func (s store) OfCampaign(_ context.Context, campaign string, in assist.Stage, page domain.Page) ([]assist.Assist, domain.Cursor, error) {
	return s.Find(func(a assist.Assist) bool { return a.Campaign == campaign && (in == "" || a.State == in) }, nil, page)
}

func (s store) CountIn(_ context.Context, campaign string, in assist.Stage) (int64, error) {
	return s.Count(func(a assist.Assist) bool { return a.Campaign == campaign && a.State == in })
}

func (s store) Facts(_ context.Context, campaign string) iter.Seq2[assist.Fact, error] {
	return func(yield func(assist.Fact, error) bool) {
		for _, a := range s.All(func(a assist.Assist) bool { return a.Campaign == campaign }) {
			f := assist.Fact{
				StartedAt: a.StartedAt, ReachedAt: a.ReachedAt, OrderedAt: a.OrderedAt, UsedAt: a.UsedAt, Helps: len(a.Helps), Took: a.Took, Paid: a.Paid, Back: a.Back,
			}
			if !yield(f, nil) {
				return
			}
		}
	}
}

func (s store) Waking(_ context.Context, before time.Time, page domain.Page) ([]assist.Assist, domain.Cursor, error) {
	return s.Find(func(a assist.Assist) bool { return !a.WakeAt.IsZero() && a.WakeAt.Before(before) }, nil, page)
}

type campaigns struct {
	*domaintest.Store[assist.Campaign]
}

func (s campaigns) OfOrganiser(_ context.Context, organiser string, in assist.State, page domain.Page) ([]assist.Campaign, domain.Cursor, error) {
	return s.Find(func(c assist.Campaign) bool { return c.Organiser == organiser && (in == "" || c.State == in) }, nil, page)
}

func (s campaigns) Running(_ context.Context, camp string, page domain.Page) ([]assist.Campaign, domain.Cursor, error) {
	return s.Find(func(c assist.Campaign) bool { return c.Camp == camp && c.State == assist.Active }, nil, page)
}

type tallies struct {
	*domaintest.Store[assist.Tally]
}

func (s tallies) Due(_ context.Context, before time.Time, page domain.Page) ([]assist.Tally, domain.Cursor, error) {
	return s.Find(func(t assist.Tally) bool { return !t.DueAt.IsZero() && t.DueAt.Before(before) }, nil, page)
}

func (w *world) Get(_ context.Context, id string) (camp.Camp, error) {
	if id != w.camp.ID {
		return camp.Camp{}, domain.ErrNotFound
	}
	return *w.camp, nil
}

func (w *world) Many(context.Context, []string) (map[string]camp.Camp, error) {
	return map[string]camp.Camp{w.camp.ID: *w.camp, "c9": {Doc: domain.Doc{ID: "c9"}, Organiser: "o9"}}, nil
}

func (w *world) Taken(context.Context, string) (int64, error) { return *w.taken, nil }

type shop struct{ list *product.Product }

func (s shop) Of(context.Context, string) (product.Product, error) { return *s.list, nil }

type places map[string]bool

func (p places) Has(_ context.Context, _, member string) (bool, error) { return p[member], nil }

type members struct{}

func (members) Cards(_ context.Context, ids []string) (map[string]member.Card, error) {
	cards := map[string]member.Card{}
	for _, id := range ids {
		cards[id] = member.Card{ID: id, Nickname: id}
	}
	return cards, nil
}

// orders says what became of those that have a price: nothing is known of most.
type orders struct {
	known map[string]func() error
	were  map[string]order.Order
}

func (o orders) Get(_ context.Context, id string) (order.Order, error) {
	if known, ok := o.were[id]; ok {
		return known, nil
	}
	return order.Order{}, domain.ErrNotFound
}

func (o orders) Settle(_ context.Context, id string) error {
	if settle := o.known[id]; settle != nil {
		return settle()
	}
	return domain.ErrNotFound
}

type news struct{ told *[]string }

func (n news) Tell(_ context.Context, m notice.Notice) error {
	*n.told = append(*n.told, m.Title+"："+m.Body)
	return nil
}

func newWorld() *world {
	w := &world{
		power: &domaintest.Power{}, clock: domaintest.NewClock("2026-03-01T01:00:00Z"), taken: new(int64), in: map[string]bool{}, orders: orders{map[string]func() error{}, map[string]order.Order{}},
		camp: &camp.Camp{
			Doc: domain.Doc{ID: "c1"}, Organiser: "o1", Title: "晨读营", State: camp.Published, Calendar: domain.Calendar{Zone: "Asia/Shanghai"},
			Start: "2026-04-01", End: "2026-04-30", EnrolBy: "2026-03-31", Seats: 30,
		},
		list: &product.Product{Offers: []product.Offer{{ID: "std", Kind: product.Paid, Title: "标准", Price: 199_00}}}, told: &[]string{},
	}
	w.store, w.helpers = store{domaintest.NewStore[assist.Assist](w.power)}, domaintest.NewStore[assist.Helper](w.power)
	w.sources = domaintest.Sources[source.Source]{Store: domaintest.NewStore[source.Source](w.power)}
	w.Service = &assist.Service{
		Store: w.store, Campaigns: campaigns{domaintest.NewStore[assist.Campaign](w.power)}, Helpers: w.helpers, Sources: w.sources,
		Tallies: tallies{domaintest.NewStore[assist.Tally](w.power)}, Camps: w, Places: places(w.in), Products: shop{w.list}, Members: members{},
		Orders: w.orders, Notices: news{w.told}, Sealer: domaintest.Sealer(), Clock: w.clock,
	}
	return w
}

func as(t testing.TB, member string) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: member})
}

func manager(t testing.TB) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: "boss", Grants: []domain.Grant{{Scope: domain.ScopeOrganiser, ID: "o1", Organiser: "o1", Role: domain.RoleManager}}})
}

// three friends bring ¥199 down to ¥99.
func (w *world) three() assist.Form {
	return assist.Form{
		Camp: "c1", Title: "好友助力", Terms: assist.Terms{Offer: "std", Floor: 99_00, Helpers: 3, Hours: 24, Lock: 48},
		Limits: assist.Limits{PerPerson: 2, Quota: 2, PerNetwork: 100, PerDevice: 100}, EndsAt: w.clock.Now().Add(10 * 24 * time.Hour),
	}
}

// active is a campaign in which one can start.
func (w *world) active(t testing.TB, f assist.Form) assist.Campaign {
	t.Helper()
	c, err := w.Save(manager(t), "o1", fmt.Sprint("k", w.clock.Now().Unix()), 0, f)
	if err == nil {
		c, err = w.Turn(manager(t), c.ID, assist.Active)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (w *world) begun(t testing.TB, c assist.Campaign, member string) assist.Assist {
	t.Helper()
	a, fresh, err := w.Begin(as(t, member), c.ID)
	if err != nil || !fresh {
		t.Fatal(fresh, err)
	}
	return a
}

func (w *world) helped(t testing.TB, a assist.Assist, friends ...string) assist.Assist {
	t.Helper()
	for _, f := range friends {
		var err error
		if a, _, err = w.Help(as(t, f), a.ID); err != nil {
			t.Fatal(f, err)
		}
	}
	return a
}

// reached is an assist that has come down to its floor.
func (w *world) reached(t testing.TB, c assist.Campaign, member string) assist.Assist {
	t.Helper()
	var friends []string
	for i := range c.Terms.Helpers {
		friends = append(friends, fmt.Sprint(member, "-friend", i))
	}
	a := w.helped(t, w.begun(t, c, member), friends...)
	if a.State != assist.Reached || a.Price() != c.Terms.Floor {
		t.Fatalf("%+v", a)
	}
	return a
}

func (w *world) now(t testing.TB, id string) assist.Assist {
	t.Helper()
	a, err := w.Store.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// right checks every assist against its rules, and every helper's quota against what they did; rested says that no try is
// under way.
func (w *world) right(quota int, rested bool) error {
	did := map[string]int{}
	for _, a := range w.store.All(nil) {
		if err := a.Check(); err != nil {
			return fmt.Errorf("%w: %+v", err, a)
		}
		for _, h := range a.Helps {
			did[assist.HelperID(a.Campaign, h.Member)]++
		}
	}
	for _, h := range w.helpers.All(nil) {
		if did[h.ID] > len(h.Deeds) || len(h.Deeds) > quota || rested && did[h.ID] != len(h.Deeds) {
			return fmt.Errorf("%s helped %d times: %+v", h.ID, did[h.ID], h.Deeds)
		}
		delete(did, h.ID)
	}
	if len(did) > 0 {
		return errors.New("somebody helped without a quota")
	}
	return nil
}

// lock, use and free are what an order says of the price that it has.
func (w *world) lock(t testing.TB, id, member, by string) error {
	return w.Reserve(t.Context(), order.Claim{Ref: id, Member: member, Order: by})
}

func (w *world) use(t testing.TB, id, member, by string) error {
	fate, err := w.Paid(t.Context(), order.Claim{Ref: id, Member: member, Order: by, PaidAt: w.clock.Now(), Took: 100_00, Amount: 99_00, Kept: 99_00})
	if err == nil && fate != (order.Fate{}) {
		err = errBack
	}
	return err
}

func (w *world) free(t testing.TB, id, by string, whole bool) error {
	c := order.Claim{Ref: id, Order: by}
	if whole {
		c.PaidAt = w.clock.Now()
	}
	return w.Service.Free(t.Context(), c)
}

var errBack = errors.New("the money goes back")
