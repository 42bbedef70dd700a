package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/enrolment"
	"yingdi/storage"
)

// BenchmarkStats counts a camp of 21 days, all of whose learners have handed in every day, from nothing: SQLite. MB/peak
// is the most that was in use of the heap, over what it held before.
func BenchmarkStats(b *testing.B) {
	for _, learners := range []int{300, 10_000} {
		b.Run(fmt.Sprint(learners), func(b *testing.B) {
			app := newBundle(b)
			_, id := app.person(b, "teacher")
			c, tasks := app.running(b, id, 10)
			facts := app.services.Stats.Facts.(storage.Facts)
			parallel(b, learners, func(ctx context.Context, i int) error {
				who := fmt.Sprintf("m%05d", i)
				return facts.Enrolments.Insert(ctx, enrolment.Enrolment{
					Doc: domain.Doc{ID: enrolment.ID(c.ID, who)}, Camp: c.ID, Member: who, State: enrolment.Active, ActiveAt: app.clock.Now(),
				})
			})
			parallel(b, learners*21, func(ctx context.Context, i int) error {
				who, n := fmt.Sprintf("m%05d", i%learners), i/learners
				day := c.Start.Add(n)
				return facts.Checkins.Insert(ctx, checkin.Checkin{
					Doc: domain.Doc{ID: checkin.ID(c.ID, who, tasks[n].ID, day)}, Camp: c.ID, Member: who, Task: tasks[n].ID, Day: day,
					State: checkin.Visible, SubmittedAt: c.Calendar.Start(day).Add(time.Hour),
				})
			})
			app.clock.Set(app.clock.Now().Add(22 * 24 * time.Hour))
			system := domain.WithActor(b.Context(), domain.SystemActor)
			var peak uint64
			for b.Loop() {
				stop := watchHeap(&peak)
				err := app.services.Stats.Rebuild(system, c.ID, func(string) {})
				stop()
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(peak)/(1<<20), "MB/peak")
			f, err := app.services.Stats.Store.Get(system, c.ID)
			if err != nil || f.Count.Completion[5] != learners {
				b.Fatalf("%v, %v", f.Count.Completion, err)
			}
		})
	}
}
