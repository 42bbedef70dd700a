package console

import (
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/quiz"
)

type resultsView struct {
	campFrame
	Results quiz.Results
	ToGrade bool
	Follow  string
}

func (h *console) showResults(c echo.Context) error {
	toGrade := c.QueryParam("grade") != ""
	r, err := h.Quizzes.Results(c.Request().Context(), c.Param("camp"), c.Param("quiz"), toGrade, after(c, 50))
	if err != nil {
		return err
	}
	v := &resultsView{h.quizFrame(c, r.Camp, r.Quiz.Title), r, toGrade, follow(c, r.Next)}
	return h.page(c, http.StatusOK, "quiz/results", v)
}

type statisticsView struct {
	campFrame
	Quiz quiz.Quiz
	Sum  quiz.Statistics
}

func (h *console) showStatistics(c echo.Context) error {
	p, sum, err := h.Quizzes.Statistics(c.Request().Context(), c.Param("camp"), c.Param("quiz"))
	if err != nil {
		return err
	}
	return h.page(c, http.StatusOK, "quiz/statistics", &statisticsView{h.quizFrame(c, p.Camp, p.Quiz.Title), p.Quiz, sum})
}

type attemptView struct {
	campFrame
	Quiz    string
	Row     quiz.Row
	Faults  Faults
	Grading bool // there are short answers that the visitor may grade
}

func (h *console) showAttempt(c echo.Context) error { return h.sendAttempt(c, http.StatusOK, Faults{}) }

func (h *console) sendAttempt(c echo.Context, status int, wrong Faults) error {
	in, row, err := h.Quizzes.AttemptForStaff(c.Request().Context(), c.Param("camp"), c.Param("attempt"), domain.RightCampView)
	if err != nil {
		return err
	}
	v := &attemptView{campFrame: h.quizFrame(c, in, row.Member.Nickname), Quiz: row.Quiz, Row: row, Faults: wrong}
	v.Crumbs = append(v.Crumbs, Crumb{row.Title, campPath(in.ID) + "/quizzes/" + row.Quiz + "/results"})
	for _, e := range row.Entries {
		v.Grading = v.Grading || v.MayReview && row.State == quiz.Finished && e.Kind == quiz.Short
	}
	return h.page(c, status, "quiz/attempt", v)
}

// gradeForm is marks as they were typed, one for each of the positions; an empty one is not graded.
type gradeForm struct {
	Position []string `form:"position"`
	Mark     []string `form:"mark"`
	Remark   []string `form:"remark"`
}

func (f gradeForm) gradings() ([]quiz.Grading, error) {
	if len(f.Mark) != len(f.Position) || len(f.Remark) != len(f.Position) {
		return nil, domain.Invalid("mark", "表单不完整，请刷新页面再试")
	}
	var list []quiz.Grading
	for i, position := range f.Position {
		typed := strings.TrimSpace(f.Mark[i])
		if typed == "" {
			continue
		}
		points, err := strconv.ParseFloat(typed, 64)
		if err != nil || math.IsNaN(points) || math.Abs(points) > quiz.MaxPoints {
			return nil, domain.Invalid("mark", "得分应为数字")
		}
		list = append(list, quiz.Grading{Position: number(position), Mark: quiz.Mark(math.Round(points * 100)), Remark: text(f.Remark[i])})
	}
	return list, nil
}

func (h *console) gradeAttempt(c echo.Context) error {
	var f gradeForm
	if err := bind(c, &f); err != nil {
		return err
	}
	gradings, err := f.gradings()
	if err == nil {
		_, err = h.Quizzes.Grade(c.Request().Context(), c.Param("camp"), c.Param("attempt"), gradings)
	}
	if err == nil {
		return h.done(c, quizPath(c)+"/results?grade=1", "批改已保存")
	}
	wrong, status, err := faults(err, "mark", "remark")
	if err != nil {
		return err
	}
	return h.sendAttempt(c, status, wrong)
}

type regradesView struct {
	campFrame
	quiz.Regrades
	Follow string
}

func (h *console) listRegrades(c echo.Context) error {
	r, err := h.Quizzes.RegradesOf(c.Request().Context(), c.Param("camp"), c.Param("quiz"), after(c, 10))
	if err != nil {
		return err
	}
	return h.page(c, http.StatusOK, "quiz/regrades", &regradesView{h.quizFrame(c, r.Paper.Camp, r.Quiz.Title), r, follow(c, r.Next)})
}

func (h *console) regrade(c echo.Context) error {
	to := quizPath(c) + "/regrades"
	if _, err := h.Quizzes.Regrade(c.Request().Context(), c.Param("camp"), c.Param("quiz"), c.FormValue("question")); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "开始重新评分，完成后这里会列出改动")
}
