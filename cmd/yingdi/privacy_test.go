package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/privacy"
	"yingdi/domain/quiz"
	"yingdi/domain/review"
	"yingdi/domain/wechat"
	"yingdi/storage"
)

func TestEveryCollectionSaysWhatBecomesOfAPersonsData(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	said := map[string]int{}
	for _, holder := range b.services.Privacy.Holders {
		said[holder.Name()]++
	}
	for name, why := range impersonal {
		said[name]++
		if why == "" {
			t.Errorf("%s: nobody says why it holds nothing personal", name)
		}
	}
	names := b.db.Collections()
	for _, name := range names {
		if said[name] != 1 {
			t.Errorf("collection %s: add it to the holders in wire_privacy.go (it holds something about people) or to impersonal (it does not); it is in %d of them", name, said[name])
		}
	}
	for name := range said {
		if !slices.Contains(names, name) {
			t.Errorf("there is no collection %s", name)
		}
	}
	if holders := b.services.Privacy.Holders; holders[len(holders)-1].Name() != "member" {
		t.Error("the member's own document must be the last to go")
	}
}

// lived is a learner who has left something in every place there is.
func lived(t *testing.T) (s *site, token, id string, settle func()) {
	t.Helper()
	s, author, fellow, settle := wall(t)
	c, err := s.services.Camps.Get(t.Context(), s.vars["camp"])
	if err != nil {
		t.Fatal(err)
	}
	s.vars["quiz"], _ = s.handOut(t, s.vars["teacher"], c, quiz.RevealClose)
	s.vars["phone"] = s.wechat.PhoneCode("author", "13900139000")
	s.tell(t, fellow, []step{{name: "a fellow's words", request: "POST /checkins/{checkin}/comments", body: `{"text":"同学的话"}`, status: 201, keep: map[string]string{"theirs": "id"}}})
	settle()
	s.tell(t, author, []step{
		{name: "a name", request: "PATCH /me", body: `{"nickname":"独一无二的名字"}`, status: 200},
		{name: "a phone", request: "POST /me/phone", body: `{"code":"{phone}"}`, status: 200},
		{name: "a like", request: "PUT /checkins/{checkin}/like", status: 204},
		{name: "a report", request: "POST /comments/{theirs}/reports", body: `{"reason":"other","text":"秘密的举报"}`, status: 201},
		{name: "a quiz", request: "POST /camps/{camp}/quizzes/{quiz}/attempts", status: 201},
		{name: "a quiet evening", request: "PUT /me/notices/settings", body: `{"off":[],"quiet_from":"22:00","quiet_to":"07:30","zone":""}`, status: 200},
	})
	s.reviewed(t, s.vars["teacher"], s.vars["checkin"], review.Form{Text: "独一无二的点评", Points: 90}) // a minute passes
	settle()
	return s, author, s.vars["author"], settle
}

// kept is everything that is stored, as it is stored.
func (s *site) kept(t *testing.T) map[string]string {
	t.Helper()
	kept := map[string]string{}
	for _, name := range s.db.Collections() {
		records, err := s.db.Find(t.Context(), name, storage.Plan{Index: storage.IDIndex, Limit: 10_000})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records {
			kept[name+" "+r.ID] = string(r.Body)
		}
	}
	return kept
}

