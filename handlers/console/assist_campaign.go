package console

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/assist"
)

type assistView struct {
	Frame
	assist.Report
	Says    string
	Ending  string // what an end would do
	Halting string // and one at once
	Numbers []figure
	Charts  []chart
	Stage   assist.Stage
	Stages  []assist.Stage
	Hours   hours
	Follow  string
}

func (h *console) showAssist(c echo.Context) error {
	stage := assist.Stage(c.QueryParam("stage"))
	r, err := h.Assists.Report(c.Request().Context(), c.Param("assist"), stage, after(c, 30))
	if err == nil && r.Organiser != c.Param("organiser") {
		err = fmt.Errorf("campaign %s: %w", r.ID, domain.ErrNotFound)
	}
	if err != nil {
		return err
	}
	v := &assistView{
		Report: r, Says: r.Terms.Sentence(), Ending: assist.Closing(false, r.Open, r.Reached), Halting: assist.Closing(true, r.Open, r.Reached),
		Numbers: assistNumbers(r), Charts: assistCharts(r.Tally), Stage: stage, Stages: assist.Stages, Hours: h.hoursOf(homeCalendar),
	}
	if v.Frame, err = h.assistFrame(c, r.Campaign.Title); err != nil {
		return err
	}
	if r.Next != "" {
		v.Follow = assistPath(r.Campaign) + "?" + url.Values{"stage": {string(stage)}, "after": {string(r.Next)}}.Encode()
	}
	return h.page(c, http.StatusOK, "assist/show", v)
}

// changeAssist does something with the campaign that the address names, and says what came of it on its page.
func (h *console) changeAssist(c echo.Context, said string, do func(assist.Campaign) error) error {
	in, err := h.assist(c)
	if err != nil {
		return err
	}
	if err := do(in); err != nil {
		return h.refused(c, assistPath(in), err)
	}
	return h.done(c, assistPath(in), said)
}

func (h *console) turnAssist(c echo.Context) error {
	to := assist.State(c.FormValue("to"))
	said := "活动开始了，学员在训练营页面能看到"
	if to == assist.Paused {
		said = "已暂停，立刻生效：不能发起，也不能助力，暂停的时间不计入时限；已经助力成功的价格照常有效"
	}
	return h.changeAssist(c, said, func(in assist.Campaign) error {
		_, err := h.Assists.Turn(c.Request().Context(), in.ID, to)
		return err
	})
}

func (h *console) endAssist(c echo.Context) error {
	stop := c.FormValue("stop") != ""
	said := "已结束，不再接受新的发起；正在进行的可以在各自时限内继续"
	if stop {
		said = "已停止，立刻生效；已经助力成功的价格照常有效"
	}
	return h.changeAssist(c, said, func(in assist.Campaign) error {
		_, err := h.Assists.Close(c.Request().Context(), in.ID, stop)
		return err
	})
}

func (h *console) revokeAssist(c echo.Context) error {
	return h.changeAssist(c, "这个助力已结束，学员会收到通知", func(in assist.Campaign) error {
		_, err := h.Assists.Revoke(c.Request().Context(), in.ID, c.FormValue("one"), line(c.FormValue("reason")))
		return err
	})
}

func (h *console) seeAssistSource(c echo.Context) error {
	return h.changeAssist(c, "已标为没有问题；再有新的账号参加时会再次提醒", func(in assist.Campaign) error {
		_, err := h.Assists.SeeSource(c.Request().Context(), in.ID, c.FormValue("source"))
		return err
	})
}

var assistStates = map[assist.State]label{
	assist.Draft: {"草稿", "secondary"}, assist.Active: {"进行中", "green"}, assist.Paused: {"已暂停", "yellow"}, assist.Ended: {"已结束", "secondary"},
}

var assistStages = map[assist.Stage]label{
	assist.Open: {"助力中", "azure"}, assist.Reached: {"助力成功", "blue"}, assist.Ordered: {"待付款", "yellow"}, assist.Used: {"已报名", "green"},
	assist.Expired: {"已结束", "secondary"},
}

var assistCauses = map[assist.Cause]string{
	assist.NotEnough: "没有集齐好友", assist.Unused: "没有在保留时间内报名", assist.Stopped: "活动被停止", assist.Revoked: "被机构结束", assist.Departed: "账号已注销",
}

func assistNumbers(r assist.Report) []figure {
	sum := r.Tally.Sum()
	return []figure{
		{"发起", fmt.Sprint(sum.Started), fmt.Sprintf("%d 个正在进行", r.Open)},
		{"好友助力", fmt.Sprint(r.Tally.Helps), "人次"},
		{"助力成功", fmt.Sprint(sum.Reached), "占发起的 " + percentOf(sum.Reached, sum.Started)},
		{"已下单", fmt.Sprint(sum.Ordered), fmt.Sprintf("其中 %d 个已付款", sum.Used)},
		{"带来订单金额", sum.Paid.String(), "学员实际支付"},
		{"扣除退款后", sum.Net().String(), "已退回 " + sum.Back.String()},
		{"一共优惠", sum.Took.String(), ""},
	}
}

func assistCharts(t assist.Tally) []chart {
	if len(t.Days) == 0 {
		return nil
	}
	c := chart{
		Title: "每天的发起、成功、下单和付款", Note: "几分钟内更新一次；取消和全额退款的订单不算。", Label: "日期",
		Series: []series{bar("发起"), bar("助力成功"), bar("下单"), bar("付款"), {Name: "订单金额", Kind: "line", Unit: " 元", Right: true}, {Name: "扣除退款后", Kind: "line", Unit: " 元", Right: true}},
	}
	for _, d := range t.Days {
		c.Rows = append(c.Rows, chartRow{d.Day.Chinese(), []chartCell{counted(d.Started), counted(d.Reached), counted(d.Ordered), counted(d.Used), yuan(d.Paid), yuan(d.Net())}})
	}
	return []chart{c}
}
