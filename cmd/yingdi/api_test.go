package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"yingdi/domain/review"
)

// step is one request of a story and what must come back.
type step struct {
	name    string
	request string // METHOD /path below /api/v1, with {variables}
	body    string
	headers []string
	status  int
	want    string            // JSON that the answer must hold; "*" stands for anything but nothing
	keep    map[string]string // variables to take from the answer, by the path of their value
}

// tell plays a story for the holder of a token and fails at what goes otherwise.
func (s *site) tell(t *testing.T, token string, story []step) {
	t.Helper()
	for _, at := range story {
		method, path, _ := strings.Cut(at.request, " ")
		w := s.do(t, method+" /api/v1"+path, token, s.fill(t, at.body), at.headers...)
		if w.Code != at.status {
			t.Errorf("%s: %s answered %d %s, want %d", at.name, at.request, w.Code, w.Body, at.status)
			continue
		}
		s.check(t, at, w)
	}
}

func (s *site) check(t *testing.T, at step, w *httptest.ResponseRecorder) {
	t.Helper()
	if at.status == http.StatusNoContent {
		if w.Body.Len() > 0 {
			t.Errorf("%s: a body without a content: %s", at.name, w.Body)
		}
		return
	}
	wantType := "application/json"
	if at.status >= 400 {
		wantType = "application/problem+json"
	}
	if got := w.Header().Get("Content-Type"); got != wantType {
		t.Errorf("%s: content type %q, want %q", at.name, got, wantType)
	}
	var got, want any
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatalf("%s: %v in %s", at.name, err, w.Body)
	}
	if at.want != "" {
		if err := json.Unmarshal([]byte(s.fill(t, at.want)), &want); err != nil {
			t.Fatalf("%s: the test wants no JSON: %v", at.name, err)
		}
		for _, lack := range subset("answer", want, got) {
			t.Errorf("%s: %s", at.name, lack)
		}
	}
	for name, path := range at.keep {
		value := got
		for _, key := range strings.Split(path, ".") {
			object, _ := value.(map[string]any)
			value = object[key]
		}
		s.vars[name], _ = value.(string)
	}
}

