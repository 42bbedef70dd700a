package console

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/export"
)

func exportsPath(camp string) string { return campPath(camp) + "/exports" }

// exportForm is what is asked for, as it was typed.
type exportForm struct {
	Kind string `form:"kind"`
	From string `form:"from"`
	To   string `form:"to"`
}

type exportsView struct {
	campFrame
	List   []export.Entry
	Live   bool // something is still under way: the page asks again
	Kinds  []export.Kind
	Form   exportForm
	Faults Faults
	Follow string
	Full   exportShows
}

// exportShows is what a file of the acting person would show in full.
type exportShows struct{ Names, Phones bool }

func (h *console) listExports(c echo.Context) error {
	return h.exports(c, http.StatusOK, exportForm{Kind: c.QueryParam("kind")}, Faults{})
}

func (h *console) exports(c echo.Context, status int, f exportForm, wrong Faults) error {
	ctx := c.Request().Context()
	in, list, next, err := h.Exports.OfCamp(ctx, c.Param("camp"), after(c, 20))
	if err != nil {
		return err
	}
	actor := domain.ActorFrom(ctx)
	v := &exportsView{campFrame: h.campFrame(c, in, tabPeople), List: list, Kinds: export.Kinds, Form: f, Faults: wrong}
	v.Title, v.Sub = "导出", subExports
	v.Full = exportShows{actor.Has(domain.RightPersonal, in.Place()), actor.Has(domain.RightPhones, in.Place())}
	if !actor.Has(domain.RightMoney, in.Place()) {
		v.Kinds = slices.DeleteFunc(slices.Clone(v.Kinds), func(k export.Kind) bool { return k == export.Money })
	}
	for _, e := range list {
		v.Live = v.Live || e.Open() && c.QueryParam("after") == ""
	}
	if next != "" {
		v.Follow = exportsPath(in.ID) + "?after=" + url.QueryEscape(string(next))
	}
	return h.page(c, status, "export/list", v)
}

func (h *console) askExport(c echo.Context) error {
	var f exportForm
	if err := bind(c, &f); err != nil {
		return err
	}
	asked := export.Form{Kind: export.Kind(f.Kind), From: domain.Day(f.From), To: domain.Day(f.To)}
	if _, err := h.Exports.Ask(c.Request().Context(), c.Param("camp"), asked); err != nil {
		wrong, status, err := faults(err, "kind", "from", "to")
		if err != nil {
			return err
		}
		return h.exports(c, status, f, wrong)
	}
	return h.done(c, exportsPath(c.Param("camp")), "开始导出，可以离开这个页面，完成后回来下载")
}

func (h *console) cancelExport(c echo.Context) error {
	to := exportsPath(c.Param("camp"))
	if _, err := h.Exports.Cancel(c.Request().Context(), c.Param("camp"), c.Param("export")); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "已取消导出")
}

func (h *console) fetchExport(c echo.Context) error {
	link, err := h.Exports.Link(c.Request().Context(), c.Param("camp"), c.Param("export"))
	if err != nil {
		return h.refused(c, exportsPath(c.Param("camp")), err)
	}
	return c.Redirect(http.StatusSeeOther, link)
}

type auditView struct {
	Frame
	List   []export.Entry
	Hours  hours
	Follow string
}

func (h *console) auditExports(c echo.Context) error {
	ctx, organiser := c.Request().Context(), c.Param("organiser")
	list, next, err := h.Exports.Audit(ctx, organiser, after(c, 20))
	if err != nil {
		return err
	}
	names, err := h.Organisers.Names(ctx, []string{organiser})
	if err != nil {
		return err
	}
	v := &auditView{List: list, Hours: h.hoursOf(homeCalendar)}
	v.Frame = Frame{Title: "导出记录", Section: sectionOrganisers, Crumbs: []Crumb{{"机构", Root + "/organisers"}, {names[organiser], organiserPath(organiser)}}}
	if next != "" {
		v.Follow = organiserPath(organiser) + "/exports?after=" + url.QueryEscape(string(next))
	}
	return h.page(c, http.StatusOK, "export/audit", v)
}

var exportKinds = map[export.Kind]string{
	export.Learners: "学员名单", export.Forms: "报名表的回答", export.Checkins: "打卡", export.Marks: "点评与测评成绩", export.Codes: "优惠券兑换码", export.Money: "资金明细（会计）", export.Channels: "渠道报表",
}

var exportStates = map[export.State]label{
	export.Waiting: {"排队中", "azure"}, export.Running: {"导出中", "azure"}, export.Done: {"已完成", "green"}, export.Expired: {"已过期", "secondary"},
	export.Cancelled: {"已取消", "secondary"}, export.Failed: {"未完成", "red"},
}
