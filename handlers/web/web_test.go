package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"yingdi/domain"
)

type stillClock struct{}

func (stillClock) Now() time.Time { return time.Date(2026, 3, 5, 4, 0, 0, 0, time.UTC) }

// edge is a router with nothing but the edge around one handler at /things/:thing.
type edge struct {
	*echo.Echo
	log     *bytes.Buffer
	metrics *prometheus.Registry
}

func newEdge(h echo.HandlerFunc, m ...echo.MiddlewareFunc) edge {
	e := edge{echo.New(), &bytes.Buffer{}, prometheus.NewRegistry()}
	e.HTTPErrorHandler = HandleError
	log := slog.New(slog.NewJSONHandler(e.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	e.Use(Observe(log, domain.NewIDs(stillClock{}), NewMetrics(e.metrics)), Headers(false))
	e.Any("/things/:thing", h, m...)
	return e
}

func (e edge) do(method, target string, body io.Reader, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, body)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	return w
}

func failing(err error) echo.HandlerFunc { return func(echo.Context) error { return err } }

func fine(c echo.Context) error { return c.String(http.StatusOK, "fine") }

func TestEveryErrorHasItsAnswer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		err    error
		status int
		code   string
		retry  string
	}{
		{"an input that breaks a rule", domain.Invalid("text", "太长"), 422, "invalid", ""},
		{"nobody signed in", domain.ErrUnauthenticated, 401, "unauthenticated", ""},
		{"not allowed", fmt.Errorf("camp camp-17: %w", domain.ErrForbidden), 403, "forbidden", ""},
		{"not there", fmt.Errorf("camp camp-17: %w", domain.ErrNotFound), 404, "not_found", ""},
		{"not in that state", domain.Refusal(domain.KindConflict, "camp_full", "名额已满"), 409, "camp_full", ""},
		{"too often", &retryError{domain.ErrTooMany, 1500 * time.Millisecond}, 429, "too_many_requests", "2"},
		{"too large", domain.ErrTooLarge, 413, "too_large", ""},
		{"too large where it was read", fmt.Errorf("body: %w", &http.MaxBytesError{Limit: 1}), 413, "too_large", ""},
		{"something outside is down", domain.ErrUnavailable, 503, "unavailable", "5"},
		{"no time left", fmt.Errorf("query: %w", context.DeadlineExceeded), 503, "timeout", "5"},
		{"the client went away", context.Canceled, 499, "client_gone", ""},
		{"no such route", echo.ErrNotFound, 404, "not_found", ""},
		{"no such method", echo.ErrMethodNotAllowed, 405, "method_not_allowed", ""},
		{"a refusal that only HTTP knows", echo.NewHTTPError(http.StatusTeapot), 400, "malformed", ""},
		{"our own fault", errors.New("disk of db-7 is full"), 500, "internal", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newEdge(failing(c.err)).do("GET", "/things/1", nil)
			var p Problem
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
				t.Fatal(err)
			}
			if w.Code != c.status || p.Status != c.status || p.Code != c.code || w.Header().Get("Retry-After") != c.retry {
				t.Errorf("answered %d %+v, retry %q; want %d %s, retry %q", w.Code, p, w.Header().Get("Retry-After"), c.status, c.code, c.retry)
			}
			if p.Title == "" || p.Detail == "" || p.Type != "about:blank" || p.Request == "" || p.Request != w.Header().Get("X-Request-Id") {
				t.Errorf("incomplete problem %+v", p)
			}
			if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("content type %q", got)
			}
			if strings.Contains(w.Body.String(), "db-7") || strings.Contains(w.Body.String(), "camp-17") {
				t.Errorf("the answer tells of our insides: %s", w.Body)
			}
		})
	}
}

func TestThePhoneIsWhatTheClientSaysOrLooksLike(t *testing.T) {
	t.Parallel()
	e := newEdge(func(c echo.Context) error {
		return c.String(http.StatusOK, string(domain.ActorFrom(c.Request().Context()).Platform))
	}, Bearer(func(context.Context, string) (domain.Actor, error) { return domain.Actor{Member: "m"}, nil }))
	const iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) MicroMessenger/8.0"
	for _, tt := range []struct {
		want    domain.Platform
		headers []string
	}{
		{domain.IOS, []string{"User-Agent", iphone}},
		{domain.IOS, []string{"User-Agent", iphone, "Authorization", "Bearer token"}},
		{domain.Android, []string{"User-Agent", "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0"}},
		{domain.Android, []string{"User-Agent", iphone, HeaderPlatform, "android"}},
		{domain.IOS, []string{"User-Agent", iphone, HeaderPlatform, "toaster"}},
		{domain.Other, nil},
	} {
		if got := e.do("GET", "/things/1", nil, tt.headers...).Body.String(); got != string(tt.want) {
			t.Errorf("%q: %s", tt.headers, got)
		}
	}
}