func TestADeletedAccountLeavesNothingThatSaysWhoItWas(t *testing.T) {
	t.Parallel()
	s, token, id, settle := lived(t)
	m, err := s.services.Members.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	said := []string{"独一无二的名字", "独一无二的点评", "秘密的举报", `"读了"`, "大家看看", m.OpenIDHash, m.OpenID, m.Phone, m.PhoneHash, m.SessionKey}
	file, err := s.services.Media.Many(t.Context(), []string{s.vars["picture"]})
	if err != nil {
		t.Fatal(err)
	}
	key := file[s.vars["picture"]].Key()
	s.tell(t, token, []step{
		{name: "asking", request: "POST /me/deletion", status: 200, want: `{"state":"asked","due_at":"2026-03-08T01:01:00Z"}`},
		{name: "asking again", request: "POST /me/deletion", status: 200, want: `{"state":"asked"}`},
		{name: "a change of mind", request: "DELETE /me/deletion", status: 200, want: `{"state":"cancelled"}`},
		{name: "and another", request: "POST /me/deletion", status: 200, want: `{"state":"asked"}`},
	})
	sweep := func() {
		t.Helper()
		if err := s.services.Privacy.Sweep(domain.WithActor(t.Context(), domain.SystemActor)); err != nil {
			t.Fatal(err)
		}
		settle()
	}
	s.clock.Set(start.Add(time.Minute + privacy.Grace - time.Minute))
	sweep()
	if m, _ := s.services.Members.Get(t.Context(), id); m.Nickname != "独一无二的名字" {
		t.Fatal("forgotten before the grace was over")
	}
	s.clock.Set(start.Add(time.Minute + privacy.Grace))
	sweep()
	for at, body := range s.kept(t) {
		for _, word := range said {
			if word != "" && strings.Contains(body, word) {
				t.Errorf("%s still says %q", at, word)
			}
		}
	}
	if _, err := s.bucket.Open(t.Context(), key); err == nil {
		t.Error("the picture is still there")
	}
	if w := s.do(t, "GET /api/v1/me", token, ""); w.Code != http.StatusUnauthorized {
		t.Errorf("the session still works: %d", w.Code)
	}
	fellow, _, _ := s.signIn(t, "fellow")
	s.tell(t, fellow, []step{
		{name: "nobody sees the check-in", request: "GET /checkins/{checkin}", status: 404},
		{name: "nor the feed", request: "GET /camps/{camp}/checkins", status: 200, want: `{"items":[]}`},
	})
	if d, err := s.services.Privacy.Deletions.Get(t.Context(), id); err != nil || d.State != privacy.Settling {
		t.Fatalf("%+v, %v", d, err)
	}
	_, _, again := s.signIn(t, "author")
	if again == id {
		t.Error("who comes again is known")
	}
	s.clock.Set(start.Add(time.Minute + privacy.Grace + privacy.SettleAfter))
	sweep()
	if d, err := s.services.Privacy.Deletions.Get(t.Context(), id); err != nil || d.State != privacy.Done || d.DoneAt.IsZero() {
		t.Fatalf("%+v, %v", d, err)
	}
}

func TestAWithdrawnAuthorisationForgetsAtOnceAndATeacherIsHeldForAnAdmin(t *testing.T) {
	t.Parallel()
	s, _, id, settle := lived(t)
	ctx := domain.WithActor(t.Context(), domain.SystemActor)
	for _, name := range []string{"author", "teacher", "somebody unknown"} {
		for range 2 { // WeChat says it twice
			push := wechat.Push{ID: "revoked-" + strings.ReplaceAll(name, " ", "-"), Kind: "user_authorization_revoke", OpenID: s.wechat.OpenID(name), Revoked: true}
			if err := s.services.Pushes.Receive(ctx, push); err != nil {
				t.Fatal(err)
			}
		}
	}
	settle()
	if m, err := s.services.Members.Get(t.Context(), id); err != nil || m.OpenIDHash != "" || m.Nickname != "" {
		t.Errorf("%+v, %v", m, err)
	}
	if d, err := s.services.Privacy.Deletions.Get(t.Context(), s.vars["teacher"]); err != nil || d.State != privacy.Held {
		t.Errorf("the teacher's: %+v, %v", d, err)
	}
	if err := s.services.Privacy.Proceed(ctx, s.vars["teacher"]); err == nil {
		t.Error("an organiser is left without its owner")
	}
}

