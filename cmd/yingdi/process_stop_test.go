package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

var checkinLine = regexp.MustCompile(`request=(\S+) method=POST route=/api/v1/camps/:camp/checkins `)

// crowd is how many learners check in at once.
func crowd() int {
	if hurried {
		return 24
	}
	return 100
}

func TestASignalToStopLosesNoRequestThatWasAccepted(t *testing.T) {
	t.Parallel()
	p := prepare(t, crowd(), 3)
	c := develop(t, p.folder, "YINGDI_LOG_LEVEL=info")
	acknowledged := p.storm(c, p.tasks, len(p.tokens)/2, func() { c.signal(syscall.SIGTERM) })
	asked := time.Now()
	if status := c.end(); status != 0 {
		t.Errorf("exit status %d, want 0", status)
	}
	t.Logf("%d of %d were acknowledged; it ended %s after the last", len(acknowledged), 3*len(p.tokens), time.Since(asked))

	// What the log calls handled is what came back to somebody, neither more nor less.
	var handled, answered []string
	for _, found := range checkinLine.FindAllStringSubmatch(c.said.String(), -1) {
		handled = append(handled, found[1])
	}
	for _, h := range acknowledged {
		answered = append(answered, h.request)
	}
	slices.Sort(handled)
	slices.Sort(answered)
	if !slices.Equal(handled, answered) {
		t.Errorf("%d requests were handled and %d answered", len(handled), len(answered))
	}
	p.kept(develop(t, p.folder), acknowledged)
}

func TestKilledWhileLearnersCheckInNothingAcknowledgedIsLost(t *testing.T) {
	t.Parallel()
	p := prepare(t, crowd()/2, 3)
	var all []handed
	for round, task := range p.tasks {
		c := develop(t, p.folder)
		all = append(all, p.storm(c, []string{task}, 1+round*len(p.tokens)/4, func() { c.signal(os.Kill) })...)
		if status := c.end(); status != -1 {
			t.Fatalf("it was to be killed and ended with %d", status)
		}
	}
	p.kept(develop(t, p.folder), all)
}

// slow begins a request whose handler is at work, and waits for the rest of the body, when this returns.
func slow(t *testing.T, c *child, token, path, body string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(c.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"+
		"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n", path, token, len(body))
	if line, err := bufio.NewReaderSize(conn, 25).ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("the handler does not read: %q, %v", line, err)
	}
	return conn
}

func TestARequestUnderWayMayFinish(t *testing.T) {
	t.Parallel()
	p := prepare(t, 1, 1)
	c := develop(t, p.folder, "YINGDI_LOG_LEVEL=info")
	body := fmt.Sprintf(`{"task":%q,"text":"慢慢写"}`, p.tasks[0])
	conn := slow(t, c, p.tokens[0], "/api/v1/camps/"+p.camp+"/checkins", body)
	c.signal(syscall.SIGTERM)
	c.await(`msg=stopping`)
	awaitClosed(t, c)
	fmt.Fprint(conn, body)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || answer.StatusCode != http.StatusCreated {
		t.Fatalf("answered %v, %v", answer, err)
	}
	answer.Body.Close()
	if status := c.end(); status != 0 {
		t.Errorf("exit status %d, want 0", status)
	}
}

// awaitClosed returns once nobody new is let in.
func awaitClosed(t *testing.T, c *child) {
	t.Helper()
	for deadline := time.Now().Add(untiring); ; time.Sleep(time.Millisecond) {
		conn, err := net.Dial("tcp", strings.TrimPrefix(c.url, "http://"))
		if err != nil {
			return
		}
		conn.Close()
		if time.Now().After(deadline) {
			t.Fatal("it still lets people in")
		}
	}
}

func TestASecondSignalKillsAtOnce(t *testing.T) {
	t.Parallel()
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			p := prepare(t, 1, 1)
			c := develop(t, p.folder, "YINGDI_LOG_LEVEL=info")
			slow(t, c, p.tokens[0], "/api/v1/camps/"+p.camp+"/checkins", `{"task":"x"}`)
			c.signal(s)
			c.await(`msg=stopping`)
			c.signal(s)
			if status := c.end(); status != interrupted {
				t.Errorf("exit status %d, want %d", status, interrupted)
			}
			if strings.Contains(c.said.String(), "msg=stopped") {
				t.Error("it took its time")
			}
		})
	}
}
