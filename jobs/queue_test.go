package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hibiken/asynq"

	"yingdi/domain"
	"yingdi/jobs"
)

func TestAConsumerThatFailsIsTriedAgainAndTheOthersAreNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var done effects
	shaky := done.consumer("shaky")
	shaky.Handle = func(_ context.Context, p domain.Posted) error {
		switch done.add("shaky/" + p.ID) {
		case 1:
			return errors.New("not yet")
		case 2:
			panic("something about 张三")
		}
		return nil
	}
	p := w.process(newRedis(t), []jobs.Consumer{shaky, done.consumer("steady")}).start()
	w.write("t", happened)
	p.drain()
	if done.count("shaky/t") != 3 || done.count("steady/t") != 1 {
		t.Errorf("shaky was tried %d times, steady %d times, want 3 and 1", done.count("shaky/t"), done.count("steady/t"))
	}
	if w.left() != 0 || len(p.dead()) != 0 {
		t.Errorf("%d events left, dead %v", w.left(), p.dead())
	}
	if logged := w.logs.String(); strings.Contains(logged, "张三") || strings.Count(logged, "not yet") != 1 || !strings.Contains(logged, "panicked") {
		t.Errorf("logged:\n%s", logged)
	}
}

func TestADeadJobBlocksNothingAndCanBeRetried(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var done effects
	var mended atomic.Bool
	broken := done.consumer("broken")
	broken.Handle = func(_ context.Context, p domain.Posted) error {
		done.add("broken/" + p.ID)
		if mended.Load() || p.ID != "bad" {
			return nil
		}
		return errors.New("no such luck")
	}
	p := w.process(newRedis(t), []jobs.Consumer{broken, done.consumer("other")}).start()
	w.write("bad", happened)
	w.writeMany(10)
	p.drain()
	dead := p.dead()
	if len(dead) != 1 || dead[0].Kind != "thing:happened/broken" || dead[0].Document != "things bad" || dead[0].Error != "no such luck" ||
		dead[0].Tries != 4 || dead[0].FailedAt.IsZero() {
		t.Fatalf("dead jobs %+v", dead)
	}
	if n := done.count("broken/bad"); n != 4 || done.count("other/bad") != 1 || done.documents() != 22 {
		t.Fatalf("bad was tried %d times, other %d; %d effects", n, done.count("other/bad"), done.documents())
	}

	if err := p.Sweep(t.Context(), w.clock.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	p.drain()
	if len(p.dead()) != 1 || done.count("broken/bad") != 4 || w.left() != 1 {
		t.Fatalf("a sweep did not leave the dead job alone: dead %v, %d tries, %d left", p.dead(), done.count("broken/bad"), w.left())
	}

	if err := p.Retry(t.Context(), dead[0].ID); err != nil { // in vain: all its tries again
		t.Fatal(err)
	}
	p.drain()
	if n := done.count("broken/bad"); n != 8 || len(p.dead()) != 1 {
		t.Fatalf("after a retry in vain: %d tries, dead %v", n, p.dead())
	}
	mended.Store(true)
	if err := p.Retry(t.Context(), dead[0].ID); err != nil {
		t.Fatal(err)
	}
	p.drain()
	if len(p.dead()) != 0 || w.left() != 0 || done.count("other/bad") != 1 {
		t.Errorf("after the retry: dead %v, %d left", p.dead(), w.left())
	}
	if err := p.Retry(t.Context(), dead[0].ID); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("retry of what is not there: %v", err)
	}
}

func TestDeadJobsComeNewestFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var done effects
	broken := done.consumer("broken")
	broken.Handle = func(_ context.Context, p domain.Posted) error { return fmt.Errorf("%w", asynq.SkipRetry) }
	p := w.process(newRedis(t), []jobs.Consumer{broken}, func(o *jobs.Options) { o.Workers = 1 }).start()
	if len(p.dead()) != 0 {
		t.Fatalf("dead before anything happened: %v", p.dead())
	}
	w.writeMany(23)
	p.drain()
	list, err := p.Dead(t.Context(), 5)
	if err != nil || len(list) != 5 {
		t.Fatalf("%d listed, error %v", len(list), err)
	}
	oldest, err := p.Dead(t.Context(), 100)
	if err != nil || len(oldest) != 23 {
		t.Fatalf("%d listed, error %v", len(oldest), err)
	}
	for i := 1; i < len(oldest); i++ {
		if oldest[i].FailedAt.After(oldest[i-1].FailedAt) {
			t.Errorf("job %d failed after the one before it", i)
		}
	}
	if list[4].FailedAt.Before(oldest[22].FailedAt) {
		t.Error("the newest page holds an old job")
	}
}

func TestAPayloadThatCannotBeReadIsDeadAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	client := newRedis(t)
	var done effects
	p := w.process(client, []jobs.Consumer{done.consumer("one")}).start()
	_, err := asynq.NewClientFromRedisClient(client).Enqueue(asynq.NewTask("thing:happened/one", []byte("{")), asynq.Queue(string(jobs.Normal)))
	if err != nil {
		t.Fatal(err)
	}
	w.await(func() bool { return len(p.dead()) == 1 })
	if p.dead()[0].Tries != 1 || done.documents() != 0 {
		t.Errorf("dead %+v, %d effects", p.dead(), done.documents())
	}
}

