package jobs_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"yingdi/domain"
	"yingdi/jobs"
	"yingdi/storage/redis"
)

// forgetful is an outbox that costs nothing, so that what remains is the queue.
type forgetful struct{ acks atomic.Int64 }

func (*forgetful) Pending(context.Context, time.Time, func(domain.Posted) error) error { return nil }

func (*forgetful) Waits(context.Context, domain.Posted, string) (bool, error) { return true, nil }

func (f *forgetful) Ack(context.Context, domain.Posted, string, []string) error {
	f.acks.Add(1)
	return nil
}

// BenchmarkEmbeddedQueue carries one event at a time to one consumer that does nothing, a hundred of them under way.
func BenchmarkEmbeddedQueue(b *testing.B) {
	e, err := redis.StartEmbedded()
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	room, box := make(chan bool, 100), &forgetful{}
	q, err := jobs.New(jobs.Options{
		Redis: e.Client, Outbox: box, Clock: newClock(), Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(), Poll: 5 * time.Millisecond,
		Consumers: []jobs.Consumer{{Name: "one", Events: []string{happened}, Lane: jobs.Normal, Handle: func(context.Context, domain.Posted) error {
			<-room
			return nil
		}}},
	})
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	ended := make(chan error)
	go q.Relay(ctx)
	go func() { ended <- q.Work(ctx) }()
	b.ResetTimer()
	for i := range b.N {
		room <- true
		id := fmt.Sprint("camp24characters0123456:member24characters01234:", i)
		q.Post(domain.Posted{Collection: "checkins", ID: id, Event: domain.Event{ID: "checkins:" + id + ":1:0", Type: happened}})
	}
	for box.acks.Load() < int64(b.N) {
		time.Sleep(time.Millisecond)
	}
	b.StopTimer()
	stop()
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
}
