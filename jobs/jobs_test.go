package jobs_test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"yingdi/domain"
	"yingdi/jobs"
)

func TestEveryEventOfTheDomainIsHeardOrKnownToNeedNobody(t *testing.T) {
	t.Parallel()
	events := declaredEvents(t)
	if len(events) < 14 {
		t.Fatalf("only %d events found in domain: %v", len(events), events)
	}
	var heard []string
	for _, c := range jobs.Consumers(jobs.Services{}) {
		heard = append(heard, c.Events...)
	}
	for _, event := range events {
		if slices.Contains(heard, event) == slices.Contains(jobs.Unheard, event) {
			t.Errorf("%s: heard %v, unheard %v; want one of the two", event, slices.Contains(heard, event), slices.Contains(jobs.Unheard, event))
		}
	}
	for _, event := range slices.Concat(heard, jobs.Unheard) {
		if !slices.Contains(events, event) {
			t.Errorf("%s is heard, but nothing in domain declares it", event)
		}
	}
}

// declaredEvents reads the values of all constants named Event… below domain.
func declaredEvents(t *testing.T) []string {
	t.Helper()
	var events []string
	err := filepath.WalkDir("../domain", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			for i, name := range spec.Names {
				if !strings.HasPrefix(name.Name, "Event") || i >= len(spec.Values) {
					continue
				}
				value, err := strconv.Unquote(spec.Values[i].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatalf("%s: %v", path, err)
				}
				events = append(events, value)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return events
}

func TestConsumersFitTogether(t *testing.T) {
	t.Parallel()
	nothing := func(context.Context, domain.Posted) error { return nil }
	for _, c := range []struct {
		name      string
		consumers []jobs.Consumer
		ok        bool
	}{
		{"those of the program", jobs.Consumers(jobs.Services{}), true},
		{"two of one event", []jobs.Consumer{
			{Name: "a", Events: []string{"x:y"}, Lane: jobs.Slow, Handle: nothing}, {Name: "b", Events: []string{"x:y"}, Lane: jobs.Slow, Handle: nothing},
		}, true},
		{"one name twice", []jobs.Consumer{
			{Name: "a", Events: []string{"x:y"}, Lane: jobs.Slow, Handle: nothing}, {Name: "a", Events: []string{"x:z"}, Lane: jobs.Slow, Handle: nothing},
		}, false},
		{"one kind the beginning of another", []jobs.Consumer{
			{Name: "a", Events: []string{"x:y"}, Lane: jobs.Slow, Handle: nothing}, {Name: "ab", Events: []string{"x:y"}, Lane: jobs.Slow, Handle: nothing},
		}, false},
		{"no name", []jobs.Consumer{{Events: []string{"x:y"}, Lane: jobs.Slow, Handle: nothing}}, false},
		{"no event", []jobs.Consumer{{Name: "a", Lane: jobs.Slow, Handle: nothing}}, false},
		{"an unknown lane", []jobs.Consumer{{Name: "a", Events: []string{"x:y"}, Lane: "fast", Handle: nothing}}, false},
		{"nothing to do", []jobs.Consumer{{Name: "a", Events: []string{"x:y"}, Lane: jobs.Slow}}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := jobs.New(jobs.Options{Redis: newRedis(t), Consumers: c.consumers, Metrics: prometheus.NewRegistry()})
			if (err == nil) != c.ok {
				t.Errorf("error %v", err)
			}
		})
	}
}
