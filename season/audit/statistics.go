package audit

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"
)

// Statistics are a camp's numbers as its staff were shown them when all was over.
type Statistics struct {
	Camp      string
	At        time.Time
	From, To  string
	Learners  int
	Completed []int // learners by the part that they have done
	Streaks   []int // learners by their longest run of days
	Reviewers []Speed
	Levels    []LevelCount // of a course, in order
	Finished  int          // learners who are through with it
	Days      []DayCount   // every one from the first to the last
}

// Speed is how many answers somebody gave, and how many minutes learners waited for them.
type Speed struct {
	Member           string
	Reviews          int
	Median, Slowness int // Slowness is what nine of ten stayed below
}

// LevelCount is how many learners a level of a course has opened to, and who has finished it.
type LevelCount struct{ Opened, Finished int }

// DayCount is one day of it.
type DayCount struct {
	Day                            string
	Enrolled, Joined, Left         int
	Due, Done, MadeUp, Active      int
	AtRisk, Passed, Reviews        int
	Median, Slowness, Sent, Unsent int
	Received, Returned             int64 // in fen
}

// House is what the organiser of the camps is shown: a number for each day, by the name of its column. What is nothing on
// every day is not shown.
type House struct {
	From, To string
	Series   map[string][]int64
}

// columns are what the organiser's page must add up.
var columns = map[string]func(DayCount) int64{
	"按时完成": func(d DayCount) int64 { return int64(d.Done - d.MadeUp) },
	"补卡完成": func(d DayCount) int64 { return int64(d.MadeUp) },
	"没有完成": func(d DayCount) int64 { return int64(d.Due - d.Done) },
	"在营":   func(d DayCount) int64 { return int64(d.Enrolled) },
	"活跃":   func(d DayCount) int64 { return int64(d.Active) },
	"需关注":  func(d DayCount) int64 { return int64(d.AtRisk) },
	"新报名":  func(d DayCount) int64 { return int64(d.Joined) },
	"退出":   func(d DayCount) int64 { return int64(d.Left) },
	"点评数":  func(d DayCount) int64 { return int64(d.Reviews) },
	"测评及格": func(d DayCount) int64 { return int64(d.Passed) },
	"已发出":  func(d DayCount) int64 { return int64(d.Sent) },
	"没有发":  func(d DayCount) int64 { return int64(d.Unsent) },
	"收款":   func(d DayCount) int64 { return d.Received },
	"退款":   func(d DayCount) int64 { return d.Returned },
}

// statistics: what staff are shown of each camp is what counting its facts gives, and the organiser is shown the sum.
func statistics(t *trial, f *finding) {
	sums := map[string][]int64{}
	for _, shown := range t.Statistics {
		want := t.recount(shown)
		f.expect(shown.Learners == want.Learners, "camp %s shows %d learners and has %d", shown.Camp, shown.Learners, want.Learners)
		f.expect(slices.Equal(shown.Completed, want.Completed), "camp %s shows completion %v and it is %v", shown.Camp, shown.Completed, want.Completed)
		f.expect(slices.Equal(shown.Streaks, want.Streaks), "camp %s shows streaks %v and they are %v", shown.Camp, shown.Streaks, want.Streaks)
		f.expect(slices.Equal(shown.Reviewers, want.Reviewers), "camp %s shows reviewers %v and they are %v", shown.Camp, shown.Reviewers, want.Reviewers)
		f.expect(slices.Equal(shown.Levels, want.Levels) && shown.Finished == want.Finished, "course %s shows levels %v, %d through, and they are %v, %d", shown.Camp, shown.Levels, shown.Finished, want.Levels, want.Finished)
		f.expect(len(shown.Days) == len(want.Days), "camp %s shows %d days of %d", shown.Camp, len(shown.Days), len(want.Days))
		for i, d := range want.Days[:min(len(want.Days), len(shown.Days))] {
			f.expect(shown.Days[i] == d, "camp %s shows %+v and it is %+v", shown.Camp, shown.Days[i], d)
			at := between(t.House.From, d.Day)
			for name, count := range columns {
				if sums[name] == nil {
					sums[name] = make([]int64, between(t.House.From, t.House.To)+1)
				}
				if at >= 0 && at < len(sums[name]) {
					sums[name][at] += count(d)
				}
			}
		}
	}
	f.expect(len(t.Statistics) == len(t.whole.Camps), "the numbers of %d camps are shown of %d", len(t.Statistics), len(t.whole.Camps))
	for name, sum := range sums {
		nothing := t.House.Series[name] == nil && !slices.ContainsFunc(sum, func(n int64) bool { return n != 0 })
		f.expect(nothing || slices.Equal(t.House.Series[name], sum), "the organiser is shown %s as %v and it is %v", name, t.House.Series[name], sum)
	}
}