func TestADownloadHoldsEverythingAndNoRightAnswer(t *testing.T) {
	t.Parallel()
	s, token, id, settle := lived(t)
	s.tell(t, token, []step{{name: "asking", request: "POST /me/download", status: 200, want: `{"state":"making","url":""}`}})
	settle()
	s.tell(t, token, []step{
		{name: "there it is", request: "GET /me/download", status: 200, want: `{"state":"ready","url":"*","left":0}`, keep: map[string]string{"url": "url"}},
		{name: "one at a time", request: "POST /me/download", status: 200, want: `{"state":"ready"}`},
	})
	w := httptest.NewRecorder()
	s.http.ServeHTTP(w, httptest.NewRequest(http.MethodGet, s.vars["url"], nil))
	archive, err := zip.NewReader(bytes.NewReader(w.Body.Bytes()), int64(w.Body.Len()))
	if err != nil {
		t.Fatalf("%d: %v", w.Code, err)
	}
	files := map[string]string{}
	for _, f := range archive.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(raw)
		if strings.HasSuffix(f.Name, ".json") && !json.Valid(raw) {
			t.Errorf("%s is no JSON: %s", f.Name, raw)
		}
	}
	for name, want := range map[string]string{
		"member.json": "独一无二的名字", "checkin.json": "读了", "comment.json": "大家看看", "review.json": "独一无二的点评", "report.json": "秘密的举报",
		"attempt.json": s.vars["quiz"], "enrolment.json": s.vars["camp"], "files/" + s.vars["picture"] + ".jpg": "\xff\xd8\xff",
	} {
		if !strings.Contains(files[name], want) {
			t.Errorf("%s lacks %q: %.300s", name, want, files[name])
		}
	}
	if !strings.Contains(files["member.json"], "13900139000") {
		t.Errorf("the phone is missing: %s", files["member.json"])
	}
	for _, word := range []string{`"right"`, `"accepted"`, "explanation"} {
		if strings.Contains(files["attempt.json"], word) {
			t.Errorf("an answer before its time: %s", files["attempt.json"])
		}
	}
	d, err := s.services.Privacy.Downloads.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	s.clock.Set(start.Add(time.Minute + privacy.DownloadLife + time.Minute))
	if err := s.services.Privacy.Sweep(domain.WithActor(t.Context(), domain.SystemActor)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.bucket.Open(t.Context(), d.Key); err == nil {
		t.Error("the copy outlives its time")
	}
}

func TestNothingIsDoneBeforeThePolicyIsAgreedTo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, teacher := s.person(t, "teacher")
	c, _ := s.running(t, teacher, 10)
	s.vars["camp"] = c.ID
	token, _, _ := s.signIn(t, "learner")
	s.services.Privacy.Policy = &privacy.Policy{Version: "2026-01", URL: "https://example.com/privacy"}
	s.tell(t, token, []step{
		{name: "looking is free", request: "GET /camps/{camp}", status: 200},
		{name: "what there is to agree to", request: "GET /privacy", status: 200, want: `{"version":"2026-01","url":"https://example.com/privacy","agreed":false}`},
		{name: "enrolling", request: "POST /camps/{camp}/enrolments", status: 403, want: `{"code":"consent_required"}`},
		{name: "a name", request: "PATCH /me", body: `{"nickname":"小满"}`, status: 403, want: `{"code":"consent_required"}`},
		{name: "another version", request: "POST /me/consent", body: `{"version":"2025-01"}`, status: 409, want: `{"code":"policy_changed"}`},
		{name: "yes", request: "POST /me/consent", body: `{"version":"2026-01"}`, status: 200, want: `{"agreed":true,"agreed_at":"2026-03-01T01:00:00Z"}`},
		{name: "enrolling now", request: "POST /camps/{camp}/enrolments", status: 201},
	})
	s.services.Privacy.Policy.Version = "2026-02"
	s.tell(t, token, []step{
		{name: "a new version asks anew", request: "PATCH /me", body: `{"nickname":"小满"}`, status: 403, want: `{"code":"consent_required"}`},
		{name: "but one can always go", request: "POST /me/deletion", status: 200},
		{name: "and sign out", request: "DELETE /sessions/current", status: 204},
	})
}
