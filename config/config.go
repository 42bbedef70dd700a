// Package config is everything an admin can set: one struct, read from one YAML file and the environment.
package config

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"

	"yingdi/domain/notice"
)

// Config of one deployment. config.example.yaml explains each key. Every key can also come from the environment:
// wechat.app_secret is YINGDI_WECHAT_APP_SECRET.
type Config struct {
	Addr           string   `koanf:"addr"`
	URL            string   `koanf:"url"`
	Data           string   `koanf:"data"`
	TrustedProxies []string `koanf:"trusted_proxies"`
	Log            Log      `koanf:"log"`
	Secrets        Secrets  `koanf:"secrets"`
	Documents      string   `koanf:"documents"` // sqlite | mongo
	Queue          string   `koanf:"queue"`     // embedded | redis
	Media          string   `koanf:"media"`     // folder | s3
	Mongo          Mongo    `koanf:"mongo"`
	Redis          Redis    `koanf:"redis"`
	S3             S3       `koanf:"s3"`
	WeChat         WeChat   `koanf:"wechat"`
	Preview        Preview  `koanf:"preview"`
	Workers        int      `koanf:"workers"`
	Limits         Limits   `koanf:"limits"`
	Messages       Messages `koanf:"messages"`
	Pay            Pay      `koanf:"pay"`
	Pool           Pool     `koanf:"pool"`
	Privacy        Privacy  `koanf:"privacy"`
	Metrics        Metrics  `koanf:"metrics"`
}

// Privacy policy that people are asked to agree to before they do anything; without a version nothing is asked.
type Privacy struct {
	Version string `koanf:"version"`
	URL     string `koanf:"url"`
}

// Preview names the tools that draw documents, by name in PATH or by path; one that is not there is done without.
type Preview struct {
	PDFToPPM string `koanf:"pdftoppm"`
	Soffice  string `koanf:"soffice"`
}

// Metrics are shown to this machine itself, and to whoever has the token.
type Metrics struct {
	Token string `koanf:"token"`
}

// Log of the process.
type Log struct {
	Level  string `koanf:"level"`  // debug | info | warn | error
	Format string `koanf:"format"` // json | text
}

// Secrets that the deployment makes up itself.
type Secrets struct {
	Master []string `koanf:"master"` // the newest first
	Hash   string   `koanf:"hash"`
}

// Mongo is used when documents is mongo.
type Mongo struct {
	URI      string `koanf:"uri"`
	Database string `koanf:"database"`
}

// Redis is used when queue is redis.
type Redis struct {
	URL string `koanf:"url"`
}

// S3 is used when media is s3.
type S3 struct {
	Endpoint  string `koanf:"endpoint"`   // as this process reaches it
	PublicURL string `koanf:"public_url"` // as phones reach it; empty for the same
	Region    string `koanf:"region"`
	Bucket    string `koanf:"bucket"`
	AccessKey string `koanf:"access_key"`
	SecretKey string `koanf:"secret_key"`
}

// WeChat is the mini-program that the deployment belongs to.
type WeChat struct {
	AppID     string              `koanf:"app_id"`
	AppSecret string              `koanf:"app_secret"`
	Token     string              `koanf:"token"`
	AESKey    string              `koanf:"aes_key"`
	BaseURL   string              `koanf:"base_url"` // only a development stand-in has one
	Templates map[string]Template `koanf:"templates"`
}

// Template of a subscribe message: its id, and which keyword holds what.
type Template struct {
	ID    string `koanf:"id"`
	Title string `koanf:"title"`
	Body  string `koanf:"body"`
	Time  string `koanf:"time"`
}

// Messages is what holds for everybody's messages, where people have chosen nothing else.
type Messages struct {
	PerDay    int    `koanf:"per_day"`
	QuietFrom string `koanf:"quiet_from"`
	QuietTo   string `koanf:"quiet_to"`
	KeepDays  int    `koanf:"keep_days"`
}

// Limits of what one address or one person may do in a minute.
type Limits struct {
	SignIn int `koanf:"sign_in"` // sign-ins of one address
	Read   int `koanf:"read"`    // of one person
	Write  int `koanf:"write"`   // of one person
}

// Default is what a file need not say.
func Default() Config {
	return Config{
		Addr: "127.0.0.1:8080", Data: "./data", Log: Log{"info", "json"},
		Documents: "sqlite", Queue: "embedded", Media: "folder", Workers: 8,
		Preview: Preview{PDFToPPM: "pdftoppm", Soffice: "soffice"},
		Mongo:   Mongo{Database: "yingdi"}, S3: S3{Region: "us-east-1", Bucket: "yingdi"},
		Limits:   Limits{SignIn: 60, Read: 600, Write: 120},
		Messages: Messages{PerDay: 5, QuietFrom: "22:00", QuietTo: "07:30", KeepDays: 180},
		Pool:     Pool{CapYuan: 500},
		Pay:      Pay{Scene: "1000", Channels: Channels{everywhere, everywhere}, Withdrawals: Withdrawals{Min: 100, PerDay: 3, Daily: 2000_00, ApproveAbove: 200_00}},
	}
}

