package console

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/handlers/web"
)

// Faults are what was wrong with a form: a sentence for the whole of it, and one for each input.
type Faults struct {
	Whole  string
	fields map[string]string
}

// Of returns what is wrong with the named input, "" if nothing is.
func (f Faults) Of(name string) string { return f.fields[name] }

// Any reports whether anything was wrong.
func (f Faults) Any() bool { return f.Whole != "" || len(f.fields) > 0 }

// faults reads a refusal that a person can mend in the form; every other error is returned as it is. Inputs that the
// form does not show are told in the sentence for the whole.
func faults(err error, shown ...string) (Faults, int, error) {
	var refusal *domain.Error
	if !errors.As(err, &refusal) || (refusal.Kind != domain.KindInvalid && refusal.Kind != domain.KindConflict) {
		return Faults{}, 0, err
	}
	status := web.NewProblem(err).Status
	f := Faults{fields: map[string]string{}}
	for _, field := range refusal.Fields {
		name, _, many := strings.Cut(field.Name, "[")
		switch {
		case many && contains(shown, name+"[]"): // each of them has inputs of its own
			f.fields[field.Name] = field.Message
		case contains(shown, name):
			f.fields[name] = field.Message
		default:
			f.Whole = field.Message
		}
	}
	if len(refusal.Fields) == 0 {
		f.Whole = refusal.Message
	}
	return f, status, nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// bind reads a posted form into the fields that are tagged for it.
func bind(c echo.Context, into any) error {
	if err := (&echo.DefaultBinder{}).BindBody(c, into); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return domain.ErrTooLarge
		}
		return web.ErrMalformed
	}
	return nil
}

// number reads what was typed into a number's input; anything else is a number that every range refuses.
func number(typed string) int {
	n, err := strconv.Atoi(strings.TrimSpace(typed))
	if err != nil {
		return -1
	}
	return n
}

// line reads what was typed into an input of one line; people paste with blanks around.
func line(typed string) string { return strings.TrimSpace(typed) }

// text reads what was typed into an input of many lines. Browsers send line breaks as CR LF.
func text(typed string) string {
	return strings.TrimSpace(strings.ReplaceAll(typed, "\r\n", "\n"))
}

// words reads what was typed as a list, parted by blanks or commas; each of them once.
func words(typed string) (list []string) {
	for _, word := range strings.FieldsFunc(typed, func(r rune) bool { return strings.ContainsRune(" ,，、;；\t\r\n", r) }) {
		if !contains(list, word) {
			list = append(list, word)
		}
	}
	return list
}

// after reads where a list goes on.
func after(c echo.Context, limit int) domain.Page {
	return domain.Page{After: domain.Cursor(c.QueryParam("after")), Limit: limit}
}
