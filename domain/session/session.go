// Package session is how people are known from one request to the next: the mini-program's tokens, the console's
// cookie, sign-in by scanning a code, and sign-in by password and one-time code.
package session

import (
	"crypto/subtle"
	"fmt"
	"strconv"
	"strings"
	"time"

	"yingdi/domain"
)

// How long things last.
const (
	AccessLife     = 30 * time.Minute    // of a mini-program's access token
	RefreshLife    = 30 * 24 * time.Hour // of its refresh token, anew at each refresh
	RefreshGrace   = time.Minute         // in which a repeated refresh gives the same tokens again
	ConsoleIdle    = 12 * time.Hour      // of a console session without a request
	ConsoleLife    = 7 * 24 * time.Hour  // of a console session at the most
	consoleTouched = 10 * time.Minute    // how often a console session's last use is written down
)

// Kind of a session.
type Kind string

// The kinds.
const (
	Mini    Kind = "mini"
	Console Kind = "console"
)

// Session is one sign-in. Its tokens are not stored: they are derived from its id, its generation and the server's
// secret, so a copy of the database lets nobody in.
type Session struct {
	domain.Doc
	Member     string    `json:"member"`
	Kind       Kind      `json:"kind"`
	Epoch      int       `json:"epoch"`      // of the member at sign-in
	Generation int       `json:"generation"` // counts refreshes
	RotatedAt  time.Time `json:"rotated_at"` // when the generation began; for the console, when it was last used
	CreatedAt  time.Time `json:"created_at"`
	Until      time.Time `json:"until"` // the session ends and may be deleted
	RevokedAt  time.Time `json:"revoked_at,omitzero"`
	Reason     string    `json:"reason,omitempty"` // of the revocation
}

// The refusals of this feature.
var (
	ErrExpired  = domain.Refusal(domain.KindUnauthenticated, "session_expired", "登录已过期，请重新登录")
	ErrReused   = domain.Refusal(domain.KindUnauthenticated, "refresh_token_reused", "登录已失效，请重新登录")
	ErrPassword = domain.Refusal(domain.KindUnauthenticated, "sign_in_refused", "账号、密码或动态码不正确")
	ErrLocked   = domain.Refusal(domain.KindTooMany, "sign_in_locked", "尝试次数太多，请稍后再试")
	ErrTicket   = domain.Refusal(domain.KindConflict, "ticket_expired", "二维码已失效，请刷新后重新扫码")
	ErrNotStaff = domain.Refusal(domain.KindForbidden, "not_staff", "你还不是任何机构的工作人员，不能登录管理后台")
)

// Tokens is what the mini-program holds.
type Tokens struct {
	Access    string
	Refresh   string
	ExpiresIn time.Duration // of the access token
}

type token struct {
	purpose, session string
	generation       int
	mac              string
}

func (t token) String() string {
	return fmt.Sprintf("%s.%s.%d.%s", t.purpose, t.session, t.generation, t.mac)
}

func parseToken(purpose, s string) (token, error) {
	parts := strings.Split(s, ".")
	if len(s) > 200 || len(parts) != 4 || parts[0] != purpose || !domain.ValidID(parts[1]) {
		return token{}, ErrExpired
	}
	generation, err := strconv.Atoi(parts[2])
	if err != nil || generation < 0 {
		return token{}, ErrExpired
	}
	return token{parts[0], parts[1], generation, parts[3]}, nil
}

const (
	purposeAccess  = "a"
	purposeRefresh = "r"
	purposeConsole = "c"
)

func derive(sealer *domain.Sealer, purpose, session string, generation int) token {
	t := token{purpose: purpose, session: session, generation: generation}
	t.mac = sealer.Hash("session."+purpose, session+"."+strconv.Itoa(generation))
	return t
}

// genuine reports whether the server itself made the token.
func (t token) genuine(sealer *domain.Sealer) bool {
	own := derive(sealer, t.purpose, t.session, t.generation)
	return subtle.ConstantTimeCompare([]byte(own.mac), []byte(t.mac)) == 1
}

// admits decides whether a genuine access or console token of this generation opens the session at now.
func (s Session) admits(generation int, now time.Time) bool {
	switch {
	case !s.RevokedAt.IsZero() || !now.Before(s.Until):
		return false
	case s.Kind == Console:
		return now.Before(s.RotatedAt.Add(ConsoleIdle))
	case generation == s.Generation:
		return now.Before(s.RotatedAt.Add(AccessLife))
	default: // requests that were under way while the tokens were renewed
		return generation == s.Generation-1 && now.Before(s.RotatedAt.Add(RefreshGrace))
	}
}

// Refresh moves the session on to its next generation for the holder of the given one. The same refresh again within
// RefreshGrace changes nothing (two calls at once, or an answer that got lost); any other use of an old token means
// that two parties hold it: the session is revoked and ErrReused returned by the caller.
func (s *Session) Refresh(generation int, now time.Time) (reused bool, err error) {
	switch {
	case s.Kind != Mini || !s.RevokedAt.IsZero() || !now.Before(s.Until):
		return false, ErrExpired
	case generation == s.Generation:
		s.Generation++
		s.RotatedAt, s.Until = now, now.Add(RefreshLife)
		return false, nil
	case generation == s.Generation-1 && now.Before(s.RotatedAt.Add(RefreshGrace)):
		return false, domain.ErrSame
	default:
		s.revoke("reuse", now)
		return true, nil
	}
}

func (s *Session) revoke(reason string, now time.Time) {
	if s.RevokedAt.IsZero() {
		s.RevokedAt, s.Reason = now, reason
	}
}
