package console

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
)

type jobsView struct {
	Frame
	Jobs  []domain.DeadJob
	Hours hours
}

func (h *console) listJobs(c echo.Context) error {
	dead, err := h.Jobs.Dead(c.Request().Context(), domain.MaxPage)
	if err != nil {
		return err
	}
	return h.page(c, http.StatusOK, "jobs/list", &jobsView{Frame{Title: "失败任务", Section: sectionJobs}, dead, h.hoursOf(homeCalendar)})
}

func (h *console) retryJob(c echo.Context) error {
	if err := h.Jobs.Retry(c.Request().Context(), c.FormValue("job")); err != nil {
		return h.refused(c, Root+"/jobs", err)
	}
	return h.done(c, Root+"/jobs", "已放回队列，稍后会重新执行")
}