// tally counts one camp.
type tally struct {
	camp   Camp
	facts  Facts
	today  string
	plan   []string // days with something to hand in
	levels []string // with a task
	days   map[string]*DayCount
	waits  map[string][]int // minutes, by day
	speed  map[string][]int // by reviewer
	into   Statistics
}

// recount counts the facts of a camp by themselves.
func (t *trial) recount(shown Statistics) Statistics {
	c := tally{
		camp: camps(t.whole.Camps)[shown.Camp], facts: t.whole.only(shown.Camp), days: map[string]*DayCount{}, waits: map[string][]int{}, speed: map[string][]int{},
		into: Statistics{Camp: shown.Camp, Completed: make([]int, 6), Streaks: make([]int, 6)},
	}
	c.today = c.on(shown.At)
	if c.camp.Kind != "course" {
		for _, task := range c.facts.Tasks {
			if (task.Kind == "checkin" || task.Kind == "homework") && task.RemovedAt.IsZero() {
				c.plan = append(c.plan, task.Day)
			}
		}
		slices.Sort(c.plan)
		c.plan = slices.Compact(c.plan)
	}
	c.written(t.whole.Courses)
	handed := map[string][]Checkin{}
	for _, k := range c.facts.Checkins {
		if k.State != "deleted" && k.State != "rejected" {
			handed[k.Member] = append(handed[k.Member], k)
		}
	}
	for _, e := range c.facts.Enrolments {
		c.stay(e, handed[e.Member])
	}
	c.reviews()
	c.passes()
	c.messages()
	c.money()
	return c.sum(shown.From, shown.To)
}

func (c *tally) on(at time.Time) string {
	day, err := dayAt(at, c.camp.Calendar.Zone, c.camp.Calendar.CutOff)
	if err != nil {
		return ""
	}
	return day
}

func (c *tally) day(day string) *DayCount {
	if c.days[day] == nil {
		c.days[day] = &DayCount{Day: day}
	}
	return c.days[day]
}

// stay counts what one person did while they had their place.
func (c *tally) stay(e Enrolment, handed []Checkin) {
	if e.ActiveAt.IsZero() {
		return
	}
	from, gone := c.on(e.ActiveAt), "9999-12-31"
	c.day(from).Joined++
	if e.State != "active" {
		gone = c.on(e.ActiveAt)
		if e.StayedTo.After(e.ActiveAt) {
			gone = c.on(e.StayedTo)
		}
		c.day(gone).Left++
	}
	did, active := map[string]string{}, map[string]bool{} // the day on which a day's task was done first
	for _, k := range handed {
		if k.Day < from {
			continue
		}
		on := k.Day
		if k.MadeUp {
			on = c.on(k.SubmittedAt)
		}
		active[on] = true
		if before, ok := did[k.Day]; !ok || on < before {
			did[k.Day] = on
		}
	}
	for day := range active {
		c.day(day).Active++
	}
	c.counted(e, from, gone, did, active)
}

// counted counts what somebody did of what they had to do, by days or, in a course, by levels.
func (c *tally) counted(e Enrolment, from, gone string, did map[string]string, active map[string]bool) {
	var mine []string
	var due, done int
	if c.camp.Kind == "course" {
		due, done = c.walked(e, from, gone, active)
	} else {
		mine = c.daysOf(e)
		due, done = c.lived(mine, from, gone, did)
		for day := max(from, later(c.camp.Start, e.Shift)); len(mine) > 0 && day < gone && day <= min(later(c.camp.End, e.Shift), c.today); day = later(day, 1) {
			if inDanger(mine, did, from, day) {
				c.day(day).AtRisk++
			}
		}
	}
	if e.State == "active" {
		c.here(due, done, mine, did)
	}
}

