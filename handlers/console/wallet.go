package console

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/member"
	"yingdi/domain/transfer"
	"yingdi/domain/wallet"
)

func withdrawalsPath(organiser string) string { return organiserPath(organiser) + "/withdrawals" }

type withdrawalRow struct {
	wallet.Withdrawal
	Learner member.Card
}

type withdrawalsView struct {
	Frame
	Base   string
	List   []withdrawalRow
	State  wallet.State
	States []wallet.State
	Rules  wallet.Rules
	Hours  hours
	Follow string
}

func (h *console) listWithdrawals(c echo.Context) error {
	ctx, id := c.Request().Context(), c.Param("organiser")
	state := wallet.State(c.QueryParam("state"))
	if _, known := withdrawalStates[state]; !known {
		state = ""
	}
	list, next, err := h.Wallets.WithdrawalsOf(ctx, id, state, after(c, 20))
	if err != nil {
		return err
	}
	members := make([]string, len(list))
	for i, d := range list {
		members[i] = d.Member
	}
	cards, err := h.Members.Cards(ctx, members)
	if err != nil {
		return err
	}
	v := &withdrawalsView{Base: organiserPath(id), State: state, States: wallet.States, Rules: h.Wallets.Rules, Hours: h.hoursOf(homeCalendar)}
	if v.Frame, err = h.houseFrame(c, "提现"); err != nil {
		return err
	}
	for _, d := range list {
		v.List = append(v.List, withdrawalRow{d, cards[d.Member]})
	}
	if next != "" {
		v.Follow = withdrawalsPath(id) + "?" + url.Values{"after": {string(next)}, "state": {string(state)}}.Encode()
	}
	return h.page(c, http.StatusOK, "wallet/withdrawals", v)
}

type withdrawalView struct {
	Frame
	Base       string
	Withdrawal wallet.Withdrawal
	Learner    member.Card
	Wallet     wallet.Wallet
	Entries    []wallet.Entry // the newest
	Transfer   *transfer.Transfer
	Staff      map[string]member.Card
	Hours      hours
	MayDecide  bool // nobody decides about their own
	Reason     string
	Faults     Faults
}

func (h *console) showWithdrawal(c echo.Context) error {
	return h.withdrawal(c, http.StatusOK, "", Faults{})
}

func (h *console) withdrawal(c echo.Context, status int, reason string, wrong Faults) error {
	ctx, id := c.Request().Context(), c.Param("organiser")
	d, err := h.Wallets.WithdrawalFor(ctx, c.Param("withdrawal"))
	if err != nil {
		return err
	}
	if d.Organiser != id {
		return domain.ErrNotFound
	}
	v := &withdrawalView{
		Base: withdrawalsPath(id) + "/" + d.ID, Withdrawal: d, Hours: h.hoursOf(homeCalendar), Reason: reason, Faults: wrong,
		MayDecide: domain.ActorFrom(ctx).Member != d.Member,
	}
	if v.Wallet, v.Entries, _, err = h.Wallets.ForStaff(ctx, id, d.Member, domain.Page{Limit: 10}); err != nil {
		return err
	}
	if number := d.Transfer(); number != "" {
		t, err := h.Transfers.ForStaff(ctx, number)
		if err != nil && !errors.Is(err, domain.ErrNotFound) {
			return err
		}
		v.Transfer = &t
	}
	people := []string{d.Member}
	for _, change := range d.Story {
		people = append(people, change.By)
	}
	if v.Staff, err = h.Members.Cards(ctx, people); err != nil {
		return err
	}
	v.Learner = v.Staff[d.Member]
	v.Frame, err = h.houseFrame(c, v.Learner.Nickname+"的提现", Crumb{"提现", withdrawalsPath(id)})
	if err != nil {
		return err
	}
	return h.page(c, status, "wallet/withdrawal", v)
}

