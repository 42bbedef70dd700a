package console

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/member"
	"yingdi/domain/referral"
)

func referralPath(organiser string) string { return organiserPath(organiser) + "/referral" }

// referralFrame is what the pages of an organiser's referral share.
func (h *console) referralFrame(c echo.Context, title string) (Frame, error) {
	id := c.Param("organiser")
	names, err := h.Organisers.Names(c.Request().Context(), []string{id})
	crumbs := []Crumb{{"活动", Root + "/campaigns"}, {names[id] + "的推广", referralPath(id)}}
	return Frame{Title: title, Section: sectionCampaigns, Crumbs: crumbs}, err
}

type referralView struct {
	Frame
	referral.Overview
	Numbers []figure
	Charts  []chart
	TieRule string
	Hours   hours
	Follow  string
}

func (h *console) showReferral(c echo.Context) error {
	o, err := h.Referrals.Overview(c.Request().Context(), c.Param("organiser"), after(c, 30))
	if err != nil {
		return err
	}
	v := &referralView{Overview: o, Numbers: referralNumbers(o), Charts: referralCharts(o), TieRule: referral.TieRule, Hours: h.hoursOf(homeCalendar)}
	if v.Frame, err = h.referralFrame(c, "推广"); err != nil {
		return err
	}
	v.Crumbs = v.Crumbs[:1]
	if o.Next != "" {
		v.Follow = referralPath(o.Organiser) + "?after=" + url.QueryEscape(string(o.Next))
	}
	return h.page(c, http.StatusOK, "referral/show", v)
}

func referralNumbers(o referral.Overview) []figure {
	sum := o.Tally.Sum()
	return []figure{
		{"推广带来的学费", sum.Base.String(), fmt.Sprintf("%d 个订单", sum.Orders)},
		{"佣金净额", o.Sums.Earned().String(), "已扣除撤回"},
		{"冻结中", o.Sums.Frozen.String(), "退款期后可提现"},
		{"可提现", o.Sums.Available.String(), "在推广员钱包里"},
		{"已提现", o.Sums.Withdrawn.String(), "已付到微信零钱"},
		{"已撤回", o.Sums.Reversed.String(), "随退款，或被撤销"},
	}
}

func referralCharts(o referral.Overview) []chart {
	c := chart{
		Title: "每天的推广订单和佣金", Note: "按付款日期，几分钟内更新一次；随退款撤回的佣金不计入。", Label: "日期",
		Series: []series{bar("订单"), {Name: "学费", Kind: "line", Unit: " 元", Right: true}, {Name: "佣金", Kind: "line", Unit: " 元", Right: true}},
	}
	for _, d := range o.Tally.Days {
		c.Rows = append(c.Rows, chartRow{d.Day.Chinese(), []chartCell{counted(d.Orders), yuan(d.Base), yuan(d.Net)}})
	}
	if len(c.Rows) == 0 {
		return nil
	}
	return []chart{c}
}

// referralForm is a plan as it was typed.
type referralForm struct {
	Camp       string `form:"camp"`
	Version    string `form:"version"`
	Rate1      string `form:"rate1"`
	Rate2      string `form:"rate2"`
	BindDays   string `form:"bind_days"`
	FreezeDays string `form:"freeze_days"`
	PerNetwork string `form:"per_network"`
	PerDevice  string `form:"per_device"`
	Do         string `form:"do"`
}

var referralFields = []string{"camp", "rates", "rates[]", "bind_days", "freeze_days", "per_network", "per_device"}

// rate reads a percentage with at most two decimals.
func rate(typed string) int { return int(amount(line(typed))) }

func (f referralForm) terms() referral.Terms {
	t := referral.Terms{
		Rates: []int{rate(f.Rate1)}, BindDays: number(f.BindDays), FreezeDays: number(f.FreezeDays), PerNetwork: number(f.PerNetwork), PerDevice: number(f.PerDevice),
	}
	if line(f.Rate2) != "" {
		t.Rates = append(t.Rates, rate(f.Rate2))
	}
	return t
}

