package stats_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/course"
	"yingdi/domain/domaintest"
	"yingdi/domain/enrolment"
	"yingdi/domain/member"
	"yingdi/domain/notice"
	"yingdi/domain/order"
	"yingdi/domain/organiser"
	"yingdi/domain/review"
	"yingdi/domain/risk"
	"yingdi/domain/stats"
)

// world is one service with facts that a test writes as it likes. meanwhile, if set, runs while they are being read.
type world struct {
	*stats.Service
	power *domaintest.Power
	clock *domaintest.Clock
	store store
	facts *facts
	camps camps
}

// c1 lasts from March 1st to 7th, with a task on each day but the 4th; a day ends at two in the morning.
func newWorld() *world {
	w := &world{power: &domaintest.Power{}, clock: domaintest.NewClock("2026-03-01T01:00:00Z"), camps: camps{}}
	w.camps["c1"] = camp.Camp{
		Doc: domain.Doc{ID: "c1"}, Organiser: "o1", Title: "晨读", Calendar: domain.Calendar{Zone: "Asia/Shanghai", CutOff: 2},
		Start: "2026-03-01", End: "2026-03-07", EnrolBy: "2026-03-07", State: camp.Published,
	}
	w.store = store{domaintest.NewStore[stats.Figures](w.power)}
	w.facts = &facts{w: w, marks: map[string][]checkin.Mark{}, passes: map[string]time.Time{}, orders: map[string]order.Order{}, notices: map[string]notice.Notice{}, reviews: map[string]review.Review{}, stays: map[string]enrolment.Enrolment{}, progress: map[string]course.Progress{}}
	w.Service = &stats.Service{
		Store: w.store, Facts: w.facts, Camps: w.camps, Tasks: tasks{}, Notices: w.facts, Orders: orders{w.facts}, Enrolments: w.facts, Risks: risks{}, Courses: levels{},
		Organisers: houses{}, Members: people{}, Clock: w.clock,
	}
	return w
}

var plan = []domain.Day{"2026-03-01", "2026-03-02", "2026-03-03", "2026-03-05", "2026-03-06", "2026-03-07"}

// at is an instant by the clock in Shanghai.
func at(day, hour int) time.Time {
	return time.Date(2026, 3, day, hour, 0, 0, 0, time.FixedZone("", 8*60*60)).UTC()
}

func day(n int) domain.Day { return domain.Day(fmt.Sprintf("2026-03-%02d", n)) }

type store struct {
	*domaintest.Store[stats.Figures]
}

func (s store) Due(_ context.Context, before time.Time, page domain.Page) ([]stats.Figures, domain.Cursor, error) {
	return s.Find(func(f stats.Figures) bool { return !f.DueAt.IsZero() && f.DueAt.Before(before) }, nil, page)
}

func (s store) Since(_ context.Context, organiser string, day domain.Day, page domain.Page) ([]stats.Figures, domain.Cursor, error) {
	return s.Find(func(f stats.Figures) bool { return f.Organiser == organiser && f.Last >= day }, nil, page)
}

type facts struct {
	w         *world
	stays     map[string]enrolment.Enrolment
	progress  map[string]course.Progress
	marks     map[string][]checkin.Mark
	reviews   map[string]review.Review
	passes    map[string]time.Time
	notices   map[string]notice.Notice
	orders    map[string]order.Order
	meanwhile func()
}

func (f *facts) pause() {
	if f.meanwhile != nil {
		f.meanwhile()
	}
}

// enter begins a stay.
func (f *facts) enter(member string, when time.Time, shift int) {
	f.stays[member] = enrolment.Enrolment{
		Doc: domain.Doc{ID: "c1:" + member}, Camp: "c1", Member: member, State: enrolment.Active, ActiveAt: when, Shift: shift,
	}
}

func (f *facts) leave(member string, when time.Time) {
	e := f.stays[member]
	e.State, e.StayedTo, e.EndedAt = enrolment.Left, when, when
	f.stays[member] = e
}

// hand notes a check-in for a day that counts.
func (f *facts) hand(member string, on int, when time.Time) {
	in := f.w.camps["c1"].Calendar
	f.marks[member] = append(f.marks[member], checkin.Mark{Day: day(on), At: when, MadeUp: in.Day(when) > day(on)})
}

func (f *facts) ByMember(_ context.Context, member string, _ domain.Page) (list []enrolment.Enrolment, _ domain.Cursor, _ error) {
	if e, ok := f.stays[member]; ok {
		list = append(list, e)
	}
	return list, "", nil
}

func (f *facts) StaysOf(_ context.Context, campID string, members []string) (map[string]enrolment.Enrolment, error) {
	found := map[string]enrolment.Enrolment{}
	for _, e := range f.stays {
		if e.Camp == campID && slices.Contains(members, e.Member) {
			found[e.ID] = e
		}
	}
	return found, nil
}

