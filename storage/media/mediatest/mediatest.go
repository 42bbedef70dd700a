// Package mediatest holds what every media.Bucket promises, with the ways in which a client may try to break it.
package mediatest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/media"
)

// Subject is a bucket under test.
type Subject struct {
	Bucket media.Bucket
	Now    func() time.Time
	Pass   func(time.Duration) // lets time go by
}

// Run tests a bucket. Tests share it and keep to keys of their own.
func Run(t *testing.T, s Subject) {
	for name, test := range map[string]func(*testing.T, Subject){
		"what is put can be opened, read from anywhere and replaced": putAndOpen,
		"what is not there is not found":                             notThere,
		"deleting twice is no error":                                 deleteTwice,
		"a file moves once":                                          moveOnce,
		"a move replaces nothing":                                    moveReplacesNothing,
		"of many moves to one key one wins":                          moveRace,
		"a short body stores nothing":                                shortBody,
		"many writers of one key leave one whole file":               manyWriters,
		"keys that lead elsewhere are refused":                       badKeys,
		"an upload arrives through its form":                         upload,
		"a form may be sent again while it lasts":                    uploadAgain,
		"an altered form is refused":                                 alteredForm,
		"an expired form is refused":                                 expiredForm,
		"a file of the wrong size is refused":                        wrongSize,
		"a download is private, typed and can be wound forward":      download,
		"an altered link is refused":                                 alteredLink,
		"a reachable bucket answers":                                 ping,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, s)
		})
	}
	// Last and alone, because it moves the clock for all.
	t.Run("an expired link is refused", func(t *testing.T) { expiredLink(t, s) })
}

func put(t *testing.T, b media.Bucket, key, body string) {
	t.Helper()
	if err := b.Put(t.Context(), key, "text/plain", strings.NewReader(body), int64(len(body))); err != nil {
		t.Fatal(err)
	}
}

func wantBody(t *testing.T, b media.Bucket, key, want string) {
	t.Helper()
	object, err := b.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer object.Close()
	got, err := io.ReadAll(object)
	if err != nil || string(got) != want || object.Size != int64(len(want)) {
		t.Fatalf("%s holds %q, size %d (%v); want %q", key, got, object.Size, err, want)
	}
}

func wantNone(t *testing.T, b media.Bucket, key string) {
	t.Helper()
	object, err := b.Open(t.Context(), key)
	if err == nil {
		object.Close()
	}
	if !errors.Is(err, domain.ErrNotFound) {
		t.Fatalf("open %s: %v, want not found", key, err)
	}
}

func putAndOpen(t *testing.T, s Subject) {
	put(t, s.Bucket, "put/a/b.txt", "one")
	put(t, s.Bucket, "put/a/b.txt", "0123456789")
	wantBody(t, s.Bucket, "put/a/b.txt", "0123456789")
	object, err := s.Bucket.Open(t.Context(), "put/a/b.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer object.Close()
	if _, err := object.Seek(-3, io.SeekEnd); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(object); err != nil || string(rest) != "789" {
		t.Fatalf("the last three bytes are %q (%v)", rest, err)
	}
}

func notThere(t *testing.T, s Subject) {
	wantNone(t, s.Bucket, "none/here")
	if err := s.Bucket.Move(t.Context(), "none/here", "none/there"); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("move of nothing: %v, want not found", err)
	}
	wantNone(t, s.Bucket, "none/there")
}

func deleteTwice(t *testing.T, s Subject) {
	put(t, s.Bucket, "delete/x", "gone")
	for range 2 {
		if err := s.Bucket.Delete(t.Context(), "delete/x"); err != nil {
			t.Fatal(err)
		}
		wantNone(t, s.Bucket, "delete/x")
	}
}

func moveOnce(t *testing.T, s Subject) {
	put(t, s.Bucket, "move/from", "bytes")
	if err := s.Bucket.Move(t.Context(), "move/from", "moved/deep/to"); err != nil {
		t.Fatal(err)
	}
	wantNone(t, s.Bucket, "move/from")
	wantBody(t, s.Bucket, "moved/deep/to", "bytes")
	if err := s.Bucket.Move(t.Context(), "move/from", "moved/deep/to"); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("moved again: %v, want not found", err)
	}
	wantBody(t, s.Bucket, "moved/deep/to", "bytes")
}

