// Package redis connects to Redis: one inside this process, or one outside by its address. It also keeps the limits of
// how often one may ask.
package redis

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/redis/go-redis/v9"

	"yingdi/domain"
)

// Open connects to what the address says:
//
//	redis://user:password@host:6379/0               a single server; rediss:// with TLS
//	redis://host1:26379,host2:26379/0?master=NAME   Sentinel, which knows where the master is
//	redis://host1:6379,host2:6379?cluster=true      Cluster
//
// User and password are those of the servers; Sentinel's own are given as sentinel_user and sentinel_password. Returns
// domain.ErrUnavailable if nobody answers. No error names a secret.
func Open(ctx context.Context, address string) (redis.UniversalClient, error) {
	options, cluster, err := parse(address)
	if err != nil {
		return nil, err
	}
	var client redis.UniversalClient
	switch {
	case cluster:
		client = redis.NewClusterClient(options.Cluster())
	case options.MasterName != "":
		client = redis.NewFailoverClient(options.Failover())
	default:
		client = redis.NewClient(options.Simple())
	}
	if err := client.Ping(ctx).Err(); err != nil {
		client.Close()
		return nil, fmt.Errorf("redis: %w: %w", domain.ErrUnavailable, err)
	}
	return client, nil
}

// Check refuses an address that Open could not understand.
func Check(address string) error {
	_, _, err := parse(address)
	return err
}

func parse(address string) (options *redis.UniversalOptions, cluster bool, err error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "redis" && u.Scheme != "rediss" || u.Host == "" {
		return nil, false, fmt.Errorf("redis: the address must look like redis://host:6379/0")
	}
	query := u.Query()
	hosts := strings.Split(u.Host, ",")
	master, sentinelUser, sentinelPassword := query.Get("master"), query.Get("sentinel_user"), query.Get("sentinel_password")
	cluster = query.Get("cluster") == "true"
	if len(hosts) > 1 && !cluster && master == "" {
		return nil, false, fmt.Errorf("redis: several hosts need ?cluster=true or ?master=NAME")
	}
	for _, own := range []string{"master", "cluster", "sentinel_user", "sentinel_password"} {
		query.Del(own)
	}
	one := *u
	one.Host, one.RawQuery = hosts[0], query.Encode()
	single, err := redis.ParseURL(one.String())
	if err != nil {
		return nil, false, fmt.Errorf("redis: the address cannot be understood; see config.example.yaml")
	}
	return &redis.UniversalOptions{
		Addrs: hosts, DB: single.DB, Username: single.Username, Password: single.Password, TLSConfig: single.TLSConfig,
		DialTimeout: single.DialTimeout, ReadTimeout: single.ReadTimeout, WriteTimeout: single.WriteTimeout,
		PoolSize: single.PoolSize, MasterName: master, SentinelUsername: sentinelUser, SentinelPassword: sentinelPassword,
	}, cluster, nil
}
