// Package password hashes passwords with argon2id and checks one-time codes by RFC 6238.
package password

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
	"golang.org/x/crypto/argon2"

	"yingdi/domain/session"
)

// Hasher implements session.Passwords with the second recommended option of RFC 9106: 64 MiB, 3 passes, 4 lanes. At
// most two hashes are computed at once, so that a flood of sign-ins cannot exhaust the memory.
type Hasher struct{ turns chan struct{} }

var _ session.Passwords = (*Hasher)(nil)

const (
	passes, memory, lanes = 3, 64 << 10, 4
	saltSize, keySize     = 16, 32
	period                = 30 // seconds of a one-time code
)

// New makes a hasher.
func New() *Hasher { return &Hasher{make(chan struct{}, 2)} }

func (h *Hasher) key(password string, salt []byte) []byte {
	h.turns <- struct{}{}
	defer func() { <-h.turns }()
	return argon2.IDKey([]byte(password), salt, passes, memory, lanes, keySize)
}

// Hash returns the encoded hash in the usual $argon2id$ form.
func (h *Hasher) Hash(password string) (string, error) {
	salt := make([]byte, saltSize)
	rand.Read(salt)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memory, passes, lanes,
		b64.EncodeToString(salt), b64.EncodeToString(h.key(password, salt))), nil
}

// Verify computes a hash also when there is none to compare with, so that time does not tell whether a login exists.
func (h *Hasher) Verify(hash, password string) bool {
	salt, want := make([]byte, saltSize), make([]byte, keySize)
	parts := strings.Split(hash, "$")
	known := len(parts) == 6 && parts[1] == "argon2id" &&
		parts[3] == fmt.Sprintf("m=%d,t=%d,p=%d", memory, passes, lanes)
	if known {
		var saltErr, keyErr error
		salt, saltErr = base64.RawStdEncoding.DecodeString(parts[4])
		want, keyErr = base64.RawStdEncoding.DecodeString(parts[5])
		known = saltErr == nil && keyErr == nil
	}
	return subtle.ConstantTimeCompare(h.key(password, salt), want) == 1 && known
}

// NewTOTP implements session.Passwords.
func (h *Hasher) NewTOTP(account string) (secret, address string, err error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "Yingdi", AccountName: account, Period: period, Digits: otp.DigitsSix})
	if err != nil {
		return "", "", fmt.Errorf("one-time secret: %w", err)
	}
	return key.Secret(), key.URL(), nil
}

// Step implements session.Passwords.
func (h *Hasher) Step(secret, code string, now time.Time) (int64, bool) {
	for _, shift := range []int64{0, -1, 1} {
		step := now.Unix()/period + shift
		want, err := totp.GenerateCode(secret, time.Unix(step*period, 0))
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return step, true
		}
	}
	return 0, false
}
