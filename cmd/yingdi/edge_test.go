package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"yingdi/config"
	"yingdi/domain"
	"yingdi/domain/member"
)

func TestProbesAndMetrics(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for request, want := range map[string]string{"GET /healthz": "ok\n", "GET /readyz": "ready\n"} {
		if w := s.do(t, request, "", ""); w.Code != http.StatusOK || w.Body.String() != want {
			t.Errorf("%s: %d %s", request, w.Code, w.Body)
		}
	}
	s.signIn(t, "小满")
	want := `yingdi_http_requests_total{method="POST",route="/api/v1/sessions",status="201"} 1`
	if w := s.do(t, "GET /metrics", "", ""); w.Code != http.StatusNotFound {
		t.Errorf("the metrics are open to strangers: %d", w.Code)
	}
	if w := s.do(t, "GET /metrics", "scrape", ""); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
		t.Errorf("metrics lack %s: %s", want, w.Body)
	}
}

func TestAProcessThatMissesSomethingIsNotReady(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.services.Ready = func(context.Context) error { return fmt.Errorf("redis: %w", domain.ErrNotFound) }
	w := s.do(t, "GET /readyz", "", "")
	if w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "redis") {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
	if w := s.do(t, "GET /healthz", "", ""); w.Code != http.StatusOK {
		t.Errorf("a process that is up says %d", w.Code)
	}
}

func TestTheDocsNeedNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	w := s.do(t, "GET /docs", "", "")
	page := w.Body.String()
	if strings.Contains(page, "http://") || strings.Contains(page, "https://") || strings.Contains(page, "<script>") {
		t.Errorf("the page loads something from elsewhere, or holds a script:\n%s", page)
	}
	if policy := w.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "script-src 'self';") {
		t.Errorf("policy %q", policy)
	}
	for _, part := range strings.Split(page, `"`) {
		if strings.HasPrefix(part, "/") && !strings.HasPrefix(part, "/>") {
			if w := s.do(t, "GET "+part, "", ""); w.Code != http.StatusOK || w.Body.Len() == 0 {
				t.Errorf("%s: %d", part, w.Code)
			}
		}
	}
}

// schema is the part of JSON Schema that the description uses.
type schema struct {
	Ref        string            `json:"$ref"`
	Type       any               `json:"type"`
	Properties map[string]schema `json:"properties"`
	Items      *schema           `json:"items"`
	Additional any               `json:"additionalProperties"`
	Enum       []any             `json:"enum"`
	Pattern    string            `json:"pattern"`
	MaxLength  *int              `json:"maxLength"`
	MaxItems   *int              `json:"maxItems"`
	Minimum    *float64          `json:"minimum"`
}

type description struct {
	OpenAPI    string `json:"openapi"`
	Components struct {
		Schemas  map[string]schema         `json:"schemas"`
		Security map[string]map[string]any `json:"securitySchemes"`
	} `json:"components"`
	Paths map[string]map[string]struct {
		Summary    string `json:"summary"`
		Parameters []struct {
			Name, In string
			Schema   schema
		} `json:"parameters"`
		Body struct {
			Content map[string]struct{ Schema schema } `json:"content"`
		} `json:"requestBody"`
		Responses map[string]struct{ Content map[string]any } `json:"responses"`
		Security  []map[string][]string                       `json:"security"`
	} `json:"paths"`
}

