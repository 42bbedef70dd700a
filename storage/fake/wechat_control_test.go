package fake_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yingdi/storage/fake"
)

func TestTheControlPage(t *testing.T) {
	t.Parallel()
	o, _ := options()
	w := newFake(t, o)
	page := w.Control("/dev/wechat")
	post := func(path string, form url.Values, header ...string) *httptest.ResponseRecorder {
		req := httptest.NewRequest(http.MethodPost, "/dev/wechat/"+path, strings.NewReader(form.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for i := 0; i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		rec := httptest.NewRecorder()
		page.ServeHTTP(rec, req)
		return rec
	}
	get := func(path string) *httptest.ResponseRecorder {
		rec := httptest.NewRecorder()
		page.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		return rec
	}
	const evil = `<script>alert("小明")</script>`
	for _, act := range []struct {
		path string
		form url.Values
	}{
		{"login", url.Values{"name": {evil}}},
		{"phone", url.Values{"name": {"小红"}, "phone": {"13800138000"}}},
		{"visit", url.Values{"who": {"小红"}}},
		{"grant", url.Values{"who": {"小红"}, "template": {"reminder"}, "n": {"2"}}},
		{"decline", url.Values{"who": {"小红"}, "template": {"reminder"}}},
		{"switch-off", url.Values{"who": {evil}, "template": {"reminder"}}},
		{"revoke", url.Values{"who": {evil}}},
		{"verdict", url.Values{"suggest": {"risky"}}},
		{"fault", url.Values{"path": {"/wxa/msg_sec_check"}, "code": {"45009"}, "mode": {"code"}}},
		{"fault", url.Values{"mode": {"slow"}, "path": {"/wxa/generate_urllink"}, "seconds": {"2"}}},
		{"push-fault", url.Values{"fault": {"drop"}}},
		{"deliver", nil},
	} {
		if rec := post(act.path, act.form); rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != "/dev/wechat/" {
			t.Errorf("%s: %d %s", act.path, rec.Code, rec.Body)
		}
	}
	access, _ := token(t, w, "")
	ask(t, w, "POST", "/cgi-bin/message/subscribe/send?access_token="+access, `{"touser":"`+w.OpenID("小红")+`","template_id":"reminder","page":"pages/<i>","data":{"thing1":{"value":"<b>练琴"}}}`)

	for _, path := range []string{"/dev/wechat", "/dev/wechat/"} {
		rec := get(path)
		html := rec.Body.String()
		if rec.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", path, rec.Code, html)
		}
		for _, want := range []string{"模拟微信", "小红", "打卡提醒", "任务", "&lt;b&gt;练琴", "45009", "push: drop", "已定：risky"} {
			if !strings.Contains(html, want) {
				t.Errorf("%s is not on the page", want)
			}
		}
		if strings.Contains(html, "13800138000") {
			t.Error("a phone number is on the page")
		}
		if strings.Contains(html, "<script") || strings.Contains(html, "<b>练琴") || strings.Contains(html, "http://") || strings.Contains(html, "https://") {
			t.Error("something is not escaped, or comes from elsewhere")
		}
	}
	for name, form := range map[string][2]any{
		"login":      {"login", url.Values{"name": {" "}}},
		"long name":  {"login", url.Values{"name": {strings.Repeat("a", 65)}}},
		"grant":      {"grant", url.Values{"who": {"x"}}},
		"verdict":    {"verdict", url.Values{"suggest": {"maybe"}}},
		"no errcode": {"fault", url.Values{"path": {""}}},
		"no path":    {"fault", url.Values{"path": {"/nowhere"}, "code": {"1"}}},
		"no mode":    {"fault", url.Values{"mode": {"explode"}}},
		"push fault": {"push-fault", url.Values{"fault": {"explode"}}},
	} {
		if rec := post(form[0].(string), form[1].(url.Values)); rec.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, rec.Code)
		}
	}
	if rec := post("login", url.Values{"name": {"小红"}}, "Sec-Fetch-Site", "cross-site"); rec.Code != http.StatusForbidden {
		t.Errorf("a form on another site: %d", rec.Code)
	}
	rec := post("login", url.Values{"name": {"小红"}}, "Accept", "application/json")
	var login struct{ Code, OpenID string }
	if json.Unmarshal(rec.Body.Bytes(), &login); login.Code == "" || login.OpenID != w.OpenID("小红") {
		t.Errorf("login as a program: %s", rec.Body)
	}
	var sent []fake.Sent
	if json.Unmarshal(get("/dev/wechat/sent").Body.Bytes(), &sent); cmp.Diff(w.Sent(), sent) != "" {
		t.Errorf("sent: %s", cmp.Diff(w.Sent(), sent))
	}
	var pushes []fake.Push
	if json.Unmarshal(get("/dev/wechat/pushes").Body.Bytes(), &pushes); cmp.Diff(w.Pushes(), pushes) != "" {
		t.Errorf("pushes: %s", cmp.Diff(w.Pushes(), pushes))
	}
	var people []fake.Person
	if json.Unmarshal(get("/dev/wechat/people").Body.Bytes(), &people); cmp.Diff(w.People(), people) != "" {
		t.Errorf("people: %s", cmp.Diff(w.People(), people))
	}
}
