package pool_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/domaintest"
	"yingdi/domain/lesson"
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
	w.bank = &bank{sent: map[string]pool.Payout{}, state: map[string]pool.LegState{}, asked: map[string]int{}}
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

// a pool of five: an and bo make it, ci misses a day, di gives up, ed's seat went back before the lock.
func played(t testing.TB, rules pool.Rules) world {
	t.Helper()
	w := opened(t, rules)
	for _, who := range []string{"an", "bo", "ci", "di", "ed"} {
		w.joins(t, who, 100_00)
	}
	w.leaves(t, "ed")
	w.goes(t, at(days[0], 1))
	w.hands("an", 1, 2, 3, 4, 5)
	w.hands("bo", 2, 3, 4)
	w.hands("ci", 1, 5)
	w.clock.Set(at(days[1], 0))
	w.leaves(t, "di")
	return w
}

// leaves ends the place of somebody.
func (w world) leaves(t testing.TB, who string) {
	t.Helper()
	_, err := w.orders.Update(t.Context(), "o-"+who, func(o *order.Order) error {
		o.EndedAt = w.clock.Now()
		if o.Withdrawn() {
			o.State = order.Refunded
		}
		return nil
	})
	must(t, err, w.Follow(t.Context(), "o-"+who), w.Follow(t.Context(), "o-"+who))
}
