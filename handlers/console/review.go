package console

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"yingdi/domain/review"
)

type reviewForm struct {
	Text   string `form:"text"`
	Points string `form:"points"`
	Do     string `form:"do"`   // save or release
	Next   string `form:"next"` // the check-in to go on with
}

func (f reviewForm) mark() review.Form {
	m := review.Form{Text: text(f.Text)}
	if f.Points != "" {
		m.Points = number(f.Points)
	}
	return m
}

type deskView struct {
	campFrame
	Desk    review.Desk
	Mark    review.Mark // in the form
	Points  string
	Faults  Faults
	Writing bool // the review can be written, as it is not released
}

func (h *console) showDesk(c echo.Context) error {
	desk, err := h.Reviews.Desk(c.Request().Context(), review.Filter{Camp: c.Param("camp")}, c.Param("checkin"), false)
	if err != nil {
		return err
	}
	return h.desk(c, http.StatusOK, desk, nil, Faults{})
}

func (h *console) desk(c echo.Context, status int, desk review.Desk, typed *reviewForm, wrong Faults) error {
	v := &deskView{campFrame: h.campFrame(c, desk.Camp, tabReviews), Desk: desk, Faults: wrong}
	v.Title, v.Waiting = "点评", desk.Waiting
	if desk.Open != nil {
		v.Mark, v.Writing = desk.Open.Review.Draft, desk.Open.Writing
		v.Points = points(v.Mark.Points)
	}
	if typed != nil {
		v.Mark.Text, v.Points = typed.Text, typed.Points
	}
	return h.page(c, status, "review/desk", v)
}

func (h *console) saveReview(c echo.Context) error {
	ctx := c.Request().Context()
	camp, checkin := c.Param("camp"), c.Param("checkin")
	var f reviewForm
	if err := bind(c, &f); err != nil {
		return err
	}
	var err error
	if f.Do == "release" {
		_, err = h.Reviews.Release(ctx, checkin, f.mark())
	} else {
		_, err = h.Reviews.Save(ctx, checkin, f.mark())
	}
	switch {
	case err == nil && f.Do == "release":
		return h.done(c, deskPath(camp, f.Next), "点评已发布，学员会收到通知")
	case err == nil:
		return h.done(c, deskPath(camp, checkin), "草稿已保存，学员还看不到")
	}
	wrong, status, err := faults(err, "text", "points")
	if err != nil {
		return err
	}
	desk, err := h.Reviews.Desk(ctx, review.Filter{Camp: camp}, checkin, false)
	if err != nil {
		return err
	}
	return h.desk(c, status, desk, &f, wrong)
}

func (h *console) reopenReview(c echo.Context) error {
	to := deskPath(c.Param("camp"), c.Param("checkin"))
	if _, err := h.Reviews.Reopen(c.Request().Context(), c.Param("checkin")); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "可以修改了；再次发布前，学员看到的还是原来的点评")
}

// deskPath with a check-in on the desk, or without.
func deskPath(camp, checkin string) string {
	if checkin == "" {
		return campPath(camp) + "/reviews"
	}
	return campPath(camp) + "/reviews/" + checkin
}
