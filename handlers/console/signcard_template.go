package console

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/media"
	"yingdi/domain/signcard"
	"yingdi/handlers/web"
)

// pieceRow is one part of a design, as it was typed.
type pieceRow struct {
	signcard.PartKind
	Shown                     bool
	Fixed                     bool // cannot be hidden
	X, Y, W, H, Size          string
	Font, Align, Colour, Over string // Over is what is wrong with it
}

type templateView struct {
	Frame
	Organiser string
	Template  signcard.Template // the zero one while it is new
	Version   int
	Name      string
	Paper     string
	Fade      string
	Logo      []media.View
	Rows      []pieceRow
	Pictures  []string // to try it with
	Faults    Faults
}

// readDesign reads a design from a form or a query.
func readDesign(value func(string) string) signcard.Design {
	d := signcard.Design{Paper: line(value("paper")), Fade: number(value("fade")), Pieces: map[signcard.Part]signcard.Piece{}}
	for _, kind := range signcard.Parts {
		of := func(name string) string { return line(value(string(kind.Part) + "." + name)) }
		p := signcard.Piece{Hidden: of("shown") == "", X: number(of("x")), Y: number(of("y")), W: number(of("w")), H: number(of("h"))}
		if kind.Text {
			p.Font, p.Size, p.Align, p.Colour = signcard.Font(of("font")), number(of("size")), signcard.Align(of("align")), of("colour")
		}
		d.Pieces[kind.Part] = p
	}
	return d
}

func rowsOf(d signcard.Design, wrong Faults) []pieceRow {
	var rows []pieceRow
	fixed := []signcard.Part{signcard.PartPicture, signcard.PartSaying, signcard.PartCode}
	for _, kind := range signcard.Parts {
		p := d.At(kind.Part)
		row := pieceRow{
			PartKind: kind, Shown: !p.Hidden, Fixed: slices.Contains(fixed, kind.Part), X: typedNumber(p.X), Y: typedNumber(p.Y), W: typedNumber(p.W), H: typedNumber(p.H),
			Size: typedNumber(p.Size), Font: string(p.Font), Align: string(p.Align), Colour: p.Colour,
		}
		for _, name := range []string{"x", "y", "w", "h", "size", "font", "align", "colour", "hidden"} {
			row.Over = cmp.Or(row.Over, wrong.Of(string(kind.Part)+"."+name))
		}
		rows = append(rows, row)
	}
	return rows
}

// typedNumber shows what was no number as nothing.
func typedNumber(n int) string {
	if n < 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func designFields() []string {
	fields := []string{"name", "paper", "fade", "logo"}
	for _, kind := range signcard.Parts {
		for _, name := range []string{"x", "y", "w", "h", "size", "font", "align", "colour", "hidden"} {
			fields = append(fields, string(kind.Part)+"."+name)
		}
	}
	return fields
}

func (h *console) newTemplate(c echo.Context) error {
	if _, err := h.Signcards.Templates(c.Request().Context(), c.Param("organiser")); err != nil { // whether one may at all
		return err
	}
	return h.template(c, http.StatusOK, signcard.Template{}, signcard.TemplateForm{Design: signcard.DefaultDesign()}, Faults{})
}

func (h *console) showTemplate(c echo.Context) error {
	t, err := h.Signcards.Template(c.Request().Context(), c.Param("organiser"), c.Param("template"))
	if err != nil {
		return err
	}
	v, _ := t.Current()
	return h.template(c, http.StatusOK, t, signcard.TemplateForm{Name: t.Name, Design: v.Design, Logo: v.Logo}, Faults{})
}

func (h *console) template(c echo.Context, status int, t signcard.Template, f signcard.TemplateForm, wrong Faults) error {
	ctx, organiser := c.Request().Context(), c.Param("organiser")
	v := &templateView{
		Organiser: organiser, Template: t, Version: len(t.Versions), Name: f.Name, Paper: f.Design.Paper, Fade: typedNumber(f.Design.Fade),
		Rows: rowsOf(f.Design, wrong), Pictures: signcard.Pictures, Faults: wrong,
	}
	var err error
	if v.Frame, err = h.cardFrame(c, cmp.Or(t.Name, "新建模板")); err != nil {
		return err
	}
	v.Crumbs = append(v.Crumbs, Crumb{"日签素材", cardsPath(organiser) + "?kind=templates"})
	if v.Logo, err = h.Signcards.LogoFor(ctx, organiser, t, f.Logo); err != nil {
		return err
	}
	return h.page(c, status, "signcard/template", v)
}

func (h *console) saveTemplate(c echo.Context) error {
	ctx, organiser, id := c.Request().Context(), c.Param("organiser"), c.Param("template")
	if err := c.Request().ParseForm(); err != nil {
		return web.ErrMalformed
	}
	value := c.Request().PostForm.Get
	f := signcard.TemplateForm{Name: line(value("name")), Design: readDesign(value), Logo: value("logo")}
	saved, err := h.Signcards.SaveTemplate(ctx, organiser, id, f)
	if err == nil {
		return h.done(c, cardsPath(organiser)+"/templates/"+saved.ID, "已保存。新做的日签会用它，已有的日签可以在训练营里重新绘制")
	}
	wrong, status, err := faults(err, designFields()...)
	if err != nil {
		return err
	}
	var t signcard.Template
	if id != "" {
		if t, err = h.Signcards.Template(ctx, organiser, id); err != nil {
			return err
		}
	}
	return h.template(c, status, t, f, wrong)
}

func (h *console) archiveTemplate(c echo.Context) error {
	to := cardsPath(c.Param("organiser")) + "?kind=templates"
	gone := c.FormValue("gone") != ""
	if _, err := h.Signcards.ArchiveTemplate(c.Request().Context(), c.Param("organiser"), c.Param("template"), gone); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "已保存")
}

// previewTemplate draws a card by what is in the form right now, or tells the script what is wrong with it.
func (h *console) previewTemplate(c echo.Context) error {
	value := c.QueryParam
	p := signcard.Preview{Design: readDesign(value), Logo: value("logo"), Picture: value("picture"), Long: value("long") != ""}
	if value("plain") != "" { // the default design, to look at a picture
		p = signcard.Preview{Design: signcard.DefaultDesign(), Picture: value("picture")}
	}
	jpeg, err := h.Signcards.PreviewTemplate(c.Request().Context(), c.Param("organiser"), p)
	var refusal *domain.Error
	if errors.As(err, &refusal) && refusal.Kind == domain.KindInvalid {
		return c.JSON(http.StatusUnprocessableEntity, map[string]string{"detail": refusal.Message})
	}
	return picture(c, jpeg, err)
}

func picture(c echo.Context, jpeg []byte, err error) error {
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "private, max-age=300")
	return c.Blob(http.StatusOK, "image/jpeg", jpeg)
}
