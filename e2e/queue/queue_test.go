//go:build e2e

// Package queue_test takes a real Redis away from a running program.
package queue_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	goredis "github.com/redis/go-redis/v9"

	"yingdi/domain"
	"yingdi/e2e/server"
	"yingdi/jobs"
	"yingdi/storage"
	"yingdi/storage/redis"
	"yingdi/storage/sqlite"
)

const (
	happened = "thing:happened"
	things   = 400
)

type thing struct{ domain.Doc }

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

// effects counts how often each document was handled.
type effects struct {
	mu sync.Mutex
	n  map[string]int
}

func (e *effects) add(id string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.n[id]++
	return len(e.n)
}

func TestRedisIsKilledAndComesBackEmpty(t *testing.T) {
	t.Parallel()
	address, kill := server.Redis(t, t.TempDir())
	var current atomic.Value
	current.Store(address)
	client := goredis.NewClient(&goredis.Options{Dialer: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", current.Load().(string))
	}})
	t.Cleanup(func() { client.Close() })

	engine, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { engine.Close() })
	db := storage.NewDB(engine)
	kept, err := storage.NewCollection[thing](t.Context(), db, "things", nil)
	if err != nil {
		t.Fatal(err)
	}
	done, begun := effects{n: map[string]int{}}, make(chan bool)
	var once sync.Once
	q := start(t, client, db, jobs.Consumer{
		Name: "one", Events: []string{happened}, Lane: jobs.Normal, Handle: func(_ context.Context, p domain.Posted) error {
			if done.add(p.ID) >= things/4 {
				once.Do(func() { close(begun) })
			}
			return nil
		},
	})

	var writing sync.WaitGroup
	writing.Go(func() {
		for i := range things {
			doc := thing{domain.Doc{ID: fmt.Sprint("t", i)}}
			doc.Emit(happened, time.Now(), nil)
			if err := kept.Insert(t.Context(), doc); err != nil {
				t.Error(err)
			}
		}
	})
	<-begun
	kill()
	writing.Wait() // writing goes on without the queue
	again, _ := server.Redis(t, t.TempDir())
	current.Store(again)

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for err = q.Drain(ctx); err != nil && ctx.Err() == nil; err = q.Drain(ctx) {
		t.Log("still coming back:", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(done.n) != things {
		t.Errorf("%d of %d documents were handled", len(done.n), things)
	}
	if dead, err := q.Dead(t.Context(), 10); err != nil || len(dead) != 0 {
		t.Errorf("dead jobs %v, error %v", dead, err)
	}
	err = db.Pending(t.Context(), time.Now().Add(time.Hour), func(p domain.Posted) error {
		return fmt.Errorf("%s is left in the outbox", p.Event.ID)
	})
	if err != nil {
		t.Error(err)
	}
}

func start(t *testing.T, client goredis.UniversalClient, db *storage.DB, consumer jobs.Consumer) *jobs.Queue {
	t.Helper()
	q, err := jobs.New(jobs.Options{
		Redis: client, Outbox: db, Consumers: []jobs.Consumer{consumer}, Clock: systemClock{},
		Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(), Poll: 5 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	db.OnWrite(q.Post)
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { q.Relay(ctx) })
	running.Go(func() {
		if err := q.Work(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { stop(); running.Wait() })
	return q
}

func TestLimitsOnRedis(t *testing.T) {
	t.Parallel()
	address, _ := server.Redis(t, t.TempDir())
	client, err := redis.Open(t.Context(), "redis://"+address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	limiter := redis.Limiter{Client: client, Clock: systemClock{}}
	for i := range 4 {
		ok, retry, err := limiter.Allow(t.Context(), "k", 3, time.Hour)
		if err != nil || ok != (i < 3) || ok != (retry == 0) {
			t.Errorf("request %d: ok %v, retry %v, error %v", i+1, ok, retry, err)
		}
	}
}
