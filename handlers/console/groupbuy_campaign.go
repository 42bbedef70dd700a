package console

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/groupbuy"
)

type groupbuyView struct {
	Frame
	groupbuy.Watched
	Camp    string // its title
	Says    string
	Numbers []figure
	Charts  []chart
	Stage   groupbuy.Stage
	Stages  []groupbuy.Stage
	Hours   hours
	Until   string // the end, as it was typed
	Faults  Faults
	Follow  string
}

func (h *console) showGroupbuy(c echo.Context) error {
	return h.groupbuyPage(c, http.StatusOK, "", Faults{})
}

func (h *console) groupbuyPage(c echo.Context, status int, until string, wrong Faults) error {
	ctx, stage := c.Request().Context(), groupbuy.Stage(c.QueryParam("stage"))
	w, err := h.Groupbuys.Watch(ctx, c.Param("groupbuy"), stage, after(c, 30))
	if err == nil && w.Organiser != c.Param("organiser") {
		err = fmt.Errorf("campaign %s: %w", w.ID, domain.ErrNotFound)
	}
	if err != nil {
		return err
	}
	v := &groupbuyView{
		Watched: w, Says: w.Terms.Sentence(), Numbers: groupbuyNumbers(w.Tally), Charts: groupbuyCharts(w.Days), Stage: stage, Stages: groupbuy.Stages,
		Hours: h.hoursOf(homeCalendar), Until: until, Faults: wrong,
	}
	if until == "" {
		v.Until = typedMinute(w.EndsAt)
	}
	if v.Frame, err = h.groupbuyFrame(c, w.Campaign.Title); err != nil {
		return err
	}
	titles, err := h.Camps.Titles(ctx, []string{w.Campaign.Camp})
	if err != nil {
		return err
	}
	v.Camp = titles[w.Campaign.Camp]
	if w.Next != "" {
		v.Follow = groupbuyPath(w.Campaign) + "?" + url.Values{"stage": {string(stage)}, "after": {string(w.Next)}}.Encode()
	}
	return h.page(c, status, "groupbuy/show", v)
}

func (h *console) turnGroupbuy(c echo.Context) error {
	in, err := h.groupbuy(c)
	if err != nil {
		return err
	}
	if in, err = h.Groupbuys.Turn(c.Request().Context(), in.ID, groupbuy.State(c.FormValue("to"))); err != nil {
		return h.refused(c, groupbuysPath(c.Param("organiser"))+"/"+c.Param("groupbuy"), err)
	}
	said := map[groupbuy.State]string{
		groupbuy.Active: "拼团开始了，学员在训练营页面能看到", groupbuy.Paused: "已暂停，立刻生效：不能再开团和参团；已经占了席位的人照常付款，拼满照常成团",
	}
	return h.done(c, groupbuyPath(in), said[in.State])
}

func (h *console) extendGroupbuy(c echo.Context) error {
	in, err := h.groupbuy(c)
	if err != nil {
		return err
	}
	until := c.FormValue("ends_at")
	if in, err = h.Groupbuys.Extend(c.Request().Context(), in.ID, minute(until)); err != nil {
		wrong, status, err := faults(err, "ends_at")
		if err != nil {
			return err
		}
		return h.groupbuyPage(c, status, until, wrong)
	}
	return h.done(c, groupbuyPath(in), "已延长；正在拼的团仍按各自原来的时限")
}

func (h *console) endGroupbuy(c echo.Context) error {
	in, err := h.groupbuy(c)
	if err != nil {
		return err
	}
	stop := c.FormValue("stop") != ""
	told := groupbuy.Effect{Groups: number(c.FormValue("groups")), Paid: number(c.FormValue("paid")), Reserved: number(c.FormValue("reserved"))}
	if in, err = h.Groupbuys.Close(c.Request().Context(), in.ID, stop, told); err != nil {
		return h.refused(c, groupbuysPath(c.Param("organiser"))+"/"+c.Param("groupbuy"), err)
	}
	said := "已结束，不再开新团；正在拼的团可以在各自时限内拼满"
	if stop {
		said = "已结束；正在拼的团全部失败，款项原路退回"
	}
	return h.done(c, groupbuyPath(in), said)
}

func (h *console) seeGroupbuySource(c echo.Context) error {
	in, err := h.groupbuy(c)
	if err != nil {
		return err
	}
	if _, err := h.Groupbuys.SeeSource(c.Request().Context(), in.ID, c.FormValue("source")); err != nil {
		return h.refused(c, groupbuyPath(in), err)
	}
	return h.done(c, groupbuyPath(in), "已标为没有问题；再有新的账号参团时会再次提醒")
}

var groupbuyStates = map[groupbuy.State]label{
	groupbuy.Draft: {"草稿", "secondary"}, groupbuy.Active: {"进行中", "green"}, groupbuy.Paused: {"已暂停", "yellow"}, groupbuy.Ended: {"已结束", "secondary"},
}

var groupStages = map[groupbuy.Stage]label{
	groupbuy.Forming: {"正在拼", "azure"}, groupbuy.Succeeded: {"已成团", "green"}, groupbuy.Failed: {"未成团", "secondary"},
}

var seatStates = map[groupbuy.SeatState]label{
	groupbuy.Reserved: {"待付款", "secondary"}, groupbuy.Paid: {"已付款", "azure"}, groupbuy.Confirmed: {"已入营", "green"}, groupbuy.Released: {"没有付款", "secondary"},
	groupbuy.Refunding: {"退款中", "orange"}, groupbuy.Refunded: {"已退款", "secondary"},
}

var groupCauses = map[groupbuy.Cause]string{
	groupbuy.Expired: "没有在时限内拼满", groupbuy.Empty: "所有人都退出了", groupbuy.Stopped: "活动被提前结束",
}

func groupbuyNumbers(t groupbuy.Tally) []figure {
	full, over := t.Groups[groupbuy.Succeeded], t.Groups[groupbuy.Succeeded]+t.Groups[groupbuy.Failed]
	return []figure{
		{"开团", fmt.Sprint(t.All()), fmt.Sprintf("%d 个正在拼", t.Groups[groupbuy.Forming])},
		{"成团", fmt.Sprint(full), "占已结束的 " + percentOf(full, over)},
		{"拼团入营", fmt.Sprint(t.Confirmed), fmt.Sprintf("另有 %d 人已付款，等待成团", t.Paid)},
		{"退款", fmt.Sprint(t.Refunding + t.Refunded), fmt.Sprintf("%d 人正在退款", t.Refunding)},
	}
}

func groupbuyCharts(days []groupbuy.DayTally) []chart {
	if len(days) == 0 {
		return nil
	}
	c := chart{
		Title: "每天开的团，后来怎样", Note: "按开团的日子算。", Label: "开团日期",
		Series: []series{{Name: "已成团", Kind: "bar", Stack: "groups"}, {Name: "正在拼", Kind: "bar", Stack: "groups"}, {Name: "未成团", Kind: "bar", Stack: "groups", Faint: true}},
	}
	for _, d := range days {
		c.Rows = append(c.Rows, chartRow{d.Day.Chinese(), []chartCell{counted(d.Groups[groupbuy.Succeeded]), counted(d.Groups[groupbuy.Forming]), counted(d.Groups[groupbuy.Failed])}})
	}
	return []chart{c}
}
