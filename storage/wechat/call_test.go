package wechat_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/silenceper/wechat/v2/util"

	"yingdi/domain"
	core "yingdi/domain/wechat"
	"yingdi/storage/fake"
	"yingdi/storage/wechat"
)

func TestOneConsentIsOneMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	openID := w.someone(t, "小明")
	message := core.Message{OpenID: openID, Template: reviewed, Page: "pages/review/show?id=1",
		Values: map[string]string{"thing1": "每日一曲", "phrase2": "已点评", "time3": "2026-03-05 09:00"}}
	if err := w.Send(context.Background(), message); !errors.Is(err, core.ErrNoConsent) {
		t.Fatalf("without consent: got %v", err)
	}
	w.fake.Grant("小明", reviewed, 1)
	bad := message
	bad.Values = map[string]string{"thing1": strings.Repeat("长", 21), "phrase2": "已点评", "time3": "09:00"}
	if err := w.Send(context.Background(), bad); !errors.Is(err, core.ErrBadMessage) {
		t.Fatalf("a bad value: got %v", err)
	}
	if err := w.Send(context.Background(), message); err != nil {
		t.Fatalf("a bad value used up the consent: %v", err)
	}
	if err := w.Send(context.Background(), message); !errors.Is(err, core.ErrNoConsent) {
		t.Fatalf("a second message: got %v", err)
	}
	sent := w.fake.Sent()
	if len(sent) != 1 {
		t.Fatalf("%d messages were sent", len(sent))
	}
	want := fake.Sent{ID: sent[0].ID, Kind: "subscribe", OpenID: openID, Name: "小明", Template: reviewed, Page: message.Page, Values: message.Values, At: w.clock.Now()}
	if diff := cmp.Diff(want, sent[0]); diff != "" {
		t.Error(diff)
	}
}

func TestAMessageThatDoesNotFitIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	openID := w.someone(t, "小明")
	w.fake.Grant("小明", reviewed, 5)
	good := map[string]string{"thing1": "每日一曲", "phrase2": "已点评", "time3": "09:00"}
	with := func(key, value string) map[string]string {
		values := map[string]string{}
		for k, v := range good {
			values[k] = v
		}
		values[key] = value
		return values
	}
	for name, test := range map[string]struct {
		message core.Message
		want    error
	}{
		"empty value":      {core.Message{OpenID: openID, Template: reviewed, Values: with("thing1", "")}, core.ErrBadMessage},
		"long phrase":      {core.Message{OpenID: openID, Template: reviewed, Values: with("phrase2", "已经点评过")}, nil},
		"too long phrase":  {core.Message{OpenID: openID, Template: reviewed, Values: with("phrase2", "已经点评过了")}, core.ErrBadMessage},
		"no time":          {core.Message{OpenID: openID, Template: reviewed, Values: with("time3", "明天")}, core.ErrBadMessage},
		"foreign keyword":  {core.Message{OpenID: openID, Template: reviewed, Values: with("thing9", "x")}, core.ErrBadMessage},
		"no values":        {core.Message{OpenID: openID, Template: reviewed}, core.ErrBadMessage},
		"unknown template": {core.Message{OpenID: openID, Template: "nowhere", Values: good}, core.ErrBadTemplate},
		"unknown person":   {core.Message{OpenID: "oNobody", Template: reviewed, Values: good}, core.ErrUnknown},
		"page with slash":  {core.Message{OpenID: openID, Template: reviewed, Page: "/pages/x", Values: good}, core.ErrRefused},
	} {
		if err := w.Send(context.Background(), test.message); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", name, err, test.want)
		}
	}
}

