package wechatpay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/wechatpay-apiv3/wechatpay-go/core/consts"
)

// maxSkew is how far WeChat's clock and ours may be apart; beyond it a signature may be an old one, sent again.
const maxSkew = 5 * time.Minute

// verify checks WeChat's signature over a body.
func (c *Client) verify(ctx context.Context, h http.Header, body []byte) error {
	seconds, err := strconv.ParseInt(h.Get(consts.WechatPayTimestamp), 10, 64)
	if err != nil {
		return errors.New("no time")
	}
	if skew := c.o.Clock.Now().Sub(time.Unix(seconds, 0)); skew > maxSkew || skew < -maxSkew {
		return errors.New("stale")
	}
	message := fmt.Sprintf("%d\n%s\n%s\n", seconds, h.Get(consts.WechatPayNonce), body)
	if c.verifier.Verify(ctx, h.Get(consts.WechatPaySerial), message, h.Get(consts.WechatPaySignature)) != nil {
		return errors.New("the signature is not WeChat's")
	}
	return nil
}

// answers checks the signature of each answer, by the clock that the product goes by.
type answers struct{ c *Client }

// Validate implements auth.Validator.
func (a answers) Validate(ctx context.Context, r *http.Response) error {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxAnswer))
	if err != nil {
		return err
	}
	r.Body.Close()
	r.Body = io.NopCloser(bytes.NewReader(body))
	return a.c.verify(ctx, r.Header, body)
}

// GetAcceptSerial implements auth.Validator: WeChat signs with the key that we name.
func (a answers) GetAcceptSerial(ctx context.Context) (string, error) { return a.c.o.PublicKeyID, nil }

// anything takes an answer without a signature.
type anything struct{}

func (anything) Validate(context.Context, *http.Response) error { return nil }

func (anything) GetAcceptSerial(context.Context) (string, error) {
	return "", errors.New("nothing is verified")
}
