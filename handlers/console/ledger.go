package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/bill"
	"yingdi/domain/ledger"
	"yingdi/domain/member"
	"yingdi/domain/order"
	"yingdi/domain/organiser"
)

const moneyPath = Root + "/money"

type moneyView struct {
	Frame
	Houses   []organiser.Organiser // whose money the acting person may see, the first of them
	Sections []moneySection
	Only     ledger.Source
	Days     []bill.Day // of WeChat's bills, for those who see all money
	Titles   map[string]string
	People   map[string]member.Card
	Hours    hours
}

type moneySection struct {
	ledger.Section
	Follow string
}

func (h *console) showMoney(c echo.Context) error {
	ctx := c.Request().Context()
	only := ledger.Source(c.QueryParam("source"))
	if _, known := sourceNames[only]; !known {
		only = ""
	}
	page := domain.Cursor("")
	if only != "" {
		page = domain.Cursor(c.QueryParam("after"))
	}
	list, err := h.Ledger.Desk(ctx, only, page)
	if err != nil {
		return err
	}
	v := &moneyView{Frame: Frame{Title: "需要人处理的钱", Section: sectionMoney}, Only: only, Hours: h.hoursOf(homeCalendar)}
	var camps, people []string
	for _, s := range list {
		shown := moneySection{Section: s}
		if s.Next != "" {
			shown.Follow = moneyPath + "?" + url.Values{"source": {string(s.Source)}, "after": {string(s.Next)}}.Encode()
		}
		v.Sections = append(v.Sections, shown)
		for _, m := range s.Matters {
			if m.Camp != "" {
				camps = append(camps, m.Camp)
			}
			if m.Member != "" {
				people = append(people, m.Member)
			}
			for _, chapter := range m.Story {
				if chapter.By != "" {
					people = append(people, chapter.By)
				}
			}
		}
	}
	if v.Houses, err = h.moneyHouses(ctx); err != nil {
		return err
	}
	if v.Titles, err = h.Camps.Titles(ctx, camps); err != nil {
		return err
	}
	if v.People, err = h.Members.Cards(ctx, people); err != nil {
		return err
	}
	if _, all := domain.ActorFrom(ctx).Within(domain.RightMoney, domain.ScopePlatform); all {
		if v.Days, _, err = h.Bills.History(ctx, domain.Page{Limit: 14}); err != nil {
			return err
		}
	}
	return h.page(c, http.StatusOK, "ledger/desk", v)
}

// moneyHouses are the organisers whose money the acting person may see, at most a page of them.
func (h *console) moneyHouses(ctx context.Context) ([]organiser.Organiser, error) {
	list, _, err := h.Organisers.Mine(ctx, domain.Page{Limit: domain.MaxPage})
	actor := domain.ActorFrom(ctx)
	return slices.DeleteFunc(list, func(o organiser.Organiser) bool {
		return !actor.Has(domain.RightMoney, domain.Place{Organiser: o.ID})
	}), err
}

func (h *console) decideMoney(c echo.Context) error {
	d := ledger.Decision{
		Source: ledger.Source(c.FormValue("source")), ID: c.FormValue("id"), At: number(c.FormValue("at")), Number: c.FormValue("number"),
		Again: c.FormValue("do") == "again", Ruling: ledger.Ruling(c.FormValue("do")), Outcome: line(c.FormValue("outcome")),
	}
	if d.Source != ledger.Died && !domain.ValidID(d.ID) {
		return domain.ErrNotFound
	}
	if err := h.Ledger.Decide(c.Request().Context(), d); err != nil {
		return h.refused(c, moneyPath, err)
	}
	if d.Ruling == ledger.Unpaid {
		return h.done(c, moneyPath, "已记录没有付过；确认要付时再重新发起，会用新的单号")
	}
	if d.Again {
		return h.done(c, moneyPath, "已重新发起，仍用原来的单号，不会重复付款")
	}
	return h.done(c, moneyPath, "已记录你的处理结果")
}

var sourceNames = map[ledger.Source]label{
	ledger.Troubled: {"退款和收款异常", "red"}, ledger.Late: {"迟迟没有到账的退款", "orange"}, ledger.Payout: {"没有付成或没人领取的转账", "orange"},
	ledger.Asked: {"等你处理的提现", "orange"}, ledger.Halted: {"等你确认的奖学金池", "orange"}, ledger.Helpless: {"系统发不出去的奖学金", "red"},
	ledger.Stuck: {"没有结清的团", "orange"}, ledger.Different: {"与微信账单的差异", "orange"}, ledger.Died: {"失败的后台任务", "red"},
}

