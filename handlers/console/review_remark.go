package console

import (
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/review"
)

type remarksView struct {
	campFrame
	Remarks  []review.Remark
	Text     string // of a new one, as it was typed
	Faults   Faults
	MayShare bool // in the whole organiser
}

func (h *console) listRemarks(c echo.Context) error {
	return h.remarks(c, http.StatusOK, "", Faults{})
}

func (h *console) remarks(c echo.Context, status int, typed string, wrong Faults) error {
	ctx := c.Request().Context()
	in, err := h.Camps.ForStaff(ctx, c.Param("camp"), domain.RightReview)
	if err != nil {
		return err
	}
	list, err := h.Reviews.RemarksOf(ctx, in.Organiser)
	if err != nil {
		return err
	}
	v := &remarksView{campFrame: h.campFrame(c, in, tabReviews), Remarks: list, Text: typed, Faults: wrong}
	v.Title = "常用评语"
	v.MayShare = domain.ActorFrom(ctx).Has(domain.RightReview, domain.Place{Organiser: in.Organiser})
	return h.page(c, status, "review/remarks", v)
}

func (h *console) addRemark(c echo.Context) error {
	typed := text(c.FormValue("text"))
	if err := h.Reviews.AddRemark(c.Request().Context(), c.Param("camp"), typed, c.FormValue("ours") != ""); err != nil {
		wrong, status, err := faults(err, "text")
		if err != nil {
			return err
		}
		return h.remarks(c, status, typed, wrong)
	}
	return h.done(c, campPath(c.Param("camp"))+"/remarks", "已添加")
}

func (h *console) removeRemark(c echo.Context) error {
	to := campPath(c.Param("camp")) + "/remarks"
	if err := h.Reviews.RemoveRemark(c.Request().Context(), c.Param("camp"), c.Param("remark"), c.FormValue("ours") != ""); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "已删除")
}

type latencyView struct {
	campFrame
	Latency review.Latency
	Days    int
	Spans   []int // to choose from
}

func (h *console) showLatency(c echo.Context) error {
	days := 7
	if asked := c.QueryParam("days"); asked != "" {
		days = number(asked)
	}
	found, err := h.Reviews.Latency(c.Request().Context(), c.Param("camp"), days)
	if err != nil {
		return err
	}
	v := &latencyView{campFrame: h.campFrame(c, found.Camp, tabReviews), Latency: found, Days: days, Spans: []int{1, 7, 30}}
	v.Title = "点评速度"
	return h.page(c, http.StatusOK, "review/latency", v)
}

var turns = map[checkin.Turn]label{checkin.TurnHomework: {"作业", "purple"}, checkin.TurnRedo: {"重做", "orange"}}

// turnLabel is nil for what is nothing special.
func turnLabel(t checkin.Turn) *label {
	if l, ok := turns[t]; ok {
		return &l
	}
	return nil
}

var acts = map[review.Act]string{
	review.ActReleased: "发布了点评", review.ActReturned: "退回重做", review.ActReopened: "重新打开", review.ActUndone: "撤销了发布",
}

// lasted writes a time that passed.
func lasted(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "不到 1 分钟"
	case d < time.Hour:
		return fmt.Sprintf("%d 分钟", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d 小时 %d 分钟", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d 天", int(d.Hours()/24))
}
