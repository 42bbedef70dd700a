package jobs_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"yingdi/domain"
	"yingdi/jobs"
	"yingdi/storage/redis"
)

func TestEachConsumerHearsOfAnEventAndTheOutboxIsEmptyAfter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var done effects
	p := w.process(newRedis(t), []jobs.Consumer{done.consumer("one"), done.consumer("two")}).start()
	w.writeMany(50)
	p.drain()
	for i := range 50 {
		for _, name := range []string{"one", "two"} {
			if n := done.count(fmt.Sprintf("%s/t%d", name, i)); n != 1 {
				t.Errorf("%s handled t%d %d times", name, i, n)
			}
		}
	}
	if n := w.left(); n != 0 {
		t.Errorf("%d events left in the outbox", n)
	}
}

func TestDrainTriesAgainWithoutWaitingForTheBackoff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var done effects
	stubborn := done.consumer("stubborn")
	stubborn.Handle = func(_ context.Context, p domain.Posted) error {
		if done.add(p.ID) < 3 {
			return errors.New("not yet")
		}
		return nil
	}
	p := w.process(newRedis(t), []jobs.Consumer{stubborn}, func(o *jobs.Options) {
		o.Backoff = func(int) time.Duration { return time.Hour }
	}).start()
	w.write("x", happened)
	p.drain()
	if n := done.count("x"); n != 3 || w.left() != 0 {
		t.Errorf("%d tries of three, %d events left", n, w.left())
	}
}

func TestWhatFollowsFromWhatFollowsIsDrainedToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var done effects
	chain := done.consumer("chain")
	chain.Handle = func(_ context.Context, p domain.Posted) error {
		done.add(p.ID)
		if len(p.ID) < 10 {
			w.write(p.ID+"x", happened)
		}
		return nil
	}
	p := w.process(newRedis(t), []jobs.Consumer{chain}).start()
	w.write("x", happened)
	p.drain()
	if n := done.documents(); n != 10 || w.left() != 0 {
		t.Errorf("%d links of ten, %d events left", n, w.left())
	}
}

// blinking misses at its first look, once it is armed, what a job does meanwhile.
type blinking struct {
	jobs.Outbox
	armed                  atomic.Bool
	looks                  atomic.Int64
	release, acked, opened chan struct{}
}

func (b *blinking) Pending(ctx context.Context, before time.Time, told func(domain.Posted) error) error {
	if b.armed.Load() {
		switch b.looks.Add(1) {
		case 1:
			close(b.release)
			<-b.acked
			return nil
		case 2:
			close(b.opened)
		}
	}
	return b.Outbox.Pending(ctx, before, told)
}

func (b *blinking) Ack(ctx context.Context, p domain.Posted, consumer string, consumers []string) error {
	err := b.Outbox.Ack(ctx, p, consumer, consumers)
	if p.ID == "x" {
		close(b.acked)
	}
	return err
}

func TestDrainLooksAgainWhenAJobRanWhileItLooked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := &blinking{Outbox: w.db, release: make(chan struct{}), acked: make(chan struct{}), opened: make(chan struct{})}
	var done effects
	begun := make(chan struct{})
	chain := done.consumer("chain")
	chain.Handle = func(ctx context.Context, p domain.Posted) error {
		if p.ID == "x" {
			close(begun)
			<-b.release
			w.write("xx", happened)
		} else {
			select {
			case <-b.opened:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		done.add(p.ID)
		return nil
	}
	p := w.process(newRedis(t), []jobs.Consumer{chain}, func(o *jobs.Options) { o.Outbox = b }).start()
	w.write("x", happened)
	<-begun
	b.armed.Store(true)
	p.drain()
	if n := done.documents(); n != 2 || w.left() != 0 {
		t.Errorf("%d of two jobs are done, %d events left", n, w.left())
	}
}

func TestAnEventThatNobodyNeedsLeavesAndAnUnknownOneStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var done effects
	p := w.process(newRedis(t), []jobs.Consumer{done.consumer("one")}).start()
	w.write("a", quiet)
	w.write("b", "thing:from-a-newer-version")
	p.drain()
	got, err := w.things.GetMany(t.Context(), []string{"a", "b"})
	if err != nil || len(got["a"].Outbox) != 0 || len(got["b"].Outbox) != 1 {
		t.Errorf("outboxes %v and %v, error %v", got["a"].Outbox, got["b"].Outbox, err)
	}
}

