package wechat_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	core "yingdi/domain/wechat"
)

func TestLoginGivesTheSamePersonEveryTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, err := w.Login(context.Background(), w.fake.LoginCode("小明"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.Login(context.Background(), w.fake.LoginCode("小明"))
	if err != nil {
		t.Fatal(err)
	}
	if first.OpenID != again.OpenID || first.OpenID != w.fake.OpenID("小明") || first.UnionID == "" || first.SessionKey == "" {
		t.Errorf("got %+v, then %+v", first, again)
	}
	if other := w.someone(t, "小红"); other == first.OpenID {
		t.Error("two people share an openid")
	}
	if w.calls.of("/cgi-bin/stable_token") != 0 {
		t.Error("a login needs no access token")
	}
	if !w.calls.hosts["api.weixin.qq.com"] {
		t.Errorf("the Host header lost WeChat's name: %v", w.calls.hosts)
	}
}

func TestALoginCodeWorksOnceAndForFiveMinutes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	used := w.fake.LoginCode("小明")
	if _, err := w.Login(context.Background(), used); err != nil {
		t.Fatal(err)
	}
	old := w.fake.LoginCode("小明")
	w.clock.Add(5*time.Minute + time.Second)
	for name, test := range map[string]struct {
		code string
		want error
	}{
		"used":    {used, core.ErrBadCode}, // and expired by now
		"expired": {old, core.ErrBadCode},
		"unknown": {"0abc", core.ErrBadCode},
		"phone":   {w.fake.PhoneCode("小明", "13800138000"), core.ErrBadCode},
	} {
		if _, err := w.Login(context.Background(), test.code); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", name, err, test.want)
		}
	}
	twice := w.fake.LoginCode("小明")
	w.Login(context.Background(), twice)
	if _, err := w.Login(context.Background(), twice); !errors.Is(err, core.ErrCodeUsed) {
		t.Errorf("used: got %v", err)
	}
}

func TestAMalformedCodeNeverLeavesTheProcess(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, code := range []string{"", "a&appid=evil", "a b", "a#", "../x", strings.Repeat("a", 129), "验证码", "a\n"} {
		if _, err := w.Login(context.Background(), code); !errors.Is(err, core.ErrBadCode) {
			t.Errorf("login %q: got %v", code, err)
		}
		if _, err := w.Phone(context.Background(), code); !errors.Is(err, core.ErrBadCode) {
			t.Errorf("phone %q: got %v", code, err)
		}
	}
	if n := len(w.calls.paths); n != 0 {
		t.Errorf("%d calls were made", n)
	}
}

func TestPhoneIsE164(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for given, want := range map[string]string{
		"13800138000": "+8613800138000", "+8613800138000": "+8613800138000", "+85291234567": "+85291234567", "+14155550123": "+14155550123",
	} {
		code := w.fake.PhoneCode("小明", given)
		got, err := w.Phone(context.Background(), code)
		if err != nil || got != want {
			t.Errorf("%s: got %s, %v", given, got, err)
		}
		if _, err := w.Phone(context.Background(), code); !errors.Is(err, core.ErrBadCode) {
			t.Errorf("a second time: got %v", err)
		}
	}
}
