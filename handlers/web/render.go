package web

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"

	"github.com/labstack/echo/v4"
)

// Pages is one template set per page: the layout, the partials, and the page's own file. A page is named by its
// path, "camp/show" for camp/show.html.
type Pages struct{ sets map[string]*template.Template }

// The folders that every page shares, and the template that a page starts with.
const (
	layoutDir  = "layout"
	partialDir = "partial"
	entry      = "layout"
)

// ParsePages reads every template of the tree. A template that names an unknown function, or a map without the key
// it asks for, is an error, never an empty space.
func ParsePages(files fs.FS, funcs template.FuncMap) (*Pages, error) {
	shared := template.New(entry).Option("missingkey=error").Funcs(funcs)
	var own []string
	err := fs.WalkDir(files, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(file) != ".html" {
			return err
		}
		if dir := path.Dir(file); dir != layoutDir && dir != partialDir {
			own = append(own, file)
			return nil
		}
		return parse(shared, files, file)
	})
	if err != nil {
		return nil, err
	}
	p := &Pages{map[string]*template.Template{}}
	for _, file := range own {
		set, err := shared.Clone()
		if err != nil {
			return nil, fmt.Errorf("templates for %s: %w", file, err)
		}
		if err := parse(set, files, file); err != nil {
			return nil, err
		}
		p.sets[strings.TrimSuffix(file, ".html")] = set
	}
	return p, nil
}

func parse(into *template.Template, files fs.FS, file string) error {
	text, err := fs.ReadFile(files, file)
	if err != nil {
		return fmt.Errorf("template %s: %w", file, err)
	}
	if _, err := into.New(file).Parse(string(text)); err != nil {
		return fmt.Errorf("template %s: %w", file, err)
	}
	return nil
}

// Names lists the pages.
func (p *Pages) Names() []string {
	var names []string
	for name := range p.sets {
		names = append(names, name)
	}
	return names
}

// Render executes a page, or only the named block of it, whole: a page that fails halfway is not sent at all.
func (p *Pages) Render(name, block string, view any) ([]byte, error) {
	set, ok := p.sets[name]
	if !ok {
		return nil, fmt.Errorf("no page %q", name)
	}
	if block == "" {
		block = entry
	}
	var out bytes.Buffer
	if err := set.ExecuteTemplate(&out, block, view); err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
	}
	return out.Bytes(), nil
}

// Send answers with a page, or with a block of it.
func (p *Pages) Send(c echo.Context, status int, name, block string, view any) error {
	page, err := p.Render(name, block, view)
	if err != nil {
		return err
	}
	return c.HTMLBlob(status, page)
}
