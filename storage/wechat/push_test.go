package wechat_test

import (
	"context"
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

// FuzzReceive holds that no body and no plaintext makes the receiver panic, and that nothing unsigned passes.
