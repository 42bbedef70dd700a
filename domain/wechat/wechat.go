// Package wechat holds what the features know of WeChat: plain facts and refusals, no protocol. The client that
// speaks the protocol is storage/wechat; each feature declares the one or two methods of it that it needs.
package wechat

import (
	"time"

	"yingdi/domain"
)

// Identity is who WeChat says logged in. None of it is ever a public id, and none of it reaches a log.
type Identity struct {
	OpenID     string
	UnionID    string // empty unless the mini-program is bound to an open platform account
	SessionKey string // stays on the server, sealed at rest
}

// Suggestion is what a content check advises.
type Suggestion string

// The three suggestions of msg_sec_check and media_check_async.
const (
	Pass   Suggestion = "pass"
	Review Suggestion = "review" // a person must look
	Risky  Suggestion = "risky"
)

// Verdict of a content check. Label is WeChat's category number (100 normal, 20001 politics, 20002 sexual …).
type Verdict struct {
	Suggest Suggestion
	Label   int
}

// MediaKind is what media_check_async can look at.
type MediaKind int

// Numbers as in WeChat's protocol.
const (
	Audio MediaKind = 1
	Image MediaKind = 2
)

// Message is a subscribe message: one consent, one message.
type Message struct {
	OpenID   string
	Template string            // the template's id
	Page     string            // where a tap leads, without a leading slash
	Values   map[string]string // by the template's keyword, such as thing1
}

// Push is what WeChat told us, verified and decrypted. Exactly one of Media, Subscriptions, Sent and Revoked is set
// for the kinds we know, and none for the others.
type Push struct {
	ID            string // the same for a repeated delivery
	Kind          string // WeChat's event name, such as wxa_media_check
	OpenID        string // whom it is about; empty for a media result, which names only the trace
	At            time.Time
	Media         *MediaResult
	Subscriptions []Subscription // what the person accepted or rejected in the subscribe dialog, or switched off later
	Sent          []SentResult   // what became of subscribe messages that we sent
	Revoked       bool           // the person withdrew their authorisation or closed their account: their data must be deleted
}

// MediaResult answers an earlier media check.
type MediaResult struct {
	Trace   string
	Verdict Verdict
}

// Subscription is the person's answer for one template.
type Subscription struct {
	Template string
	Accepted bool
}

// SentResult says whether a subscribe message reached the person.
type SentResult struct {
	Template string
	OK       bool
	Reason   string
}

// What WeChat refuses, each with its error code in the public documentation.
var (
	ErrBadCode     = domain.Refusal(domain.KindInvalid, "wechat_code_invalid", "登录已失效，请重试").On("code") // 40029
	ErrCodeUsed    = domain.Refusal(domain.KindInvalid, "wechat_code_used", "登录已失效，请重试").On("code")    // 40163
	ErrTooOften    = domain.Refusal(domain.KindTooMany, "wechat_too_often", "登录太频繁，请稍后再试")             // 45011
	ErrBlocked     = domain.Refusal(domain.KindForbidden, "wechat_blocked", "该微信账号存在风险，暂时不能登录")        // 40226
	ErrNoConsent   = domain.Refusal(domain.KindConflict, "wechat_no_consent", "对方没有订阅这类消息")            // 43101
	ErrBadMessage  = domain.Refusal(domain.KindInvalid, "wechat_message_invalid", "消息内容不符合模板要求")       // 47003
	ErrBadTemplate = domain.Refusal(domain.KindInvalid, "wechat_template_invalid", "消息模板不存在")          // 40037
	ErrInactive    = domain.Refusal(domain.KindConflict, "wechat_inactive", "请在小程序里重新打开页面后再提交")        // 61010
	ErrUnknown     = domain.Refusal(domain.KindNotFound, "wechat_person_unknown", "没有找到这位微信用户")        // 40003
	ErrQuota       = domain.Refusal(domain.KindTooMany, "wechat_quota", "微信接口今天的次数已用完，请稍后再试")          // 45009, 45029
	ErrSetup       = domain.Refusal(domain.KindUnavailable, "wechat_setup", "小程序的微信配置有误，请联系管理员")       // 40001, 40013, 40125, 40164, 48001 …
	ErrRefused     = domain.Refusal(domain.KindUnavailable, "wechat_refused", "微信没有接受这次请求，请稍后再试")      // any other code
	ErrBadPush     = domain.Refusal(domain.KindForbidden, "wechat_push_refused", "推送签名无效")             // ours: forged, stale or plaintext
	ErrUnreachable = domain.Refusal(domain.KindUnavailable, "wechat_unreachable", "微信服务暂时没有响应，请稍后再试")  // network, 5xx, -1
)
