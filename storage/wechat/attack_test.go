package wechat_test

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	core "yingdi/domain/wechat"
)

func encryptRaw(blocks []byte) string {
	key, _ := base64.StdEncoding.DecodeString(aesKey + "=")
	block, _ := aes.NewCipher(key)
	out := make([]byte, len(blocks))
	cipher.NewCBCEncrypter(block, key[:16]).CryptBlocks(out, blocks)
	return base64.StdEncoding.EncodeToString(out)
}

func lyingLength() []byte {
	blocks := make([]byte, 64)
	binary.BigEndian.PutUint32(blocks[16:], 0xfffffff0)
	blocks[63] = 4
	return blocks
}

func TestAttacksOnThePushReceiver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if p, err := w.Receive(first(w.good().request()), second(w.good().request()), w.clock.Now()); err != nil || !p.Subscriptions[0].Accepted {
		t.Fatalf("the good one: %+v, %v", p, err)
	}
	for name, spoil := range map[string]func(f *forge){
		"plaintext":                 func(f *forge) { f.typ, f.envelope = "", goodEvent },
		"plaintext said to be aes":  func(f *forge) { f.envelope = goodEvent },
		"encrypted but not said so": func(f *forge) { f.typ = "raw" },
		"stale":                     func(f *forge) { f.at = f.at.Add(-5*time.Minute - time.Second) },
		"from the future":           func(f *forge) { f.at = f.at.Add(5*time.Minute + time.Second) },
		"another token":             func(f *forge) { f.token = "another" },
		"empty token":               func(f *forge) { f.token = "" },
		"another app id":            func(f *forge) { f.appID = "wx1111111111111111" },
		"longer app id":             func(f *forge) { f.appID += "x" },
		"another key":               func(f *forge) { f.key = strings.Repeat("B", 43) },
		"malformed base64":          func(f *forge) { f.secret = "###not base64###" },
		"empty secret":              func(f *forge) { f.envelope = `{"Encrypt":""}` },
		"half a block":              func(f *forge) { f.secret = base64.StdEncoding.EncodeToString(make([]byte, 20)) },
		"not whole blocks":          func(f *forge) { f.secret = base64.StdEncoding.EncodeToString(make([]byte, 50)) },
		"no padding":                func(f *forge) { f.secret = encryptRaw(make([]byte, 64)) },
		"too much padding":          func(f *forge) { f.secret = encryptRaw([]byte(strings.Repeat("\xff", 64))) },
		"only padding":              func(f *forge) { f.secret = encryptRaw([]byte(strings.Repeat("\x20", 32))) },
		"a length that lies":        func(f *forge) { f.secret = encryptRaw(lyingLength()) },
		"inside not JSON":           func(f *forge) { f.plain = "{" },
		"inside not XML":            func(f *forge) { f.plain = "<xml><MsgType>event" },
		"inside another XML":        func(f *forge) { f.plain = "<html><MsgType>event</MsgType></html>" },
		"inside nothing":            func(f *forge) { f.plain = "{}" },
		"inside null":               func(f *forge) { f.plain = "null" },
		"envelope not JSON":         func(f *forge) { f.envelope = "%s" },
		"envelope cut short":        func(f *forge) { f.envelope = `{"Encrypt":"%s` },
		"envelope of another type":  func(f *forge) { f.envelope = `{"Encrypt":["%s"]}` },
		"envelope too long":         func(f *forge) { f.envelope = `{"Encrypt":"%s","x":"` + strings.Repeat("x", 300<<10) + `"}` },
		"no body":                   func(f *forge) { f.envelope = "" },
	} {
		f := w.good()
		spoil(&f)
		query, body := f.request()
		p, err := w.Receive(query, body, w.clock.Now())
		if !errors.Is(err, core.ErrBadPush) {
			t.Errorf("%s: got %+v, %v", name, p, err)
		}
		if diff := cmp.Diff(core.Push{}, p); diff != "" {
			t.Errorf("%s: something came through: %s", name, diff)
		}
		if err != nil && (len(err.Error()) > 100 || strings.Contains(err.Error(), "oSomebody")) {
			t.Errorf("%s: the error says too much: %v", name, err)
		}
	}
	for name, spoil := range map[string]func(url.Values){
		"no timestamp":                func(q url.Values) { q.Del("timestamp") },
		"a timestamp that is none":    func(q url.Values) { q.Set("timestamp", "now") },
		"another nonce":               func(q url.Values) { q.Set("nonce", "m") },
		"no signature":                func(q url.Values) { q.Del("signature") },
		"no msg_signature":            func(q url.Values) { q.Del("msg_signature") },
		"signature for msg_signature": func(q url.Values) { q.Set("msg_signature", q.Get("signature")) },
		"fresh stamp, old signature":  func(q url.Values) { q.Set("timestamp", strconv.FormatInt(w.clock.Now().Unix()+1, 10)) },
	} {
		query, body := w.good().request()
		spoil(query)
		if _, err := w.Receive(query, body, w.clock.Now()); !errors.Is(err, core.ErrBadPush) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func first(q url.Values, _ []byte) url.Values { return q }
func second(_ url.Values, b []byte) []byte    { return b }

func TestAnOldBodyCannotBeSentAgainUnderANewStamp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old, body := w.good().request()
	w.clock.Add(time.Hour)
	f := w.good()
	f.token = "the attacker does not know it"
	query, _ := f.request()
	query.Set("msg_signature", old.Get("msg_signature"))
	for _, q := range []url.Values{old, query} {
		if _, err := w.Receive(q, body, w.clock.Now()); !errors.Is(err, core.ErrBadPush) {
			t.Errorf("got %v", err)
		}
	}
}

