package main

import (
	"context"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"yingdi/config"
	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/lesson"
	"yingdi/domain/notice"
	"yingdi/domain/organiser"
	"yingdi/domain/review"
	"yingdi/storage"
	"yingdi/storage/fake"
	"yingdi/storage/sqlite"
)

// bundle is the whole product in a test: SQLite, embedded queue and media in a folder of the test's own, a stand-in for
// WeChat, and a clock that stands.
type bundle struct {
	*app
	wechat *fake.WeChat
	pay    *fake.Pay
}

// start is when tests begin: a Sunday morning in Shanghai.
var start = time.Date(2026, 3, 1, 1, 0, 0, 0, time.UTC)

func newBundle(t testing.TB) *bundle {
	t.Helper()
	at := &clock{}
	at.Set(start)
	c := config.Default()
	c.Data, c.URL = t.TempDir(), "http://yingdi.test"
	c.Secrets = config.Secrets{Master: []string{strings.Repeat("m", 32)}, Hash: strings.Repeat("h", 32)}
	c.Metrics.Token = "scrape"
	c.Limits = config.Limits{SignIn: 100_000, Read: 100_000, Write: 100_000}
	c.WeChat = config.WeChat{
		AppID: fake.AppID, AppSecret: strings.Repeat("s", 32), Token: "token",
		AESKey: base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))[:43],
		Templates: map[string]config.Template{
			string(notice.ReviewReceived): {ID: "review", Title: "thing1", Body: "thing2"},
			string(notice.Reminder):       {ID: "reminder", Title: "thing1", Body: "thing2"},
		},
	}
	stand, err := fake.NewWeChat(fake.Options{
		AppSecret: c.WeChat.AppSecret, Token: c.WeChat.Token, AESKey: c.WeChat.AESKey, Clock: at,
		Templates: []fake.Template{
			{ID: "review", Title: "点评", Keywords: []fake.Keyword{{Name: "thing1"}, {Name: "thing2"}}},
			{ID: "reminder", Title: "提醒", Keywords: []fake.Keyword{{Name: "thing1"}, {Name: "thing2"}}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.Pay, err = testPay(t); err != nil {
		t.Fatal(err)
	}
	c.Pool.On = true
	wallet, err := payStandIn(c, filepath.Dir(c.Pay.PrivateKey), fake.PayOptions{Clock: at})
	if err != nil {
		t.Fatal(err)
	}
	both := http.NewServeMux()
	both.Handle("/", stand)
	both.Handle("/v3/", wallet)
	server := httptest.NewServer(both)
	c.WeChat.BaseURL, c.Pay.BaseURL = server.URL, server.URL
	empty, err := emptyDocuments()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(c.Data, documentsFile), empty, 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := wire(context.Background(), c, at, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.close(); err != nil {
			t.Error(err)
		}
		server.Close()
		if err := stand.Close(); err != nil {
			t.Error(err)
		}
	})
	return &bundle{a, stand, wallet}
}

// emptyDocuments is a file with all collections in it, and nothing in them: making them anew for each test is slow.
var emptyDocuments = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "yingdi-empty-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, documentsFile)
	engine, err := sqlite.Open(context.Background(), file)
	if err != nil {
		return nil, err
	}
	_, err = openStores(context.Background(), storage.NewDB(engine))
	if err = errors.Join(err, engine.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})

// payFolder holds the keys of the merchant of all tests: making them is slow.
var payFolder = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "yingdi-pay-")
	if err == nil {
		_, err = payConfig(folder, strings.Repeat("p", 32))
	}
	return folder, err
})

func testPay(t testing.TB) (config.Pay, error) {
	t.Helper()
	folder, err := payFolder()
	if err != nil {
		return config.Pay{}, err
	}
	return payConfig(folder, strings.Repeat("p", 32))
}

// person logs in by the name and returns the context in which they act and their id.
func (b *bundle) person(t testing.TB, name string) (context.Context, string) {
	t.Helper()
	_, m, err := b.services.Sessions.SignIn(t.Context(), b.wechat.LoginCode(name))
	if err != nil {
		t.Fatal(err)
	}
	return b.as(t, m.ID), m.ID
}

// as is the context in which a member acts, with the grants that they hold now.
func (b *bundle) as(t testing.TB, id string) context.Context {
	t.Helper()
	m, err := b.services.Members.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return domain.WithActor(t.Context(), domain.Actor{Member: m.ID, Grants: m.Grants})
}

// running is a camp that began today, of its own organiser, with one task a day.
func (b *bundle) running(t testing.TB, teacher string, seats int) (camp.Camp, []lesson.Task) {
	t.Helper()
	system := domain.WithActor(t.Context(), domain.SystemActor)
	studio, err := b.services.Organisers.Create(system, organiser.Form{Name: "晨光阅读"}, teacher)
	if err != nil {
		t.Fatal(err)
	}
	ctx := b.as(t, teacher)
	calendar := domain.Calendar{Zone: "Asia/Shanghai", CutOff: 2}
	today := calendar.Day(b.clock.Now())
	c, err := b.services.Camps.Open(ctx, studio.ID, camp.Form{
		Title: "21 天晨读", Calendar: calendar, Start: today, End: today.Add(20), EnrolBy: today.Add(20), Seats: seats,
	})
	if err != nil {
		t.Fatal(err)
	}
	var tasks []lesson.Task
	for i := range c.Days() {
		task, err := b.services.Lessons.Add(ctx, c.ID, lesson.Form{Day: today.Add(i), Title: "读一段"})
		if err != nil {
			t.Fatal(err)
		}
		tasks = append(tasks, task)
	}
	if c, err = b.services.Camps.Publish(ctx, c.ID); err != nil {
		t.Fatal(err)
	}
	return c, tasks
}

var _ http.Handler = (*fake.WeChat)(nil)

// reviewed releases a review and lets the time pass in which it could be undone, so that the learner knows of it.
func (b *bundle) reviewed(t *testing.T, teacher, checkin string, f review.Form) {
	t.Helper()
	if _, err := b.services.Reviews.Release(b.as(t, teacher), checkin, f); err != nil {
		t.Fatal(err)
	}
	b.clock.Set(b.clock.Now().Add(time.Minute))
	system := domain.WithActor(t.Context(), domain.SystemActor)
	if err := errors.Join(b.services.Reviews.Settle(system), b.services.Reviews.Announce(system, checkin)); err != nil {
		t.Fatal(err)
	}
}
