package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"yingdi/domain"
	"yingdi/domain/moderation"
)

// works lets the workers run, and returns what waits until they have nothing left to do.
func (s *site) works(t *testing.T) (settle func()) {
	t.Helper()
	ctx := domain.WithActor(t.Context(), domain.SystemActor)
	s.startJobs(ctx, true)
	t.Cleanup(s.stopJobs)
	return func() {
		t.Helper()
		if err := s.queue.Drain(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

// wall is a camp in which the author shows a check-in with a picture and a comment, and a fellow looks on.
func wall(t *testing.T) (s *site, author, fellow string, settle func()) {
	t.Helper()
	s = newSite(t)
	_, teacher := s.person(t, "teacher")
	c, tasks := s.running(t, teacher, 10)
	s.vars["camp"], s.vars["task"], s.vars["teacher"] = c.ID, tasks[0].ID, teacher
	author, _, s.vars["author"] = s.signIn(t, "author")
	fellow, _, _ = s.signIn(t, "fellow")
	s.vars["picture"] = s.upload(t, author)
	for _, token := range []string{author, fellow} {
		s.tell(t, token, []step{{name: "enrolling", request: "POST /camps/{camp}/enrolments", status: 201}})
	}
	s.tell(t, author, []step{
		{name: "a face", request: "PATCH /me", body: `{"avatar":"{picture}"}`, status: 200},
		{name: "handing in", request: "POST /camps/{camp}/checkins", body: `{"task":"{task}","text":"读了","media":["{picture}"]}`, status: 201, keep: map[string]string{"checkin": "id"}},
	})
	system := domain.WithActor(t.Context(), domain.SystemActor)
	if err := s.services.Media.Decide(system, []string{s.vars["picture"]}, "passed"); err != nil {
		t.Fatal(err)
	}
	settle = s.works(t)
	settle()
	s.tell(t, author, []step{
		{name: "saying", request: "POST /checkins/{checkin}/comments", body: `{"text":"大家看看"}`, status: 201, keep: map[string]string{"comment": "id"}},
	})
	settle()
	return s, author, fellow, settle
}

func TestWhatIsHiddenIsHiddenEverywhereAtOnceAndBackAfterAnUndo(t *testing.T) {
	t.Parallel()
	s, author, fellow, settle := wall(t)
	staff := s.as(t, s.vars["teacher"])
	visible := func(when string, want bool) {
		t.Helper()
		status := map[bool]int{true: http.StatusOK, false: http.StatusNotFound}[want]
		for _, path := range []string{"/checkins/{checkin}", "/checkins/{checkin}/comments", "/checkins/{checkin}/card"} {
			if w := s.do(t, "GET /api/v1"+path, fellow, ""); w.Code != status {
				t.Errorf("%s: %s answers %d", when, path, w.Code)
			}
		}
		for _, request := range []string{"PUT /api/v1/checkins/{checkin}/like", "POST /api/v1/checkins/{checkin}/reports"} {
			if w := s.do(t, request, fellow, `{"reason":"spam"}`); (w.Code < 300) != want {
				t.Errorf("%s: %s answers %d", when, request, w.Code)
			}
		}
		if w := s.do(t, "GET /api/v1/camps/{camp}/checkins", fellow, ""); strings.Contains(w.Body.String(), "读了") != want {
			t.Errorf("%s: the feed shows %s", when, w.Body)
		}
		if links, err := s.services.Media.Many(t.Context(), []string{s.vars["picture"]}); err != nil || (links[s.vars["picture"]].Verdict == "passed") != want {
			t.Errorf("%s: the picture is %s for others, %v", when, links[s.vars["picture"]].Verdict, err)
		}
		// The same picture is the author's face, wherever else it is shown.
		w := s.do(t, "GET /api/v1/checkins/{checkin}", author, "")
		var own struct {
			Text   string
			Author struct{ Avatar string }
			Media  []struct{ URL string }
		}
		if err := json.Unmarshal(w.Body.Bytes(), &own); err != nil || own.Text != "读了" || own.Media[0].URL == "" || (own.Author.Avatar != "") != want {
			t.Errorf("%s: the author sees %s", when, w.Body)
		}
	}
	visible("before", true)
	settle()
	rows, _, err := s.services.Moderation.Queue(staff, moderation.Filter{Kind: moderation.Checkin}, domain.Page{})
	if err != nil || len(rows) != 1 || rows[0].Reasons[moderation.Spam] != 1 {
		t.Fatalf("the report did not reach the queue: %+v, %v", rows, err)
	}
	id := rows[0].ID
	if err := s.services.Moderation.Decide(staff, id, moderation.Hide, "与任务无关", rows[0].Subject.Version); err != nil {
		t.Fatal(err)
	}
	visible("hidden", false) // before any job has run
	settle()
	visible("hidden, and the jobs have run", false)
	s.redrawn(t, "a face that is hidden", 1)
	s.tell(t, author, []step{
		{name: "the author knows why", request: "GET /checkins/{checkin}", status: 200, want: `{"state":"hidden","reason":"与任务无关"}`},
		{name: "the author is told", request: "GET /notices", status: 200, want: `{"items":[{"title":"你的打卡被隐藏了","body":"与任务无关"}]}`},
		{name: "its day still counts", request: "GET /camps/{camp}/today", status: 200, want: `{"streak":1}`},
	})
	if w := s.do(t, "GET /api/v1/notices", author, ""); strings.Contains(w.Body.String(), "fellow") {
		t.Errorf("the author learns who reported: %s", w.Body)
	}
	if err := s.services.Moderation.Undo(staff, id, 1); err != nil {
		t.Fatal(err)
	}
	visible("undone", true)
}

// redrawn checks how often the author's cards were drawn anew, each time all of them.
func (s *site) redrawn(t *testing.T, when string, want int) {
	t.Helper()
	list, _, err := s.services.Signcards.Redraws.OfScope(t.Context(), s.vars["author"], domain.Page{})
	if err != nil || len(list) != want {
		t.Errorf("%s: the cards are drawn anew %d times, want %d, %v", when, len(list), want, err)
	}
	for _, r := range list {
		if !r.Person || r.Done != 1 || r.Failed > 0 {
			t.Errorf("%s: %+v", when, r)
		}
	}
}

func TestAHiddenCommentLeavesTheListAndTheCountAtOnce(t *testing.T) {
	t.Parallel()
	s, _, fellow, settle := wall(t)
	staff := s.as(t, s.vars["teacher"])
	s.tell(t, fellow, []step{
		{name: "reporting", request: "POST /comments/{comment}/reports", body: `{"reason":"abuse"}`, status: 201},
		{name: "reporting again", request: "POST /comments/{comment}/reports", body: `{"reason":"spam"}`, status: 200},
	})
	settle()
	s.tell(t, fellow, []step{{name: "before", request: "GET /checkins/{checkin}", status: 200, want: `{"comments":1}`}})
	id := moderation.ID(moderation.Comment, s.vars["comment"])
	if err := s.services.Moderation.Decide(staff, id, moderation.Reject, "骂人", 0); err != nil {
		t.Fatal(err)
	}
	v, _, err := s.services.Moderation.Hidden(staff, moderation.Filter{Kind: moderation.Comment}, domain.Page{})
	if err != nil || len(v) != 1 || v[0].ID != id || v[0].By.ID != s.vars["teacher"] || v[0].Subject.Reason != "骂人" {
		t.Errorf("what is hidden: %+v, %v", v, err)
	}
	s.tell(t, fellow, []step{
		{name: "after", request: "GET /checkins/{checkin}/comments", status: 200, want: `{"items":[]}`},
		{name: "the count", request: "GET /checkins/{checkin}", status: 200, want: `{"comments":0}`},
	})
}

func TestADoubtfulNicknameIsShownToNobodyUntilAPersonSaysYes(t *testing.T) {
	t.Parallel()
	s, author, fellow, settle := wall(t)
	_, admin := s.person(t, "admin")
	if _, err := s.services.Members.MakeAdmin(domain.WithActor(t.Context(), domain.SystemActor), admin); err != nil {
		t.Fatal(err)
	}
	s.tell(t, author, []step{{name: "a doubtful name", request: "PATCH /me", body: `{"nickname":"待审"}`, status: 200, want: `{"nickname":"新同学","wish":"待审"}`}})
	settle()
	s.tell(t, fellow, []step{{name: "others see the old one", request: "GET /checkins/{checkin}", status: 200, want: `{"author":{"nickname":"新同学"}}`}})
	id := moderation.ID(moderation.Profile, s.vars["author"])
	if _, err := s.services.Moderation.View(s.as(t, s.vars["teacher"]), id); err == nil {
		t.Error("a teacher decides about somebody's name on the whole platform")
	}
	v, err := s.services.Moderation.View(s.as(t, admin), id)
	if err != nil || v.Subject.Text != "待审" {
		t.Fatalf("%+v, %v", v, err)
	}
	if err := s.services.Moderation.Decide(s.as(t, admin), id, moderation.Show, "", v.Subject.Version); err != nil {
		t.Fatal(err)
	}
	s.tell(t, fellow, []step{{name: "and then the new one", request: "GET /checkins/{checkin}", status: 200, want: `{"author":{"nickname":"待审"}}`}})
	settle()
	s.redrawn(t, "a name that is granted", 0)
	if err := s.services.Moderation.Undo(s.as(t, admin), id, 1); err != nil {
		t.Fatal(err)
	}
	settle()
	s.redrawn(t, "a name that is taken back", 1)
}
