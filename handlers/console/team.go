package console

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"yingdi/domain/team"
)

// learnerRows is how many learners a page of them shows.
const learnerRows = 50

func teamsPath(camp string) string { return campPath(camp) + "/teams" }

type teamsView struct {
	campFrame
	Teams  team.View
	Sizes  []teamSize // of the plan that waits for a yes
	Name   string     // of a new team, as it was typed
	Faults Faults
	Follow string
}

// teamSize is a team as it would be after the plan.
type teamSize struct {
	Name        string
	Now, Coming int64
}

// After is its size then.
func (s teamSize) After() int64 { return s.Now + s.Coming }

func (h *console) showTeams(c echo.Context) error {
	return h.teams(c, http.StatusOK, "", Faults{})
}

func (h *console) teams(c echo.Context, status int, name string, wrong Faults) error {
	view, err := h.Teams.View(c.Request().Context(), c.Param("camp"), c.QueryParam("team"), after(c, learnerRows))
	if err != nil {
		return err
	}
	v := &teamsView{campFrame: h.campFrame(c, view.Camp, tabPeople), Teams: view, Name: name, Faults: wrong}
	v.Title, v.Sub = "分组", subTeams
	if view.Plan.State == team.Previewed {
		v.Sizes = sizesAfter(view)
	}
	if view.Next != "" {
		v.Follow = teamsPath(view.Camp.ID) + "?" + url.Values{"team": {view.Of}, "after": {string(view.Next)}}.Encode()
	}
	return h.page(c, status, "team/board", v)
}

func sizesAfter(view team.View) []teamSize {
	coming := view.Plan.Sizes()
	sizes := make([]teamSize, len(view.Teams))
	for i, t := range view.Teams {
		sizes[i] = teamSize{t.Name, t.Size, int64(coming[t.ID])}
		if view.Plan.All {
			sizes[i].Now = 0
		}
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
		return h.teams(c, status, name, wrong)
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
	_, err := h.Teams.Preview(c.Request().Context(), c.Param("camp"), team.Method(c.FormValue("method")), c.FormValue("whom") == "all")
	if err != nil {
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
