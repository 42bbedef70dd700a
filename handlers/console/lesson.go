package console

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/lesson"
	"yingdi/domain/quiz"
)

type planView struct {
	campFrame
	Plan lesson.Plan
}

func (h *console) listTasks(c echo.Context) error {
	plan, err := h.Lessons.Plan(c.Request().Context(), c.Param("camp"))
	if err != nil {
		return err
	}
	v := &planView{h.campFrame(c, plan.Camp, tabTasks), plan}
	v.Title = "任务"
	return h.page(c, http.StatusOK, "lesson/list", v)
}

// taskForm is a task as it was typed; its blocks are read apart.
type taskForm struct {
	Day   string `form:"day"`
	Title string `form:"title"`
	Quiz  string `form:"quiz"`
	Again string `form:"again"` // add another one after this
}

// readTask reads a posted task, and the keys of its blocks.
func readTask(c echo.Context) (f taskForm, form lesson.Form, keys []string, err error) {
	if err = bind(c, &f); err != nil {
		return f, form, nil, err
	}
	all, err := c.FormParams()
	form = lesson.Form{Day: domain.Day(f.Day), Title: line(f.Title), Quiz: f.Quiz}
	form.Blocks, keys = blocksOf(all)
	return f, form, keys, err
}

type taskView struct {
	campFrame
	Task    string // id; empty while it is new
	Form    taskForm
	Blocks  []blockView
	Empty   []blockView // one of each kind
	Faults  Faults
	Begun   bool        // its day can no longer change
	Quizzes []quiz.Quiz // to choose from
}

var taskFields = []string{"day", "title", "quiz"}

func (h *console) newTask(c echo.Context) error {
	plan, err := h.Lessons.Plan(c.Request().Context(), c.Param("camp"))
	if err != nil {
		return err
	}
	f := taskForm{Day: c.QueryParam("day")}
	if f.Day == "" {
		f.Day = string(plan.Empty)
	}
	start := blockViews([]lesson.Shown{{Block: lesson.Block{Kind: lesson.TextBlock}}}, nil, nil)
	return h.taskForm(c, http.StatusOK, plan.Camp, taskView{Form: f, Blocks: start})
}

func (h *console) addTask(c echo.Context) error {
	f, form, keys, err := readTask(c)
	if err != nil {
		return err
	}
	to := campPath(c.Param("camp")) + "/tasks"
	_, err = h.Lessons.Add(c.Request().Context(), c.Param("camp"), form)
	switch {
	case err == nil && f.Again != "":
		return h.done(c, to+"/new", "任务已添加，接着写下一个")
	case err == nil:
		return h.done(c, to, "任务已添加")
	}
	return h.retask(c, "", f, form, keys, err)
}

func (h *console) showTask(c echo.Context) error {
	o, err := h.Lessons.ForEditing(c.Request().Context(), c.Param("camp"), c.Param("task"))
	if err != nil {
		return err
	}
	f := taskForm{Day: string(o.Day), Title: o.Title, Quiz: o.Quiz}
	return h.taskForm(c, http.StatusOK, o.Camp, taskView{Task: o.ID, Form: f, Blocks: blockViews(o.Body, nil, nil), Begun: o.Begun(o.Camp, h.now())})
}

func (h *console) saveTask(c echo.Context) error {
	f, form, keys, err := readTask(c)
	if err != nil {
		return err
	}
	o, err := h.Lessons.ForEditing(c.Request().Context(), c.Param("camp"), c.Param("task"))
	if err != nil {
		return err
	}
	if _, err = h.Lessons.Edit(c.Request().Context(), o.ID, form); err != nil {
		return h.retask(c, o.ID, f, form, keys, err)
	}
	return h.done(c, campPath(o.Camp.ID)+"/tasks", "已保存")
}

// retask shows a task again that was refused, as it was typed.
func (h *console) retask(c echo.Context, id string, f taskForm, form lesson.Form, keys []string, err error) error {
	wrong, status, other := faults(err, taskFields...)
	if other != nil {
		return other
	}
	o, failed := h.Lessons.Preview(c.Request().Context(), c.Param("camp"), id, form.Blocks)
	if failed != nil {
		return failed
	}
	v := taskView{Task: id, Form: f, Blocks: blockViews(o.Body, keys, err), Faults: wrong, Begun: id != "" && o.Begun(o.Camp, h.now())}
	return h.taskForm(c, status, o.Camp, v)
}

func (h *console) removeTask(c echo.Context) error {
	to := campPath(c.Param("camp")) + "/tasks"
	if _, err := h.Lessons.Remove(c.Request().Context(), c.Param("task")); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "任务已删除")
}

func (h *console) taskForm(c echo.Context, status int, in camp.Camp, v taskView) error {
	v.campFrame = h.campFrame(c, in, tabTasks)
	if err := domain.ActorFrom(c.Request().Context()).Must(domain.RightCampEdit, in.Place()); err != nil {
		return err
	}
	_, quizzes, _, err := h.Quizzes.Quizzes(c.Request().Context(), in.ID, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return err
	}
	v.Quizzes, v.Empty, v.Title = quizzes, empties(), "添加任务"
	if v.Task != "" {
		v.Title = "修改任务"
	}
	v.Crumbs = append(v.Crumbs, Crumb{"任务", campPath(in.ID) + "/tasks"})
	return h.page(c, status, "lesson/form", &v)
}
