package console

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"yingdi/domain/privacy"
)

var wishStates = map[privacy.State]label{
	privacy.Asked:     {"等待期", "azure"},
	privacy.Held:      {"需要处理", "red"},
	privacy.Running:   {"正在清除", "orange"},
	privacy.Settling:  {"已清除，次日复查", "yellow"},
	privacy.Done:      {"已完成", "green"},
	privacy.Cancelled: {"已取消", "secondary"},
}

var wishCauses = map[privacy.Cause]string{
	privacy.ByPerson: "本人申请", privacy.ByWeChat: "在微信撤回授权或注销", privacy.ByOperator: "管理员操作",
}

type privacyView struct {
	Frame
	Hours  hours
	States []privacy.State
	State  privacy.State
	List   []privacy.Wish
	Follow string
}

func (h *console) listWishes(c echo.Context) error {
	state := privacy.State(c.QueryParam("state"))
	if !slices.Contains(privacy.States, state) {
		state = privacy.Asked
	}
	list, next, err := h.Privacy.Wishes(c.Request().Context(), state, after(c, 30))
	if err != nil {
		return err
	}
	v := &privacyView{
		Frame: Frame{Title: "账号注销", Section: sectionPrivacy}, Hours: h.hoursOf(homeCalendar), States: privacy.States, State: state, List: list,
	}
	if next != "" {
		v.Follow = Root + "/privacy?state=" + string(state) + "&after=" + url.QueryEscape(string(next))
	}
	return h.page(c, http.StatusOK, "privacy/list", v)
}

func (h *console) proceedWish(c echo.Context) error {
	to := Root + "/privacy?state=held"
	if err := h.Privacy.Proceed(c.Request().Context(), c.Param("member")); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "已开始清除这个账号的数据")
}
