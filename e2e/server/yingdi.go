//go:build e2e

package server

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// program builds the product once for all tests of a run.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "yingdi-e2e")
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "yingdi")
	if output, err := exec.Command("go", "build", "-o", file, "yingdi/cmd/yingdi").CombinedOutput(); err != nil {
		return "", fmt.Errorf("building yingdi: %w\n%s", err, output)
	}
	return file, nil
})

// Yingdi starts the product as make run does, with its demo camp, in a folder of the test's own, and returns its URL.
func Yingdi(t testing.TB) string {
	t.Helper()
	file, err := program()
	if err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	start(t, nil, file, "dev", "--addr", address, "--data", t.TempDir())
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
