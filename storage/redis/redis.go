// Package redis connects to Redis: one inside this process, or one outside by its address. It also keeps the limits of
// how often one may ask.
package redis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"

	"github.com/redis/go-redis/v9"

	"yingdi/domain"
)

// Open connects to what the address says:
//
//	redis://user:password@host:6379/0                         a single server
//	redis-sentinel://user:password@h1:26379,h2:26379/0?master=NAME   Sentinel, which knows where the master is
//	redis-cluster://user:password@h1:6379,h2:6379                    Cluster
//
// rediss, rediss-sentinel and rediss-cluster speak TLS. User and password are those of the servers; Sentinel's own are
// given as sentinel_user and sentinel_password. Returns domain.ErrUnavailable if nobody answers. No error holds a
// secret.
func Open(ctx context.Context, address string) (redis.UniversalClient, error) {
	to, err := parse(address)
	if err != nil {
		return nil, err
	}
	var client redis.UniversalClient
	switch to.kind {
	case "cluster":
		client = redis.NewClusterClient(to.options.Cluster())
	case "sentinel":
		client = redis.NewFailoverClient(to.options.Failover())
	default:
		client = redis.NewClient(to.options.Simple())
	}
	if err := client.Ping(ctx).Err(); err != nil {
		client.Close()
		return nil, fmt.Errorf("redis: %w: %w", domain.ErrUnavailable, err)
	}
	return client, nil
}

// Check tells whether Open would understand the address. Its error does not hold the address.
func Check(address string) error {
	_, err := parse(address)
	return err
}

type target struct {
	kind    string // "", sentinel or cluster
	options *redis.UniversalOptions
}

var errAddress = errors.New("redis: the address must look like redis://:password@host:6379/0, redis-sentinel://…?master=NAME or redis-cluster://…")

// parse takes the address apart by hand where it names several hosts, which is no proper URL.
func parse(address string) (target, error) {
	scheme, rest, _ := strings.Cut(address, "://")
	scheme, kind, _ := strings.Cut(scheme, "-")
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	authority, path := rest[:end], rest[end:]
	at := strings.LastIndex(authority, "@") + 1
	hosts := strings.Split(authority[at:], ",")
	u, err := url.Parse(scheme + "://" + authority[:at] + hosts[0] + path)
	if err != nil || hosts[0] == "" || scheme != "redis" && scheme != "rediss" || kind == "" && len(hosts) > 1 {
		return target{}, errAddress
	}
	query := u.Query()
	own := map[string]string{}
	for _, name := range []string{"master", "sentinel_user", "sentinel_password"} {
		own[name] = query.Get(name)
		query.Del(name)
	}
	u.RawQuery = query.Encode()
	if (kind == "sentinel") != (own["master"] != "") || kind != "" && kind != "sentinel" && kind != "cluster" {
		return target{}, errAddress
	}
	one, err := redis.ParseURL(u.String())
	if err != nil || kind == "cluster" && one.DB != 0 {
		return target{}, errAddress
	}
	return target{kind, &redis.UniversalOptions{
		ContextTimeoutEnabled: true, // or a context's end is not noticed before the read's own
		Addrs:                 hosts, DB: one.DB, Username: one.Username, Password: one.Password, TLSConfig: one.TLSConfig,
		DialTimeout: one.DialTimeout, ReadTimeout: one.ReadTimeout, WriteTimeout: one.WriteTimeout, PoolSize: one.PoolSize,
		MasterName: own["master"], SentinelUsername: own["sentinel_user"], SentinelPassword: own["sentinel_password"],
	}}, nil
}

// LogTo sends what the client library has to say, such as failed dials, to log. It is set once for the whole process.
func LogTo(log *slog.Logger) { redis.SetLogger(libraryLog{log}) }

type libraryLog struct{ log *slog.Logger }

func (l libraryLog) Printf(ctx context.Context, format string, args ...any) {
	l.log.WarnContext(ctx, "redis", "says", fmt.Sprintf(format, args...))
}
