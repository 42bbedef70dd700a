package console

import (
	"cmp"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/course"
	"yingdi/domain/media"
)

// badgeForm is a badge as it was typed.
type badgeForm struct {
	Name    string `form:"name"`
	Picture string `form:"picture"`
	What    string `form:"what"`
	Level   string `form:"level"`
	N       string `form:"n"`
}

type badgesView struct {
	campFrame
	Base   string
	InCamp bool
	Badges []course.Owned
	Badge  string // id of the one in the form; empty for a new one
	Levels []course.Level
	Form   badgeForm
	Typed  []media.View // the picture of Form
	Faults Faults
}

var badgeFields = []string{"name", "picture", "what", "level", "n"}

// badgePlace is where the badges of the page are given: a camp, or every camp of an organiser.
func badgePlace(c echo.Context) (domain.Place, string) {
	if id := c.Param("camp"); id != "" {
		return domain.Place{Camp: id}, campPath(id) + "/badges"
	}
	return domain.Place{Organiser: c.Param("organiser")}, Root + "/organisers/" + c.Param("organiser") + "/badges"
}

func (h *console) listBadges(c echo.Context) error {
	return h.badges(c, http.StatusOK, badgeForm{What: string(course.ForCheckins), N: "7"}, Faults{})
}

// showBadge puts a badge into the form beside the list.
func (h *console) showBadge(c echo.Context) error {
	at, _ := badgePlace(c)
	b, err := h.Courses.Badge(c.Request().Context(), at, c.Param("badge"))
	if err != nil {
		return err
	}
	f := badgeForm{Name: b.Name, Picture: b.Picture, What: string(b.Earn.What), Level: b.Earn.Level}
	if b.Earn.N > 0 {
		f.N = strconv.Itoa(b.Earn.N)
	}
	return h.badges(c, http.StatusOK, f, Faults{})
}

func (h *console) badges(c echo.Context, status int, f badgeForm, wrong Faults) error {
	ctx := c.Request().Context()
	at, base := badgePlace(c)
	v := &badgesView{Base: base, InCamp: at.Camp != "", Badge: c.Param("badge"), Form: f, Faults: wrong}
	var err error
	if v.Badges, _, err = h.Courses.BadgesOf(ctx, at); err != nil {
		return err
	}
	if v.InCamp {
		in, err := h.Camps.ForStaff(ctx, at.Camp, domain.RightCampEdit)
		if err != nil {
			return err
		}
		v.campFrame = h.campFrame(c, in, tabTasks)
		if inCourse(in) {
			e, err := h.Courses.Editor(ctx, in.ID)
			if err != nil {
				return err
			}
			v.Levels = e.Course.Levels
		}
	} else {
		names, err := h.Organisers.Names(ctx, []string{at.Organiser})
		if err != nil {
			return err
		}
		name := cmp.Or(names[at.Organiser], "机构")
		v.Section, v.Crumbs = sectionOrganisers, []Crumb{{"机构", Root + "/organisers"}, {name, Root + "/organisers/" + at.Organiser}}
	}
	v.Title = "徽章"
	had := ""
	for _, b := range v.Badges {
		if b.ID == v.Badge {
			had = b.Badge.Picture
		}
	}
	if v.Typed, err = h.Courses.CoverFor(ctx, had, f.Picture); err != nil {
		return err
	}
	return h.page(c, status, "course/badges", v)
}

func (h *console) saveBadge(c echo.Context) error {
	var f badgeForm
	if err := bind(c, &f); err != nil {
		return err
	}
	at, base := badgePlace(c)
	form := course.BadgeForm{Name: line(f.Name), Picture: f.Picture, Earn: course.Earn{What: course.What(f.What), Level: f.Level}}
	if f.N != "" {
		form.Earn.N = number(f.N)
	}
	if _, err := h.Courses.SaveBadge(c.Request().Context(), at, c.Param("badge"), form); err != nil {
		wrong, status, err := faults(err, badgeFields...)
		if err != nil {
			return err
		}
		return h.badges(c, status, f, wrong)
	}
	return h.done(c, base, "徽章已保存")
}

func (h *console) removeBadge(c echo.Context) error {
	at, base := badgePlace(c)
	if err := h.Courses.RemoveBadge(c.Request().Context(), at, c.Param("badge")); err != nil {
		return h.refused(c, base, err)
	}
	return h.done(c, base, "以后不再颁发这个徽章，已经得到的学员会保留")
}
