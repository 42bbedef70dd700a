package main

import (
	"context"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"yingdi/domain/session"
	"yingdi/handlers/web"
)

// visitor is a browser on the console: it keeps cookies, and sends each form with the token of the page before.
type visitor struct {
	*site
	cookies map[string]string
	token   string
	page    string // what it sees
}

func (s *site) visitor() *visitor { return &visitor{site: s, cookies: map[string]string{}} }

// staff is a visitor who is signed in as the member.
func (s *site) staff(t *testing.T, member string) *visitor {
	t.Helper()
	cookie, err := s.services.Sessions.OpenConsole(t.Context(), member)
	if err != nil {
		t.Fatal(err)
	}
	v := s.visitor()
	v.cookies[web.CookieSession] = cookie
	v.see(t, "/console", http.StatusOK)
	return v
}

var pageToken = regexp.MustCompile(`name="csrf" (?:content|value)="([0-9a-f]+)"`)

func (v *visitor) send(t *testing.T, r *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	for name, value := range v.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	v.http.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		v.cookies[c.Name] = c.Value
		if c.MaxAge < 0 {
			delete(v.cookies, c.Name)
		}
	}
	v.page = html.UnescapeString(w.Body.String())
	if found := pageToken.FindStringSubmatch(v.page); found != nil {
		v.token = found[1]
	}
	return w
}

// see opens a page, which must have the status and show all of these.
func (v *visitor) see(t *testing.T, path string, status int, shows ...string) *httptest.ResponseRecorder {
	t.Helper()
	w := v.send(t, httptest.NewRequest(http.MethodGet, v.fill(t, path), nil))
	v.check(t, "GET "+path, w, status, shows)
	return w
}

// post sends a form, given as name, value, …; the answer must have the status and show all of these.
func (v *visitor) post(t *testing.T, path string, form url.Values, status int, shows ...string) *httptest.ResponseRecorder {
	t.Helper()
	form.Set(web.CSRFField, v.token)
	r := httptest.NewRequest(http.MethodPost, v.fill(t, path), strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := v.send(t, r)
	v.check(t, "POST "+path, w, status, shows)
	return w
}

// submit sends a form that is accepted, and follows to the page that it leads to.
func (v *visitor) submit(t *testing.T, path string, form url.Values, shows ...string) string {
	t.Helper()
	to := v.post(t, path, form, http.StatusSeeOther).Header().Get("Location")
	v.see(t, to, http.StatusOK, shows...)
	return to
}

func (v *visitor) check(t *testing.T, what string, w *httptest.ResponseRecorder, status int, shows []string) {
	t.Helper()
	if w.Code != status {
		t.Fatalf("%s: %d, want %d: %s", what, w.Code, status, v.main())
	}
	for _, text := range shows {
		if !strings.Contains(v.page, text) {
			t.Errorf("%s does not show %q: %s", what, text, v.main())
		}
	}
}

// main is what the page says, without its frame.
func (v *visitor) main() string {
	_, said, found := strings.Cut(v.page, "<main")
	if !found {
		return v.page
	}
	return said
}

func values(pairs ...string) url.Values {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return form
}

// scene is what the mini-program reads from the code of a sign-in that has just begun.
func (v *visitor) scene() string {
	scene, _, _ := strings.Cut(v.cookies["yingdi_ticket"], ".")
	return scene
}

// phone is a person's mini-program during a sign-in by scanning.
func (s *site) phone(t *testing.T, ctx context.Context, scene string, moves ...func(context.Context, string) (session.Ticket, error)) {
	t.Helper()
	for _, move := range moves {
		if _, err := move(ctx, scene); err != nil {
			t.Fatal(err)
		}
	}
}
