package main

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"yingdi/config"
	"yingdi/storage/mongo"
	"yingdi/storage/redis"
)

func read(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// variables lists those that the configuration listens to.
func variables(of reflect.Type, prefix string) (names []string) {
	for i := range of.NumField() {
		key := prefix + of.Field(i).Tag.Get("koanf")
		if field := of.Field(i).Type; field.Kind() == reflect.Struct {
			names = append(names, variables(field, key+".")...)
		} else {
			names = append(names, config.Variable(key))
		}
	}
	return names
}

func TestEveryVariableThatADeploymentSetsIsListenedTo(t *testing.T) {
	t.Parallel()
	known := append(variables(reflect.TypeFor[config.Config](), ""), "YINGDI_CONFIG", "YINGDI_VERSION")
	for _, file := range []string{
		"deployments/Dockerfile", "deployments/compose.yaml", "deployments/secrets.env.example", "deployments/README.md",
		"deployments/yingdi.service", "deployments/yingdi-backup.service",
		"deployments/kubernetes/serve.yaml", "deployments/kubernetes/work.yaml", "config/config.example.yaml",
	} {
		for _, name := range regexp.MustCompile(`YINGDI_[A-Z0-9_]+`).FindAllString(read(t, file), -1) {
			if !slices.Contains(known, name) {
				t.Errorf("%s sets %s, which nobody reads", file, name)
			}
		}
	}
}

func TestTheExamplesOfADeploymentAreWholeOnceTheirSecretsAreFilledIn(t *testing.T) {
	t.Parallel()
	values := map[string]string{
		"YINGDI_SECRETS_MASTER": strings.Repeat("m", 64), "YINGDI_SECRETS_HASH": strings.Repeat("h", 64),
		"YINGDI_WECHAT_APP_SECRET": strings.Repeat("s", 32), "YINGDI_WECHAT_TOKEN": "token", "YINGDI_WECHAT_AES_KEY": strings.Repeat("k", 43),
		"YINGDI_S3_ACCESS_KEY": "access", "YINGDI_S3_SECRET_KEY": "a-secret-key",
	}
	var env []string
	for _, line := range regexp.MustCompile(`(?m)^#?(YINGDI_\w+)=(.*)$`).FindAllStringSubmatch(read(t, "deployments/secrets.env.example"), -1) {
		value := values[line[1]]
		if value == "" {
			value = line[2]
		}
		env = append(env, line[1]+"="+value)
	}
	for _, name := range []string{"config.onebox.yaml", "config.cluster.yaml"} {
		c := run(t, env, "config", "check", "--config", filepath.Join("..", "..", "deployments", name))
		if status := c.end(); status != 0 {
			t.Errorf("%s: %s", name, c.said)
		}
	}
}

func TestEveryAddressInTheExamplesIsUnderstood(t *testing.T) {
	t.Parallel()
	checked := 0
	for _, file := range []string{"config/config.example.yaml", "deployments/config.cluster.yaml", "deployments/secrets.env.example"} {
		for _, address := range regexp.MustCompile(`(?:redis[a-z-]*|mongodb)://\S+/\S*|redis-cluster://\S+`).FindAllString(read(t, file), -1) {
			check := redis.Check
			if strings.HasPrefix(address, "mongodb") {
				check = mongo.Check
			}
			if err := check(address); err != nil {
				t.Errorf("%s: %s: %v", file, address, err)
			}
			checked++
		}
	}
	if checked < 7 {
		t.Errorf("only %d addresses were found", checked)
	}
}

func TestWhatIsWatchedExistsAndWhatExistsIsExplained(t *testing.T) {
	t.Parallel()
	c := develop(t, prepare(t, 0, 1).folder)
	name := regexp.MustCompile(`\b(?:yingdi|go|process)_[a-z_]+\b`)
	var shown []string
	for deadline := time.Now().Add(untiring); !slices.Contains(shown, "yingdi_jobs_total"); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("no job is done")
		}
		shown = nil
		for _, found := range regexp.MustCompile(`(?m)^([a-z_]+)[{ ]`).FindAllStringSubmatch(c.probe("/metrics", 200), -1) {
			shown = append(shown, found[1])
		}
	}
	for _, file := range []string{"deployments/alerts.yaml", "deployments/grafana.json"} {
		for _, metric := range name.FindAllString(read(t, file), -1) {
			if !slices.Contains(shown, metric) {
				t.Errorf("%s looks at %s, which does not exist", file, metric)
			}
		}
	}
	explained := name.FindAllString(read(t, "deployments/README.md"), -1)
	for _, metric := range slices.Compact(shown) {
		for _, part := range []string{"_bucket", "_sum", "_count"} {
			metric = strings.TrimSuffix(metric, part)
		}
		if strings.HasPrefix(metric, "yingdi_") && !slices.Contains(explained, metric) {
			t.Errorf("%s is not explained in deployments/README.md", metric)
		}
	}
	for _, metric := range explained {
		if strings.HasPrefix(metric, "yingdi_") && !slices.Contains(shown, metric) && !slices.Contains(shown, metric+"_count") {
			t.Errorf("deployments/README.md explains %s, which does not exist", metric)
		}
	}
}
