package pool_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/domaintest"
	"yingdi/domain/lesson"
	"yingdi/domain/member"
	"yingdi/domain/notice"
	"yingdi/domain/order"
	"yingdi/domain/organiser"
	"yingdi/domain/pool"
	"yingdi/domain/product"
)

// world is a camp of five days with a pool, its orders and check-ins, and the accounts that payouts go to.
type world struct {
	*pool.Service
	pools    *pools
	people   *people
	sets     *domaintest.Store[pool.Settlement]
	sheets   *sheets
	orders   *orders
	evidence *evidence
	bank     *bank
	news     *news
	power    *domaintest.Power
	clock    *domaintest.Clock
	camp     *camp.Camp
	tasks    *[]lesson.Task
	staff    *organiser.Organiser
}

type pools struct{ *domaintest.Store[pool.Pool] }

func (s *pools) Waking(_ context.Context, before time.Time, page domain.Page) ([]pool.Pool, domain.Cursor, error) {
	return s.Find(func(p pool.Pool) bool { return !p.WakeAt.IsZero() && p.WakeAt.Before(before) }, nil, page)
}

func (s *pools) Halting(_ context.Context, organisers []string, page domain.Page) ([]pool.Pool, domain.Cursor, error) {
	return s.Find(func(p pool.Pool) bool { return p.Halts() && among(organisers, p.Organiser) }, nil, page)
}

func among(organisers []string, id string) bool {
	return organisers == nil || slices.Contains(organisers, id)
}

type people struct{ *domaintest.Store[pool.Member] }

func byMember(a, b pool.Member) int { return strings.Compare(a.ID, b.ID) }

func (s *people) OfCamp(_ context.Context, camp string, state pool.MemberState, page domain.Page) ([]pool.Member, domain.Cursor, error) {
	return s.Find(func(m pool.Member) bool { return m.Camp == camp && (state == "" || m.State == state) }, byMember, page)
}

func (s *people) AtStage(_ context.Context, camp string, stage pool.Stage, page domain.Page) ([]pool.Member, domain.Cursor, error) {
	return s.Find(func(m pool.Member) bool { return m.Camp == camp && m.Stage() == stage }, byMember, page)
}

func (s *people) Helpless(_ context.Context, organisers []string, page domain.Page) ([]pool.Member, domain.Cursor, error) {
	return s.Find(func(m pool.Member) bool { return m.Helpless() && among(organisers, m.Organiser) }, byMember, page)
}

func (s *people) Appealing(_ context.Context, camp string, page domain.Page) ([]pool.Member, domain.Cursor, error) {
	return s.Find(func(m pool.Member) bool { return m.Camp == camp && m.Appealing() }, byMember, page)
}

func (s *people) Groups(_ context.Context, camp string) (map[pool.MemberState]pool.Group, error) {
	groups := map[pool.MemberState]pool.Group{}
	for _, m := range s.All(func(m pool.Member) bool { return m.Camp == camp }) {
		g := groups[m.State]
		groups[m.State] = pool.Group{Members: g.Members + 1, Parts: g.Parts + m.Part}
	}
	return groups, nil
}

func (s *people) Stages(_ context.Context, camp string) (map[pool.Stage]int64, error) {
	stages := map[pool.Stage]int64{}
	for _, m := range s.All(func(m pool.Member) bool { return m.Camp == camp }) {
		stages[m.Stage()]++
	}
	return stages, nil
}

type sheets struct{ *domaintest.Store[pool.Sheet] }

func (s *sheets) Drop(ctx context.Context, camp, run string) error {
	for _, old := range s.All(func(d pool.Sheet) bool { return d.Camp == camp && !strings.HasPrefix(d.ID, camp+":"+run+":") }) {
		if err := s.Delete(ctx, old.ID); err != nil {
			return err
		}
	}
	return nil
}

// orders are paid and refunded at once, unless the bank's line is down.
type orders struct {
	*domaintest.Store[order.Order]
	clock *domaintest.Clock
	bank  *bank
}

func (s *orders) Pooled(_ context.Context, camp string, page domain.Page) ([]order.Order, domain.Cursor, error) {
	return s.Find(func(o order.Order) bool { return o.Camp == camp && o.Pooled() }, nil, page)
}

func (s *orders) ByCamp(_ context.Context, camp string, state order.State, page domain.Page) ([]order.Order, domain.Cursor, error) {
	return s.Find(func(o order.Order) bool { return o.Camp == camp && o.State == state }, nil, page)
}