func referralTyped(p referral.Plan) referralForm {
	f := referralForm{
		Camp: p.Camp, Version: strconv.Itoa(p.Version), BindDays: strconv.Itoa(p.Terms.BindDays), FreezeDays: strconv.Itoa(p.Terms.FreezeDays),
		PerNetwork: strconv.Itoa(p.Terms.PerNetwork), PerDevice: strconv.Itoa(p.Terms.PerDevice), Rate1: domain.Fen(p.Terms.Rates[0]).Yuan(),
	}
	if len(p.Terms.Rates) > 1 {
		f.Rate2 = domain.Fen(p.Terms.Rates[1]).Yuan()
	}
	return f
}

type referralPlanView struct {
	Frame
	Organiser string
	Form      referralForm
	Camps     []campChoice // that a new plan can be for
	Says      string       // what it promises, in words; empty while it cannot be said
	MaxRate   string
	Faults    Faults
}

func (h *console) showReferralPlan(c echo.Context) error {
	f := referralForm{BindDays: "30", FreezeDays: "7", PerNetwork: "30", PerDevice: "3"}
	if c.QueryParam("version") != "" {
		p, err := h.Referrals.PlanFor(c.Request().Context(), c.Param("organiser"), c.QueryParam("camp"))
		if err != nil {
			return err
		}
		f = referralTyped(p)
	}
	return h.referralPlan(c, http.StatusOK, f, Faults{})
}

func (h *console) referralPlan(c echo.Context, status int, f referralForm, wrong Faults) error {
	ctx, id := c.Request().Context(), c.Param("organiser")
	if err := domain.ActorFrom(ctx).Must(domain.RightCampaign, domain.Place{Organiser: id}); err != nil {
		return err
	}
	title := "新建推广方案"
	if f.Version != "" {
		title = "修改推广方案"
	}
	v := &referralPlanView{Organiser: id, Form: f, MaxRate: referral.Percent(referral.MaxRate), Faults: wrong}
	var err error
	if v.Frame, err = h.referralFrame(c, title); err != nil {
		return err
	}
	camps, _, err := h.Camps.OfOrganiser(ctx, id, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return err
	}
	for _, in := range camps {
		if on := f.Camp == in.ID; on || f.Version == "" && in.State != camp.Closed && in.Archived.IsZero() {
			v.Camps = append(v.Camps, campChoice{in, on})
		}
	}
	if t := f.terms(); t.Check() == nil {
		v.Says = t.Sentence()
	}
	return h.page(c, status, "referral/plan", v)
}

func (h *console) saveReferralPlan(c echo.Context) error {
	var f referralForm
	if err := bind(c, &f); err != nil {
		return err
	}
	if f.Do == "preview" {
		wrong := Faults{}
		if err := f.terms().Check(); err != nil {
			wrong, _, _ = faults(err, referralFields...)
		}
		return h.referralPlan(c, http.StatusOK, f, wrong)
	}
	version := 0
	if f.Version != "" {
		version = number(f.Version)
	}
	p, err := h.Referrals.Save(c.Request().Context(), c.Param("organiser"), f.Camp, version, f.terms())
	if err != nil {
		wrong, status, err := faults(err, referralFields...)
		if err != nil {
			return err
		}
		return h.referralPlan(c, status, f, wrong)
	}
	return h.done(c, referralPath(p.Organiser), "已保存")
}

func (h *console) turnReferralPlan(c echo.Context) error {
	to, organiser := referral.State(c.FormValue("to")), c.Param("organiser")
	if _, err := h.Referrals.Turn(c.Request().Context(), organiser, c.FormValue("camp"), to); err != nil {
		return h.refused(c, referralPath(organiser), err)
	}
	if to == referral.Stopped {
		return h.done(c, referralPath(organiser), "推广已经停止：从现在起新订单不再产生佣金，之前答应的照常结算")
	}
	return h.done(c, referralPath(organiser), "推广开始了")
}

