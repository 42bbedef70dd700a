// Package season plays whole seasons of a camp against a running server: learners with temperaments, teachers who review
// late, a WeChat that misbehaves, and a server that is killed. Everything goes through the HTTP API, the console and the
// callbacks; what was promised on the way is written down, for season/audit to compare with what is there in the end.
// It shares no code with what it plays against.
package season

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"yingdi/season/audit"
)

// Options of a season.
type Options struct {
	Learners, Days int
	Seed           uint64
	Kills          int
	URL            string // of the server
	Template       string // id of the message template that people agree to
	AtOnce         int    // requests under way at once

	// Kill ends the server without warning and starts it again on the same data, with its clock standing at the
	// instant. Without kills it is not called.
	Kill func(ctx context.Context, at time.Time) error
	// Progress is told of each day that is over.
	Progress func(Progress)
}

// Progress is how far a season has come.
type Progress struct {
	Day, Days int
	Counts    map[string]int
	Requests  int64
}

// Story is what was played.
type Story struct {
	Promises audit.Promises
	Counts   map[string]int // the same for the same seed
	Luck     map[string]int // what also depends on who was quicker
	Dead     []audit.DeadJob
	Requests int64
}

// The camp's calendar, and the day before its first.
const (
	zone   = "Asia/Shanghai"
	cutOff = 2
	// remindAt is when those are reminded who have handed in nothing: half an hour before the evening's visits.
	remindAt = 20
)

var eve = time.Date(2027, time.February, 28, 0, 0, 0, 0, time.UTC)

// Begin is where the server's clock must stand at first.
var Begin = eve.AddDate(0, 0, -4)

type season struct {
	options Options
	plan    Plan
	client  *client
	book    *book
	killer  *killer
	now     atomic.Pointer[time.Time] // where the clock stands
	place   *time.Location
	camp    string
	tasks   []string // by day
	dead    []audit.DeadJob

	teacher    *staff
	applicants []*learner
	players    []*learner // by seat
	circle     *circle
	shop       *shop
	prize      *prize
	small      *prize // whose gains wait in the wallet
	prizes     []*prize
	growth     *growth
	funnel     *funnel
}

// Play plays a season to its end. An error means that it could not go on; whether it went well is for the audit.
func Play(ctx context.Context, o Options) (Story, error) {
	place, err := time.LoadLocation(zone)
	if err != nil {
		return Story{}, err
	}
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	s := &season{
		options: o, plan: NewPlan(o.Learners, o.Days, o.Seed), client: newClient(o.URL, o.AtOnce), book: newBook(), place: place,
	}
	s.killer, s.circle, s.shop, s.prize, s.growth = newKiller(s, fail), newCircle(s), newShop(s), newPrize(s), newGrowth(s)
	s.funnel = newFunnel(s)
	nobody, cancelled, small := otherPrizes(s)
	s.prizes, s.small = []*prize{s.prize, nobody, cancelled, small}, small
	for _, act := range []func(context.Context) error{s.prepare, s.enrol, s.run, s.finish} {
		if err := act(ctx); err != nil {
			return Story{}, errors.Join(err, context.Cause(ctx))
		}
	}
	s.book.promises.Camp, s.book.promises.Seats = s.camp, o.Learners
	return s.story(), nil
}

func (s *season) story() Story {
	return Story{s.book.promises, s.book.counts, s.book.luck, s.dead, s.client.sent.Load()}
}

// dayOf is the date of a day of the camp; 1 is the first.
func (s *season) dayOf(day int) string { return eve.AddDate(0, 0, day).Format("2006-01-02") }

func (s *season) task(day int) string { return s.tasks[day-1] }

// clockTimes of the moments, after midnight of the day.
var clockTimes = map[Moment]time.Duration{
	Morning: 7*time.Hour + 30*time.Minute,
	Evening: 20*time.Hour + 30*time.Minute,
	Night:   24*time.Hour + 30*time.Minute,
}

