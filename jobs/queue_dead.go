package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/hibiken/asynq"

	"yingdi/domain"
)

// Dead lists jobs that failed as often as they may, the newest first. Their events wait in the outbox all the while.
func (q *Queue) Dead(_ context.Context, limit int) ([]domain.DeadJob, error) {
	var dead []domain.DeadJob
	used, err := usedLanes(q.inspector)
	if err != nil {
		return nil, fmt.Errorf("dead jobs: %w", err)
	}
	for _, lane := range used {
		tasks, err := q.lastDead(lane, limit)
		if err != nil {
			return nil, fmt.Errorf("dead jobs: %w", err)
		}
		for _, t := range tasks {
			dead = append(dead, deadJob(t))
		}
	}
	slices.SortFunc(dead, func(a, b domain.DeadJob) int { return b.FailedAt.Compare(a.FailedAt) })
	return dead[:min(len(dead), limit)], nil
}

// usedLanes are those into which anything was ever put; of others the library knows nothing.
func usedLanes(inspector *asynq.Inspector) ([]Lane, error) {
	known, err := inspector.Queues()
	return slices.DeleteFunc(slices.Clone(lanes), func(l Lane) bool { return !slices.Contains(known, string(l)) }), err
}

// lastDead reads the end of a list that the library keeps the oldest first.
func (q *Queue) lastDead(lane Lane, limit int) ([]*asynq.TaskInfo, error) {
	info, err := q.inspector.GetQueueInfo(string(lane))
	if err != nil || info.Archived == 0 {
		return nil, err
	}
	limit = max(limit, 1)
	last := (info.Archived + limit - 1) / limit
	var found []*asynq.TaskInfo
	for page := max(1, last-1); page <= last; page++ {
		tasks, err := q.inspector.ListArchivedTasks(string(lane), asynq.PageSize(limit), asynq.Page(page))
		if err != nil {
			return nil, err
		}
		found = append(found, tasks...)
	}
	return found, nil
}

func deadJob(t *asynq.TaskInfo) domain.DeadJob {
	job := domain.DeadJob{ID: t.ID, Kind: t.Type, Error: t.LastErr, FailedAt: t.LastFailedAt, Tries: t.Retried + 1}
	var p domain.Posted
	if json.Unmarshal(t.Payload, &p) == nil {
		job.Document = p.Collection + " " + p.ID
	}
	return job
}

// Retry puts a dead job back into the queue with all its tries. Returns domain.ErrNotFound if it is not there.
func (q *Queue) Retry(ctx context.Context, id string) error {
	for _, lane := range lanes {
		t, err := q.inspector.GetTaskInfo(string(lane), id)
		switch {
		case errors.Is(err, asynq.ErrQueueNotFound), errors.Is(err, asynq.ErrTaskNotFound):
			continue
		case err != nil:
			return fmt.Errorf("retry of %s: %w", id, err)
		case t.State != asynq.TaskStateArchived:
			continue
		}
		return q.revive(ctx, t)
	}
	return fmt.Errorf("dead job %s: %w", id, domain.ErrNotFound)
}

// revive replaces the task, because one that merely runs again has no tries left. Should a crash come between, the
// event is still in the outbox.
func (q *Queue) revive(ctx context.Context, t *asynq.TaskInfo) error {
	err := q.inspector.DeleteTask(t.Queue, t.ID)
	if err == nil || errors.Is(err, asynq.ErrTaskNotFound) {
		_, err = q.client.Load().EnqueueContext(ctx, asynq.NewTask(t.Type, t.Payload),
			asynq.TaskID(t.ID), asynq.Queue(t.Queue), asynq.MaxRetry(q.Tries-1), asynq.Timeout(t.Timeout))
	}
	if err != nil && !errors.Is(err, asynq.ErrTaskIDConflict) {
		return fmt.Errorf("retry of %s: %w", t.ID, err)
	}
	return nil
}
