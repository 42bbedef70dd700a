package redis

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"yingdi/domain"
)

// limitWait is how long a request waits to be counted: people must not feel it when Redis is away.
const limitWait = 300 * time.Millisecond

// Limiter counts what one key did lately.
type Limiter struct {
	Client redis.UniversalClient
	Clock  domain.Clock
}

// Allow notes that key did something, and reports whether that was within limit times in the last window; retry is how
// long to wait if not. It weighs the window before by the share of it that still counts, so that nobody gets twice the
// limit at a seam. When Redis does not answer, ok is true beside the error: a limit is a protection and must not be
// what keeps everybody out. Keys are stored as digests.
func (l *Limiter) Allow(ctx context.Context, key string, limit int, window time.Duration) (ok bool, retry time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, limitWait)
	defer cancel()
	now := l.Clock.Now()
	slot, since := now.UnixNano()/int64(window), time.Duration(now.UnixNano()%int64(window))
	digest := sha256.Sum256([]byte(key))
	// The braces keep both counters on one node of a cluster.
	name := fmt.Sprintf("limit:{%s}:%d:", base64.RawURLEncoding.EncodeToString(digest[:15]), window.Milliseconds())
	current := name + strconv.FormatInt(slot, 36)
	pipe := l.Client.Pipeline()
	count := pipe.Incr(ctx, current)
	pipe.PExpire(ctx, current, 2*window)
	before := pipe.Get(ctx, name+strconv.FormatInt(slot-1, 36))
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return true, 0, fmt.Errorf("limit: %w: %w", domain.ErrUnavailable, err)
	}
	earlier, _ := before.Int64() // none is 0
	ok, retry = within(count.Val(), earlier, int64(limit), since, window)
	if !ok {
		// Only what was allowed counts, or who keeps knocking would never get in again.
		err = l.Client.Decr(ctx, current).Err()
	}
	return ok, retry, err
}

// within judges the count of this window, of which since has passed, and of the one before.
func within(count, before, limit int64, since, window time.Duration) (ok bool, retry time.Duration) {
	before = min(before, limit)
	left := window - since
	if float64(count)+float64(before)*float64(left)/float64(window) <= float64(limit) {
		return true, 0
	}
	if count <= limit {
		// Later in this window, when enough of the one before has faded.
		need := window - time.Duration(float64(window)*float64(limit-count)/float64(before))
		return false, max(need-since, time.Millisecond)
	}
	return false, left + window/time.Duration(max(limit, 1))
}
