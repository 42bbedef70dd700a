package wechatpay

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Signed or not, a body that nobody can read is refused: the SDK panics on some of these.
func TestWhatCannotBeDecryptedIsRefused(t *testing.T) {
	t.Parallel()
	key := strings.Repeat("k", 32)
	open, err := newOpener(key)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher([]byte(key))
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	nonce := strings.Repeat("n", gcm.NonceSize())
	good := resource{
		Algorithm: "AEAD_AES_256_GCM", Nonce: nonce, Associated: "transaction",
		Ciphertext: base64.StdEncoding.EncodeToString(gcm.Seal(nil, []byte(nonce), []byte("{}"), []byte("transaction"))),
	}
	if plain, err := open(good); err != nil || string(plain) != "{}" {
		t.Fatalf("%q %v", plain, err)
	}
	for name, change := range map[string]func(r *resource){
		"no nonce":              func(r *resource) { r.Nonce = "" },
		"a short nonce":         func(r *resource) { r.Nonce = nonce[1:] },
		"a long nonce":          func(r *resource) { r.Nonce += "n" },
		"no text":               func(r *resource) { r.Ciphertext = "" },
		"less than a tag":       func(r *resource) { r.Ciphertext = "AAAA" },
		"no base64":             func(r *resource) { r.Ciphertext = "%%%" },
		"another algorithm":     func(r *resource) { r.Algorithm = "AEAD_AES_128_GCM" },
		"other associated data": func(r *resource) { r.Associated = "refund" },
	} {
		r := good
		change(&r)
		if plain, err := open(r); err == nil {
			t.Errorf("%s: %q", name, plain)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.String()
		if _, err := open(resource{Algorithm: good.Algorithm, Nonce: text.Draw(rt, "nonce"), Associated: text.Draw(rt, "associated"), Ciphertext: text.Draw(rt, "text")}); err == nil {
			rt.Fatal("opened")
		}
	})
	for _, key := range []string{"", "short", strings.Repeat("k", 33)} {
		if _, err := newOpener(key); err == nil {
			t.Errorf("a key of %d characters", len(key))
		}
	}
}
