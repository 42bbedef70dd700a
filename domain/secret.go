package domain

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
)

// Sealer encrypts what must not be readable at rest (phone numbers, session keys) and makes the hashes by which
// such values are looked up. The first key seals; all of them open, so that keys can be rotated.
type Sealer struct {
	ciphers []sealKey
	hashKey []byte
}

type sealKey struct {
	name string
	aead cipher.AEAD
}

// NewSealer takes one or more master secrets of at least 32 bytes, the newest first, and the secret for look-up
// hashes, which can never change.
func NewSealer(hashSecret []byte, masters ...[]byte) (*Sealer, error) {
	if len(masters) == 0 {
		return nil, errors.New("sealer: no key")
	}
	s := &Sealer{}
	for _, master := range masters {
		if len(master) < 32 {
			return nil, errors.New("sealer: a key has fewer than 32 bytes")
		}
		key, err := hkdf.Key(sha256.New, master, nil, "yingdi seal", 32)
		if err != nil {
			return nil, err
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, err
		}
		aead, err := cipher.NewGCM(block)
		if err != nil {
			return nil, err
		}
		id := sha256.Sum256(key)
		s.ciphers = append(s.ciphers, sealKey{hex.EncodeToString(id[:4]), aead})
	}
	if len(hashSecret) < 32 {
		return nil, errors.New("sealer: the hash secret has fewer than 32 bytes")
	}
	var err error
	s.hashKey, err = hkdf.Key(sha256.New, hashSecret, nil, "yingdi lookup", 32)
	return s, err
}

// Seal encrypts plain. purpose binds it to its place: what was sealed as a phone cannot be opened as anything else.
func (s *Sealer) Seal(purpose, plain string) string {
	k := s.ciphers[0]
	nonce := make([]byte, k.aead.NonceSize())
	rand.Read(nonce)
	return k.name + "." + base64.RawURLEncoding.EncodeToString(k.aead.Seal(nonce, nonce, []byte(plain), []byte(purpose)))
}

// ErrSealed means that a sealed value was altered, belongs elsewhere, or its key is gone.
var ErrSealed = errors.New("sealed value cannot be opened")

// Open returns ErrSealed if sealed was not made by Seal with the same purpose and a known key.
func (s *Sealer) Open(purpose, sealed string) (string, error) {
	name, body, _ := strings.Cut(sealed, ".")
	raw, err := base64.RawURLEncoding.Strict().DecodeString(body)
	if err != nil {
		return "", ErrSealed
	}
	for _, k := range s.ciphers {
		if n := k.aead.NonceSize(); k.name == name && len(raw) > n {
			plain, err := k.aead.Open(nil, raw[:n], raw[n:], []byte(purpose))
			if err != nil {
				return "", ErrSealed
			}
			return string(plain), nil
		}
	}
	return "", ErrSealed
}

// Hash makes the look-up hash of a value; it cannot be turned back without the key.
func (s *Sealer) Hash(purpose, value string) string {
	mac := hmac.New(sha256.New, s.hashKey)
	mac.Write([]byte(purpose + "\x00" + value))
	return hex.EncodeToString(mac.Sum(nil)[:20])
}

// HashToken is the form in which a bearer token is stored: a plain digest, as the token itself is random.
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:20])
}
