package wechat

import (
	"fmt"

	"yingdi/domain/wechat"
)

// Codes from the pages of the single calls and from WeChat's list of global return codes.
var refusals = map[int64]error{
	-1:    wechat.ErrUnreachable, // the system is busy
	40029: wechat.ErrBadCode,
	40163: wechat.ErrCodeUsed,
	45011: wechat.ErrTooOften,
	40226: wechat.ErrBlocked,
	40003: wechat.ErrUnknown,
	43101: wechat.ErrNoConsent,
	47003: wechat.ErrBadMessage,
	40037: wechat.ErrBadTemplate,
	61010: wechat.ErrInactive,
	45009: wechat.ErrQuota, // the day's calls
	45029: wechat.ErrQuota, // the number of codes
	40001: wechat.ErrSetup, // the secret, or the token after it was renewed
	40013: wechat.ErrSetup, // the app id
	40014: wechat.ErrSetup,
	40125: wechat.ErrSetup, // the secret
	40164: wechat.ErrSetup, // our address is not on the list
	40243: wechat.ErrSetup, // the secret is frozen
	41002: wechat.ErrSetup,
	41004: wechat.ErrSetup,
	42001: wechat.ErrSetup,
	48001: wechat.ErrSetup, // the mini-program may not use this call
	50002: wechat.ErrSetup, // the account is limited
}

// refusal explains why a call failed, in our words.
func (k *call) refusal() error {
	switch {
	case k.err != nil:
		return fmt.Errorf("%w: %w", k.err, wechat.ErrUnreachable)
	case k.code == 0:
		return fmt.Errorf("an answer that makes no sense: %w", wechat.ErrUnreachable)
	}
	known, ok := refusals[k.code]
	if !ok {
		known = wechat.ErrRefused
	}
	return fmt.Errorf("errcode %d: %w", k.code, known)
}

// tokenRefused tells whether WeChat refused the access token, rather than the request or, when there was no token
// yet, the secret.
func (k *call) tokenRefused() bool {
	return k.token != "" && (k.code == 40001 || k.code == 40014 || k.code == 42001)
}
