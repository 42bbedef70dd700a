package jobs_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	goredis "github.com/redis/go-redis/v9"

	"yingdi/domain"
	"yingdi/jobs"
	"yingdi/storage"
	"yingdi/storage/redis"
	"yingdi/storage/sqlite"
)

// patience bounds every wait; nothing here takes anywhere near as long.
const patience = 60 * time.Second

type clock struct{ nanos atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.nanos.Store(time.Date(2025, 3, 1, 8, 0, 0, 0, time.UTC).UnixNano())
	return c
}

func (c *clock) Now() time.Time           { return time.Unix(0, c.nanos.Load()).UTC() }
func (c *clock) advance(by time.Duration) { c.nanos.Add(int64(by)) }

// thing is a document to which something happens.
type thing struct {
	domain.Doc
}

const (
	happened = "thing:happened"
	quiet    = "thing:quiet"
)

// world is one store with its documents; processes come and go in it.
type world struct {
	t      *testing.T
	db     *storage.DB
	things *storage.Collection[thing]
	clock  *clock
	logs   *logs
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return openWorld(t, filepath.Join(t.TempDir(), "test.db"))
}

func openWorld(t *testing.T, path string) *world {
	t.Helper()
	db, things, err := open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return &world{t, db, things, newClock(), &logs{}}
}

func open(ctx context.Context, path string) (*storage.DB, *storage.Collection[thing], error) {
	engine, err := sqlite.Open(ctx, path)
	if err != nil {
		return nil, nil, err
	}
	db := storage.NewDB(engine)
	things, err := storage.NewCollection[thing](ctx, db, "things", nil)
	return db, things, err
}

// write inserts a document to which an event of the type has happened.
func (w *world) write(id, event string) {
	w.t.Helper()
	doc := thing{domain.Doc{ID: id}}
	doc.Emit(event, w.clock.Now(), nil)
	if err := w.things.Insert(w.t.Context(), doc); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) writeMany(n int) {
	w.t.Helper()
	for i := range n {
		w.write(fmt.Sprint("t", i), happened)
	}
}

// left counts the events that wait in the outbox.
func (w *world) left() int {
	w.t.Helper()
	n := 0
	err := w.db.Pending(w.t.Context(), w.clock.Now().Add(time.Hour), func(domain.Posted) error { n++; return nil })
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func newRedis(t *testing.T) goredis.UniversalClient {
	t.Helper()
	e, err := redis.StartEmbedded()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e.Client
}

// process is one run of the program: its own queue over the given Redis.
type process struct {
	*jobs.Queue
	t       *testing.T
	metrics *prometheus.Registry
	stop    context.CancelFunc
	running sync.WaitGroup
}

// process makes one that does nothing yet, and tells it of what is written from now on.
func (w *world) process(client goredis.UniversalClient, consumers []jobs.Consumer, adjust ...func(*jobs.Options)) *process {
	w.t.Helper()
	p := &process{t: w.t, metrics: prometheus.NewRegistry()}
	options := jobs.Options{
		Redis: client, Outbox: w.db, Consumers: consumers, Unheard: []string{quiet}, Clock: w.clock,
		Log: slog.New(slog.NewTextHandler(w.logs, nil)), Metrics: p.metrics,
		Workers: 4, Tries: 4, Backoff: func(int) time.Duration { return time.Millisecond },
		Poll: 5 * time.Millisecond, RetryPoll: 5 * time.Millisecond, StopWithin: 5 * time.Second,
	}
	for _, f := range adjust {
		f(&options)
	}
	var err error
	if p.Queue, err = jobs.New(options); err != nil {
		w.t.Fatal(err)
	}
	w.db.OnWrite(p.Post)
	p.stop = func() {}
	w.t.Cleanup(p.end)
	return p
}

// start lets it relay and work.
func (p *process) start() *process {
	ctx, stop := context.WithCancel(context.Background())
	p.stop = stop
	p.running.Go(func() { p.Relay(ctx) })
	p.running.Go(func() {
		if err := p.Work(ctx); err != nil {
			p.t.Error(err)
		}
	})
	return p
}

// end stops it gracefully and waits.
func (p *process) end() {
	p.stop()
	p.running.Wait()
}

func (p *process) drain() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	if err := p.Drain(ctx); err != nil {
		p.t.Fatal(err)
	}
}

func (p *process) dead() []domain.DeadJob {
	p.t.Helper()
	list, err := p.Dead(p.t.Context(), 10)
	if err != nil {
		p.t.Fatal(err)
	}
	return list
}

// effects counts what consumers did, by consumer and document.
type effects struct {
	mu sync.Mutex
	n  map[string]int
}

func (e *effects) add(what string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.n == nil {
		e.n = map[string]int{}
	}
	e.n[what]++
	return e.n[what]
}

func (e *effects) count(what string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.n[what]
}

func (e *effects) documents() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.n)
}

// consumer notes name/document for each document it hears of.
func (e *effects) consumer(name string) jobs.Consumer {
	return jobs.Consumer{Name: name, Events: []string{happened}, Lane: jobs.Normal, Handle: func(_ context.Context, p domain.Posted) error {
		e.add(name + "/" + p.ID)
		return nil
	}}
}

// logs keeps what was logged.
type logs struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// childEnv makes this test binary the process that is killed: it holds the path of the store.
const childEnv = "YINGDI_TEST_JOBS_CHILD"

func TestMain(m *testing.M) {
	if path := os.Getenv(childEnv); path != "" {
		fmt.Fprintln(os.Stderr, writeUntilKilled(path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}