func (s *orders) PayBackPart(ctx context.Context, id, key string, amount domain.Fen, reason string) (order.Order, error) {
	if s.bank.down {
		return order.Order{}, domain.ErrUnavailable
	}
	if err := s.bank.refuses[id]; err != nil {
		return order.Order{}, fmt.Errorf("order %s: %w", id, err)
	}
	return s.Update(ctx, id, func(o *order.Order) error {
		if err := o.GiveBack(key, order.CausePool, amount, false, "", reason, s.clock.Now()); err != nil && !errors.Is(err, domain.ErrSame) {
			return err
		}
		for i := range o.Refunds {
			o.Refunds[i].State = order.RefundSucceeded
		}
		return nil
	})
}

// evidence is what was handed in.
type evidence struct {
	mu       sync.Mutex
	handed   []checkin.Checkin
	homework map[string]pool.Homework
}

func (e *evidence) Marks(_ context.Context, camp string, members []string) (map[string][]checkin.Mark, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	marks := map[string][]checkin.Mark{}
	for _, c := range e.handed {
		if c.Camp == camp && c.Counts() && slices.Contains(members, c.Member) {
			marks[c.Member] = append(marks[c.Member], checkin.Mark{Day: c.Day, At: c.SubmittedAt, MadeUp: c.MadeUp})
		}
	}
	return marks, nil
}

func (e *evidence) Homework(context.Context, string, []string, map[string]domain.Day) (map[string]pool.Homework, error) {
	return e.homework, nil
}

func (e *evidence) list(match func(checkin.Checkin) bool) []checkin.Checkin {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(e.handed), func(c checkin.Checkin) bool { return !match(c) })
}

func (e *evidence) Unsettled(_ context.Context, camp string, _ domain.Page) ([]checkin.Checkin, domain.Cursor, error) {
	return e.list(func(c checkin.Checkin) bool { return c.Camp == camp && c.Unsettled() }), "", nil
}

func (e *evidence) OfMember(_ context.Context, camp, member string, _ domain.Page) ([]checkin.Checkin, domain.Cursor, error) {
	return e.list(func(c checkin.Checkin) bool { return c.Camp == camp && c.Member == member }), "", nil
}

func (e *evidence) Each(_ context.Context, camp string, told func(checkin.Checkin) error) error {
	for _, c := range e.list(func(c checkin.Checkin) bool { return c.Camp == camp }) {
		if err := told(c); err != nil {
			return err
		}
	}
	return nil
}

// bank is where gains go: each payout once, whatever it is told.
type bank struct {
	mu    sync.Mutex
	sent  map[string]pool.Payout
	state map[string]pool.LegState // by member; paid at once if there is none
	down  bool

	refuses map[string]error // by order: what a refund of it is refused with
}

func (b *bank) Send(_ context.Context, p pool.Payout) (pool.LegState, string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.down {
		return "", "", domain.ErrUnavailable
	}
	if had, ok := b.sent[p.ID]; ok && had != p {
		return "", "", fmt.Errorf("payout %s asked for anew: %w", p.ID, domain.ErrConflict)
	}
	b.sent[p.ID] = p
	if state := b.state[p.Member]; state != "" {
		return state, "请联系老师", nil
	}
	return pool.LegPaid, "", nil
}

func (b *bank) Credit(ctx context.Context, p pool.Payout) error {
	_, _, err := b.Send(ctx, p)
	return err
}

// gained is what a member got on top, by all transfers.
func (b *bank) gained(member string) (sum domain.Fen) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range b.sent {
		if p.Member == member {
			sum += p.Amount
		}
	}
	return sum
}

type news struct {
	mu   sync.Mutex
	told map[string]notice.Notice
}

func (n *news) Tell(_ context.Context, t notice.Notice) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.told[t.ID] = t
	return nil
}

type camps struct{ camp *camp.Camp }

func (c camps) Get(context.Context, string) (camp.Camp, error) { return *c.camp, nil }
func (c camps) Pin(context.Context, string) (camp.Camp, error) {
	c.camp.Pinned = true
	return *c.camp, nil
}
func (c camps) ForStaff(ctx context.Context, _ string, right domain.Right) (camp.Camp, error) {
	return *c.camp, domain.ActorFrom(ctx).Must(right, c.camp.Place())
}