func TestACampDayOverHTTP(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, teacher := s.person(t, "teacher")
	c, tasks := s.running(t, teacher, 10)
	s.vars["camp"], s.vars["task"], s.vars["tomorrow"] = c.ID, tasks[0].ID, tasks[1].ID
	s.vars["code"] = s.wechat.LoginCode("小满")

	s.tell(t, "", []step{
		{
			name: "logging in", request: "POST /sessions", body: `{"code":"{code}"}`, status: 201,
			want: `{"access_token":"*","refresh_token":"*","expires_in":1800,"member":{"id":"*","nickname":"新同学","avatar":"","phone":"","staff":false}}`,
			keep: map[string]string{"access": "access_token", "refresh": "refresh_token", "me": "member.id"},
		},
		{name: "the same code again", request: "POST /sessions", body: `{"code":"{code}"}`, status: 422, want: `{"code":"wechat_code_used","errors":[{"field":"code"}]}`},
		{name: "looking around", request: "GET /camps", status: 200, want: `{"items":[{"id":"{camp}","title":"21 天晨读","phase":"running","days":21}],"next":""}`},
		{name: "one camp", request: "GET /camps/{camp}", status: 200, want: `{"id":"{camp}","seats":10,"seats_left":10,"enrolled":false,"today":"2026-03-01"}`},
	})
	s.vars["picture"] = s.upload(t, s.vars["access"])
	s.vars["phone"] = s.wechat.PhoneCode("小满", "13800138000")
	s.tell(t, s.vars["access"], []step{
		{name: "who I am", request: "GET /me", status: 200, want: `{"id":"{me}"}`},
		{name: "a name and a face", request: "PATCH /me", body: `{"nickname":"小满","avatar":"{picture}"}`, status: 200, want: `{"nickname":"小满","avatar":"*"}`},
		{name: "a phone number", request: "POST /me/phone", body: `{"code":"{phone}"}`, status: 200, want: `{"phone":"+86138****8000"}`},
		{name: "today, before enrolling", request: "GET /camps/{camp}/today", status: 403, want: `{"code":"not_enrolled"}`},
		{name: "enrolling", request: "POST /camps/{camp}/enrolments", status: 201, want: `{"id":"{camp}:{me}","camp":"{camp}","state":"active"}`},
		{name: "enrolling again", request: "POST /camps/{camp}/enrolments", status: 201, want: `{"id":"{camp}:{me}","state":"active"}`},
		{name: "my place", request: "GET /camps/{camp}", status: 200, want: `{"seats_left":9,"enrolled":true}`},
		{name: "my camps", request: "GET /me/enrolments", status: 200, want: `{"items":[{"camp":"{camp}","camp_view":{"title":"21 天晨读"}}]}`},
		{name: "today", request: "GET /camps/{camp}/today", status: 200, want: `{"day":"2026-03-01","day_n":1,"streak":0,"phase":"running","tasks":[{"id":"{task}","kind":"checkin","title":"读一段","state":"open","checkin":null}]}`},
		{name: "a task of tomorrow", request: "POST /camps/{camp}/checkins", body: `{"task":"{tomorrow}","text":"早"}`, status: 409, want: `{"code":"task_not_today"}`},
		{
			name: "checking in", request: "POST /camps/{camp}/checkins", body: `{"task":"{task}","text":"<b>读了</b>\n《学而》","media":["{picture}"]}`, status: 201,
			want: `{"id":"*","state":"pending","streak":1,"day":"2026-03-01","text":"<b>读了</b>\n《学而》","media":["{picture}"],"audience":"camp"}`,
			keep: map[string]string{"checkin": "id"},
		},
		{name: "checking in from a second phone", request: "POST /camps/{camp}/checkins", body: `{"task":"{task}","text":"又一次"}`, status: 200, want: `{"id":"{checkin}","text":"<b>读了</b>\n《学而》","streak":1}`},
		{name: "today, done", request: "GET /camps/{camp}/today", status: 200, want: `{"streak":1,"tasks":[{"state":"done","checkin":"{checkin}"}]}`},
		{name: "the card before it is drawn", request: "GET /checkins/{checkin}/card", status: 200, want: `{"state":"pending","url":""}`},
		{name: "no review yet", request: "GET /checkins/{checkin}/review", status: 404, want: `{"code":"not_found"}`},
		{name: "a pending one is not to be liked", request: "PUT /checkins/{checkin}/like", status: 409, want: `{"code":"checkin_not_visible"}`},
		{name: "thinking better of it", request: "PUT /checkins/{checkin}", body: `{"text":"读了《学而》","media":["{picture}"],"audience":"camp"}`, status: 200, want: `{"id":"{checkin}","text":"读了《学而》","state":"pending"}`},
	})
	s.work(t, s.vars["checkin"], s.vars["picture"])
	s.tell(t, s.vars["access"], []step{
		{name: "the card", request: "GET /checkins/{checkin}/card", status: 200, want: `{"state":"ready","url":"*"}`},
		{name: "the check-in", request: "GET /checkins/{checkin}", status: 200, want: `{"state":"visible","mine":true,"editable":true,"author":{"nickname":"小满","avatar":"*"},"media":[{"kind":"image","url":"*","thumb_url":"*","verdict":"passed"}]}`},
		{name: "the feed", request: "GET /camps/{camp}/checkins", status: 200, want: `{"items":[{"id":"{checkin}"}],"next":""}`},
		{name: "my own", request: "GET /camps/{camp}/checkins?mine=true&limit=1", status: 200, want: `{"items":[{"id":"{checkin}","mine":true}]}`},
		{name: "my days", request: "GET /camps/{camp}/calendar", status: 200, want: `{"today":"2026-03-01","streak":1,"days":` + days(21) + `}`},
		{name: "liking", request: "PUT /checkins/{checkin}/like", status: 204},
		{name: "no longer liking", request: "DELETE /checkins/{checkin}/like", status: 204},
		{name: "saying something", request: "POST /checkins/{checkin}/comments", body: `{"text":"加油"}`, status: 201, want: `{"id":"*","text":"加油","state":"pending"}`},
		{name: "what was said waits for its check", request: "GET /checkins/{checkin}/comments", status: 200, want: `{"items":[],"next":""}`},
		{name: "an escaped address", request: "GET /checkins/" + strings.ReplaceAll(s.vars["checkin"], ":", "%3A"), status: 200, want: `{"id":"{checkin}"}`},
	})
	s.reviewed(t, teacher, s.vars["checkin"], review.Form{Text: "很好", Points: 95})
	scene, err := s.services.Channels.ForShare(t.Context(), c.ID, s.vars["me"])
	if err != nil {
		t.Fatal(err)
	}
	s.vars["scene"] = scene
	s.tell(t, s.vars["access"], []step{
		{name: "the review", request: "GET /checkins/{checkin}/review", status: 200, want: `{"text":"很好","points":95,"round":1,"reviewer":{"nickname":"新同学"}}`},
		{name: "the inbox", request: "GET /notices", status: 200, want: `{"items":[{"id":"review_{checkin}_1","kind":"review_received","title":"老师点评了你的打卡","read":false}],"unread":1,"next":""}`},
		{name: "having read it", request: "POST /notices/review_{checkin}_1/read", status: 200, want: `{"read":true}`},
		{name: "the inbox, read", request: "GET /notices", status: 200, want: `{"unread":0}`},
		{name: "a card's code", request: "GET /scenes/{scene}", status: 200, want: `{"camp":"{camp}"}`},
		{name: "no code of ours", request: "GET /scenes/nowhere", status: 404, want: `{"code":"not_found"}`},
	})
}

