package wechat

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
	"time"

	"yingdi/domain/wechat"
)

// event is what a push says, in JSON or XML. The SDK's own structs fail on pushes that its samples show: numbers
// come as strings, and a list of one comes without its brackets.
type event struct {
	XMLName      xml.Name `json:"-" xml:"xml"`
	FromUserName string
	CreateTime   number
	MsgType      string
	Event        string
	MsgID        number `json:"MsgId" xml:"MsgId"`
	OpenID       string // of an authorisation withdrawn; FromUserName is the system's there
	TraceID      string `json:"trace_id" xml:"trace_id"`
	ErrCode      number `json:"errcode" xml:"errcode"`
	Result       struct {
		Suggest string `json:"suggest" xml:"suggest"`
		Label   number `json:"label" xml:"label"`
	} `json:"result" xml:"result"`

	List                    items
	SubscribeMsgPopupEvent  struct{ List items }
	SubscribeMsgChangeEvent struct{ List items }
	SubscribeMsgSentEvent   struct{ List items }
}

type item struct {
	TemplateID            string `json:"TemplateId" xml:"TemplateId"`
	SubscribeStatusString string
	MsgID                 number
	ErrorCode             number
	ErrorStatus           string
}

// push turns the event into what the features know. signed is when WeChat sent it.
func (e *event) push(plain []byte, signed time.Time) wechat.Push {
	p := wechat.Push{Kind: e.Event, At: signed}
	if e.MsgType != "event" {
		p.Kind = e.MsgType
	}
	if s := e.CreateTime.int(); s > 0 {
		p.At = time.Unix(s, 0).UTC()
	}
	identity := string(plain)
	switch p.Kind {
	case "wxa_media_check":
		p.Media = &wechat.MediaResult{Trace: e.TraceID, Verdict: verdict(e.Result.Suggest, int(e.Result.Label.int()))}
		if e.ErrCode.int() != 0 { // it could not look: a human must
			p.Media.Verdict = wechat.Verdict{Suggest: wechat.Review}
		}
		identity = e.TraceID
	case "subscribe_msg_popup_event", "subscribe_msg_change_event":
		p.OpenID = e.FromUserName
		for _, i := range e.list() {
			p.Subscriptions = append(p.Subscriptions, wechat.Subscription{Template: i.TemplateID, Accepted: i.SubscribeStatusString == "accept"})
		}
		identity = e.act(p)
	case "subscribe_msg_sent_event":
		p.OpenID = e.FromUserName
		for _, i := range e.list() {
			p.Sent = append(p.Sent, wechat.SentResult{Template: i.TemplateID, OK: i.ErrorCode.int() == 0, Reason: i.ErrorStatus})
		}
		identity = e.act(p)
	case "user_authorization_revoke", "user_authorization_cancellation":
		p.OpenID, p.Revoked = e.OpenID, true
		identity = e.act(p)
	default:
		p.OpenID = e.FromUserName
		if e.MsgID != "" {
			identity = string(e.MsgID)
		}
	}
	sum := sha256.Sum256([]byte(p.Kind + "\x00" + identity))
	p.ID = hex.EncodeToString(sum[:16])
	return p
}

// act tells two acts of one person in one second apart, which WeChat's own advice (the person and the second) does not.
func (e *event) act(p wechat.Push) string {
	return fmt.Sprintf("%s|%s|%v", p.OpenID, e.CreateTime, e.list())
}

func (e *event) list() items {
	for _, list := range []items{e.SubscribeMsgPopupEvent.List, e.SubscribeMsgChangeEvent.List, e.SubscribeMsgSentEvent.List} {
		if len(list) > 0 {
			return list
		}
	}
	return e.List
}

// number is written with or without quotes.
type number string

// UnmarshalJSON takes a number or a string.
func (n *number) UnmarshalJSON(raw []byte) error {
	if bytes.HasPrefix(raw, []byte(`"`)) {
		return json.Unmarshal(raw, (*string)(n))
	}
	*n = number(raw)
	return nil
}

func (n number) int() int64 {
	v, _ := strconv.ParseInt(strings.TrimSpace(string(n)), 10, 64)
	return v
}

// items is a list that may come as its only element.
type items []item

// UnmarshalJSON takes one or many.
func (l *items) UnmarshalJSON(raw []byte) error {
	if bytes.HasPrefix(raw, []byte("{")) {
		*l = make(items, 1)
		return json.Unmarshal(raw, &(*l)[0])
	}
	return json.Unmarshal(raw, (*[]item)(l))
}
