package console

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/coupon"
	"yingdi/domain/organiser"
)

func couponsPath(organiser string) string { return organiserPath(organiser) + "/coupons" }

func couponPath(t coupon.Template) string { return couponsPath(t.Organiser) + "/" + t.ID }

type campaignsView struct {
	Frame
	Organisers []organiser.Organiser
	Follow     string
}

// showCampaigns leads to the campaigns of the organiser that the person works for; who works for several chooses.
func (h *console) showCampaigns(c echo.Context) error {
	ctx := c.Request().Context()
	list, next, err := h.Organisers.Mine(ctx, after(c, 50))
	if err != nil {
		return err
	}
	actor := domain.ActorFrom(ctx)
	mine := slices.DeleteFunc(list, func(o organiser.Organiser) bool {
		return !actor.Has(domain.RightCampaign, domain.Place{Organiser: o.ID})
	})
	if len(mine) == 1 && next == "" && c.QueryParam("after") == "" {
		return redirect(c, couponsPath(mine[0].ID))
	}
	v := &campaignsView{Frame: Frame{Title: "活动", Section: sectionCampaigns}, Organisers: mine}
	if next != "" {
		v.Follow = Root + "/campaigns?after=" + url.QueryEscape(string(next))
	}
	return h.page(c, http.StatusOK, "coupon/campaigns", v)
}

// couponFrame is what the pages of an organiser's coupons share.
func (h *console) couponFrame(c echo.Context, title string) (Frame, error) {
	id := c.Param("organiser")
	names, err := h.Organisers.Names(c.Request().Context(), []string{id})
	crumbs := []Crumb{{"活动", Root + "/campaigns"}, {names[id] + "的优惠券", couponsPath(id)}}
	return Frame{Title: title, Section: sectionCampaigns, Crumbs: crumbs}, err
}

type couponRow struct {
	coupon.Template
	Given int64
}

type couponsView struct {
	Frame
	Organiser string
	State     coupon.State
	States    []coupon.State
	Rows      []couponRow
	Follow    string
}

func (h *console) listCoupons(c echo.Context) error {
	id, state := c.Param("organiser"), coupon.State(c.QueryParam("state"))
	list, given, next, err := h.Coupons.List(c.Request().Context(), id, state, after(c, 30))
	if err != nil {
		return err
	}
	v := &couponsView{Organiser: id, State: state, States: coupon.States}
	if v.Frame, err = h.couponFrame(c, "优惠券"); err != nil {
		return err
	}
	v.Crumbs = v.Crumbs[:1]
	for _, t := range list {
		v.Rows = append(v.Rows, couponRow{t, given[t.ID]})
	}
	if next != "" {
		v.Follow = couponsPath(id) + "?" + url.Values{"state": {string(state)}, "after": {string(next)}}.Encode()
	}
	return h.page(c, http.StatusOK, "coupon/list", v)
}

// couponForm is a template as it was typed.
type couponForm struct {
	ID         string   `form:"id"`
	Version    string   `form:"version"`
	Title      string   `form:"title"`
	Kind       string   `form:"kind"`
	Off        string   `form:"off"`
	Percent    string   `form:"percent"`
	Cap        string   `form:"cap"`
	Over       string   `form:"over"`
	EarlyBird  string   `form:"early_bird"`
	Free       string   `form:"free"`
	Returns    string   `form:"returns"`
	Camps      []string `form:"camps"`
	Tags       string   `form:"tags"`
	Valid      string   `form:"valid"`
	From       string   `form:"from"`
	Until      string   `form:"until"`
	Days       string   `form:"days"`
	Public     string   `form:"public"`
	Stock      string   `form:"stock"`
	PerPerson  string   `form:"per_person"`
	PerNetwork string   `form:"per_network"`
	PerDevice  string   `form:"per_device"`
	Do         string   `form:"do"`
}

