package redis

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"yingdi/domain"
)

// Embedded is a Redis within this process, on a port of the loopback interface and behind a password that only this
// process knows. What it holds is gone with the process, which is all right: the queue is only a transport, and limits
// count anew.
type Embedded struct {
	Client redis.UniversalClient
	server *miniredis.Miniredis
	stop   context.CancelFunc
	aging  sync.WaitGroup
}

// StartEmbedded starts one.
func StartEmbedded() (*Embedded, error) {
	server, password := miniredis.NewMiniRedis(), domain.Secret()
	server.RequireAuth(password)
	if err := server.Start(); err != nil {
		return nil, fmt.Errorf("embedded redis: %w", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	e := &Embedded{server: server, stop: stop}
	e.Client = redis.NewClient(&redis.Options{Addr: server.Addr(), Password: password})
	e.aging.Go(func() { e.age(ctx) })
	return e, nil
}

// age lets keys expire; the server does not do it by itself, and its own option for that sorts all keys each time that
// one is touched.
func (e *Embedded) age(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			e.server.FastForward(time.Second)
		case <-ctx.Done():
			return
		}
	}
}

// Close ends it.
func (e *Embedded) Close() error {
	e.stop()
	e.aging.Wait()
	err := e.Client.Close()
	e.server.Close()
	return err
}
