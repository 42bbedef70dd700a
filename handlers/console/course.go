package console

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/course"
	"yingdi/domain/media"
)

func levelsPath(campID string) string { return campPath(campID) + "/levels" }

type levelsView struct {
	campFrame
	Editor course.Editor
	Covers []*media.View // of the levels, in their order; nil where there is none
	Where  course.Where
	Follow string
}

// Cover of a level by its place; nil if there is none.
func (v *levelsView) Cover(at int) *media.View {
	if at >= len(v.Covers) {
		return nil
	}
	return v.Covers[at]
}

// At counts the learners of a level.
func (v *levelsView) At(level string) int64 {
	for _, l := range v.Where.Levels {
		if l.ID == level {
			return l.Learners
		}
	}
	return 0
}

func (h *console) listLevels(c echo.Context) error {
	ctx := c.Request().Context()
	e, err := h.Courses.Editor(ctx, c.Param("camp"))
	if err != nil {
		return err
	}
	v := &levelsView{campFrame: h.campFrame(c, e.Camp, tabTasks), Editor: e}
	if v.Covers, err = h.Courses.Covers(ctx, e.Course); err != nil {
		return err
	}
	if v.Where, err = h.Courses.Where(ctx, c.Param("camp"), c.QueryParam("level"), after(c, learnerRows)); err != nil {
		return err
	}
	if v.Where.Next != "" {
		v.Follow = levelsPath(e.Camp.ID) + "?" + url.Values{"level": {v.Where.At.ID}, "after": {string(v.Where.Next)}}.Encode()
	}
	v.Title = "关卡"
	return h.page(c, http.StatusOK, "course/levels", v)
}

// levelForm is a level as it was typed. Its rule is made of groups of conditions; those of group i have the names cond_i
// and n_i.
type levelForm struct {
	Title string `form:"title"`
	Intro string `form:"intro"`
	Cover string `form:"cover"`
	Join  string `form:"join"` // between the groups
	Act   string `form:"act"`  // of the button: empty saves
}

// ruleGroup is a group of conditions.
type ruleGroup struct {
	Join string
	Rows []ruleRow
}

// ruleRow is one condition: "op" or "op:id", and its number.
type ruleRow struct{ Cond, N string }

// The editor's bounds; empty rows and groups are left out when it is saved.
const (
	maxGroups = 5
	maxRows   = 6
)

// readGroups reads the conditions as they were typed.
func readGroups(form url.Values) []ruleGroup {
	var groups []ruleGroup
	for i := range maxGroups {
		conds, ns := form[fmt.Sprintf("cond_%d", i)], form[fmt.Sprintf("n_%d", i)]
		if len(conds) == 0 {
			break
		}
		g := ruleGroup{Join: form.Get(fmt.Sprintf("join_%d", i))}
		for j, cond := range conds[:min(len(conds), maxRows)] {
			row := ruleRow{Cond: cond}
			if j < len(ns) {
				row.N = ns[j]
			}
			g.Rows = append(g.Rows, row)
		}
		groups = append(groups, g)
	}
	return groups
}

// ruleOf makes the rule of what was typed.
func ruleOf(join string, groups []ruleGroup) course.Rule {
	var parts []course.Rule
	for _, g := range groups {
		var leaves []course.Rule
		for _, row := range g.Rows {
			if row.Cond == "" {
				continue
			}
			op, id, _ := strings.Cut(row.Cond, ":")
			leaf := course.Rule{Op: course.Op(op), ID: id}
			if leaf.Op != course.OpLevel {
				leaf.N = number(row.N)
			}
			leaves = append(leaves, leaf)
		}
		if one := joined(g.Join, leaves); one.Op != course.OpAlways {
			parts = append(parts, one)
		}
	}
	return joined(join, parts)
}

