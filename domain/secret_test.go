package domain_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"yingdi/domain"
)

func key(letter string) []byte { return []byte(strings.Repeat(letter, 32)) }

func sealer(t testing.TB, masters ...[]byte) *domain.Sealer {
	t.Helper()
	s, err := domain.NewSealer(key("h"), masters...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWhatIsSealedOpensAgain(t *testing.T) {
	t.Parallel()
	s := sealer(t, key("a"))
	rapid.Check(t, func(t *rapid.T) {
		plain, purpose := rapid.String().Draw(t, "plain"), rapid.String().Draw(t, "purpose")
		sealed := s.Seal(purpose, plain)
		got, err := s.Open(purpose, sealed)
		if err != nil || got != plain || sealed == s.Seal(purpose, plain) || len(plain) > 3 && strings.Contains(sealed, plain) {
			t.Fatalf("%q as %q: got %q, %v", plain, sealed, got, err)
		}
		if _, err := s.Open(purpose+"x", sealed); !errors.Is(err, domain.ErrSealed) {
			t.Fatalf("opened as something else: %v", err)
		}
	})
}

func TestWhatWasTamperedWithDoesNotOpen(t *testing.T) {
	t.Parallel()
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	s := sealer(t, key("a"))
	sealed := s.Seal("phone", "13800000000")
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(0, len(sealed)-1).Draw(t, "at")
		to := alphabet[rapid.IntRange(0, len(alphabet)-1).Draw(t, "to")]
		altered := sealed[:at] + string(to) + sealed[at+1:]
		if plain, err := s.Open("phone", altered); altered != sealed && !errors.Is(err, domain.ErrSealed) {
			t.Fatalf("%q opened as %q, %v", altered, plain, err)
		}
	})
	for _, bad := range []string{"", ".", "a", sealed[:20], sealed + "A", strings.ToUpper(sealed), strings.Replace(sealed, ".", "", 1)} {
		if _, err := s.Open("phone", bad); !errors.Is(err, domain.ErrSealed) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestKeysRotate(t *testing.T) {
	t.Parallel()
	before, both, after := sealer(t, key("a")), sealer(t, key("b"), key("a")), sealer(t, key("b"))
	old := before.Seal("phone", "13800000000")
	if plain, err := both.Open("phone", old); err != nil || plain != "13800000000" {
		t.Errorf("the old key is still known: %q, %v", plain, err)
	}
	if _, err := after.Open("phone", old); !errors.Is(err, domain.ErrSealed) {
		t.Errorf("the old key is gone: %v", err)
	}
	if plain, err := after.Open("phone", both.Seal("phone", "1")); err != nil || plain != "1" {
		t.Errorf("the newest key seals: %q, %v", plain, err)
	}
	if before.Hash("phone", "1") != after.Hash("phone", "1") {
		t.Error("look-up hashes must outlive the rotation of keys")
	}
}

func TestHashesTellPurposesApart(t *testing.T) {
	t.Parallel()
	s := sealer(t, key("a"))
	if s.Hash("phone", "1") == s.Hash("openid", "1") {
		t.Error("two purposes share a hash")
	}
	if h := s.Hash("phone", "1"); len(h) != 40 || !domain.ValidID(h) || h == domain.HashToken("1") {
		t.Errorf("hash %s", h)
	}
}

func TestASealerRefusesWeakKeys(t *testing.T) {
	t.Parallel()
	for name, make := range map[string]func() (*domain.Sealer, error){
		"no key":              func() (*domain.Sealer, error) { return domain.NewSealer(key("h")) },
		"a short key":         func() (*domain.Sealer, error) { return domain.NewSealer(key("h"), key("a")[:31]) },
		"a short second key":  func() (*domain.Sealer, error) { return domain.NewSealer(key("h"), key("a"), nil) },
		"a short hash secret": func() (*domain.Sealer, error) { return domain.NewSealer(key("h")[:31], key("a")) },
	} {
		if _, err := make(); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
