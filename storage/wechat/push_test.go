package wechat_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/silenceper/wechat/v2/util"

	core "yingdi/domain/wechat"
	"yingdi/storage/fake"
	"yingdi/storage/wechat"
)

// inbox is the product's address for pushes: it opens them with the client and keeps what passed.
type inbox struct {
	mu      sync.Mutex
	pushes  []core.Push
	refused int
}

func (w *world) inbox(t testing.TB) *inbox {
	t.Helper()
	box := &inbox{}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		p, err := w.Receive(r.URL.Query(), body, w.clock.Now())
		box.mu.Lock()
		defer box.mu.Unlock()
		if err != nil {
			if !errors.Is(err, core.ErrBadPush) {
				t.Errorf("got %v", err)
			}
			box.refused++
			rw.WriteHeader(http.StatusForbidden)
			return
		}
		box.pushes = append(box.pushes, p)
		io.WriteString(rw, "success")
	}))
	t.Cleanup(server.Close)
	w.fake.PushTo(server.URL)
	return box
}

func inXML(_ *wechat.Options, f *fake.Options) { f.PushXML = true }
func inJSON(*wechat.Options, *fake.Options)    {}

func TestEveryPushArrivesInBothFormats(t *testing.T) {
	t.Parallel()
	for name, format := range map[string]func(*wechat.Options, *fake.Options){"json": inJSON, "xml": inXML} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, format)
			box := w.inbox(t)
			openID := w.someone(t, "小明 <&>")
			start := w.clock.Now()

			w.fake.NextVerdict(fake.Verdict{Suggest: "risky", Label: 20002})
			trace, err := w.CheckMedia(context.Background(), openID, "https://media.example/a", core.Image)
			if err != nil {
				t.Fatal(err)
			}
			w.fake.Grant(openID, reminder, 1)
			w.fake.Decline(openID, reviewed)
			if err := w.Send(context.Background(), core.Message{OpenID: openID, Template: reminder, Values: map[string]string{"thing1": "打卡"}}); err != nil {
				t.Fatal(err)
			}
			w.fake.SwitchOff(openID, reviewed)
			w.fake.Revoke(openID)
			w.clock.Add(time.Minute)
			if n := w.fake.Deliver(context.Background()); n != 6 {
				t.Fatalf("%d pushes were accepted", n)
			}

			at := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
			want := []core.Push{
				{Kind: "subscribe_msg_popup_event", OpenID: openID, At: at(0), Subscriptions: []core.Subscription{{Template: reminder, Accepted: true}}},
				{Kind: "subscribe_msg_popup_event", OpenID: openID, At: at(1), Subscriptions: []core.Subscription{{Template: reviewed}}},
				{Kind: "subscribe_msg_sent_event", OpenID: openID, At: at(2), Sent: []core.SentResult{{Template: reminder, OK: true, Reason: "success"}}},
				{Kind: "subscribe_msg_change_event", OpenID: openID, At: at(3), Subscriptions: []core.Subscription{{Template: reviewed}}},
				{Kind: "user_authorization_revoke", OpenID: openID, At: at(4), Revoked: true},
				{Kind: "wxa_media_check", At: at(0), Media: &core.MediaResult{Trace: trace, Verdict: core.Verdict{Suggest: core.Risky, Label: 20002}}},
			}
			ids := map[string]bool{}
			for i := range box.pushes {
				ids[box.pushes[i].ID] = true
				box.pushes[i].ID = ""
			}
			if diff := cmp.Diff(want, box.pushes); diff != "" {
				t.Error(diff)
			}
			if len(ids) != len(want) {
				t.Errorf("%d different ids for %d pushes", len(ids), len(want))
			}
		})
	}
}

func TestTwoConsentsInOneSecondAreTwoPushes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	box := w.inbox(t)
	w.fake.Grant("小明", reminder, 2)
	if n := w.fake.Deliver(context.Background()); n != 2 || box.pushes[0].ID == box.pushes[1].ID {
		t.Errorf("%d accepted: %+v", n, box.pushes)
	}
}

