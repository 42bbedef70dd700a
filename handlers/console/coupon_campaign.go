package console

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/coupon"
	"yingdi/domain/export"
	"yingdi/domain/team"
)

// giftForm is a gift as it was typed.
type giftForm struct {
	Key     string `form:"key"`
	Members string `form:"members"`
	Team    string `form:"team"` // camp/team
}

// batchForm is a batch of codes as it was typed.
type batchForm struct {
	Key  string `form:"key"`
	Size string `form:"size"`
	Note string `form:"note"`
}

// campTeams are the teams of a camp that a gift can go to.
type campTeams struct {
	Camp, Title string
	Teams       []team.Team
}

type couponView struct {
	Frame
	coupon.Campaign
	Says    string
	Numbers []figure
	Charts  []chart
	Stage   coupon.Stage
	Stages  []coupon.Stage
	Teams   []campTeams
	Gift    giftForm
	Batch   batchForm
	Faults  Faults
	Hours   hours
	Exports []export.Entry
	MayTake bool // have the codes in a file
	Follow  string
}

func (h *console) showCoupon(c echo.Context) error {
	return h.coupon(c, http.StatusOK, giftForm{}, batchForm{}, Faults{})
}

func (h *console) coupon(c echo.Context, status int, gift giftForm, batch batchForm, wrong Faults) error {
	ctx := c.Request().Context()
	stage := coupon.Stage(c.QueryParam("stage"))
	campaign, err := h.Coupons.Campaign(ctx, c.Param("template"), stage, after(c, 30))
	if err == nil && campaign.Organiser != c.Param("organiser") {
		err = fmt.Errorf("template %s: %w", campaign.ID, domain.ErrNotFound)
	}
	if err != nil {
		return err
	}
	v := &couponView{
		Campaign: campaign, Says: campaign.Terms.Sentence(campaign.Titles), Numbers: couponNumbers(campaign), Charts: couponCharts(campaign),
		Stage: stage, Stages: couponStageList, Gift: gift, Batch: batch, Faults: wrong, Hours: h.hoursOf(homeCalendar),
	}
	if v.Gift.Key == "" {
		v.Gift.Key = h.Coupons.IDs.New()
	}
	if v.Batch.Key == "" {
		v.Batch.Key = h.Coupons.IDs.New()
	}
	if v.Frame, err = h.couponFrame(c, campaign.Title); err != nil {
		return err
	}
	if v.Teams, err = h.teamsToGive(c, campaign.Organiser); err != nil {
		return err
	}
	if v.MayTake = domain.ActorFrom(ctx).Has(domain.RightExport, domain.Place{Organiser: campaign.Organiser}); v.MayTake {
		if v.Exports, err = h.Exports.OfTemplate(ctx, campaign.Organiser, campaign.ID); err != nil {
			return err
		}
	}
	if campaign.Next != "" {
		v.Follow = couponPath(campaign.Template) + "?" + url.Values{"stage": {string(stage)}, "after": {string(campaign.Next)}}.Encode()
	}
	return h.page(c, status, "coupon/show", v)
}

// teamsToGive are the teams of the organiser's newest camps.
func (h *console) teamsToGive(c echo.Context, organiser string) (list []campTeams, err error) {
	ctx := c.Request().Context()
	camps, _, err := h.Camps.OfOrganiser(ctx, organiser, domain.Page{Limit: 20})
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(camps))
	for i, in := range camps {
		ids[i] = in.ID
	}
	teams, err := h.Teams.OfCamps(ctx, ids)
	for _, in := range camps {
		if len(teams[in.ID]) > 0 && in.Archived.IsZero() {
			list = append(list, campTeams{in.ID, in.Title, teams[in.ID]})
		}
	}
	return list, err
}

// couponTemplate is the one that the address names, of the organiser that it names.
func (h *console) couponTemplate(c echo.Context) (coupon.Template, error) {
	t, err := h.Coupons.ForStaff(c.Request().Context(), c.Param("template"))
	if err == nil && t.Organiser != c.Param("organiser") {
		err = fmt.Errorf("template %s: %w", t.ID, domain.ErrNotFound)
	}
	return t, err
}

