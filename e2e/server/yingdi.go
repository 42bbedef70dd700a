//go:build e2e

package server

import (
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"testing"
)

// Yingdi builds the product and starts it as make run does, with its demo camp, in a folder of the test's own. It
// returns its URL.
func Yingdi(t testing.TB) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "yingdi")
	if output, err := exec.Command("go", "build", "-o", program, "yingdi/cmd/yingdi").CombinedOutput(); err != nil {
		t.Fatalf("building yingdi: %v\n%s", err, output)
	}
	address := freeAddress(t)
	start(t, nil, program, "dev", "--addr", address, "--data", t.TempDir())
	url := "http://" + address
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
