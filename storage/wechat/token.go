package wechat

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/silenceper/wechat/v2/credential"
)

// tokenCache keeps access tokens in our Redis, in the form that the SDK wants. A Redis that does not answer only
// costs another call to WeChat, so its errors end here.
type tokenCache struct{ redis redis.UniversalClient }

const (
	cachePrefix = "wechat:"
	cacheWait   = 500 * time.Millisecond
)

// Get returns a string, or nil if there is none.
func (c tokenCache) Get(key string) any {
	ctx, cancel := context.WithTimeout(context.Background(), cacheWait)
	defer cancel()
	if v, err := c.redis.Get(ctx, cachePrefix+key).Result(); err == nil {
		return v
	}
	return nil
}

// Set does not keep a token that is about to end: WeChat gives the next one five minutes early.
func (c tokenCache) Set(key string, val any, ttl time.Duration) error {
	if ttl <= 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), cacheWait)
	defer cancel()
	c.redis.Set(ctx, cachePrefix+key, val, ttl)
	return nil
}

// IsExist tells whether Get would find something.
func (c tokenCache) IsExist(key string) bool { return c.Get(key) != nil }

// Delete forgets the key.
func (c tokenCache) Delete(key string) error {
	ctx, cancel := context.WithTimeout(context.Background(), cacheWait)
	defer cancel()
	c.redis.Del(ctx, cachePrefix+key)
	return nil
}

// drop deletes the token of the app unless somebody has already renewed it.
func (c tokenCache) drop(appID, token string) {
	key := fmt.Sprintf("%s_stable_access_token_%s", credential.CacheKeyMiniProgramPrefix, appID)
	if c.Get(key) == token {
		_ = c.Delete(key)
	}
}
