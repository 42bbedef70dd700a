package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"

	"github.com/silenceper/wechat/v2/util"

	"yingdi/domain"
)

// call is one use of the SDK. The SDK has one HTTP client for the whole process, and some of its calls take no
// context. So a call hands the SDK a ticket where it wants an access token; the one transport knows the call by its
// ticket (or by the context, where there is one), and puts in the real token, the context and the host. Tickets are
// worth nothing to anybody else, and several clients can live side by side.
type call struct {
	ctx    context.Context
	cancel context.CancelFunc
	client *Client
	ticket string
	token  string

	// What the wire showed last.
	code int64 // errcode
	err  error // why there was no answer; fit to be shown
}

type callKey struct{}

var calls sync.Map // ticket → *call

func (c *Client) begin(ctx context.Context) *call {
	k := &call{client: c, ticket: domain.Secret()}
	ctx, k.cancel = context.WithTimeout(ctx, c.timeout)
	k.ctx = context.WithValue(ctx, callKey{}, k)
	calls.Store(k.ticket, k)
	return k
}

func (k *call) end() {
	calls.Delete(k.ticket)
	k.cancel()
}

// GetAccessToken is what the SDK asks for a token.
func (k *call) GetAccessToken() (string, error) { return k.GetAccessTokenContext(k.ctx) }

// GetAccessTokenContext is what the SDK asks for a token.
func (k *call) GetAccessTokenContext(context.Context) (string, error) {
	token, err := k.client.tokens.GetAccessTokenContext(k.ctx)
	if err == nil && token == "" {
		err = errors.New("no token in the answer")
	}
	k.token = token
	return k.ticket, err
}

var takeOver = sync.OnceFunc(func() {
	util.DefaultHTTPClient = &http.Client{
		Transport:     transport{},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
})

// transport is the only way out of the SDK, for everyone in this process.
type transport struct{}

func (transport) RoundTrip(req *http.Request) (*http.Response, error) {
	k, ok := req.Context().Value(callKey{}).(*call)
	if !ok {
		found, _ := calls.Load(req.URL.Query().Get("access_token"))
		if k, ok = found.(*call); !ok {
			return nil, errors.New("a call to WeChat that nobody began")
		}
	}
	k.code, k.err = 0, nil
	resp, err := k.exchange(req.Clone(k.ctx))
	k.err = err
	return resp, err
}

const maxAnswer = 4 << 20

func (k *call) exchange(req *http.Request) (*http.Response, error) {
	if req.URL.Scheme != "https" || !strings.HasSuffix(req.URL.Host, ".weixin.qq.com") {
		return nil, errors.New("not a host of WeChat")
	}
	if q := req.URL.Query(); q.Has("access_token") {
		q.Set("access_token", k.token)
		req.URL.RawQuery = q.Encode()
	}
	if base := k.client.base; base != nil {
		req.URL.Scheme, req.URL.Host = base.Scheme, base.Host // req.Host stays
		req.URL.Path = strings.TrimSuffix(base.Path, "/") + req.URL.Path
	}
	resp, err := k.client.http.RoundTrip(req)
	if err != nil {
		return nil, k.reason(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d", resp.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, k.reason(err)
	}
	if len(body) > maxAnswer {
		return nil, errors.New("the answer is too long")
	}
	var answer struct {
		Code int64 `json:"errcode"`
	}
	if json.Unmarshal(body, &answer) == nil {
		k.code = answer.Code
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// reason says why the network failed, without anything that was sent.
func (k *call) reason(err error) error {
	var op *net.OpError
	switch {
	case k.ctx.Err() != nil:
		return errors.New("no answer in time")
	case errors.As(err, &op):
		return op
	}
	return errors.New("the connection broke")
}
