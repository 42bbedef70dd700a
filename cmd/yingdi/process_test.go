package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// mainEnv makes this test binary the program itself.
const mainEnv = "YINGDI_TEST_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(mainEnv) != "" {
		main()
		os.Exit(0)
	}
	code := m.Run()
	if folder, err := payFolder(); err == nil {
		os.RemoveAll(folder)
	}
	os.Exit(code)
}

// untiring bounds every wait for a process; nothing takes anywhere near as long.
const untiring = 3 * time.Minute

// output is what a process has printed so far.
type output struct {
	mu    sync.Mutex
	bytes bytes.Buffer
	more  chan struct{}
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	select {
	case o.more <- struct{}{}:
	default:
	}
	return o.bytes.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.bytes.String()
}

// client calls the product over the network.
type client struct {
	t   *testing.T
	url string
}

// child is the program running as a process of its own.
type child struct {
	client
	cmd  *exec.Cmd
	said *output
	over chan struct{} // closed when it has ended
}

// run starts the program. It sees none of our own settings, and no way out to WeChat.
func run(t *testing.T, env []string, args ...string) *child { return runWith(t, nil, env, args...) }

// runWith is run with something on the standard input.
func runWith(t *testing.T, in io.Reader, env []string, args ...string) *child {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &child{client: client{t: t}, cmd: exec.Command(self, args...), said: &output{more: make(chan struct{}, 1)}, over: make(chan struct{})}
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "YINGDI_") {
			c.cmd.Env = append(c.cmd.Env, v)
		}
	}
	c.cmd.Env = append(c.cmd.Env, mainEnv+"=1", "HTTPS_PROXY=http://127.0.0.1:1")
	c.cmd.Env = append(c.cmd.Env, env...)
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = in, c.said, c.said
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = c.cmd.Wait()
		close(c.over)
	}()
	t.Cleanup(func() {
		_ = c.cmd.Process.Kill()
		<-c.over
		if t.Failed() {
			t.Logf("%s printed:\n%s", strings.Join(args, " "), c.said)
		}
	})
	return c
}

// await returns what the pattern's first group matches in what the process prints.
func (c *child) await(pattern string) string {
	c.t.Helper()
	what, deadline := regexp.MustCompile(pattern), time.After(untiring)
	for ended := false; ; {
		if found := what.FindStringSubmatch(c.said.String()); found != nil {
			return found[len(found)-1]
		}
		if ended {
			c.t.Fatalf("it ended without saying %s", pattern)
		}
		select {
		case <-c.said.more:
		case <-c.over:
			ended = true
		case <-deadline:
			c.t.Fatalf("it does not say %s", pattern)
		}
	}
}

// end waits for the process and returns its exit status, -1 if a signal ended it.
func (c *child) end() int {
	c.t.Helper()
	select {
	case <-c.over:
	case <-time.After(untiring):
		c.t.Fatal("it does not end")
	}
	return c.cmd.ProcessState.ExitCode()
}

func (c *child) signal(s os.Signal) {
	c.t.Helper()
	if err := c.cmd.Process.Signal(s); err != nil {
		c.t.Fatal(err)
	}
}

// refused runs the program to its end, which must be a failure, and returns what it said.
func refused(t *testing.T, env []string, args ...string) string {
	t.Helper()
	c := run(t, env, args...)
	if status := c.end(); status != 1 {
		t.Errorf("%v: exit status %d, want 1", args, status)
	}
	return c.said.String()
}

// develop starts yingdi dev over the folder and waits until it answers.
func develop(t *testing.T, folder string, env ...string) *child {
	t.Helper()
	c := run(t, env, "dev", "--addr", "127.0.0.1:0", "--data", folder)
	c.url = c.await(`API +(http://\S+)/docs`)
	return c
}