// Load reads the file over the defaults and the environment over both. A key that does not exist is an error, so that
// a slip of the pen is not silently ignored.
func Load(path string) (Config, error) {
	c := Default()
	k := koanf.New(".")
	if err := k.Load(file.Provider(path), yaml.Parser()); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return c, fmt.Errorf("config file %s is not there: copy config.example.yaml to it, or name another with --config (or YINGDI_CONFIG)", path)
		}
		return c, fmt.Errorf("config file %s: %w", path, err)
	}
	if err := k.Load(confmap.Provider(environment(reflect.TypeOf(c), ""), "."), nil); err != nil {
		return c, fmt.Errorf("config from the environment: %w", err)
	}
	err := k.UnmarshalWithConf("", &c, koanf.UnmarshalConf{DecoderConfig: &mapstructure.DecoderConfig{
		Result: &c, TagName: "koanf", ErrorUnused: true, WeaklyTypedInput: true,
		DecodeHook: mapstructure.StringToSliceHookFunc(","),
	}})
	if err != nil {
		return c, fmt.Errorf("config file %s, or the environment over it: %w", path, err)
	}
	c.URL = strings.TrimSuffix(c.URL, "/")
	return c, nil
}

// environment collects the variables that are set, by the keys that exist.
func environment(t reflect.Type, prefix string) map[string]any {
	values := map[string]any{}
	for i := range t.NumField() {
		f := t.Field(i)
		key := prefix + f.Tag.Get("koanf")
		switch f.Type.Kind() {
		case reflect.Struct:
			for k, v := range environment(f.Type, key+".") {
				values[k] = v
			}
		case reflect.Map:
		default:
			if v, ok := os.LookupEnv(Variable(key)); ok {
				values[key] = v
			}
		}
	}
	return values
}

