package web

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
)

// browser answers one request behind the guard, and hands out the token that a page would carry.
func browser(t *testing.T, request *http.Request, member string) (token string, cookies []*http.Cookie, err error) {
	t.Helper()
	c := echo.New().NewContext(request, httptest.NewRecorder())
	SetActor(c, domain.Actor{Member: member})
	err = CSRF(Cookies{})(func(c echo.Context) error {
		token = CSRFToken(c)
		return nil
	})(c)
	recorder, ok := c.Response().Writer.(*httptest.ResponseRecorder)
	if !ok {
		t.Fatal("no recorder")
	}
	return token, recorder.Result().Cookies(), err
}

func post(form url.Values, cookies ...*http.Cookie) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "https://yingdi.test/console/camps", strings.NewReader(form.Encode()))
	r.Header.Set(echo.HeaderContentType, echo.MIMEApplicationForm)
	for _, cookie := range cookies {
		r.AddCookie(cookie)
	}
	return r
}

func TestOnlyOurOwnPagesMayPost(t *testing.T) {
	t.Parallel()
	signedIn := &http.Cookie{Name: CookieSession, Value: "c.one.0.secret"}
	page := httptest.NewRequest(http.MethodGet, "https://yingdi.test/console", nil)
	page.AddCookie(signedIn)
	token, _, err := browser(t, page, "teacher")
	if err != nil || token == "" {
		t.Fatalf("a page has token %q, %v", token, err)
	}
	good := url.Values{CSRFField: {token}}
	header := func(r *http.Request, name, value string) *http.Request {
		r.Header.Set(name, value)
		return r
	}
	for _, c := range []struct {
		name    string
		request *http.Request
		ok      bool
	}{
		{"the page's own form", post(good, signedIn), true},
		{"a script with the header", header(post(nil, signedIn), CSRFHeader, token), true},
		{"our own origin", header(post(good, signedIn), "Sec-Fetch-Site", "same-origin"), true},
		{"no token", post(nil, signedIn), false},
		{"a wrong token", post(url.Values{CSRFField: {strings.Repeat("0", 64)}}, signedIn), false},
		{"another session's token", post(good, &http.Cookie{Name: CookieSession, Value: "c.two.0.secret"}), false},
		{"no cookie", post(good), false},
		{"another site, though with the token", header(post(good, signedIn), "Sec-Fetch-Site", "cross-site"), false},
		{"another origin, though with the token", header(post(good, signedIn), "Origin", "https://evil.test"), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if _, _, err := browser(t, c.request, "teacher"); (err == nil) != c.ok || err != nil && !errors.Is(err, ErrForged) {
				t.Errorf("answered %v", err)
			}
		})
	}
}

func TestAVisitorGetsATokenOfTheirOwn(t *testing.T) {
	t.Parallel()
	token, cookies, err := browser(t, httptest.NewRequest(http.MethodGet, "https://yingdi.test/console/signin", nil), "")
	if err != nil || len(cookies) != 1 || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteLaxMode {
		t.Fatalf("cookies %v, %v", cookies, err)
	}
	if _, _, err := browser(t, post(url.Values{CSRFField: {token}}, cookies...), ""); err != nil {
		t.Errorf("the visitor's own form: %v", err)
	}
	// A session that has ended must not stand in the way of signing in again.
	stale := &http.Cookie{Name: CookieSession, Value: "c.old.0.secret"}
	if _, _, err := browser(t, post(url.Values{CSRFField: {token}}, append(cookies, stale)...), ""); err != nil {
		t.Errorf("with a stale session's cookie: %v", err)
	}
}

func TestCookiesOverHTTPSBelongToThisHostAlone(t *testing.T) {
	t.Parallel()
	recorder := httptest.NewRecorder()
	c := echo.New().NewContext(httptest.NewRequest(http.MethodGet, "/", nil), recorder)
	Cookies{Secure: true}.Set(c, CookieSession, "value", 0)
	got := recorder.Result().Cookies()[0]
	if got.Name != "__Host-"+CookieSession || !got.Secure || !got.HttpOnly || got.Path != "/" || got.Domain != "" {
		t.Errorf("cookie %v", got)
	}
}

func TestAFlashIsShownOnce(t *testing.T) {
	t.Parallel()
	recorder := httptest.NewRecorder()
	set := echo.New().NewContext(httptest.NewRequest(http.MethodPost, "/", nil), recorder)
	Cookies{}.SetFlash(set, Flash{FlashDone, "已保存 <b>"})
	next := httptest.NewRequest(http.MethodGet, "/", nil)
	next.AddCookie(recorder.Result().Cookies()[0])
	recorder = httptest.NewRecorder()
	c := echo.New().NewContext(next, recorder)
	if f := (Cookies{}).TakeFlash(c); f == nil || *f != (Flash{FlashDone, "已保存 <b>"}) {
		t.Fatalf("flash %v", f)
	}
	if dropped := recorder.Result().Cookies(); len(dropped) != 1 || dropped[0].MaxAge >= 0 {
		t.Errorf("cookies afterwards %v", dropped)
	}
	for _, forged := range []string{"%%%", "e30", "bnVsbA"} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.AddCookie(&http.Cookie{Name: cookieFlash, Value: forged})
		if f := (Cookies{}).TakeFlash(echo.New().NewContext(r, httptest.NewRecorder())); f != nil {
			t.Errorf("%q became %v", forged, f)
		}
	}
}
