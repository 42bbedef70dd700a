package fake_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/storage/fake"
)

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func options() (fake.Options, *clock) {
	c := &clock{now: time.Date(2026, 3, 5, 1, 0, 0, 0, time.UTC)}
	return fake.Options{
		AppSecret: "secret", Token: "token", AESKey: strings.Repeat("A", 43), Clock: c,
		Templates: []fake.Template{{ID: "reminder", Title: "打卡提醒", Keywords: []fake.Keyword{{Name: "thing1", Label: "任务"}}}},
	}, c
}

func newFake(t *testing.T, o fake.Options) *fake.WeChat {
	t.Helper()
	w, err := fake.NewWeChat(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

// ask makes one raw call, as a program without any SDK would.
func ask(t *testing.T, w http.Handler, method, path, body string) map[string]any {
	t.Helper()
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, httptest.NewRequest(method, path, strings.NewReader(body)))
	var answer map[string]any
	if err := json.Unmarshal(rec.Body.Bytes(), &answer); err != nil || rec.Code != http.StatusOK {
		t.Fatalf("%s: status %d, %q", path, rec.Code, rec.Body)
	}
	return answer
}

func token(t *testing.T, w http.Handler, force string) (string, float64) {
	t.Helper()
	answer := ask(t, w, "POST", "/cgi-bin/stable_token", `{"grant_type":"client_credential","appid":"`+fake.AppID+`","secret":"secret"`+force+`}`)
	return answer["access_token"].(string), answer["expires_in"].(float64)
}

func TestAStableTokenStaysUntilShortlyBeforeItsEnd(t *testing.T) {
	t.Parallel()
	o, c := options()
	w := newFake(t, o)
	a, left := token(t, w, "")
	if left != 7200 {
		t.Errorf("it lasts %v seconds", left)
	}
	c.Add(time.Hour)
	if b, left := token(t, w, ""); b != a || left != 3600 {
		t.Errorf("another one, or %v seconds", left)
	}
	c.Add(56 * time.Minute)
	next, _ := token(t, w, "")
	if next == a {
		t.Error("no new one five minutes before the end")
	}
	link := func(token string) any {
		return ask(t, w, "POST", "/wxa/generate_urllink?access_token="+token, `{}`)["errcode"]
	}
	if code := link(a); code != 0.0 {
		t.Errorf("the old one ended early: %v", code)
	}
	c.Add(4 * time.Minute)
	if code := link(a); code != 42001.0 {
		t.Errorf("the old one lives on: %v", code)
	}
	forced, _ := token(t, w, `,"force_refresh":true`)
	if code := link(next); forced == next || code != 40001.0 {
		t.Errorf("after a forced one: %v", code)
	}
	if code := link("nonsense"); code != 40001.0 {
		t.Errorf("an unknown one: %v", code)
	}
	if code := link(""); code != 41001.0 {
		t.Errorf("none: %v", code)
	}
}

func TestRawRefusals(t *testing.T) {
	t.Parallel()
	o, _ := options()
	w := newFake(t, o)
	code := w.LoginCode("小明")
	access, _ := token(t, w, "")
	for _, test := range []struct {
		name, method, path, body string
		want                     float64
	}{
		{"wrong app", "GET", "/sns/jscode2session?appid=x&secret=secret&js_code=" + code, "", 40013},
		{"wrong secret", "GET", "/sns/jscode2session?appid=" + fake.AppID + "&secret=x&js_code=" + code, "", 40125},
		{"wrong method", "POST", "/sns/jscode2session", "{}", 43001},
		{"wrong method too", "GET", "/wxa/msg_sec_check?access_token=" + access, "", 43002},
		{"empty body", "POST", "/wxa/msg_sec_check?access_token=" + access, " ", 44002},
		{"not JSON", "POST", "/wxa/msg_sec_check?access_token=" + access, "x", 47001},
		{"old version of the check", "POST", "/wxa/msg_sec_check?access_token=" + access, `{"content":"x"}`, 47001},
		{"bad scene", "POST", "/wxa/msg_sec_check?access_token=" + access, `{"content":"x","version":2,"scene":9}`, 40129},
		{"unknown person", "POST", "/wxa/msg_sec_check?access_token=" + access, `{"content":"x","version":2,"scene":1,"openid":"o"}`, 40003},
		{"long text", "POST", "/wxa/msg_sec_check?access_token=" + access, `{"content":"` + strings.Repeat("字", 2501) + `","version":2,"scene":1}`, 45002},
		{"a video", "POST", "/wxa/media_check_async?access_token=" + access, `{"media_url":"x","media_type":3,"version":2,"scene":1}`, 47001},
		{"scene with a space", "POST", "/wxa/getwxacodeunlimit?access_token=" + access, `{"scene":"a b","check_path":false}`, 40169},
		{"path checked", "POST", "/wxa/getwxacodeunlimit?access_token=" + access, `{"scene":"a"}`, 41030},
		{"page with slash", "POST", "/wxa/getwxacodeunlimit?access_token=" + access, `{"scene":"a","page":"/a","check_path":false}`, 41030},
		{"custom to nobody", "POST", "/cgi-bin/message/custom/send?access_token=" + access, `{"touser":"o","msgtype":"text","text":{"content":"x"}}`, 40003},
		{"custom without text", "POST", "/cgi-bin/message/custom/send?access_token=" + access, `{"touser":"o","msgtype":"text"}`, 47001},
	} {
		if got := ask(t, w, test.method, test.path, test.body)["errcode"]; got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/nothing", nil))
	if rec.Code != http.StatusNotFound {
		t.Errorf("an unknown path: %d", rec.Code)
	}
}

func TestACustomMessageWithinTwoDays(t *testing.T) {
	t.Parallel()
	o, c := options()
	w := newFake(t, o)
	w.Visit("小明")
	send := func() any {
		access, _ := token(t, w, "")
		return ask(t, w, "POST", "/cgi-bin/message/custom/send?access_token="+access, `{"touser":"`+w.OpenID("小明")+`","msgtype":"text","text":{"content":"你好"}}`)["errcode"]
	}
	if code := send(); code != 0.0 {
		t.Errorf("got %v", code)
	}
	c.Add(48*time.Hour + time.Second)
	if code := send(); code != 45015.0 {
		t.Errorf("after two days: %v", code)
	}
	if sent := w.Sent(); len(sent) != 1 || sent[0].Values["text"] != "你好" {
		t.Errorf("got %+v", sent)
	}
}

func TestEverythingThatMattersOutlivesAKill(t *testing.T) {
	t.Parallel()
	o, _ := options()
	o.Journal = filepath.Join(t.TempDir(), "wechat.jsonl")
	before := newFake(t, o)
	before.Grant("小明", "reminder", 2)
	before.Visit("小红")
	access, _ := token(t, before, "")
	ask(t, before, "POST", "/cgi-bin/message/subscribe/send?access_token="+access, `{"touser":"`+before.OpenID("小明")+`","template_id":"reminder","data":{"thing1":{"value":"打卡"}}}`)
	arrived := 0
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		arrived++
		if arrived == 1 {
			io.WriteString(rw, "success")
			return
		}
		rw.WriteHeader(http.StatusInternalServerError)
	}))
	t.Cleanup(server.Close)
	before.PushTo(server.URL)
	before.Deliver(context.Background())

	// Nobody closes it: the process is gone. The last line was being written.
	file, err := os.OpenFile(o.Journal, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(file, `{"person":"oFAKE`)
	file.Close()

	for range 2 { // and again, from the mended journal
		after := newFake(t, o)
		for name, pair := range map[string][2]any{
			"people": {before.People(), after.People()}, "sent": {before.Sent(), after.Sent()}, "pushes": {before.Pushes(), after.Pushes()},
		} {
			if diff := cmp.Diff(pair[0], pair[1]); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
		if p := after.People(); len(p) != 2 || p[1].Consents["reminder"] != 1 {
			t.Errorf("got %+v", p)
		}
	}
	after := newFake(t, o)
	after.Grant("小明", "reminder", 1)
	if again := newFake(t, o); len(again.Pushes()) != len(after.Pushes()) {
		t.Error("what came after the mended line is lost")
	}
}

func TestABrokenJournalIsNotGuessedAt(t *testing.T) {
	t.Parallel()
	o, _ := options()
	o.Journal = filepath.Join(t.TempDir(), "wechat.jsonl")
	os.WriteFile(o.Journal, []byte("nonsense\n{}\n"), 0o600)
	if _, err := fake.NewWeChat(o); err == nil {
		t.Error("it was read")
	}
}

func TestAPushIsGivenUpAfterFourTries(t *testing.T) {
	t.Parallel()
	o, c := options()
	w := newFake(t, o)
	tries := 0
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		tries++
		io.WriteString(rw, "fail")
	}))
	t.Cleanup(server.Close)
	w.PushTo(server.URL)
	w.Grant("小明", "reminder", 1)
	for range 10 {
		w.Deliver(context.Background())
		c.Add(5 * time.Second)
	}
	if tries != 4 || w.Pushes()[0].State != fake.GivenUp {
		t.Errorf("%d tries, %+v", tries, w.Pushes())
	}
}