// Variable is the environment variable of a key.
func Variable(key string) string {
	return "YINGDI_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// Problem is one thing that is wrong with a configuration, and what to do about it.
type Problem struct{ Key, What, Fix string }

func (p Problem) Error() string {
	return fmt.Sprintf("%s: %s. %s (or set %s)", p.Key, p.What, p.Fix, Variable(p.Key))
}

type problems []error

func (p *problems) that(ok bool, key, what, fix string) {
	if !ok {
		*p = append(*p, Problem{key, what, fix})
	}
}

func (p *problems) oneOf(key, value string, allowed ...string) {
	for _, a := range allowed {
		if value == a {
			return
		}
	}
	p.that(false, key, fmt.Sprintf("is %q", value), "Use one of: "+strings.Join(allowed, ", "))
}

// made tells what somebody made up from what the example holds.
func made(secret string) bool { return !strings.HasPrefix(secret, "change-me") }

// origin tells whether an address is a scheme and a host and nothing more.
func origin(address string, schemes ...string) bool {
	u, err := url.Parse(address)
	return err == nil && slices.Contains(schemes, u.Scheme) && u.Host != "" && address == u.Scheme+"://"+u.Host
}

// Validate returns everything that keeps a production from starting, each by its key.
func (c Config) Validate() error {
	var p problems
	p.that(c.Addr != "", "addr", "is empty", "Give the address to listen on, such as 127.0.0.1:8080")
	p.that(origin(c.URL, "https"), "url",
		"is no https address", "Give the public address, such as https://camp.example.com: WeChat calls nothing else")
	p.oneOf("log.level", c.Log.Level, "debug", "info", "warn", "error")
	p.oneOf("log.format", c.Log.Format, "json", "text")
	for _, proxy := range c.TrustedProxies {
		_, err := netip.ParsePrefix(proxy)
		p.that(err == nil, "trusted_proxies", fmt.Sprintf("%q is no network", proxy), "Write networks as 10.0.0.0/8")
	}
	c.validateParts(&p)
	c.validateSecrets(&p)
	c.validateMessages(&p)
	c.validatePay(&p)
	w := c.WeChat
	p.that(strings.HasPrefix(w.AppID, "wx"), "wechat.app_id", "is no app id", "Copy it from the mini-program's console; it begins with wx")
	p.that(len(w.AppSecret) == 32, "wechat.app_secret", "is no app secret", "Copy the 32 characters from the mini-program's console")
	p.that(len(w.Token) >= 3 && len(w.Token) <= 32 && made(w.Token), "wechat.token", "must have 3 to 32 characters of your own", "Make one up and enter it in the console's message push settings as well")
	key, err := base64.StdEncoding.DecodeString(w.AESKey + "=")
	p.that(err == nil && len(key) == 32, "wechat.aes_key", "must have 43 characters, letters and digits", "Generate it in the console's message push settings and choose the safe mode")
	p.that(w.BaseURL == "", "wechat.base_url", "points away from WeChat", "Remove it: a stand-in has no place in production")
	return errors.Join(p...)
}

func (c Config) validateParts(p *problems) {
	p.oneOf("documents", c.Documents, "sqlite", "mongo")
	p.oneOf("queue", c.Queue, "embedded", "redis")
	p.oneOf("media", c.Media, "folder", "s3")
	if c.Documents == "sqlite" || c.Media == "folder" {
		p.that(filepath.IsAbs(c.Data), "data", "is no absolute path", "Give the folder that holds the database and the media, such as /var/lib/yingdi")
	}
	if c.Documents == "mongo" {
		p.that(c.Mongo.URI != "", "mongo.uri", "is missing", "Write mongodb://host:27017/?replicaSet=rs0")
		p.that(c.Mongo.Database != "", "mongo.database", "is empty", "Name the database")
	}
	if c.Queue == "redis" {
		p.that(c.Redis.URL != "", "redis.url", "is missing", "Write redis://:password@host:6379/0, redis-sentinel://… or redis-cluster://…")
	}
	p.that(c.Workers > 0 || c.Queue == "redis" && c.Documents == "mongo", "workers", "is 0",
		"No other process can work on an embedded queue or on a SQLite file: use 1 or more")
	if c.Media == "s3" {
		p.that(origin(c.S3.Endpoint, "http", "https"), "s3.endpoint", "is no address", "Write http://minio:9000")
		p.that(origin(cmp.Or(c.S3.PublicURL, c.S3.Endpoint), "https"), "s3.public_url", "is no https address", "Write https://media.example.com: phones send files to nothing else")
		p.that(c.S3.Bucket != "", "s3.bucket", "is empty", "Name the bucket")
		p.that(c.S3.AccessKey != "" && c.S3.SecretKey != "" && c.S3.SecretKey != "minioadmin", "s3.secret_key", "is missing or a default", "Make a key pair for this bucket alone")
	}
	p.that(c.Workers >= 0 && c.Workers <= 256, "workers", "is out of range", "Use 0 to 256")
	p.that(c.Limits.SignIn > 0, "limits.sign_in", "must be above 0", "60 is a good start")
	p.that(c.Limits.Read > 0, "limits.read", "must be above 0", "600 is a good start")
	p.that(c.Limits.Write > 0, "limits.write", "must be above 0", "120 is a good start")
}

var keyword = regexp.MustCompile(`^[a-z_]+[0-9]+$`)

func (c Config) validateMessages(p *problems) {
	for _, kind := range slices.Sorted(maps.Keys(c.WeChat.Templates)) {
		t, key := c.WeChat.Templates[kind], "wechat.templates."+kind
		_, known := notice.Kinds[notice.Kind(kind)]
		p.that(known, key, "is no message that there is", "See config.example.yaml for those that there are")
		if t.ID != "" {
			p.that(keyword.MatchString(t.Title) && keyword.MatchString(t.Body) && t.Title != t.Body && (t.Time == "" || keyword.MatchString(t.Time)),
				key, "does not say which keyword holds what", "Copy the keywords of title, body and time from the template's page, such as thing1")
		}
	}
	m := c.Messages
	for key, clock := range map[string]string{"messages.quiet_from": m.QuietFrom, "messages.quiet_to": m.QuietTo} {
		_, err := notice.ParseClock(clock)
		p.that(err == nil, key, fmt.Sprintf("%q is no time of day", clock), "Write it as 22:00")
	}
	p.that(m.PerDay >= 1 && m.PerDay <= 50, "messages.per_day", "is out of range", "Use 1 to 50; 5 is a good start")
	p.that(m.KeepDays >= 30 && m.KeepDays <= 3650, "messages.keep_days", "is out of range", "Use 30 to 3650; 180 is a good start")
}

func (c Config) validateSecrets(p *problems) {
	good := func(s string) bool { return len(s) >= 32 && made(s) }
	p.that(len(c.Secrets.Master) > 0, "secrets.master", "is missing", "Make one: openssl rand -hex 32")
	for _, s := range c.Secrets.Master {
		p.that(good(s), "secrets.master", "is too short or the example's", "Make one: openssl rand -hex 32")
	}
	p.that(good(c.Secrets.Hash), "secrets.hash", "is missing, too short or the example's", "Make one: openssl rand -hex 32, and never change it")
}
