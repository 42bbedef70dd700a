package console

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/signcard"
)

// cardSettingForm is what a camp chooses, as it was typed.
type cardSettingForm struct {
	Template string `form:"template"`
	Pictures string `form:"pictures"`
	Sayings  string `form:"sayings"`
	Tag      string `form:"tag"`
}

type campCardsView struct {
	campFrame
	Cards   signcard.CampCards
	Form    cardSettingForm
	Faults  Faults
	MayKeep bool // the organiser's libraries
	Front   signcard.FrontLinks
}

// Running tells whether the camp's cards are being drawn anew.
func (v *campCardsView) Running() bool {
	return v.Cards.Redraw != nil && v.Cards.Redraw.State == signcard.Running
}

func campCardsPath(camp string) string { return campPath(camp) + "/cards" }

func (h *console) showCampCards(c echo.Context) error {
	return h.campCards(c, http.StatusOK, nil, Faults{})
}

func (h *console) campCards(c echo.Context, status int, f *cardSettingForm, wrong Faults) error {
	ctx := c.Request().Context()
	cards, err := h.Signcards.OfCamp(ctx, c.Param("camp"))
	if err != nil {
		return err
	}
	if f == nil {
		f = &cardSettingForm{cards.Setting.Template, string(cards.Setting.Pictures), string(cards.Setting.Sayings), cards.Setting.Tag}
	}
	v := &campCardsView{campFrame: h.campFrame(c, cards.Camp, tabCards), Cards: cards, Form: *f, Faults: wrong}
	v.Title = "日签"
	v.MayKeep = domain.ActorFrom(ctx).Has(domain.RightCardLibrary, domain.Place{Organiser: cards.Camp.Organiser})
	fronts, err := h.Signcards.FrontsOf(ctx, []camp.Camp{cards.Camp})
	if err != nil {
		return err
	}
	v.Front = fronts[cards.Camp.ID]
	return h.page(c, status, "signcard/camp", v)
}

func (h *console) saveCampCards(c echo.Context) error {
	var f cardSettingForm
	if err := bind(c, &f); err != nil {
		return err
	}
	err := h.Signcards.SaveSetting(c.Request().Context(), c.Param("camp"), signcard.SettingForm{
		Template: f.Template, Pictures: signcard.Source(f.Pictures), Sayings: signcard.Source(f.Sayings), Tag: line(f.Tag),
	})
	if err != nil {
		wrong, status, err := faults(err, "template", "pictures", "sayings", "tag")
		if err != nil {
			return err
		}
		return h.campCards(c, status, &f, wrong)
	}
	return h.done(c, campCardsPath(c.Param("camp")), "已保存，之后做的日签会按新的选择")
}

func (h *console) redrawCards(c echo.Context) error {
	to := campCardsPath(c.Param("camp"))
	if _, err := h.Signcards.RedrawCamp(c.Request().Context(), c.Param("camp"), c.FormValue("restyle") != ""); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "开始重新绘制")
}

func (h *console) cancelRedraw(c echo.Context) error {
	to := campCardsPath(c.Param("camp"))
	if err := h.Signcards.CancelRedraw(c.Request().Context(), c.Param("camp"), c.Param("redraw")); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "已取消，画好的保持不变")
}

func (h *console) previewCamp(c echo.Context) error {
	jpeg, err := h.Signcards.PreviewCamp(c.Request().Context(), c.Param("camp"))
	return picture(c, jpeg, err)
}
