//go:build e2e

package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"yingdi/season"
)

// Yingdi builds the product and starts it as make run does, with its demo camp, in a folder of the test's own. It
// returns its URL.
func Yingdi(t testing.TB) string {
	t.Helper()
	address := freeAddress(t)
	start(t, nil, program(t), "dev", "--addr", address, "--data", t.TempDir())
	return ready(t, address)
}

// Stage is the product with its clock in the hands of a test. It begins empty, without the demo camp.
type Stage struct{ URL string }

// OnStage builds the product and starts it with a clock that stands.
func OnStage(t testing.TB, at time.Time) Stage {
	t.Helper()
	address := freeAddress(t)
	start(t, nil, program(t), "simulate-server", "--addr", address, "--data", t.TempDir(), "--at", at.Format(time.RFC3339Nano))
	return Stage{ready(t, address)}
}

// GoTo moves the clock and lets everything happen that is owed by then. WeChat takes a few seconds to tell what it tells.
func (s Stage) GoTo(t testing.TB, at time.Time) {
	t.Helper()
	for range 6 {
		response, err := http.PostForm(s.URL+season.PathSettle, url.Values{"at": {at.Format(time.RFC3339Nano)}})
		if err != nil {
			t.Fatal(err)
		}
		var settled season.Settled
		err = json.NewDecoder(response.Body).Decode(&settled)
		response.Body.Close()
		if err != nil || response.StatusCode != http.StatusOK || len(settled.Dead) > 0 {
			t.Fatalf("at %s: %d, %v, jobs that failed: %+v", at, response.StatusCode, err, settled.Dead)
		}
		if settled.Waiting == 0 {
			return
		}
		at = at.Add(10 * time.Second)
	}
	t.Fatal("WeChat still has something to tell")
}

var build = sync.OnceValues(func() (string, error) {
	path, err := filepath.Abs("../../bin/yingdi-e2e")
	if err != nil {
		return "", err
	}
	if output, err := exec.Command("go", "build", "-o", path, "yingdi/cmd/yingdi").CombinedOutput(); err != nil {
		return "", fmt.Errorf("building yingdi: %w\n%s", err, output)
	}
	return path, nil
})

func program(t testing.TB) string {
	t.Helper()
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func ready(t testing.TB, address string) (url string) {
	t.Helper()
	url = "http://" + address
	await(t, "yingdi", func() error {
		response, err := http.Get(url + "/readyz")
		if err != nil {
			return err
		}
		response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("status %d", response.StatusCode)
		}
		return nil
	})
	return url
}
