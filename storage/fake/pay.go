package fake

import (
	"bytes"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"sync"
	"time"

	"yingdi/domain"
)

// MchID is of no real merchant; a configuration that holds it is one for development.
const MchID = "1900000000"

// PayOptions of a fake WeChat Pay. The keys must be the counterparts of those that the product is given.
type PayOptions struct {
	AppID       string // AppID if empty
	MchID       string // MchID if empty
	Serial      string // of the merchant's certificate
	MerchantKey *rsa.PublicKey
	PublicKeyID string
	PlatformKey *rsa.PrivateKey
	APIv3Key    string // 32 characters
	Clock       domain.Clock
	Float       domain.Fen // what the merchant has before the first payment
	SlowRefunds bool       // refunds wait for Settle, or for their time, instead of arriving at once
	// SlowTransfers are only taken in at first; the same request again moves them on, a query ends what is confirmed or
	// taken back.
	SlowTransfers bool
	Journal       string       // the file that keeps everything over a restart; none if empty
	Hands         int          // notifications sent at once; one after the other if zero
	Client        *http.Client // sends the notifications
}

// Pay is the fake WeChat Pay: an http.Handler in the place of api.mch.weixin.qq.com, and methods for what people do on
// their phones. It has no timer of its own: notifications wait for Deliver, or for Run.
type Pay struct {
	o PayOptions

	mu        sync.Mutex // guards everything below
	trades    map[string]*PayTrade
	refunds   map[string]*PayRefund
	transfers map[string]*PayTransfer
	order     []string // numbers of the trades, as they came
	notices   []*PayNotice
	byID      map[string]*PayNotice
	files     map[string][]byte // bills that were asked for, by their tokens
	balance   domain.Fen
	faults    []PayFault
	noticed   []PushFault
	journal   *journal[payFact]

	delivering sync.Mutex
}

// PayTrade is a payment that the product asked for.
type PayTrade struct {
	Number      string     `json:"number"`
	Prepay      string     `json:"prepay"`
	Transaction string     `json:"transaction,omitempty"`
	Description string     `json:"description"`
	OpenID      string     `json:"openid"`
	Amount      domain.Fen `json:"amount"`
	State       string     `json:"state"`
	NotifyURL   string     `json:"notify_url"`
	Asked       string     `json:"asked"` // the request's facts, to be the same if it comes again
	CreatedAt   time.Time  `json:"created_at"`
	ExpiresAt   time.Time  `json:"expires_at"`
	PaidAt      time.Time  `json:"paid_at,omitzero"`
	Refunded    domain.Fen `json:"refunded,omitempty"`
	Parts       int        `json:"parts,omitempty"` // refunds of it
}

// PayRefund is a refund that the product asked for.
type PayRefund struct {
	Number    string     `json:"number"`
	ID        string     `json:"id"`
	Trade     string     `json:"trade"`
	Amount    domain.Fen `json:"amount"`
	Reason    string     `json:"reason"`
	State     string     `json:"state"`
	NotifyURL string     `json:"notify_url"`
	CreatedAt time.Time  `json:"created_at"`
	DoneAt    time.Time  `json:"done_at,omitzero"`
}

// PayTransfer is a transfer to a person's balance that the product asked for.
type PayTransfer struct {
	Number    string     `json:"number"`
	Bill      string     `json:"bill"`
	OpenID    string     `json:"openid"`
	Amount    domain.Fen `json:"amount"`
	Remark    string     `json:"remark"`
	State     string     `json:"state"`
	Reason    string     `json:"reason,omitempty"`
	Slow      bool       `json:"slow,omitempty"`
	NotifyURL string     `json:"notify_url"`
	Asked     string     `json:"asked"`
	CreatedAt time.Time  `json:"created_at"`
	DoneAt    time.Time  `json:"done_at,omitzero"`
}

// NewPay opens a fake WeChat Pay; Close it if it has a journal.
func NewPay(o PayOptions) (*Pay, error) {
	if o.AppID == "" {
		o.AppID = AppID
	}
	if o.MchID == "" {
		o.MchID = MchID
	}
	if o.Client == nil {
		o.Client = &http.Client{Timeout: 5 * time.Second} // WeChat Pay waits that long
	}
	if o.MerchantKey == nil || o.PlatformKey == nil || o.Clock == nil || o.Serial == "" || o.PublicKeyID == "" || len(o.APIv3Key) != 32 {
		return nil, errors.New("fake pay: a key or the clock is missing")
	}
	p := &Pay{
		o: o, trades: map[string]*PayTrade{}, refunds: map[string]*PayRefund{}, transfers: map[string]*PayTransfer{},
		byID: map[string]*PayNotice{}, files: map[string][]byte{}, balance: o.Float,
	}
	if o.Journal == "" {
		return p, nil
	}
	var err error
	p.journal, err = openJournal(o.Journal, p.apply)
	return p, err
}

// payFact is a line of the journal: one thing in its new state.
type payFact struct {
	Trade    *PayTrade    `json:"trade,omitempty"`
	Refund   *PayRefund   `json:"refund,omitempty"`
	Transfer *PayTransfer `json:"transfer,omitempty"`
	Notice   *PayNotice   `json:"notice,omitempty"`
}

// note must be called with the lock held, once for each thing that changed.
func (p *Pay) note(f payFact) {
	p.journal.write(f)
	p.apply(f)
}

