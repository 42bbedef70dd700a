package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func production() Config {
	c := Default()
	c.URL, c.Data = "https://camp.example.com", "/var/lib/yingdi"
	c.Secrets = Secrets{[]string{strings.Repeat("m", 32)}, strings.Repeat("h", 32)}
	c.WeChat = WeChat{AppID: "wx1", AppSecret: strings.Repeat("s", 32), Token: "token", AESKey: strings.Repeat("a", 43)}
	return c
}

func TestTheDefaultsNeedOnlySecretsAnAddressAndWeChat(t *testing.T) {
	t.Parallel()
	if err := production().Validate(); err != nil {
		t.Error(err)
	}
}

func TestEachProblemNamesItsKeyAndItsFix(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, key string
		spoil     func(*Config)
	}{
		{"plain http", "url", func(c *Config) { c.URL = "http://camp.example.com" }},
		{"an address with a path", "url", func(c *Config) { c.URL = "https://x.example/y" }},
		{"a relative data folder", "data", func(c *Config) { c.Data = "data" }},
		{"an unknown engine", "documents", func(c *Config) { c.Documents = "postgres" }},
		{"an unknown queue", "queue", func(c *Config) { c.Queue = "kafka" }},
		{"an unknown media store", "media", func(c *Config) { c.Media = "ftp" }},
		{"mongo without an address", "mongo.uri", func(c *Config) { c.Documents = "mongo" }},
		{"redis without an address", "redis.url", func(c *Config) { c.Queue = "redis" }},
		{"S3 without a scheme", "s3.endpoint", func(c *Config) { c.Media, c.S3.Endpoint = "s3", "x:9000" }},
		{"S3 with MinIO's own password", "s3.secret_key", func(c *Config) {
			c.Media, c.S3 = "s3", S3{Endpoint: "https://x:9000", Bucket: "b", AccessKey: "a", SecretKey: "minioadmin"}
		}},
		{"S3 that phones cannot send to", "s3.public_url", func(c *Config) {
			c.Media, c.S3 = "s3", S3{Endpoint: "http://x:9000", Bucket: "b", AccessKey: "a", SecretKey: "s"}
		}},
		{"S3 with a path", "s3.public_url", func(c *Config) {
			c.Media, c.S3 = "s3", S3{Endpoint: "http://x:9000", PublicURL: "https://x.example/media", Bucket: "b", AccessKey: "a", SecretKey: "s"}
		}},
		{"the example's token", "wechat.token", func(c *Config) { c.WeChat.Token = "change-me" }},
		{"an AES key that is none", "wechat.aes_key", func(c *Config) { c.WeChat.AESKey = strings.Repeat("?", 43) }},
		{"nobody to work on the embedded queue", "workers", func(c *Config) { c.Workers = 0 }},
		{"nobody to work on a SQLite file", "workers", func(c *Config) { c.Queue, c.Redis.URL, c.Workers = "redis", "redis://x/0", 0 }},
		{"the example's master secret", "secrets.master", func(c *Config) { c.Secrets.Master[0] = "change-me-" + strings.Repeat("x", 40) }},
		{"a short hash secret", "secrets.hash", func(c *Config) { c.Secrets.Hash = "short" }},
		{"a message that there is not", "wechat.templates.news", func(c *Config) { c.WeChat.Templates = map[string]Template{"news": {}} }},
		{"a template without its keywords", "wechat.templates.reminder", func(c *Config) { c.WeChat.Templates = map[string]Template{"reminder": {ID: "x", Title: "thing1"}} }},
		{"a quiet hour that is none", "messages.quiet_to", func(c *Config) { c.Messages.QuietTo = "7 am" }},
		{"virtual payment", "pay.channels.course.ios", func(c *Config) { c.Pay.Channels.Course.IOS = "virtual" }},
		{"no messages at all", "messages.per_day", func(c *Config) { c.Messages.PerDay = 0 }},
		{"an inbox that forgets at once", "messages.keep_days", func(c *Config) { c.Messages.KeepDays = 1 }},
		{"a stand-in for WeChat", "wechat.base_url", func(c *Config) { c.WeChat.BaseURL = "http://127.0.0.1:9" }},
		{"an AES key of another length", "wechat.aes_key", func(c *Config) { c.WeChat.AESKey = "x" }},
		{"a proxy that is no network", "trusted_proxies", func(c *Config) { c.TrustedProxies = []string{"proxy"} }},
	} {
		config := production()
		c.spoil(&config)
		var p Problem
		if err := config.Validate(); !errors.As(err, &p) || p.Key != c.key || p.Fix == "" {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestTheExampleHasEveryKeyAndIsRefusedUntilFilledIn(t *testing.T) {
	t.Parallel()
	c, err := Load("config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	err = c.Validate()
	for _, key := range []string{"secrets.master", "secrets.hash", "wechat.app_secret", "wechat.token", "wechat.aes_key"} {
		if err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("the example's %s was accepted: %v", key, err)
		}
	}
}

func TestAnUnknownKeyIsAnError(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "c.yaml")
	if err := os.WriteFile(path, []byte("documnets: mongo\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); err == nil || !strings.Contains(err.Error(), "documnets") {
		t.Errorf("got %v", err)
	}
}

func TestTheEnvironmentWinsOverTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.yaml")
	if err := os.WriteFile(path, []byte("queue: embedded\nworkers: 3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("YINGDI_QUEUE", "redis")
	t.Setenv("YINGDI_WORKERS", "5")
	t.Setenv("YINGDI_SECRETS_MASTER", "new,old")
	t.Setenv("YINGDI_WECHAT_APP_SECRET", "s")
	c, err := Load(path)
	if err != nil || c.Queue != "redis" || c.Workers != 5 || len(c.Secrets.Master) != 2 || c.WeChat.AppSecret != "s" {
		t.Errorf("%+v, %v", c, err)
	}
}
