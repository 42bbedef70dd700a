package console

import (
	"strconv"

	"github.com/labstack/echo/v4"

	"yingdi/domain/moderation"
)

// points as a form shows them; none is an empty input.
func points(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func (h *console) showCheckin(c echo.Context) error {
	to := deskPath(deskFilter(c), c.Param("checkin"))
	if err := h.Moderation.DecideCheckin(c.Request().Context(), c.Param("checkin"), moderation.Show, "", number(c.FormValue("version"))); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "这条打卡已恢复显示")
}

func (h *console) hideCheckin(c echo.Context) error {
	to := deskPath(deskFilter(c), c.Param("checkin"))
	if err := h.Moderation.DecideCheckin(c.Request().Context(), c.Param("checkin"), moderation.Reject, line(c.FormValue("reason")), -1); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "这条打卡已隐藏，学员会看到原因")
}
