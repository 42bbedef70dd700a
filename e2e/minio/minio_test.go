//go:build e2e

// Package minio_test runs the promises of a media bucket against a real MinIO.
package minio_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/e2e/server"
	"yingdi/storage/media"
	"yingdi/storage/media/mediatest"
)

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

func TestS3(t *testing.T) {
	t.Parallel()
	url, accessKey, secretKey := server.MinIO(t)
	options := media.Options{Endpoint: url, Bucket: "yingdi", AccessKey: accessKey, SecretKey: secretKey}
	bucket, err := media.NewS3(t.Context(), options, systemClock{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := media.NewS3(t.Context(), options, systemClock{}); err != nil {
		t.Errorf("with the bucket already there: %v", err)
	}
	t.Run("promises", func(t *testing.T) {
		t.Parallel()
		mediatest.Run(t, mediatest.Subject{Bucket: bucket, Now: time.Now, Pass: time.Sleep})
	})
	t.Run("nobody reads without a link", func(t *testing.T) {
		t.Parallel()
		if err := bucket.Put(t.Context(), "private/x", "text/plain", strings.NewReader("x"), 1); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/yingdi", "/yingdi/private/x"} {
			response, err := http.Get(url + path)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			if response.StatusCode != http.StatusForbidden {
				t.Errorf("%s: status %d, want 403", path, response.StatusCode)
			}
		}
	})
	t.Run("links and forms name the public address", func(t *testing.T) {
		t.Parallel()
		options := options
		options.PublicURL = "https://media.example.com"
		public, err := media.NewS3(t.Context(), options, systemClock{})
		if err != nil {
			t.Fatal(err)
		}
		until := time.Now().Add(time.Hour)
		link, err := public.SignDownload(t.Context(), "x", "image/jpeg", until)
		if err != nil || !strings.HasPrefix(link, "https://media.example.com/yingdi/x?") {
			t.Errorf("link %s (%v)", link, err)
		}
		form, err := public.SignUpload(t.Context(), "x", "image/jpeg", 1, until)
		if err != nil || !strings.HasPrefix(form.URL, "https://media.example.com/yingdi") {
			t.Errorf("form %s (%v)", form.URL, err)
		}
	})
	t.Run("a wrong key is an outage, not a missing file", func(t *testing.T) {
		t.Parallel()
		options := options
		options.SecretKey = "wrong-secret-key"
		if _, err := media.NewS3(t.Context(), options, systemClock{}); !errors.Is(err, domain.ErrUnavailable) {
			t.Errorf("got %v, want unavailable", err)
		}
	})
}

func TestS3ThatDoesNotAnswerIsUnavailable(t *testing.T) {
	t.Parallel()
	_, err := media.NewS3(t.Context(), media.Options{Endpoint: "http://127.0.0.1:1", Bucket: "yingdi", AccessKey: "a", SecretKey: "yingdi-test"}, systemClock{})
	if !errors.Is(err, domain.ErrUnavailable) {
		t.Errorf("got %v, want unavailable", err)
	}
}
