package web

import (
	"html/template"
	"strings"
	"testing"
	"testing/fstest"
)

func site(page string) fstest.MapFS {
	return fstest.MapFS{
		"layout/layout.html":  {Data: []byte(`{{define "layout"}}<title>{{.Title}}</title>{{template "content" .}}{{end}}`)},
		"partial/hello.html":  {Data: []byte(`{{define "hello"}}hello {{.}}{{end}}`)},
		"camp/show.html":      {Data: []byte(page)},
		"organiser/show.html": {Data: []byte(`{{define "content"}}another{{end}}`)},
	}
}

func TestEachPageHasItsOwnContent(t *testing.T) {
	t.Parallel()
	pages, err := ParsePages(site(`{{define "content"}}{{template "hello" .Who}}{{end}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	view := map[string]string{"Title": "a", "Who": "<script>"}
	if got, err := pages.Render("camp/show", "", view); err != nil || string(got) != "<title>a</title>hello &lt;script&gt;" {
		t.Errorf("%s, %v", got, err)
	}
	if got, err := pages.Render("organiser/show", "content", view); err != nil || string(got) != "another" {
		t.Errorf("%s, %v", got, err)
	}
}

func TestABrokenPageIsNotSentByHalves(t *testing.T) {
	t.Parallel()
	for _, page := range []string{`{{define "content"}}{{unknown}}{{end}}`, `{{define "content"}}{{if}}{{end}}`} {
		if _, err := ParsePages(site(page), template.FuncMap{}); err == nil || !strings.Contains(err.Error(), "camp/show.html") {
			t.Errorf("%s: %v", page, err)
		}
	}
	pages, err := ParsePages(site(`{{define "content"}}{{.Missing}}{{end}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := pages.Render("camp/show", "", map[string]string{"Title": "a"}); err == nil || got != nil {
		t.Errorf("a missing key gave %q, %v", got, err)
	}
	if _, err := pages.Render("camp/nowhere", "", nil); err == nil {
		t.Error("a page that does not exist was rendered")
	}
}
