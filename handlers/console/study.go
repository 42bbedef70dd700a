package console

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/course"
	"yingdi/domain/study"
)

type matrixView struct {
	campFrame
	Matrix        study.Matrix
	Before, After domain.Day // the weeks beside it within the camp, "" at its ends
	Follow        string
}

func (h *console) showMatrix(c echo.Context) error {
	m, err := h.Courses.Matrix(c.Request().Context(), c.Param("camp"), after(c, 20))
	if errors.Is(err, course.ErrNoCourse) {
		return h.showWeek(c)
	}
	if err != nil {
		return err
	}
	v := &travelView{campFrame: h.campFrame(c, m.Camp, tabTasks), Matrix: m}
	if v.Title = "学习进度"; m.Next != "" {
		v.Follow = campPath(m.Camp.ID) + "/progress?after=" + url.QueryEscape(string(m.Next))
	}
	return h.page(c, http.StatusOK, "course/matrix", v)
}

func (h *console) showWeek(c echo.Context) error {
	m, err := h.Studies.Matrix(c.Request().Context(), c.Param("camp"), domain.Day(c.QueryParam("from")), after(c, 20))
	if err != nil {
		return err
	}
	v := &matrixView{campFrame: h.campFrame(c, m.Camp, tabTasks), Matrix: m}
	v.Title = "学习进度"
	if m.From > m.Camp.Start {
		v.Before = m.From.Add(-study.Week)
	}
	if m.To < m.Camp.End {
		v.After = m.From.Add(study.Week)
	}
	if m.Next != "" {
		v.Follow = campPath(m.Camp.ID) + "/progress?" + url.Values{"from": {string(m.From)}, "after": {string(m.Next)}}.Encode()
	}
	return h.page(c, http.StatusOK, "study/matrix", v)
}

type travelView struct {
	campFrame
	Matrix course.Matrix
	Follow string
}

type answersView struct {
	campFrame
	Replies study.Replies
	Follow  string
}

func (h *console) listAnswers(c echo.Context) error {
	r, err := h.Studies.Replies(c.Request().Context(), c.Param("camp"), c.Param("task"), after(c, 50))
	if err != nil {
		return err
	}
	v := &answersView{campFrame: h.campFrame(c, r.Camp, tabTasks), Replies: r}
	if v.Title = "学员的回答"; r.Next != "" {
		v.Follow = campPath(r.Camp.ID) + "/tasks/" + r.Task.ID + "/answers?after=" + url.QueryEscape(string(r.Next))
	}
	return h.page(c, http.StatusOK, "study/answers", v)
}