// changeCoupon does something with the template that the address names, and says what came of it on its page.
func (h *console) changeCoupon(c echo.Context, said string, do func(coupon.Template) error) error {
	t, err := h.couponTemplate(c)
	if err != nil {
		return err
	}
	if err := do(t); err != nil {
		return h.refused(c, couponPath(t), err)
	}
	return h.done(c, couponPath(t), said)
}

func (h *console) turnCoupon(c echo.Context) error {
	to := coupon.State(c.FormValue("to"))
	said := map[coupon.State]string{
		coupon.Active: "开始发放了", coupon.Paused: "已暂停发放，立刻生效；已经领到的券照常可用", coupon.Ended: "已结束；已经领到的券照常可用",
	}
	return h.changeCoupon(c, said[to], func(t coupon.Template) error {
		_, err := h.Coupons.Turn(c.Request().Context(), t.ID, to)
		return err
	})
}

func (h *console) makeCodes(c echo.Context) error {
	var f batchForm
	if err := bind(c, &f); err != nil {
		return err
	}
	t, err := h.couponTemplate(c)
	if err != nil {
		return err
	}
	if _, err := h.Coupons.MakeBatch(c.Request().Context(), t.ID, coupon.BatchForm{Key: f.Key, Size: number(f.Size), Note: line(f.Note)}); err != nil {
		wrong, status, err := faults(err, "size", "note")
		if err != nil {
			return err
		}
		return h.coupon(c, status, giftForm{}, f, wrong)
	}
	return h.done(c, couponPath(t), "正在生成兑换码，稍后刷新就能导出")
}

func (h *console) exportCodes(c echo.Context) error {
	return h.changeCoupon(c, "开始导出，稍后刷新就能下载；谁下载过都有记录", func(t coupon.Template) error {
		_, err := h.Exports.AskCodes(c.Request().Context(), t.ID, c.Param("batch"))
		return err
	})
}

func (h *console) fetchCodes(c echo.Context) error {
	link, err := h.Exports.Link(c.Request().Context(), "", c.Param("export"))
	if err != nil {
		return h.refused(c, couponsPath(c.Param("organiser"))+"/"+c.Param("template"), err)
	}
	return c.Redirect(http.StatusSeeOther, link)
}

func (h *console) voidCodes(c echo.Context) error {
	return h.changeCoupon(c, "这批没用过的兑换码都作废了", func(t coupon.Template) error {
		_, err := h.Coupons.VoidBatch(c.Request().Context(), t.ID, c.Param("batch"))
		return err
	})
}

func (h *console) giveCoupon(c echo.Context) error {
	var f giftForm
	if err := bind(c, &f); err != nil {
		return err
	}
	t, err := h.couponTemplate(c)
	if err != nil {
		return err
	}
	asked := coupon.GiftForm{Key: f.Key, Members: words(f.Members)}
	asked.Camp, asked.Team, _ = strings.Cut(f.Team, "/")
	g, err := h.Coupons.Give(c.Request().Context(), t.ID, asked)
	if err != nil {
		wrong, status, err := faults(err, "members", "team")
		if err != nil {
			return err
		}
		return h.coupon(c, status, f, batchForm{}, wrong)
	}
	said := fmt.Sprintf("送出 %d 张", g.Given)
	if g.Limited > 0 {
		said += fmt.Sprintf("，%d 人已经领满", g.Limited)
	}
	if len(g.Unknown) > 0 {
		said += fmt.Sprintf("，%d 个编号没有找到", len(g.Unknown))
	}
	return h.done(c, couponPath(t), said)
}

func (h *console) revokeCoupon(c echo.Context) error {
	return h.changeCoupon(c, "已收回，学员会收到通知", func(t coupon.Template) error {
		_, err := h.Coupons.Revoke(c.Request().Context(), t.ID, c.FormValue("coupon"), line(c.FormValue("reason")))
		return err
	})
}

func (h *console) seeCouponSource(c echo.Context) error {
	return h.changeCoupon(c, "已标为没有问题；再有新的领取时会再次提醒", func(t coupon.Template) error {
		_, err := h.Coupons.SeeSource(c.Request().Context(), t.ID, c.FormValue("source"))
		return err
	})
}
