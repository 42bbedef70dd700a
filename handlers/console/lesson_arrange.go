package console

import (
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/lesson"
)

// moveTask puts a task elsewhere: one step up or down, or where it was dragged to.
func (h *console) moveTask(c echo.Context) error {
	ctx, to := c.Request().Context(), campPath(c.Param("camp"))+"/tasks"
	plan, err := h.Lessons.Plan(ctx, c.Param("camp"))
	if err != nil {
		return err
	}
	task, ok := c.FormValue("task"), true
	m := lesson.Move{Task: task, Day: domain.Day(c.FormValue("day")), Before: c.FormValue("before")}
	switch c.FormValue("step") {
	case "up":
		m, ok = plan.Up(task)
	case "down":
		m, ok = plan.Down(task)
	}
	if !ok {
		return h.refused(c, to, lesson.ErrPast)
	}
	m.Version = c.FormValue("version")
	if err := h.Lessons.Move(ctx, c.Param("camp"), m); err != nil {
		return h.refused(c, to, err)
	}
	return redirect(c, to)
}

func (h *console) pinTask(c echo.Context) error {
	to := campPath(c.Param("camp")) + "/tasks"
	if err := h.Lessons.Pin(c.Request().Context(), c.Param("camp"), c.Param("task"), c.FormValue("on") != ""); err != nil {
		return h.refused(c, to, err)
	}
	return redirect(c, to)
}

type materialsView struct {
	campFrame
	List   []lesson.Shelved
	Follow string
}

func (h *console) listMaterials(c echo.Context) error {
	in, list, next, err := h.Lessons.Library(c.Request().Context(), c.Param("camp"), after(c, 50))
	if err != nil {
		return err
	}
	v := &materialsView{campFrame: h.campFrame(c, in, tabTasks), List: list}
	if v.Title = "资料"; next != "" {
		v.Follow = campPath(in.ID) + "/materials?after=" + url.QueryEscape(string(next))
	}
	return h.page(c, http.StatusOK, "lesson/material", v)
}

func (h *console) addMaterials(c echo.Context) error {
	to := campPath(c.Param("camp")) + "/materials"
	all, err := c.FormParams()
	if err != nil {
		return err
	}
	for _, file := range all["media"] {
		if _, err := h.Lessons.AddMaterial(c.Request().Context(), c.Param("camp"), file, "", time.Time{}); err != nil {
			return h.refused(c, to, err)
		}
	}
	return h.done(c, to, "资料已添加")
}

func (h *console) removeMaterial(c echo.Context) error {
	to := campPath(c.Param("camp")) + "/materials"
	if err := h.Lessons.RemoveMaterial(c.Request().Context(), c.Param("camp"), c.Param("material")); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "资料已移除")
}
