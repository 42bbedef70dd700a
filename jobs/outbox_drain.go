package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/hibiken/asynq"

	"yingdi/domain"
)

// Drain returns when every event that was written has been dealt with by all of its consumers, save for dead jobs, and
// so has everything that followed from them. Relay and Work must run meanwhile. It is for a clock that jumps: between
// two moments of it, all that the first one caused is to happen.
func (q *Queue) Drain(ctx context.Context) error {
	for stalled := false; ; {
		ended, begun, idle := q.ended.Load(), q.begun.Load(), q.busy.Load() == 0
		if stalled {
			if err := errors.Join(q.Sweep(ctx, q.soon()), q.hasten()); err != nil {
				return err
			}
		}
		open, err := q.open(ctx, stalled)
		if err != nil || open == 0 && idle && q.begun.Load() == begun {
			return err
		}
		if open == 0 { // a job ran while we looked: what it wrote may lie where we had looked before
			q.pause(ctx)
			continue
		}
		if stalled, err = q.awaitEnd(ctx, ended+int64(open)); err != nil {
			return fmt.Errorf("%d jobs are still open: %w", open, err)
		}
	}
}

// hasten tries again at once what failed: on a clock that stands there is nothing to wait for.
func (q *Queue) hasten() error {
	used, err := usedLanes(q.inspector)
	if err != nil {
		return err
	}
	for _, lane := range used {
		if _, err := q.inspector.RunAllRetryTasks(string(lane)); err != nil {
			return fmt.Errorf("hastening the retries of lane %s: %w", lane, err)
		}
	}
	return nil
}

// soon lies after everything that has been written by now.
func (q *Queue) soon() time.Time { return q.Clock.Now().Add(time.Second) }

// open counts the jobs that are owed; a closer look leaves out those that are dead.
func (q *Queue) open(ctx context.Context, closer bool) (int, error) {
	n := 0
	err := q.Outbox.Pending(ctx, q.soon(), func(p domain.Posted) error {
		if slices.Contains(q.Unheard, p.Event.Type) {
			n++
		}
		for _, c := range q.routes.byEvent[p.Event.Type] {
			if !slices.Contains(p.Event.Done, c.Name) && !(closer && q.dead(p, c)) {
				n++
			}
		}
		return ctx.Err()
	})
	return n, err
}

func (q *Queue) dead(p domain.Posted, c Consumer) bool {
	t, err := q.inspector.GetTaskInfo(string(c.Lane), taskID(p, c))
	return err == nil && t.State == asynq.TaskStateArchived
}

// awaitEnd returns when as many jobs have ended as asked for, or stalled when none has for a while.
func (q *Queue) awaitEnd(ctx context.Context, enough int64) (stalled bool, err error) {
	glance := time.NewTimer(q.Glance)
	defer glance.Stop()
	for q.ended.Load() < enough {
		select {
		case <-q.stir:
			glance.Reset(q.Glance)
		case <-glance.C:
			return true, nil
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
	return false, nil
}

// pause waits for a job to end, or a moment.
func (q *Queue) pause(ctx context.Context) {
	moment := time.NewTimer(time.Millisecond)
	defer moment.Stop()
	select {
	case <-q.stir:
	case <-moment.C:
	case <-ctx.Done():
	}
}

// noteBegin counts a job that begins, for Drain, and returns what to do when it is over, whatever came of it.
func (q *Queue) noteBegin() func() {
	q.busy.Add(1)
	q.begun.Add(1)
	return func() { q.busy.Add(-1) }
}

// noteEnd counts a job that ended, for Drain.
func (q *Queue) noteEnd() {
	q.ended.Add(1)
	select {
	case q.stir <- struct{}{}:
	default:
	}
}
