package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"yingdi/config"
	"yingdi/domain/lesson"
)

var network = &http.Client{Timeout: untiring, Transport: &http.Transport{DisableKeepAlives: true}}

// call sends a request, on a connection of its own, and reads the answer into the last argument unless that is nil.
func (c client) call(method, path, token string, body, into any) (status int, request string, err error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return 0, "", err
	}
	r, err := http.NewRequest(method, c.url+path, bytes.NewReader(raw))
	if err != nil {
		return 0, "", err
	}
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := network.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	if raw, err = io.ReadAll(answer.Body); err == nil && into != nil {
		err = json.Unmarshal(raw, into)
	}
	return answer.StatusCode, answer.Header.Get("X-Request-Id"), err
}

// must is call for what has to succeed with the status.
func (c client) must(want int, method, path, token string, body, into any) {
	c.t.Helper()
	status, _, err := c.call(method, path, token, body, into)
	if err != nil || status != want {
		c.t.Fatalf("%s %s: %d, %v; want %d", method, path, status, err, want)
	}
}

// signIn logs in by name.
func (c client) signIn(name string) (token string) {
	c.t.Helper()
	var code struct{ Code string }
	c.must(http.StatusOK, "GET", "/dev/login-code?as="+name, "", nil, &code)
	var in struct {
		Access string `json:"access_token"`
	}
	c.must(http.StatusCreated, "POST", "/api/v1/sessions", "", map[string]string{"code": code.Code}, &in)
	return in.Access
}

// probe reads an address until it answers with the status, and returns what it says.
func (c client) probe(path string, status int) string {
	c.t.Helper()
	for deadline := time.Now().Add(untiring); ; time.Sleep(50 * time.Millisecond) {
		answer, err := network.Get(c.url + path)
		if err != nil {
			c.t.Fatal(err)
		}
		raw, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		switch {
		case err != nil:
			c.t.Fatal(err)
		case answer.StatusCode == status:
			return string(raw)
		case time.Now().After(deadline):
			c.t.Fatalf("%s answers %d, not %d", path, answer.StatusCode, status)
		}
	}
}

// prepared is a folder with a camp that runs today and has free seats, some tasks of today, and learners who are in.
type prepared struct {
	folder, camp string
	tasks        []string
	tokens       []string
}

// prepare fills a folder before any process works in it.
func prepare(t *testing.T, learners, tasks int) prepared {
	t.Helper()
	p := prepared{folder: filepath.Join(t.TempDir(), "data")}
	ctx := context.Background()
	d, err := wireDev(ctx, devOptions{Data: p.folder, Log: config.Log{Level: "error"}}, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	b := &bundle{d.app, d.wechat, d.pay}
	_, teacher := b.person(t, "teacher")
	c, all := b.running(t, teacher, learners+5)
	p.camp, p.tasks = c.ID, []string{all[0].ID}
	for i := 1; i < tasks; i++ {
		task, err := b.services.Lessons.Add(b.as(t, teacher), c.ID, lesson.Form{Day: all[0].Day, Title: fmt.Sprint("再读一段 ", i)})
		if err != nil {
			t.Fatal(err)
		}
		p.tasks = append(p.tasks, task.ID)
	}
	for i := range learners {
		tokens, m, err := b.services.Sessions.SignIn(ctx, d.wechat.LoginCode(fmt.Sprint("learner ", i)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.services.Enrolments.Enrol(b.as(t, m.ID), c.ID); err != nil {
			t.Fatal(err)
		}
		p.tokens = append(p.tokens, tokens.Access)
	}
	if err := errors.Join(d.close(), os.WriteFile(filepath.Join(p.folder, demoDone), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	return p
}

// handed is a check-in that was acknowledged.
type handed struct{ id, request, token string }

// storm lets every learner hand in for the tasks, all at once. When so many are acknowledged, stop is called; only
// from then on may a request stay without an answer.
func (p prepared) storm(c *child, tasks []string, enough int, stop func()) []handed {
	c.t.Helper()
	var mu sync.Mutex
	var acknowledged []handed
	var learners sync.WaitGroup
	for _, task := range tasks {
		for _, token := range p.tokens {
			learners.Go(func() {
				var in struct{ ID string }
				status, request, err := c.call("POST", "/api/v1/camps/"+p.camp+"/checkins", token, map[string]string{"task": task, "text": "读完了"}, &in)
				mu.Lock()
				defer mu.Unlock()
				if err != nil && len(acknowledged) >= enough {
					return
				}
				if err != nil || status != http.StatusCreated {
					c.t.Errorf("check-in: %d, %v", status, err)
					return
				}
				if acknowledged = append(acknowledged, handed{in.ID, request, token}); len(acknowledged) == enough {
					stop()
				}
			})
		}
	}
	learners.Wait()
	return acknowledged
}

// kept fails unless every check-in is there and gets its card, and every outbox becomes empty.
func (p prepared) kept(c *child, all []handed) {
	c.t.Helper()
	deadline := time.Now().Add(untiring)
	for _, h := range all {
		c.must(http.StatusOK, "GET", "/api/v1/checkins/"+h.id, h.token, nil, nil)
		for {
			var card struct{ State string }
			c.must(http.StatusOK, "GET", "/api/v1/checkins/"+h.id+"/card", h.token, nil, &card)
			if card.State == "ready" {
				break
			}
			if time.Now().After(deadline) {
				c.t.Fatalf("the card of %s is %s", h.id, card.State)
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	for left := 1; left > 0; left = p.outboxes(c.t) {
		if time.Now().After(deadline) {
			c.t.Fatalf("%d outboxes do not become empty", left)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// outboxes counts, in the file itself, the documents with events that nobody has dealt with yet.
func (p prepared) outboxes(t *testing.T) int {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(p.folder, documentsFile)+"?mode=ro&_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT name FROM _schemas")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	counts := []string{}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		counts = append(counts, fmt.Sprintf("(SELECT count(*) FROM %q WHERE outbox > 0)", name))
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil || len(counts) == 0 {
		t.Fatalf("%d collections, %v", len(counts), err)
	}
	var left int
	if err := db.QueryRow("SELECT " + strings.Join(counts, " + ")).Scan(&left); err != nil {
		t.Fatal(err)
	}
	return left
}
