package wechat_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"yingdi/storage/fake"
	"yingdi/storage/wechat"
)

// clock stands still until it is moved.
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

const (
	appSecret = "the-app-secret-of-a-test"
	pushToken = "thePushToken"
	aesKey    = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	reviewed  = "template-reviewed"
	reminder  = "template-reminder"
)

var templates = []fake.Template{
	{ID: reviewed, Title: "点评通知", Keywords: []fake.Keyword{{Name: "thing1", Label: "课程"}, {Name: "phrase2", Label: "结果"}, {Name: "time3", Label: "时间"}}},
	{ID: reminder, Title: "打卡提醒", Keywords: []fake.Keyword{{Name: "thing1", Label: "任务"}}},
}

// world is a fake WeChat, the real client pointed at it, and what counts the calls in between.
type world struct {
	*wechat.Client
	fake  *fake.WeChat
	clock *clock
	redis *miniredis.Miniredis
	calls *counter
}

type counter struct {
	mu    sync.Mutex
	paths map[string]int
	hosts map[string]bool
}

func (c *counter) of(path string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.paths[path]
}

func (c *counter) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		c.paths[r.URL.Path]++
		c.hosts[r.Host] = true
		c.mu.Unlock()
		next.ServeHTTP(w, r)
	})
}

func newWorld(t testing.TB, change ...func(*wechat.Options, *fake.Options)) *world {
	t.Helper()
	w := &world{
		clock: &clock{now: time.Date(2026, 3, 5, 1, 0, 0, 0, time.UTC)},
		calls: &counter{paths: map[string]int{}, hosts: map[string]bool{}},
		redis: miniredis.RunT(t),
	}
	client := redis.NewClient(&redis.Options{Addr: w.redis.Addr(), MaxRetries: -1, DialerRetries: 1})
	t.Cleanup(func() { client.Close() })
	o := wechat.Options{AppID: fake.AppID, AppSecret: appSecret, Token: pushToken, EncodingAESKey: aesKey, Redis: client}
	f := fake.Options{AppSecret: appSecret, Token: pushToken, AESKey: aesKey, Clock: w.clock, Templates: templates}
	for _, c := range change {
		c(&o, &f)
	}
	var err error
	if w.fake, err = fake.NewWeChat(f); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(w.calls.around(w.fake))
	t.Cleanup(server.Close)
	if o.BaseURL == "" {
		o.BaseURL = server.URL
	}
	if w.Client, err = wechat.New(o); err != nil {
		t.Fatal(err)
	}
	return w
}

// someone logs in and returns the openid.
func (w *world) someone(t testing.TB, name string) string {
	t.Helper()
	who, err := w.Login(context.Background(), w.fake.LoginCode(name))
	if err != nil {
		t.Fatal(err)
	}
	return who.OpenID
}

func TestNewRefusesOptionsThatCannotWork(t *testing.T) {
	t.Parallel()
	good := wechat.Options{AppID: "a", AppSecret: "b", Token: "c", EncodingAESKey: aesKey, Redis: redis.NewClient(&redis.Options{})}
	for fault, spoil := range map[string]func(*wechat.Options){
		"AppID":          func(o *wechat.Options) { o.AppID = "" },
		"AppSecret":      func(o *wechat.Options) { o.AppSecret = "" },
		"Token":          func(o *wechat.Options) { o.Token = "" },
		"EncodingAESKey": func(o *wechat.Options) { o.EncodingAESKey = "short" },
		"Redis":          func(o *wechat.Options) { o.Redis = nil },
		"Version":        func(o *wechat.Options) { o.Version = "beta" },
		"BaseURL":        func(o *wechat.Options) { o.BaseURL = "ftp://somewhere" },
	} {
		o := good
		spoil(&o)
		if _, err := wechat.New(o); err == nil || !strings.Contains(err.Error(), fault) {
			t.Errorf("%s: got %v", fault, err)
		}
	}
}
