package console

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/checkin"
)

type rankingView struct {
	campFrame
	Rows   []checkin.Ranked
	Rule   string
	Follow string
	Paged  bool
}

func (h *console) showRanking(c echo.Context) error {
	ctx := c.Request().Context()
	in, err := h.Camps.ForStaff(ctx, c.Param("camp"), domain.RightReview)
	if err != nil {
		return err
	}
	ranking, err := h.Checkins.Ranking(ctx, in.ID, after(c, 50))
	if err != nil {
		return err
	}
	v := &rankingView{campFrame: h.campFrame(c, in, tabFeed), Rows: ranking.List, Rule: checkin.TieRule, Paged: c.QueryParam("after") != ""}
	v.Title, v.Sub = "排行", subRanking
	if ranking.Next != "" {
		v.Follow = campPath(in.ID) + "/ranking?after=" + url.QueryEscape(string(ranking.Next))
	}
	return h.page(c, http.StatusOK, "checkin/ranking", v)
}