func (s *season) moment(ctx context.Context, day int, at Moment) error {
	d := eve.AddDate(0, 0, day)
	midnight := time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, s.place)
	return s.setClock(ctx, midnight.Add(clockTimes[at]).UTC())
}

// together does work with several hands.
func (s *season) together(ctx context.Context, work []func(context.Context) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(s.options.AtOnce)
	for _, do := range work {
		group.Go(func() error { return do(ctx) })
	}
	return group.Wait()
}

// prepare opens the studio and its camp.
func (s *season) prepare(ctx context.Context) error {
	if err := s.moment(ctx, -3, Morning); err != nil {
		return err
	}
	admin := &staff{learner: &learner{season: s, name: "admin"}, admin: true}
	s.teacher = &staff{learner: &learner{season: s, name: "teacher"}}
	for _, who := range []*staff{admin, s.teacher} {
		if err := who.arrive(ctx); err != nil {
			return err
		}
	}
	if err := admin.signIn(ctx); err != nil {
		return err
	}
	to, err := admin.post(ctx, "/organisers", map[string][]string{"name": {"晨光阅读"}, "owner": {s.teacher.member}})
	if err != nil {
		return err
	}
	if err := s.teacher.signIn(ctx); err != nil {
		return err
	}
	s.prize.second = admin
	opening := []func(context.Context, string) error{s.teacher.open, s.circle.open, s.circle.openCourse, s.shop.open, s.growth.open, s.funnel.open}
	for _, z := range s.prizes {
		opening = append(opening, z.open)
	}
	for _, open := range opening {
		if err := open(ctx, part(to, 3)); err != nil {
			return err
		}
	}
	return s.settle(ctx)
}

// enrol lets more people ask for a seat than there are. The last seats are raced for; whoever gets one plays its part.
func (s *season) enrol(ctx context.Context) error {
	if err := s.moment(ctx, -1, Evening); err != nil {
		return err
	}
	var arriving, asking, racing []func(context.Context) error
	got := make([]bool, s.plan.Applicants)
	early := max(0, s.plan.Learners-4)
	for i := range s.plan.Applicants {
		l := &learner{season: s, name: fmt.Sprintf("学员%03d", i)}
		s.applicants = append(s.applicants, l)
		arriving = append(arriving, l.arrive)
		ask := func(ctx context.Context) (err error) {
			if err := s.funnel.leadLearner(ctx, l, i); err != nil {
				return err
			}
			got[i], err = l.enrol(ctx)
			return err
		}
		if i < early {
			asking = append(asking, ask)
		} else {
			racing = append(racing, ask)
		}
	}
	for _, work := range [][]func(context.Context) error{arriving, asking, racing} {
		if err := s.together(ctx, work); err != nil {
			return err
		}
	}
	var next []func(context.Context) error
	for i, l := range s.applicants {
		if !got[i] {
			next = append(next, l.intrude)
			continue
		}
		if len(s.players) == len(s.plan.Seats) {
			return fmt.Errorf("more than %d people got a seat", len(s.plan.Seats))
		}
		l.seat = s.plan.Seats[len(s.players)]
		s.players = append(s.players, l)
		if l.seat.Avatar {
			next = append(next, l.portray)
		}
		if l.seat.N%10 == 3 {
			next = append(next, l.hush)
		}
		if l.seat.N%10 == 0 {
			next = append(next, func(ctx context.Context) error { return l.outside(ctx, 1, "camp_not_started") })
		}
	}
	if err := s.together(ctx, next); err != nil {
		return err
	}
	gathering := []error{s.circle.gather(ctx), s.shop.gather(ctx)}
	for _, z := range s.prizes {
		gathering = append(gathering, z.gather(ctx))
	}
	return errors.Join(append(gathering, s.growth.gather(ctx), s.settle(ctx))...)
}

// run plays the camp's days, and two more in which the teacher finishes.
func (s *season) run(ctx context.Context) error {
	for day := 1; day <= s.plan.Days+3; day++ {
		for _, at := range []Moment{Morning, Evening, Night} {
			if err := s.play(ctx, day, at); err != nil {
				return fmt.Errorf("day %d: %w", day, err)
			}
		}
		if s.options.Progress != nil {
			s.options.Progress(Progress{day, s.plan.Days, s.book.countsSoFar(), s.client.sent.Load()})
		}
	}
	return nil
}

