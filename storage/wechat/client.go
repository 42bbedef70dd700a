// Package wechat speaks to WeChat for one mini-program: login, phone numbers, subscribe messages, codes, content
// checks, and the pushes that come back. It stands on the silenceper SDK and closes its holes: every call has a
// context and a timeout, goes to one known host, renews a token that WeChat no longer takes, and fails with a
// refusal of domain/wechat in whose text there is never a token, a code or an openid.
package wechat

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/silenceper/wechat/v2/credential"
	"github.com/silenceper/wechat/v2/miniprogram/config"
	sdk "github.com/silenceper/wechat/v2/miniprogram/context"
)

// Options of one mini-program, as its page in WeChat's console shows them.
type Options struct {
	AppID          string
	AppSecret      string
	Token          string // of the message push
	EncodingAESKey string // of the message push, 43 characters; the push must be in safe mode (安全模式)

	Redis   redis.UniversalClient // shares the access token between processes
	Version string                // which mini-program codes, links and messages open: release (default), trial, develop
	Timeout time.Duration         // of one call, 10 seconds if zero

	// BaseURL is empty for the real WeChat. Otherwise every call to a host of WeChat goes there instead, with
	// WeChat's name still in the Host header, and no other host can be reached at all.
	BaseURL string
}

// Client is safe for concurrent use.
type Client struct {
	config  *config.Config
	tokens  credential.AccessTokenContextHandle
	cache   tokenCache
	version string
	timeout time.Duration
	base    *url.URL
	http    http.RoundTripper
}

// New refuses options that cannot work, naming the one at fault.
func New(o Options) (*Client, error) {
	key, err := base64.StdEncoding.DecodeString(o.EncodingAESKey + "=")
	switch {
	case o.AppID == "":
		return nil, errors.New("wechat: AppID is empty")
	case o.AppSecret == "":
		return nil, errors.New("wechat: AppSecret is empty")
	case o.Token == "":
		return nil, errors.New("wechat: Token is empty")
	case err != nil || len(o.EncodingAESKey) != 43 || len(key) != 32:
		return nil, errors.New("wechat: EncodingAESKey is not 43 characters of base64")
	case o.Redis == nil:
		return nil, errors.New("wechat: Redis is missing")
	}
	c := &Client{
		cache:   tokenCache{o.Redis},
		version: o.Version,
		timeout: o.Timeout,
		http:    http.DefaultTransport.(*http.Transport).Clone(),
	}
	switch c.version {
	case "":
		c.version = "release"
	case "release", "trial", "develop":
	default:
		return nil, fmt.Errorf("wechat: Version %q is none of release, trial, develop", o.Version)
	}
	if c.timeout <= 0 {
		c.timeout = 10 * time.Second
	}
	if o.BaseURL != "" {
		c.base, err = url.Parse(o.BaseURL)
		if err != nil || c.base.Host == "" || c.base.Scheme != "http" && c.base.Scheme != "https" {
			return nil, fmt.Errorf("wechat: BaseURL %q is no http address", o.BaseURL)
		}
	}
	c.config = &config.Config{
		AppID: o.AppID, AppSecret: o.AppSecret, Token: o.Token, EncodingAESKey: o.EncodingAESKey,
		Cache: c.cache, UseStableAK: true,
	}
	c.tokens = credential.NewStableAccessToken(o.AppID, o.AppSecret, credential.CacheKeyMiniProgramPrefix, c.cache)
	takeOver()
	return c, nil
}

// do lets use talk to WeChat through the SDK. If WeChat no longer takes the access token, it is dropped and use runs
// once more. What the SDK says of a failure is thrown away, because it may hold whole addresses with secrets in
// them: the error is made from what the wire showed.
func (c *Client) do(ctx context.Context, what string, use func(ctx context.Context, api *sdk.Context) error) error {
	for first := true; ; first = false {
		call := c.begin(ctx)
		err := use(call.ctx, &sdk.Context{Config: c.config, AccessTokenContextHandle: call})
		call.end()
		switch {
		case err == nil && call.code == 0:
			return nil
		case errors.Is(ctx.Err(), context.Canceled):
			return fmt.Errorf("wechat %s: %w", what, ctx.Err())
		case first && call.tokenRefused():
			c.cache.drop(c.config.AppID, call.token)
		default:
			return fmt.Errorf("wechat %s: %w", what, call.refusal())
		}
	}
}