func TestEcho(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	query, _ := w.good().request()
	query.Set("echostr", "4375120948345356249")
	if echo, err := w.Echo(query, w.clock.Now()); err != nil || echo != "4375120948345356249" {
		t.Errorf("got %q, %v", echo, err)
	}
	for name, spoil := range map[string]func(url.Values){
		"script":       func(q url.Values) { q.Set("echostr", "<script>") },
		"nothing":      func(q url.Values) { q.Del("echostr") },
		"long":         func(q url.Values) { q.Set("echostr", strings.Repeat("1", 257)) },
		"no signature": func(q url.Values) { q.Del("signature") },
		"stale":        func(q url.Values) { w.clock.Add(6 * time.Minute) },
	} {
		q := url.Values{}
		for k, v := range query {
			q[k] = append([]string{}, v...)
		}
		before := w.clock.Now()
		spoil(q)
		if echo, err := w.Echo(q, w.clock.Now()); !errors.Is(err, core.ErrBadPush) || echo != "" {
			t.Errorf("%s: got %q, %v", name, echo, err)
		}
		w.clock.Add(before.Sub(w.clock.Now()))
	}
}

func FuzzReceive(f *testing.F) {
	w := newWorld(f)
	_, body := w.good().request()
	f.Add(body, goodEvent)
	f.Add([]byte("<xml><Encrypt>x</Encrypt></xml>"), "<xml><MsgType>event</MsgType><CreateTime>x</CreateTime></xml>")
	f.Add([]byte(`{"Encrypt":"AAAA"}`), `{"MsgType":"event","List":[{}],"CreateTime":{}}`)
	f.Fuzz(func(t *testing.T, body []byte, plain string) {
		g := w.good()
		g.plain = plain
		query, signed := g.request()
		if p, err := w.Receive(query, signed, w.clock.Now()); err == nil && (p.ID == "" || p.At.IsZero()) {
			t.Errorf("half a push: %+v", p)
		}
		raw := w.good()
		raw.secret = encryptRaw(append(body, make([]byte, 32-len(body)%32)...))
		query, signed = raw.request()
		w.Receive(query, signed, w.clock.Now())
		query.Set("msg_signature", strings.Repeat("0", 40))
		if _, err := w.Receive(query, body, w.clock.Now()); !errors.Is(err, core.ErrBadPush) {
			t.Errorf("unsigned: got %v", err)
		}
	})
}
