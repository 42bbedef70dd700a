//go:build e2e

// Package server starts the real servers that the end-to-end tests drive, each on a free port of the loopback
// interface with a directory of its own, and ends them with the test. make test puts them on the PATH.
package server

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"testing"
	"time"
)

// patience is how long a server may take to answer for the first time.
const patience = 60 * time.Second

// MinIO starts MinIO and returns its URL, access key and secret key.
func MinIO(t testing.TB) (url, accessKey, secretKey string) {
	t.Helper()
	accessKey, secretKey = "yingdi-test", "yingdi-test-secret"
	address := freeAddress(t)
	start(t, []string{"MINIO_ROOT_USER=" + accessKey, "MINIO_ROOT_PASSWORD=" + secretKey, "MINIO_BROWSER=off", "MINIO_UPDATE=off"},
		"minio", "server", "--quiet", "--address", address, t.TempDir())
	url = "http://" + address
	await(t, "minio", func() error {
		response, err := http.Get(url + "/minio/health/ready")
		if err != nil {
			return err
		}
		response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("status %d", response.StatusCode)
		}
		return nil
	})
	return url, accessKey, secretKey
}

// Redis starts Redis with an append-only file in dir and returns its address and the means to kill it.
func Redis(t testing.TB, dir string) (address string, kill func()) {
	t.Helper()
	address = freeAddress(t)
	return address, RedisAt(t, address, dir)
}

// RedisAt starts Redis at an address, such as that of one that was killed. It remembers what it kept in dir.
func RedisAt(t testing.TB, address, dir string) (kill func()) {
	t.Helper()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	kill = start(t, nil, "redis-server", "--bind", host, "--port", port, "--dir", dir, "--appendonly", "yes", "--save", "")
	await(t, "redis-server", func() error {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			return err
		}
		defer conn.Close()
		if _, err := conn.Write([]byte("PING\r\n")); err != nil {
			return err
		}
		answer := make([]byte, 5)
		if _, err := conn.Read(answer); err != nil || string(answer) != "+PONG" {
			return fmt.Errorf("answered %q: %w", answer, err)
		}
		return nil
	})
	return kill
}

// start runs a program until the test or kill ends it. What it printed is shown if the test fails.
func start(t testing.TB, env []string, name string, args ...string) (kill func()) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Fatalf("%s is not on the PATH: run make setup, or make test, which does", name)
	}
	var output bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Env = append(cmd.Environ(), env...)
	cmd.Stdout, cmd.Stderr = &output, &output
	if _, err := cmd.StdinPipe(); err != nil { // stays open: simulate-server ends with its input
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	t.Cleanup(func() {
		kill()
		if t.Failed() {
			t.Logf("%s printed:\n%s", name, &output)
		}
	})
	return kill
}

func await(t testing.TB, name string, answers func() error) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		err := answers()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s did not answer within %s: %v", name, patience, err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func freeAddress(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
