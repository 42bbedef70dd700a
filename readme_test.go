package yingdi_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// named are the places of the tree that a text names: in backquotes, or as a link.
var named = regexp.MustCompile("(?:`|\\]\\()((?:cmd|config|deployments|docs|domain|e2e|handlers|jobs|season|storage|templates)/[\\w./-]*)[`)]")

func TestWhatTheReadmesNameIsThere(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"README.md", "README.zh-CN.md", "deployments/README.md"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		places := named.FindAllStringSubmatch(string(text), -1)
		if len(places) == 0 {
			t.Errorf("%s names nothing", file)
		}
		for _, place := range places {
			if _, err := os.Stat(place[1]); err != nil {
				t.Errorf("%s names %s: %v", file, place[1], err)
			}
		}
	}
}

func TestWhatTheGlossaryNamesIsThere(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("domain/doc.go")
	if err != nil {
		t.Fatal(err)
	}
	words := regexp.MustCompile(`\b([a-z]+)\.([A-Z]\w*)`).FindAllStringSubmatch(string(text), -1)
	if len(words) < 100 {
		t.Errorf("only %d words are found", len(words))
	}
	for _, word := range words {
		dir := "domain/" + word[1]
		if word[1] == "domain" {
			dir = word[1]
		}
		declared := regexp.MustCompile(`(?m)^(?:type|func|const|var|\t|func \([^)]*\)) ?` + word[2] + `\b`)
		found := false
		for _, entry := range readDir(t, dir) {
			if strings.HasSuffix(entry.Name(), ".go") && !found {
				source, err := os.ReadFile(dir + "/" + entry.Name())
				if err != nil {
					t.Fatal(err)
				}
				found = declared.Match(source)
			}
		}
		if !found {
			t.Errorf("the glossary knows %s.%s, %s does not", word[1], word[2], dir)
		}
	}
}