func joined(join string, parts []course.Rule) course.Rule {
	switch {
	case len(parts) == 0:
		return course.Rule{}
	case len(parts) == 1:
		return parts[0]
	case join == string(course.OpAny):
		return course.Rule{Op: course.OpAny, Of: parts}
	}
	return course.Rule{Op: course.OpAll, Of: parts}
}

// groupsOf lays a rule out for the editor.
func groupsOf(r course.Rule) (join string, groups []ruleGroup) {
	compound := func(r course.Rule) bool { return r.Op == course.OpAll || r.Op == course.OpAny }
	parts := r.Of
	deep := false
	for _, part := range parts {
		deep = deep || compound(part)
	}
	if !compound(r) || !deep {
		return string(course.OpAll), []ruleGroup{groupOf(r)}
	}
	for _, part := range parts {
		groups = append(groups, groupOf(part))
	}
	return string(r.Op), groups
}

func groupOf(r course.Rule) ruleGroup {
	g := ruleGroup{Join: string(course.OpAll)}
	leaves := []course.Rule{r}
	if r.Op == course.OpAll || r.Op == course.OpAny {
		g.Join, leaves = string(r.Op), r.Of
	}
	for _, leaf := range leaves {
		row := ruleRow{Cond: string(leaf.Op)}
		if leaf.ID != "" {
			row.Cond += ":" + leaf.ID
		}
		if leaf.Op != course.OpLevel && leaf.Op != course.OpAlways {
			row.N = strconv.Itoa(leaf.N)
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}

// choice is one kind of condition with what it can be about.
type cond struct{ Value, Text string }

type condGroup struct {
	Label string
	List  []cond
}

// conditions that the level's rule can be made of.
func conditions(e course.Editor, level string) []condGroup {
	var levels, quizzes, homework []cond
	for _, l := range e.Levels {
		if l.ID != level {
			levels = append(levels, cond{string(course.OpLevel) + ":" + l.ID, "完成「" + l.Title + "」"})
		}
	}
	for _, t := range e.Tasks {
		if t.Level == level {
			continue
		}
		if t.Quiz != "" {
			quizzes = append(quizzes, cond{string(course.OpQuiz) + ":" + t.Quiz, "「" + t.Title + "」得分不低于（%）"})
		} else {
			homework = append(homework, cond{string(course.OpHomework) + ":" + t.ID, "「" + t.Title + "」点评得分不低于（分）"})
		}
	}
	return []condGroup{
		{"完成关卡", levels}, {"测评得分", quizzes}, {"点评得分", homework},
		{"数量和时间", []cond{
			{string(course.OpCheckins), "打卡满（次）"}, {string(course.OpTasks), "完成任意任务满（个）"}, {string(course.OpDays), "报名满（天）"},
		}},
	}
}

type levelView struct {
	campFrame
	Level    string // id; empty while it is new
	Form     levelForm
	Groups   []ruleGroup
	Choices  []condGroup
	Sentence string
	Cover    []media.View
	Faults   Faults
	Empty    bool // no task: it can be removed
}

var levelFields = []string{"title", "intro", "cover", "rule"}

func (h *console) showLevel(c echo.Context) error {
	e, err := h.Courses.Editor(c.Request().Context(), c.Param("camp"))
	if err != nil {
		return err
	}
	id := c.Param("level")
	if id == "new" {
		rule := course.Rule{}
		if n := len(e.Levels); n > 0 { // what most courses want
			rule = course.Rule{Op: course.OpLevel, ID: e.Levels[n-1].ID}
		}
		join, groups := groupsOf(rule)
		return h.levelForm(c, http.StatusOK, e, &levelView{Form: levelForm{Join: join}, Groups: groups})
	}
	l, at := e.Course.Find(id)
	if at < 0 {
		return domain.ErrNotFound
	}
	join, groups := groupsOf(l.Rule)
	f := levelForm{Title: l.Title, Intro: l.Intro, Cover: l.Cover, Join: join}
	return h.levelForm(c, http.StatusOK, e, &levelView{Level: id, Form: f, Groups: groups})
}

func (h *console) saveLevel(c echo.Context) error {
	ctx := c.Request().Context()
	var f levelForm
	if err := bind(c, &f); err != nil {
		return err
	}
	all, err := c.FormParams()
	if err != nil {
		return err
	}
	id := c.Param("level")
	if id == "new" {
		id = ""
	}
	v := &levelView{Level: id, Form: f, Groups: readGroups(all)}
	status := http.StatusOK
	if f.Act == "" {
		form := course.Form{Title: line(f.Title), Intro: text(f.Intro), Cover: f.Cover, Rule: ruleOf(f.Join, v.Groups)}
		if id == "" {
			_, err = h.Courses.Add(ctx, c.Param("camp"), form)
		} else {
			_, err = h.Courses.Edit(ctx, c.Param("camp"), id, form)
		}
		if err == nil {
			return h.done(c, levelsPath(c.Param("camp")), "关卡已保存")
		}
		if v.Faults, status, err = faults(err, levelFields...); err != nil {
			return err
		}
	}
	v.grow(f.Act)
	e, err := h.Courses.Editor(ctx, c.Param("camp"))
	if err != nil {
		return err
	}
	return h.levelForm(c, status, e, v)
}

// grow adds the row or the group that a button asked for.
func (v *levelView) grow(act string) {
	if act == "group" && len(v.Groups) < maxGroups {
		v.Groups = append(v.Groups, ruleGroup{Join: string(course.OpAll), Rows: []ruleRow{{}}})
	}
	at, err := strconv.Atoi(strings.TrimPrefix(act, "row-"))
	if err == nil && at >= 0 && at < len(v.Groups) && len(v.Groups[at].Rows) < maxRows {
		v.Groups[at].Rows = append(v.Groups[at].Rows, ruleRow{})
	}
}

func (h *console) levelForm(c echo.Context, status int, e course.Editor, v *levelView) error {
	if err := domain.ActorFrom(c.Request().Context()).Must(domain.RightCampEdit, e.Camp.Place()); err != nil {
		return err
	}
	v.campFrame = h.campFrame(c, e.Camp, tabTasks)
	v.Title, v.Choices = "添加关卡", conditions(e, v.Level)
	if len(v.Groups) == 0 {
		v.Groups = []ruleGroup{{Join: string(course.OpAll), Rows: []ruleRow{{}}}}
	}
	v.Sentence = ruleOf(v.Form.Join, v.Groups).Sentence(e.Names)
	had := course.Level{}
	if v.Level != "" {
		v.Title = "修改关卡"
		had, _ = e.Course.Find(v.Level)
		v.Empty = true
		for _, t := range e.Tasks {
			v.Empty = v.Empty && t.Level != v.Level
		}
	}
	var err error
	if v.Cover, err = h.Courses.CoverFor(c.Request().Context(), had.Cover, v.Form.Cover); err != nil {
		return err
	}
	v.Crumbs = append(v.Crumbs, Crumb{"关卡", levelsPath(e.Camp.ID)})
	return h.page(c, status, "course/level", v)
}

func (h *console) moveLevel(c echo.Context) error {
	to := levelsPath(c.Param("camp"))
	if _, err := h.Courses.Move(c.Request().Context(), c.Param("camp"), c.Param("level"), number(c.FormValue("to"))); err != nil {
		return h.refused(c, to, err)
	}
	return redirect(c, to+"#level-"+c.Param("level"))
}

func (h *console) removeLevel(c echo.Context) error {
	to := levelsPath(c.Param("camp"))
	if _, err := h.Courses.Remove(c.Request().Context(), c.Param("camp"), c.Param("level")); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "关卡已删除")
}

// inCourse reports whether a page of days is asked for in a course.
func inCourse(in camp.Camp) bool { return in.Kind == camp.KindCourse }
