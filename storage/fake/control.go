package fake

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"
)

//go:embed control.html
var controlPage string

var china = time.FixedZone("Asia/Shanghai", 8*60*60)

var controlTemplate = template.Must(template.New("control").Funcs(template.FuncMap{
	"clock": func(t time.Time) string {
		if t.IsZero() {
			return "—"
		}
		return t.In(china).Format("01-02 15:04:05")
	},
}).Parse(controlPage))

// control is a page on which a developer plays what lives outside. Its forms are an interface for programs too: the same
// POSTs answer in JSON to who accepts application/json.
type control struct {
	page  *template.Template // title, intro and sections of controlTemplate
	view  func(base string) any
	lists map[string]func() any
	acts  map[string]act
}

// act does what a form asks for; a fault says why not.
type act func(r *http.Request) (answer object, fault string)

// section adds to controlTemplate what a page has of its own.
func section(page string) *template.Template {
	return template.Must(template.Must(controlTemplate.Clone()).Parse(page))
}

// under mounts the page at a prefix, such as /dev/pay.
func (c control) under(prefix string) http.Handler {
	prefix = strings.TrimSuffix(prefix, "/")
	mux := http.NewServeMux()
	show := func(rw http.ResponseWriter, _ *http.Request) { c.show(rw, prefix+"/") }
	mux.HandleFunc("GET "+prefix, show)
	mux.HandleFunc("GET "+prefix+"/{$}", show)
	for name, list := range c.lists {
		mux.HandleFunc("GET "+prefix+"/"+name, func(rw http.ResponseWriter, _ *http.Request) { write(rw, list()) })
	}
	for name, do := range c.acts {
		mux.HandleFunc("POST "+prefix+"/"+name, func(rw http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(rw, r.Body, 64<<10)
			switch answer, fault := do(r); {
			case fault != "":
				http.Error(rw, fault, http.StatusUnprocessableEntity)
			case strings.Contains(r.Header.Get("Accept"), "application/json"):
				write(rw, answer)
			default:
				http.Redirect(rw, r, prefix+"/", http.StatusSeeOther)
			}
		})
	}
	return http.NewCrossOriginProtection().Handler(mux)
}

func (c control) show(rw http.ResponseWriter, base string) {
	var page bytes.Buffer
	if err := c.page.Execute(&page, c.view(base)); err != nil {
		http.Error(rw, "页面出错："+err.Error(), http.StatusInternalServerError)
		return
	}
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	rw.Header().Set("Cache-Control", "no-store")
	rw.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	_, _ = page.WriteTo(rw)
}

// shown is how many of a long list the page has.
const shown = 50

func newest[T any](list []T) []T {
	list = list[max(0, len(list)-shown):]
	slices.Reverse(list)
	return list
}