type (
	tasks    struct{ list *[]lesson.Task }
	products struct{ list product.Product }
	houses   struct{ house *organiser.Organiser }
	cards    struct{}
)

func (t tasks) All(context.Context, string) ([]lesson.Task, error) { return slices.Clone(*t.list), nil }
func (p products) Of(context.Context, string) (product.Product, error) {
	return p.list, nil
}
func (h houses) Get(context.Context, string) (organiser.Organiser, error) { return *h.house, nil }
func (cards) Cards(context.Context, []string) (map[string]member.Card, error) {
	return nil, nil
}

var shanghai = domain.Calendar{Zone: "Asia/Shanghai"}

// five days of March 2026, from the first.
var days = []domain.Day{"2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"}

func at(day domain.Day, hours int) time.Time {
	return shanghai.Start(day).Add(time.Duration(hours) * time.Hour)
}

// theRules: three of five days, one of them made up; locked when the camp starts; two days to appeal, one to decide.
var theRules = pool.Rules{Days: 3, MakeUps: 1, Appeal: 2, Decide: 1}

func newWorld() world {
	w := world{power: &domaintest.Power{}, clock: domaintest.NewClock("2026-02-20T01:00:00Z")}
	w.camp = &camp.Camp{
		Doc: domain.Doc{ID: "c1"}, Organiser: "o1", Title: "晨读营", Calendar: shanghai, Start: days[0], End: days[4], EnrolBy: days[0],
		Closing: 2, MakeUps: camp.MakeUps{Quota: 2, Days: 2}, Seats: 100_000, State: camp.Published,
	}
	w.tasks = &[]lesson.Task{}
	for _, d := range days {
		*w.tasks = append(*w.tasks, lesson.Task{Doc: domain.Doc{ID: "t" + string(d)}, Camp: "c1", Day: d, Kind: lesson.KindCheckin})
	}
	w.staff = &organiser.Organiser{Doc: domain.Doc{ID: "o1"}, Staff: []organiser.Post{{Member: "boss", Role: domain.RoleOwner}, {Member: "teacher", Camp: "c1", Role: domain.RoleTeacher}}}
	w.bank = &bank{sent: map[string]pool.Payout{}, state: map[string]pool.LegState{}}
	w.news = &news{told: map[string]notice.Notice{}}
	w.pools, w.people = &pools{domaintest.NewStore[pool.Pool](w.power)}, &people{domaintest.NewStore[pool.Member](w.power)}
	w.sets, w.sheets = domaintest.NewStore[pool.Settlement](w.power), &sheets{domaintest.NewStore[pool.Sheet](w.power)}
	w.orders = &orders{domaintest.NewStore[order.Order](w.power), w.clock, w.bank}
	w.evidence = &evidence{}
	w.Service = &pool.Service{
		Store: w.pools, People: w.people, Settlements: w.sets, Sheets: w.sheets, Consents: domaintest.NewStore[pool.Consent](w.power),
		Evidence: w.evidence, Camps: camps{w.camp}, Tasks: tasks{w.tasks},
		Products: products{product.Product{Doc: domain.Doc{ID: "c1"}, Offers: []product.Offer{{ID: "s", Kind: product.Scholarship, Title: "奖学金名额", Price: 199_00, Part: 100_00}}}},
		Orders:   w.orders, Refunds: w.orders, Transfers: w.bank, Wallets: w.bank, Organisers: houses{w.staff}, Members: cards{}, Notices: w.news,
		Limits: pool.Limits{On: true, Cap: 500_00}, IDs: &domaintest.IDs{}, Clock: w.clock,
	}
	return w
}

func as(t testing.TB, who string) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: who})
}

// staff of the organiser who may do everything.
func staff(t testing.TB, who string) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: who, Grants: []domain.Grant{{Scope: domain.ScopeOrganiser, ID: "o1", Organiser: "o1", Role: domain.RoleOwner}}})
}

