package stats

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/course"
	"yingdi/domain/enrolment"
	"yingdi/domain/lesson"
	"yingdi/domain/notice"
	"yingdi/domain/order"
	"yingdi/domain/review"
	"yingdi/domain/risk"
)

// Counter counts the facts of one camp, in whatever order they come. It keeps numbers, not facts.
type Counter struct {
	in      camp.Camp
	plan    []domain.Day
	limits  risk.Thresholds
	count   Count
	lasts   bool // the day as of which it counts
	days    map[domain.Day]*Day
	levels  []course.Level
	waits   map[domain.Day]waits
	persons map[string]waits
}

// NewCounter counts a camp up to an instant. plan are the days with a task that a check-in completes, in order.
func NewCounter(in camp.Camp, plan []domain.Day, limits risk.Thresholds, now time.Time) *Counter {
	day, lasts := asOf(in, now)
	return &Counter{
		in: in, plan: plan, limits: limits, lasts: lasts, days: map[domain.Day]*Day{}, waits: map[domain.Day]waits{}, persons: map[string]waits{},
		count: Count{AsOf: day, Completion: make([]int, len(CompletionSteps)), Streaks: make([]int, len(StreakSteps))},
	}
}

func (c *Counter) day(d domain.Day) *Day {
	if c.days[d] == nil {
		c.days[d] = &Day{Day: d}
	}
	return c.days[d]
}

func (c *Counter) on(at time.Time) *Day { return c.day(c.in.Calendar.Day(at)) }

// Stay counts one person's stay in the camp with the check-ins of theirs that count and, in a course, how far they are. It
// returns the share of it that they have done; nothing was due to those who are not here any more.
func (c *Counter) Stay(e enrolment.Enrolment, marks []checkin.Mark, p course.Progress) (done, due int) {
	from, to, ok := e.Stayed(c.in.Calendar)
	if !ok {
		return 0, 0
	}
	c.day(from).Joined++
	here := to == ""
	if !here {
		c.day(to).Left++
	}
	l := learner{from: from, to: to, own: e.In(c.in), handed: map[domain.Day]domain.Day{}, active: map[domain.Day]bool{}}
	for _, m := range marks {
		on := m.Day
		if m.MadeUp {
			on = c.in.Calendar.Day(m.At)
		}
		if m.Day < from { // of an earlier stay
			continue
		}
		l.active[on] = true
		if before, ok := l.handed[m.Day]; !ok || on < before {
			l.handed[m.Day] = on
		}
	}
	for d := range l.active {
		c.day(d).Active++
	}
	l.scheduled = lesson.DaysFor(l.own, c.plan)
	if c.in.Kind == camp.KindCourse {
		l.scheduled = nil
		done, due = c.walked(l, p, here)
	} else {
		done, due = c.lived(l)
		c.risks(l)
	}
	if !here {
		return 0, 0
	}
	c.count.Learners++
	if due > 0 {
		c.count.Completion[completionStep(done, due)]++
	}
	c.count.Streaks[streakStep(c.best(l))]++
	return done, due
}

// learner is one stay as its days went.
type learner struct {
	from, to  domain.Day
	own       camp.Own
	scheduled []domain.Day
	handed    map[domain.Day]domain.Day // when what counts for a day was handed in
	active    map[domain.Day]bool       // on which they handed anything in
}

func (l learner) there(d domain.Day) bool { return d >= l.from && (l.to == "" || d < l.to) }

// lived counts the days that were due, up to today. One that is not over yet counts for the learner once it is done.
func (c *Counter) lived(l learner) (done, due int) {
	for _, d := range l.scheduled {
		if d > c.count.AsOf || !l.there(d) {
			continue
		}
		row := c.day(d)
		row.Due++
		due++
		if on, ok := l.handed[d]; ok {
			row.Done++
			done++
			if on > d {
				row.MadeUp++
			}
		} else if d == c.count.AsOf && c.lasts {
			due--
		}
	}
	return done, due
}

