package web

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
)

// counting is a limiter whose window never ends.
type counting struct {
	seen map[string]int
	down error
}

func (l *counting) Allow(_ context.Context, key string, limit int, window time.Duration) (bool, time.Duration, error) {
	if l.down != nil {
		return true, 0, l.down
	}
	l.seen[key]++
	return l.seen[key] <= limit, window, nil
}

func as(member string) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			SetActor(c, domain.Actor{Member: member})
			return next(c)
		}
	}
}

func TestWhatExceedsTheRuleWaits(t *testing.T) {
	t.Parallel()
	l := &counting{seen: map[string]int{}}
	e := newEdge(fine, as("m1"), Hold(l, slog.New(slog.DiscardHandler), Rule{Name: "write", Count: 2, Window: time.Minute}))
	var got []int
	for range 3 {
		got = append(got, e.do("POST", "/things/1", nil).Code)
	}
	if want := []int{200, 200, 429}; !slices.Equal(got, want) {
		t.Errorf("answers %v, want %v", got, want)
	}
	if w := e.do("POST", "/things/1", nil); w.Header().Get("Retry-After") != "60" {
		t.Errorf("retry after %q", w.Header().Get("Retry-After"))
	}
}

func TestPeopleGoOnWorkingWhileTheLimiterIsDown(t *testing.T) {
	t.Parallel()
	l := &counting{down: errors.New("connection refused")}
	var said bytes.Buffer
	e := newEdge(fine, Hold(l, slog.New(slog.NewTextHandler(&said, nil)), DefaultLimits.Write))
	for range 3 {
		if w := e.do("POST", "/things/1", nil); w.Code != 200 {
			t.Errorf("answered %d", w.Code)
		}
	}
	l.down, l.seen = nil, map[string]int{}
	e.do("POST", "/things/1", nil)
	if lines := strings.Count(said.String(), "\n"); lines != 2 {
		t.Errorf("want one line when it went and one when it came back, got:\n%s", &said)
	}
}

func TestWhoIsCounted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, member, address string
		byAddress             bool
		want                  string
	}{
		{"a person, wherever they are", "m1", "203.0.113.9:1", false, "x:m:m1"},
		{"an address, when nobody has signed in", "", "203.0.113.9:1", false, "x:a:203.0.113.9"},
		{"an address, when the rule says so", "m1", "203.0.113.9:1", true, "x:a:203.0.113.9"},
		{"a whole network of version 6", "", "[2001:db8:1:2:3:4:5:6]:1", false, "x:a:2001:db8:1:2::/64"},
		{"version 4 in the clothes of version 6", "", "[::ffff:203.0.113.9]:1", false, "x:a:203.0.113.9"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.address
		r.Header.Set("X-Forwarded-For", "1.2.3.4")
		e := echo.New()
		e.IPExtractor, _ = ClientAddress(nil)
		ctx := e.NewContext(r.WithContext(domain.WithActor(r.Context(), domain.Actor{Member: c.member})), nil)
		if got := (Rule{Name: "x", Address: c.byAddress}).key(ctx); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestOnlyTrustedProxiesAreBelieved(t *testing.T) {
	t.Parallel()
	proxied, err := ClientAddress([]string{"10.0.0.0/8"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, from, forwarded, want string }{
		{"behind the proxy", "10.0.0.1:1", "203.0.113.9", "203.0.113.9"},
		{"what a client says of itself", "10.0.0.1:1", "1.2.3.4, 203.0.113.9", "203.0.113.9"},
		{"two proxies", "10.0.0.1:1", "203.0.113.9, 10.0.0.2", "203.0.113.9"},
		{"past the proxy", "198.51.100.7:1", "203.0.113.9", "198.51.100.7"},
		{"loopback is no proxy unless named", "127.0.0.1:1", "203.0.113.9", "127.0.0.1"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.from
		r.Header.Set("X-Forwarded-For", c.forwarded)
		if got := proxied(r); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if _, err := ClientAddress([]string{"10.0.0.1"}); err == nil {
		t.Error("an address without its network was taken")
	}
}

func TestEveryLimitIsReal(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	l := DefaultLimits
	for _, rule := range []Rule{l.SignIn, l.Visit, l.Read, l.Write, l.Upload, l.Comment} {
		if rule.Count < 1 || rule.Window < time.Second || rule.Name == "" || names[rule.Name] {
			t.Errorf("rule %+v", rule)
		}
		names[rule.Name] = true
	}
	if !l.SignIn.Address {
		t.Error("whoever signs in is nobody yet: their address counts")
	}
}
