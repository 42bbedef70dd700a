package console

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/channel"
)

// spendForm is what was paid for a channel, as it was typed.
type spendForm struct {
	Key    string `form:"key"`
	Day    string `form:"day"`
	Amount string `form:"amount"`
	Note   string `form:"note"`
}

// spendRow is an entry with the names of those who made it.
type spendRow struct {
	channel.Spend
	Who, VoidWho string
}

type channelView struct {
	Frame
	channelDays
	Channel channel.Channel
	Numbers []figure
	Charts  []chart
	Total   domain.Fen // spent at all
	Spends  []spendRow
	Spend   spendForm
	Camps   []campChoice
	Home    string // where the channel's own code leads, if to a camp
	To      string // the camp that the shown code leads to, if not there
	Address string
	Poster  bool
	Faults  Faults
	Hours   hours
}

func (h *console) showChannel(c echo.Context) error {
	return h.channel(c, http.StatusOK, spendForm{}, Faults{})
}

func (h *console) channel(c echo.Context, status int, spend spendForm, wrong Faults) error {
	ctx := c.Request().Context()
	ch, err := h.channelOf(c)
	if err != nil {
		return err
	}
	r, days := channelRange(c), Faults{}
	page, err := h.Channels.Show(ctx, ch.ID, r)
	if err != nil {
		if days, status, err = faults(err, "from", "to"); err == nil {
			page, err = h.Channels.Show(ctx, ch.ID, channel.Range{First: r.First})
		}
	}
	if err != nil {
		return err
	}
	v := &channelView{
		Channel: ch, Numbers: channelNumbers(page.Row), Charts: channelCharts(page), Total: ch.Spent("", ""), Spend: spend, Faults: wrong,
		Hours: h.hoursOf(homeCalendar), To: c.QueryParam("camp"),
	}
	if v.Frame, err = h.channelFrame(c, ch.Name); err != nil {
		return err
	}
	v.channelDays = h.channelDays(c, channelPath(ch), page.Range, days)
	if v.Spend.Key == "" {
		v.Spend = spendForm{Key: h.Channels.IDs.New(), Day: string(homeCalendar.Day(h.now()))}
	}
	if v.Camps, err = h.campsToLead(c, v.To); err != nil {
		return err
	}
	if ch.Camp != "" {
		titles, err := h.Camps.Titles(ctx, []string{ch.Camp})
		if err != nil {
			return err
		}
		v.Home = titles[ch.Camp]
	}
	if v.Address, v.Poster, err = h.addressOf(c, ch, v.To); err != nil {
		return err
	}
	if v.Spends, err = h.spendRows(c, ch); err != nil {
		return err
	}
	return h.page(c, status, "channel/show", v)
}

// spendRows are the entries, the newest first.
func (h *console) spendRows(c echo.Context, ch channel.Channel) ([]spendRow, error) {
	var ids []string
	for _, s := range ch.Spends {
		ids = append(ids, s.By)
		if s.VoidBy != "" {
			ids = append(ids, s.VoidBy)
		}
	}
	slices.Sort(ids)
	people, err := h.Members.Cards(c.Request().Context(), slices.Compact(ids))
	rows := make([]spendRow, 0, len(ch.Spends))
	for _, s := range slices.Backward(ch.Spends) {
		rows = append(rows, spendRow{s, people[s.By].Nickname, people[s.VoidBy].Nickname})
	}
	return rows, err
}

func channelNumbers(r channel.Row) []figure {
	times := channelRow{r}.Times()
	return []figure{
		{"访问", fmt.Sprint(r.Visits), "每人每天算一次"},
		{"新认识", fmt.Sprint(r.Registered), "第一次来到本机构的人"},
		{"报名", fmt.Sprint(r.Enrolled), fmt.Sprintf("完成 %d", r.Completed)},
		{"付款", fmt.Sprint(r.Paid), fmt.Sprintf("之后又付款的 %d 人", r.Again)},
		{"净收入", r.Net().String(), fmt.Sprintf("收款 %s，退款 %s", r.Received, r.Returned)},
		{"花费", r.Spent.String(), "每花 1 元带来净收入 " + times + " 元"},
	}
}

func channelCharts(p channel.Page) []chart {
	people := chart{
		Title: "每天的人", Note: "几分钟内更新一次。", Label: "日期",
		Series: []series{bar("访问"), bar("新认识"), bar("报名"), bar("付款"), bar("完成"), bar("复购")},
	}
	money := chart{Title: "每天的钱", Note: "收款和退款各算在到账的那一天。", Label: "日期", Series: []series{
		{Name: "收款", Kind: "bar", Unit: " 元"}, {Name: "退款", Kind: "bar", Unit: " 元"}, {Name: "花费", Kind: "line", Unit: " 元"},
	}}
	for _, d := range p.Days {
		label := d.Day.Chinese()
		people.Rows = append(people.Rows, chartRow{label, []chartCell{
			counted(d.Visits), counted(d.Registered), counted(d.Enrolled), counted(d.Paid), counted(d.Completed), counted(d.Again),
		}})
		money.Rows = append(money.Rows, chartRow{label, []chartCell{yuan(d.Received), yuan(d.Returned), yuan(p.Channel.Spent(d.Day, d.Day))}})
	}
	if p.Row.Day == (channel.Day{}) && p.Spent == 0 {
		return nil
	}
	return []chart{people, money}
}

func (h *console) spendChannel(c echo.Context) error {
	var f spendForm
	if err := bind(c, &f); err != nil {
		return err
	}
	ch, err := h.channelOf(c)
	if err != nil {
		return err
	}
	_, err = h.Channels.Spend(c.Request().Context(), ch.ID, channel.SpendForm{
		Key: f.Key, Day: domain.Day(f.Day), Amount: amount(line(f.Amount)), Note: line(f.Note),
	})
	if err != nil {
		wrong, status, err := faults(err, "day", "amount", "note")
		if err != nil {
			return err
		}
		return h.channel(c, status, f, wrong)
	}
	return h.done(c, channelPath(ch), "已记下")
}

func (h *console) voidSpend(c echo.Context) error {
	ch, err := h.channelOf(c)
	if err != nil {
		return err
	}
	if _, err = h.Channels.Void(c.Request().Context(), ch.ID, c.Param("spend"), line(c.FormValue("why"))); err != nil {
		return h.refused(c, channelPath(ch), err)
	}
	return h.done(c, channelPath(ch), "已作废，记录保留")
}