func moveReplacesNothing(t *testing.T, s Subject) {
	put(t, s.Bucket, "swap/kept", "looked at")
	put(t, s.Bucket, "swap/from", "slipped in")
	if err := s.Bucket.Move(t.Context(), "swap/from", "swap/kept"); err != nil {
		t.Fatal(err)
	}
	wantNone(t, s.Bucket, "swap/from")
	wantBody(t, s.Bucket, "swap/kept", "looked at")
}

func moveRace(t *testing.T, s Subject) {
	const movers = 8
	for i := range movers {
		put(t, s.Bucket, fmt.Sprintf("moves/from-%d", i), fmt.Sprintf("body %d", i))
	}
	first := make(chan string, movers)
	var all sync.WaitGroup
	for i := range movers {
		all.Go(func() {
			if err := s.Bucket.Move(t.Context(), fmt.Sprintf("moves/from-%d", i), "moves/to"); err != nil {
				t.Error(err)
				return
			}
			object, err := s.Bucket.Open(t.Context(), "moves/to")
			if err != nil {
				t.Error(err)
				return
			}
			defer object.Close()
			body, err := io.ReadAll(object)
			if err != nil {
				t.Error(err)
			}
			first <- string(body)
		})
	}
	all.Wait()
	close(first)
	seen := map[string]bool{}
	for body := range first {
		seen[body] = true
	}
	if len(seen) != 1 {
		t.Errorf("after their moves they saw %d bodies, want the one that won", len(seen))
	}
}

func shortBody(t *testing.T, s Subject) {
	if err := s.Bucket.Put(t.Context(), "short/x", "text/plain", strings.NewReader("abc"), 10); err == nil {
		t.Error("three bytes of ten were stored")
	}
	wantNone(t, s.Bucket, "short/x")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Bucket.Put(ctx, "short/x", "text/plain", strings.NewReader("abc"), 3); err == nil {
		t.Error("a cancelled put was stored")
	}
	wantNone(t, s.Bucket, "short/x")
}

func manyWriters(t *testing.T, s Subject) {
	const size = 100_000
	var writers sync.WaitGroup
	for i := range 8 {
		writers.Go(func() {
			body := bytes.Repeat([]byte{'a' + byte(i)}, size)
			if err := s.Bucket.Put(t.Context(), "race/x", "text/plain", bytes.NewReader(body), size); err != nil {
				t.Error(err)
			}
		})
	}
	writers.Wait()
	object, err := s.Bucket.Open(t.Context(), "race/x")
	if err != nil {
		t.Fatal(err)
	}
	defer object.Close()
	got, err := io.ReadAll(object)
	if err != nil || len(got) != size || len(bytes.Trim(got, string(got[:1]))) != 0 {
		t.Fatalf("%d bytes of several writers (%v)", len(got), err)
	}
}

func badKeys(t *testing.T, s Subject) {
	for _, key := range []string{"", "/", "/abs", "..", "../up", "a/../../b", "a//b", "a/", ".hidden", "a/.b", `a\b`, "a b", "a\x00b", "图", strings.Repeat("k", 201)} {
		_, openErr := s.Bucket.Open(t.Context(), key)
		_, uploadErr := s.Bucket.SignUpload(t.Context(), key, "text/plain", 1, s.Now().Add(time.Hour))
		_, downloadErr := s.Bucket.SignDownload(t.Context(), key, "text/plain", s.Now().Add(time.Hour))
		for doing, err := range map[string]error{
			"open": openErr, "sign upload": uploadErr, "sign download": downloadErr,
			"put":    s.Bucket.Put(t.Context(), key, "text/plain", strings.NewReader("x"), 1),
			"delete": s.Bucket.Delete(t.Context(), key),
			"move":   s.Bucket.Move(t.Context(), "x", key),
		} {
			if !errors.Is(err, domain.ErrInvalid) {
				t.Errorf("%s %q: %v, want invalid", doing, key, err)
			}
		}
	}
}

func ping(t *testing.T, s Subject) {
	if err := s.Bucket.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

// Send posts a form as wx.uploadFile does, the fields first, then the file, and returns the status.
func Send(t testing.TB, form media.Form, body string) int {
	t.Helper()
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	for name, value := range form.Fields {
		if err := w.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	file, err := w.CreateFormFile("file", "../../tmp_照片.html")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(file, body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return Post(t, form.URL, w.FormDataContentType(), &buf)
}

// Post sends a body and returns the status.
func Post(t testing.TB, url, contentType string, body io.Reader) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return response.StatusCode
}