func TestSpoiltPushesAreRefusedAndTheGoodOneComesAfter(t *testing.T) {
	t.Parallel()
	for _, fault := range []fake.PushFault{fake.BadSignature, fake.BadMsgSignature, fake.Plaintext, fake.Stale} {
		for name, format := range map[string]func(*wechat.Options, *fake.Options){"json": inJSON, "xml": inXML} {
			t.Run(string(fault)+" "+name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, format)
				box := w.inbox(t)
				w.fake.Grant("小明", reminder, 1)
				w.fake.InjectPush(fault)
				if n := w.fake.Deliver(context.Background()); n != 0 || box.refused != 1 {
					t.Fatalf("%d accepted, %d refused", n, box.refused)
				}
				if n := w.fake.Deliver(context.Background()); n != 0 {
					t.Fatal("repeated at once")
				}
				w.clock.Add(5 * time.Second)
				if n := w.fake.Deliver(context.Background()); n != 1 || len(box.pushes) != 1 {
					t.Fatalf("%d accepted", n)
				}
			})
		}
	}
}

func TestADuplicateHasTheSameID(t *testing.T) {
	t.Parallel()
	for name, format := range map[string]func(*wechat.Options, *fake.Options){"json": inJSON, "xml": inXML} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, format)
			box := w.inbox(t)
			openID := w.someone(t, "小明")
			w.CheckMedia(context.Background(), openID, "https://media.example/a", core.Audio)
			w.CheckMedia(context.Background(), openID, "https://media.example/b", core.Audio)
			w.fake.Grant("小明", reminder, 1)
			w.clock.Add(time.Minute)
			for range 3 {
				w.fake.InjectPush(fake.Duplicate)
			}
			w.fake.Deliver(context.Background())
			if len(box.pushes) != 6 {
				t.Fatalf("%d pushes", len(box.pushes))
			}
			ids := map[string]int{}
			for _, p := range box.pushes {
				ids[p.ID]++
			}
			for id, n := range ids {
				if n != 2 {
					t.Errorf("%s came %d times: %+v", id, n, box.pushes)
				}
			}
		})
	}
}

func TestLostLateAndReorderedPushes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	box := w.inbox(t)
	for _, f := range []fake.PushFault{fake.Drop, fake.Delay, fake.Reorder} {
		w.fake.InjectPush(f)
	}
	for _, name := range []string{"丢", "迟", "乱", "好"} {
		w.fake.Grant(name, reminder, 1)
	}
	w.fake.Deliver(context.Background())
	w.clock.Add(10 * time.Minute)
	w.fake.Deliver(context.Background())
	var got []string
	for _, p := range box.pushes {
		got = append(got, p.OpenID)
	}
	if diff := cmp.Diff([]string{w.fake.OpenID("好"), w.fake.OpenID("乱"), w.fake.OpenID("迟")}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAMediaThatCannotBeFetchedGoesToAHuman(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(_ *wechat.Options, f *fake.Options) { f.Fetch = http.DefaultClient })
	box := w.inbox(t)
	media := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/gone" {
			rw.WriteHeader(http.StatusForbidden)
			return
		}
		rw.Write([]byte("picture"))
	}))
	t.Cleanup(media.Close)
	openID := w.someone(t, "小明")
	for _, path := range []string{"/there", "/gone"} {
		if _, err := w.CheckMedia(context.Background(), openID, media.URL+path, core.Image); err != nil {
			t.Fatal(err)
		}
	}
	w.clock.Add(time.Minute)
	w.fake.Deliver(context.Background())
	if len(box.pushes) != 2 || box.pushes[0].Media.Verdict.Suggest != core.Pass || box.pushes[1].Media.Verdict.Suggest != core.Review {
		t.Errorf("got %+v", box.pushes)
	}
}

// forge signs and encrypts anything as WeChat would, or not quite.
type forge struct {
	at                            time.Time
	token, appID, plain, key, typ string
	secret                        string // instead of an encryption of plain
	envelope                      string // instead of the JSON one; %s is the secret
}

func (f forge) request() (url.Values, []byte) {
	if f.secret == "" {
		raw, err := util.EncryptMsg([]byte("0123456789abcdef"), []byte(f.plain), f.appID, f.key)
		if err != nil {
			panic(err)
		}
		f.secret = string(raw)
	}
	stamp := strconv.FormatInt(f.at.Unix(), 10)
	q := url.Values{"timestamp": {stamp}, "nonce": {"n"}, "encrypt_type": {f.typ},
		"signature":     {util.Signature(f.token, stamp, "n")},
		"msg_signature": {util.Signature(f.token, stamp, "n", f.secret)}}
	return q, []byte(strings.ReplaceAll(f.envelope, "%s", f.secret))
}

