package mediatest

import (
	"encoding/base64"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain/media"
)

func form(t *testing.T, s Subject, key string, maxSize int64, expires time.Time) media.Form {
	t.Helper()
	f, err := s.Bucket.SignUpload(t.Context(), key, "image/jpeg", maxSize, expires)
	if err != nil {
		t.Fatal(err)
	}
	if f.Method != http.MethodPost {
		t.Fatalf("method %s, want POST", f.Method)
	}
	return f
}

func upload(t *testing.T, s Subject) {
	body := strings.Repeat("picture", 20_000)
	f := form(t, s, "up/arrives", int64(len(body)), s.Now().Add(time.Hour))
	if status := Send(t, f, body); status != http.StatusNoContent {
		t.Fatalf("status %d, want 204", status)
	}
	wantBody(t, s.Bucket, "up/arrives", body)
}

func uploadAgain(t *testing.T, s Subject) {
	f := form(t, s, "up/again", 100, s.Now().Add(time.Hour))
	for _, body := range []string{"first", "second"} {
		if status := Send(t, f, body); status != http.StatusNoContent {
			t.Fatalf("status %d, want 204", status)
		}
		wantBody(t, s.Bucket, "up/again", body)
	}
}

func alteredForm(t *testing.T, s Subject) {
	good := form(t, s, "up/altered", 100, s.Now().Add(time.Hour))
	other := form(t, s, "up/other", 1000, s.Now().Add(time.Hour))
	signature := "signature"
	if _, ok := good.Fields[signature]; !ok {
		signature = "x-amz-signature"
	}
	raw, err := base64.StdEncoding.DecodeString(good.Fields["policy"])
	if err != nil {
		t.Fatal(err)
	}
	wider := base64.StdEncoding.EncodeToString([]byte(strings.ReplaceAll(string(raw), "100", "100000")))
	if wider == good.Fields["policy"] {
		t.Fatal("the policy does not name the size")
	}
	for name, change := range map[string]map[string]string{
		"another key":              {"key": "up/elsewhere"},
		"a key that climbs":        {"key": "../up/altered"},
		"another content type":     {"Content-Type": "text/html"},
		"a wider policy":           {"policy": wider},
		"the policy of another":    {"policy": other.Fields["policy"]},
		"the signature of another": {signature: other.Fields[signature]},
		"no signature":             {signature: ""},
		"a policy that is none":    {"policy": "e30="},
	} {
		fields := maps.Clone(good.Fields)
		maps.Copy(fields, change)
		if status := Send(t, media.Form{URL: good.URL, Fields: fields}, "evil"); status/100 != 4 {
			t.Errorf("%s: status %d, want a refusal", name, status)
		}
	}
	for _, key := range []string{"up/altered", "up/elsewhere", "up/other"} {
		wantNone(t, s.Bucket, key)
	}
}

func expiredForm(t *testing.T, s Subject) {
	f := form(t, s, "up/expired", 100, s.Now().Add(-2*time.Second))
	if status := Send(t, f, "late"); status != http.StatusForbidden {
		t.Errorf("status %d, want 403", status)
	}
	wantNone(t, s.Bucket, "up/expired")
}

func wrongSize(t *testing.T, s Subject) {
	f := form(t, s, "up/size", 1000, s.Now().Add(time.Hour))
	for name, body := range map[string]string{
		"empty":          "",
		"one too many":   strings.Repeat("x", 1001),
		"a lot too many": strings.Repeat("x", 3_000_000),
	} {
		if status := Send(t, f, body); status != http.StatusBadRequest && status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: status %d, want 400 or 413", name, status)
		}
		wantNone(t, s.Bucket, "up/size")
	}
	if status := Send(t, f, strings.Repeat("x", 1000)); status != http.StatusNoContent {
		t.Errorf("exactly the size: status %d, want 204", status)
	}
}

type got struct {
	Status                          int
	Body, Type, Disposition, Ranges string
}

func get(t *testing.T, link, ranges string) (got, http.Header) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, link, nil)
	if err != nil {
		t.Fatal(err)
	}
	if ranges != "" {
		r.Header.Set("Range", ranges)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	h := response.Header
	return got{response.StatusCode, string(body), h.Get("Content-Type"), h.Get("Content-Disposition"), h.Get("Content-Range")}, h
}