func TestRunDeliversUntilItsContextEnds(t *testing.T) {
	t.Parallel()
	o, _ := options()
	w := newFake(t, o)
	arrived := make(chan bool, 1)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		arrived <- true
		io.WriteString(rw, "success")
	}))
	t.Cleanup(server.Close)
	w.PushTo(server.URL)
	w.Grant("小明", "reminder", 1)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan bool)
	go func() { w.Run(ctx, time.Millisecond); close(done) }()
	<-arrived
	cancel()
	<-done
}

func TestValuesByType(t *testing.T) {
	t.Parallel()
	o, _ := options()
	o.Templates = nil
	types := map[string]struct{ good, bad []string }{
		"thing":            {[]string{"每日一曲", strings.Repeat("长", 20)}, []string{strings.Repeat("长", 21), "两\n行"}},
		"number":           {[]string{"1", "-2.5"}, []string{"一", "1 天", strings.Repeat("1", 33)}},
		"letter":           {[]string{"abc"}, []string{"a1"}},
		"symbol":           {[]string{"★★★"}, []string{"a", "★★★★★★"}},
		"character_string": {[]string{"A-1 b"}, []string{"中", strings.Repeat("a", 33)}},
		"time":             {[]string{"09:00", "2026年3月5日 09:00", "08:00~22:00"}, []string{"25:00", "九点", "2026年3月5日"}},
		"date":             {[]string{"2026年3月5日", "2026-03-05", "2026年3月5日 09:00"}, []string{"3月5日", "2026-13-01"}},
		"amount":           {[]string{"¥99.00", "99元", "0.5"}, []string{"九十九", "1.234"}},
		"phone_number":     {[]string{"13800138000", "+86-0766-66888866"}, []string{"abc"}},
		"name":             {[]string{"王小明", "Wang Xiaoming"}, []string{"王小明1", strings.Repeat("王", 11)}},
		"phrase":           {[]string{"已点评"}, []string{"已点评完成了", "ok"}},
		"car_number":       {[]string{"粤A8Z888"}, []string{"8"}},
	}
	for typ := range types {
		o.Templates = append(o.Templates, fake.Template{ID: typ, Keywords: []fake.Keyword{{Name: typ + "1"}}})
	}
	w := newFake(t, o)
	access, _ := token(t, w, "")
	for typ, values := range types {
		w.Grant("小明", typ, len(values.good))
		send := func(value string) any {
			body, _ := json.Marshal(map[string]any{"touser": w.OpenID("小明"), "template_id": typ, "data": map[string]any{typ + "1": map[string]any{"value": value}}})
			return ask(t, w, "POST", "/cgi-bin/message/subscribe/send?access_token="+access, string(body))["errcode"]
		}
		for _, v := range values.bad {
			if code := send(v); code != 47003.0 {
				t.Errorf("%s %q: got %v", typ, v, code)
			}
		}
		for _, v := range values.good {
			if code := send(v); code != 0.0 {
				t.Errorf("%s %q: got %v", typ, v, code)
			}
		}
	}
}