func (h *console) approveWithdrawal(c echo.Context) error {
	to := withdrawalsPath(c.Param("organiser")) + "/" + c.Param("withdrawal")
	if _, err := h.Wallets.Approve(c.Request().Context(), c.Param("withdrawal")); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "已通过，微信会请学员确认收款")
}

func (h *console) rejectWithdrawal(c echo.Context) error {
	reason := line(c.FormValue("reason"))
	_, err := h.Wallets.Reject(c.Request().Context(), c.Param("withdrawal"), reason)
	return h.decided(c, reason, err, "已拒绝，金额退回学员的钱包")
}

func (h *console) cancelWithdrawal(c echo.Context) error {
	reason := line(c.FormValue("reason"))
	_, err := h.Wallets.Cancel(c.Request().Context(), c.Param("withdrawal"), reason)
	return h.decided(c, reason, err, "已申请取消；微信撤回以后，金额退回学员的钱包")
}

func (h *console) withdrawalAgain(c echo.Context) error {
	to := withdrawalsPath(c.Param("organiser")) + "/" + c.Param("withdrawal")
	if _, err := h.Wallets.Again(c.Request().Context(), c.Param("withdrawal")); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "已重新发起，不会重复付款")
}

func (h *console) decided(c echo.Context, reason string, err error, text string) error {
	to := withdrawalsPath(c.Param("organiser")) + "/" + c.Param("withdrawal")
	switch {
	case err == nil:
		return h.done(c, to, text)
	case errors.Is(err, domain.ErrInvalid):
		wrong, status, err := faults(err, "reason")
		if err != nil {
			return err
		}
		return h.withdrawal(c, status, reason, wrong)
	}
	return h.refused(c, to, err)
}

type walletRow struct {
	wallet.Wallet
	Learner member.Card
}

type walletsView struct {
	Frame
	Base   string
	List   []walletRow
	Hours  hours
	Follow string
}

func (h *console) listWallets(c echo.Context) error {
	ctx, id := c.Request().Context(), c.Param("organiser")
	list, next, err := h.Wallets.OfOrganiser(ctx, id, after(c, 30))
	if err != nil {
		return err
	}
	members := make([]string, len(list))
	for i, w := range list {
		members[i] = w.Member
	}
	cards, err := h.Members.Cards(ctx, members)
	if err != nil {
		return err
	}
	v := &walletsView{Base: organiserPath(id), Hours: h.hoursOf(homeCalendar)}
	if v.Frame, err = h.houseFrame(c, "学员钱包", Crumb{"提现", withdrawalsPath(id)}); err != nil {
		return err
	}
	for _, w := range list {
		v.List = append(v.List, walletRow{w, cards[w.Member]})
	}
	if next != "" {
		v.Follow = organiserPath(id) + "/wallets?after=" + url.QueryEscape(string(next))
	}
	return h.page(c, http.StatusOK, "wallet/wallets", v)
}

var withdrawalStates = map[wallet.State]label{
	wallet.Applied:      {"待审批", "orange"},
	wallet.Approved:     {"已通过", "azure"},
	wallet.Transferring: {"转账中", "azure"},
	wallet.Failed:       {"没有付成", "red"},
	wallet.Done:         {"已到账", "green"},
	wallet.Rejected:     {"已拒绝", "secondary"},
	wallet.Cancelled:    {"已取消", "secondary"},
}

var transferStates = map[transfer.State]label{
	transfer.Due:       {"待发起", "azure"},
	transfer.Paying:    {"微信处理中", "azure"},
	transfer.Waiting:   {"等学员确认", "orange"},
	transfer.Paid:      {"已到账", "green"},
	transfer.Expired:   {"过期未确认", "orange"},
	transfer.Failed:    {"没有付成", "red"},
	transfer.Unclaimed: {"一直未领取", "red"},
	transfer.Cancelled: {"已取消", "secondary"},
}

var entryKinds = map[wallet.Kind]string{
	wallet.PoolGain: "奖学金", wallet.Commission: "佣金", wallet.Withdrawn: "提现", wallet.Reversal: "撤回",
}
