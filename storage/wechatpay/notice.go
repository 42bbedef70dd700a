package wechatpay

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/wechatpay-apiv3/wechatpay-go/core/consts"

	"yingdi/domain/wechatpay"
)

// probe marks a signature that WeChat sends on purpose to see whether we check it. It fails like any other.
const probe = "WECHATPAY/SIGNTEST/"

type envelope struct {
	ID       string    `json:"id"`
	At       time.Time `json:"create_time"`
	Kind     string    `json:"event_type"`
	Resource *resource `json:"resource"`
}

type resource struct {
	Algorithm  string `json:"algorithm"`
	Ciphertext string `json:"ciphertext"`
	Associated string `json:"associated_data"`
	Nonce      string `json:"nonce"`
}

// Receive verifies and decrypts a notification. Whatever is wrong with it is ErrBadNotice, and ErrWrongNotice if it is
// genuine and somebody else's; no error holds any of it. It is read here and not by the SDK, which panics on a signed
// body without a resource and on a nonce of another length, and whose errors hold the whole request.
func (c *Client) Receive(ctx context.Context, h http.Header, body []byte) (wechatpay.Notice, error) {
	if strings.HasPrefix(h.Get(consts.WechatPaySignature), probe) {
		return wechatpay.Notice{}, bad("a probe")
	}
	if err := c.verify(ctx, h, body); err != nil {
		return wechatpay.Notice{}, bad(err.Error())
	}
	var e envelope
	if err := json.Unmarshal(body, &e); err != nil || e.ID == "" || len(e.ID) > 64 || e.Resource == nil {
		return wechatpay.Notice{}, bad("malformed")
	}
	plain, err := c.open(*e.Resource)
	if err != nil {
		return wechatpay.Notice{}, bad(err.Error())
	}
	n := wechatpay.Notice{ID: e.ID, Kind: e.Kind, At: e.At.UTC()}
	return n, c.read(&n, plain)
}

func (c *Client) read(n *wechatpay.Notice, plain []byte) error {
	family, _, _ := strings.Cut(n.Kind, ".")
	switch family {
	case "TRANSACTION":
		var t trade
		if json.Unmarshal(plain, &t) != nil || t.Number == "" {
			return bad("malformed")
		}
		if t.AppID != c.o.AppID || t.MchID != c.o.MchID || t.Amount.Currency != "" && t.Amount.Currency != "CNY" {
			return fmt.Errorf("payment %s: %w", n.ID, wechatpay.ErrWrongNotice)
		}
		got := t.plain()
		n.Trade = &got
	case "REFUND":
		var r refund
		if json.Unmarshal(plain, &r) != nil || r.Number == "" || r.Trade == "" {
			return bad("malformed")
		}
		if r.MchID != c.o.MchID {
			return fmt.Errorf("refund %s: %w", n.ID, wechatpay.ErrWrongNotice)
		}
		got := r.plain()
		n.Refund = &got
	case "MCHTRANSFER":
		var t transfer
		if json.Unmarshal(plain, &t) != nil || t.Number == "" {
			return bad("malformed")
		}
		if t.MchID != c.o.MchID {
			return fmt.Errorf("transfer %s: %w", n.ID, wechatpay.ErrWrongNotice)
		}
		got := t.plain()
		n.Transfer = &got
	}
	return nil
}

func bad(why string) error { return fmt.Errorf("payment notice: %s: %w", why, wechatpay.ErrBadNotice) }

// opener decrypts what only the merchant may read.
type opener func(resource) ([]byte, error)

func newOpener(key string) (opener, error) {
	if len(key) != 32 {
		return nil, errors.New("wechatpay: the APIv3 key has 32 characters")
	}
	block, err := aes.NewCipher([]byte(key))
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return func(r resource) ([]byte, error) {
		data, err := base64.StdEncoding.DecodeString(r.Ciphertext)
		if err != nil || r.Algorithm != "AEAD_AES_256_GCM" || len(r.Nonce) != gcm.NonceSize() {
			return nil, errors.New("malformed")
		}
		plain, err := gcm.Open(nil, []byte(r.Nonce), data, []byte(r.Associated))
		if err != nil {
			return nil, errors.New("cannot be decrypted")
		}
		return plain, nil
	}, nil
}
