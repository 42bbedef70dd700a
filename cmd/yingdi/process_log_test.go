package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// spy plays a day and remembers everything that must never be written down, and the name of every request.
type spy struct {
	client
	private  []string
	requests []string
}

// private makes something unmistakable that must not be found again.
func (s *spy) secret(text string) string {
	s.private = append(s.private, text)
	return text
}

// wrong wants any answer that blames the client.
const wrong = 4

// do sends a request with an unmistakable address, agent and cookie, and reads the answer into the last argument unless
// that is nil.
func (s *spy) do(want int, method, path, token, contentType, body string, into any) {
	s.t.Helper()
	r, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header = http.Header{
		"Content-Type": {contentType}, "Accept": {"application/json"}, "X-Forwarded-For": {"203.0.113.77"},
		"User-Agent": {"agent-frobozz"}, "Cookie": {"other=cookie-gnusto"},
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := network.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err == nil && into != nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil || answer.StatusCode != want && answer.StatusCode/100 != want {
		s.t.Fatalf("%s %s: %d, %v; want %d: %s", method, path, answer.StatusCode, err, want, raw)
	}
	s.requests = append(s.requests, answer.Header.Get("X-Request-Id"))
}

func (s *spy) json(want int, request, token, body string, into any) {
	s.t.Helper()
	method, path, _ := strings.Cut(request, " ")
	s.do(want, method, path, token, "application/json", body, into)
}

// fake tells the stand-in for WeChat what to do.
func (s *spy) fake(act string, form url.Values) (code string) {
	s.t.Helper()
	var made struct{ Code string }
	s.do(http.StatusOK, "POST", "/dev/wechat/"+act, "", "application/x-www-form-urlencoded", form.Encode(), &made)
	return made.Code
}

// arrive logs somebody in, and tells us everything of theirs.
func (s *spy) arrive(name string) (token string) {
	s.t.Helper()
	code := s.secret(s.fake("login", url.Values{"name": {s.secret(name)}}))
	var in struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	s.json(http.StatusCreated, "POST /api/v1/sessions", "", `{"code":"`+code+`"}`, &in)
	s.private = append(s.private, in.Access, in.Refresh)
	s.json(wrong, "POST /api/v1/sessions", "", `{"code":"`+code+`"}`, nil) // once more
	s.json(http.StatusOK, "POST /api/v1/sessions/refresh", "", `{"refresh_token":"`+in.Refresh+`"}`, &in)
	s.private = append(s.private, in.Access, in.Refresh)
	return in.Access
}

// await returns once it is so.
func (s *spy) await(so func() bool) {
	s.t.Helper()
	for deadline := time.Now().Add(untiring); !so(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatal("it does not come about")
		}
	}
}

// day is what a learner does, and what they do wrong.
func (s *spy) day(camp string) (checkin, token string) {
	s.t.Helper()
	path := "/api/v1/camps/" + camp
	token = s.arrive("zhangwei-quux")
	s.json(http.StatusOK, "PATCH /api/v1/me", token, `{"nickname":"`+s.secret("张伟伟的昵称")+`"}`, nil)
	phone := s.secret("13912345678")
	code := s.secret(s.fake("phone", url.Values{"name": {"zhangwei-quux"}, "phone": {phone}}))
	s.json(http.StatusOK, "POST /api/v1/me/phone", token, `{"code":"`+code+`"}`, nil)
	s.json(http.StatusCreated, "POST "+path+"/enrolments", token, "", nil)
	var today struct {
		Tasks []struct{ ID string }
	}
	s.json(http.StatusOK, "GET "+path+"/today", token, "", &today)
	task := today.Tasks[0].ID
	s.fake("fault", url.Values{"path": {"/wxa/msg_sec_check"}, "mode": {"down"}}) // the first try of the job fails
	var receipt struct{ ID string }
	s.json(http.StatusCreated, "POST "+path+"/checkins", token, `{"task":"`+task+`","text":"`+s.secret("心里话第一句")+`"}`, &receipt)

	s.await(func() bool {
		var seen struct{ State string }
		s.json(http.StatusOK, "GET /api/v1/checkins/"+receipt.ID, token, "", &seen)
		return seen.State == "visible"
	})
	s.json(http.StatusCreated, "POST /api/v1/checkins/"+receipt.ID+"/comments", token, `{"text":"`+s.secret("评论里的悄悄话")+`"}`, nil)

	for _, r := range []struct {
		request, token, body string
	}{
		{"POST " + path + "/checkins", token, `{"task": ` + s.secret("心里话第二句")},
		{"POST " + path + "/checkins", token, `{"task":"` + task + `","` + s.secret("field-plugh") + `":"` + s.secret("value-xyzzy") + `"}`},
		{"POST " + path + "/checkins", token, `{"task":"` + task + `","text":"` + strings.Repeat(s.secret("很长的心里话"), 1000) + `"}`},
		{"POST " + path + "/checkins", token, `{"task":"` + s.secret("任务的名字") + `"}`},
		{"GET /api/v1/me", s.secret("token-elrond"), ""},
		{"POST /api/v1/sessions", "", `{"code":"` + s.secret("code-gimli") + `"}`},
		{"GET " + path + "/checkins?after=" + s.secret("cursor-balin"), token, ""},
		{"GET /" + s.secret("path-bombur"), token, ""},
		{"POST /notify/wechat?openid=" + s.secret("openid-dwalin"), "", s.secret("推送里的话")},
	} {
		s.json(wrong, r.request, r.token, r.body, nil)
	}
	s.fake("fault", url.Values{"path": {"/sns/jscode2session"}, "mode": {"down"}})
	s.json(http.StatusServiceUnavailable, "POST /api/v1/sessions", "", `{"code":"`+s.secret("code-ori")+`"}`, nil)
	return receipt.ID, token
}

