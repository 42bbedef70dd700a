package console

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/export"
	"yingdi/domain/lesson"
)

type taskImportView struct {
	campFrame
	Last   lesson.Import
	Rows   []domain.RowFault // what is wrong with the file
	Faults Faults
}

func taskImportPath(camp string) string { return campPath(camp) + "/tasks/import" }

func (h *console) showTaskImport(c echo.Context) error {
	return h.taskImport(c, http.StatusOK, taskImportView{})
}

func (h *console) taskImport(c echo.Context, status int, v taskImportView) error {
	in, last, err := h.Lessons.LastImport(c.Request().Context(), c.Param("camp"))
	if err != nil {
		return err
	}
	v.campFrame, v.Last = h.campFrame(c, in, tabTasks), last
	v.Title, v.Crumbs = "从 Excel 导入任务", append(v.Crumbs, Crumb{"任务", campPath(in.ID) + "/tasks"})
	return h.page(c, status, "lesson/import", &v)
}

func (h *console) importTasks(c echo.Context) error {
	file, err := sentFile(c, "file")
	if err != nil {
		return err
	}
	_, rows, err := h.Lessons.Import(c.Request().Context(), c.Param("camp"), file)
	switch {
	case err != nil:
		wrong, status, err := faults(err, "file")
		if err != nil {
			return err
		}
		return h.taskImport(c, status, taskImportView{Faults: wrong})
	case len(rows) > 0:
		return h.taskImport(c, http.StatusUnprocessableEntity, taskImportView{Rows: rows})
	}
	return redirect(c, taskImportPath(c.Param("camp")))
}

func (h *console) applyTaskImport(c echo.Context) error {
	to := taskImportPath(c.Param("camp"))
	if _, err := h.Lessons.ApplyImport(c.Request().Context(), c.Param("camp"), c.FormValue("seed")); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "开始导入")
}

func (h *console) taskTemplate(c echo.Context) error {
	file, err := h.Lessons.SheetTemplate(c.Request().Context(), c.Param("camp"))
	if err != nil {
		return h.refused(c, campPath(c.Param("camp"))+"/tasks", err)
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="tasks.xlsx"`)
	return c.Blob(http.StatusOK, export.ContentType, file)
}
