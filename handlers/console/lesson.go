package console

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/course"
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
	if inCourse(plan.Camp) {
		return redirect(c, levelsPath(plan.Camp.ID))
	}
	v := &planView{h.campFrame(c, plan.Camp, tabTasks), plan}
	v.Title = "任务"
	return h.page(c, http.StatusOK, "lesson/list", v)
}

// tasksPath is the list that a task stands in: the levels of a course, or the days of a camp.
func tasksPath(campID, level string) string {
	if level != "" {
		return levelsPath(campID)
	}
	return campPath(campID) + "/tasks"
}

// taskForm is a task as it was typed; its blocks are read apart.
type taskForm struct {
	Day     string `form:"day"`
	Level   string `form:"level"`
	Title   string `form:"title"`
	Quiz    string `form:"quiz"`    // what completes the task: a quiz, or another kind
	Ask     string `form:"ask"`     // a question a line
	Visible string `form:"visible"` // by the camp's clock
	Trial   string `form:"trial"`
	Again   string `form:"again"` // add another one after this
	NeedForm

	Criteria []string `form:"criterion"`
	Most     []string `form:"criterion_points"`
	Notes    []string `form:"criterion_note"`
}

// complete says what completes the task, of which was there before, and by what it gets its points.
func (f taskForm) complete(form *lesson.Form, was lesson.Task) {
	switch kind := lesson.Kind(f.Quiz); kind {
	case lesson.KindHomework, lesson.KindRead:
		form.Kind = kind
	case lesson.KindForm:
		form.Kind, form.Ask = kind, questions(f.Ask, was.Ask)
	default:
		form.Quiz = f.Quiz
		form.Trial = form.Trial && f.Quiz == "" // the page does not ask it of a quiz
	}
	for i := range min(len(f.Criteria), len(f.Most), len(f.Notes)) {
		if line(f.Criteria[i])+line(f.Most[i])+text(f.Notes[i]) != "" {
			form.Rubric = append(form.Rubric, lesson.Criterion{Title: line(f.Criteria[i]), Points: number(f.Most[i]), Note: text(f.Notes[i])})
		}
	}
}

// typedTask is a task as its form shows it.
func typedTask(t lesson.Task, calendar domain.Calendar) taskForm {
	f := taskForm{Day: string(t.Day), Level: t.Level, Title: t.Title, Quiz: t.Quiz, Ask: asked(t.Ask), Trial: ticked(t.Trial), NeedForm: typedNeed(t.Need)}
	if t.Kind == lesson.KindHomework || t.Kind.ByMark() {
		f.Quiz = string(t.Kind)
	}
	if !t.VisibleAt.IsZero() {
		f.Visible = t.VisibleAt.In(calendar.Location()).Format(clockInput)
	}
	for _, c := range t.Rubric {
		f.Criteria, f.Most, f.Notes = append(f.Criteria, c.Title), append(f.Most, strconv.Itoa(c.Points)), append(f.Notes, c.Note)
	}
	return f
}

// Rubric is its rows, with empty ones to fill in.
func (f taskForm) Rubric() []scoreRow {
	rows := make([]scoreRow, lesson.MaxCriteria)
	for i := range min(len(f.Criteria), len(f.Most), len(f.Notes), len(rows)) {
		rows[i] = scoreRow{Title: f.Criteria[i], Points: f.Most[i], Note: f.Notes[i]}
	}
	return rows
}

const clockInput = "2006-01-02T15:04"

// readTask reads a posted task, which was there before or is new, and the keys of its blocks.
func readTask(c echo.Context, was lesson.Task, calendar domain.Calendar) (f taskForm, form lesson.Form, keys []string, err error) {
	if err = bind(c, &f); err != nil {
		return f, form, nil, err
	}
	all, err := c.FormParams()
	if err != nil {
		return f, form, nil, err
	}
	form = lesson.Form{Day: domain.Day(f.Day), Level: f.Level, Title: line(f.Title), Trial: f.Trial != "", Need: f.need()}
	f.complete(&form, was)
	form.Blocks, keys = blocksOf(all)
	if f.Visible == "" {
		return f, form, keys, nil
	}
	at, err := time.ParseInLocation(clockInput, f.Visible, calendar.Location())
	if err != nil {
		return f, form, keys, domain.Invalid("visible_at", "公开时间不正确")
	}
	form.VisibleAt = at.UTC()
	return f, form, keys, nil
}