// writeUntilKilled writes documents and relays their events, but never works on them. It prints each document that is
// durable.
func writeUntilKilled(path string) error {
	ctx := context.Background()
	db, things, err := open(ctx, path)
	if err != nil {
		return err
	}
	e, err := redis.StartEmbedded()
	if err != nil {
		return err
	}
	var done effects
	q, err := jobs.New(jobs.Options{
		Redis: e.Client, Outbox: db, Consumers: []jobs.Consumer{done.consumer("one")}, Clock: newClock(),
		Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(),
	})
	if err != nil {
		return err
	}
	db.OnWrite(q.Post)
	go q.Relay(ctx)
	for i := 0; ; i++ {
		doc := thing{domain.Doc{ID: fmt.Sprint("t", i)}}
		doc.Emit(happened, newClock().Now(), nil)
		if err := things.Insert(ctx, doc); err != nil {
			return err
		}
		fmt.Println(doc.ID)
	}
}

func TestKilledBetweenWriteAndHandlingNothingIsLost(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "test.db")
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), executable)
	child.Env = append(os.Environ(), childEnv+"="+path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var written []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if written = append(written, lines.Text()); len(written) == 100 {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = child.Wait()
	if len(written) < 100 {
		t.Fatalf("the child ended by itself after %d writes", len(written))
	}
	w := openWorld(t, path)
	var done effects
	w.process(newRedis(t), []jobs.Consumer{done.consumer("one")}).start().drain()
	for _, id := range written {
		if n := done.count("one/" + id); n != 1 {
			t.Errorf("%s was handled %d times", id, n)
		}
	}
	if n := w.left(); n != 0 {
		t.Errorf("%d events left in the outbox", n)
	}
}

func TestRedisLosesEverythingAndNothingIsLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var done effects
	client := newRedis(t)
	broken := done.consumer("broken")
	broken.Handle = func(context.Context, domain.Posted) error { return errors.New("never works") }
	p := w.process(client, []jobs.Consumer{done.consumer("one"), broken})
	w.writeMany(20)
	if err := p.Sweep(t.Context(), w.clock.Now().Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	if err := client.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	p.start().drain()
	if n := done.documents(); n != 20 {
		t.Errorf("%d of 20 documents handled", n)
	}
	if n := len(p.dead()); n != 10 {
		t.Errorf("%d dead jobs listed after the loss, want a full page of 10", n)
	}
}

func TestWhatFindsNoRoomIsSwept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var done effects
	p := w.process(newRedis(t), []jobs.Consumer{done.consumer("one")})
	w.write("t0", happened)
	for range 20_000 { // far more than fits; nobody relays, and all of it is done with
		p.Post(domain.Posted{Collection: "things", ID: "gone", Event: domain.Event{ID: "e", Type: happened, Done: []string{"one"}}})
	}
	w.write("t1", happened)
	p.start().drain()
	if done.count("one/t0") != 1 || done.count("one/t1") != 1 {
		t.Errorf("t0 handled %d times, t1 %d times", done.count("one/t0"), done.count("one/t1"))
	}
}

func TestManyProcessesOneQueue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	client := newRedis(t)
	var done effects
	consumers := []jobs.Consumer{done.consumer("one")}
	first, second := w.process(client, consumers).start(), w.process(client, consumers).start()
	var writers sync.WaitGroup
	for g := range 4 {
		writers.Go(func() {
			for i := range 50 {
				w.write(fmt.Sprintf("t%d-%d", g, i), happened)
			}
		})
	}
	writers.Wait()
	first.drain()
	second.drain()
	for g := range 4 {
		for i := range 50 {
			if n := done.count(fmt.Sprintf("one/t%d-%d", g, i)); n != 1 {
				t.Errorf("t%d-%d was handled %d times", g, i, n)
			}
		}
	}
}
