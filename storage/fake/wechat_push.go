package fake

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"yingdi/domain"
)

// Push is something that WeChat tells the product.
type Push struct {
	ID      string    `json:"id"`
	Kind    string    `json:"kind"`
	OpenID  string    `json:"openid"`
	At      time.Time `json:"at"`  // when it happened
	Due     time.Time `json:"due"` // not before
	State   string    `json:"state"`
	Tries   int       `json:"tries,omitempty"`
	Items   []Item    `json:"items,omitempty"`
	Trace   string    `json:"trace,omitempty"`
	Verdict Verdict   `json:"verdict,omitzero"`
	Error   int       `json:"error,omitempty"` // why there is no verdict
	Media   string    `json:"media,omitempty"` // to be looked at first
}

// Item is one template in a push about subscribe messages.
type Item struct {
	Template string `json:"template"`
	Status   string `json:"status"`
	Message  string `json:"message,omitempty"`
	Code     string `json:"code,omitempty"`
}

// The states of a push.
const (
	Waiting  = "waiting"
	Accepted = "accepted" // answered with success
	GivenUp  = "given up" // refused too often
	Lost     = "lost"     // by a fault
)

// PushFault is what shall go wrong with the next push.
type PushFault string

// The faults of pushes. After a push that arrives spoilt comes the good one, as WeChat repeats what is not answered.
const (
	Drop            PushFault = "drop"
	Duplicate       PushFault = "duplicate"
	Reorder         PushFault = "reorder" // goes after all the others that are due
	Delay           PushFault = "delay"   // by ten minutes
	BadSignature    PushFault = "bad signature"
	BadMsgSignature PushFault = "bad msg_signature"
	Plaintext       PushFault = "plaintext"
	Stale           PushFault = "stale" // signed an hour ago
)

// PushFaults lists them all.
var PushFaults = []PushFault{Drop, Duplicate, Reorder, Delay, BadSignature, BadMsgSignature, Plaintext, Stale}

// InjectPush makes the next push that is due go wrong. Faults queue up.
func (w *WeChat) InjectPush(f PushFault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pushed = append(w.pushed, f)
}

const (
	retryAfter = 5 * time.Second
	maxTries   = 4
	longDelay  = 10 * time.Minute
)

// tell queues a push, with the lock held. A person does one thing a second, which is all WeChat's times can tell
// apart; verdicts come in crowds.
func (w *WeChat) tell(p Push) {
	p.At = w.now().Truncate(time.Second)
	if last := w.acts[p.OpenID]; p.Kind != "wxa_media_check" && !p.At.After(last) {
		p.At = last.Add(time.Second)
	}
	p.ID, p.State = domain.Secret(), Waiting
	if p.Due.IsZero() {
		p.Due = w.now()
	}
	w.note(fact{Push: &p})
}

// putPush adds a push or replaces it by its new state.
func (w *WeChat) putPush(p Push) {
	if old, ok := w.byID[p.ID]; ok {
		*old = p
	} else {
		w.byID[p.ID] = &p
		w.pushes, w.waiting = append(w.pushes, &p), append(w.waiting, &p)
		if p.Kind != "wxa_media_check" {
			w.acts[p.OpenID] = maxTime(w.acts[p.OpenID], p.At)
		}
	}
	if p.State != Waiting {
		w.waiting = slices.DeleteFunc(w.waiting, func(q *Push) bool { return q.ID == p.ID })
	}
}

// Pushes lists all pushes, oldest first.
func (w *WeChat) Pushes() []Push {
	w.mu.Lock()
	defer w.mu.Unlock()
	pushes := make([]Push, len(w.pushes))
	for i, p := range w.pushes {
		pushes[i] = *p
	}
	return pushes
}

// Deliver sends every push that is due by the clock, Options.Hands at once, and returns how many the product accepted.
// What it does not accept comes again five seconds later, three times at most.
func (w *WeChat) Deliver(ctx context.Context) (accepted int) {
	w.delivering.Lock()
	defer w.delivering.Unlock()
	together(ctx, w.opts.Hands, w.due(), func(j job) {
		p := w.deliver(ctx, j)
		w.mu.Lock()
		defer w.mu.Unlock()
		if p.State == Accepted {
			accepted++
		}
		w.note(fact{Push: &p})
	})
	return accepted
}

