package season

import (
	"context"
	"fmt"
	"net/url"
	"strconv"

	"yingdi/season/audit"
)

// circle is a small camp beside the large one, with too few seats and everything that people do besides handing in:
// they leave, wait and come late, make days up, delete, do their homework again, report, and go for good.
type circle struct {
	*season
	camp    string
	course  course
	fellows []*fellow
	watcher *fellow // who looks on and does nothing else; so nobody else uses their session
}

// The circle's rules.
const (
	circleSeats   = 8
	circleFellows = 11 // besides the watcher
	makeUpQuota   = 2
	makeUpDays    = 3
	circleClosing = 4
)

// Who of the fellows goes for good: one asks for it on the first day, which then takes a week, and one revokes at WeChat.
const (
	goesSlowly = 2
	goesFrom   = 4 // days of the camp, so that it lasts until the week is over
	goesAtOnce = 5
	revokesOn  = 2 // day
	grace      = 7 // days
)

func newCircle(s *season) *circle { return &circle{season: s} }

// open makes the circle's camp, with a check-in a day and a homework every second one.
func (c *circle) open(ctx context.Context, organiser string) error {
	to, err := c.teacher.post(ctx, "/camps", url.Values{
		"organiser": {organiser}, "title": {"小组共读"}, "intro": {"人少，聊得多。"}, "zone": {zone}, "cut_off": {strconv.Itoa(cutOff)},
		"seats": {strconv.Itoa(circleSeats)}, "start": {c.dayOf(1)}, "end": {c.dayOf(c.plan.Days)}, "enrol_by": {c.dayOf(c.plan.Days)},
		"pace": {"personal"}, "closing": {strconv.Itoa(circleClosing)}, "make_ups": {strconv.Itoa(makeUpQuota)}, "make_up_days": {strconv.Itoa(makeUpDays)},
	})
	if err != nil {
		return err
	}
	c.camp = part(to, 3)
	for day := 1; day <= c.plan.Days; day++ {
		for _, kind := range []string{"", "homework"} {
			if kind != "" && day%2 == 0 {
				continue
			}
			if _, err := c.teacher.post(ctx, "/camps/"+c.camp+"/tasks", url.Values{
				"day": {c.dayOf(day)}, "title": {"共读" + kind}, "quiz": {kind},
			}); err != nil {
				return err
			}
		}
	}
	if err := c.quizzes(ctx); err != nil {
		return err
	}
	_, err = c.teacher.post(ctx, "/camps/"+c.camp+"/publish", url.Values{})
	return err
}

// gather signs everybody in and lets them ask for a seat; the watcher is the first, the others race.
func (c *circle) gather(ctx context.Context) error {
	var arriving, asking []func(context.Context) error
	for n := range circleFellows + 1 {
		f := &fellow{learner: &learner{season: c.season, name: fmt.Sprintf("圈友%02d", n)}, in: c, n: n, works: map[string]*work{}, learned: map[string]int{}}
		arriving = append(arriving, f.arrive)
		if n == circleFellows {
			c.watcher = f
			continue
		}
		c.fellows = append(c.fellows, f)
		asking = append(asking, f.seek, f.joinCourse)
	}
	if err := c.together(ctx, arriving); err != nil {
		return err
	}
	if err := c.watcher.seek(ctx); err != nil {
		return err
	}
	return c.together(ctx, asking)
}

// moment is what there is to do in one moment, as work for several hands.
func (c *circle) moment(day int, at Moment) (work []func(context.Context) error) {
	if day > c.plan.Days+circleClosing {
		return nil
	}
	for _, f := range c.fellows {
		if f.n == goesSlowly && day > grace && c.plan.Days >= goesFrom {
			f.gone = true
		}
		if f.gone {
			continue
		}
		work = append(work, func(ctx context.Context) error { return f.live(ctx, day, at) })
	}
	if at == Night {
		work = append(work, func(ctx context.Context) error { return c.tend(ctx, day) })
	}
	return work
}

// part lets those go who go for good, one after the other and while WeChat behaves.
func (c *circle) part(ctx context.Context, day int, at Moment) error {
	if at != Morning {
		return nil
	}
	for _, f := range c.fellows {
		var err error
		switch {
		case day == 1 && f.n == goesSlowly && c.plan.Days >= goesFrom:
			err = f.askDeletion(ctx)
		case day == revokesOn && f.n == goesAtOnce:
			err = f.revoke(ctx)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// known are the works that were there when the day began, of those who are still there.
func (c *circle) known(day int) []*work {
	var list []*work
	for _, f := range c.fellows {
		f.mu.Lock()
		for _, w := range f.works {
			if w.since < day {
				list = append(list, w)
			}
		}
		f.mu.Unlock()
	}
	sortWorks(list)
	return list
}

// tell writes down what everybody was told, when all is over.
func (c *circle) tell() {
	told := audit.Circle{Camp: c.camp, Seats: circleSeats, Quota: makeUpQuota, Window: makeUpDays, End: *c.now.Load(), Password: password, Course: c.course.id}
	for _, f := range append(c.fellows, c.watcher) {
		f.gone = f.gone || !f.askedAt.IsZero() && !told.End.Before(f.askedAt.AddDate(0, 0, grace))
		who := audit.Fellow{Name: f.name, Member: f.member, State: f.state, Revoked: f.revoked, AskedAt: f.askedAt, Gone: f.gone}
		for _, w := range f.works {
			who.Works = append(who.Works, w.Work)
		}
		for _, t := range f.tries {
			told.Tries = append(told.Tries, t.Try)
		}
		told.Fellows = append(told.Fellows, who)
	}
	c.book.write(func(p *audit.Promises) { p.Circle = told })
}
