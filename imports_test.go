// Package yingdi_test holds the rules of the house over the whole tree: who may import whom, who may read the clock,
// that a feature goes by one name in every room, and that what the READMEs and the glossary name is there.
package yingdi_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "yingdi"

// layers lists the features from the bottom up. A feature imports only features that stand before it; what it needs
// of one further up it declares as an interface, and cmd joins the two.
var layers = []string{
	"wechat",
	"push",
	"idempotency",
	"schedule",
	"member",
	"session",
	"organiser",
	"media",
	"camp",
	"invitation",
	"form",
	"lesson",
	"wechatpay",
	"product",
	"enrolment",
	"team",
	"notice",
	"order",
	"channel",
	"source",
	"coupon",
	"groupbuy",
	"assist",
	"payment",
	"transfer",
	"bill",
	"wallet",
	"referral",
	"quiz",
	"checkin",
	"moderation",
	"risk",
	"reminder",
	"review",
	"study",
	"course",
	"signcard",
	"today",
	"export",
	"privacy",
	"pool",
	"ledger",
	"stats",
}

// rooms says which other rooms the code of a room may import, besides itself. Libraries are free to all but domain.
var rooms = map[string][]string{
	"cmd":       {"config", "domain", "handlers", "jobs", "season", "storage", "templates"},
	"config":    {"domain"},
	"domain":    {},
	"handlers":  {"domain", "templates"},
	"jobs":      {"domain"},
	"season":    {}, // it judges by rules of its own
	"storage":   {"domain"},
	"templates": {"domain"},
	"e2e":       {"cmd", "config", "domain", "handlers", "jobs", "season", "storage", "templates"},
}

// infrastructure lists, for each place with one file or folder per feature, the names that belong to no feature.
var infrastructure = map[string][]string{
	"handlers/api":      {"api", "doc"},
	"handlers/console":  {"console", "doc", "jobs"},
	"handlers/share":    {"share"},
	"jobs":              {"doc", "jobs", "outbox", "queue", "schedule"},
	"storage":           {"collection", "counter", "cursor", "doc", "engine", "key", "outbox", "query", "recount", "span"},
	"templates/console": {"console", "jobs", "layout", "partial"},
}

type goPackage struct {
	ImportPath string
	Standard   bool
	Imports    []string
}

// path within the module, "" for a package of someone else.
func within(importPath string) string {
	rest, _ := strings.CutPrefix(importPath, module+"/")
	if rest == importPath {
		return ""
	}
	return rest
}

func room(dir string) string { first, _, _ := strings.Cut(dir, "/"); return first }

// feature of a directory below domain, "" for the kernel and for other rooms.
func feature(dir string) string {
	rest, ok := strings.CutPrefix(dir, "domain/")
	if !ok {
		return ""
	}
	return room(rest)
}

func listPackages(t *testing.T) map[string]goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Standard,Imports", "./...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	packages := map[string]goPackage{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages[p.ImportPath] = p
	}
}

func TestImportsFollowTheRooms(t *testing.T) {
	t.Parallel()
	packages := listPackages(t)
	for _, p := range packages {
		dir := within(p.ImportPath)
		if dir == "" {
			continue
		}
		for _, imported := range p.Imports {
			if why := refuse(dir, imported, packages[imported].Standard); why != "" {
				t.Errorf("%s imports %s: %s", dir, imported, why)
			}
		}
	}
}

// refuse says why code in dir may not import a package; "" if it may.
func refuse(dir, imported string, standard bool) string {
	from, target := room(dir), within(imported)
	allowed, known := rooms[from]
	switch {
	case !known:
		return "the room " + from + " is new: place it in rooms in imports_test.go"
	case standard:
		return ""
	case target == "" && from == "domain":
		return "domain imports the standard library and domain only"
	case target == "":
		return ""
	case room(target) != from && !slices.Contains(allowed, room(target)):
		return from + " may import " + strings.Join(append([]string{from}, allowed...), ", ") + " only"
	}
	if from != "domain" {
		return ""
	}
	return refuseFeature(feature(dir), feature(target))
}

// testGround is what only the tests of the features import: a store in memory, a clock that is set.
const testGround = "domaintest"

// refuseFeature says why the feature from may not import the feature to; the kernel has the name "".
func refuseFeature(from, to string) string {
	switch {
	case from == testGround && to == "":
		return ""
	case from == testGround:
		return testGround + " serves every feature and imports none"
	case to == testGround:
		return "only tests import " + testGround
	}
	for _, name := range []string{from, to} {
		if name != "" && !slices.Contains(layers, name) {
			return "the feature " + name + " is new: place it in layers in imports_test.go"
		}
	}
	switch {
	case to == "" || from == to:
		return ""
	case from == "":
		return "the kernel imports no feature"
	case slices.Index(layers, to) > slices.Index(layers, from):
		return "features import downwards only, and " + to + " stands above " + from
	}
	return ""
}

func TestTheImportRuleRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		dir, imported string
		standard, ok  bool
	}{
		{"domain/checkin", "context", true, true},
		{"domain/checkin", "github.com/google/uuid", false, false},
		{"domain/checkin", "yingdi/domain", false, true},
		{"domain/checkin", "yingdi/domain/camp", false, true},
		{"domain/camp", "yingdi/domain/checkin", false, false},
		{"domain/camp", "yingdi/storage", false, false},
		{"domain/unheardof", "yingdi/domain/camp", false, false},
		{"domain", "yingdi/domain/camp", false, false},
		{"domain/camp", "yingdi/domain/domaintest", false, false},
		{"domain/domaintest", "yingdi/domain", false, true},
		{"domain/domaintest", "yingdi/domain/camp", false, false},
		{"handlers/api", "yingdi/handlers/web", false, true},
		{"handlers/api", "yingdi/templates", false, true},
		{"handlers/api", "yingdi/storage", false, false},
		{"handlers/api", "yingdi/jobs", false, false},
		{"jobs", "yingdi/storage/sqlite", false, false},
		{"jobs", "github.com/hibiken/asynq", false, true},
		{"storage/mongo", "yingdi/storage", false, true},
		{"storage", "yingdi/handlers/web", false, false},
		{"cmd/yingdi", "yingdi/storage/mongo", false, true},
		{"basement", "yingdi/domain", false, false},
	} {
		if why := refuse(c.dir, c.imported, c.standard); (why == "") != c.ok {
			t.Errorf("%s importing %s: allowed %v, want %v (%s)", c.dir, c.imported, why == "", c.ok, why)
		}
	}
}

func TestEveryFeatureHasItsPlace(t *testing.T) {
	t.Parallel()
	for _, entry := range readDir(t, "domain") {
		if entry.IsDir() && entry.Name() != testGround && !slices.Contains(layers, entry.Name()) {
			t.Errorf("domain/%s is new: place it in layers in imports_test.go", entry.Name())
		}
	}
}

func TestOneNameInEveryRoom(t *testing.T) {
	t.Parallel()
	for dir, extra := range infrastructure {
		for _, entry := range readDir(t, dir) {
			name := entry.Name()
			if strings.HasSuffix(name, "_test.go") || entry.IsDir() != strings.HasPrefix(dir, "templates/") {
				continue
			}
			word, _, _ := strings.Cut(strings.TrimSuffix(name, path.Ext(name)), "_")
			if !slices.Contains(extra, word) && !slices.Contains(layers, word) {
				t.Errorf("%s/%s is named after no feature of domain, and is not in infrastructure in imports_test.go", dir, name)
			}
		}
	}
}

// readDir lists a directory; one that does not exist is empty.
func readDir(t *testing.T, dir string) []fs.DirEntry {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return entries
}

// Every file is opened here, by this process, so that the test cache sees it change.
func TestOnlyCommandsReadTheClock(t *testing.T) {
	t.Parallel()
	err := filepath.WalkDir(".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name := entry.Name(); file != "." && (name[0] == '.' || slices.Contains([]string{"node_modules", "bin", "data", "testdata"}, name)) {
				return filepath.SkipDir
			}
			return nil
		}
		file = filepath.ToSlash(file)
		if mayReadClock(file) {
			return nil
		}
		source, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for _, at := range clockReads(t, file, source) {
			t.Errorf("%s reads the clock; take a domain.Clock", at)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// mayReadClock: commands, tests, and the packages named …test that tests share.
func mayReadClock(file string) bool {
	return path.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") ||
		room(file) == "cmd" || room(file) == "e2e" || strings.HasSuffix(path.Dir(file), "test")
}

// clockReads finds time.Now, time.Since and time.Until, called or handed on.
func clockReads(t *testing.T, file string, source []byte) []string {
	t.Helper()
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, file, source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, spec := range parsed.Imports {
		if spec.Path.Value == `"time"` {
			names["time"] = spec.Name == nil
			if spec.Name != nil {
				names[spec.Name.Name] = true
			}
		}
	}
	var found []string
	ast.Inspect(parsed, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := selector.X.(*ast.Ident); ok && names[x.Name] && slices.Contains([]string{"Now", "Since", "Until"}, selector.Sel.Name) {
			found = append(found, fset.Position(selector.Pos()).String())
		}
		return true
	})
	return found
}

func TestTheClockRuleFindsEveryRead(t *testing.T) {
	t.Parallel()
	const source = `package p
import clock "time"
type T struct{ Now func() clock.Time }
var handedOn = T{clock.Now}
func f(t T) { t.Now(); _ = clock.Since(clock.Time{}); _ = clock.Second }
`
	if found := clockReads(t, "p.go", []byte(source)); len(found) != 2 {
		t.Errorf("found %v, want the two reads on lines 4 and 5", found)
	}
}