func (h *console) barPromoter(c echo.Context) error {
	organiser, barred := c.Param("organiser"), c.FormValue("do") == "bar"
	if _, err := h.Referrals.Bar(c.Request().Context(), organiser, c.FormValue("promoter"), barred, line(c.FormValue("reason"))); err != nil {
		return h.refused(c, referralPath(organiser), err)
	}
	if barred {
		return h.done(c, referralPath(organiser), "已停用：新订单不再给这位推广员佣金，之前答应的照常结算")
	}
	return h.done(c, referralPath(organiser), "已恢复推广资格")
}

func (h *console) seeReferralSource(c echo.Context) error {
	organiser := c.Param("organiser")
	if _, err := h.Referrals.SeeSource(c.Request().Context(), organiser, c.FormValue("source")); err != nil {
		return h.refused(c, referralPath(organiser), err)
	}
	return h.done(c, referralPath(organiser), "已标为没有问题；再有新的绑定时会再次提醒")
}

type commissionsView struct {
	Frame
	Organiser string
	Promoter  string
	Stage     referral.Stage
	Stages    []referral.Stage
	List      []referral.Commission
	Titles    map[string]string
	People    map[string]member.Card
	MayVoid   bool
	Hours     hours
	Base      string
	Follow    string
}

func (h *console) listCommissions(c echo.Context) error {
	ctx, organiser := c.Request().Context(), c.Param("organiser")
	v := &commissionsView{Organiser: organiser, Stages: referral.Stages, Hours: h.hoursOf(homeCalendar), Base: referralPath(organiser) + "/commissions"}
	if stage := referral.Stage(c.QueryParam("stage")); slices.Contains(referral.Stages, stage) {
		v.Stage = stage
	}
	if p := c.QueryParam("promoter"); domain.ValidID(p) {
		v.Promoter = p
	}
	var next domain.Cursor
	var err error
	if v.List, v.People, next, err = h.Referrals.CommissionsOf(ctx, organiser, v.Promoter, v.Stage, after(c, 30)); err != nil {
		return err
	}
	title := "佣金明细"
	if who := v.People[v.Promoter].Nickname; who != "" {
		title = who + "的佣金"
	}
	if v.Frame, err = h.referralFrame(c, title); err != nil {
		return err
	}
	var camps []string
	for _, k := range v.List {
		camps = append(camps, k.Camp)
	}
	if v.Titles, err = h.Camps.Titles(ctx, camps); err != nil {
		return err
	}
	v.MayVoid = domain.ActorFrom(ctx).Has(domain.RightMoney, domain.Place{Organiser: organiser})
	if next != "" {
		v.Follow = v.Base + "?" + url.Values{"stage": {string(v.Stage)}, "promoter": {v.Promoter}, "after": {string(next)}}.Encode()
	}
	return h.page(c, http.StatusOK, "referral/commissions", v)
}

func (h *console) voidCommission(c echo.Context) error {
	to := referralPath(c.Param("organiser")) + "/commissions"
	id := c.FormValue("commission")
	if !domain.ValidID(id) {
		return domain.ErrNotFound
	}
	if _, err := h.Referrals.Void(c.Request().Context(), c.Param("organiser"), id, line(c.FormValue("reason"))); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "已撤销，推广员会收到通知和原因")
}

var referralStates = map[referral.State]label{
	referral.Draft: {"草稿", "secondary"}, referral.Active: {"进行中", "green"}, referral.Stopped: {"已停止", "red"},
}

var commissionStages = map[referral.Stage]label{
	referral.Frozen: {"冻结中", "azure"}, referral.Available: {"可提现", "green"}, referral.Withdrawn: {"已提现", "secondary"}, referral.Reversed: {"已撤回", "red"},
}