// review is a teacher at the console, and somebody who tries to get in there.
func (s *spy) review(camp, checkin string) {
	s.t.Helper()
	b := newBrowser(s.client)
	if status, _ := b.signIn(s.secret("login-nori"), s.secret("password-dori"), "123456"); status != http.StatusUnauthorized {
		s.t.Errorf("signing in: %d", status)
	}
	b.do("GET", "/dev/console?as=teacher", nil)
	s.private = append(s.private, b.cookies["yingdi_console"])
	path := "/console/camps/" + camp + "/reviews/" + checkin
	_, _, page := b.do("GET", path, nil)
	token := csrf.FindStringSubmatch(page)
	if token == nil {
		s.t.Fatalf("no form: %s", page)
	}
	s.private = append(s.private, token[1])
	if status, _, _ := b.do("POST", path, url.Values{"csrf": token[1:], "do": {"release"}, "text": {s.secret("点评里的真心话")}, "points": {"97"}}); status != http.StatusSeeOther {
		s.t.Errorf("reviewing: %d", status)
	}
}

var requestLine = regexp.MustCompile(`(?m)^.* msg=request request=(\S+) .*$`)

func TestTheLogNamesEveryRequestOnceAndNobody(t *testing.T) {
	t.Parallel()
	c := develop(t, prepare(t, 0, 1).folder, "YINGDI_LOG_LEVEL=debug")
	s := &spy{client: c.client, private: []string{"203.0.113.77", "agent-frobozz", "cookie-gnusto"}}
	var camps campList
	s.json(http.StatusOK, "GET /api/v1/camps", "", "", &camps)
	checkin, token := s.day(camps.Items[0].ID)
	s.review(camps.Items[0].ID, checkin)
	s.await(func() bool { // the review is announced
		var inbox struct{ Items []json.RawMessage }
		s.json(http.StatusOK, "GET /api/v1/notices", token, "", &inbox)
		return len(inbox.Items) > 0
	})
	c.await(`msg="job did not succeed"`)
	var people []struct {
		OpenID string `json:"openid"`
		Name   string
	}
	s.json(http.StatusOK, "GET /dev/wechat/people", "", "", &people)
	if len(people) < 2 {
		t.Errorf("who is there? %+v", people)
	}
	for _, p := range people {
		s.private = append(s.private, p.OpenID)
	}
	c.signal(syscall.SIGTERM)
	c.end()

	said := c.said.String()
	for _, private := range s.private {
		if private == "" || strings.Contains(said, private) {
			t.Errorf("the log holds %q", private)
		}
	}
	var named []string
	for _, found := range requestLine.FindAllStringSubmatch(said, -1) {
		named = append(named, found[1])
	}
	if slices.Sort(named); len(slices.Compact(slices.Clone(named))) != len(named) {
		t.Error("two requests have one name, or one has two lines")
	}
	for _, id := range s.requests {
		if id == "" || strings.Count(said, id) != 1 {
			t.Errorf("the request %q is in the log %d times, want once", id, strings.Count(said, id))
		}
	}
	if n := strings.Count(said, "level=ERROR msg=request"); n != 1 {
		t.Errorf("one request failed by no fault of its client, and the log knows of %d", n)
	}
}
