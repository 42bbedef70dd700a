// Package wechatpay speaks WeChat Pay's API v3 as a direct merchant, in public-key mode.
package wechatpay

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/wechatpay-apiv3/wechatpay-go/core"
	"github.com/wechatpay-apiv3/wechatpay-go/core/auth/signers"
	"github.com/wechatpay-apiv3/wechatpay-go/core/auth/verifiers"
	"github.com/wechatpay-apiv3/wechatpay-go/core/cipher/ciphers"
	"github.com/wechatpay-apiv3/wechatpay-go/core/cipher/decryptors"
	"github.com/wechatpay-apiv3/wechatpay-go/core/cipher/encryptors"
	"github.com/wechatpay-apiv3/wechatpay-go/core/consts"

	"yingdi/domain"
)

// Options of a merchant.
type Options struct {
	AppID       string
	MchID       string
	Serial      string // of the merchant's certificate
	PrivateKey  *rsa.PrivateKey
	PublicKeyID string // WeChat Pay's, such as PUB_KEY_ID_01…
	PublicKey   *rsa.PublicKey
	APIv3Key    string // 32 characters
	NotifyURL   string // https, without a query
	Scene       string // of transfers to a balance; 1000 is what most merchants have
	Clock       domain.Clock
	BaseURL     string // of a stand-in; WeChat Pay itself if empty
	Timeout     time.Duration
}

// Client is one merchant. It is safe for many goroutines.
type Client struct {
	o        Options
	signed   *core.Client // checks the signature of every answer
	unsigned *core.Client // for the bill's file, which WeChat does not sign
	verifier *verifiers.SHA256WithRSAPubkeyVerifier
	open     opener
}

// timeout of one call. WeChat's own answer within seconds; what takes longer is asked for again by the same number.
const timeout = 10 * time.Second

// New checks the options and calls nobody.
func New(o Options) (*Client, error) {
	switch {
	case o.AppID == "" || o.MchID == "" || o.Serial == "" || o.PublicKeyID == "":
		return nil, errors.New("wechatpay: AppID, MchID, Serial or PublicKeyID is missing")
	case o.PrivateKey == nil || o.PublicKey == nil || o.Clock == nil:
		return nil, errors.New("wechatpay: a key or the clock is missing")
	case o.NotifyURL == "":
		return nil, errors.New("wechatpay: NotifyURL is missing")
	}
	if o.Timeout <= 0 {
		o.Timeout = timeout
	}
	if o.Scene == "" {
		o.Scene = "1000"
	}
	open, err := newOpener(o.APIv3Key)
	if err != nil {
		return nil, err
	}
	transport, err := route(o.BaseURL)
	if err != nil {
		return nil, err
	}
	c := &Client{o: o, verifier: verifiers.NewSHA256WithRSAPubkeyVerifier(o.PublicKeyID, *o.PublicKey), open: open}
	settings := core.DialSettings{
		HTTPClient: &http.Client{Transport: transport, Timeout: o.Timeout},
		Signer:     &signers.SHA256WithRSASigner{MchID: o.MchID, PrivateKey: o.PrivateKey, CertificateSerialNo: o.Serial},
		Validator:  answers{c},
		Cipher: ciphers.NewWechatPayCipher(
			encryptors.NewWechatPayPubKeyEncryptor(o.PublicKeyID, *o.PublicKey), decryptors.NewWechatPayDecryptor(o.PrivateKey)),
	}
	if c.signed, err = core.NewClientWithDialSettings(context.Background(), &settings); err != nil {
		return nil, fmt.Errorf("wechatpay: %w", err)
	}
	c.unsigned = core.NewClientWithValidator(c.signed, anything{})
	return c, nil
}

// router sends what is meant for WeChat Pay to a stand-in, and nothing anywhere else.
type router struct {
	base *url.URL
	next http.RoundTripper
}

func route(base string) (http.RoundTripper, error) {
	next := http.DefaultTransport.(*http.Transport).Clone()
	if base == "" {
		return router{next: next}, nil
	}
	to, err := url.Parse(base)
	if err != nil || to.Host == "" || to.Scheme != "http" && to.Scheme != "https" {
		return nil, fmt.Errorf("wechatpay: BaseURL %q is no http address", base)
	}
	return router{to, next}, nil
}

// host of WeChat Pay; also the one that bills are downloaded from.
const host = "api.mch.weixin.qq.com"

// RoundTrip implements http.RoundTripper.
func (r router) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Host != host {
		return nil, fmt.Errorf("wechatpay: %s is not WeChat Pay", req.URL.Host)
	}
	if r.base != nil { // only path and query are signed
		req = req.Clone(req.Context())
		req.URL.Scheme, req.URL.Host, req.Host = r.base.Scheme, r.base.Host, ""
	}
	return r.next.RoundTrip(req)
}

// maxAnswer bounds an answer; WeChat's are a few kilobytes.
const maxAnswer = 1 << 20

// call makes one request and reads its answer into out, unless that is nil. What WeChat or the SDK say of a failure is
// thrown away, because it may hold whole requests: the error names what was done and WeChat's code.
func (c *Client) call(ctx context.Context, what, method, path string, in, out any) error {
	header := http.Header{}
	if in != nil && sealed(in) {
		serial, err := c.signed.EncryptRequest(ctx, in)
		if err != nil {
			return fmt.Errorf("wechatpay %s: a field cannot be encrypted", what)
		}
		header.Set(consts.WechatPaySerial, serial)
	}
	result, err := c.signed.Request(ctx, method, consts.WechatPayAPIServer+path, header, nil, in, consts.ApplicationJSON)
	if result != nil && result.Response != nil {
		defer result.Response.Body.Close()
	}
	if err != nil {
		return refusal(ctx, what, err)
	}
	if out == nil {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(result.Response.Body, maxAnswer))
	if err == nil {
		err = json.Unmarshal(body, out)
	}
	if err != nil {
		return fmt.Errorf("wechatpay %s: the answer cannot be read: %w", what, errUnclear)
	}
	return nil
}

// sealed reports whether a request has fields that must be encrypted.
func sealed(in any) bool {
	_, ok := in.(interface{ encrypted() })
	return ok
}
