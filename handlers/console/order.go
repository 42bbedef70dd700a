package console

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/member"
	"yingdi/domain/order"
	"yingdi/domain/referral"
)

func ordersPath(camp string) string { return campPath(camp) + "/orders" }

type orderRow struct {
	order.Order
	Learner member.Card
}

type ordersView struct {
	campFrame
	Orders []orderRow
	State  order.State
	States []order.State
	Follow string
}

func (h *console) listOrders(c echo.Context) error {
	ctx := c.Request().Context()
	in, err := h.Camps.ForStaff(ctx, c.Param("camp"), domain.RightMoney)
	if err != nil {
		return err
	}
	state := order.State(c.QueryParam("state"))
	if _, known := orderStates[state]; !known {
		state = ""
	}
	list, next, err := h.Orders.OfCamp(ctx, in.ID, state, after(c, 20))
	if err != nil {
		return err
	}
	v := &ordersView{campFrame: h.campFrame(c, in, tabMoney), State: state, States: order.States}
	v.Title, v.Sub = "订单", subOrders
	if v.Orders, err = h.orderRows(c, list); err != nil {
		return err
	}
	if next != "" {
		v.Follow = ordersPath(in.ID) + "?" + url.Values{"after": {string(next)}, "state": {string(state)}}.Encode()
	}
	return h.page(c, http.StatusOK, "order/list", v)
}

// orderRows joins orders with the names of who placed them.
func (h *console) orderRows(c echo.Context, list []order.Order) ([]orderRow, error) {
	members := make([]string, len(list))
	for i, o := range list {
		members[i] = o.Member
	}
	cards, err := h.Members.Cards(c.Request().Context(), members)
	rows := make([]orderRow, len(list))
	for i, o := range list {
		rows[i] = orderRow{o, cards[o.Member]}
	}
	return rows, err
}

type houseOrdersView struct {
	Frame
	Organiser string
	Orders    []orderRow
	State     order.State
	States    []order.State
	Hours     hours
	Follow    string
}

func (h *console) listHouseOrders(c echo.Context) error {
	ctx, id := c.Request().Context(), c.Param("organiser")
	state := order.State(c.QueryParam("state"))
	if _, known := orderStates[state]; !known {
		state = ""
	}
	list, next, err := h.Orders.OfOrganiser(ctx, id, state, after(c, 20))
	if err != nil {
		return err
	}
	v := &houseOrdersView{Organiser: id, State: state, States: order.States, Hours: h.hoursOf(homeCalendar)}
	if v.Orders, err = h.orderRows(c, list); err != nil {
		return err
	}
	if v.Frame, err = h.houseFrame(c, "订单"); err != nil {
		return err
	}
	if next != "" {
		v.Follow = organiserPath(id) + "/orders?" + url.Values{"after": {string(next)}, "state": {string(state)}}.Encode()
	}
	return h.page(c, http.StatusOK, "order/organiser", v)
}

// grantForm is a refund by decision of staff, as it was typed.
type grantForm struct {
	Key    string `form:"key"`
	Amount string `form:"amount"`
	Ends   string `form:"ends"`
	Reason string `form:"reason"`
}

type orderView struct {
	campFrame
	Order   order.Order
	Learner member.Card
	Left    domain.Fen // that can be refunded
	Shares  []referral.Share
	Form    grantForm
	Faults  Faults
}

func (h *console) showOrder(c echo.Context) error {
	return h.order(c, http.StatusOK, grantForm{}, Faults{})
}

func (h *console) order(c echo.Context, status int, f grantForm, wrong Faults) error {
	ctx := c.Request().Context()
	o, err := h.Orders.ForStaff(ctx, c.Param("order"))
	if err != nil {
		return err
	}
	in, err := h.Camps.Get(ctx, o.Camp)
	if err != nil {
		return err
	}
	if in.ID != c.Param("camp") {
		return domain.ErrNotFound
	}
	cards, err := h.Members.Cards(ctx, []string{o.Member})
	if err != nil {
		return err
	}
	if f.Key == "" {
		f.Key = domain.Secret()[:20]
	}
	v := &orderView{campFrame: h.campFrame(c, in, tabMoney), Order: o, Learner: cards[o.Member], Left: o.Spare(true, h.now()), Form: f, Faults: wrong}
	if v.Shares, err = h.Referrals.OfOrder(ctx, o); err != nil {
		return err
	}
	v.Title, v.Sub = cards[o.Member].Nickname+"的订单", subOrders
	v.Crumbs = append(v.Crumbs, Crumb{"订单", ordersPath(in.ID)})
	return h.page(c, status, "order/show", v)
}

func (h *console) refundOrder(c echo.Context) error {
	var f grantForm
	if err := bind(c, &f); err != nil {
		return err
	}
	f.Amount, f.Reason = line(f.Amount), line(f.Reason)
	g := order.Grant{Key: f.Key, Amount: amount(f.Amount), Ends: f.Ends == "yes", Reason: f.Reason}
	if _, err := h.Orders.GiveBack(c.Request().Context(), c.Param("order"), g); err != nil {
		wrong, status, err := faults(err, "amount", "reason")
		if err != nil {
			return err
		}
		return h.order(c, status, f, wrong)
	}
	return h.done(c, ordersPath(c.Param("camp"))+"/"+c.Param("order"), "退款已提交，微信会原路退回")
}

func (h *console) refundAgain(c echo.Context) error {
	to := ordersPath(c.Param("camp")) + "/" + c.Param("order")
	if _, err := h.Orders.Again(c.Request().Context(), c.Param("order"), c.FormValue("number")); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "已重新发起，仍用原来的退款单号，不会重复退")
}

func (h *console) dismissTrouble(c echo.Context) error {
	to := ordersPath(c.Param("camp")) + "/" + c.Param("order")
	if _, err := h.Orders.Dismiss(c.Request().Context(), c.Param("order"), number(c.FormValue("at")), line(c.FormValue("outcome"))); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "已记录")
}

var orderStates = map[order.State]label{
	order.Pending:      {"待支付", "azure"},
	order.Paid:         {"已支付", "azure"},
	order.PaidWaiting:  {"已支付，等待成团", "azure"},
	order.Fulfilled:    {"已入营", "green"},
	order.Cancelled:    {"已取消", "secondary"},
	order.Refunding:    {"退款中", "orange"},
	order.PartRefunded: {"部分退款", "orange"},
	order.Refunded:     {"已退款", "secondary"},
}

var payStates = map[order.AttemptState]label{
	order.Created:   {"准备支付", "secondary"},
	order.Waiting:   {"等待支付", "azure"},
	order.Succeeded: {"支付成功", "green"},
	order.Closed:    {"已关闭", "secondary"},
	order.Orphan:    {"重复付款，原路退回", "orange"},
}

var refundStates = map[order.RefundState]label{
	order.RefundCreated:    {"已提交", "azure"},
	order.RefundProcessing: {"微信处理中", "azure"},
	order.RefundSucceeded:  {"已到账", "green"},
	order.RefundClosed:     {"未成功", "red"},
	order.RefundAbnormally: {"异常", "red"},
}
