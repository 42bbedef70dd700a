package season

import (
	"context"
	"slices"
	"sync"
	"time"

	"yingdi/season/audit"
)

// killer ends the server at moments that the seed chooses, while requests or jobs are under way.
type killer struct {
	*season
	fail  context.CancelCauseFunc
	due   map[[2]int]int // day and moment → kills
	going sync.WaitGroup
	one   sync.Mutex // one kill at a time

	mu sync.Mutex
	at []int64 // requests after which to kill, in order
}

func newKiller(s *season, fail context.CancelCauseFunc) *killer {
	k := &killer{season: s, fail: fail, due: map[[2]int]int{}}
	r := s.plan.dice(6, 0, 0)
	for range s.options.Kills {
		day, at := 1+r.IntN(s.plan.Days), Moment(r.IntN(3))
		if r.IntN(4) == 0 { // while the pools and the wallets pay
			day, at = s.plan.Days+1+r.IntN(payRounds), Morning
		}
		k.due[[2]int{day, int(at)}]++
	}
	return k
}

// away is how long nobody could reach the server, by its own clock.
const away = 2 * time.Minute

// lurk waits for the requests after which to kill. What has not come when stop is called happens shortly after, among
// the jobs.
func (k *killer) lurk(ctx context.Context, day int, at Moment, visits int) (stop func()) {
	r := k.plan.dice(7, day, int(at))
	k.mu.Lock()
	defer k.mu.Unlock()
	for range k.due[[2]int{day, int(at)}] {
		k.at = append(k.at, k.client.sent.Load()+1+int64(r.IntN(8*visits+20)))
	}
	slices.Sort(k.at)
	k.client.told = func(sent int64) { k.hear(ctx, sent) }
	return func() {
		k.mu.Lock()
		left := len(k.at)
		k.at = nil
		k.mu.Unlock()
		for range left {
			soon := time.Duration(r.IntN(40)) * time.Millisecond
			k.going.Go(func() {
				if pause(ctx, soon) == nil {
					k.kill(ctx)
				}
			})
		}
	}
}

func (k *killer) hear(ctx context.Context, sent int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.at) > 0 && sent >= k.at[0] {
		k.at = k.at[1:]
		k.going.Go(func() { k.kill(ctx) })
	}
}

func (k *killer) kill(ctx context.Context) {
	k.one.Lock()
	defer k.one.Unlock()
	k.client.gate.close()
	defer k.client.gate.open()
	k.book.write(func(p *audit.Promises) { p.Kills++ })
	back := k.now.Load().Add(away)
	k.now.Store(&back)
	if err := k.options.Kill(ctx, back); err != nil {
		k.fail(err)
	}
}

// wait returns when the server is back.
func (k *killer) wait() { k.going.Wait() }
