package main

import (
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// oneBox writes the configuration of a deployment on one machine and returns its path and its folder.
func oneBox(t *testing.T, more ...string) (path, folder string) {
	t.Helper()
	dir := t.TempDir()
	path, folder = filepath.Join(dir, "config.yaml"), filepath.Join(dir, "data")
	text := "addr: 127.0.0.1:0\nurl: https://camp.example.com/\ndata: " + folder + "\nwechat:\n  app_id: wx0123456789abcdef\n  token: a-token\n"
	if err := os.WriteFile(path, []byte(text+strings.Join(more, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, folder
}

// secrets are given by the environment, as in production.
var secrets = map[string]string{
	"YINGDI_SECRETS_MASTER": strings.Repeat("m", 40), "YINGDI_SECRETS_HASH": strings.Repeat("h", 40),
	"YINGDI_WECHAT_APP_SECRET": strings.Repeat("s", 32), "YINGDI_WECHAT_AES_KEY": strings.Repeat("k", 43),
}

func environ(changes ...string) []string {
	all := maps.Clone(secrets)
	for _, c := range changes {
		name, value, set := strings.Cut(c, "=")
		if all[name] = value; !set {
			delete(all, name)
		}
	}
	var list []string
	for name, value := range all {
		list = append(list, name+"="+value)
	}
	return list
}

// serve starts yingdi serve and waits until it answers.
func serve(t *testing.T, path string) *child {
	t.Helper()
	c := run(t, environ(), "serve", "--config", path)
	c.url = "http://" + c.await(`"msg":"serving","addr":"([^"]+)"`)
	return c
}

func TestOneBoxServesThoughWeChatCannotBeReached(t *testing.T) {
	t.Parallel()
	path, folder := oneBox(t)
	c := serve(t, path)
	c.must(http.StatusOK, "GET", "/api/v1/camps", "", nil, nil)
	var problem struct {
		Status       int
		Code, Detail string
	}
	c.must(http.StatusServiceUnavailable, "POST", "/api/v1/sessions", "", map[string]string{"code": "a-code-of-wx-login"}, &problem)
	if problem.Status != http.StatusServiceUnavailable || problem.Code == "" || problem.Detail == "" {
		t.Errorf("the problem is %+v", problem)
	}
	for _, path := range []string{"/readyz", "/healthz"} {
		if answer, err := network.Get(c.url + path); err != nil || answer.StatusCode != http.StatusOK {
			t.Errorf("%s: %v, %v", path, answer, err)
		}
	}
	if answer, err := network.Get(c.url + "/dev/login-code?as=x"); err != nil || answer.StatusCode != http.StatusNotFound {
		t.Errorf("what only a development server has: %v, %v", answer, err)
	}
	c.signal(syscall.SIGTERM)
	if status := c.end(); status != 0 {
		t.Errorf("exit status %d, want 0", status)
	}
	for name, secret := range secrets {
		if strings.Contains(c.said.String(), secret) {
			t.Errorf("%s is in the log", name)
		}
	}
	if !exists(folder, documentsFile) || exists(folder, "dev.lock") {
		t.Error("the folder is not that of a production server")
	}
}

func TestAConfigurationThatIsWrongNamesTheKeyAndTheFix(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		more string
		env  []string
		want []string
	}{
		{"no secrets", "", []string{"YINGDI_SECRETS_MASTER", "YINGDI_SECRETS_HASH"},
			[]string{"secrets.master", "YINGDI_SECRETS_MASTER", "secrets.hash", "openssl rand -hex 32"}},
		{"a slip of the pen", "qeueu: redis", nil, []string{"qeueu"}},
		{"a number that is none", "workers: many", nil, []string{"workers"}},
		{"a number of the environment that is none", "", []string{"YINGDI_LIMITS_READ=lots"}, []string{"limits.read"}},
		{"no YAML at all", "\t{", nil, []string{"config.yaml"}},
		{"redis without an address", "queue: redis", nil, []string{"redis.url", "YINGDI_REDIS_URL"}},
		{"redis of the wrong kind", "queue: redis\nredis: {url: 'redis+sentinel://:hunter2@h:1'}", nil, []string{"redis.url", "redis-sentinel://"}},
		{"mongo that is no address", "documents: mongo\nmongo: {uri: 'mongodb://u:hunter2@/x?retryWrites=perhaps'}", nil, []string{"mongo.uri", "mongodb://"}},
		{"a stand-in for WeChat", "", []string{"YINGDI_WECHAT_BASE_URL=http://127.0.0.1:1"}, []string{"wechat.base_url"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path, folder := oneBox(t, c.more)
			for _, command := range [][]string{{"serve"}, {"config", "check"}} {
				said := refused(t, environ(c.env...), append(command, "--config", path)...)
				for _, want := range c.want {
					if !strings.Contains(said, want) {
						t.Errorf("%v does not say %q:\n%s", command, want, said)
					}
				}
				if strings.Contains(said, "hunter2") {
					t.Errorf("%v says a password:\n%s", command, said)
				}
			}
			if exists(folder, "") {
				t.Error("it made the folder")
			}
		})
	}
}

func TestAConfigurationFileThatIsNotThere(t *testing.T) {
	t.Parallel()
	said := refused(t, environ(), "serve", "--config", filepath.Join(t.TempDir(), "none.yaml"))
	if !strings.Contains(said, "none.yaml") || !strings.Contains(said, "config.example.yaml") {
		t.Errorf("it said %s", said)
	}
}

func TestAConfigurationThatIsRight(t *testing.T) {
	t.Parallel()
	path, _ := oneBox(t)
	c := run(t, slices.Concat(environ(), []string{"YINGDI_CONFIG=" + path}), "config", "check")
	if status := c.end(); status != 0 || !strings.Contains(c.said.String(), "complete") {
		t.Errorf("exit status %d: %s", status, c.said)
	}
}

func TestWorkersAloneNeedPartsThatTheyCanShare(t *testing.T) {
	t.Parallel()
	path, _ := oneBox(t)
	if said := refused(t, environ(), "work", "--config", path); !strings.Contains(said, "queue: is embedded") {
		t.Errorf("it said %s", said)
	}
	shared := environ("YINGDI_QUEUE=redis", "YINGDI_REDIS_URL=redis://127.0.0.1:1")
	if said := refused(t, shared, "work", "--config", path); !strings.Contains(said, "documents: sqlite belongs to one process") {
		t.Errorf("it said %s", said)
	}
	if said := refused(t, shared, "serve", "--config", path); !strings.Contains(said, "queue: redis") {
		t.Errorf("a Redis that does not answer: %s", said)
	}
}