func must(t testing.TB, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// opened is a world whose pool sells seats.
func opened(t testing.TB, rules pool.Rules) world {
	t.Helper()
	w := newWorld()
	_, err := w.Save(staff(t, "boss"), "c1", 0, rules)
	must(t, err)
	_, err = w.Open(staff(t, "boss"), "c1")
	must(t, err)
	return w
}

// joins pays for a scholarship seat with this part.
func (w world) joins(t testing.TB, who string, part domain.Fen) {
	t.Helper()
	w.ordered(t, who, part)
	must(t, w.Follow(t.Context(), "o-"+who))
}

// ordered is a paid order that nobody has heard of yet.
func (w world) ordered(t testing.TB, who string, part domain.Fen) {
	t.Helper()
	p := w.pool(t)
	_, err := w.Agree(as(t, who), "c1", p.Rules.Version, true)
	must(t, err)
	quoted, err := w.Quoted(t.Context(), "c1")
	must(t, err)
	promise := order.Promise{Kind: product.Scholarship, Lines: []order.Line{{Kind: order.LinePrice, Amount: part + 99_00}}, Part: part, Rules: quoted.Rules, LockAt: quoted.LockAt}
	must(t, w.Promised(t.Context(), who, promise, "c1"))
	o := order.Place("o-"+who, "o1", "c1", who, promise, order.JSAPI, w.clock.Now())
	o.State, o.PaidAt, o.FulfilledAt = order.Fulfilled, w.clock.Now(), w.clock.Now()
	o.Attempts = []order.Attempt{{Number: order.Number(o.ID, 1), Amount: o.Amount, State: order.Succeeded, PaidAt: w.clock.Now()}}
	must(t, w.orders.Insert(t.Context(), o))
}

// hands in a check-in on these days of the camp, counted from 1.
func (w world) hands(who string, which ...int) {
	for _, d := range which {
		w.handIn(checkin.Checkin{Member: who, Day: days[d-1], SubmittedAt: at(days[d-1], 8), State: checkin.Visible})
	}
}

func (w world) handIn(c checkin.Checkin) {
	c.Camp, c.Task = "c1", "t"+string(c.Day)
	c.ID = checkin.ID("c1", c.Member, c.Task, c.Day)
	w.evidence.mu.Lock()
	defer w.evidence.mu.Unlock()
	w.evidence.handed = append(w.evidence.handed, c)
}

func (w world) pool(t testing.TB) pool.Pool {
	t.Helper()
	p, err := w.pools.Get(t.Context(), "c1")
	must(t, err)
	return p
}

func (w world) member(t testing.TB, who string) pool.Member {
	t.Helper()
	m, err := w.people.Get(t.Context(), pool.ID("c1", who))
	must(t, err)
	return m
}

// goes to an instant and lets the clock do what it does.
func (w world) goes(t testing.TB, to time.Time) {
	t.Helper()
	w.clock.Set(to)
	w.settles(t)
}

// settles drives the pool until nothing more happens at this instant.
func (w world) settles(t testing.TB) {
	t.Helper()
	for range 8 {
		must(t, w.Drive(t.Context(), "c1"))
	}
}

// paid signs by two people and lets everything be paid.
func (w world) paid(t testing.TB) {
	t.Helper()
	_, err := w.Sign(staff(t, "boss"), "c1")
	must(t, err)
	_, err = w.Sign(staff(t, "accountant"), "c1")
	must(t, err)
	w.settles(t)
}

// exact holds every fen: what came into the pool went back to whom it came from, to the winners, or is the fee.
func (w world) exact(t testing.TB) {
	t.Helper()
	set, err := w.sets.Get(t.Context(), "c1")
	must(t, err, set.Check())
	var in, back, gained domain.Fen
	for _, o := range w.orders.All(func(o order.Order) bool { return o.Pooled() && !o.Withdrawn() }) {
		var late domain.Fen
		for _, r := range o.Refunds {
			if r.Cause == order.CausePool && r.Number == order.RefundNumber(o.ID, "pool") {
				back += r.Amount
			} else if r.Cause == order.CausePool {
				late += r.Amount
			}
		}
		in += o.Promise.Part - late
		gained += w.bank.gained(o.Member)
	}
	if in != back+gained+set.Sums.Fee {
		t.Fatalf("%s came in; %s went back, %s were gained, %s are the fee", in, back, gained, set.Sums.Fee)
	}
	v, err := w.Verify(domain.WithActor(t.Context(), domain.SystemActor), "c1")
	if err != nil || len(v.Differences) > 0 {
		t.Fatalf("the list differs: %v %v", v.Differences, err)
	}
}

// outcome of each member by their names: state, own, gain.
func (w world) outcome() map[string]string {
	got := map[string]string{}
	for _, m := range w.people.All(nil) {
		got[m.Member] = fmt.Sprintf("%s %s %s", m.State, m.Own.Amount, m.Gain.Amount)
	}
	return got
}
