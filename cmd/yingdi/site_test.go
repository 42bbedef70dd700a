package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"yingdi/domain"
)

// site is the product as clients reach it: a bundle behind its router.
type site struct {
	*bundle
	http http.Handler
	vars map[string]string // what {name} in a request stands for
}

func newSite(t *testing.T) *site {
	t.Helper()
	b := newBundle(t)
	e, err := b.echo()
	if err != nil {
		t.Fatal(err)
	}
	return &site{b, e, map[string]string{}}
}

var variable = regexp.MustCompile(`\{(\w+)\}`)

// fill puts in what the variables stand for.
func (s *site) fill(t *testing.T, text string) string {
	t.Helper()
	return variable.ReplaceAllStringFunc(text, func(v string) string {
		value, ok := s.vars[strings.Trim(v, "{}")]
		if !ok {
			t.Fatalf("nothing is called %s", v)
		}
		return value
	})
}

// do sends a request with variables, as the holder of an access token unless it is empty.
func (s *site) do(t *testing.T, request, token, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	method, path, _ := strings.Cut(s.fill(t, request), " ")
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.http.ServeHTTP(w, r)
	return w
}

// signIn logs in by name as a mini-program does and returns the tokens and the member's id.
func (s *site) signIn(t *testing.T, name string) (access, refresh, id string) {
	t.Helper()
	w := s.do(t, "POST /api/v1/sessions", "", fmt.Sprintf(`{"code":%q}`, s.wechat.LoginCode(name)))
	var in struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
		Member  struct{ ID string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &in); err != nil || w.Code != http.StatusCreated {
		t.Fatalf("sign-in: %d %s", w.Code, w.Body)
	}
	return in.Access, in.Refresh, in.Member.ID
}

// upload sends a picture the way wx.uploadFile does and returns its id, complete.
func (s *site) upload(t *testing.T, token string) string {
	t.Helper()
	return s.uploadFile(t, token, `"kind":"image","content_type":"image/jpeg"`, picture(t))
}

// uploadFile sends a file announced in these words.
func (s *site) uploadFile(t *testing.T, token, announced string, file []byte) string {
	t.Helper()
	w := s.do(t, "POST /api/v1/media", token, fmt.Sprintf(`{%s,"size":%d}`, announced, len(file)))
	var begun struct {
		ID     string
		Upload struct {
			Method, URL string
			Fields      map[string]string
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &begun); err != nil || w.Code != http.StatusCreated {
		t.Fatalf("announcing: %d %s", w.Code, w.Body)
	}
	s.send(t, begun.Upload.URL, begun.Upload.Fields, file)
	if w := s.do(t, "POST /api/v1/media/"+begun.ID+"/complete", token, ""); w.Code != http.StatusOK {
		t.Fatalf("completing: %d %s", w.Code, w.Body)
	}
	return begun.ID
}

func (s *site) send(t *testing.T, url string, fields map[string]string, file []byte) {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range fields {
		if err := form.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", "photo.jpg")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(part, bytes.NewReader(file)); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, url, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	w := httptest.NewRecorder()
	s.http.ServeHTTP(w, r)
	if w.Code/100 != 2 {
		t.Fatalf("sending the file: %d %s", w.Code, w.Body)
	}
}

func picture(t *testing.T) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := jpeg.Encode(&file, image.NewGray(image.Rect(0, 0, 40, 30)), nil); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// grant makes a member what the organiser or the platform needs of them.
func (s *site) appoint(t *testing.T, organiser, member, camp string, role domain.Role) {
	t.Helper()
	system := domain.WithActor(t.Context(), domain.SystemActor)
	if _, err := s.services.Organisers.Appoint(system, organiser, member, camp, role); err != nil {
		t.Fatal(err)
	}
}

// subset says where got lacks something of want: "*" stands for anything but nothing, and objects may hold more.
func subset(at string, want, got any) []string {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			return []string{fmt.Sprintf("%s is %v, want an object", at, got)}
		}
		var lacks []string
		for key, value := range w {
			lacks = append(lacks, subset(at+"."+key, value, g[key])...)
		}
		return lacks
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return []string{fmt.Sprintf("%s is %v, want %v", at, got, want)}
		}
		var lacks []string
		for i := range w {
			lacks = append(lacks, subset(fmt.Sprintf("%s[%d]", at, i), w[i], g[i])...)
		}
		return lacks
	}
	if want == "*" && got != nil && got != "" || fmt.Sprint(want) == fmt.Sprint(got) {
		return nil
	}
	return []string{fmt.Sprintf("%s is %v, want %v", at, got, want)}
}
