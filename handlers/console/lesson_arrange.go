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
	return redirect(c, to+"#task-"+task)
}

func (h *console) pinTask(c echo.Context) error {
	to := campPath(c.Param("camp")) + "/tasks"
	if err := h.Lessons.Pin(c.Request().Context(), c.Param("camp"), c.Param("task"), c.FormValue("on") != ""); err != nil {
		return h.refused(c, to, err)
	}
	return redirect(c, to+"#task-"+c.Param("task"))
}

type materialsView struct {
	campFrame
	List   []shelved
	Follow string
}

// shelved is a material with its hour as it is typed.
type shelved struct {
	lesson.Shelved
	Typed string // when learners begin to see it, by the camp's clock
	Later bool   // that hour has not come
}

// hourOf reads an hour that was typed by the camp's clock; zero if there is none.
func hourOf(typed string, in domain.Calendar) (time.Time, error) {
	if typed == "" {
		return time.Time{}, nil
	}
	at, err := time.ParseInLocation(clockInput, typed, in.Location())
	if err != nil {
		return at, domain.Invalid("visible_at", "公开时间不正确")
	}
	return at.UTC(), nil
}

func (h *console) listMaterials(c echo.Context) error {
	in, list, next, err := h.Lessons.Library(c.Request().Context(), c.Param("camp"), after(c, 50))
	if err != nil {
		return err
	}
	v := &materialsView{campFrame: h.campFrame(c, in, tabTasks)}
	for _, m := range list {
		row := shelved{Shelved: m, Later: m.VisibleAt.After(h.now())}
		if !m.VisibleAt.IsZero() {
			row.Typed = m.VisibleAt.In(in.Calendar.Location()).Format(clockInput)
		}
		v.List = append(v.List, row)
	}
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
	in, err := h.Camps.ForStaff(c.Request().Context(), c.Param("camp"), domain.RightCampEdit)
	if err != nil {
		return err
	}
	visible, err := hourOf(all.Get("visible"), in.Calendar)
	if err != nil {
		return h.refused(c, to, err)
	}
	for _, file := range all["media"] {
		if _, err := h.Lessons.AddMaterial(c.Request().Context(), c.Param("camp"), file, "", visible); err != nil {
			return h.refused(c, to, err)
		}
	}
	return h.done(c, to, "资料已添加")
}

func (h *console) saveMaterial(c echo.Context) error {
	ctx, to := c.Request().Context(), campPath(c.Param("camp"))+"/materials"
	in, err := h.Camps.ForStaff(ctx, c.Param("camp"), domain.RightCampEdit)
	if err != nil {
		return err
	}
	visible, err := hourOf(c.FormValue("visible"), in.Calendar)
	if err == nil {
		_, err = h.Lessons.EditMaterial(ctx, in.ID, c.Param("material"), line(c.FormValue("title")), visible)
	}
	if err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "已保存")
}

func (h *console) removeMaterial(c echo.Context) error {
	to := campPath(c.Param("camp")) + "/materials"
	if err := h.Lessons.RemoveMaterial(c.Request().Context(), c.Param("camp"), c.Param("material")); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "资料已移除")
}
