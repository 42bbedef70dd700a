package console

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/lesson"
	"yingdi/domain/media"
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

// taskForm is a task as it was typed.
type taskForm struct {
	Day     string   `form:"day"`
	Title   string   `form:"title"`
	Content string   `form:"content"`
	Media   []string `form:"media"`
	Quiz    string   `form:"quiz"`
	Again   string   `form:"again"` // add another one after this
}

func (f taskForm) form() lesson.Form {
	return lesson.Form{Day: domain.Day(f.Day), Title: line(f.Title), Content: text(f.Content), Media: f.Media, Quiz: f.Quiz}
}

type taskView struct {
	campFrame
	Task    string // id; empty while it is new
	Form    taskForm
	Files   []media.View
	Faults  Faults
	Begun   bool        // its day can no longer change
	Quizzes []quiz.Quiz // to choose from
}

var taskFields = []string{"day", "title", "content", "media", "quiz"}

func (h *console) newTask(c echo.Context) error {
	plan, err := h.Lessons.Plan(c.Request().Context(), c.Param("camp"))
	if err != nil {
		return err
	}
	f := taskForm{Day: c.QueryParam("day")}
	if f.Day == "" {
		f.Day = string(plan.Empty)
	}
	return h.taskForm(c, http.StatusOK, plan.Camp, taskView{Form: f})
}

func (h *console) addTask(c echo.Context) error {
	ctx := c.Request().Context()
	var f taskForm
	if err := bind(c, &f); err != nil {
		return err
	}
	to := campPath(c.Param("camp")) + "/tasks"
	_, err := h.Lessons.Add(ctx, c.Param("camp"), f.form())
	switch {
	case err == nil && f.Again != "":
		return h.done(c, to+"/new", "任务已添加，接着写下一个")
	case err == nil:
		return h.done(c, to, "任务已添加")
	}
	wrong, status, err := faults(err, taskFields...)
	if err != nil {
		return err
	}
	in, err := h.Camps.ForStaff(ctx, c.Param("camp"), domain.RightCampEdit)
	if err != nil {
		return err
	}
	v := taskView{Form: f, Faults: wrong}
	if v.Files, err = h.Media.Own(ctx, f.Media); err != nil {
		return err
	}
	return h.taskForm(c, status, in, v)
}

func (h *console) showTask(c echo.Context) error {
	t, in, files, err := h.Lessons.ForEditing(c.Request().Context(), c.Param("camp"), c.Param("task"))
	if err != nil {
		return err
	}
	f := taskForm{Day: string(t.Day), Title: t.Title, Content: t.Content, Media: t.Media, Quiz: t.Quiz}
	return h.taskForm(c, http.StatusOK, in, taskView{Task: t.ID, Form: f, Files: files, Begun: t.Begun(in, h.now())})
}

func (h *console) saveTask(c echo.Context) error {
	ctx := c.Request().Context()
	var f taskForm
	if err := bind(c, &f); err != nil {
		return err
	}
	t, in, files, err := h.Lessons.ForEditing(ctx, c.Param("camp"), c.Param("task"))
	if err != nil {
		return err
	}
	_, err = h.Lessons.Edit(ctx, t.ID, f.form())
	if err == nil {
		return h.done(c, campPath(in.ID)+"/tasks", "已保存")
	}
	wrong, status, err := faults(err, taskFields...)
	if err != nil {
		return err
	}
	own, err := h.Media.Own(ctx, f.Media)
	if err != nil {
		return err
	}
	v := taskView{Task: t.ID, Form: f, Files: pick(f.Media, append(files, own...)), Faults: wrong, Begun: t.Begun(in, h.now())}
	return h.taskForm(c, status, in, v)
}

// pick returns the views of the given ids, in their order.
func pick(ids []string, from []media.View) []media.View {
	var picked []media.View
	for _, id := range ids {
		if at := slices.IndexFunc(from, func(v media.View) bool { return v.ID == id }); at >= 0 {
			picked = append(picked, from[at])
		}
	}
	return picked
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
	v.Quizzes, v.Title = quizzes, "添加任务"
	if v.Task != "" {
		v.Title = "修改任务"
	}
	v.Crumbs = append(v.Crumbs, Crumb{"任务", campPath(in.ID) + "/tasks"})
	return h.page(c, status, "lesson/form", &v)
}
