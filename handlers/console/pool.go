package console

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/pool"
)

func poolPath(camp string) string { return campPath(camp) + "/pool" }

// rulesForm is the rules of a pool, as they were typed.
type rulesForm struct {
	Version    string `form:"version"`
	Days       string `form:"days"`
	MakeUps    string `form:"make_ups"`
	Homework   string `form:"homework"`
	Grace      string `form:"grace"`
	Appeal     string `form:"appeal"`
	Decide     string `form:"decide"`
	FeePercent string `form:"fee_percent"`
	FeeYuan    string `form:"fee_yuan"`
	Do         string `form:"do"`
}

var rulesFields = []string{"days", "make_ups", "homework", "grace", "appeal", "decide", "fee_percent", "fee_fen"}

func (f rulesForm) rules() pool.Rules {
	zero := func(typed string) int { return number(cmp.Or(line(typed), "0")) }
	return pool.Rules{
		Days: number(f.Days), MakeUps: zero(f.MakeUps), Homework: zero(f.Homework), Grace: zero(f.Grace), Appeal: number(f.Appeal), Decide: number(f.Decide),
		FeePercent: zero(f.FeePercent), FeeFen: amount(line(f.FeeYuan)),
	}
}

// rulesFormOf shows rules again; a pool that has none yet begins with four days of five.
func rulesFormOf(v pool.View) rulesForm {
	r := v.Pool.Rules
	if !v.Exists() {
		r = pool.Rules{Days: (v.Plan.Days*4 + 4) / 5, MakeUps: min(v.Plan.MakeUps.Quota, 2), Grace: 1, Appeal: 3, Decide: 2}
	}
	f := rulesForm{
		Version: strconv.Itoa(r.Version), Days: strconv.Itoa(r.Days), MakeUps: strconv.Itoa(r.MakeUps), Homework: strconv.Itoa(r.Homework),
		Grace: strconv.Itoa(r.Grace), Appeal: strconv.Itoa(r.Appeal), Decide: strconv.Itoa(r.Decide),
	}
	if r.FeePercent > 0 {
		f.FeePercent = strconv.Itoa(r.FeePercent)
	}
	if r.FeeFen > 0 {
		f.FeeYuan = r.FeeFen.Yuan()
	}
	return f
}

type poolView struct {
	campFrame
	Report   pool.Report
	Form     rulesForm
	Faults   Faults
	Dirty    bool
	On       bool // the deployment allows pools
	MaySet   bool
	MayRules bool // the rules can still be changed
	Preview  []string
	Examples []string
	Missing  *pool.Missing
	Steps    []poolStep
	Numbers  []figure
	Charts   []chart
	Names    map[string]string
	Signed   bool // by me
	Stuck    []memberRow
}

// poolStep is one stage on the way of a pool.
type poolStep struct {
	Name, When string
	Done, Now  bool
}

func (h *console) showPool(c echo.Context) error {
	return h.pool(c, http.StatusOK, nil, Faults{})
}

func (h *console) savePool(c echo.Context) error {
	ctx, id := c.Request().Context(), c.Param("camp")
	var f rulesForm
	if err := bind(c, &f); err != nil {
		return err
	}
	if f.Do == "preview" {
		return h.pool(c, http.StatusOK, &f, Faults{})
	}
	if _, err := h.Pools.Save(ctx, id, number(f.Version), f.rules()); err != nil {
		wrong, status, err := faults(err, rulesFields...)
		if err != nil {
			return err
		}
		return h.pool(c, status, &f, wrong)
	}
	return h.done(c, poolPath(id), "规则已保存")
}

