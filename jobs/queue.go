package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hibiken/asynq"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"yingdi/domain"
)

// Options of a Queue. Redis, Outbox, Consumers, Clock, Log and Metrics must be set.
type Options struct {
	Redis     redis.UniversalClient
	Outbox    Outbox
	Consumers []Consumer
	Unheard   []string // events that leave the outbox without a consumer
	Clock     domain.Clock
	Log       *slog.Logger
	Metrics   prometheus.Registerer

	Workers    int                           // jobs at a time; 0 is 10
	Tries      int                           // until a job is dead; 0 is 13, over more than an hour
	Backoff    func(tried int) time.Duration // before the next try; nil is Backoff
	Poll       time.Duration                 // between looks into an empty queue; 0 is 100 ms
	RetryPoll  time.Duration                 // between looks for retries that are due; 0 is a second
	StopWithin time.Duration                 // for running jobs when Work ends; 0 is ten seconds
	Glance     time.Duration                 // that Drain waits for a job to end before it looks what keeps the rest; 0 is 100 ms
}

const minTimeout = time.Minute

// Queue carries events from the outbox to their consumers. Redis is the transport; the outbox is the truth.
type Queue struct {
	Options
	routes    routes
	client    atomic.Pointer[asynq.Client]
	inspector *asynq.Inspector
	posted    chan domain.Posted
	away      atomic.Bool
	unknown   sync.Map // event types that no consumer here knows, once each
	begun     atomic.Int64
	busy      atomic.Int64 // jobs under way
	ended     atomic.Int64
	stir      chan struct{}
	metrics   metrics
}

// New checks the consumers and registers the metrics.
func New(o Options) (*Queue, error) {
	o.Workers = orElse(o.Workers, 10)
	o.Tries = orElse(o.Tries, 13)
	o.Poll = orElse(o.Poll, 100*time.Millisecond)
	o.RetryPoll = orElse(o.RetryPoll, time.Second)
	o.StopWithin = orElse(o.StopWithin, 10*time.Second)
	o.Glance = orElse(o.Glance, 100*time.Millisecond)
	if o.Backoff == nil {
		o.Backoff = Backoff
	}
	r, err := route(o.Consumers)
	if err != nil {
		return nil, err
	}
	q := &Queue{
		Options: o, routes: r, inspector: asynq.NewInspectorFromRedisClient(o.Redis),
		posted: make(chan domain.Posted, relayBuffer), stir: make(chan struct{}, 1),
	}
	q.client.Store(asynq.NewClientFromRedisClient(o.Redis))
	if q.metrics, err = newMetrics(o.Metrics, q); err != nil {
		return nil, err
	}
	return q, nil
}

func orElse[T int | time.Duration](value, otherwise T) T {
	if value == 0 {
		return otherwise
	}
	return value
}

// Backoff doubles from one second to twenty minutes, give or take a quarter so that jobs that failed together do not
// come back together.
func Backoff(tried int) time.Duration {
	wait := min(time.Second<<min(tried, 20), 20*time.Minute)
	return wait - wait/4 + rand.N(wait/2)
}

// Work runs the consumers, and sweeps the outbox, until ctx ends. Jobs that run then may finish; what does not finish
// within StopWithin goes back into the queue.
func (q *Queue) Work(ctx context.Context) error {
	server := asynq.NewServerFromRedisClient(q.Redis, asynq.Config{
		Concurrency: q.Workers, Queues: weights, ShutdownTimeout: q.StopWithin,
		TaskCheckInterval: q.Poll, DelayedTaskCheckInterval: q.RetryPoll,
		RetryDelayFunc: func(n int, _ error, _ *asynq.Task) time.Duration { return q.Backoff(n) },
		BaseContext:    func() context.Context { return domain.WithActor(context.WithoutCancel(ctx), domain.SystemActor) },
		Logger:         logger{q.Log}, LogLevel: asynq.ErrorLevel,
	})
	if err := server.Start(asynq.HandlerFunc(q.process)); err != nil {
		return fmt.Errorf("starting the workers: %w", err)
	}
	var sweeping sync.WaitGroup
	sweeping.Go(func() { q.keepSweeping(ctx) })
	<-ctx.Done()
	server.Shutdown()
	sweeping.Wait()
	return nil
}

// process does one job.
func (q *Queue) process(ctx context.Context, task *asynq.Task) error {
	over := q.noteBegin()
	defer over()
	c, ok := q.routes.byKind[task.Type()]
	var p domain.Posted
	var err error
	switch {
	case !ok:
		err = errors.New("no consumer of this kind") // another version of the program may know it
	case json.Unmarshal(task.Payload(), &p) != nil:
		err = fmt.Errorf("payload cannot be read: %w", asynq.SkipRetry)
	default:
		err = q.handle(ctx, c, p)
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return err // stopped on the way: it is back in the queue
	}
	q.report(ctx, task, err)
	q.noteEnd()
	return err
}

// handle lets the consumer do its work, unless it has, and acknowledges the event. The queue never holds a job twice at
// a time, so work that has been acknowledged is not done again, even if a sweep took it for left over a moment before.
func (q *Queue) handle(ctx context.Context, c Consumer, p domain.Posted) error {
	waits, err := q.Outbox.Waits(ctx, p, c.Name)
	if err != nil || !waits {
		return err
	}
	if err := q.attempt(ctx, c, p); err != nil {
		return err
	}
	return q.Outbox.Ack(ctx, p, c.Name, q.routes.names[p.Event.Type])
}

func (q *Queue) attempt(ctx context.Context, c Consumer, p domain.Posted) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			// Only the runtime's own messages are sure to hold nothing personal.
			err = fmt.Errorf("panic: %T", cause)
			if said, ok := cause.(runtime.Error); ok {
				err = fmt.Errorf("panic: %w", said)
			}
			q.Log.Error("job panicked", "consumer", c.Name, "stack", string(debug.Stack()))
		}
	}()
	return c.Handle(ctx, p)
}

func (q *Queue) report(ctx context.Context, task *asynq.Task, err error) {
	result := "done"
	if err != nil {
		tried, _ := asynq.GetRetryCount(ctx)
		most, _ := asynq.GetMaxRetry(ctx)
		id, _ := asynq.GetTaskID(ctx)
		level := slog.LevelWarn
		result = "failed"
		if tried >= most || errors.Is(err, asynq.SkipRetry) {
			level, result = slog.LevelError, "dead"
		}
		q.Log.Log(ctx, level, "job did not succeed", "kind", task.Type(), "job", id, "result", result, "try", tried+1, "err", err)
	}
	q.metrics.jobs.WithLabelValues(task.Type(), result).Inc()
}

// logger hands what the library has to say to slog.
type logger struct{ log *slog.Logger }

func (l logger) Debug(args ...any) { l.log.Debug("queue", "says", fmt.Sprint(args...)) }
func (l logger) Info(args ...any)  { l.log.Info("queue", "says", fmt.Sprint(args...)) }
func (l logger) Warn(args ...any)  { l.log.Warn("queue", "says", fmt.Sprint(args...)) }
func (l logger) Error(args ...any) { l.log.Error("queue", "says", fmt.Sprint(args...)) }
func (l logger) Fatal(args ...any) { l.log.Error("queue", "says", fmt.Sprint(args...)) }
