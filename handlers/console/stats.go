package console

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/organiser"
	"yingdi/domain/stats"
)

// span is the range of days that a page of numbers shows, and the ranges that one tap chooses.
type span struct {
	Base     string // address of the page
	From, To domain.Day
	Picks    []pick
	Faults   Faults
}

type pick struct {
	Name, Path string
	On         bool
}

// spanOf offers the last days up to today, and whatever usual stands for.
func spanOf(c echo.Context, base string, r stats.Range, today domain.Day, usual string) span {
	s := span{Base: base, From: r.From, To: r.To}
	asked := c.QueryParam("from") + c.QueryParam("to")
	for _, days := range []int{7, 14, 30} {
		from := today.Add(1 - days)
		q := url.Values{"from": {string(from)}, "to": {string(today)}}
		s.Picks = append(s.Picks, pick{fmt.Sprintf("近 %d 天", days), base + "?" + q.Encode(), asked != "" && r.From == from && r.To == today})
	}
	s.Picks = append(s.Picks, pick{usual, base, asked == ""})
	return s
}

type statsView struct {
	campFrame
	Span      span
	Numbers   []figure
	CountedAt time.Time
	Charts    []chart
	Fresh     bool // nothing was counted yet
}

// figure is one number with its name.
type figure struct{ Name, Value, Note string }

func rangeOf(c echo.Context) stats.Range {
	return stats.Range{From: domain.Day(c.QueryParam("from")), To: domain.Day(c.QueryParam("to"))}
}

func (h *console) showStats(c echo.Context) error {
	ctx, id := c.Request().Context(), c.Param("camp")
	status, wrong := http.StatusOK, Faults{}
	view, err := h.Stats.OfCamp(ctx, id, rangeOf(c))
	if err != nil {
		if wrong, status, err = faults(err, "from", "to"); err == nil {
			view, err = h.Stats.OfCamp(ctx, id, stats.Range{})
		}
	}
	if err != nil {
		return err
	}
	v := &statsView{campFrame: h.campFrame(c, view.Camp, tabStats), CountedAt: view.CountedAt, Fresh: view.CountedAt.IsZero()}
	v.Title = "数据"
	v.Span = spanOf(c, campPath(id)+"/stats", view.Range, view.Camp.Calendar.Day(h.now()), "全程")
	v.Span.Faults = wrong
	v.Numbers, v.Charts = campNumbers(view), campCharts(view)
	return h.page(c, status, "stats/camp", v)
}

func (h *console) recountStats(c echo.Context) error {
	to := campPath(c.Param("camp")) + "/stats"
	if err := h.Stats.Again(c.Request().Context(), c.Param("camp")); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "正在重新统计，一两分钟后刷新就能看到")
}

func campNumbers(v stats.View) []figure {
	if inCourse(v.Camp) {
		return append(courseNumbers(v), moneyNumbers(v.Total, v.MayMoney)...)
	}
	list := []figure{
		{"在营学员", fmt.Sprint(v.Count.Learners), ""},
		{"完成率", percentOf(v.Total.Done, v.Total.Due), fmt.Sprintf("应打卡 %d 人次，完成 %d", v.Total.Due, v.Total.Done)},
		{"补卡", fmt.Sprint(v.Total.MadeUp), "人次"},
		{"点评", fmt.Sprint(v.Total.Reviewed), "条"},
	}
	return append(list, moneyNumbers(v.Total, v.MayMoney)...)
}

func courseNumbers(v stats.View) []figure {
	begun, risk := 0, 0
	if len(v.Count.Completion) > 0 {
		begun = v.Count.Learners - v.Count.Completion[0]
	}
	if n := len(v.Rows); n > 0 {
		risk = v.Rows[n-1].AtRisk
	}
	return []figure{
		{"在学学员", fmt.Sprint(v.Count.Learners), fmt.Sprintf("%d 人完成过至少一关", begun)},
		{"完成整门课", fmt.Sprint(v.Count.Finished), percentOf(v.Count.Finished, v.Count.Learners)},
		{"需关注", fmt.Sprint(risk), "人，按所选时间的最后一天"},
		{"点评", fmt.Sprint(v.Total.Reviewed), "条"},
	}
}

func moneyNumbers(t stats.Total, may bool) []figure {
	if !may || t.Received == 0 && t.Returned == 0 {
		return nil
	}
	return []figure{{"净收入", t.Held().String(), fmt.Sprintf("收款 %s，退款 %s", t.Received, t.Returned)}}
}

func percentOf(part, of int) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%d%%", (part*200+of)/(2*of))
}

type houseStatsView struct {
	Frame
	Organiser organiser.Organiser
	Span      span
	Numbers   []figure
	Charts    []chart
	Camps     []stats.CampTotal
	Partial   bool
	MayMoney  bool
}

func (h *console) showHouseStats(c echo.Context) error {
	ctx, id := c.Request().Context(), c.Param("organiser")
	status, wrong := http.StatusOK, Faults{}
	house, err := h.Stats.OfOrganiser(ctx, id, rangeOf(c))
	if err != nil {
		if wrong, status, err = faults(err, "from", "to"); err == nil {
			house, err = h.Stats.OfOrganiser(ctx, id, stats.Range{})
		}
	}
	if err != nil {
		return err
	}
	v := &houseStatsView{Organiser: house.Organiser, Camps: house.Camps, Partial: house.Partial, MayMoney: house.MayMoney}
	v.Frame = Frame{Title: "数据", Section: sectionOrganisers, Crumbs: []Crumb{{"机构", Root + "/organisers"}, {house.Organiser.Name, organiserPath(id)}}}
	v.Span = spanOf(c, organiserPath(id)+"/stats", house.Range, homeCalendar.Day(h.now()), "最近")
	v.Span.Picks, v.Span.Faults = v.Span.Picks[:3], wrong
	v.Numbers = append([]figure{
		{"新报名", fmt.Sprint(house.Total.Joined), fmt.Sprintf("退出 %d", house.Total.Left)},
		{"完成率", percentOf(house.Total.Done, house.Total.Due), fmt.Sprintf("应打卡 %d 人次，完成 %d", house.Total.Due, house.Total.Done)},
		{"点评", fmt.Sprint(house.Total.Reviewed), "条"},
	}, moneyNumbers(house.Total, house.MayMoney)...)
	v.Charts = houseCharts(house)
	return h.page(c, status, "stats/organiser", v)
}
