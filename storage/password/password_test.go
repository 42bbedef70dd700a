package password

import (
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

func TestPasswordsVerifyOnlyAgainstTheirOwnHash(t *testing.T) {
	t.Parallel()
	h := New()
	hash, err := h.Hash("correct horse battery")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, hash, password string
		want                 bool
	}{
		{"the right one", hash, "correct horse battery", true},
		{"another", hash, "correct horse batterz", false},
		{"the empty one", hash, "", false},
		{"no hash at all", "", "correct horse battery", false},
		{"a hash of other parameters", "$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA", "x", false},
		{"rubbish", "$$$$$", "x", false},
	} {
		if got := h.Verify(c.hash, c.password); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if again, _ := h.Hash("correct horse battery"); again == hash {
		t.Error("two hashes of one password are equal: no salt")
	}
}

func TestOneTimeCodesBelongToTheirStep(t *testing.T) {
	t.Parallel()
	h := New()
	secret, address, err := h.NewTOTP("mei")
	if err != nil || address[:15] != "otpauth://totp/" {
		t.Fatal(address, err)
	}
	at := time.Date(2026, 3, 1, 8, 0, 10, 0, time.UTC)
	code, _ := totp.GenerateCode(secret, at)
	for _, c := range []struct {
		name string
		now  time.Time
		ok   bool
	}{
		{"at once", at, true},
		{"one step late", at.Add(30 * time.Second), true},
		{"one step early", at.Add(-30 * time.Second), true},
		{"too late", at.Add(90 * time.Second), false},
	} {
		step, ok := h.Step(secret, code, c.now)
		if ok != c.ok || ok && step != at.Unix()/30 {
			t.Errorf("%s: step %d, %v", c.name, step, ok)
		}
	}
	if _, ok := h.Step(secret, "", at); ok {
		t.Error("an empty code passed")
	}
}
