package coupon_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/coupon"
	"yingdi/domain/domaintest"
	"yingdi/domain/member"
	"yingdi/domain/notice"
	"yingdi/domain/order"
	"yingdi/domain/source"
	"yingdi/domain/team"
)

// world is an organiser with its templates, in memory.
type world struct {
	*coupon.Service
	store    *store
	counters *domaintest.Counters
	power    *domaintest.Power
	clock    *domaintest.Clock
	orders   *orders
}

type store struct {
	*domaintest.Store[coupon.Coupon]
}

func (s *store) list(is func(coupon.Coupon) bool, page domain.Page) ([]coupon.Coupon, domain.Cursor, error) {
	return s.Find(is, nil, page)
}

func (s *store) OfMember(_ context.Context, member string, in coupon.Stage, page domain.Page) ([]coupon.Coupon, domain.Cursor, error) {
	return s.list(func(c coupon.Coupon) bool {
		return !c.GotAt.IsZero() && c.Member == member && (in == "" || c.State == in)
	}, page)
}

func (s *store) Ready(_ context.Context, organiser, member string, page domain.Page) ([]coupon.Coupon, domain.Cursor, error) {
	return s.list(func(c coupon.Coupon) bool {
		return c.State == coupon.Unused && c.Organiser == organiser && c.Member == member
	}, page)
}

func (s *store) OfTemplate(_ context.Context, template string, in coupon.Stage, page domain.Page) ([]coupon.Coupon, domain.Cursor, error) {
	return s.list(func(c coupon.Coupon) bool {
		return !c.GotAt.IsZero() && c.Template == template && (in == "" || c.State == in)
	}, page)
}

func (s *store) CountGot(_ context.Context, template string) (int64, error) {
	return s.Count(func(c coupon.Coupon) bool { return !c.GotAt.IsZero() && c.Template == template })
}

func (s *store) Facts(_ context.Context, template string) iter.Seq2[coupon.Fact, error] {
	return func(yield func(coupon.Fact, error) bool) {
		for _, c := range s.All(func(c coupon.Coupon) bool { return !c.GotAt.IsZero() && c.Template == template }) {
			if !yield(coupon.Fact{GotAt: c.GotAt, UsedAt: c.UsedAt, Took: c.Took, Paid: c.Paid, Back: c.Back}, nil) {
				return
			}
		}
	}
}

func (s *store) Waking(_ context.Context, before time.Time, page domain.Page) ([]coupon.Coupon, domain.Cursor, error) {
	return s.list(func(c coupon.Coupon) bool { return !c.WakeAt.IsZero() && c.WakeAt.Before(before) }, page)
}

type templates struct {
	*domaintest.Store[coupon.Template]
}

func (s templates) OfOrganiser(_ context.Context, organiser string, in coupon.State, page domain.Page) ([]coupon.Template, domain.Cursor, error) {
	return s.Find(func(t coupon.Template) bool { return t.Organiser == organiser && (in == "" || t.State == in) }, nil, page)
}

func (s templates) Offered(_ context.Context, organiser string, page domain.Page) ([]coupon.Template, domain.Cursor, error) {
	return s.Find(func(t coupon.Template) bool {
		return t.Organiser == organiser && t.Public && t.State == coupon.Active
	}, nil, page)
}

func (s templates) Running(_ context.Context, page domain.Page) ([]coupon.Template, domain.Cursor, error) {
	return s.Find(func(t coupon.Template) bool { return t.State == coupon.Active || t.State == coupon.Paused }, nil, page)
}

type batches struct {
	*domaintest.Store[coupon.Batch]
}

func (s batches) OfTemplate(_ context.Context, template string, page domain.Page) ([]coupon.Batch, domain.Cursor, error) {
	return s.Find(func(b coupon.Batch) bool { return b.Template == template }, nil, page)
}

type codes struct{ *domaintest.Store[coupon.Code] }

func (s codes) CountTaken(_ context.Context, batch string) (int64, error) {
	return s.Count(func(c coupon.Code) bool { return c.Batch == batch && c.Member != "" })
}

type tallies struct {
	*domaintest.Store[coupon.Tally]
}

func (s tallies) Due(_ context.Context, before time.Time, page domain.Page) ([]coupon.Tally, domain.Cursor, error) {
	return s.Find(func(t coupon.Tally) bool { return !t.DueAt.IsZero() && t.DueAt.Before(before) }, nil, page)
}

// camps are c1 and c2 of the organiser o1, and c3 of another.
type camps struct{}

func (camps) all() map[string]camp.Camp {
	return map[string]camp.Camp{
		"c1": {Doc: domain.Doc{ID: "c1"}, Organiser: "o1", Title: "晨读营", Tags: []string{"阅读"}},
		"c2": {Doc: domain.Doc{ID: "c2"}, Organiser: "o1", Title: "夜跑营"},
		"c3": {Doc: domain.Doc{ID: "c3"}, Organiser: "o2", Title: "晨读营", Tags: []string{"阅读"}},
	}
}

