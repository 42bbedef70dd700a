package console

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/risk"
)

func riskPath(camp string) string { return campPath(camp) + "/risk" }

type riskForm struct {
	Missed string `form:"missed"`
	Quiet  string `form:"quiet"`
	Never  string `form:"never"`
}

type riskView struct {
	campFrame
	Risk   risk.View
	Form   riskForm
	Faults Faults
	Follow string
}

func (h *console) showRisk(c echo.Context) error {
	return h.risk(c, http.StatusOK, nil, Faults{})
}

func (h *console) risk(c echo.Context, status int, f *riskForm, wrong Faults) error {
	view, err := h.Risks.List(c.Request().Context(), c.Param("camp"), domain.Cursor(c.QueryParam("after")))
	if err != nil {
		return err
	}
	v := &riskView{campFrame: h.campFrame(c, view.Camp, tabPeople), Risk: view, Faults: wrong}
	v.Title, v.Sub = "需关注的学员", subRisk
	if f == nil {
		t := view.Thresholds
		f = &riskForm{strconv.Itoa(t.Missed), strconv.Itoa(t.Quiet), strconv.Itoa(t.Never)}
	}
	v.Form = *f
	if view.Next != "" {
		v.Follow = riskPath(view.Camp.ID) + "?after=" + url.QueryEscape(string(view.Next))
	}
	return h.page(c, status, "risk/list", v)
}

func (h *console) saveRisk(c echo.Context) error {
	var f riskForm
	if err := bind(c, &f); err != nil {
		return err
	}
	t := risk.Thresholds{Missed: number(f.Missed), Quiet: number(f.Quiet), Never: number(f.Never)}
	if err := h.Risks.Set(c.Request().Context(), c.Param("camp"), t); err != nil {
		wrong, status, err := faults(err, "missed", "quiet", "never")
		if err != nil {
			return err
		}
		return h.risk(c, status, &f, wrong)
	}
	return h.done(c, riskPath(c.Param("camp")), "已保存")
}

// why says a reason as a teacher reads it.
func why(r risk.Reason) string {
	switch r.Kind {
	case risk.Missed:
		return fmt.Sprintf("连续 %d 天没打卡", r.Days)
	case risk.Quiet:
		return fmt.Sprintf("已经 %d 天没有动静", r.Days)
	case risk.Never:
		return fmt.Sprintf("报名后 %d 天任务一次都没打卡", r.Days)
	}
	return ""
}