var couponFields = []string{
	"title", "off", "percent", "cap", "over", "camps", "tags", "from", "until", "days", "stock", "per_person", "per_network", "per_device",
}

func (f couponForm) form() coupon.Form {
	t := coupon.Terms{
		Over: amount(line(f.Over)), EarlyBird: f.EarlyBird != "", Free: f.Free != "", Returns: f.Returns != "", Camps: f.Camps, Tags: words(f.Tags),
	}
	if f.Kind == "percent" {
		t.Percent, t.Cap = number(f.Percent), amount(line(f.Cap))
		if t.Percent == 0 {
			t.Percent = -1
		}
	} else {
		t.Off = amount(line(f.Off))
	}
	if f.Valid == "days" {
		if t.Days = number(f.Days); t.Days == 0 {
			t.Days = -1
		}
	} else {
		t.From, t.Until = domain.Day(f.From), domain.Day(f.Until)
	}
	return coupon.Form{
		Title: line(f.Title), Terms: t, Public: f.Public != "", Stock: number(f.Stock), PerPerson: number(f.PerPerson),
		PerNetwork: number(f.PerNetwork), PerDevice: number(f.PerDevice),
	}
}

// typedYuan leaves what is not set empty.
func typedYuan(f domain.Fen) string {
	if f == 0 {
		return ""
	}
	return f.Yuan()
}

func couponTyped(t coupon.Template) couponForm {
	f := couponForm{
		ID: t.ID, Version: strconv.Itoa(t.Version), Title: t.Title, Kind: "fixed", Off: typedYuan(t.Terms.Off), Cap: typedYuan(t.Terms.Cap),
		Over: typedYuan(t.Terms.Over), EarlyBird: ticked(t.Terms.EarlyBird), Free: ticked(t.Terms.Free), Returns: ticked(t.Terms.Returns),
		Camps: t.Terms.Camps, Tags: strings.Join(t.Terms.Tags, " "), Valid: "dates", From: string(t.Terms.From), Until: string(t.Terms.Until),
		Public: ticked(t.Public), Stock: strconv.Itoa(t.Stock), PerPerson: strconv.Itoa(t.PerPerson),
		PerNetwork: strconv.Itoa(t.PerNetwork), PerDevice: strconv.Itoa(t.PerDevice),
	}
	if t.Terms.Percent > 0 {
		f.Kind, f.Percent = "percent", strconv.Itoa(t.Terms.Percent)
	}
	if t.Terms.Days > 0 {
		f.Valid, f.Days = "days", strconv.Itoa(t.Terms.Days)
	}
	return f
}

// campChoice is a camp that a coupon can be bound to.
type campChoice struct {
	camp.Camp
	On bool
}

type couponFormView struct {
	Frame
	Organiser string
	Form      couponForm
	Fixed     bool // given out already: what it promises stays
	Camps     []campChoice
	Says      string // what it does, in words; empty while it cannot be said
	Faults    Faults
}

func (h *console) newCoupon(c echo.Context) error {
	f := couponForm{
		ID: h.Coupons.IDs.New(), Kind: "fixed", Returns: ticked(true), Valid: "days", Days: "7", Public: ticked(true), Stock: "100", PerPerson: "1",
		PerNetwork: "30", PerDevice: "2",
	}
	return h.couponForm(c, http.StatusOK, f, false, Faults{})
}

func (h *console) editCoupon(c echo.Context) error {
	t, err := h.couponTemplate(c)
	if err != nil {
		return err
	}
	return h.couponForm(c, http.StatusOK, couponTyped(t), t.State != coupon.Draft, Faults{})
}