// Run delivers pushes until ctx ends, looking for due ones at this interval. For development, where time is real.
func (w *WeChat) Run(ctx context.Context, every time.Duration) {
	repeat(ctx, every, func() { w.Deliver(ctx) })
}

type job struct {
	push  Push
	fault PushFault
	url   string
}

func (w *WeChat) due() []job {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.opts.PushURL == "" {
		return nil
	}
	var jobs []job
	for _, p := range w.waiting {
		if !p.Due.After(w.now()) {
			jobs = append(jobs, job{push: *p, url: w.opts.PushURL})
		}
	}
	slices.SortStableFunc(jobs, func(a, b job) int { return a.push.Due.Compare(b.push.Due) })
	w.pushed = spoil(jobs, w.pushed, func(j *job) *PushFault { return &j.fault })
	return jobs
}

// deliver sends one push and returns it in its new state.
func (w *WeChat) deliver(ctx context.Context, j job) Push {
	p := j.push
	if p.Media != "" {
		p.Error, p.Media = w.look(ctx, p.Media), ""
	}
	switch j.fault {
	case Drop:
		p.State = Lost
		return p
	case Delay:
		p.Due = p.Due.Add(longDelay)
		return p
	case Duplicate:
		w.post(ctx, j.url, p, "")
	}
	p.Tries++
	switch {
	case w.post(ctx, j.url, p, j.fault):
		p.State = Accepted
	case p.Tries == maxTries:
		p.State = GivenUp
	default:
		p.Due = w.now().Add(retryAfter)
	}
	return p
}

func (w *WeChat) post(ctx context.Context, to string, p Push, fault PushFault) bool {
	query, body := w.envelope(p, fault)
	target, err := url.Parse(to)
	if err != nil {
		return false
	}
	target.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), strings.NewReader(body))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", map[bool]string{true: "text/xml", false: "application/json"}[w.opts.PushXML])
	req.Header.Set("User-Agent", "Mozilla/4.0")
	resp, err := w.opts.Client.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 64))
	return err == nil && resp.StatusCode == http.StatusOK && (string(answer) == "success" || len(answer) == 0)
}

// Envelope is what a delivery of the push looks like on the wire, for tests that spoil it in ways of their own.
func (w *WeChat) Envelope(p Push) (query url.Values, body string) { return w.envelope(p, "") }

func (w *WeChat) envelope(p Push, fault PushFault) (url.Values, string) {
	at := w.now()
	if fault == Stale {
		at = at.Add(-time.Hour)
	}
	timestamp, nonce := strconv.FormatInt(at.Unix(), 10), strconv.Itoa(100_000_000+p.Tries*7919+len(p.ID))
	plain := p.json(w.opts.AppID)
	if w.opts.PushXML {
		plain = p.xml(w.opts.AppID)
	}
	query := url.Values{"timestamp": {timestamp}, "nonce": {nonce}, "signature": {sign(w.opts.Token, timestamp, nonce)}, "openid": {p.OpenID}}
	if fault == Plaintext {
		return query, plain
	}
	secret := encrypt(w.aesKey, w.opts.AppID, plain)
	query.Set("encrypt_type", "aes")
	query.Set("msg_signature", sign(w.opts.Token, timestamp, nonce, secret))
	switch fault {
	case BadSignature:
		query.Set("signature", sign("another token", timestamp, nonce))
	case BadMsgSignature:
		query.Set("msg_signature", sign("another token", timestamp, nonce, secret))
	}
	if w.opts.PushXML {
		return query, fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName><Encrypt><![CDATA[%s]]></Encrypt></xml>", originalID, secret)
	}
	return query, fmt.Sprintf(`{"ToUserName":%q,"Encrypt":%q}`, originalID, secret)
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