// pool shows the page; typed is what somebody is just writing.
func (h *console) pool(c echo.Context, status int, typed *rulesForm, wrong Faults) error {
	ctx, id := c.Request().Context(), c.Param("camp")
	r, err := h.Pools.Report(ctx, id)
	if err != nil {
		return err
	}
	actor, p := domain.ActorFrom(ctx), r.Pool
	v := &poolView{
		campFrame: h.campFrame(c, r.Camp, tabMoney), Report: r, Form: rulesFormOf(r.View), Faults: wrong, On: h.Pools.Limits.On,
		MaySet: actor.Has(domain.RightPrice, r.Camp.Place()),
	}
	v.Title, v.Sub = "奖学金池", subPool
	v.MayRules = v.On && (!r.Exists() || p.State == pool.Draft || p.State == pool.Open && p.OrderedAt.IsZero())
	if typed != nil {
		v.Form, v.Dirty = *typed, true
	}
	rules := v.Form.rules()
	rules.Of, rules.Version = r.Plan.Days, p.Rules.Version
	if !v.MayRules {
		rules = p.Rules
	}
	if rules.Check(r.Plan) == nil || !v.MayRules {
		v.Preview = rules.Sentences(r.Camp)
		part := domain.Fen(100_00)
		for _, o := range r.Offers {
			part = o.Part
		}
		v.Examples = rules.Examples(part)
	}
	if r.Exists() {
		v.Steps, v.Numbers = poolSteps(r, v.Hours), poolNumbers(r)
		v.Charts = poolCharts(r)
	}
	if p.State == pool.Closing {
		m, err := h.Pools.Missing(ctx, id)
		if err != nil {
			return err
		}
		v.Missing = &m
	}
	if v.MayMoney && p.State.Frozen() {
		stuck, _, err := h.Pools.Stuck(ctx, id, domain.Page{Limit: 20})
		if err != nil {
			return err
		}
		if v.Stuck, err = h.memberRows(ctx, stuck); err != nil {
			return err
		}
	}
	for _, s := range r.Settlement.Signatures {
		v.Signed = v.Signed || s.By == actor.Member
	}
	if v.Names, err = h.actorNames(ctx, p, r.Settlement, v.Missing); err != nil {
		return err
	}
	return h.page(c, status, "pool/show", v)
}

// poolAct is a button of the page: it does something and goes back there.
func (h *console) poolAct(do func(c echo.Context, camp string) error, said string) echo.HandlerFunc {
	return func(c echo.Context) error {
		to := poolPath(c.Param("camp"))
		if err := do(c, c.Param("camp")); err != nil {
			return h.refused(c, to, err)
		}
		return h.done(c, to, said)
	}
}

func (h *console) openPool(c echo.Context, camp string) error {
	_, err := h.Pools.Open(c.Request().Context(), camp)
	return err
}

func (h *console) computePool(c echo.Context, camp string) error {
	_, err := h.Pools.Compute(c.Request().Context(), camp)
	return err
}

func (h *console) signPool(c echo.Context, camp string) error {
	_, err := h.Pools.Sign(c.Request().Context(), camp)
	return err
}

func (h *console) cancelPool(c echo.Context, camp string) error {
	_, err := h.Pools.Cancel(c.Request().Context(), camp, line(c.FormValue("reason")))
	return err
}

