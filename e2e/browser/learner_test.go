//go:build e2e

package browser_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// person is somebody with the mini-program in hand.
type person struct{ url, token string }

func logIn(t *testing.T, url, name string) *person {
	t.Helper()
	p := &person{url: url}
	var login struct{ Code string }
	p.call(t, "GET", "/dev/login-code?as="+name, "", &login)
	var in struct {
		Token string `json:"access_token"`
	}
	p.call(t, "POST", "/api/v1/sessions", fmt.Sprintf(`{"code":%q}`, login.Code), &in)
	p.token = in.Token
	return p
}

// call asks for what must be granted.
func (p *person) call(t *testing.T, method, path, body string, into any) {
	t.Helper()
	status, answer := p.try(t, method, path, body)
	if status/100 != 2 {
		t.Fatalf("%s %s: %d %s", method, path, status, answer)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(answer, into); err != nil {
		t.Fatalf("%s %s: %v: %s", method, path, err, answer)
	}
}

func (p *person) try(t *testing.T, method, path, body string) (status int, answer []byte) {
	t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = p.url + path
	}
	r, err := http.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if p.token != "" {
		r.Header.Set("Authorization", "Bearer "+p.token)
	}
	return send(t, r)
}

func send(t *testing.T, r *http.Request) (status int, answer []byte) {
	t.Helper()
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err = io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", r.Method, r.URL.Path, err)
	}
	return response.StatusCode, answer
}

// upload sends a picture as wx.uploadFile does.
func (p *person) upload(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var begun struct {
		ID     string
		Upload struct {
			URL    string
			Fields map[string]string
		}
	}
	p.call(t, "POST", "/api/v1/media", fmt.Sprintf(`{"kind":"image","content_type":"image/jpeg","size":%d}`, len(content)), &begun)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range begun.Upload.Fields {
		if err := form.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", "photo.jpg")
	if err != nil {
		t.Fatal(err)
	}
	if _, err = part.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, begun.Upload.URL, &body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	if status, answer := send(t, r); status/100 != 2 {
		t.Fatalf("the upload: %d %s", status, answer)
	}
	p.call(t, "POST", "/api/v1/media/"+begun.ID+"/complete", "", nil)
	return begun.ID
}

// photo writes a landscape: a sky, a sun, a hill.
func photo(t *testing.T) string {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 960, 540))
	for y := range 540 {
		for x := range 960 {
			c := color.RGBA{uint8(250 - y/6), uint8(214 - y/9), uint8(170 + y/9), 255}
			if dx, dy := x-700, y-160; dx*dx+dy*dy < 60*60 {
				c = color.RGBA{255, 246, 214, 255}
			}
			if y > 330+(x-480)*(x-480)/2600 {
				c = color.RGBA{44, uint8(122 - (y-330)/5), 91, 255}
			}
			picture.SetRGBA(x, y, c)
		}
	}
	file := filepath.Join(t.TempDir(), "photo.jpg")
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(out, picture, nil); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return file
}

// await asks until there is an answer, for a minute at most.
func (p *person) await(t *testing.T, path string, into any) {
	t.Helper()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for range 60 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+p.token)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		err = json.NewDecoder(answer.Body).Decode(into)
		_ = answer.Body.Close()
		if answer.StatusCode == http.StatusOK {
			if err != nil {
				t.Fatal(err)
			}
			return
		}
		<-tick.C
	}
	t.Fatalf("GET %s never answers", path)
}