func TestCheckText(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	openID := w.someone(t, "小明")
	for text, want := range map[string]core.Verdict{
		"今天练了三遍":                  {Suggest: core.Pass, Label: 100},
		"一起赌博":                    {Suggest: core.Risky, Label: 20006},
		"有兴趣的加微信":                 {Suggest: core.Review, Label: 10001},
		" \n":                     {Suggest: core.Pass, Label: 100},
		"<b>&amp;":                {Suggest: core.Pass, Label: 100},
		strings.Repeat("字", 2500): {Suggest: core.Pass, Label: 100},
	} {
		got, err := w.CheckText(context.Background(), openID, text)
		if err != nil || got != want {
			t.Errorf("%.20q: got %+v, %v", text, got, err)
		}
	}
	if _, err := w.CheckText(context.Background(), openID, strings.Repeat("字", 2501)); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("too long: got %v", err)
	}
	w.clock.Add(2*time.Hour + time.Second)
	if _, err := w.CheckText(context.Background(), openID, "你好"); !errors.Is(err, core.ErrInactive) {
		t.Errorf("after two hours away: got %v", err)
	}
	w.fake.Visit("小明")
	if _, err := w.CheckText(context.Background(), openID, "你好"); err != nil {
		t.Errorf("back again: got %v", err)
	}
}

func TestEveryErrorCodeHasItsRefusalAndNamesNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	openID := w.someone(t, "小明")
	w.fake.Grant("小明", reminder, 100)
	loginCode, phoneCode := "0SecretLoginCode", "0SecretPhoneCode"
	acts := map[string]func() error{
		"/sns/jscode2session":              func() error { _, err := w.Login(context.Background(), loginCode); return err },
		"/wxa/business/getuserphonenumber": func() error { _, err := w.Phone(context.Background(), phoneCode); return err },
		"/cgi-bin/message/subscribe/send": func() error {
			return w.Send(context.Background(), core.Message{OpenID: openID, Template: reminder, Values: map[string]string{"thing1": "私密内容"}})
		},
		"/wxa/getwxacodeunlimit": func() error { _, err := w.QR(context.Background(), "secretscene", ""); return err },
		"/wxa/msg_sec_check":     func() error { _, err := w.CheckText(context.Background(), openID, "私密内容"); return err },
		"/wxa/media_check_async": func() error {
			_, err := w.CheckMedia(context.Background(), openID, "https://media.example/secret", core.Image)
			return err
		},
		"/wxa/generate_urllink": func() error { _, err := w.Link(context.Background(), "pages/a", "secret"); return err },
	}
	codes := map[int]error{
		-1: core.ErrUnreachable, 40029: core.ErrBadCode, 40163: core.ErrCodeUsed, 45011: core.ErrTooOften, 40226: core.ErrBlocked,
		43101: core.ErrNoConsent, 47003: core.ErrBadMessage, 40037: core.ErrBadTemplate, 61010: core.ErrInactive, 40003: core.ErrUnknown,
		45009: core.ErrQuota, 40164: core.ErrSetup, 48001: core.ErrSetup, 99999: core.ErrRefused,
	}
	for path, act := range acts {
		for code, want := range codes {
			w.fake.Inject(fake.Fault{Path: path, Code: code})
			err := act()
			if !errors.Is(err, want) {
				t.Errorf("%s %d: got %v, want %v", path, code, err, want)
			}
			namesNobody(t, err, openID, loginCode, phoneCode)
			if !strings.Contains(fmt.Sprint(err), fmt.Sprint(code)) {
				t.Errorf("%s: the code is not in %v", path, err)
			}
		}
		w.fake.Inject(fake.Fault{Path: path, Down: true})
		err := act()
		if !errors.Is(err, core.ErrUnreachable) {
			t.Errorf("%s down: got %v", path, err)
		}
		namesNobody(t, err, openID, loginCode, phoneCode)
		w.fake.Inject(fake.Fault{Path: path, Lost: true})
		if err := act(); !errors.Is(err, core.ErrUnreachable) {
			t.Errorf("%s lost: got %v", path, err)
		}
	}
	if n := w.calls.of("/cgi-bin/stable_token"); n != 1 {
		t.Errorf("the token was asked for %d times", n)
	}
}

func namesNobody(t *testing.T, err error, secrets ...string) {
	t.Helper()
	for _, s := range append(secrets, appSecret, "access_token=", "fake_", "私密", "secret") {
		if strings.Contains(fmt.Sprint(err), s) {
			t.Errorf("%q is in %v", s, err)
		}
	}
}

