package wechat_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/jpeg"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/silenceper/wechat/v2/util"
	"github.com/skip2/go-qrcode"

	"yingdi/domain"
	core "yingdi/domain/wechat"
	"yingdi/storage/fake"
	"yingdi/storage/wechat"
)

func TestLoginGivesTheSamePersonEveryTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, err := w.Login(context.Background(), w.fake.LoginCode("小明"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.Login(context.Background(), w.fake.LoginCode("小明"))
	if err != nil {
		t.Fatal(err)
	}
	if first.OpenID != again.OpenID || first.OpenID != w.fake.OpenID("小明") || first.UnionID == "" || first.SessionKey == "" {
		t.Errorf("got %+v, then %+v", first, again)
	}
	if other := w.someone(t, "小红"); other == first.OpenID {
		t.Error("two people share an openid")
	}
	if w.calls.of("/cgi-bin/stable_token") != 0 {
		t.Error("a login needs no access token")
	}
	if !w.calls.hosts["api.weixin.qq.com"] {
		t.Errorf("the Host header lost WeChat's name: %v", w.calls.hosts)
	}
}

func TestALoginCodeWorksOnceAndForFiveMinutes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	used := w.fake.LoginCode("小明")
	if _, err := w.Login(context.Background(), used); err != nil {
		t.Fatal(err)
	}
	old := w.fake.LoginCode("小明")
	w.clock.Add(5*time.Minute + time.Second)
	for name, test := range map[string]struct {
		code string
		want error
	}{
		"used":    {used, core.ErrBadCode}, // and expired by now
		"expired": {old, core.ErrBadCode},
		"unknown": {"0abc", core.ErrBadCode},
		"phone":   {w.fake.PhoneCode("小明", "13800138000"), core.ErrBadCode},
	} {
		if _, err := w.Login(context.Background(), test.code); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", name, err, test.want)
		}
	}
	twice := w.fake.LoginCode("小明")
	w.Login(context.Background(), twice)
	if _, err := w.Login(context.Background(), twice); !errors.Is(err, core.ErrCodeUsed) {
		t.Errorf("used: got %v", err)
	}
}

func TestAMalformedCodeNeverLeavesTheProcess(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, code := range []string{"", "a&appid=evil", "a b", "a#", "../x", strings.Repeat("a", 129), "验证码", "a\n"} {
		if _, err := w.Login(context.Background(), code); !errors.Is(err, core.ErrBadCode) {
			t.Errorf("login %q: got %v", code, err)
		}
		if _, err := w.Phone(context.Background(), code); !errors.Is(err, core.ErrBadCode) {
			t.Errorf("phone %q: got %v", code, err)
		}
	}
	if n := len(w.calls.paths); n != 0 {
		t.Errorf("%d calls were made", n)
	}
}

func TestPhoneIsE164(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for given, want := range map[string]string{
		"13800138000": "+8613800138000", "+8613800138000": "+8613800138000", "+85291234567": "+85291234567", "+14155550123": "+14155550123",
	} {
		code := w.fake.PhoneCode("小明", given)
		got, err := w.Phone(context.Background(), code)
		if err != nil || got != want {
			t.Errorf("%s: got %s, %v", given, got, err)
		}
		if _, err := w.Phone(context.Background(), code); !errors.Is(err, core.ErrBadCode) {
			t.Errorf("a second time: got %v", err)
		}
	}
}

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

func TestACodeCanBeScanned(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const scene, page = "c=abc123&f=~!#$'()*+,/:;=?@-._", "pages/camp/show"
	picture, err := w.QR(context.Background(), scene, page)
	if err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	text := w.fake.CodeText(scene, page)
	if u, err := url.Parse(text); err != nil || u.Query().Get("scene") != scene || u.Query().Get("page") != page {
		t.Fatalf("the code says %s", text)
	}
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		t.Fatal(err)
	}
	modules := code.Bitmap()
	middle := func(n int) int { return (2*n + 1) * img.Bounds().Dx() / (2 * len(modules)) }
	for y, row := range modules {
		for x, dark := range row {
			r, _, _, _ := img.At(middle(x), middle(y)).RGBA()
			if (r < 0x8000) != dark {
				t.Fatalf("module %d,%d is wrong", x, y)
			}
		}
	}
}

func TestACodeThatWeChatWouldRefuseIsNotAskedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, test := range map[string]struct{ scene, page string }{
		"no scene":        {"", "pages/a"},
		"long scene":      {strings.Repeat("a", 33), "pages/a"},
		"percent":         {"a%20", "pages/a"},
		"Chinese":         {"营地", "pages/a"},
		"leading slash":   {"a", "/pages/a"},
		"page with query": {"a", "pages/a?b=c"},
	} {
		if _, err := w.QR(context.Background(), test.scene, test.page); !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if w.calls.of("/wxa/getwxacodeunlimit") != 0 {
		t.Error("WeChat was asked")
	}
}

