package wechat

import (
	"bytes"
	"crypto/subtle"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"time"

	"github.com/silenceper/wechat/v2/util"

	"yingdi/domain/wechat"
)

const (
	maxPush  = 256 << 10
	pushSkew = 5 * time.Minute
)

// Receive opens one push: query and body are those of WeChat's POST. Only safe mode passes: encrypted, both
// signatures right, signed within five minutes of now, and for this mini-program. Anything else is
// wechat.ErrBadPush, and nothing in its text came from outside. WeChat repeats a push until it is answered with the
// word success: a push with the ID of an earlier one is the same push.
func (c *Client) Receive(query url.Values, body []byte, now time.Time) (wechat.Push, error) {
	at, err := c.signed(query, now)
	if err != nil {
		return wechat.Push{}, err
	}
	if query.Get("encrypt_type") != "aes" {
		return wechat.Push{}, badPush("not encrypted")
	}
	if len(body) > maxPush {
		return wechat.Push{}, badPush("too long")
	}
	var envelope struct {
		XMLName xml.Name `json:"-" xml:"xml"`
		Encrypt string   `xml:"Encrypt"`
	}
	if err := unmarshal(body, &envelope); err != nil || envelope.Encrypt == "" {
		return wechat.Push{}, badPush("no envelope")
	}
	want := util.Signature(c.config.Token, query.Get("timestamp"), query.Get("nonce"), envelope.Encrypt)
	if !same(want, query.Get("msg_signature")) {
		return wechat.Push{}, badPush("wrong msg_signature")
	}
	_, plain, err := util.DecryptMsg(c.config.AppID, envelope.Encrypt, c.config.EncodingAESKey)
	if err != nil {
		return wechat.Push{}, badPush("cannot be decrypted, or is for another app")
	}
	var e event
	if err := unmarshal(plain, &e); err != nil || e.MsgType == "" {
		return wechat.Push{}, badPush("no event inside")
	}
	return e.push(plain, at), nil
}

var echoPattern = regexp.MustCompile(`^[0-9A-Za-z+/=_-]{1,256}$`)

// Echo answers the GET with which WeChat's console tries the address: the text to send back, as it is. Returns
// wechat.ErrBadPush.
func (c *Client) Echo(query url.Values, now time.Time) (string, error) {
	if _, err := c.signed(query, now); err != nil {
		return "", err
	}
	echo := query.Get("echostr")
	if !echoPattern.MatchString(echo) {
		return "", badPush("malformed echostr")
	}
	return echo, nil
}

// signed checks what every request of WeChat carries, and returns when it was signed.
func (c *Client) signed(query url.Values, now time.Time) (time.Time, error) {
	seconds, err := strconv.ParseInt(query.Get("timestamp"), 10, 64)
	if err != nil {
		return time.Time{}, badPush("no timestamp")
	}
	if !same(util.Signature(c.config.Token, query.Get("timestamp"), query.Get("nonce")), query.Get("signature")) {
		return time.Time{}, badPush("wrong signature")
	}
	at := time.Unix(seconds, 0).UTC()
	if at.Before(now.Add(-pushSkew)) || at.After(now.Add(pushSkew)) {
		return time.Time{}, badPush("stale")
	}
	return at, nil
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func badPush(why string) error { return fmt.Errorf("wechat push: %s: %w", why, wechat.ErrBadPush) }

// unmarshal reads either of the two formats that the console offers.
func unmarshal(data []byte, into any) error {
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("<")) {
		return xml.Unmarshal(data, into)
	}
	return json.Unmarshal(data, into)
}