func days(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = `{"day":"*","done":` + map[bool]string{true: "true", false: "false"}[i == 0] + `}`
	}
	return "[" + strings.Join(list, ",") + "]"
}

// work does what the jobs do after a check-in with a picture.
func (s *site) work(t *testing.T, checkin, picture string) {
	t.Helper()
	ctx := t.Context()
	for _, job := range []func() error{
		func() error { return s.services.Media.MakeThumb(ctx, picture) },
		func() error { return s.services.Media.Decide(ctx, []string{picture}, "passed") },
		func() error { return s.services.Checkins.Moderate(ctx, checkin) },
		func() error { return s.services.Signcards.Make(ctx, checkin) },
	} {
		if err := job(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSessionsOverHTTP(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	access, refresh, _ := s.signIn(t, "小满")
	other, _, _ := s.signIn(t, "小满")
	s.vars["refresh"] = refresh
	s.clock.Set(start.Add(31 * time.Minute))
	s.tell(t, access, []step{{name: "an old token", request: "GET /me", status: 401, want: `{"code":"session_expired"}`}})
	s.tell(t, "", []step{
		{
			name: "renewing", request: "POST /sessions/refresh", body: `{"refresh_token":"{refresh}"}`, status: 200,
			want: `{"access_token":"*","refresh_token":"*","expires_in":1800}`, keep: map[string]string{"access": "access_token"},
		},
		{name: "renewing twice at once", request: "POST /sessions/refresh", body: `{"refresh_token":"{refresh}"}`, status: 200, want: `{"access_token":"{access}"}`},
	})
	s.tell(t, access, []step{{name: "an old token does not hinder signing in", request: "POST /sessions", body: `{"code":"` + s.wechat.LoginCode("小满") + `"}`, status: 201}})
	s.tell(t, s.vars["access"], []step{
		{name: "a new token", request: "GET /me", status: 200},
		{name: "signing out", request: "DELETE /sessions/current", status: 204},
		{name: "signed out", request: "GET /me", status: 401},
	})
	s.clock.Set(start.Add(40 * time.Minute))
	s.tell(t, "", []step{{name: "a stolen refresh token", request: "POST /sessions/refresh", body: `{"refresh_token":"{refresh}"}`, status: 401}})

	s.clock.Set(start)
	s.tell(t, other, []step{
		{name: "another phone stays signed in", request: "GET /me", status: 200},
		{name: "signing out everywhere", request: "DELETE /sessions", status: 204},
		{name: "signed out everywhere", request: "GET /me", status: 401, want: `{"code":"session_expired"}`},
	})
}

func TestARepeatedRequestGetsItsFirstAnswer(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, teacher := s.person(t, "teacher")
	c, tasks := s.running(t, teacher, 10)
	s.vars["camp"], s.vars["task"] = c.ID, tasks[0].ID
	access, _, _ := s.signIn(t, "小满")
	stranger, _, _ := s.signIn(t, "阿杰")
	key := []string{"Idempotency-Key", "k-1"}
	announce := `{"kind":"image","content_type":"image/jpeg","size":10}`
	s.tell(t, access, []step{
		{name: "announcing a file", request: "POST /media", body: announce, headers: key, status: 201, keep: map[string]string{"first": "id"}},
		{name: "the same request again", request: "POST /media", body: announce, headers: key, status: 201, want: `{"id":"{first}","upload":{"method":"POST","fields":{}}}`},
		{name: "another body under that key", request: "POST /media", body: `{"kind":"image","content_type":"image/jpeg","size":11}`, headers: key, status: 409, want: `{"code":"idempotency_key_reused"}`},
		{name: "another address under that key", request: "POST /camps/{camp}/enrolments", headers: key, status: 409, want: `{"code":"idempotency_key_reused"}`},
		{name: "a refusal is remembered too", request: "POST /camps/{camp}/checkins", body: `{"task":"{task}","text":"早"}`, headers: []string{"Idempotency-Key", "k-2"}, status: 403, want: `{"code":"not_enrolled"}`},
		{name: "enrolling", request: "POST /camps/{camp}/enrolments", status: 201},
		{name: "the refusal, remembered", request: "POST /camps/{camp}/checkins", body: `{"task":"{task}","text":"早"}`, headers: []string{"Idempotency-Key", "k-2"}, status: 403, want: `{"code":"not_enrolled"}`},
		{name: "a refusal that time can overcome", request: "POST /media/{first}/complete", headers: []string{"Idempotency-Key", "k-3"}, status: 409, want: `{"code":"media_not_uploaded"}`},
		{name: "is asked anew", request: "POST /media/{first}/complete", headers: []string{"Idempotency-Key", "k-3"}, status: 409, want: `{"code":"media_not_uploaded"}`},
		{name: "no key at all", request: "POST /media", body: announce, headers: []string{"Idempotency-Key", strings.Repeat("k", 65)}, status: 422, want: `{"code":"idempotency_key_invalid","errors":[{"field":"Idempotency-Key"}]}`},
		{name: "a key with a space", request: "POST /media", body: announce, headers: []string{"Idempotency-Key", "a b"}, status: 422},
	})
	w := s.do(t, "POST /api/v1/media", access, announce, key...)
	if w.Header().Get("Idempotent-Replayed") != "true" {
		t.Errorf("a repeated answer does not say so: %v", w.Header())
	}
	s.tell(t, stranger, []step{{name: "somebody else's key", request: "POST /media", body: announce, headers: key, status: 201, keep: map[string]string{"other": "id"}}})
	if s.vars["other"] == s.vars["first"] {
		t.Error("two people share a key")
	}

	s.vars["code"] = s.wechat.LoginCode("小雨")
	s.tell(t, "", []step{
		{name: "logging in with a key", request: "POST /sessions", body: `{"code":"{code}"}`, headers: key, status: 201, keep: map[string]string{"token": "access_token"}},
		{name: "the answer was lost", request: "POST /sessions", body: `{"code":"{code}"}`, headers: key, status: 201, want: `{"access_token":"{token}"}`},
		{name: "without the code the key is worth nothing", request: "POST /sessions", body: `{"code":"0fake"}`, headers: key, status: 422},
	})
}

func TestTwoCheckinsRacingForTheSameDay(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, teacher := s.person(t, "teacher")
	c, tasks := s.running(t, teacher, 10)
	s.vars["camp"], s.vars["task"] = c.ID, tasks[0].ID
	access, _, _ := s.signIn(t, "小满")
	if w := s.do(t, "POST /api/v1/camps/{camp}/enrolments", access, ""); w.Code != http.StatusCreated {
		t.Fatal(w.Body)
	}
	answers := make([]*httptest.ResponseRecorder, 8)
	var racing sync.WaitGroup
	for i := range answers {
		racing.Go(func() {
			body := `{"task":"` + tasks[0].ID + `","text":"第` + strings.Repeat("一", i+1) + `台手机"}`
			answers[i] = s.do(t, "POST /api/v1/camps/{camp}/checkins", access, body)
		})
	}
	racing.Wait()
	created, bodies := 0, map[string]bool{}
	for _, w := range answers {
		if w.Code == http.StatusCreated {
			created++
		} else if w.Code != http.StatusOK {
			t.Errorf("answered %d %s", w.Code, w.Body)
		}
		bodies[w.Body.String()] = true
	}
	if created != 1 || len(bodies) != 1 {
		t.Errorf("%d won, and %d different check-ins came back", created, len(bodies))
	}
}