// play plays one moment. People agree to messages one after the other while WeChat behaves, so that a push that gets
// lost is the same one each time.
func (s *season) play(ctx context.Context, day int, at Moment) error {
	if err := s.moment(ctx, day, at); err != nil {
		return err
	}
	var work []func(context.Context) error
	for _, l := range s.players {
		v, ok := s.plan.Visit(l.seat, day)
		if ok && at == Morning && v.Consents > 0 {
			s.book.count("consents", v.Consents)
			if err := s.agree(ctx, l.name, v.Consents); err != nil {
				return err
			}
		}
		if ok && v.At == at {
			work = append(work, func(ctx context.Context) error { return l.visit(ctx, day, v) })
		}
		if day == s.plan.Days+1 && at == Morning && l.seat.N%10 == 1 {
			work = append(work, func(ctx context.Context) error { return l.outside(ctx, s.plan.Days, "camp_over") })
		}
	}
	if err := s.circle.part(ctx, day, at); err != nil {
		return err
	}
	if err := s.shop.misbehave(ctx, day, at); err != nil {
		return err
	}
	for _, f := range s.plan.Faults(day, at) {
		s.book.count("faults", 1)
		if err := s.inject(ctx, f); err != nil {
			return err
		}
	}
	if at == Evening {
		if err := s.teacher.signIn(ctx); err != nil {
			return err
		}
		work = append(work, s.teacher.evening(day)...)
	}
	work = append(append(work, s.circle.moment(day, at)...), s.shop.moment(day, at)...)
	for _, z := range s.prizes {
		work = append(work, z.moment(day, at)...)
	}
	work = append(work, s.growth.moment(day, at)...)
	stop := s.killer.lurk(ctx, day, at, len(work))
	err := s.together(ctx, work)
	stop()
	err = errors.Join(err, s.settle(ctx))
	s.killer.wait()
	if err != nil {
		return err
	}
	if err := s.shop.afterwards(ctx, day); err != nil {
		return err
	}
	return s.growth.afterwards(ctx, day, at)
}

// finish lets learners look back, and time pass until nothing is left to tidy up.
func (s *season) finish(ctx context.Context) error {
	if err := s.moment(ctx, s.plan.Days+4, Morning); err != nil {
		return err
	}
	var work []func(context.Context) error
	for _, l := range s.players {
		work = append(work, l.lookBack)
	}
	if err := s.together(ctx, work); err != nil {
		return err
	}
	if err := s.players[0].readRanking(ctx); err != nil {
		return err
	}
	if err := s.players[0].readWall(ctx); err != nil {
		return err
	}
	for hours := range 4 {
		if err := s.setClock(ctx, s.now.Load().Add(time.Duration(hours)*time.Hour)); err != nil {
			return err
		}
		if err := s.settle(ctx); err != nil {
			return err
		}
	}
	if err := s.payOut(ctx); err != nil {
		return err
	}
	if err := s.shop.close(ctx); err != nil {
		return err
	}
	if err := s.growth.tell(ctx); err != nil {
		return err
	}
	if err := s.rest(ctx); err != nil {
		return err
	}
	s.circle.tell()
	camps := []string{s.camp, s.circle.camp, s.circle.course.id, s.shop.camp, s.growth.camp}
	for _, z := range s.prizes {
		camps = append(camps, z.camp)
	}
	if err := s.teacher.readNumbers(ctx, camps...); err != nil {
		return err
	}
	return s.funnel.read(ctx)
}

// rest lets two days pass: in a day everything is counted, and asked for again that got no answer.
func (s *season) rest(ctx context.Context) error {
	for range 2 {
		if err := s.setClock(ctx, s.now.Load().Add(25*time.Hour)); err != nil {
			return err
		}
		if err := s.settle(ctx); err != nil {
			return err
		}
	}
	return nil
}
