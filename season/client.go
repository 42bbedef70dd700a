package season

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// client sends requests the way a mini-program does: until there is an answer, with the same key each time.
type client struct {
	base string
	http *http.Client
	gate gate
	sent atomic.Int64
	told func(sent int64) // of each request, before it goes

	before func(ctx context.Context, sent int64, k call) // likewise, and waits for it; may be nil
}

func newClient(base string, atOnce int) *client {
	return &client{base: base, told: func(int64) {}, http: &http.Client{
		Timeout:       time.Minute,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 2 * atOnce, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// gate holds requests back while the server is away.
type gate struct {
	mu     sync.Mutex
	closed chan struct{} // nil while open
}

func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = make(chan struct{})
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	close(g.closed)
	g.closed = nil
}

func (g *gate) pass(ctx context.Context) error {
	g.mu.Lock()
	closed := g.closed
	g.mu.Unlock()
	if closed == nil {
		return ctx.Err()
	}
	select {
	case <-closed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// call is one request.
type call struct {
	method, path string
	token        string // bearer
	cookie       string
	key          string // Idempotency-Key
	date         string // of the phone's own clock
	json         any
	form         url.Values
	raw          []byte // with contentType
	contentType  string
	once         bool // a failure of the server's is for the caller to see
}

// answer is what came back.
type answer struct {
	to     string // method and path
	status int
	header http.Header
	body   []byte
}

// code of a refusal.
func (a answer) code() string {
	var problem struct{ Code string }
	if json.Unmarshal(a.body, &problem) != nil {
		return ""
	}
	return problem.Code
}

func (a answer) into(v any) error {
	if err := json.Unmarshal(a.body, v); err != nil {
		return fmt.Errorf("%s: the answer %d is not as described: %w", a.to, a.status, err)
	}
	return nil
}

// enough is how often a request is repeated before the season ends in failure.
const enough = 400

// do sends a request until it is answered by something other than a failure that passes.
func (c *client) do(ctx context.Context, k call) (answer, error) {
	body, contentType, err := k.body()
	if err != nil {
		return answer{}, err
	}
	var a answer
	for try := range enough {
		if err = c.gate.pass(ctx); err != nil {
			return answer{}, err
		}
		n := c.sent.Add(1)
		if c.before != nil && try == 0 {
			c.before(ctx, n, k)
		}
		c.told(n)
		a, err = c.send(ctx, k, body, contentType)
		switch {
		case ctx.Err() != nil:
			return answer{}, ctx.Err()
		case err != nil:
		case k.once || a.status < 500 && a.status != http.StatusTooManyRequests && a.code() != "request_under_way":
			return a, nil
		}
		if err := pause(ctx, time.Millisecond<<min(try, 7)); err != nil {
			return answer{}, err
		}
	}
	return a, fmt.Errorf("%s %s: no answer after %d tries (last status %d): %w", k.method, k.path, enough, a.status, errors.Join(err, errNoAnswer))
}

var errNoAnswer = errors.New("the server does not answer")

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (k call) body() ([]byte, string, error) {
	switch {
	case k.json != nil:
		raw, err := json.Marshal(k.json)
		return raw, "application/json", err
	case k.form != nil:
		return []byte(k.form.Encode()), "application/x-www-form-urlencoded", nil
	}
	return k.raw, k.contentType, nil
}

func (c *client) send(ctx context.Context, k call, body []byte, contentType string) (answer, error) {
	target := k.path
	if strings.HasPrefix(target, "/") {
		target = c.base + target
	}
	request, err := http.NewRequestWithContext(ctx, k.method, target, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	for name, value := range map[string]string{
		"Content-Type": contentType, "Idempotency-Key": k.key, "Cookie": k.cookie, "Date": k.date, "Accept": "application/json",
	} {
		if value != "" {
			request.Header.Set(name, value)
		}
	}
	if k.token != "" {
		request.Header.Set("Authorization", "Bearer "+k.token)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	return answer{k.method + " " + k.path, response.StatusCode, response.Header, raw}, err
}
