package fake

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"yingdi/domain"
)

// PayNotice is something that WeChat Pay tells the product.
type PayNotice struct {
	ID    string    `json:"id"`
	Kind  string    `json:"kind"`
	URL   string    `json:"url"`
	Body  object    `json:"body"`
	At    time.Time `json:"at"`
	Due   time.Time `json:"due"` // not before
	State string    `json:"state"`
	Tries int       `json:"tries,omitempty"`
}

// again is how long WeChat Pay waits after each refusal, as its documentation says; after the last it gives up.
var again = []time.Duration{
	15 * time.Second, 15 * time.Second, 30 * time.Second, 3 * time.Minute, 10 * time.Minute, 20 * time.Minute, 30 * time.Minute,
	30 * time.Minute, 30 * time.Minute, time.Hour, 3 * time.Hour, 3 * time.Hour, 3 * time.Hour, 6 * time.Hour, 6 * time.Hour,
}

// The faults of payment notices, beside Drop, Duplicate, Reorder, Delay, BadSignature and Stale. After a notice that
// arrives spoilt comes the good one.
const (
	Probe     PushFault = "probe"     // a SIGNTEST, to see whether signatures are checked
	Malformed PushFault = "malformed" // signed, and without a resource
)

// PayFaults lists them all.
var PayFaults = []PushFault{Drop, Duplicate, Reorder, Delay, BadSignature, Stale, Probe, Malformed}

// InjectNotice makes the next notice that is due go wrong. Faults queue up.
func (p *Pay) InjectNotice(f PushFault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.noticed = append(p.noticed, f)
}

// tell queues a notice, with the lock held.
func (p *Pay) tell(n PayNotice) {
	n.ID, n.State, n.At, n.Due = domain.Secret(), Waiting, p.now(), p.now()
	p.note(payFact{Notice: &n})
}

func (p *Pay) putNotice(n PayNotice) {
	if old, ok := p.byID[n.ID]; ok {
		*old = n
		return
	}
	p.byID[n.ID] = &n
	p.notices = append(p.notices, &n)
}

// Notices lists all notices, the oldest first.
func (p *Pay) Notices() []PayNotice {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]PayNotice, len(p.notices))
	for i, n := range p.notices {
		list[i] = *n
	}
	return list
}

// Deliver sends every notice that is due by the clock, PayOptions.Hands at once, and returns how many the product took.
func (p *Pay) Deliver(ctx context.Context) (taken int) {
	p.delivering.Lock()
	defer p.delivering.Unlock()
	together(ctx, p.o.Hands, p.due(), func(d delivery) {
		n := p.deliver(ctx, d)
		p.mu.Lock()
		defer p.mu.Unlock()
		if n.State == Accepted {
			taken++
		}
		p.note(payFact{Notice: &n})
	})
	return taken
}

// Run delivers notices until ctx ends, looking for due ones at this interval. For development, where time is real.
func (p *Pay) Run(ctx context.Context, every time.Duration) {
	repeat(ctx, every, func() { p.Deliver(ctx) })
}

type delivery struct {
	notice PayNotice
	fault  PushFault
}

func (p *Pay) due() []delivery {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expire()
	var list []delivery
	for _, n := range p.notices {
		if n.State == Waiting && !n.Due.After(p.now()) {
			list = append(list, delivery{notice: *n})
		}
	}
	p.noticed = spoil(list, p.noticed, func(d *delivery) *PushFault { return &d.fault })
	return list
}

// deliver sends one notice and returns it in its new state.
func (p *Pay) deliver(ctx context.Context, d delivery) PayNotice {
	n := d.notice
	switch d.fault {
	case Drop:
		n.State = Lost
		return n
	case Delay:
		n.Due = n.Due.Add(longDelay)
		return n
	case Duplicate:
		p.post(ctx, n, "")
	}
	switch {
	case p.post(ctx, n, d.fault):
		n.State = Accepted
	case n.Tries == len(again):
		n.State = GivenUp
	default:
		n.Due = p.now().Add(again[n.Tries])
		n.Tries++
	}
	return n
}

func (p *Pay) post(ctx context.Context, n PayNotice, fault PushFault) bool {
	header, body := p.Envelope(n, fault)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, n.URL, bytes.NewReader(body))
	if err != nil {
		return false
	}
	req.Header = header
	resp, err := p.o.Client.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	return resp.StatusCode == http.StatusOK || resp.StatusCode == http.StatusNoContent
}

// Envelope is what a delivery of the notice looks like on the wire, spoilt by the fault if there is one.
func (p *Pay) Envelope(n PayNotice, fault PushFault) (http.Header, []byte) {
	plain, _ := json.Marshal(n.Body)
	original := originalType(n.Kind)
	nonce := domain.Secret()[:12]
	message := object{
		"id": n.ID, "create_time": stamp(n.At), "resource_type": "encrypt-resource", "event_type": n.Kind, "summary": "通知",
		"resource": object{
			"original_type": original, "algorithm": "AEAD_AES_256_GCM", "associated_data": original, "nonce": nonce,
			"ciphertext": p.encrypt(plain, nonce, original),
		},
	}
	if fault == Malformed {
		delete(message, "resource")
	}
	body, _ := json.Marshal(message)
	at := p.now()
	if fault == Stale {
		at = at.Add(-time.Hour)
	}
	header := http.Header{"Content-Type": {"application/json"}, "User-Agent": {"Mozilla/4.0"}}
	for key, value := range p.signature(at, body) {
		header.Set(key, value)
	}
	switch fault {
	case BadSignature:
		header.Set("Wechatpay-Signature", p.signature(at, []byte("another body"))["Wechatpay-Signature"])
	case Probe:
		header.Set("Wechatpay-Signature", "WECHATPAY/SIGNTEST/"+header.Get("Wechatpay-Signature"))
	}
	return header, body
}

// originalType is what WeChat Pay calls the thing that a notice is about.
func originalType(kind string) string {
	switch family, _, _ := strings.Cut(kind, "."); family {
	case "REFUND":
		return "refund"
	case "MCHTRANSFER":
		return "mch_payment"
	}
	return "transaction"
}

func (p *Pay) encrypt(plain []byte, nonce, associated string) string {
	block, err := aes.NewCipher([]byte(p.o.APIv3Key))
	if err != nil {
		panic("fake pay: " + err.Error())
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic("fake pay: " + err.Error())
	}
	return base64.StdEncoding.EncodeToString(gcm.Seal(nil, []byte(nonce), plain, []byte(associated)))
}
