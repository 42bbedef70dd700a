package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/member"
	"yingdi/domain/pool"
)

func poolMemberPath(camp, member string) string { return poolPath(camp) + "/members/" + member }

type memberRow struct {
	pool.Member
	Card member.Card
}

func (h *console) memberRows(ctx context.Context, list []pool.Member) ([]memberRow, error) {
	ids := make([]string, len(list))
	for i, m := range list {
		ids[i] = m.Member
	}
	cards, err := h.Members.Cards(ctx, ids)
	if err != nil {
		return nil, err
	}
	rows := make([]memberRow, len(list))
	for i, m := range list {
		rows[i] = memberRow{m, cards[m.Member]}
	}
	return rows, nil
}

// actorNames are the names of those whom a pool's page speaks of, by their ids.
func (h *console) actorNames(ctx context.Context, p pool.Pool, set pool.Settlement, missing *pool.Missing) (map[string]string, error) {
	var ids []string
	note := func(id string) {
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, a := range p.Log {
		note(a.By)
		note(a.Member)
	}
	if missing != nil {
		for _, m := range missing.Appeals {
			note(m.Member)
		}
	}
	for _, s := range set.Signatures {
		note(s.By)
	}
	cards, err := h.Members.Cards(ctx, ids)
	names := map[string]string{}
	for id, c := range cards {
		names[id] = c.Nickname
	}
	return names, err
}

type poolMembersView struct {
	campFrame
	Members []memberRow
	State   pool.MemberState
	States  []pool.MemberState
	Follow  string
}

func (h *console) listPoolMembers(c echo.Context) error {
	ctx, id := c.Request().Context(), c.Param("camp")
	state := pool.MemberState(c.QueryParam("state"))
	if _, known := memberStates[state]; !known {
		state = ""
	}
	list, next, err := h.Pools.List(ctx, id, state, after(c, 20))
	if err != nil {
		return err
	}
	in, err := h.Camps.Get(ctx, id)
	if err != nil {
		return err
	}
	v := &poolMembersView{campFrame: h.campFrame(c, in, tabMoney), State: state, States: pool.MemberStates}
	v.Title, v.Sub = "奖学金池的学员", subPool
	v.Crumbs = append(v.Crumbs, Crumb{"奖学金池", poolPath(id)})
	if v.Members, err = h.memberRows(ctx, list); err != nil {
		return err
	}
	if next != "" {
		v.Follow = poolPath(id) + "/members?" + url.Values{"after": {string(next)}, "state": {string(state)}}.Encode()
	}
	return h.page(c, http.StatusOK, "pool/list", v)
}

type poolMemberView struct {
	campFrame
	Evidence pool.Evidenced
	Card     member.Card
	MayJudge bool // appeals and disqualification, while there is no list
}

func (h *console) showPoolMember(c echo.Context) error {
	ctx, id, who := c.Request().Context(), c.Param("camp"), c.Param("member")
	e, err := h.Pools.Of(ctx, id, who)
	if err != nil {
		return err
	}
	cards, err := h.Members.Cards(ctx, []string{who})
	if err != nil {
		return err
	}
	v := &poolMemberView{campFrame: h.campFrame(c, e.Camp, tabMoney), Evidence: e, Card: cards[who]}
	v.MayJudge = v.MayEdit && !e.Member.Listed() && !e.Pool.State.Frozen() && !e.Pool.Computing()
	v.Title, v.Sub = cards[who].Nickname+"的达标记录", subPool
	v.Crumbs = append(v.Crumbs, Crumb{"奖学金池", poolPath(id)}, Crumb{"学员", poolPath(id) + "/members"})
	return h.page(c, http.StatusOK, "pool/member", v)
}

// memberAct is a button of a member's page.
func (h *console) memberAct(do func(c echo.Context, camp, who string) error, said string) echo.HandlerFunc {
	return func(c echo.Context) error {
		camp, who := c.Param("camp"), c.Param("member")
		to := poolMemberPath(camp, who)
		if err := do(c, camp, who); err != nil {
			return h.refused(c, to, err)
		}
		return h.done(c, to, said)
	}
}

func (h *console) decideAppeal(c echo.Context, camp, who string) error {
	_, err := h.Pools.DecideAppeal(c.Request().Context(), camp, who, domain.Day(c.FormValue("day")), c.FormValue("do") == "grant", line(c.FormValue("answer")))
	return err
}

func (h *console) barMember(c echo.Context, camp, who string) error {
	_, err := h.Pools.Disqualify(c.Request().Context(), camp, who, line(c.FormValue("reason")), c.FormValue("do") == "bar")
	return err
}

func (h *console) payMember(c echo.Context, camp, who string) error {
	return h.Pools.PayAgain(c.Request().Context(), camp, who)
}
