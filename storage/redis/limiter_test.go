package redis

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yingdi/domain"
)

type clock struct{ unix atomic.Int64 }

func (c *clock) Now() time.Time           { return time.UnixMilli(c.unix.Load()) }
func (c *clock) advance(by time.Duration) { c.unix.Add(by.Milliseconds()) }

func limiter(t *testing.T) (*Limiter, *clock) {
	t.Helper()
	e := embedded(t)
	c := &clock{}
	c.unix.Store(1_700_000_040_000) // the beginning of a minute
	return &Limiter{e.Client, c}, c
}

func allow(t *testing.T, l *Limiter, key string, limit int) (bool, time.Duration) {
	t.Helper()
	ok, retry, err := l.Allow(t.Context(), key, limit, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if ok != (retry == 0) {
		t.Fatalf("ok %v with retry %v", ok, retry)
	}
	return ok, retry
}

func TestSoManyTimesAndNoMore(t *testing.T) {
	t.Parallel()
	l, _ := limiter(t)
	for i := range 5 {
		if ok, _ := allow(t, l, "a", 5); !ok {
			t.Fatalf("refused at the %dth time", i+1)
		}
	}
	if ok, _ := allow(t, l, "a", 5); ok {
		t.Error("allowed a sixth time")
	}
	if ok, _ := allow(t, l, "b", 5); !ok {
		t.Error("one key's limit hit another key")
	}
}

func TestWhoeverWaitsAsLongAsToldIsLetIn(t *testing.T) {
	t.Parallel()
	l, c := limiter(t)
	rapid.Check(t, func(rt *rapid.T) {
		key := fmt.Sprint(c.unix.Load())
		limit := rapid.IntRange(1, 20).Draw(rt, "limit")
		for range rapid.IntRange(1, 60).Draw(rt, "requests") {
			if ok, retry := allow(t, l, key, limit); !ok && rapid.Bool().Draw(rt, "patient") {
				c.advance(retry + time.Millisecond)
				if ok, again := allow(t, l, key, limit); !ok {
					rt.Fatalf("refused after the wait of %v: another %v", retry, again)
				}
			}
			c.advance(time.Duration(rapid.IntRange(0, 20_000).Draw(rt, "pause")) * time.Millisecond)
		}
		c.advance(10 * time.Minute)
	})
}

func TestASeamBetweenWindowsDoesNotDoubleTheLimit(t *testing.T) {
	t.Parallel()
	l, c := limiter(t)
	c.advance(59 * time.Second)
	passed := 0
	for range 100 {
		if ok, _ := allow(t, l, "k", 10); ok {
			passed++
		}
		c.advance(20 * time.Millisecond)
	}
	if passed > 10 {
		t.Errorf("%d passed within two seconds, want at most 10", passed)
	}
}

func TestHammeringDoesNotBarTheNextWindow(t *testing.T) {
	t.Parallel()
	l, c := limiter(t)
	for range 1000 {
		allow(t, l, "k", 10)
	}
	c.advance(66 * time.Second)
	if ok, _ := allow(t, l, "k", 10); !ok {
		t.Error("refused although a tenth of the window has faded")
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	l, _ := limiter(t)
	var passed atomic.Int64
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if ok, _, err := l.Allow(t.Context(), "k", 7, time.Minute); err == nil && ok {
				passed.Add(1)
			}
		})
	}
	all.Wait()
	if passed.Load() != 7 {
		t.Errorf("%d passed, want 7", passed.Load())
	}
}

func TestKeysHoldNothingPersonalAndExpire(t *testing.T) {
	t.Parallel()
	l, _ := limiter(t)
	allow(t, l, "phone|13800138000", 5)
	keys := l.Client.Keys(t.Context(), "*").Val()
	if len(keys) != 1 || strings.Contains(keys[0], "138") || strings.Contains(keys[0], "phone") {
		t.Fatalf("keys %q", keys)
	}
	if ttl := l.Client.PTTL(t.Context(), keys[0]).Val(); ttl <= 0 || ttl > 2*time.Minute {
		t.Errorf("expires in %v", ttl)
	}
}

func TestWithoutRedisNobodyIsKeptOut(t *testing.T) {
	t.Parallel()
	e := embedded(t)
	l := &Limiter{e.Client, &clock{}}
	e.Close()
	ok, _, err := l.Allow(t.Context(), "k", 1, time.Minute)
	if !ok || err == nil {
		t.Errorf("ok %v, error %v", ok, err)
	}
}

func TestAServerThatFallsSilentHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var silent atomic.Bool
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for lines := bufio.NewScanner(conn); lines.Scan(); {
					if strings.EqualFold(lines.Text(), "ping") && !silent.Load() {
						fmt.Fprint(conn, "+PONG\r\n")
					} else if name := strings.ToLower(lines.Text()); name == "hello" || name == "setinfo" {
						fmt.Fprint(conn, "-ERR unknown command\r\n")
					}
				}
			}()
		}
	}()
	client, err := Open(t.Context(), "redis://"+listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	silent.Store(true)
	began := time.Now()
	ok, _, err := (&Limiter{client, &clock{}}).Allow(t.Context(), "k", 1, time.Minute)
	if took := time.Since(began); !ok || !errors.Is(err, domain.ErrUnavailable) || took > 2*time.Second {
		t.Errorf("allowed %v, %v, after %s", ok, err, took)
	}
}
