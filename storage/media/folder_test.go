package media_test

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	bucket "yingdi/domain/media"
	"yingdi/storage/media"
	"yingdi/storage/media/mediatest"
)

type clock struct{ at atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.at.Store(time.Now().UnixNano())
	return c
}
func (c *clock) Now() time.Time       { return time.Unix(0, c.at.Load()).UTC() }
func (c *clock) Pass(d time.Duration) { c.at.Add(int64(d)) }

// serve opens a folder and serves it below /media.
func serve(t *testing.T, dir string, now domain.Clock, log *slog.Logger) *media.Folder {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	folder, err := media.NewFolder(dir, server.URL+"/media", bytes.Repeat([]byte("k"), 32), now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = folder.Close() })
	mux.Handle("/", folder.Handler("/media", log))
	return folder
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func files(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			found = append(found, strings.TrimPrefix(path, dir+"/"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestFolder(t *testing.T) {
	t.Parallel()
	now := newClock()
	mediatest.Run(t, mediatest.Subject{Bucket: serve(t, t.TempDir(), now, quiet()), Now: now.Now, Pass: now.Pass})
}

func TestFolderRefusesAFormOutOfOrderAndLeavesNothing(t *testing.T) {
	t.Parallel()
	const (
		file  = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\nbytes\r\n"
		end   = "--b--\r\n"
		extra = "--b\r\nContent-Disposition: form-data; name=\"more\"\r\n\r\nx\r\n"
	)
	dir, now := t.TempDir(), newClock()
	folder := serve(t, dir, now, quiet())
	form, err := folder.SignUpload(t.Context(), "x", "image/jpeg", 100, now.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	var fields strings.Builder
	for name, value := range form.Fields {
		fmt.Fprintf(&fields, "--b\r\nContent-Disposition: form-data; name=%q\r\n\r\n%s\r\n", name, value)
	}
	for _, c := range []struct {
		name, contentType, body string
		want                    int
	}{
		{"no form at all", "application/json", "{}", 400},
		{"no boundary", "multipart/form-data", fields.String() + file + end, 400},
		{"the file first", "multipart/form-data; boundary=b", file + fields.String() + end, 403},
		{"no file", "multipart/form-data; boundary=b", fields.String() + end, 400},
		{"two files", "multipart/form-data; boundary=b", fields.String() + file + file + end, 400},
		{"a field after the file", "multipart/form-data; boundary=b", fields.String() + file + extra + end, 400},
		{"a field that was not signed", "multipart/form-data; boundary=b", extra + fields.String() + file + end, 403},
		{"a field twice", "multipart/form-data; boundary=b", fields.String() + fields.String() + file + end, 400},
		{"cut off in the file", "multipart/form-data; boundary=b", fields.String() + file[:len(file)-4], 400},
		{"cut off before the end", "multipart/form-data; boundary=b", fields.String() + file, 400},
		{"endless fields", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\n" + strings.Repeat("k", 1<<20), 400},
		{"endless preamble", "multipart/form-data; boundary=b", strings.Repeat("k\r\n", 1<<18), 400},
	} {
		if status := mediatest.Post(t, form.URL, c.contentType, strings.NewReader(c.body)); status != c.want {
			t.Errorf("%s: status %d, want %d", c.name, status, c.want)
		}
		if left := files(t, dir); len(left) != 0 {
			t.Errorf("%s: left %v", c.name, left)
		}
	}
	if status := mediatest.Post(t, form.URL, "multipart/form-data; boundary=b", strings.NewReader(fields.String()+file+end)); status != http.StatusNoContent {
		t.Errorf("in order: status %d, want 204", status)
	}
}

func TestFolderCutsOffAnEndlessUpload(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), newClock()
	folder := serve(t, dir, now, quiet())
	form, err := folder.SignUpload(t.Context(), "x", "image/jpeg", 1000, now.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	for name, value := range form.Fields {
		fmt.Fprintf(&body, "--b\r\nContent-Disposition: form-data; name=%q\r\n\r\n%s\r\n", name, value)
	}
	body.WriteString("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n")
	sent := &counter{}
	r := httptest.NewRequest(http.MethodPost, "/media/upload", io.MultiReader(&body, io.TeeReader(zeros{}, sent)))
	r.ContentLength = -1
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	w := httptest.NewRecorder()
	folder.Handler("/media", quiet()).ServeHTTP(w, r)
	if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "EntityTooLarge") {
		t.Errorf("status %d, body %s; want EntityTooLarge", w.Code, w.Body)
	}
	if sent.n > 5<<20 {
		t.Errorf("read %d bytes for a form of 1000", sent.n)
	}
	if left := files(t, dir); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

type counter struct{ n int }

func (c *counter) Write(p []byte) (int, error) { c.n += len(p); return len(p), nil }

func TestFolderLogsADiskThatFailsAndTellsTheClientNothing(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), newClock()
	var log bytes.Buffer
	folder := serve(t, dir, now, slog.New(slog.NewTextHandler(&log, nil)))
	form, err := folder.SignUpload(t.Context(), "x", "image/jpeg", 100, now.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, ".staging")); err != nil {
		t.Fatal(err)
	}
	if status := mediatest.Send(t, form, "bytes"); status != http.StatusServiceUnavailable {
		t.Errorf("status %d, want 503", status)
	}
	if !strings.Contains(log.String(), "media folder failed") || strings.Contains(log.String(), form.Fields["signature"]) {
		t.Errorf("log: %s", &log)
	}
	if err := folder.Ping(t.Context()); err == nil {
		t.Error("the folder still answers")
	}
}

func TestFolderServesNothingOutsideItself(t *testing.T) {
	t.Parallel()
	outside, dir, now := t.TempDir(), t.TempDir(), newClock()
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	folder := serve(t, dir, now, quiet())
	if object, err := folder.Open(t.Context(), "link/secret"); err == nil {
		object.Close()
		t.Error("a link out of the folder was followed")
	}
	handler := folder.Handler("/media", quiet())
	for _, path := range []string{"/media/../secret", "/media/%2e%2e/secret", "/media/.staging/x", "/media/", "/secret", "/media"} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code/100 != 4 {
			t.Errorf("%s: status %d", path, w.Code)
		}
	}
}

func TestFolderSurvivesARestart(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), newClock()
	key := bytes.Repeat([]byte("k"), 32)
	open := func() *media.Folder {
		folder, err := media.NewFolder(dir, "https://camp.example.com/media", key, now)
		if err != nil {
			t.Fatal(err)
		}
		return folder
	}
	first := open()
	if err := first.Put(t.Context(), "a/b", "text/plain", strings.NewReader("kept"), 4); err != nil {
		t.Fatal(err)
	}
	cutOff := filepath.Join(dir, ".staging", "cut-off")
	if err := os.WriteFile(cutOff, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := open()
	if diff := cmp.Diff([]string{".staging/cut-off", "a/b"}, files(t, dir)); diff != "" {
		t.Errorf("right after the restart, another process may still be writing (-want +got):\n%s", diff)
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	now.Pass(25 * time.Hour)
	third := open()
	defer third.Close()
	if diff := cmp.Diff([]string{"a/b"}, files(t, dir)); diff != "" {
		t.Errorf("a day later (-want +got):\n%s", diff)
	}
	var _ bucket.Bucket = third
}

func TestNewFolderRefusesABadConfiguration(t *testing.T) {
	t.Parallel()
	good := bytes.Repeat([]byte("k"), 32)
	for name, open := range map[string]func() (*media.Folder, error){
		"short key": func() (*media.Folder, error) {
			return media.NewFolder(t.TempDir(), "https://a/media", good[1:], newClock())
		},
		"relative URL": func() (*media.Folder, error) { return media.NewFolder(t.TempDir(), "/media", good, newClock()) },
		"other scheme": func() (*media.Folder, error) { return media.NewFolder(t.TempDir(), "ftp://a/media", good, newClock()) },
	} {
		if _, err := open(); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}
