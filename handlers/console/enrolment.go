package console

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"yingdi/domain/enrolment"
	"yingdi/domain/member"
)

// waitingRow is somebody who waits for a seat, or for whom one is held.
type waitingRow struct {
	enrolment.Enrolment
	Card member.Card
}

type waitingView struct {
	campFrame
	List   enrolment.List
	Offers []waitingRow
	Queue  []waitingRow
	Follow string
	Paged  bool
}

const waitingRows = 50

func waitingPath(id string) string { return campPath(id) + "/waiting" }

func (h *console) showWaiting(c echo.Context) error {
	ctx := c.Request().Context()
	list, err := h.Enrolments.WaitingList(ctx, c.Param("camp"), after(c, waitingRows))
	if err != nil {
		return err
	}
	v := &waitingView{campFrame: h.campFrame(c, list.Camp, tabPeople), List: list, Paged: c.QueryParam("after") != ""}
	v.Title, v.Sub = "候补", subWaiting
	var people []string
	for _, e := range append(list.Offers, list.Queue...) {
		people = append(people, e.Member)
	}
	cards, err := h.Members.Cards(ctx, people)
	if err != nil {
		return err
	}
	for _, e := range list.Offers {
		v.Offers = append(v.Offers, waitingRow{e, cards[e.Member]})
	}
	for _, e := range list.Queue {
		v.Queue = append(v.Queue, waitingRow{e, cards[e.Member]})
	}
	if list.Next != "" {
		v.Follow = waitingPath(list.Camp.ID) + "?after=" + url.QueryEscape(string(list.Next))
	}
	return h.page(c, http.StatusOK, "enrolment/waiting", v)
}

// removeLearner takes somebody out of the camp, or out of its queue: whoever asks from there goes back there.
func (h *console) removeLearner(c echo.Context) error {
	to := campPath(c.Param("camp")) + "/learners/" + url.PathEscape(c.Param("member"))
	if c.QueryParam("from") == subWaiting {
		to = waitingPath(c.Param("camp"))
	}
	if _, err := h.Enrolments.Remove(c.Request().Context(), c.Param("camp"), c.Param("member")); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "已移出，名额已空出")
}

func (h *console) readmitLearner(c echo.Context) error {
	to := campPath(c.Param("camp")) + "/learners/" + url.PathEscape(c.Param("member"))
	if _, err := h.Enrolments.Readmit(c.Request().Context(), c.Param("camp"), c.Param("member")); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "已允许重新报名")
}
