package main

import "context"

// startJobs lets events flow into the queue, and works on them and on the clock's table if it shall.
func (a *app) startJobs(ctx context.Context, work bool) {
	ctx, a.stop = context.WithCancel(context.WithoutCancel(ctx))
	a.running.Go(func() { a.queue.Relay(ctx) })
	if !work {
		return
	}
	a.running.Go(func() {
		if err := a.queue.Work(ctx); err != nil {
			a.log.Error("workers", "err", err)
		}
	})
	a.running.Go(func() { a.ticker.Run(ctx) })
}

// stopJobs lets running jobs finish; what does not goes back into the queue, and what the queue loses is in the outbox.
func (a *app) stopJobs() {
	a.stop()
	a.running.Wait()
}