const goodEvent = `{"ToUserName":"gh","FromUserName":"oSomebody","CreateTime":"1772672400","MsgType":"event","Event":"subscribe_msg_popup_event","List":{"TemplateId":"t","SubscribeStatusString":"accept","PopupScene":"0"}}`

func (w *world) good() forge {
	return forge{at: w.clock.Now(), token: pushToken, appID: fake.AppID, plain: goodEvent, key: aesKey, typ: "aes", envelope: `{"ToUserName":"gh","Encrypt":"%s"}`}
}

// encryptRaw encrypts whole blocks as they are, so that lengths and padding can lie.
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

func TestWhatTheSamplesShow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, test := range map[string]struct {
		plain string
		want  core.Push
	}{
		"a list of several, numbers bare": {
			`{"FromUserName":"o1","CreateTime":1620963428,"MsgType":"event","Event":"subscribe_msg_change_event","List":[{"TemplateId":"a","SubscribeStatusString":"reject"},{"TemplateId":"b","SubscribeStatusString":"accept"}]}`,
			core.Push{Kind: "subscribe_msg_change_event", OpenID: "o1", At: time.Unix(1620963428, 0).UTC(), Subscriptions: []core.Subscription{{Template: "a"}, {Template: "b", Accepted: true}}},
		},
		"CDATA": {
			`<xml><FromUserName><![CDATA[o1]]></FromUserName><CreateTime>1620963428</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe_msg_popup_event]]></Event><SubscribeMsgPopupEvent><List><TemplateId><![CDATA[a]]></TemplateId><SubscribeStatusString><![CDATA[accept]]></SubscribeStatusString><PopupScene>2</PopupScene></List><List><TemplateId><![CDATA[b]]></TemplateId><SubscribeStatusString><![CDATA[reject]]></SubscribeStatusString></List></SubscribeMsgPopupEvent></xml>`,
			core.Push{Kind: "subscribe_msg_popup_event", OpenID: "o1", At: time.Unix(1620963428, 0).UTC(), Subscriptions: []core.Subscription{{Template: "a", Accepted: true}, {Template: "b"}}},
		},
		"a message that did not arrive": {
			`{"FromUserName":"o1","CreateTime":"1620963428","MsgType":"event","Event":"subscribe_msg_sent_event","List":{"TemplateId":"a","MsgID":"1864323726461255680","ErrorCode":"1","ErrorStatus":"user block"}}`,
			core.Push{Kind: "subscribe_msg_sent_event", OpenID: "o1", At: time.Unix(1620963428, 0).UTC(), Sent: []core.SentResult{{Template: "a", Reason: "user block"}}},
		},
		"an account closed": {
			`{"FromUserName":"system","CreateTime":1620963428,"MsgType":"event","Event":"user_authorization_cancellation","OpenID":"o1"}`,
			core.Push{Kind: "user_authorization_cancellation", OpenID: "o1", At: time.Unix(1620963428, 0).UTC(), Revoked: true},
		},
		"a text to the customer service": {
			`{"FromUserName":"o1","CreateTime":1620963428,"MsgType":"text","Content":"你好","MsgId":1234567890123456}`,
			core.Push{Kind: "text", OpenID: "o1", At: time.Unix(1620963428, 0).UTC()},
		},
		"a verdict of a word that we do not know": {
			`{"FromUserName":"system","CreateTime":1620963428,"MsgType":"event","Event":"wxa_media_check","trace_id":"t1","errcode":0,"result":{"suggest":"maybe","label":7}}`,
			core.Push{Kind: "wxa_media_check", At: time.Unix(1620963428, 0).UTC(), Media: &core.MediaResult{Trace: "t1", Verdict: core.Verdict{Suggest: core.Review, Label: 7}}},
		},
		"an event that we do not know": {
			`{"FromUserName":"o1","CreateTime":1620963428,"MsgType":"event","Event":"something_new","List":null}`,
			core.Push{Kind: "something_new", OpenID: "o1", At: time.Unix(1620963428, 0).UTC()},
		},
	} {
		f := w.good()
		f.plain = test.plain
		query, body := f.request()
		got, err := w.Receive(query, body, w.clock.Now())
		if err != nil || got.ID == "" {
			t.Errorf("%s: %v, id %q", name, err, got.ID)
		}
		got.ID = ""
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
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

// FuzzReceive holds that no body and no plaintext makes the receiver panic, and that nothing unsigned passes.
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