func (c camps) Get(_ context.Context, id string) (camp.Camp, error) { return c.all()[id], nil }

func (c camps) ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error) {
	return c.all()[id], domain.ActorFrom(ctx).Must(right, c.all()[id].Place())
}

func (c camps) Many(context.Context, []string) (map[string]camp.Camp, error) { return c.all(), nil }

func (c camps) Titles(context.Context, []string) (map[string]string, error) { return nil, nil }

type members struct{}

func (members) Cards(_ context.Context, ids []string) (map[string]member.Card, error) {
	cards := map[string]member.Card{}
	for _, id := range ids {
		cards[id] = member.Card{ID: id}
	}
	return cards, nil
}

type teams struct{}

func (teams) InTeam(context.Context, string, string, domain.Page) ([]team.Place, domain.Cursor, error) {
	return []team.Place{{Member: "an"}, {Member: "bo"}}, "", nil
}

// orders says what became of those that hold a coupon: nothing is known of most.
type orders struct {
	known map[string]func() error
	were  map[string]order.Order
}

func (o *orders) Settle(_ context.Context, id string) error {
	if settle := o.known[id]; settle != nil {
		return settle()
	}
	return domain.ErrNotFound
}

func (o *orders) Get(_ context.Context, id string) (order.Order, error) {
	if known, ok := o.were[id]; ok {
		return known, nil
	}
	return order.Order{}, domain.ErrNotFound
}

type news struct{}

func (news) Tell(context.Context, notice.Notice) error { return nil }

func newWorld() world {
	w := world{power: &domaintest.Power{}, clock: domaintest.NewClock("2026-03-01T01:00:00Z"), orders: &orders{map[string]func() error{}, map[string]order.Order{}}}
	w.store = &store{domaintest.NewStore[coupon.Coupon](w.power)}
	w.counters = domaintest.NewCounters(w.power)
	w.Service = &coupon.Service{
		Store: w.store, Templates: templates{domaintest.NewStore[coupon.Template](w.power)}, Batches: batches{domaintest.NewStore[coupon.Batch](w.power)},
		Codes: codes{domaintest.NewStore[coupon.Code](w.power)}, Sources: domaintest.Sources[source.Source]{Store: domaintest.NewStore[source.Source](w.power)},
		Tallies: tallies{domaintest.NewStore[coupon.Tally](w.power)}, Counters: w.counters, Camps: camps{}, Members: members{}, Teams: teams{},
		Orders: w.orders, Notices: news{}, Sealer: domaintest.Sealer(), IDs: &domaintest.IDs{}, Clock: w.clock,
	}
	return w
}

func as(t testing.TB, member string) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: member})
}

func manager(t testing.TB) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: "boss", Grants: []domain.Grant{{Scope: domain.ScopeOrganiser, ID: "o1", Organiser: "o1", Role: domain.RoleManager}}})
}

// fifty is ¥50 off for a week, one each.
func fifty() coupon.Form {
	return coupon.Form{
		Title: "新人立减", Terms: coupon.Terms{Off: 50_00, Days: 7, Returns: true}, Public: true, Stock: 10, PerPerson: 1, PerNetwork: 100, PerDevice: 100,
	}
}

// active is a template that gives out.
func (w world) active(t testing.TB, f coupon.Form) coupon.Template {
	t.Helper()
	made, err := w.Save(manager(t), "o1", w.IDs.New(), 0, f)
	if err == nil {
		made, err = w.Turn(manager(t), made.ID, coupon.Active)
	}
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func (w world) claimed(t testing.TB, template, member string) coupon.Coupon {
	t.Helper()
	c, _, err := w.Claim(as(t, member), template, 1)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// right checks the stock and everybody's limit, and that nothing is half done.
func (w world) right(template coupon.Template) error {
	got, each := 0, map[string]int{}
	for _, c := range w.store.All(func(c coupon.Coupon) bool { return c.Template == template.ID }) {
		switch c.State {
		case coupon.Asking:
			return fmt.Errorf("coupon %s is still asked for", c.ID)
		case coupon.Refused:
			continue
		}
		got++
		each[c.Member]++
	}
	given, err := w.counters.Value(context.Background(), coupon.StockCounter(template.ID))
	switch {
	case err != nil:
		return err
	case got > template.Stock || int64(got) != given:
		return fmt.Errorf("%d are somebody's, the counter says %d, the stock is %d", got, given, template.Stock)
	case len(w.counters.Remembered(coupon.StockCounter(template.ID))) > 0:
		return errors.New("ops are left behind")
	}
	most := slices.MaxFunc(append([]int{0}, values(each)...), func(a, b int) int { return cmp.Compare(a, b) })
	if most > template.PerPerson {
		return fmt.Errorf("somebody has %d", most)
	}
	return nil
}

func values(m map[string]int) (list []int) {
	for _, n := range m {
		list = append(list, n)
	}
	return list
}