// poolFile hands the frozen list out; it names nobody.
func (h *console) poolFile(c echo.Context) error {
	id := c.Param("camp")
	r, err := h.Pools.Report(c.Request().Context(), id)
	switch {
	case err != nil:
		return err
	case r.Settlement.ID == "" || !h.campFrame(c, r.Camp, tabMoney).MayMoney:
		return domain.ErrNotFound
	}
	head := c.Response().Header()
	head.Set(echo.HeaderContentType, "application/x-ndjson")
	head.Set(echo.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", "pool-"+id+".jsonl"))
	return h.Pools.Export(c.Request().Context(), id, c.Response())
}

func poolSteps(r pool.Report, at hours) []poolStep {
	d, p := r.Dates, r.Pool
	order := []pool.State{pool.Open, pool.Locked, pool.Closing, pool.Computed, pool.Approved, pool.Paying, pool.Settled}
	when := map[pool.State]string{
		pool.Locked: at.At(d.LockAt), pool.Closing: at.At(d.EndAt), pool.Computed: at.At(d.AppealBy) + " 起，最晚 " + at.At(d.DecideBy),
	}
	reached := 0
	for i, s := range order {
		if s == p.State {
			reached = i + 1
		}
	}
	steps := make([]poolStep, len(order))
	for i, s := range order {
		steps[i] = poolStep{poolStates[s].Name, when[s], i+1 < reached || p.State == pool.Settled, s == p.State}
	}
	return steps
}

func poolNumbers(r pool.Report) []figure {
	if set := r.Settlement; set.ID != "" {
		list := []figure{
			{"参加", strconv.Itoa(set.Sums.Members), "人"}, {"池里共有", set.Sums.Pool.String(), ""}, {"达标", strconv.Itoa(set.Sums.Winners), "人"},
			{"可分的", set.Sums.Shared.String(), "没有达标的共 " + set.Sums.Forfeited.String()}, {"服务费", set.Sums.Fee.String(), ""},
		}
		if all := r.Stages[pool.StageMoving] + r.Stages[pool.StageParked] + r.Stages[pool.StageDone]; r.Pool.State.Pays() || r.Pool.State == pool.Settled {
			list = append(list, figure{"发放进度", fmt.Sprintf("%d / %d", r.Stages[pool.StageDone], all), fmt.Sprintf("进行中 %d，待处理 %d", r.Stages[pool.StageMoving], r.Stages[pool.StageParked])})
		}
		return list
	}
	var members int
	var sum domain.Fen
	for state, g := range r.Groups {
		if state != pool.Withdrawn {
			members, sum = members+g.Members, sum+g.Parts
		}
	}
	return []figure{{"参加", strconv.Itoa(members), "人"}, {"池里共有", sum.String(), ""}, {"锁定后退出", strconv.Itoa(r.Groups[pool.Quit].Members), "人"}, {"锁定前退出", strconv.Itoa(r.Groups[pool.Withdrawn].Members), "人，已全额退回"}}
}

// poolCharts say where the money of a pool goes, and how its members stand.
func poolCharts(r pool.Report) (charts []chart) {
	if s := r.Settlement.Sums; r.Settlement.ID != "" {
		charts = append(charts, chart{Title: "钱去了哪里", Note: "退回自己的部分、分给达标的学员和服务费，合计正好等于池里的钱。", Label: "去向", Series: []series{{Name: "金额", Kind: "bar", Unit: " 元"}}, Rows: []chartRow{
			{"退回自己的部分", []chartCell{yuan(s.Own)}}, {"分给达标的学员", []chartCell{yuan(s.Gain)}}, {"服务费", []chartCell{yuan(s.Fee)}}, {"合计", []chartCell{yuan(s.Own + s.Gain + s.Fee)}},
		}})
	}
	if len(r.Groups) == 0 {
		return charts
	}
	c := chart{Title: "学员", Label: "状态", Series: []series{{Name: "人数", Kind: "bar"}, {Name: "奖学金部分", Kind: "bar", Unit: " 元", Right: true}}}
	for _, s := range pool.MemberStates {
		if g, ok := r.Groups[s]; ok {
			c.Rows = append(c.Rows, chartRow{memberStates[s].Name, []chartCell{counted(g.Members), yuan(g.Parts)}})
		}
	}
	return append(charts, c)
}

var poolStates = map[pool.State]label{
	pool.Draft: {"草稿", "secondary"}, pool.Open: {"开放加入", "green"}, pool.Locked: {"已锁定", "azure"}, pool.Closing: {"核对和申诉", "orange"},
	pool.Computed: {"待确认", "orange"}, pool.Approved: {"已确认", "azure"}, pool.Paying: {"发放中", "azure"}, pool.Settled: {"已结清", "green"}, pool.Cancelled: {"已取消，全部退回", "secondary"},
}

var memberStates = map[pool.MemberState]label{
	pool.In: {"在池里", "azure"}, pool.Qualified: {"达标", "green"}, pool.Failed: {"没有达标", "secondary"}, pool.Quit: {"锁定后退出", "secondary"},
	pool.Disqualified: {"取消资格", "red"}, pool.Withdrawn: {"锁定前退出", "secondary"},
}

var legStates = map[pool.LegState]label{
	pool.LegNone: {"", "secondary"}, pool.LegDue: {"待发放", "azure"}, pool.LegPaying: {"发放中", "azure"}, pool.LegWaiting: {"等学员确认收款", "orange"},
	pool.LegExpired: {"过期未确认", "orange"}, pool.LegPaid: {"已到账", "green"}, pool.LegFailed: {"未成功", "red"}, pool.LegUnclaimed: {"一直未领取", "red"},
}

var poolActs = map[pool.ActKind]string{
	pool.ActRules: "修改规则", pool.ActOpen: "开启奖学金池", pool.ActLock: "锁定", pool.ActClose: "进入核对和申诉", pool.ActCompute: "开始计算名单", pool.ActList: "名单已算好", pool.ActSign: "确认名单",
	pool.ActPay: "开始发放", pool.ActSettle: "全部结清", pool.ActCancel: "取消", pool.ActAppeal: "处理申诉", pool.ActBar: "资格", pool.ActPayAgain: "重新查看发放", pool.ActHelp: "人工处理发放",
}