func TestEveryKindOfRefusalIsInTheTable(t *testing.T) {
	t.Parallel()
	for kind := domain.KindInvalid; kind <= domain.KindUnavailable; kind++ {
		if answer := answers[kind]; answer.status < 400 || answer.title == "" {
			t.Errorf("kind %d has no answer", kind)
		}
	}
}

func TestAProblemNamesEveryInputAtFault(t *testing.T) {
	t.Parallel()
	var check domain.Check
	check.Text("text", "内容", "", 1, 10)
	check.Range("size", "大小", 7, 1, 5)
	w := newEdge(failing(check.Err())).do("POST", "/things/1", nil)
	var p Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	want := []FieldProblem{{"text", "内容不能为空"}, {"size", "大小应在 1 到 5 之间"}}
	if diff := cmp.Diff(want, p.Errors); diff != "" || p.Detail != "内容不能为空" {
		t.Errorf("detail %q, fields (-want +got):\n%s", p.Detail, diff)
	}
}

func TestTheLogHoldsWhatHappenedAndNothingPersonal(t *testing.T) {
	t.Parallel()
	e := newEdge(failing(fmt.Errorf("member m1: %w", errors.New("broken pipe to db"))))
	e.do("POST", "/things/secret-id?code=secret-code", strings.NewReader("secret-body"),
		"Authorization", "Bearer secret-token", "Cookie", "secret-cookie=1", "User-Agent", "secret-phone")
	var line map[string]any
	if err := json.Unmarshal(e.log.Bytes(), &line); err != nil {
		t.Fatalf("want exactly one line, have %s", e.log)
	}
	want := map[string]any{
		"level": "ERROR", "msg": "request", "method": "POST", "route": "/things/:thing", "status": 500.0,
		"error": "member m1: broken pipe to db",
	}
	for key, value := range want {
		if line[key] != value {
			t.Errorf("%s is %v, want %v", key, line[key], value)
		}
	}
	if line["request"] == "" || line["took"] == nil {
		t.Errorf("no id or no duration: %v", line)
	}
	if strings.Contains(e.log.String(), "secret") || strings.Contains(e.log.String(), "192.0.2.1") {
		t.Errorf("the log tells too much: %s", e.log)
	}
}

func TestRefusalsAreNoErrorsOfOurs(t *testing.T) {
	t.Parallel()
	e := newEdge(failing(domain.ErrForbidden))
	e.do("GET", "/things/1", nil)
	if !strings.Contains(e.log.String(), `"level":"INFO"`) || !strings.Contains(e.log.String(), `"error":"forbidden"`) {
		t.Errorf("logged %s", e.log)
	}
}

