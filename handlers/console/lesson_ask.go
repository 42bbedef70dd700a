package console

import (
	"slices"
	"strings"

	"yingdi/domain/form"
)

// questions reads a question a line: what is asked, then | before each option of a choice; a * at the end of the
// question makes it one that must be answered. Questions that were there before keep their ids.
func questions(typed string, was []form.Field) []form.Field {
	var list []form.Field
	for _, l := range lines(typed) {
		parts := strings.FieldsFunc(l, func(r rune) bool { return r == '|' || r == '｜' })
		if len(parts) == 0 {
			continue
		}
		f := form.Field{Type: form.Text, Label: line(parts[0])}
		f.Label, f.Required = strings.CutSuffix(f.Label, "*")
		f.Label = line(f.Label)
		for _, option := range parts[1:] {
			f.Type, f.Options = form.Single, append(f.Options, line(option))
		}
		if at := slices.IndexFunc(was, func(w form.Field) bool { return w.Label == f.Label }); at >= 0 {
			if f.ID = was[at].ID; len(f.Options) == 0 && !was[at].Type.Choice() {
				f.Type = was[at].Type
			}
		}
		list = append(list, f)
	}
	for i := range list {
		if list[i].ID == "" {
			list[i].ID = form.NextID(slices.Concat(was, list))
		}
	}
	return list
}

// asked writes questions as they are typed.
func asked(fields []form.Field) string {
	var typed strings.Builder
	for _, q := range fields {
		typed.WriteString(q.Label)
		if q.Required {
			typed.WriteString("*")
		}
		for _, option := range q.Options {
			typed.WriteString(" | " + option)
		}
		typed.WriteString("\n")
	}
	return typed.String()
}