func TestLink(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	link, err := w.Link(context.Background(), "pages/camp/show", "id=1&channel=a")
	if err != nil || !strings.HasPrefix(link, "https://") {
		t.Errorf("got %q, %v", link, err)
	}
	if _, err := w.Link(context.Background(), "/pages/x", ""); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("leading slash: got %v", err)
	}
	if _, err := w.Link(context.Background(), "pages/x", strings.Repeat("a", 1025)); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("long query: got %v", err)
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

func TestATokenThatIsNoLongerTakenIsRenewedOnce(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*fake.WeChat){"expired 42001": (*fake.WeChat).ExpireTokens, "unknown 40001": (*fake.WeChat).ForgetTokens} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			openID := w.someone(t, "小明")
			for range 2 {
				if _, err := w.CheckText(context.Background(), openID, "你好"); err != nil {
					t.Fatal(err)
				}
			}
			if n := w.calls.of("/cgi-bin/stable_token"); n != 1 {
				t.Fatalf("two calls asked for %d tokens", n)
			}
			spoil(w.fake)
			w.fake.Grant("小明", reminder, 1)
			if err := w.Send(context.Background(), core.Message{OpenID: openID, Template: reminder, Values: map[string]string{"thing1": "打卡"}}); err != nil {
				t.Fatal(err)
			}
			if n := w.calls.of("/cgi-bin/stable_token"); n != 2 {
				t.Errorf("%d tokens were asked for, want 2", n)
			}
			if n := len(w.fake.Sent()); n != 1 {
				t.Errorf("%d messages were sent", n)
			}
		})
	}
}

func TestATokenThatIsRefusedTwiceIsAnError(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, code := range []int{40001, 42001} {
		w.fake.Inject(fake.Fault{Path: "/wxa/getwxacodeunlimit", Code: code, Times: 2})
		before := w.calls.of("/wxa/getwxacodeunlimit")
		if _, err := w.QR(context.Background(), "a", ""); !errors.Is(err, core.ErrSetup) {
			t.Errorf("%d: got %v", code, err)
		}
		if n := w.calls.of("/wxa/getwxacodeunlimit") - before; n != 2 {
			t.Errorf("%d: tried %d times", code, n)
		}
	}
}

func TestAWrongSecretIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *wechat.Options, _ *fake.Options) { o.AppSecret = "another" })
	if _, err := w.QR(context.Background(), "a", ""); !errors.Is(err, core.ErrSetup) {
		t.Errorf("got %v", err)
	}
	w.fake.Inject(fake.Fault{Path: "/cgi-bin/stable_token", Code: 40001})
	if _, err := w.QR(context.Background(), "a", ""); !errors.Is(err, core.ErrSetup) {
		t.Errorf("got %v", err)
	}
	if n := w.calls.of("/cgi-bin/stable_token"); n != 2 {
		t.Errorf("tried %d times", n)
	}
}

func TestATokenNearItsEndIsUsedButNotKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, err := w.QR(context.Background(), "a", ""); err != nil {
		t.Fatal(err)
	}
	keys := w.redis.Keys()
	if len(keys) != 1 || w.redis.TTL(keys[0]) != 2*time.Hour-5*time.Minute {
		t.Fatalf("Redis holds %v", keys)
	}
	w.redis.FlushAll()
	w.clock.Add(2*time.Hour - 5*time.Minute - time.Second) // 301 seconds are left
	if _, err := w.QR(context.Background(), "a", ""); err != nil {
		t.Fatal(err)
	}
	if ttl := w.redis.TTL(w.redis.Keys()[0]); ttl != time.Second {
		t.Errorf("kept for %v", ttl)
	}
}

func TestWithoutRedisItStillWorks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.redis.Close()
	for range 2 {
		if _, err := w.QR(context.Background(), "a", ""); err != nil {
			t.Fatal(err)
		}
	}
}

func TestManyAtOnceShareOneToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	openID := w.someone(t, "小明")
	atOnce := func() {
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() {
				var err error
				switch i % 3 {
				case 0:
					_, err = w.CheckText(context.Background(), openID, "你好")
				case 1:
					_, err = w.QR(context.Background(), "a", "")
				case 2:
					_, err = w.Link(context.Background(), "pages/a", "")
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	atOnce()
	if n := w.calls.of("/cgi-bin/stable_token"); n != 1 {
		t.Errorf("%d tokens for forty calls", n)
	}
	w.fake.ExpireTokens()
	atOnce()
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

func TestATokenIsNeverKeptForever(t *testing.T) {
	t.Parallel()
	for _, life := range []int{300, 299, 0, -1} {
		w := newWorld(t, answering(t, `{"url_link":"https://x"}`, life))
		if _, err := w.Link(context.Background(), "a", ""); err != nil {
			t.Fatal(err)
		}
		if keys := w.redis.Keys(); len(keys) != 0 {
			t.Errorf("%d seconds: Redis keeps %v for %v", life, keys, w.redis.TTL(keys[0]))
		}
	}
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
