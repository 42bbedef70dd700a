//go:build e2e

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"yingdi/config"
	"yingdi/e2e/server"
)

// real starts the product over documents in a file, a real Redis and a real MinIO, with a stand-in for WeChat.
func real(t *testing.T) (c client, d *dev, redis string, killRedis func(), minio string) {
	t.Helper()
	redis, killRedis = server.Redis(t, t.TempDir())
	minio, access, secret := server.MinIO(t)
	listener, err := listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	home, err := openFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	o := devOptions{Data: home.path, Log: config.Log{Level: "warn", Format: "text"}}
	set, err := devConfig(o, home, listener.Addr().(*net.TCPAddr))
	if err != nil {
		t.Fatal(err)
	}
	set.Queue, set.Redis.URL = "redis", "redis://"+redis
	set.Media, set.S3 = "s3", config.S3{Endpoint: minio, Region: "us-east-1", Bucket: "yingdi", AccessKey: access, SecretKey: secret}
	d = &dev{home: home}
	if err := d.join(t.Context(), set, &clock{}, nil); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	over := make(chan error, 1)
	go func() { over <- d.serve(ctx, listener, nil) }()
	t.Cleanup(func() {
		stop()
		if err := <-over; err != nil {
			t.Error(err)
		}
	})
	return client{t, d.url}, d, redis, killRedis, minio
}

// upload sends a picture to where the product says, and returns its id.
func (c client) upload(token, where string) string {
	c.t.Helper()
	file := picture(c.t)
	var begun struct {
		ID     string
		Upload struct {
			URL    string
			Fields map[string]string
		}
	}
	c.must(http.StatusCreated, "POST", "/api/v1/media", token, map[string]any{"kind": "image", "content_type": "image/jpeg", "size": len(file)}, &begun)
	if !strings.HasPrefix(begun.Upload.URL, where+"/") {
		c.t.Errorf("the file is to go to %s, not straight to %s", begun.Upload.URL, where)
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range begun.Upload.Fields {
		if err := form.WriteField(name, value); err != nil {
			c.t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", "photo.jpg")
	if err != nil {
		c.t.Fatal(err)
	}
	part.Write(file)
	form.Close()
	answer, err := network.Post(begun.Upload.URL, form.FormDataContentType(), &body)
	if err != nil || answer.StatusCode/100 != 2 {
		c.t.Fatalf("sending the file: %v, %v", answer, err)
	}
	answer.Body.Close()
	c.must(http.StatusOK, "POST", "/api/v1/media/"+begun.ID+"/complete", token, nil, nil)
	return begun.ID
}

// card waits for the sign-card of a check-in and returns where it lies.
func (c client) card(checkin, token string) string {
	c.t.Helper()
	for deadline := time.Now().Add(untiring); ; time.Sleep(50 * time.Millisecond) {
		var card struct{ State, URL string }
		c.must(http.StatusOK, "GET", "/api/v1/checkins/"+checkin+"/card", token, nil, &card)
		switch {
		case card.State == "ready":
			return card.URL
		case time.Now().After(deadline):
			c.t.Fatalf("the card is %s", card.State)
		}
	}
}

func TestRealADayOverRedisAndMinIOAndRedisIsLost(t *testing.T) {
	t.Parallel()
	c, d, redis, kill, minio := real(t)
	b := &bundle{d.app, d.wechat, d.pay}
	_, teacher := b.person(t, "teacher")
	camp, tasks := b.running(t, teacher, 10)
	path := "/api/v1/camps/" + camp.ID
	var receipts [2]struct{ ID string }
	var tokens [2]string
	for i := range tokens {
		tokens[i] = c.signIn(fmt.Sprint("learner-", i))
		c.must(http.StatusCreated, "POST", path+"/enrolments", tokens[i], nil, nil)
	}
	photo := c.upload(tokens[0], minio)
	c.must(http.StatusCreated, "POST", path+"/checkins", tokens[0], map[string]any{"task": tasks[0].ID, "text": "第一个", "media": []string{photo}}, &receipts[0])
	link := c.card(receipts[0].ID, tokens[0])
	if !strings.HasPrefix(link, minio+"/") {
		t.Errorf("the card lies at %s", link)
	}
	if answer, err := network.Get(link); err != nil || answer.StatusCode != http.StatusOK || !strings.HasPrefix(answer.Header.Get("Content-Type"), "image/") {
		t.Errorf("the card: %v, %v", answer, err)
	}
	c.probe("/readyz", http.StatusOK)

	kill()
	c.probe("/readyz", http.StatusServiceUnavailable)
	c.probe("/healthz", http.StatusOK)
	if metrics := c.probe("/metrics", http.StatusOK); !strings.Contains(metrics, `yingdi_part_up{part="queue"} 0`) ||
		!strings.Contains(metrics, `yingdi_part_up{part="documents"} 1`) {
		t.Errorf("the metrics do not tell what is away:\n%s", metrics)
	}
	began := time.Now()
	c.must(http.StatusCreated, "POST", path+"/checkins", tokens[1], map[string]any{"task": tasks[0].ID, "text": "没有队列"}, &receipts[1])
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("without Redis a check-in takes %s", took)
	}

	server.RedisAt(t, redis, t.TempDir()) // it remembers nothing
	c.probe("/readyz", http.StatusOK)
	c.card(receipts[1].ID, tokens[1])
	var feed struct{ Items []json.RawMessage }
	for deadline := time.Now().Add(untiring); len(feed.Items) != 2; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the feed shows %d check-ins", len(feed.Items))
		}
		c.must(http.StatusOK, "GET", path+"/checkins", tokens[0], nil, &feed)
	}
	if metrics := c.probe("/metrics", http.StatusOK); strings.Contains(metrics, `result="dead"`) {
		t.Errorf("jobs died:\n%s", metrics)
	}
}
