package console

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/media"
	"yingdi/domain/signcard"
)

func cardsPath(organiser string) string { return organiserPath(organiser) + "/cards" }

// cardForm is what is added to a library, as it was typed.
type cardForm struct {
	Media  []string `form:"media"`
	Text   string   `form:"text"`
	Season string   `form:"season"`
	Tags   string   `form:"tags"`
	Gone   string   `form:"gone"`
}

// label reads season and tags; tags are parted by blanks or commas.
func (f cardForm) label() signcard.Label {
	l := signcard.Label{Season: signcard.Season(f.Season)}
	l.Tags = words(f.Tags)
	return l
}

// libraryView is the pictures or the sayings of an organiser, or its templates.
type libraryView struct {
	Frame
	Organiser string
	Kind      string // pictures, sayings or templates
	Shelf     signcard.Shelf
	Pictures  []signcard.Picture // on this page
	Sayings   []signcard.Entry
	Templates []signcard.Template
	Defaults  []string // names of the default pictures
	Classics  int      // number of the default sayings
	Archived  bool     // what is archived is shown
	Live      bool     // something is still being made ready: the page asks again
	Form      cardForm
	Media     []media.View
	Faults    Faults
	Follow    string
}

const libraryPage = 60

func (h *console) showLibrary(c echo.Context) error {
	return h.cardLibrary(c, http.StatusOK, c.QueryParam("kind"), cardForm{}, Faults{})
}

func (h *console) cardLibrary(c echo.Context, status int, kind string, f cardForm, wrong Faults) error {
	ctx, organiser := c.Request().Context(), c.Param("organiser")
	shelf, err := h.Signcards.OfOrganiser(ctx, organiser)
	if err != nil {
		return err
	}
	v := &libraryView{
		Organiser: organiser, Kind: kind, Shelf: shelf, Form: f, Faults: wrong, Archived: c.QueryParam("archived") != "",
		Defaults: signcard.Pictures, Classics: len(signcard.Sayings),
	}
	if v.Frame, err = h.cardFrame(c, "日签素材"); err != nil {
		return err
	}
	skip := max(0, number(c.QueryParam("skip")))
	more := false
	switch kind {
	case "sayings":
		v.Sayings, more = part(shelf.Sayings, skip, func(e signcard.Entry) bool { return e.ArchivedAt.IsZero() != v.Archived })
	case "templates":
		if v.Templates, err = h.Signcards.Templates(ctx, organiser); err != nil {
			return err
		}
	default:
		v.Kind = "pictures"
		v.Pictures, more = part(shelf.Pictures, skip, func(p signcard.Picture) bool { return p.ArchivedAt.IsZero() != v.Archived })
		v.Live = slices.ContainsFunc(v.Pictures, func(p signcard.Picture) bool { return p.State == signcard.Pending })
		if v.Media, err = h.Media.Own(ctx, f.Media); err != nil {
			return err
		}
	}
	if more {
		v.Follow = fmt.Sprintf("%s?kind=%s&skip=%d", cardsPath(organiser), v.Kind, skip+libraryPage)
	}
	return h.page(c, status, "signcard/library", v)
}

// part is one page of what is kept, the newest first.
func part[T any](all []T, skip int, keep func(T) bool) (page []T, more bool) {
	for _, one := range slices.Backward(all) {
		switch {
		case !keep(one):
		case skip > 0:
			skip--
		case len(page) == libraryPage:
			return page, true
		default:
			page = append(page, one)
		}
	}
	return page, false
}

func (h *console) cardFrame(c echo.Context, title string) (Frame, error) {
	ctx, organiser := c.Request().Context(), c.Param("organiser")
	names, err := h.Organisers.Names(ctx, []string{organiser})
	f := Frame{Title: title, Section: sectionOrganisers}
	if domain.ActorFrom(ctx).Has(domain.RightStaff, domain.Place{Organiser: organiser}) {
		f.Crumbs = []Crumb{{"机构", Root + "/organisers"}, {names[organiser], organiserPath(organiser)}}
	}
	return f, err
}

func (h *console) addPictures(c echo.Context) error {
	var f cardForm
	if err := bind(c, &f); err != nil {
		return err
	}
	if err := h.Signcards.AddPictures(c.Request().Context(), c.Param("organiser"), f.Media, f.label()); err != nil {
		wrong, status, err := faults(err, "media", "season", "tags")
		if err != nil {
			return err
		}
		return h.cardLibrary(c, status, "pictures", f, wrong)
	}
	return h.done(c, cardsPath(c.Param("organiser")), "已加入图库，处理好就会用在日签上")
}

func (h *console) addSayings(c echo.Context) error {
	var f cardForm
	if err := bind(c, &f); err != nil {
		return err
	}
	added, err := h.Signcards.AddSayings(c.Request().Context(), c.Param("organiser"), signcard.ParseSayings(text(f.Text)), f.label())
	if err != nil {
		wrong, status, err := faults(err, "sayings", "season", "tags")
		if err != nil {
			return err
		}
		return h.cardLibrary(c, status, "sayings", f, wrong)
	}
	return h.done(c, cardsPath(c.Param("organiser"))+"?kind=sayings", fmt.Sprintf("新增 %d 条文案", added))
}

// relabelCard changes season and tags of something in the library, archives it or brings it back.
func (h *console) relabelCard(c echo.Context) error {
	var f cardForm
	if err := bind(c, &f); err != nil {
		return err
	}
	to := cardsPath(c.Param("organiser"))
	if c.QueryParam("kind") == "sayings" {
		to += "?kind=sayings"
	}
	if err := h.Signcards.Relabel(c.Request().Context(), c.Param("organiser"), c.Param("item"), f.label(), f.Gone != ""); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "已保存")
}

// season is one to choose.
type season struct{ ID, Name string }

var seasons = []season{{"", "全年"}, {string(signcard.Spring), "春"}, {string(signcard.Summer), "夏"}, {string(signcard.Autumn), "秋"}, {string(signcard.Winter), "冬"}}

// seasonName is empty for all the year.
func seasonName(s signcard.Season) string {
	at := slices.IndexFunc(seasons, func(one season) bool { return one.ID == string(s) })
	if s == "" || at < 0 {
		return ""
	}
	return seasons[at].Name
}
