package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"yingdi/domain/camp"
	"yingdi/domain/form"
)

func formPath(camp string) string { return campPath(camp) + "/form" }

// builderForm is a form as it is being built: one entry in each list for each question.
type builderForm struct {
	Based    string   `form:"based"`
	Consent  string   `form:"consent"`
	ID       []string `form:"id"`
	Type     []string `form:"type"`
	Label    []string `form:"label"`
	Required []string `form:"required"`
	Options  []string `form:"options"`
	Do       string   `form:"do"`
}

// draft reads what was typed; lists that do not match are cut to what does.
func (f builderForm) draft() form.Draft {
	n := min(len(f.ID), len(f.Type), len(f.Label), len(f.Required), len(f.Options))
	d := form.Draft{Consent: text(f.Consent), Fields: make([]form.Field, n)}
	for i := range n {
		d.Fields[i] = form.Field{ID: f.ID[i], Type: form.Type(f.Type[i]), Label: line(f.Label[i]), Required: f.Required[i] == "yes"}
		if d.Fields[i].Type.Choice() {
			d.Fields[i].Options = lines(f.Options[i])
		}
	}
	return d
}

// lines reads what was typed one to a line.
func lines(typed string) []string {
	var list []string
	for l := range strings.Lines(typed) {
		if l = line(l); l != "" {
			list = append(list, l)
		}
	}
	return list
}

// rearrange does what a button of the builder says: "add", or "up-2", "down-2", "remove-2". It reports whether it was one.
func rearrange(d *form.Draft, do string) bool {
	what, which, _ := strings.Cut(do, "-")
	i, err := strconv.Atoi(which)
	switch known := err == nil && 0 <= i && i < len(d.Fields); {
	case what == "add" && len(d.Fields) < form.MaxFields:
		d.Fields = append(d.Fields, form.Field{ID: form.NextID(d.Fields), Type: form.Text})
	case what == "up" && known && i > 0:
		d.Fields[i-1], d.Fields[i] = d.Fields[i], d.Fields[i-1]
	case what == "down" && known && i < len(d.Fields)-1:
		d.Fields[i], d.Fields[i+1] = d.Fields[i+1], d.Fields[i]
	case what == "remove" && known:
		d.Fields = slices.Delete(d.Fields, i, i+1)
	default:
		return what != "save"
	}
	return true
}

type builderView struct {
	campFrame
	Draft  form.Draft
	Based  int // number of the version that is being changed
	Saved  form.Version
	Types  []form.Type
	Faults Faults
	Dirty  bool // changed and not saved
}

func (h *console) showForm(c echo.Context) error {
	in, v, err := h.Forms.ForStaff(c.Request().Context(), c.Param("camp"))
	if err != nil {
		return err
	}
	return h.builder(c, http.StatusOK, in, v, form.Draft{Fields: v.Fields, Consent: v.Consent}, v.Number, Faults{}, false)
}

func (h *console) saveForm(c echo.Context) error {
	ctx := c.Request().Context()
	var f builderForm
	if err := bind(c, &f); err != nil {
		return err
	}
	in, v, err := h.Forms.ForStaff(ctx, c.Param("camp"))
	if err != nil {
		return err
	}
	d, based := f.draft(), number(f.Based)
	if rearrange(&d, f.Do) {
		return h.builder(c, http.StatusOK, in, v, d, based, Faults{}, true)
	}
	if _, err := h.Forms.Save(ctx, in.ID, d, based); err != nil {
		wrong, status, err := faults(err, "consent", "fields[]")
		if err != nil {
			return err
		}
		return h.builder(c, status, in, v, d, based, wrong, true)
	}
	return h.done(c, formPath(in.ID), "报名表已保存，之后报名的学员会看到新的版本")
}

func (h *console) builder(c echo.Context, status int, in camp.Camp, saved form.Version, d form.Draft, based int, wrong Faults, dirty bool) error {
	v := &builderView{campFrame: h.campFrame(c, in, tabPeople), Draft: d, Based: based, Saved: saved, Types: form.Types, Faults: wrong, Dirty: dirty}
	v.Title, v.Sub = "报名表", subForm
	return h.page(c, status, "form/builder", v)
}

var fieldTypes = map[form.Type]string{
	form.Text: "一行文字", form.Long: "一段文字", form.Single: "单选", form.Multiple: "多选", form.Number: "数字",
	form.Date: "日期", form.Phone: "手机号", form.City: "城市",
}