// risks counts the days on which the learner was at risk, each by what was known on it.
func (c *Counter) risks(l learner) {
	if len(l.scheduled) == 0 {
		return
	}
	byDay := map[domain.Day][]domain.Day{}
	for d, on := range l.handed {
		byDay[on] = append(byDay[on], d)
	}
	// Of all days done only two matter to a day: the last one, and the last one that was scheduled.
	var done []domain.Day
	gone := 0
	for d := max(l.from, l.own.Start); d <= min(l.own.End, c.count.AsOf) && l.there(d); d = d.Add(1) {
		for _, day := range byDay[d] {
			if done == nil {
				done = make([]domain.Day, 2)
			}
			done[0] = max(done[0], day)
			if _, scheduled := slices.BinarySearch(l.scheduled, day); scheduled {
				done[1] = max(done[1], day)
			}
		}
		for gone < len(l.scheduled) && l.scheduled[gone] < d {
			gone++
		}
		if len(c.limits.Reasons(risk.Facts{Scheduled: l.scheduled[:gone], Done: done, Joined: l.from, Today: d})) > 0 {
			c.day(d).AtRisk++
		}
	}
}

// best is the longest streak of the stay.
func (c *Counter) best(l learner) (best int) {
	days := l.scheduled
	if c.in.Kind == camp.KindCourse {
		days = slices.Sorted(maps.Keys(l.handed))
	}
	run, before := 0, domain.Day("")
	for _, d := range days {
		_, done := l.handed[d]
		if !done || c.in.Kind == camp.KindCourse && before != "" && d != before.Add(1) {
			run = 0
		}
		if done {
			run++
		}
		best, before = max(best, run), d
	}
	return best
}

// Review counts the answers of a review that learners know of.
func (c *Counter) Review(r review.Review) {
	for _, a := range r.Answers(time.Time{}) { // the zero instant: what can still be undone is none
		took := int(max(0, a.Release.Sub(a.HandedAt)) / time.Minute)
		on := c.in.Calendar.Day(a.Release)
		c.day(on).Reviewed++
		note(c.waits, on, took)
		note(c.persons, a.Reviewer, took)
	}
}

// Pass counts a quiz that a learner has passed for the first time.
func (c *Counter) Pass(at time.Time) { c.on(at).Passed++ }

// Message counts a notice by what became of its message: notice.Notice.Result.
func (c *Counter) Message(at time.Time, result string) {
	switch notice.Outcome(result) {
	case notice.Sent:
		c.on(at).Sent++
		return
	case notice.Due, notice.Waiting, notice.Sending:
		return
	}
	row := c.on(at)
	if row.Refused == nil {
		row.Refused = map[string]int{}
	}
	row.Refused[result]++
}

// Order counts the money of an order: what came in by any attempt on the day it was paid, and what went back on the day
// that it arrived.
func (c *Counter) Order(o order.Order) {
	for _, a := range o.Attempts {
		if !a.PaidAt.IsZero() {
			c.on(a.PaidAt).Received += a.Amount
		}
	}
	for _, r := range o.Refunds {
		if r.State == order.RefundSucceeded {
			c.on(r.DoneAt).Returned += r.Amount
		}
	}
}

// Result is what everything that was told comes to.
func (c *Counter) Result() Count {
	count := c.count
	for d, w := range c.waits {
		row := c.day(d)
		row.Median, row.P90 = w.rank(0.5), w.rank(0.9)
	}
	for who, w := range c.persons {
		count.Reviewers = append(count.Reviewers, Reviewer{who, w.total(), w.rank(0.5), w.rank(0.9)})
	}
	slices.SortFunc(count.Reviewers, func(a, b Reviewer) int {
		return cmp.Or(cmp.Compare(b.Reviewed, a.Reviewed), cmp.Compare(a.Member, b.Member))
	})
	days := slices.Sorted(maps.Keys(c.days))
	for len(days) > MaxDays {
		count.Earlier += c.days[days[0]].Joined - c.days[days[0]].Left
		days = days[1:]
	}
	for _, d := range days {
		count.Days = append(count.Days, *c.days[d])
	}
	return count
}

// waits counts how often something took so many minutes.
type waits map[int]int

func note[K comparable](in map[K]waits, key K, minutes int) {
	if in[key] == nil {
		in[key] = waits{}
	}
	in[key][minutes]++
}

func (w waits) total() (n int) {
	for _, times := range w {
		n += times
	}
	return n
}

// rank is the nearest rank, as domain/review counts it, to the minute.
func (w waits) rank(part float64) int {
	left := int(math.Ceil(part * float64(w.total())))
	for _, minutes := range slices.Sorted(maps.Keys(w)) {
		if left -= w[minutes]; left <= 0 {
			return minutes
		}
	}
	return 0
}
