package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/hibiken/asynq"
	"golang.org/x/sync/errgroup"

	"yingdi/domain"
)

// Outbox is where events wait until each of their consumers has acknowledged them; storage.DB is one.
type Outbox interface {
	// Pending tells of every event from before the instant that still waits for a consumer.
	Pending(ctx context.Context, before time.Time, told func(domain.Posted) error) error
	// Waits reports whether the event still waits for the consumer.
	Waits(ctx context.Context, p domain.Posted, consumer string) (bool, error)
	// Ack notes that the consumer has dealt with the event, and clears it once all consumers have.
	Ack(ctx context.Context, p domain.Posted, consumer string, consumers []string) error
}

const (
	relayBuffer  = 8192
	relaySenders = 4
	sendPatience = 5 * time.Second

	sweepEvery = 30 * time.Second
	sweepAge   = 30 * time.Second // what is younger is most likely still on its way
	sweepers   = 8
)

// Post takes an event that has just been written; storage.DB.OnWrite calls it. It never blocks: what finds no room
// stays in the outbox and the sweeper comes for it.
func (q *Queue) Post(p domain.Posted) {
	select {
	case q.posted <- p:
	default:
		q.metrics.overflow.Inc()
	}
}

// Relay puts posted events into the queue until ctx ends. Every process that writes documents runs it.
func (q *Queue) Relay(ctx context.Context) {
	var senders sync.WaitGroup
	for range relaySenders {
		senders.Go(func() {
			for {
				select {
				case p := <-q.posted:
					q.relay(ctx, p)
				case <-ctx.Done():
					return
				}
			}
		})
	}
	senders.Wait()
}

// relay logs when the queue goes away and when it comes back, not each event in between: they wait in the outbox.
func (q *Queue) relay(ctx context.Context, p domain.Posted) {
	sending, cancel := context.WithTimeout(ctx, sendPatience)
	defer cancel()
	err := q.send(sending, p)
	switch {
	case ctx.Err() != nil: // we are going, not the queue
	case err == nil && q.away.CompareAndSwap(true, false):
		q.Log.Info("the queue answers again")
	case err != nil && q.away.CompareAndSwap(false, true):
		q.Log.Error("the queue does not answer; events wait in the outbox", "err", err)
	}
}

// send enqueues the event for each consumer that has not acknowledged it yet.
func (q *Queue) send(ctx context.Context, p domain.Posted) error {
	consumers := q.routes.byEvent[p.Event.Type]
	if len(consumers) == 0 {
		return q.nobody(ctx, p)
	}
	for _, c := range consumers {
		if slices.Contains(p.Event.Done, c.Name) {
			continue
		}
		if err := q.enqueue(ctx, p, c); err != nil && !errors.Is(err, asynq.ErrTaskIDConflict) {
			return fmt.Errorf("enqueueing %s for %s: %w", p.Event.ID, c.Name, err)
		}
	}
	return nil
}

// nobody clears an event that needs no consumer. One that is simply not known here stays in the outbox.
func (q *Queue) nobody(ctx context.Context, p domain.Posted) error {
	if slices.Contains(q.Unheard, p.Event.Type) {
		defer q.noteEnd()
		return q.Outbox.Ack(ctx, p, "nobody", nil)
	}
	if _, said := q.unknown.LoadOrStore(p.Event.Type, true); !said {
		q.Log.Warn("event without a consumer stays in the outbox", "type", p.Event.Type)
	}
	return nil
}

// enqueue returns asynq.ErrTaskIDConflict when the queue already holds the task, be it waiting, running or dead.
func (q *Queue) enqueue(ctx context.Context, p domain.Posted, c Consumer) error {
	p.Event.Done = nil
	payload, err := json.Marshal(p)
	if err != nil {
		return err
	}
	_, err = q.client.Load().EnqueueContext(ctx, asynq.NewTask(kind(p.Event.Type, c.Name), payload),
		asynq.TaskID(taskID(p, c)), asynq.Queue(string(c.Lane)), asynq.MaxRetry(q.Tries-1), asynq.Timeout(max(c.Timeout, minTimeout)))
	return err
}

// Sweep enqueues every event from before the instant that still waits for a consumer: what a crash, a full buffer or
// the loss of the queue left behind. What the queue holds already stays as it is; a dead job stays dead until somebody
// retries it.
func (q *Queue) Sweep(ctx context.Context, before time.Time) error {
	// A client registers each lane once. A queue that was lost meanwhile has forgotten that.
	q.client.Store(asynq.NewClientFromRedisClient(q.Redis))
	oldest := before
	sending, sendCtx := errgroup.WithContext(ctx)
	sending.SetLimit(sweepers)
	err := q.Outbox.Pending(ctx, before, func(p domain.Posted) error {
		if p.Event.At.Before(oldest) {
			oldest = p.Event.At
		}
		if sendCtx.Err() == nil { // a queue that is away is given up on; the age of what waits for it is still found
			sending.Go(func() error { return q.send(sendCtx, p) })
		}
		return ctx.Err()
	})
	if failed := sending.Wait(); failed != nil {
		err = failed
	}
	q.metrics.oldest.Set(0)
	if oldest.Before(before) {
		q.metrics.oldest.Set(q.Clock.Now().Sub(oldest).Seconds())
	}
	if err != nil {
		return fmt.Errorf("sweep of the outbox: %w", err)
	}
	return nil
}

func (q *Queue) sweepNow(ctx context.Context, age time.Duration) {
	if err := q.Sweep(ctx, q.Clock.Now().Add(-age)); err != nil && ctx.Err() == nil {
		q.Log.Error("sweep failed", "err", err)
	}
}

// keepSweeping sweeps everything once, for what an earlier process left, and then regularly what is overdue.
func (q *Queue) keepSweeping(ctx context.Context) {
	q.sweepNow(ctx, 0)
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			q.sweepNow(ctx, sweepAge)
		case <-ctx.Done():
			return
		}
	}
}
