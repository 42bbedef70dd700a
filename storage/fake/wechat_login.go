package fake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"yingdi/domain"
)

// Person is somebody with a phone.
type Person struct {
	Name     string         `json:"name"`
	OpenID   string         `json:"openid"`
	Seen     time.Time      `json:"seen"`     // in the mini-program, last
	Consents map[string]int `json:"consents"` // messages that each template may still send
}

type code struct {
	openid  string
	phone   string // of a phone code
	expires time.Time
	used    bool
}

const (
	codeLife   = 5 * time.Minute
	activeFor  = 2 * time.Hour
	tokenLife  = 2 * time.Hour
	tokenEarly = 5 * time.Minute // before its end a stable token already has its successor
)

// OpenID is the openid of the person with this name: always the same for one AppSecret.
func (w *WeChat) OpenID(name string) string { return "oFAKE" + w.derive("openid", name)[:23] }

func (w *WeChat) derive(what, name string) string {
	mac := hmac.New(sha256.New, []byte(w.opts.AppSecret))
	mac.Write([]byte(what + "\x00" + name))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// person finds somebody by name or openid, with the lock held. A name that was never heard is a new person.
func (w *WeChat) person(who string) *Person {
	if p, ok := w.people[who]; ok {
		return p
	}
	id := w.OpenID(who)
	if _, ok := w.people[id]; !ok {
		w.note(fact{Person: id, Name: who})
	}
	return w.people[id]
}

// Visit notes that the person, by name or openid, has the mini-program open now.
func (w *WeChat) Visit(who string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.visit(w.person(who))
}

func (w *WeChat) visit(p *Person) { w.note(fact{Person: p.OpenID, Seen: w.now()}) }

// LoginCode is what wx.login gives this person: good once, for five minutes. It counts as a visit.
func (w *WeChat) LoginCode(name string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.person(name)
	w.visit(p)
	return w.newCode(code{openid: p.OpenID})
}

// PhoneCode is what the phone number button gives this person. phone is a number of mainland China without +86, or
// one in E.164.
func (w *WeChat) PhoneCode(name, phone string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.person(name)
	w.visit(p)
	return w.newCode(code{openid: p.OpenID, phone: phone})
}

func (w *WeChat) newCode(c code) string {
	c.expires = w.now().Add(codeLife)
	maps.DeleteFunc(w.codes, func(_ string, old *code) bool { return w.now().After(old.expires.Add(time.Hour)) })
	name := "0fake" + domain.Secret()[:27]
	w.codes[name] = &c
	return name
}

// take uses up a code. A used phone code is simply invalid; a used login code has its own errcode.
func (w *WeChat) take(name string, phone bool) (*code, int) {
	c, ok := w.codes[name]
	switch {
	case !ok || (c.phone != "") != phone || w.now().After(c.expires):
		return nil, 40029
	case c.used && phone:
		return nil, 40029
	case c.used:
		return nil, 40163
	}
	c.used = true
	return c, 0
}

func (w *WeChat) checkApp(id, secret string) int {
	switch {
	case id != w.opts.AppID:
		return 40013
	case secret != w.opts.AppSecret:
		return 40125
	}
	return 0
}

func (w *WeChat) session(r request) any {
	w.mu.Lock()
	defer w.mu.Unlock()
	if code := w.checkApp(r.query.Get("appid"), r.query.Get("secret")); code != 0 {
		return refuse(code)
	}
	c, code := w.take(r.query.Get("js_code"), false)
	if code != 0 {
		return refuse(code)
	}
	key := sha256.Sum256([]byte(r.query.Get("js_code")))
	return object{
		"openid":      c.openid,
		"unionid":     "uFAKE" + w.derive("unionid", c.openid)[:23],
		"session_key": base64.StdEncoding.EncodeToString(key[:16]),
	}
}

var foreignPhone = regexp.MustCompile(`^\+(1|7|44|49|33|61|65|81|82|852|853|886)([0-9]+)$`)

func (w *WeChat) phoneNumber(r request) any {
	var in struct{ Code string }
	if !r.decode(&in) {
		return refuse(47001)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	c, code := w.take(in.Code, true)
	if code != 0 {
		return refuse(code)
	}
	pure, country := strings.TrimPrefix(c.phone, "+86"), "86"
	full := pure
	if m := foreignPhone.FindStringSubmatch(c.phone); m != nil {
		full, pure, country = c.phone, m[2], m[1]
	}
	return object{"errcode": 0, "errmsg": "ok", "phone_info": object{
		"phoneNumber": full, "purePhoneNumber": pure, "countryCode": country,
		"watermark": object{"timestamp": w.now().Unix(), "appid": w.opts.AppID},
	}}
}

func (w *WeChat) stableToken(r request) any {
	var in struct {
		Grant  string `json:"grant_type"`
		AppID  string `json:"appid"`
		Secret string `json:"secret"`
		Force  bool   `json:"force_refresh"`
	}
	if !r.decode(&in) || in.Grant != "client_credential" {
		return refuse(47001)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if code := w.checkApp(in.AppID, in.Secret); code != 0 {
		return refuse(code)
	}
	left := w.tokens[w.stable].Sub(w.now())
	if in.Force || left <= tokenEarly {
		if in.Force {
			delete(w.tokens, w.stable)
		}
		w.stable, left = w.newToken(), tokenLife
	}
	return object{"access_token": w.stable, "expires_in": int(left.Seconds())}
}

func (w *WeChat) plainToken(r request) any {
	w.mu.Lock()
	defer w.mu.Unlock()
	if code := w.checkApp(r.query.Get("appid"), r.query.Get("secret")); code != 0 {
		return refuse(code)
	}
	if end, ok := w.tokens[w.plain]; ok { // the old one lives on for five minutes
		w.tokens[w.plain] = minTime(end, w.now().Add(tokenEarly))
	}
	w.plain = w.newToken()
	return object{"access_token": w.plain, "expires_in": int(tokenLife.Seconds())}
}

func (w *WeChat) newToken() string {
	token := "fake_" + domain.Secret() + domain.Secret()
	w.tokens[token] = w.now().Add(tokenLife)
	return token
}

func (w *WeChat) checkToken(token string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	end, known := w.tokens[token]
	switch {
	case token == "":
		return 41001
	case !known:
		return 40001
	case !w.now().Before(end):
		return 42001
	}
	return 0
}

// ExpireTokens ends every access token now: they are refused with 42001.
func (w *WeChat) ExpireTokens() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for token := range w.tokens {
		w.tokens[token] = w.now()
	}
}

// ForgetTokens makes every access token unknown, as when another server forced a new one: 40001.
func (w *WeChat) ForgetTokens() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.tokens)
}

// People lists everybody, in the order in which they were last seen, newest first.
func (w *WeChat) People() []Person {
	w.mu.Lock()
	defer w.mu.Unlock()
	people := make([]Person, 0, len(w.people))
	for _, p := range w.people {
		copied := *p
		copied.Consents = maps.Clone(p.Consents)
		people = append(people, copied)
	}
	slices.SortFunc(people, func(a, b Person) int {
		if c := b.Seen.Compare(a.Seen); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	return people
}

func minTime(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
