package domain

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"strings"
)

// IDs makes ids: short, lower case, sorting by the time they were made.
type IDs interface{ New() string }

type idGenerator struct{ clock Clock }

// NewIDs makes ids of 48 bits of time in milliseconds and 72 random bits: 24 characters.
func NewIDs(clock Clock) IDs { return idGenerator{clock} }

var idEncoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

func (g idGenerator) New() string {
	var raw [15]byte
	binary.BigEndian.PutUint64(raw[:8], uint64(g.clock.Now().UnixMilli())<<16)
	rand.Read(raw[6:])
	return idEncoding.EncodeToString(raw[:])
}

type requestKey struct{}

// WithRequest names the request that is served, by its sender and what they call it; the edge does it.
func WithRequest(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, requestKey{}, name)
}

// OnceID is the id of the one thing that a request makes: should the process die between the deed and the answer, the
// repetition finds under it what was made. A request without a name gets a new id.
func OnceID(ctx context.Context, ids IDs) string {
	name, ok := ctx.Value(requestKey{}).(string)
	if !ok {
		return ids.New()
	}
	return HashToken(name)[:24]
}

// Secret makes an unguessable token of 160 bits for links, sessions and scenes.
func Secret() string {
	var raw [20]byte
	rand.Read(raw[:])
	return idEncoding.EncodeToString(raw[:])
}

// Key joins parts into a natural id. It panics if a part is empty or holds the separator, because two different
// things would then share an id.
func Key(parts ...string) string {
	for _, p := range parts {
		if p == "" || strings.Contains(p, ":") {
			panic("domain: bad part in natural id: " + strings.Join(parts, "|"))
		}
	}
	return strings.Join(parts, ":")
}

// ValidID reports whether s, which came from outside, can be an id at all: parts of letters, digits, - and _,
// joined by colons, at most 160 characters.
func ValidID(s string) bool {
	if s == "" || len(s) > 160 {
		return false
	}
	for _, part := range strings.Split(s, ":") {
		if part == "" {
			return false
		}
		for _, r := range part {
			if !(r == '-' || r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z') {
				return false
			}
		}
	}
	return true
}