func (f *facts) Stays(_ context.Context, campID string, page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error) {
	f.pause()
	var list []enrolment.Enrolment
	for _, e := range f.stays {
		if e.Camp == campID {
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(a, b enrolment.Enrolment) int { return cmp.Compare(a.ID, b.ID) })
	from := slices.IndexFunc(list, func(e enrolment.Enrolment) bool { return e.ID > string(page.After) })
	if from < 0 {
		return nil, "", nil
	}
	if list = list[from:]; len(list) > 2 { // two at a time
		return list[:2], domain.Cursor(list[1].ID), nil
	}
	return list, "", nil
}

func (f *facts) Marks(_ context.Context, _ string, members []string) (map[string][]checkin.Mark, error) {
	f.pause()
	found := map[string][]checkin.Mark{}
	for _, m := range members {
		found[m] = slices.Clone(f.marks[m])
	}
	return found, nil
}

func (f *facts) Progress(_ context.Context, _ string, members []string) (map[string]course.Progress, error) {
	f.pause()
	found := map[string]course.Progress{}
	for _, m := range members {
		if p, ok := f.progress[m]; ok {
			found[m] = p
		}
	}
	return found, nil
}

// advance lets somebody finish the levels of the course up to n, and opens the next.
func (f *facts) advance(member string, n int, when time.Time) {
	p := course.Progress{Camp: "c1", Member: member}
	for i, l := range three {
		if i > n {
			break
		}
		r := course.Reached{Level: l.ID, Opened: when}
		if i < n {
			r.Finished = when
		}
		p.Levels, p.At = append(p.Levels, r), l.ID
	}
	if n == len(three) {
		p.Finished = when
	}
	f.progress[member] = p
}

// three levels of a course.
var three = []course.Level{{ID: "l1", Title: "第一关"}, {ID: "l2", Title: "第二关"}, {ID: "l3", Title: "第三关"}}

type levels struct{}

func (levels) Written(context.Context, string) ([]course.Level, error) { return three, nil }

func (f *facts) EachReview(_ context.Context, campID string, told func(review.Review)) error {
	f.pause()
	for id, r := range f.reviews {
		if strings.HasPrefix(id, campID+":") {
			told(r)
		}
	}
	return nil
}

func (f *facts) EachPass(_ context.Context, campID string, told func(time.Time)) error {
	f.pause()
	for id, when := range f.passes {
		if strings.HasPrefix(id, campID+":") {
			told(when)
		}
	}
	return nil
}

func (f *facts) EachMessage(_ context.Context, campID string, told func(time.Time, string)) error {
	f.pause()
	for _, n := range f.notices {
		if n.Camp == campID {
			told(n.At, n.Result())
		}
	}
	return nil
}

func (f *facts) EachOrder(_ context.Context, campID string, told func(order.Order)) error {
	f.pause()
	for _, o := range f.orders {
		if o.Camp == campID {
			told(o)
		}
	}
	return nil
}

// Get is stats.Notices.
func (f *facts) Get(_ context.Context, id string) (notice.Notice, error) {
	n, ok := f.notices[id]
	if !ok {
		return n, domain.ErrNotFound
	}
	return n, nil
}

type orders struct{ *facts }

func (o orders) Get(_ context.Context, id string) (order.Order, error) {
	found, ok := o.orders[id]
	if !ok {
		return found, domain.ErrNotFound
	}
	return found, nil
}

type camps map[string]camp.Camp

func (c camps) Get(_ context.Context, id string) (camp.Camp, error) {
	in, ok := c[id]
	if !ok {
		return in, domain.ErrNotFound
	}
	return in, nil
}

func (c camps) Many(_ context.Context, ids []string) (map[string]camp.Camp, error) {
	found := map[string]camp.Camp{}
	for _, id := range ids {
		if in, ok := c[id]; ok {
			found[id] = in
		}
	}
	return found, nil
}

func (c camps) ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error) {
	in, err := c.Get(ctx, id)
	if err == nil {
		err = domain.ActorFrom(ctx).Must(right, in.Place())
	}
	return in, err
}

func (c camps) Every(context.Context, domain.Page) ([]camp.Camp, domain.Cursor, error) {
	var list []camp.Camp
	for _, in := range c {
		list = append(list, in)
	}
	return list, "", nil
}

type tasks struct{}

func (tasks) CampOf(_ context.Context, id string) (string, error) {
	return strings.TrimPrefix(id, "task-of-"), nil
}

func (tasks) CheckinDays(_ context.Context, campID string) ([]domain.Day, error) {
	if campID != "c1" {
		return nil, nil
	}
	return plan, nil
}

type risks struct{}

func (risks) Of(context.Context, string) (risk.Thresholds, error) { return risk.Default, nil }

type houses struct{}

func (houses) Get(_ context.Context, id string) (organiser.Organiser, error) {
	return organiser.Organiser{Doc: domain.Doc{ID: id}, Name: "晨光"}, nil
}

type people struct{}

func (people) Cards(_ context.Context, ids []string) (map[string]member.Card, error) {
	found := map[string]member.Card{}
	for _, id := range ids {
		found[id] = member.Card{ID: id, Nickname: id}
	}
	return found, nil
}
