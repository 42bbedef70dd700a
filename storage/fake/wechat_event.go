package fake

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const (
	originalID = "gh_fake00000000"           // of the mini-program
	systemID   = "oFAKEsystem00000000000000" // WeChat itself, which sends verdicts and withdrawals
)

// json is the event as the documentation's samples show it, down to the numbers in quotes.
func (p Push) json(appID string) string {
	e := object{
		"ToUserName": originalID, "FromUserName": p.OpenID, "CreateTime": strconv.FormatInt(p.At.Unix(), 10),
		"MsgType": "event", "Event": p.Kind,
	}
	switch p.Kind {
	case "wxa_media_check":
		e["FromUserName"], e["CreateTime"] = systemID, p.At.Unix()
		e["appid"], e["trace_id"], e["version"], e["errcode"], e["errmsg"] = appID, p.Trace, 2, p.Error, p.errmsg()
		e["detail"] = []object{{"strategy": "content_model", "errcode": p.Error, "suggest": p.Verdict.Suggest, "label": p.Verdict.Label, "prob": 90}}
		e["result"] = p.Verdict
	case "user_authorization_revoke":
		e["FromUserName"], e["CreateTime"] = systemID, p.At.Unix()
		e["OpenID"], e["AppID"], e["RevokeInfo"] = p.OpenID, appID, "301"
	case "subscribe_msg_sent_event":
		i := p.Items[0]
		e["List"] = object{"TemplateId": i.Template, "MsgID": i.Message, "ErrorCode": i.Code, "ErrorStatus": i.Status}
	default:
		list := []object{}
		for _, i := range p.Items {
			list = append(list, object{"TemplateId": i.Template, "SubscribeStatusString": i.Status, "PopupScene": "0"})
		}
		e["List"] = list
	}
	raw, err := json.Marshal(e)
	if err != nil {
		panic("fake wechat: " + err.Error())
	}
	return string(raw)
}

func (p Push) errmsg() string {
	if p.Error != 0 {
		return "download media failed"
	}
	return "ok"
}

var listElements = map[string]string{
	"subscribe_msg_popup_event":  "SubscribeMsgPopupEvent",
	"subscribe_msg_change_event": "SubscribeMsgChangeEvent",
	"subscribe_msg_sent_event":   "SubscribeMsgSentEvent",
}

// xml is the same event in the other format, where lists sit one level deeper.
func (p Push) xml(appID string) string {
	from, body := p.OpenID, ""
	switch p.Kind {
	case "wxa_media_check":
		from = systemID
		result := element("suggest", p.Verdict.Suggest) + element("label", strconv.Itoa(p.Verdict.Label))
		body = element("appid", appID) + element("trace_id", p.Trace) + element("version", "2") +
			"<detail>" + element("strategy", "content_model") + element("errcode", strconv.Itoa(p.Error)) + result + element("prob", "90") + "</detail>" +
			element("errcode", strconv.Itoa(p.Error)) + element("errmsg", p.errmsg()) + "<result>" + result + "</result>"
	case "user_authorization_revoke":
		from = systemID
		body = element("OpenID", p.OpenID) + element("AppID", appID) + element("RevokeInfo", "301")
	default:
		for _, i := range p.Items {
			body += "<List>" + element("TemplateId", i.Template)
			if p.Kind == "subscribe_msg_sent_event" {
				body += element("MsgID", i.Message) + element("ErrorCode", i.Code) + element("ErrorStatus", i.Status)
			} else {
				body += element("SubscribeStatusString", i.Status) + element("PopupScene", "0")
			}
			body += "</List>"
		}
		body = fmt.Sprintf("<%[1]s>%[2]s</%[1]s>", listElements[p.Kind], body)
	}
	return "<xml>" + element("ToUserName", originalID) + element("FromUserName", from) +
		element("CreateTime", strconv.FormatInt(p.At.Unix(), 10)) + element("MsgType", "event") + element("Event", p.Kind) + body + "</xml>"
}

func element(name, text string) string {
	var escaped bytes.Buffer
	_ = xml.EscapeText(&escaped, []byte(text))
	return "<" + name + ">" + escaped.String() + "</" + name + ">"
}

// sign is WeChat's signature: SHA-1 over the sorted parts.
func sign(parts ...string) string {
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}

// encrypt is WeChat's safe mode: AES-CBC over 16 random bytes, the length, the text and the app id, padded to 32.
func encrypt(key []byte, appID, plain string) string {
	buf := make([]byte, 20, 20+len(plain)+len(appID)+32)
	rand.Read(buf[:16])
	binary.BigEndian.PutUint32(buf[16:], uint32(len(plain)))
	buf = append(append(buf, plain...), appID...)
	pad := 32 - len(buf)%32
	buf = append(buf, bytes.Repeat([]byte{byte(pad)}, pad)...)
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("fake wechat: " + err.Error())
	}
	cipher.NewCBCEncrypter(block, key[:16]).CryptBlocks(buf, buf)
	return base64.StdEncoding.EncodeToString(buf)
}