// apply is how the state follows from the facts, live and when they are read again. Money moves when a thing first comes
// into the state that moves it.
func (p *Pay) apply(f payFact) {
	if t := f.Trade; t != nil {
		before := p.trades[t.Number]
		if before == nil {
			p.order = append(p.order, t.Number)
		}
		if !t.PaidAt.IsZero() && (before == nil || before.PaidAt.IsZero()) {
			p.balance += t.Amount
		}
		p.trades[t.Number] = t
	}
	if r := f.Refund; r != nil {
		if p.refunds[r.Number] == nil {
			p.balance -= r.Amount
		}
		p.refunds[r.Number] = r
	}
	if t := f.Transfer; t != nil {
		before := p.transfers[t.Number]
		if before == nil {
			p.balance -= t.Amount
		}
		if failed(t.State) && (before == nil || !failed(before.State)) {
			p.balance += t.Amount
		}
		p.transfers[t.Number] = t
	}
	if f.Notice != nil {
		p.putNotice(*f.Notice)
	}
}

func failed(state string) bool { return state == "FAIL" || state == "CANCELLED" }

// Close closes the journal and tells whether everything was written to it.
func (p *Pay) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.journal.close()
}

func (p *Pay) now() time.Time { return p.o.Clock.Now().UTC() }

// payError is what WeChat Pay refuses with.
type payError struct {
	status        int
	code, message string
}

func (e *payError) Error() string { return e.code }

func refusePay(status int, code, message string) *payError { return &payError{status, code, message} }

var errParam = refusePay(400, "PARAM_ERROR", "参数错误")

// payCall is one verified request.
type payCall struct {
	parts []string // of the path, where its pattern has a group
	query map[string]string
	body  []byte
	held  bool // what is asked for does not happen at once
}

func (c payCall) decode(into any) *payError {
	decoder := json.NewDecoder(bytes.NewReader(c.body))
	if decoder.Decode(into) != nil {
		return errParam
	}
	return nil
}

type payEndpoint struct {
	method string
	path   *regexp.Regexp
	do     func(*Pay, payCall) (any, *payError)
}

var payEndpoints = []payEndpoint{
	{"POST", regexp.MustCompile(`^/v3/pay/transactions/jsapi$`), (*Pay).prepay},
	{"GET", regexp.MustCompile(`^/v3/pay/transactions/out-trade-no/([^/]+)$`), (*Pay).queryTrade},
	{"POST", regexp.MustCompile(`^/v3/pay/transactions/out-trade-no/([^/]+)/close$`), (*Pay).closeTrade},
	{"POST", regexp.MustCompile(`^/v3/refund/domestic/refunds$`), (*Pay).refund},
	{"GET", regexp.MustCompile(`^/v3/refund/domestic/refunds/([^/]+)$`), (*Pay).queryRefund},
	{"POST", regexp.MustCompile(`^/v3/fund-app/mch-transfer/transfer-bills$`), (*Pay).transfer},
	{"GET", regexp.MustCompile(`^/v3/fund-app/mch-transfer/transfer-bills/out-bill-no/([^/]+)$`), (*Pay).queryTransfer},
	{"POST", regexp.MustCompile(`^/v3/fund-app/mch-transfer/transfer-bills/out-bill-no/([^/]+)/cancel$`), (*Pay).cancelTransfer},
	{"GET", regexp.MustCompile(`^/v3/bill/(tradebill|fundflowbill)$`), (*Pay).makeBill},
}

var billFile = regexp.MustCompile(`^/v3/billdownload/file$`)

// ServeHTTP answers as api.mch.weixin.qq.com does: every request must be signed by the merchant, and every answer is
// signed, refusals too.
func (p *Pay) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, 1<<20))
	if err != nil {
		http.Error(rw, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	fault := p.fault(r.URL.Path)
	if !fault.before(p, rw, r) {
		return
	}
	if refused := p.authorized(r, body); refused != nil {
		p.refusal(rw, refused)
		return
	}
	if billFile.MatchString(r.URL.Path) {
		p.sendFile(rw, r)
		return
	}
	answer, refused := p.serve(r, body, fault.Held)
	switch {
	case fault.Lost:
		panic(http.ErrAbortHandler)
	case fault.Unsigned:
		rw.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(rw).Encode(answer)
	case refused != nil:
		p.refusal(rw, refused)
	case answer == nil:
		p.answer(rw, http.StatusNoContent, nil)
	default:
		raw, _ := json.Marshal(answer)
		p.answer(rw, http.StatusOK, raw)
	}
}

func (p *Pay) serve(r *http.Request, body []byte, held bool) (any, *payError) {
	for _, e := range payEndpoints {
		parts := e.path.FindStringSubmatch(r.URL.Path)
		if parts == nil || e.method != r.Method {
			continue
		}
		query := map[string]string{}
		for key, values := range r.URL.Query() {
			query[key] = values[0]
		}
		return p.locked(e.do, payCall{parts[1:], query, body, held})
	}
	return nil, refusePay(404, "NOT_FOUND", "接口不存在")
}

func (p *Pay) locked(do func(*Pay, payCall) (any, *payError), c payCall) (any, *payError) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return do(p, c)
}

func (p *Pay) refusal(rw http.ResponseWriter, e *payError) {
	raw, _ := json.Marshal(object{"code": e.code, "message": e.message})
	p.answer(rw, e.status, raw)
}

// sendFile answers with a bill, which is not signed.
func (p *Pay) sendFile(rw http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	file, ok := p.files[r.URL.Query().Get("token")]
	p.mu.Unlock()
	if !ok {
		http.NotFound(rw, r)
		return
	}
	_, _ = rw.Write(file)
}
