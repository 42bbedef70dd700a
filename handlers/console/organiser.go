package console

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/organiser"
)

type organiserListView struct {
	Frame
	Organisers []organiser.Organiser
	Follow     string
	MayCreate  bool
}

func (h *console) listOrganisers(c echo.Context) error {
	ctx := c.Request().Context()
	list, next, err := h.Organisers.Mine(ctx, after(c, 30))
	if err != nil {
		return err
	}
	v := &organiserListView{Frame: Frame{Title: "机构", Section: sectionOrganisers}, Organisers: list}
	v.MayCreate = domain.ActorFrom(ctx).Has(domain.RightOrganiser, domain.Place{})
	if next != "" {
		v.Follow = Root + "/organisers?after=" + url.QueryEscape(string(next))
	}
	return h.page(c, http.StatusOK, "organiser/list", v)
}

type organiserForm struct {
	Name  string `form:"name"`
	Intro string `form:"intro"`
	Owner string `form:"owner"`
}

type organiserFormView struct {
	Frame
	Form   organiserForm
	Faults Faults
}

func (h *console) newOrganiser(c echo.Context) error {
	if err := domain.ActorFrom(c.Request().Context()).Must(domain.RightOrganiser, domain.Place{}); err != nil {
		return err
	}
	return h.organiserForm(c, http.StatusOK, organiserForm{}, Faults{})
}

func (h *console) createOrganiser(c echo.Context) error {
	var f organiserForm
	if err := bind(c, &f); err != nil {
		return err
	}
	created, err := h.Organisers.Create(c.Request().Context(), organiser.Form{Name: line(f.Name), Intro: text(f.Intro)}, line(f.Owner))
	if err != nil {
		wrong, status, err := faults(err, "name", "intro", "owner")
		if err != nil {
			return err
		}
		return h.organiserForm(c, status, f, wrong)
	}
	return h.done(c, organiserPath(created.ID), "机构已建好")
}

func (h *console) organiserForm(c echo.Context, status int, f organiserForm, wrong Faults) error {
	frame := Frame{Title: "新建机构", Section: sectionOrganisers, Crumbs: []Crumb{{"机构", Root + "/organisers"}}}
	return h.page(c, status, "organiser/form", &organiserFormView{frame, f, wrong})
}

func organiserPath(id string) string { return Root + "/organisers/" + id }

type staffForm struct {
	Member string `form:"member"`
	Camp   string `form:"camp"`
	Role   string `form:"role"`
}

type organiserView struct {
	Frame
	Organiser organiser.Organiser
	Staff     []organiser.Colleague
	Camps     map[string]string // titles, of the camps that posts are held in
	Hours     hours
	Form      staffForm
	Faults    Faults
	Roles     []domain.Role // that can be given in the whole organiser
}

var organiserRoles = []domain.Role{domain.RoleTeacher, domain.RoleManager, domain.RoleOwner}

func (h *console) showOrganiser(c echo.Context) error {
	return h.organiser(c, http.StatusOK, staffForm{Role: string(domain.RoleTeacher)}, Faults{})
}

func (h *console) organiser(c echo.Context, status int, f staffForm, wrong Faults) error {
	ctx := c.Request().Context()
	o, staff, err := h.Organisers.Colleagues(ctx, c.Param("organiser"))
	if err != nil {
		return err
	}
	v := &organiserView{Organiser: o, Staff: staff, Form: f, Faults: wrong, Roles: organiserRoles, Hours: h.hoursOf(homeCalendar)}
	v.Frame = Frame{Title: o.Name, Section: sectionOrganisers, Crumbs: []Crumb{{"机构", Root + "/organisers"}}}
	var camps []string
	for _, p := range staff {
		if p.Camp != "" {
			camps = append(camps, p.Camp)
		}
	}
	if v.Camps, err = h.Camps.Titles(ctx, camps); err != nil {
		return err
	}
	return h.page(c, status, "organiser/show", v)
}

func (h *console) appoint(c echo.Context) error {
	var f staffForm
	if err := bind(c, &f); err != nil {
		return err
	}
	_, err := h.Organisers.Appoint(c.Request().Context(), c.Param("organiser"), line(f.Member), line(f.Camp), domain.Role(f.Role))
	if err != nil {
		wrong, status, err := faults(err, "member", "camp", "role")
		if err != nil {
			return err
		}
		return h.organiser(c, status, f, wrong)
	}
	return h.done(c, organiserPath(c.Param("organiser")), "已添加")
}

func (h *console) dismiss(c echo.Context) error {
	var f staffForm
	if err := bind(c, &f); err != nil {
		return err
	}
	to := organiserPath(c.Param("organiser"))
	if _, err := h.Organisers.Dismiss(c.Request().Context(), c.Param("organiser"), f.Member, f.Camp); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "已移除")
}

// homeCalendar is for times that belong to no camp.
var homeCalendar = domain.Calendar{Zone: "Asia/Shanghai"}
