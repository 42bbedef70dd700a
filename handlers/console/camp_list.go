package console

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/camp"
)

type campRow struct {
	camp.Camp
	Phase     camp.Phase
	Organiser string
}

type campListView struct {
	Frame
	Camps   []campRow
	Several bool // organisers
	Follow  string
	Paged   bool
	MayOpen bool
	Phase   camp.Phase // that the list is of; none: all but the archived ones
}

// campFilters are the phases that the list can be of, in the order of a camp's way.
var campFilters = []camp.Phase{
	"", camp.PhaseDraft, camp.PhaseUpcoming, camp.PhaseEnrolling, camp.PhaseRunning, camp.PhaseClosing, camp.PhaseEnded, camp.PhaseClosed, camp.PhaseArchived,
}

// Filters to choose from.
func (*campListView) Filters() []camp.Phase { return campFilters }

func (h *console) listCamps(c echo.Context) error {
	ctx := c.Request().Context()
	phase := camp.Phase(c.QueryParam("phase"))
	if !slices.Contains(campFilters, phase) {
		phase = ""
	}
	camps, next, err := h.Camps.Mine(ctx, camp.Filter{Phase: phase}, after(c, 20))
	if err != nil {
		return err
	}
	var ids []string
	for _, in := range camps {
		ids = append(ids, in.Organiser)
	}
	names, err := h.Organisers.Names(ctx, ids)
	if err != nil {
		return err
	}
	v := &campListView{Frame: Frame{Title: "训练营", Section: sectionCamps}, Several: len(names) > 1, Paged: c.QueryParam("after") != "", Phase: phase}
	v.MayOpen = domain.ActorFrom(ctx).Has(domain.RightCampOpen, domain.Place{})
	for _, in := range camps {
		v.Camps = append(v.Camps, campRow{in, in.Phase(h.now()), names[in.Organiser]})
	}
	if next != "" {
		q := url.Values{"after": {string(next)}}
		if phase != "" {
			q.Set("phase", string(phase))
		}
		v.Follow = Root + "/camps?" + q.Encode()
	}
	return h.page(c, http.StatusOK, "camp/list", v)
}