var billStates = map[bill.State]label{
	bill.Waiting: {"等待账单", "azure"}, bill.Matched: {"已核对", "green"}, bill.Absent: {"没有取到", "red"},
}

type ledgerView struct {
	campFrame
	Sums    ledger.Sums
	Numbers []figure
	Charts  []chart
	Orders  []orderRow
	Flow    order.Flow
	Flows   []order.Flow
	Follow  string
}

func ledgerPath(camp string) string { return campPath(camp) + "/ledger" }

func (h *console) showLedger(c echo.Context) error {
	ctx := c.Request().Context()
	flow := order.Flow(c.QueryParam("flow"))
	if _, known := flowNames[flow]; !known {
		flow = ""
	}
	of, next, err := h.Ledger.OfCamp(ctx, c.Param("camp"), flow, after(c, 20))
	if err != nil {
		return err
	}
	v := &ledgerView{campFrame: h.campFrame(c, of.Camp, tabMoney), Sums: of.Sums, Flow: flow, Flows: order.Flows}
	v.Title, v.Sub = "资金账", subLedger
	v.Numbers, v.Charts = sumNumbers(of.Sums), sumCharts([]ledger.CampSums{{Title: of.Camp.Title, Sums: of.Sums}})
	if v.Orders, err = h.orderRows(c, of.Orders); err != nil {
		return err
	}
	if next != "" {
		v.Follow = ledgerPath(of.Camp.ID) + "?" + url.Values{"after": {string(next)}, "flow": {string(flow)}}.Encode()
	}
	return h.page(c, http.StatusOK, "ledger/camp", v)
}

type houseLedgerView struct {
	Frame
	Organiser string
	Camps     []ledger.CampSums
	Numbers   []figure
	Charts    []chart
}

func (h *console) showHouseLedger(c echo.Context) error {
	ctx, id := c.Request().Context(), c.Param("organiser")
	list, total, err := h.Ledger.OfOrganiser(ctx, id)
	if err != nil {
		return err
	}
	v := &houseLedgerView{Organiser: id, Camps: list, Numbers: sumNumbers(total), Charts: sumCharts(list)}
	if v.Frame, err = h.houseFrame(c, "资金账"); err != nil {
		return err
	}
	return h.page(c, http.StatusOK, "ledger/organiser", v)
}

// houseFrame is around a page about an organiser's money. The way there is through the organiser's own page only for those
// who may open it.
func (h *console) houseFrame(c echo.Context, title string, more ...Crumb) (Frame, error) {
	ctx, id := c.Request().Context(), c.Param("organiser")
	names, err := h.Organisers.Names(ctx, []string{id})
	f := Frame{Title: names[id] + " · " + title, Section: sectionMoney, Crumbs: append([]Crumb{{"资金", moneyPath}}, more...)}
	if domain.ActorFrom(ctx).Has(domain.RightStaff, domain.Place{Organiser: id}) {
		f.Title, f.Section = title, sectionOrganisers
		f.Crumbs = append([]Crumb{{"机构", Root + "/organisers"}, {names[id], organiserPath(id)}}, more...)
	}
	return f, err
}

func sumNumbers(s ledger.Sums) []figure {
	return []figure{
		{"收到", s.In.String(), ""}, {"已退回", s.Back.String(), ""}, {"退款途中", s.Underway.String(), ""},
		{"现在持有", s.Held().String(), "学费 " + s.Tuition().String() + "，奖学金池 " + s.Part.String()},
		{"推广佣金", s.Promoted.String(), "从学费里付给推广员，扣除后剩 " + s.Income().String()},
	}
}

// sumCharts shows where each camp's money is: the parts of a bar add up to what came.
func sumCharts(list []ledger.CampSums) []chart {
	c := chart{Title: "收到的钱现在在哪里", Note: "每一条加起来就是收到的总额，单位元。", Label: "训练营", Series: []series{
		{Name: "学费（扣除佣金）", Kind: "bar", Stack: "money"}, {Name: "推广佣金", Kind: "bar", Stack: "money"}, {Name: "奖学金池", Kind: "bar", Stack: "money"}, {Name: "退款途中", Kind: "bar", Stack: "money"},
		{Name: "已退回", Kind: "bar", Stack: "money", Faint: true},
	}}
	for _, l := range list {
		if l.In > 0 {
			c.Rows = append(c.Rows, chartRow{l.Title, []chartCell{yuan(l.Income()), yuan(l.Promoted), yuan(l.Part), yuan(l.Underway), yuan(l.Back)}})
		}
	}
	if len(c.Rows) == 0 {
		return nil
	}
	return []chart{c}
}

var flowNames = map[order.Flow]string{order.FlowKept: "收到未退", order.FlowBack: "有退款", order.FlowNone: "没有付款"}