func TestAPanicIsAnsweredAndLoggedWithItsStack(t *testing.T) {
	t.Parallel()
	e := newEdge(func(echo.Context) error { panic("no such luck") })
	w := e.do("GET", "/things/1", nil)
	if w.Code != 500 || strings.Contains(w.Body.String(), "luck") {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
	if !strings.Contains(e.log.String(), "panic: no such luck") || !strings.Contains(e.log.String(), "web_test.go") {
		t.Errorf("logged %s", e.log)
	}
}

func TestAnErrorAfterTheAnswerIsStillLogged(t *testing.T) {
	t.Parallel()
	e := newEdge(func(c echo.Context) error {
		_ = c.String(http.StatusOK, "half")
		return errors.New("the other half is lost")
	})
	w := e.do("GET", "/things/1", nil)
	if w.Body.String() != "half" || !strings.Contains(e.log.String(), `"level":"ERROR"`) {
		t.Errorf("answered %s, logged %s", w.Body, e.log)
	}
}

func TestMetricsKnowRoutesAndNoStrangersPaths(t *testing.T) {
	t.Parallel()
	e := newEdge(fine)
	e.do("GET", "/things/1", nil)
	e.do("GET", "/things/2", nil)
	e.do("BREW", "/things/2", nil)
	e.do("GET", "/wp-admin.php", nil)
	families, err := e.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, family := range families {
		if family.GetName() != "yingdi_http_requests_total" {
			continue
		}
		for _, m := range family.GetMetric() {
			var labels []string
			for _, l := range m.GetLabel() {
				labels = append(labels, l.GetValue())
			}
			got[strings.Join(labels, " ")] = m.GetCounter().GetValue()
		}
	}
	want := map[string]float64{"GET /things/:thing 200": 2, "other /things/:thing 405": 1, "GET none 404": 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBodiesAreCutOff(t *testing.T) {
	t.Parallel()
	read := func(c echo.Context) error {
		body, err := io.ReadAll(c.Request().Body)
		if err != nil {
			return err
		}
		return c.Blob(http.StatusOK, "text/plain", body)
	}
	e := newEdge(read, Bounded(4))
	for body, status := range map[string]int{"1234": 200, "12345": 413} {
		if w := e.do("POST", "/things/1", strings.NewReader(body)); w.Code != status {
			t.Errorf("%q of known length: %d, want %d", body, w.Code, status)
		}
		if w := e.do("POST", "/things/1", io.MultiReader(strings.NewReader(body))); w.Code != status {
			t.Errorf("%q of unknown length: %d, want %d", body, w.Code, status)
		}
	}
}

func TestARequestThatRunsOutOfTimeSaysSo(t *testing.T) {
	t.Parallel()
	wait := func(c echo.Context) error {
		<-c.Request().Context().Done()
		return errors.New("statement interrupted")
	}
	if w := newEdge(wait, Within(time.Millisecond)).do("GET", "/things/1", nil); w.Code != 503 || !strings.Contains(w.Body.String(), "timeout") {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
}

func TestABodyThatNeverEndsIsGivenUp(t *testing.T) {
	t.Parallel()
	read := func(c echo.Context) error {
		_, err := io.ReadAll(c.Request().Body)
		return err
	}
	server := httptest.NewServer(newEdge(read, Within(20*time.Millisecond)))
	defer server.Close()
	body, stalled := io.Pipe()
	defer stalled.Close()
	answer, err := http.Post(server.URL+"/things/1", "application/json", body)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("answered %d", answer.StatusCode)
	}
}

func TestBearer(t *testing.T) {
	t.Parallel()
	expired := domain.Refusal(domain.KindUnauthenticated, "session_expired", "登录已过期")
	authenticate := func(_ context.Context, access string) (domain.Actor, error) {
		if access != "good" {
			return domain.Actor{}, expired
		}
		return domain.Actor{Member: "m1"}, nil
	}
	who := func(c echo.Context) error {
		return c.String(http.StatusOK, "member "+domain.ActorFrom(c.Request().Context()).Member)
	}
	anyone, member := newEdge(who, Bearer(authenticate)), newEdge(who, Bearer(authenticate), Member)
	for _, c := range []struct {
		name, header  string
		anyone, wants int
		as            string
	}{
		{"no token", "", 200, 401, "member "},
		{"a good one", "Bearer good", 200, 200, "member m1"},
		{"in small letters", "bearer good", 200, 200, "member m1"},
		{"one that opens nothing", "Bearer bad", 401, 401, ""},
		{"another scheme", "Basic good", 401, 401, ""},
	} {
		var headers []string
		if c.header != "" {
			headers = []string{"Authorization", c.header}
		}
		w := anyone.do("GET", "/things/1", nil, headers...)
		if w.Code != c.anyone || c.as != "" && w.Body.String() != c.as {
			t.Errorf("%s, for anyone: %d %s", c.name, w.Code, w.Body)
		}
		if w := member.do("GET", "/things/1", nil, headers...); w.Code != c.wants {
			t.Errorf("%s, for members: %d, want %d", c.name, w.Code, c.wants)
		}
	}
}

func TestNothingIsLoadedFramedOrKeptUnlessAPageSaysSo(t *testing.T) {
	t.Parallel()
	h := newEdge(fine).do("GET", "/things/1", nil).Header()
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cache-Control": "no-store",
		"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
	} {
		if h.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, h.Get(name), want)
		}
	}
}
