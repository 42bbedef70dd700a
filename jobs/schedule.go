package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/schedule"
)

// Periodic is work that is due every so often, once among all processes.
type Periodic struct {
	Name  string
	Every time.Duration
	Run   func(ctx context.Context) error
}

// Table lists the periodic work.
func Table(s Services) []Periodic {
	return slices.Concat([]Periodic{
		{"enrolments", time.Minute, s.Enrolments.Sweep},
		{"quiz-attempts", time.Minute, s.Quizzes.Sweep},
		{"courses", time.Minute, s.Courses.Sweep},
		{"media-unanswered", time.Minute, s.Media.SweepUnanswered},
		{"media-orphans", 10 * time.Minute, s.Media.SweepOrphans},
		{"media-previews", time.Hour, s.Media.SweepPreviews},
		{"seats", time.Hour, s.Enrolments.RecountAll},
		{"standings", 24 * time.Hour, s.Checkins.WeighAll},
		{"sessions", time.Hour, s.Sessions.Sweep},
		{"exports", 10 * time.Minute, s.Exports.Sweep},
		{"idempotency", time.Hour, s.Idempotency.Sweep},
		{"orders", time.Minute, s.Orders.Sweep},
		{"payments", time.Hour, s.Payments.Sweep},
		{"pools", time.Minute, s.Pools.Sweep},
		{"transfers", time.Minute, s.Transfers.Sweep},
		{"withdrawals", time.Minute, s.Wallets.Sweep},
		{"pushes", time.Hour, s.Pushes.Sweep},
		{"privacy", 10 * time.Minute, s.Privacy.Sweep},
		{"messages", time.Minute, s.Notices.Wake},
		{"notices", time.Hour, s.Notices.Sweep},
		{"reviews", time.Minute, s.Reviews.Settle},
		{"camp-fronts", time.Hour, s.Signcards.SweepFronts},
	}, campTurns(s.Camps), channelTable(s.Channels), reminders(s.Reminders), counts(s.Stats), couponTable(s.Coupons), referralTable(s.Referrals), groupbuyTable(s.Groupbuys), assistTable(s.Assists), bills(s.Bills))
}

// schedules runs the periodic work that has come due; the document's id is its name.
func schedules(table []Periodic) []Consumer {
	run := map[string]func(context.Context) error{}
	for _, job := range table {
		run[job.Name] = job.Run
	}
	return []Consumer{{
		Name: "periodic", Events: []string{schedule.EventDue}, Lane: Normal, Timeout: 10 * time.Minute,
		Handle: func(ctx context.Context, p domain.Posted) error {
			work, ok := run[p.ID]
			if !ok {
				return fmt.Errorf("no periodic work is named %q", p.ID)
			}
			return work(ctx)
		},
	}}
}

// Claimer starts a job if its slot has come and nobody else has; schedule.Service is one.
type Claimer interface {
	Claim(ctx context.Context, name string, every time.Duration) error
}

// Scheduler starts periodic work. Any number of processes may run one.
type Scheduler struct {
	Slots Claimer
	Table []Periodic
	Log   *slog.Logger
}

const tickEvery = 10 * time.Second

// Tick starts what has come due. One job that cannot be started does not stop the others.
func (s *Scheduler) Tick(ctx context.Context) error {
	var failures []error
	for _, job := range s.Table {
		if err := s.Slots.Claim(ctx, job.Name, job.Every); err != nil {
			failures = append(failures, fmt.Errorf("starting %s: %w", job.Name, err))
		}
	}
	return errors.Join(failures...)
}

// Run ticks at once and then every ten seconds until ctx ends.
func (s *Scheduler) Run(ctx context.Context) {
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	for {
		if err := s.Tick(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("scheduler", "err", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
