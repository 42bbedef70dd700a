package main

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/export"
	"yingdi/domain/member"
	"yingdi/storage"
)

// BenchmarkExport writes the 100,000 check-ins of a camp of 1,000 learners and 100 days to a spreadsheet: SQLite, and a
// bucket in a folder. MB/peak is the most that was in use of the heap, over what it held before.
func BenchmarkExport(b *testing.B) {
	const learners, days = 1000, 100
	app := newBundle(b)
	_, id := app.person(b, "teacher")
	c, tasks := app.running(b, id, 10)
	s := app.services.Exports
	members, checkins := app.services.Members.Store.(storage.Members), s.Checkins.(storage.Checkins)
	text := strings.Repeat("今天读了《学而》，学而时习之，不亦说乎。", 5)
	parallel(b, learners, func(ctx context.Context, i int) error {
		return members.Insert(ctx, member.Member{Doc: domain.Doc{ID: fmt.Sprintf("m%04d", i)}, Nickname: fmt.Sprint("学员", i), State: member.Active})
	})
	parallel(b, learners*days, func(ctx context.Context, i int) error {
		who, day := fmt.Sprintf("m%04d", i%learners), c.Start.Add(i/learners)
		return checkins.Insert(ctx, checkin.Checkin{
			Doc: domain.Doc{ID: checkin.ID(c.ID, who, tasks[0].ID, day)}, Camp: c.ID, Organiser: c.Organiser, Member: who, Task: tasks[0].ID, Day: day,
			Text: text, Audience: checkin.ToCamp, State: checkin.Visible, SubmittedAt: app.clock.Now(),
		})
	})
	var peak uint64
	for b.Loop() {
		e, err := s.Ask(app.as(b, id), c.ID, export.Form{Kind: export.Checkins})
		if err != nil {
			b.Fatal(err)
		}
		stop := watchHeap(&peak)
		err = s.Run(domain.WithActor(b.Context(), domain.SystemActor), e.ID)
		stop()
		if err != nil {
			b.Fatal(err)
		}
		if e, err = s.Store.Get(b.Context(), e.ID); err != nil || e.Rows != learners*days {
			b.Fatalf("%+v, %v", e, err)
		}
		b.ReportMetric(float64(e.Size)/(1<<20), "MB/file")
	}
	b.ReportMetric(float64(peak)/(1<<20), "MB/peak")
	b.ReportMetric(float64(learners*days)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// parallel does work n times, so many at once that writes share their transactions.
func parallel(b *testing.B, n int, work func(ctx context.Context, i int) error) {
	b.Helper()
	var group sync.WaitGroup
	next := make(chan int)
	for range 256 {
		group.Go(func() {
			for i := range next {
				if err := work(b.Context(), i); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	group.Wait()
}

// watchHeap notes the most that is in use of the heap, beyond what is now, until it is stopped.
func watchHeap(peak *uint64) (stop func()) {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	base, done, ended := m.HeapInuse, make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				runtime.ReadMemStats(&m)
				*peak = max(*peak, m.HeapInuse-min(base, m.HeapInuse))
			case <-done:
				return
			}
		}
	}()
	return func() { close(done); <-ended }
}
