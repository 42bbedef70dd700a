package redis

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
)

func TestAddresses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		address  string
		kind     string
		hosts    []string
		user     string
		password string
		master   string
		db       int
		tls      bool
	}{
		{address: "redis://h:6379", hosts: []string{"h:6379"}},
		{address: "redis://:p%40ss@h:6379/2", hosts: []string{"h:6379"}, password: "p@ss", db: 2},
		{address: "rediss://u:p@h:6380/0", hosts: []string{"h:6380"}, user: "u", password: "p", tls: true},
		{address: "redis-cluster://:p@a:1,b:2,c:3", kind: "cluster", hosts: []string{"a:1", "b:2", "c:3"}, password: "p"},
		{address: "redis-sentinel://:p@a:1,b:2/3?master=m", kind: "sentinel", hosts: []string{"a:1", "b:2"}, password: "p", master: "m", db: 3},
		{address: "rediss-sentinel://a:1?master=m&sentinel_password=s", kind: "sentinel", hosts: []string{"a:1"}, master: "m", tls: true},
	} {
		to, err := parse(c.address)
		if err != nil {
			t.Errorf("%s: %v", c.address, err)
			continue
		}
		o := to.options
		got := []any{to.kind, o.Addrs, o.Username, o.Password, o.MasterName, o.DB, o.TLSConfig != nil}
		if diff := cmp.Diff([]any{c.kind, c.hosts, c.user, c.password, c.master, c.db, c.tls}, got); diff != "" {
			t.Errorf("%s: %s", c.address, diff)
		}
	}
}

func TestBadAddressesAreRefusedWithoutNamingSecrets(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"", "h:6379", "http://:geheim@h:6379", "redis://", "redis://:geheim@a:1,b:2", "redis-sentinel://:geheim@a:1",
		"redis-cluster://:geheim@a:1/4", "redis://:geheim@h:port", "redis-ring://:geheim@a:1", "redis://:geheim@h:1/x", "redis://h:1?master=m",
		"redis://h:1?nonsense=geheim",
	} {
		_, err := parse(address)
		if err == nil || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: error %v", address, err)
		}
	}
}

func TestNobodyAnswers(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if _, err := Open(ctx, "redis://127.0.0.1:1"); !errors.Is(err, domain.ErrUnavailable) {
		t.Errorf("error %v, want unavailable", err)
	}
}

func TestEmbeddedKeysExpire(t *testing.T) {
	t.Parallel()
	e := embedded(t)
	if err := e.Client.Set(t.Context(), "k", "v", time.Millisecond).Err(); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(10 * time.Second)
	for e.Client.Exists(t.Context(), "k").Val() == 1 {
		if time.Now().After(deadline) {
			t.Fatal("the key never expired")
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestEmbeddedIsClosedToOthers(t *testing.T) {
	t.Parallel()
	e := embedded(t)
	stranger, err := Open(t.Context(), "redis://"+e.server.Addr())
	if err == nil {
		stranger.Close()
		t.Fatal("somebody without the password got in")
	}
}

func embedded(t *testing.T) *Embedded {
	t.Helper()
	e, err := StartEmbedded()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}