func link(t *testing.T, s Subject, key, contentType string, expires time.Time) string {
	t.Helper()
	l, err := s.Bucket.SignDownload(t.Context(), key, contentType, expires)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func download(t *testing.T, s Subject) {
	put(t, s.Bucket, "down/song.mp3", "<html>0123456789")
	until := s.Now().Add(time.Hour)
	song := link(t, s, "down/song.mp3", "audio/mpeg", until)
	whole, head := get(t, song, "")
	if diff := cmp.Diff(got{http.StatusOK, "<html>0123456789", "audio/mpeg", "inline", ""}, whole); diff != "" {
		t.Errorf("the whole (-want +got):\n%s", diff)
	}
	if cache := head.Get("Cache-Control"); !strings.HasPrefix(cache, "private, max-age=") {
		t.Errorf("Cache-Control %q, want private", cache)
	}
	if head.Get("X-Content-Type-Options") != "nosniff" {
		t.Error("the browser may sniff")
	}
	part, _ := get(t, song, "bytes=6-8")
	if diff := cmp.Diff(got{http.StatusPartialContent, "012", "audio/mpeg", "inline", "bytes 6-8/16"}, part); diff != "" {
		t.Errorf("a range (-want +got):\n%s", diff)
	}
	if beyond, _ := get(t, song, "bytes=99-"); beyond.Status != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("a range beyond the end: status %d, want 416", beyond.Status)
	}
	for _, contentType := range []string{"application/pdf", "image/svg+xml", "text/html"} {
		if file, _ := get(t, link(t, s, "down/song.mp3", contentType, until), ""); !strings.HasPrefix(file.Disposition, "attachment") {
			t.Errorf("%s is shown in the browser: %q", contentType, file.Disposition)
		}
	}
	if none, _ := get(t, link(t, s, "down/none", "audio/mpeg", until), ""); none.Status != http.StatusNotFound {
		t.Errorf("nothing there: status %d, want 404", none.Status)
	}
}

func alteredLink(t *testing.T, s Subject) {
	put(t, s.Bucket, "down/mine", "mine")
	put(t, s.Bucket, "down/theirs", "theirs")
	good := link(t, s, "down/mine", "image/jpeg", s.Now().Add(time.Hour))
	change := func(edit func(*url.URL, url.Values)) string {
		u, err := url.Parse(good)
		if err != nil {
			t.Fatal(err)
		}
		query := u.Query()
		edit(u, query)
		u.RawQuery = query.Encode()
		return u.String()
	}
	swap := func(old, with string) func(*url.URL, url.Values) {
		return func(_ *url.URL, query url.Values) {
			for name := range query {
				query.Set(name, strings.ReplaceAll(query.Get(name), old, with))
			}
		}
	}
	for name, altered := range map[string]string{
		"another key":          change(func(u *url.URL, _ url.Values) { u.Path = strings.Replace(u.Path, "mine", "theirs", 1) }),
		"another content type": change(swap("image/jpeg", "text/html")),
		"a later end": change(func(_ *url.URL, query url.Values) {
			for _, name := range []string{"expires", "X-Amz-Expires"} {
				if query.Has(name) {
					query.Set(name, "9"+query.Get(name)[1:])
				}
			}
		}),
		"no signature": change(func(_ *url.URL, query url.Values) {
			query.Del("signature")
			query.Del("X-Amz-Signature")
		}),
		"nothing but the key": change(func(_ *url.URL, query url.Values) { clear(query) }),
	} {
		if altered == good {
			t.Fatalf("%s: the link is unchanged", name)
		}
		if answer, _ := get(t, altered, ""); answer.Status/100 != 4 || strings.Contains(answer.Body, "mine") && !strings.Contains(answer.Body, "<Error>") {
			t.Errorf("%s: status %d, body %q, want a refusal", name, answer.Status, answer.Body)
		}
	}
	if answer, _ := get(t, good, ""); answer.Body != "mine" {
		t.Errorf("the link itself: status %d, body %q", answer.Status, answer.Body)
	}
}

func expiredLink(t *testing.T, s Subject) {
	put(t, s.Bucket, "down/late", "late")
	const lasts = 2 * time.Second
	short := link(t, s, "down/late", "image/jpeg", s.Now().Add(lasts))
	if answer, _ := get(t, short, ""); answer.Status != http.StatusOK {
		t.Fatalf("status %d while it lasts, want 200", answer.Status)
	}
	s.Pass(lasts + time.Second)
	if answer, _ := get(t, short, ""); answer.Status != http.StatusForbidden {
		t.Errorf("status %d afterwards, want 403", answer.Status)
	}
}
