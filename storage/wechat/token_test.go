package wechat_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	core "yingdi/domain/wechat"
	"yingdi/storage/fake"
	"yingdi/storage/wechat"
)

func TestATokenThatIsNoLongerTakenIsRenewedOnce(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*fake.WeChat){"expired 42001": (*fake.WeChat).ExpireTokens, "unknown 40001": (*fake.WeChat).ForgetTokens} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			openID := w.someone(t, "小明")
			for range 2 {
				if _, err := w.CheckText(context.Background(), openID, "你好"); err != nil {
					t.Fatal(err)
				}
			}
			if n := w.calls.of("/cgi-bin/stable_token"); n != 1 {
				t.Fatalf("two calls asked for %d tokens", n)
			}
			spoil(w.fake)
			w.fake.Grant("小明", reminder, 1)
			if err := w.Send(context.Background(), core.Message{OpenID: openID, Template: reminder, Values: map[string]string{"thing1": "打卡"}}); err != nil {
				t.Fatal(err)
			}
			if n := w.calls.of("/cgi-bin/stable_token"); n != 2 {
				t.Errorf("%d tokens were asked for, want 2", n)
			}
			if n := len(w.fake.Sent()); n != 1 {
				t.Errorf("%d messages were sent", n)
			}
		})
	}
}

func TestATokenThatIsRefusedTwiceIsAnError(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, code := range []int{40001, 42001} {
		w.fake.Inject(fake.Fault{Path: "/wxa/getwxacodeunlimit", Code: code, Times: 2})
		before := w.calls.of("/wxa/getwxacodeunlimit")
		if _, err := w.QR(context.Background(), "a", ""); !errors.Is(err, core.ErrSetup) {
			t.Errorf("%d: got %v", code, err)
		}
		if n := w.calls.of("/wxa/getwxacodeunlimit") - before; n != 2 {
			t.Errorf("%d: tried %d times", code, n)
		}
	}
}

func TestAWrongSecretIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *wechat.Options, _ *fake.Options) { o.AppSecret = "another" })
	if _, err := w.QR(context.Background(), "a", ""); !errors.Is(err, core.ErrSetup) {
		t.Errorf("got %v", err)
	}
	w.fake.Inject(fake.Fault{Path: "/cgi-bin/stable_token", Code: 40001})
	if _, err := w.QR(context.Background(), "a", ""); !errors.Is(err, core.ErrSetup) {
		t.Errorf("got %v", err)
	}
	if n := w.calls.of("/cgi-bin/stable_token"); n != 2 {
		t.Errorf("tried %d times", n)
	}
}

func TestATokenNearItsEndIsUsedButNotKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, err := w.QR(context.Background(), "a", ""); err != nil {
		t.Fatal(err)
	}
	keys := w.redis.Keys()
	if len(keys) != 1 || w.redis.TTL(keys[0]) != 2*time.Hour-5*time.Minute {
		t.Fatalf("Redis holds %v", keys)
	}
	w.redis.FlushAll()
	w.clock.Add(2*time.Hour - 5*time.Minute - time.Second) // 301 seconds are left
	if _, err := w.QR(context.Background(), "a", ""); err != nil {
		t.Fatal(err)
	}
	if ttl := w.redis.TTL(w.redis.Keys()[0]); ttl != time.Second {
		t.Errorf("kept for %v", ttl)
	}
}

func TestWithoutRedisItStillWorks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.redis.Close()
	for range 2 {
		if _, err := w.QR(context.Background(), "a", ""); err != nil {
			t.Fatal(err)
		}
	}
}

func TestManyAtOnceShareOneToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	openID := w.someone(t, "小明")
	atOnce := func() {
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() {
				var err error
				switch i % 3 {
				case 0:
					_, err = w.CheckText(context.Background(), openID, "你好")
				case 1:
					_, err = w.QR(context.Background(), "a", "")
				case 2:
					_, err = w.Link(context.Background(), "pages/a", "")
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	atOnce()
	if n := w.calls.of("/cgi-bin/stable_token"); n != 1 {
		t.Errorf("%d tokens for forty calls", n)
	}
	w.fake.ExpireTokens()
	atOnce()
}

func TestATokenIsNeverKeptForever(t *testing.T) {
	t.Parallel()
	for _, life := range []int{300, 299, 0, -1} {
		w := newWorld(t, answering(t, `{"url_link":"https://x"}`, life))
		if _, err := w.Link(context.Background(), "a", ""); err != nil {
			t.Fatal(err)
		}
		if keys := w.redis.Keys(); len(keys) != 0 {
			t.Errorf("%d seconds: Redis keeps %v for %v", life, keys, w.redis.TTL(keys[0]))
		}
	}
}