// daysOf are the days with something to hand in, by somebody's own calendar.
func (c *tally) daysOf(e Enrolment) (mine []string) {
	for _, day := range c.plan {
		if day = later(day, e.Shift); day >= later(c.camp.Start, e.Shift) && day <= later(c.camp.End, e.Shift) {
			mine = append(mine, day)
		}
	}
	return mine
}

func (c *tally) lived(mine []string, from, gone string, did map[string]string) (due, done int) {
	for _, day := range mine {
		if day < from || day >= gone || day > c.today {
			continue
		}
		on, ok := did[day]
		c.day(day).Due++
		if ok || day < c.today || c.today > c.camp.lastDay() {
			due++
		}
		if ok {
			done++
			c.day(day).Done++
		}
		if ok && on > day {
			c.day(day).MadeUp++
		}
	}
	return due, done
}

// here puts somebody who has a place now among those who have done as much.
func (c *tally) here(due, done int, mine []string, did map[string]string) {
	c.into.Learners++
	switch {
	case due == 0:
	case done == 0:
		c.into.Completed[0]++
	case done == due:
		c.into.Completed[5]++
	default:
		c.into.Completed[1+4*done/due]++
	}
	if c.camp.Kind == "course" {
		mine = nil
		for day := c.camp.Start; len(did) > 0 && day <= c.today; day = later(day, 1) {
			mine = append(mine, day)
		}
	}
	run, best := 0, 0
	for _, day := range mine {
		run++
		if _, ok := did[day]; !ok {
			run = 0
		}
		best = max(best, run)
	}
	step := 0
	for step < 5 && best >= []int{1, 3, 7, 14, 21}[step] {
		step++
	}
	c.into.Streaks[step]++
}

// inDanger tells whether on a day, by what had been done by then, somebody had not begun in two days, missed three in a
// row, or had been silent for five.
func inDanger(mine []string, did map[string]string, from, today string) bool {
	last, missed := "", 0
	for day, on := range did {
		if on <= today {
			last = max(last, day)
		}
	}
	for i := len(mine) - 1; i >= 0; i-- {
		if mine[i] >= today {
			continue
		}
		if on, ok := did[mine[i]]; ok && on <= today || mine[i] < from {
			break
		}
		missed++
	}
	switch {
	case last == "":
		return missed >= 2
	case last >= today:
		return false
	}
	return missed >= 3 || missed > 0 && between(last, today) >= 5
}

// sum puts the days between two into a row.
func (c *tally) sum(from, to string) Statistics {
	for day, list := range c.waits {
		c.day(day).Median, c.day(day).Slowness = rank(list, 0.5), rank(list, 0.9)
	}
	for who, list := range c.speed {
		c.into.Reviewers = append(c.into.Reviewers, Speed{who, len(list), rank(list, 0.5), rank(list, 0.9)})
	}
	slices.SortFunc(c.into.Reviewers, func(a, b Speed) int {
		return cmp.Or(cmp.Compare(b.Reviews, a.Reviews), cmp.Compare(a.Member, b.Member))
	})
	enrolled := 0
	for _, day := range slices.Sorted(maps.Keys(c.days)) {
		if day < from {
			enrolled += c.days[day].Joined - c.days[day].Left
		}
	}
	for day := from; day <= to && day != ""; day = later(day, 1) {
		enrolled += c.day(day).Joined - c.day(day).Left
		c.day(day).Enrolled = enrolled
		c.into.Days = append(c.into.Days, *c.day(day))
	}
	return c.into
}

// rank is the smallest of a list that so large a part of it does not exceed.
func rank(list []int, part float64) int {
	slices.Sort(list)
	return list[int(math.Ceil(part*float64(len(list))))-1]
}
