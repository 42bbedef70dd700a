package console

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/export"
	"yingdi/domain/form"
	"yingdi/domain/team"
)

// learnerRows is how many learners a page of them shows.
const learnerRows = 50

func teamsPath(camp string) string { return campPath(camp) + "/teams" }

type teamsView struct {
	campFrame
	Teams  team.View
	Fields []form.Field // of the form, whose answers can decide
	Sizes  []teamSize   // of the plan that waits for a yes
	Name   string       // of a new team, as it was typed
	Rows   []domain.RowFault
	Faults Faults
	Follow string
}

// teamSize is a team as it would be after the plan.
type teamSize struct {
	Name                 string
	Now, Coming, Leaving int64
}

// After is its size then.
func (s teamSize) After() int64 { return s.Now + s.Coming - s.Leaving }

func (h *console) showTeams(c echo.Context) error {
	return h.teams(c, http.StatusOK, teamsView{})
}

// teams sends the board; v says what was typed and what was wrong with it.
func (h *console) teams(c echo.Context, status int, v teamsView) error {
	ctx := c.Request().Context()
	view, err := h.Teams.View(ctx, c.Param("camp"), team.Look{Team: c.QueryParam("team"), Name: line(c.QueryParam("name"))}, after(c, learnerRows))
	if err != nil {
		return err
	}
	v.campFrame, v.Teams = h.campFrame(c, view.Camp, tabPeople), view
	v.Title, v.Sub = "分组", subTeams
	if v.MayEdit {
		if v.Fields, err = h.Teams.Fields(ctx, view.Camp.ID); err != nil {
			return err
		}
	}
	if view.Plan.State == team.Previewed {
		v.Sizes = sizesAfter(view)
	}
	v.Find, v.Follow = view.Look.Name, follow(c, view.Next)
	return h.page(c, status, "team/board", &v)
}

func sizesAfter(view team.View) []teamSize {
	coming, leaving := view.Plan.Sizes()
	var sizes []teamSize
	for _, t := range view.Teams {
		size := teamSize{t.Name, t.Size, int64(coming[t.ID]), int64(leaving[t.ID])}
		if view.Plan.All {
			size.Now = 0
		}
		sizes = append(sizes, size)
	}
	for _, t := range view.Plan.Fresh {
		sizes = append(sizes, teamSize{Name: t.Name + "（新建）", Coming: int64(coming[t.ID])})
	}
	return sizes
}

func (h *console) addTeam(c echo.Context) error {
	name := line(c.FormValue("name"))
	if _, err := h.Teams.Add(c.Request().Context(), c.Param("camp"), name); err != nil {
		wrong, status, err := faults(err, "name")
		if err != nil {
			return err
		}
		return h.teams(c, status, teamsView{Name: name, Faults: wrong})
	}
	return h.done(c, teamsPath(c.Param("camp")), "小组已建好")
}

func (h *console) renameTeam(c echo.Context) error {
	to := teamsPath(c.Param("camp"))
	if _, err := h.Teams.Rename(c.Request().Context(), c.Param("camp"), c.Param("team"), line(c.FormValue("name"))); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "已改名")
}

func (h *console) removeTeam(c echo.Context) error {
	to := teamsPath(c.Param("camp"))
	if _, err := h.Teams.Remove(c.Request().Context(), c.Param("camp"), c.Param("team")); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "小组已删除，组员现在没有分组")
}

type assignForm struct {
	Team    string   `form:"team"`
	Members []string `form:"member"`
}

func (h *console) assignTeam(c echo.Context) error {
	var f assignForm
	if err := bind(c, &f); err != nil {
		return err
	}
	to := teamsPath(c.Param("camp"))
	if _, err := h.Teams.Assign(c.Request().Context(), c.Param("camp"), f.Team, f.Members); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "已移动所选学员")
}

func (h *console) previewTeams(c echo.Context) error {
	to := teamsPath(c.Param("camp"))
	ask := team.Ask{Method: team.Method(c.FormValue("method")), Field: c.FormValue("field"), All: c.FormValue("whom") == "all"}
	if _, err := h.Teams.Preview(c.Request().Context(), c.Param("camp"), ask); err != nil {
		return h.refused(c, to, err)
	}
	return redirect(c, to)
}

func (h *console) applyTeams(c echo.Context) error {
	to := teamsPath(c.Param("camp"))
	if _, err := h.Teams.Apply(c.Request().Context(), c.Param("camp"), c.FormValue("seed")); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "正在按预览分组，人多时需要一点时间，刷新页面看进度")
}

// teamSheet is the learners with their teams, to be changed and sent back.
func (h *console) teamSheet(c echo.Context) error {
	file, err := h.Teams.Sheet(c.Request().Context(), c.Param("camp"))
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="teams.xlsx"`)
	return c.Blob(http.StatusOK, export.ContentType, file)
}

func (h *console) importTeams(c echo.Context) error {
	file, err := sentFile(c, "file")
	if err != nil {
		return err
	}
	done, err := h.Teams.Import(c.Request().Context(), c.Param("camp"), file)
	switch {
	case err != nil:
		wrong, status, err := faults(err, "file")
		if err != nil {
			return err
		}
		return h.teams(c, status, teamsView{Faults: wrong})
	case len(done.Faults) > 0:
		return h.teams(c, http.StatusUnprocessableEntity, teamsView{Rows: done.Faults})
	}
	return redirect(c, teamsPath(c.Param("camp")))
}