func TestTwoClientsInOneProcessKeepApart(t *testing.T) {
	t.Parallel()
	a, b := newWorld(t), newWorld(t)
	a.fake.Inject(fake.Fault{Path: "/wxa/getwxacodeunlimit", Code: 45009})
	if _, err := b.QR(context.Background(), "a", ""); err != nil {
		t.Errorf("b met the fault of a: %v", err)
	}
	if _, err := a.QR(context.Background(), "a", ""); !errors.Is(err, core.ErrQuota) {
		t.Errorf("a: got %v", err)
	}
}

func TestASlowWeChatIsGivenUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *wechat.Options, _ *fake.Options) { o.Timeout = 50 * time.Millisecond })
	w.fake.Inject(fake.Fault{Path: "/cgi-bin/stable_token", Hang: true}) // a call with the SDK's context
	if _, err := w.QR(context.Background(), "a", ""); !errors.Is(err, core.ErrUnreachable) {
		t.Errorf("token: got %v", err)
	}
	w.fake.Inject(fake.Fault{Path: "/wxa/getwxacodeunlimit", Hang: true}) // one where the SDK has none
	if _, err := w.QR(context.Background(), "a", ""); !errors.Is(err, core.ErrUnreachable) {
		t.Errorf("code: got %v", err)
	}
}

func TestACallEndsWithItsContext(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fake.Inject(fake.Fault{Path: "/wxa/getwxacodeunlimit", Hang: true})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { _, err := w.QR(ctx, "a", ""); done <- err }()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestAnswersThatMakeNoSense(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"another app's number": `{"phone_info":{"purePhoneNumber":"13800138000","countryCode":"86","watermark":{"appid":"wx1111111111111111"}}}`,
		"no number":            `{"phone_info":{"purePhoneNumber":"x","countryCode":"86","watermark":{"appid":"` + fake.AppID + `"}}}`,
		"empty":                "", "not JSON": "<html>", "other JSON": `[1]`, "nothing in it": `{}`, "wrong type": `{"errcode":"x"}`, "null": "null",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, answering(t, answer, 7200))
			if _, err := w.Login(context.Background(), "abc"); !errors.Is(err, core.ErrUnreachable) {
				t.Errorf("login: got %v", err)
			}
			if _, err := w.Phone(context.Background(), "abc"); !errors.Is(err, core.ErrUnreachable) {
				t.Errorf("phone: got %v", err)
			}
			if _, err := w.QR(context.Background(), "abc", ""); !errors.Is(err, core.ErrUnreachable) {
				t.Errorf("code: got %v", err)
			}
			if _, err := w.Link(context.Background(), "abc", ""); !errors.Is(err, core.ErrUnreachable) {
				t.Errorf("link: got %v", err)
			}
			if _, err := w.CheckMedia(context.Background(), "o", "https://x", core.Image); !errors.Is(err, core.ErrUnreachable) {
				t.Errorf("media: got %v", err)
			}
			if v, err := w.CheckText(context.Background(), "o", "你好"); err == nil && v.Suggest != core.Review {
				t.Errorf("a check must fail closed, got %+v", v)
			}
		})
	}
}

// answering puts a server in WeChat's place that says the same whatever it is asked.
func answering(t *testing.T, answer string, tokenLife int) func(*wechat.Options, *fake.Options) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/cgi-bin/stable_token" {
			fmt.Fprintf(rw, `{"access_token":"t","expires_in":%d}`, tokenLife)
			return
		}
		io.WriteString(rw, answer)
	}))
	t.Cleanup(server.Close)
	return func(o *wechat.Options, _ *fake.Options) { o.BaseURL = server.URL }
}

func TestNothingElseLeavesThroughTheSDK(t *testing.T) {
	t.Parallel()
	newWorld(t)
	if _, err := util.HTTPGet("https://api.weixin.qq.com/sns/jscode2session?access_token=stolen"); err == nil {
		t.Error("a call outside any client went out")
	}
	if _, err := util.HTTPGet("http://example.com/"); err == nil {
		t.Error("another host was reached")
	}
}