func TestTheDescriptionIsWhole(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var d description
	if err := json.Unmarshal(s.do(t, "GET /openapi.json", "", "").Body.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	if d.OpenAPI != "3.1.0" || d.Components.Security["bearer"]["scheme"] != "bearer" {
		t.Errorf("version %s, security %v", d.OpenAPI, d.Components.Security)
	}
	for path, operations := range d.Paths {
		for method, op := range operations {
			at := strings.ToUpper(method) + " " + path
			if !strings.Contains(op.Summary, " · ") {
				t.Errorf("%s has no summary in both languages: %q", at, op.Summary)
			}
			if _, ok := op.Responses["default"].Content["application/problem+json"]; !ok {
				t.Errorf("%s does not say how it refuses", at)
			}
			if open := strings.HasPrefix(path, "/sessions") && method == "post"; open != (len(op.Security) == 0) {
				t.Errorf("%s: security %v", at, op.Security)
			}
			keyed := false
			for _, p := range op.Parameters {
				keyed = keyed || p.Name == "Idempotency-Key"
				d.bounded(t, at+" "+p.Name, p.Schema)
			}
			if keyed != (method == "post") {
				t.Errorf("%s: Idempotency-Key described %v", at, keyed)
			}
			for _, content := range op.Body.Content {
				d.bounded(t, at, content.Schema)
			}
		}
	}
}

// bounded fails at an input without a limit, and at an object that takes anything.
func (d description) bounded(t *testing.T, at string, s schema) {
	t.Helper()
	if s.Ref != "" {
		s = d.Components.Schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")]
	}
	kind := s.Type
	if several, ok := kind.([]any); ok { // or null
		kind = several[0]
	}
	switch kind {
	case "object":
		if s.Additional != false {
			t.Errorf("%s takes unknown fields", at)
		}
		for name, property := range s.Properties {
			d.bounded(t, at+" "+name, property)
		}
	case "array":
		if s.MaxItems == nil {
			t.Errorf("%s takes any number", at)
		}
		d.bounded(t, at+"[]", *s.Items)
	case "string":
		if s.MaxLength == nil && len(s.Enum) == 0 && s.Pattern == "" {
			t.Errorf("%s takes any length", at)
		}
	case "integer":
		if s.Minimum == nil {
			t.Errorf("%s takes any number", at)
		}
	case "boolean":
	default:
		t.Errorf("%s is of an unknown kind %v", at, s.Type)
	}
}

func TestPushesAreVerifiedWrittenDownAndTakenOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, _, me := s.signIn(t, "小满")
	s.wechat.Grant("小满", "review", 1)
	push := s.wechat.Pushes()[0]
	query, body := s.wechat.Envelope(push)
	deliver := func(query url.Values, body string) *httptest.ResponseRecorder {
		return s.do(t, "POST /notify/wechat?"+query.Encode(), "", body)
	}
	changed := func(name, value string) url.Values {
		other := url.Values{}
		for key, values := range query {
			other[key] = values
		}
		other.Set(name, value)
		return other
	}
	for name, w := range map[string]*httptest.ResponseRecorder{
		"another signature": deliver(changed("msg_signature", strings.Repeat("0", 40)), body),
		"another time":      deliver(changed("timestamp", "1"), body),
		"in the clear":      deliver(changed("encrypt_type", ""), body),
		"no envelope":       deliver(url.Values{}, body),
		"another body":      deliver(query, strings.Replace(body, "A", "B", 1)),
		"no body":           deliver(query, ""),
	} {
		if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), `"code":"wechat_push_refused"`) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if w := deliver(query, strings.Repeat("x", 65<<10)); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("an endless body: %d", w.Code)
	}
	for range 2 {
		if w := deliver(query, body); w.Code != http.StatusOK || w.Body.String() != "success" {
			t.Errorf("a push: %d %s", w.Code, w.Body)
		}
	}
	received, err := s.services.Receiver.Receive(query, []byte(body), s.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.services.Pushes.Work(t.Context(), received.ID); err != nil {
			t.Fatal(err)
		}
	}
	credit, err := s.services.Notices.Credits.Get(t.Context(), domain.Key(me, "review"))
	if err != nil || credit.Count != 1 {
		t.Errorf("one consent counts %d times, %v", credit.Count, err)
	}
	if w := s.do(t, "GET /notify/wechat?"+query.Encode()+"&echostr=hello", "", ""); w.Code != http.StatusOK || w.Body.String() != "hello" {
		t.Errorf("the check of the address: %d %s", w.Code, w.Body)
	}
	if w := s.do(t, "GET /notify/wechat?"+changed("signature", "x").Encode()+"&echostr=hello", "", ""); w.Code != http.StatusForbidden {
		t.Errorf("a forged check of the address: %d %s", w.Code, w.Body)
	}
}

