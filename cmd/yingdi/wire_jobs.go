package main

import (
	"context"

	"yingdi/jobs"
)

// startJobs lets events flow into the queue, and works on them and on the clock's table if it shall.
func (a *app) startJobs(ctx context.Context, work bool) {
	ctx, a.stop = context.WithCancel(context.WithoutCancel(ctx))
	a.running.Go(func() { a.queue.Relay(ctx) })
	if !work {
		return
	}
	a.tellOfPreviews()
	a.running.Go(func() {
		if err := a.queue.Work(ctx); err != nil {
			a.log.Error("workers", "err", err)
		}
	})
	a.running.Go(func() { a.ticker.Run(ctx) })
}

// tellOfPreviews says once which documents this process draws, as nothing else tells that a tool is missing.
func (a *app) tellOfPreviews() {
	pdf, office := a.previews.Kinds()
	switch {
	case !pdf:
		a.log.Info("documents get no preview: pdftoppm (poppler-utils) is not there")
	case !office:
		a.log.Info("PDF gets a preview, Word, PPT and Excel get none: soffice (LibreOffice) is not there")
	default:
		a.log.Info("PDF, Word, PPT and Excel get a preview")
	}
}

// stopJobs lets running jobs finish; what does not goes back into the queue, and what the queue loses is in the outbox.
func (a *app) stopJobs() {
	a.stop()
	a.running.Wait()
}

func (a *app) joinJobs(context.Context) error {
	s := a.services
	services := jobs.Services{
		Members: s.Members, Organisers: s.Organisers, Media: s.Media, Camps: s.Camps, Invitations: s.Invitations, Lessons: s.Lessons, Enrolments: s.Enrolments, Teams: s.Teams, Quizzes: s.Quizzes, Checkins: s.Checkins, Courses: s.Courses,
		Moderation: s.Moderation, Privacy: s.Privacy,
		Signcards: s.Signcards, Reviews: s.Reviews, Notices: s.Notices, Stats: s.Stats, Orders: s.Orders, Coupons: s.Coupons, Referrals: s.Referrals, Groupbuys: s.Groupbuys, Assists: s.Assists, Payments: s.Payments, Pools: s.Pools, Transfers: s.Transfers, Wallets: s.Wallets, Pushes: s.Pushes, Sessions: s.Sessions,
		Bills:       s.Bills,
		Channels:    s.Channels,
		Idempotency: s.Idempotency, Schedule: a.schedule, Reminders: a.reminders, Exports: s.Exports,
	}
	o := jobs.Options{
		Redis: a.redis, Outbox: a.db, Consumers: jobs.Consumers(services), Unheard: jobs.Unheard,
		Clock: a.clock, Log: a.log, Metrics: a.registry, Workers: a.config.Workers,
	}
	if a.pace != nil {
		a.pace(&o)
	}
	var err error
	if a.queue, err = jobs.New(o); err != nil {
		return err
	}
	a.ticker = &jobs.Scheduler{Slots: a.schedule, Table: jobs.Table(services), Log: a.log}
	a.db.OnWrite(a.queue.Post)
	s.Jobs, s.Ledger.Jobs = a.queue, a.queue
	return nil
}