type taskView struct {
	campFrame
	Task    string // id; empty while it is new
	Form    taskForm
	Blocks  []blockView
	Empty   []blockView // one of each kind
	Faults  Faults
	Begun   bool           // its day can no longer change
	Quizzes []quiz.Quiz    // to choose from
	Levels  []course.Level // of a course, to choose from
}

var taskFields = []string{"day", "level", "title", "quiz", "rubric", "trial", "need_characters", "need_pictures", "need_recordings", "need_min", "need_max", "ask", "visible_at"}

func (h *console) newTask(c echo.Context) error {
	plan, err := h.Lessons.Plan(c.Request().Context(), c.Param("camp"))
	if err != nil {
		return err
	}
	f := taskForm{Day: c.QueryParam("day"), Level: c.QueryParam("level")}
	if f.Day == "" && !inCourse(plan.Camp) {
		f.Day = string(plan.Empty)
	}
	start := blockViews([]lesson.Shown{{Block: lesson.Block{Kind: lesson.TextBlock}}}, nil, nil)
	return h.taskForm(c, http.StatusOK, plan.Camp, taskView{Form: f, Blocks: start})
}

func (h *console) addTask(c echo.Context) error {
	in, err := h.Camps.ForStaff(c.Request().Context(), c.Param("camp"), domain.RightCampEdit)
	if err != nil {
		return err
	}
	f, form, keys, err := readTask(c, lesson.Task{}, in.Calendar)
	if err != nil {
		return h.retask(c, "", f, form, keys, err)
	}
	to := campPath(c.Param("camp")) + "/tasks"
	_, err = h.Lessons.Add(c.Request().Context(), c.Param("camp"), form)
	switch {
	case err == nil && f.Again != "":
		return h.done(c, to+"/new?"+url.Values{"level": {f.Level}}.Encode(), "任务已添加，接着写下一个")
	case err == nil:
		return h.done(c, tasksPath(c.Param("camp"), f.Level), "任务已添加")
	}
	return h.retask(c, "", f, form, keys, err)
}

func (h *console) showTask(c echo.Context) error {
	o, err := h.Lessons.ForEditing(c.Request().Context(), c.Param("camp"), c.Param("task"))
	if err != nil {
		return err
	}
	f := typedTask(o.Task, o.Camp.Calendar)
	return h.taskForm(c, http.StatusOK, o.Camp, taskView{Task: o.ID, Form: f, Blocks: blockViews(o.Body, nil, nil), Begun: o.Begun(o.Camp, h.now())})
}

func (h *console) saveTask(c echo.Context) error {
	o, err := h.Lessons.ForEditing(c.Request().Context(), c.Param("camp"), c.Param("task"))
	if err != nil {
		return err
	}
	f, form, keys, err := readTask(c, o.Task, o.Camp.Calendar)
	if err != nil {
		return h.retask(c, o.ID, f, form, keys, err)
	}
	if _, err = h.Lessons.Edit(c.Request().Context(), o.ID, form); err != nil {
		return h.retask(c, o.ID, f, form, keys, err)
	}
	return h.done(c, tasksPath(o.Camp.ID, f.Level), "已保存")
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
	if inCourse(in) {
		e, err := h.Courses.Editor(c.Request().Context(), in.ID)
		if err != nil {
			return err
		}
		v.Levels = e.Course.Levels
	}
	v.Crumbs = append(v.Crumbs, Crumb{"任务", campPath(in.ID) + "/tasks"})
	return h.page(c, status, "lesson/form", &v)
}