func TestJobsActForTheSystemAndHaveADeadline(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var done effects
	who := done.consumer("who")
	who.Handle = func(ctx context.Context, _ domain.Posted) error {
		if deadline, ok := ctx.Deadline(); domain.ActorFrom(ctx).System && ok && time.Until(deadline) > 50*time.Second {
			done.add("system")
		}
		return nil
	}
	p := w.process(newRedis(t), []jobs.Consumer{who}).start()
	w.write("t", happened)
	p.drain()
	if done.count("system") != 1 {
		t.Error("the job did not act for the system, or had no deadline of a minute")
	}
}

func TestAJobThatRunsWhenTheProcessEndsMayFinish(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var done effects
	began, finish := make(chan bool), make(chan bool)
	slow := done.consumer("slow")
	slow.Handle = func(ctx context.Context, p domain.Posted) error {
		began <- true
		<-finish
		done.add(p.ID)
		return ctx.Err()
	}
	p := w.process(newRedis(t), []jobs.Consumer{slow}).start()
	w.write("t", happened)
	<-began
	p.stop()
	finish <- true
	p.end()
	if done.count("t") != 1 || w.left() != 0 {
		t.Errorf("done %d times, %d events left", done.count("t"), w.left())
	}
}

func TestAJobThatDoesNotFinishInTimeIsDoneByTheNextProcess(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	client := newRedis(t)
	var done effects
	began := make(chan bool, 1)
	stuck := done.consumer("one")
	stuck.Handle = func(ctx context.Context, _ domain.Posted) error {
		began <- true
		<-ctx.Done()
		return ctx.Err()
	}
	p := w.process(client, []jobs.Consumer{stuck}, func(o *jobs.Options) { o.StopWithin = time.Millisecond }).start()
	w.write("t", happened)
	<-began
	p.end()
	if w.left() != 1 {
		t.Fatalf("%d events left after the first process, want 1", w.left())
	}
	next := w.process(client, []jobs.Consumer{done.consumer("one")}).start()
	next.drain()
	if done.count("one/t") != 1 || len(next.dead()) != 0 {
		t.Errorf("done %d times, dead %v", done.count("one/t"), next.dead())
	}
	if strings.Contains(w.logs.String(), "job did not succeed") {
		t.Errorf("the end of a process was logged as a failure:\n%s", w.logs)
	}
}

func TestMetricsTellWhatHappened(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var done effects
	broken := done.consumer("broken")
	broken.Handle = func(context.Context, domain.Posted) error { return errors.New("never") }
	p := w.process(newRedis(t), []jobs.Consumer{broken, done.consumer("one")}).start()
	w.write("t", happened)
	p.drain()
	w.clock.advance(time.Hour)
	if err := p.Sweep(t.Context(), w.clock.Now()); err != nil {
		t.Fatal(err)
	}
	got := p.gather()
	for name, want := range map[string]float64{
		"yingdi_jobs_total thing:happened/one done":      1,
		"yingdi_jobs_total thing:happened/broken failed": 3,
		"yingdi_jobs_total thing:happened/broken dead":   1,
		"yingdi_queue_jobs normal dead":                  1,
		"yingdi_outbox_oldest_seconds":                   3600,
	} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v; all: %v", name, got[name], want, got)
		}
	}
}

// gather reads the metrics, each by its name and the values of its labels.
func (p *process) gather() map[string]float64 {
	p.t.Helper()
	families, err := p.metrics.Gather()
	if err != nil {
		p.t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		for _, m := range f.Metric {
			name := f.GetName()
			for _, l := range m.Label {
				name += " " + l.GetValue()
			}
			got[name] = m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	return got
}

func TestWhileTheQueueIsAwayTheMetricsTellHowLongEventsHaveWaited(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	client := newRedis(t)
	p := w.process(client, []jobs.Consumer{(&effects{}).consumer("one")})
	for i := range 50 { // more than are sent at once
		w.write(fmt.Sprint("late", i), happened)
		w.clock.advance(time.Minute)
	}
	client.Close()
	if err := p.Sweep(t.Context(), w.clock.Now()); err == nil {
		t.Error("a sweep into nowhere succeeded")
	}
	if got := p.gather(); got["yingdi_outbox_oldest_seconds"] != 3000 {
		t.Errorf("the oldest has waited 3000 s: %v", got)
	}
}

func TestBackoffGrowsAndSpreads(t *testing.T) {
	t.Parallel()
	var total time.Duration
	for tried := range 12 {
		wait := jobs.Backoff(tried)
		if middle := min(time.Second<<tried, 20*time.Minute); wait < middle*3/4 || wait > middle*5/4 {
			t.Errorf("after %d tries: %v, want %v give or take a quarter", tried, wait, middle)
		}
		total += wait
	}
	if total < 40*time.Minute || total > 2*time.Hour {
		t.Errorf("all tries together take %v", total)
	}
	if wait := jobs.Backoff(1000); wait > 25*time.Minute {
		t.Errorf("after a thousand tries: %v", wait)
	}
}

// await polls for what no event announces.
func (w *world) await(what func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(patience); !what(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatal("it did not happen in time")
		}
	}
}
