package season

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"yingdi/season/audit"
)

// PlayPrize plays a scholarship camp by itself, from its first order to its settled pool, one step after the other, and
// kills the server between the steps and while it works on what follows from them.
func PlayPrize(ctx context.Context, o Options) (Story, error) {
	place, err := time.LoadLocation(zone)
	if err != nil {
		return Story{}, err
	}
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	o.AtOnce = 1
	s := &season{options: o, plan: NewPlan(1, o.Days, o.Seed), client: newClient(o.URL, o.AtOnce), book: newBook(), place: place}
	s.killer, s.shop, s.prize = newKiller(s, fail), newShop(s), newPrize(s)
	s.prizes = []*prize{s.prize}
	s.client.before = s.killer.step
	acts := []func(context.Context) error{s.prize.begin, s.prize.gather, s.prize.run, s.payOut, s.shop.close}
	for _, act := range acts {
		if err := act(ctx); err != nil {
			return Story{}, errors.Join(err, context.Cause(ctx))
		}
	}
	s.killer.wait()
	s.client.before = nil
	if err := s.rest(ctx); err != nil {
		return Story{}, err
	}
	s.book.promises.Circle.End = *s.now.Load()
	return s.story(), nil
}

// begin opens the studio with the camp.
func (z *prize) begin(ctx context.Context) error {
	if err := z.season.moment(ctx, -1, Evening); err != nil {
		return err
	}
	z.second, z.season.teacher = &staff{learner: &learner{season: z.season, name: "admin"}, admin: true}, &staff{learner: &learner{season: z.season, name: "teacher"}}
	for _, who := range []*staff{z.second, z.teacher} {
		if err := who.arrive(ctx); err != nil {
			return err
		}
	}
	if err := z.second.signIn(ctx); err != nil {
		return err
	}
	to, err := z.second.post(ctx, "/organisers", map[string][]string{"name": {"晨光阅读"}, "owner": {z.teacher.member}})
	if err != nil {
		return err
	}
	if err := z.teacher.signIn(ctx); err != nil {
		return err
	}
	return errors.Join(z.open(ctx, part(to, 3)), z.settle(ctx))
}

// run plays the days, and those in which the list is made.
func (z *prize) run(ctx context.Context) error {
	if err := z.settle(ctx); err != nil {
		return err
	}
	for day := 1; day <= z.plan.Days+4; day++ {
		for _, at := range []Moment{Morning, Evening} {
			if err := z.season.moment(ctx, day, at); err != nil {
				return err
			}
			if err := z.teacher.signIn(ctx); err != nil {
				return err
			}
			for _, do := range z.moment(day, at) {
				if err := do(ctx); err != nil {
					return fmt.Errorf("day %d: %w", day, err)
				}
			}
			if err := z.settle(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// step kills the server before a request of every few, and a moment after it was told to do all that is owed.
func (k *killer) step(ctx context.Context, sent int64, c call) {
	if c.method == http.MethodGet {
		return
	}
	r := k.plan.dice(8, int(sent>>12), int(sent&0xfff))
	switch {
	case c.path == PathSettle && r.IntN(2) == 0:
		soon := time.Duration(r.IntN(60)) * time.Millisecond
		k.going.Go(func() {
			if pause(ctx, soon) == nil {
				k.kill(ctx)
			}
		})
	case !strings.HasPrefix(c.path, "/dev/") && r.IntN(4) == 0:
		k.kill(ctx)
	}
}

// NewMoneyReport judges what was played by what is there, as far as it is about money.
func NewMoneyReport(o Options, s Story, f audit.Facts, elapsed time.Duration) Report {
	r := NewReport(o, s, f, elapsed)
	r.OK, r.Invariants = true, audit.OfMoney(r.Invariants)
	for _, inv := range r.Invariants {
		r.OK = r.OK && inv.OK
	}
	return r
}
