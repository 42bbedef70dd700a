// Package fake stands in for what a deployment talks to outside itself, for development, tests and the simulator.
// It speaks the real protocols, so that the product needs no second path. Nothing of it may run in production.
package fake

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"yingdi/domain"
)

// AppID is of no real mini-program; a configuration that holds it is one for development.
const AppID = "wxfake000000000000"

// Options of a fake WeChat. Only AppSecret, Token and AESKey must be given, and be what the product is given.
type Options struct {
	AppID     string // AppID if empty
	AppSecret string // people's openids follow from it
	Token     string
	AESKey    string // 43 characters
	Clock     domain.Clock
	Templates []Template // that the mini-program has; a message of any other is refused with 40037
	PushURL   string     // where pushes go; PushTo sets it later
	PushXML   bool       // pushes in XML rather than JSON
	Hands     int        // pushes sent at once; one after the other if zero
	Links     string     // what codes and links start with; a page of nowhere if empty
	Journal   string     // the file that keeps people, consents, messages and pushes over a restart; none if empty

	// Client sends the pushes. Fetch, if set, downloads what media checks are asked to look at; what it cannot get
	// has no verdict, as with the real one.
	Client *http.Client
	Fetch  *http.Client
}

// Template of subscribe messages. The type of a keyword is in its name: thing1, number2, date3.
type Template struct {
	ID, Title string
	Keywords  []Keyword
}

// Keyword of a template and the Chinese label that the person sees before its value.
type Keyword struct{ Name, Label string }

// WeChat is the fake: an http.Handler in the place of api.weixin.qq.com, and methods for what people do on their
// phones. It has no timer of its own: pushes wait for Deliver, or for Run.
type WeChat struct {
	opts   Options
	aesKey []byte

	mu       sync.Mutex // guards everything below
	people   map[string]*Person
	codes    map[string]*code
	tokens   map[string]time.Time // when each ends
	stable   string               // the current one
	plain    string               // the current one of cgi-bin/token
	sent     []Sent
	pushes   []*Push
	waiting  []*Push // of the pushes
	byID     map[string]*Push
	acts     map[string]time.Time // the last act of each person that a push told of
	faults   []Fault
	pushed   []PushFault
	verdicts []Verdict
	journal  *journal[fact]

	delivering sync.Mutex
}

// NewWeChat opens a fake WeChat; Close it if it has a journal.
func NewWeChat(o Options) (*WeChat, error) {
	if o.AppID == "" {
		o.AppID = AppID
	}
	if o.Links == "" {
		o.Links = "https://fake-wechat.invalid/open"
	}
	if o.Client == nil {
		o.Client = &http.Client{Timeout: 5 * time.Second} // WeChat waits that long
	}
	key, err := base64.StdEncoding.DecodeString(o.AESKey + "=")
	if err != nil || len(key) != 32 {
		return nil, errors.New("fake wechat: AESKey is not 43 characters of base64")
	}
	if o.AppSecret == "" || o.Token == "" || o.Clock == nil {
		return nil, errors.New("fake wechat: AppSecret, Token or Clock is missing")
	}
	w := &WeChat{
		opts: o, aesKey: key,
		people: map[string]*Person{}, codes: map[string]*code{}, tokens: map[string]time.Time{}, acts: map[string]time.Time{},
		byID: map[string]*Push{},
	}
	if o.Journal == "" {
		return w, nil
	}
	if w.journal, err = openJournal(o.Journal, w.apply); err != nil {
		return nil, fmt.Errorf("fake wechat: %w", err)
	}
	return w, nil
}

// PushTo sets where pushes go from now on.
func (w *WeChat) PushTo(url string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.opts.PushURL = url
}

func (w *WeChat) now() time.Time { return w.opts.Clock.Now().UTC() }

// request is one call of the product.
type request struct {
	query url.Values
	body  []byte
}

func (r request) decode(into any) bool { return json.Unmarshal(r.body, into) == nil }

// picture is an answer that is no JSON.
type picture []byte

type endpoint struct {
	method string
	token  bool // must carry an access token
	do     func(*WeChat, request) any
}

var endpoints = map[string]endpoint{
	"/sns/jscode2session":              {"GET", false, (*WeChat).session},
	"/cgi-bin/token":                   {"GET", false, (*WeChat).plainToken},
	"/cgi-bin/stable_token":            {"POST", false, (*WeChat).stableToken},
	"/wxa/business/getuserphonenumber": {"POST", true, (*WeChat).phoneNumber},
	"/cgi-bin/message/subscribe/send":  {"POST", true, (*WeChat).sendSubscribed},
	"/cgi-bin/message/custom/send":     {"POST", true, (*WeChat).sendCustom},
	"/wxa/getwxacodeunlimit":           {"POST", true, (*WeChat).drawCode},
	"/wxa/generate_urllink":            {"POST", true, (*WeChat).makeLink},
	"/wxa/msg_sec_check":               {"POST", true, (*WeChat).checkText},
	"/wxa/media_check_async":           {"POST", true, (*WeChat).checkMedia},
}

// ServeHTTP answers as api.weixin.qq.com does: status 200 and an errcode, whatever goes wrong.
func (w *WeChat) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, 1<<20))
	if err != nil {
		http.Error(rw, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	e, ok := endpoints[r.URL.Path]
	if !ok {
		http.NotFound(rw, r)
		return
	}
	fault := w.fault(r.URL.Path)
	if !fault.before(rw, r) {
		return
	}
	answer := w.answer(e, r.Method, request{r.URL.Query(), body})
	if fault.Lost {
		panic(http.ErrAbortHandler)
	}
	write(rw, answer)
}

func (w *WeChat) answer(e endpoint, method string, req request) any {
	if method != e.method {
		return refuse(map[string]int{"GET": 43001, "POST": 43002}[e.method])
	}
	if e.method == "POST" && len(bytes.TrimSpace(req.body)) == 0 {
		return refuse(44002)
	}
	if e.token {
		if code := w.checkToken(req.query.Get("access_token")); code != 0 {
			return refuse(code)
		}
	}
	return e.do(w, req)
}

func write(rw http.ResponseWriter, answer any) {
	if jpeg, ok := answer.(picture); ok {
		rw.Header().Set("Content-Type", "image/jpeg")
		_, _ = rw.Write(jpeg)
		return
	}
	rw.Header().Set("Content-Type", "application/json; charset=UTF-8")
	_ = json.NewEncoder(rw).Encode(answer)
}

type object map[string]any

func refuse(code int, detail ...string) object {
	text := errorTexts[code]
	for _, d := range detail {
		text += " " + d
	}
	return object{"errcode": code, "errmsg": text + " rid: fake-" + domain.Secret()[:8]}
}

var errorTexts = map[int]string{
	-1:    "system error",
	0:     "ok",
	40001: "invalid credential, access_token is invalid or not latest",
	40003: "invalid openid",
	40013: "invalid appid",
	40029: "invalid code",
	40037: "invalid template_id",
	40125: "invalid appsecret",
	40129: "invalid scene",
	40163: "code been used",
	40169: "invalid length for scene, or the data is not json string",
	40226: "code blocked",
	41001: "access_token missing",
	41030: "invalid page",
	42001: "access_token expired",
	43001: "require GET method",
	43002: "require POST method",
	43101: "user refuse to accept the msg",
	44002: "empty post data",
	45002: "content size out of limit",
	45009: "reach max api daily quota limit",
	45011: "api minute-quota reach limit, must slower, retry next minute",
	45015: "response out of time limit or subscription is canceled",
	47001: "data format error",
	47003: "argument invalid!",
	61010: "code is expired",
}