func (h *console) couponForm(c echo.Context, status int, f couponForm, fixed bool, wrong Faults) error {
	ctx, id := c.Request().Context(), c.Param("organiser")
	if err := domain.ActorFrom(ctx).Must(domain.RightCampaign, domain.Place{Organiser: id}); err != nil {
		return err
	}
	v := &couponFormView{Organiser: id, Form: f, Fixed: fixed, Faults: wrong}
	title := "新建优惠券"
	if f.Version != "" {
		title = "修改优惠券"
	}
	var err error
	if v.Frame, err = h.couponFrame(c, title); err != nil {
		return err
	}
	camps, _, err := h.Camps.OfOrganiser(ctx, id, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return err
	}
	titles := map[string]string{}
	for _, in := range camps {
		if on := contains(f.Camps, in.ID); on || in.State != camp.Closed && in.Archived.IsZero() {
			v.Camps = append(v.Camps, campChoice{in, on})
		}
		titles[in.ID] = in.Title
	}
	if form := f.form(); form.Check() == nil {
		v.Says = form.Terms.Sentence(titles)
	}
	return h.page(c, status, "coupon/form", v)
}

func (h *console) saveCoupon(c echo.Context) error {
	var f couponForm
	if err := bind(c, &f); err != nil {
		return err
	}
	version := 0
	if f.Version != "" {
		version = number(f.Version)
	}
	fixed := c.FormValue("fixed") != ""
	if f.Do == "preview" {
		wrong := Faults{}
		if err := f.form().Check(); err != nil {
			wrong, _, _ = faults(err, couponFields...)
		}
		return h.couponForm(c, http.StatusOK, f, fixed, wrong)
	}
	t, err := h.Coupons.Save(c.Request().Context(), c.Param("organiser"), f.ID, version, f.form())
	if err != nil {
		wrong, status, err := faults(err, couponFields...)
		if err != nil {
			return err
		}
		return h.couponForm(c, status, f, fixed, wrong)
	}
	return h.done(c, couponPath(t), "已保存")
}

var couponStates = map[coupon.State]label{
	coupon.Draft: {"草稿", "secondary"}, coupon.Active: {"发放中", "green"}, coupon.Paused: {"已暂停", "yellow"}, coupon.Ended: {"已结束", "secondary"},
}

var couponStages = map[coupon.Stage]label{
	coupon.Unused: {"未使用", "blue"}, coupon.Locked: {"订单占用", "yellow"}, coupon.Used: {"已使用", "green"}, coupon.Expired: {"已过期", "secondary"},
	coupon.Revoked: {"已收回", "red"},
}

// couponStageList in the order in which staff look for them.
var couponStageList = []coupon.Stage{coupon.Unused, coupon.Locked, coupon.Used, coupon.Expired, coupon.Revoked}

var couponWays = map[coupon.Way]string{coupon.ByClaim: "自己领取", coupon.ByCode: "兑换码", coupon.ByGift: "赠送"}

func couponNumbers(v coupon.Campaign) []figure {
	sum := v.Tally.Sum()
	return []figure{
		{"已领取", fmt.Sprint(v.Given), fmt.Sprintf("共 %d 张", v.Stock)},
		{"已使用", fmt.Sprint(sum.Used), "占领取的 " + percentOf(sum.Used, sum.Got)},
		{"带来订单金额", sum.Paid.String(), "学员实际支付"},
		{"扣除退款后", sum.Net().String(), "已退回 " + sum.Back.String()},
		{"一共优惠", sum.Took.String(), ""},
	}
}

func couponCharts(v coupon.Campaign) []chart {
	c := chart{
		Title: "每天领取和使用", Note: "几分钟内更新一次；全额退款后退回的券不算使用。", Label: "日期",
		Series: []series{bar("领取"), bar("使用"), {Name: "订单金额", Kind: "line", Unit: " 元", Right: true}, {Name: "扣除退款后", Kind: "line", Unit: " 元", Right: true}},
	}
	for _, d := range v.Tally.Days {
		c.Rows = append(c.Rows, chartRow{d.Day.Chinese(), []chartCell{counted(d.Got), counted(d.Used), yuan(d.Paid), yuan(d.Net())}})
	}
	if len(c.Rows) == 0 {
		return nil
	}
	return []chart{c}
}