func TestTooManySignInsFromOneAddressWait(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.config.Limits = config.Limits{SignIn: 3, Read: 5, Write: 100}
	e, err := b.echo()
	if err != nil {
		t.Fatal(err)
	}
	s := &site{b, e, map[string]string{}}
	access, _, _ := s.signIn(t, "one")
	other, _, _ := s.signIn(t, "two")
	s.signIn(t, "three")
	w := s.do(t, "POST /api/v1/sessions", "", `{"code":"x"}`, "X-Forwarded-For", "203.0.113.9")
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
		t.Errorf("the fourth sign-in: %d %v", w.Code, w.Header())
	}
	for i := range 6 {
		want := http.StatusOK
		if i == 5 {
			want = http.StatusTooManyRequests
		}
		if w := s.do(t, "GET /api/v1/me", access, ""); w.Code != want {
			t.Errorf("read %d: %d, want %d", i+1, w.Code, want)
		}
	}
	if w := s.do(t, "GET /api/v1/me", other, ""); w.Code != http.StatusOK {
		t.Errorf("another person at that address waits too: %d", w.Code)
	}
}

func TestNothingPersonalReachesTheLog(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	var log bytes.Buffer
	b.services.Log = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	e, err := b.echo()
	if err != nil {
		t.Fatal(err)
	}
	s := &site{b, e, map[string]string{}}
	_, teacher := s.person(t, "teacher")
	c, tasks := s.running(t, teacher, 10)
	s.vars["camp"], s.vars["task"] = c.ID, tasks[0].ID
	access, refresh, _ := s.signIn(t, "小满")
	code, phone := s.wechat.LoginCode("小满"), s.wechat.PhoneCode("小满", "13800138000")
	s.vars["code"], s.vars["phone"] = code, phone
	s.tell(t, "", []step{{name: "a wrong code", request: "POST /sessions", body: `{"code":"` + code + `","13911112222":1}`, status: 422}})
	s.tell(t, access, []step{
		{name: "a name", request: "PATCH /me", body: `{"nickname":"林小满"}`, status: 200},
		{name: "a phone", request: "POST /me/phone", body: `{"code":"{phone}"}`, status: 200},
		{name: "a used code", request: "POST /me/phone", body: `{"code":"{phone}"}`, status: 422},
		{name: "a place", request: "POST /camps/{camp}/enrolments?note=secret-note", status: 201},
		{name: "words", request: "POST /camps/{camp}/checkins", body: `{"task":"{task}","text":"我的秘密"}`, status: 201, headers: []string{"Idempotency-Key", "secret-key"}},
		{name: "a slip", request: "POST /camps/{camp}/checkins", body: `{"task":"{task}","text":7}`, status: 422},
	})
	for what, secret := range map[string]string{
		"token": access, "refresh token": refresh, "code": code, "phone code": phone, "phone": "13800138000", "openid": s.wechat.OpenID("小满"),
		"name": "林小满", "text": "我的秘密", "a field's name": "13911112222", "query": "secret-note", "key": "secret-key", "address": "192.0.2.1",
	} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log holds a %s", what)
		}
	}
	if lines := strings.Count(log.String(), "\n"); lines != 8 {
		t.Errorf("%d lines for 8 requests:\n%s", lines, log.String())
	}
}

func TestAFaultOfOursTellsTheLogAndNotTheClient(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	var log bytes.Buffer
	b.services.Log = slog.New(slog.NewJSONHandler(&log, nil))
	b.services.Members.Store = broken{b.services.Members.Store}
	e, err := b.echo()
	if err != nil {
		t.Fatal(err)
	}
	s := &site{b, e, map[string]string{}}
	w := s.do(t, "POST /api/v1/sessions", "", `{"code":"`+s.wechat.LoginCode("小满")+`"}`)
	if w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), `"code":"internal"`) || strings.Contains(w.Body.String(), "disk") {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), `"level":"ERROR"`) || !strings.Contains(log.String(), errDisk.Error()) {
		t.Errorf("logged %s", log.String())
	}
}

var errDisk = errors.New("disk is full")

// broken is a store of members that can look nobody up.
type broken struct{ member.Store }

func (broken) ByOpenID(context.Context, string) (member.Member, error) {
	return member.Member{}, errDisk
}
