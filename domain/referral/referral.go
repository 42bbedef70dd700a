// Package referral pays people for learners whom they recommend: a plan says how much of the tuition a promoter earns, a
// binding says who recommended whom and until when, and a commission is what one order earns one of them.
//
// What an order earns is written into the order when it is placed; neither a later binding nor a change of the plan moves
// it. A commission is frozen until the order can no longer be refunded by its policy and the camp has begun, then it goes
// into the promoter's wallet. Whenever money of the order goes back, what was earned by it goes back with it, in proportion,
// and from the wallet too, also after it was withdrawn: what comes later then makes up for it.
//
// The law and WeChat's rules allow two levels at most; becoming a promoter costs nothing, and nothing is paid for bringing
// in promoters: every fen comes from tuition that a learner paid and the organiser kept.
package referral

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"yingdi/domain"
	"yingdi/domain/source"
)

// Plan is how an organiser pays its promoters: for all of its camps, or for one, where that plan stands in the place of the
// other. Its id is PlanID.
type Plan struct {
	domain.Doc
	Organiser string    `json:"organiser"`
	Camp      string    `json:"camp,omitempty"` // empty: all camps without a plan of their own
	Terms     Terms     `json:"terms"`
	State     State     `json:"state"`
	Version   int       `json:"version"` // counted by each change
	CreatedAt time.Time `json:"created_at"`
	ChangedAt time.Time `json:"changed_at"`
	ChangedBy string    `json:"changed_by"`
}

// State of a plan.
type State string

// draft → active ⇄ stopped. A plan that is stopped promises nothing from that moment on; orders that were placed before
// keep what they were promised, and so do commissions.
const (
	Draft   State = "draft"
	Active  State = "active"
	Stopped State = "stopped"
)

// Terms of a plan.
type Terms struct {
	Rates      []int `json:"rates"`       // by level, in hundredths of a percent of the tuition that is kept
	BindDays   int   `json:"bind_days"`   // how long a learner stays bound to who recommended them
	FreezeDays int   `json:"freeze_days"` // at least, from the payment on
	PerNetwork int   `json:"per_network"` // learners that one promoter can bind from one network address
	PerDevice  int   `json:"per_device"`
}

// Limits of a plan.
const (
	MaxLevels     = 2
	MaxRate       = 50_00 // of all levels together
	MaxBindDays   = 365
	MaxFreezeDays = 180
)

// The refusals of this feature.
var (
	ErrNoPlan    = domain.Refusal(domain.KindConflict, "referral_not_open", "这里现在没有推广活动")
	ErrStopped   = domain.Refusal(domain.KindConflict, "referral_stopped", "推广活动已停止，之前的推广收入照常结算")
	ErrPromoter  = domain.Refusal(domain.KindNotFound, "referral_not_promoter", "你还不是推广员")
	ErrBarred    = domain.Refusal(domain.KindForbidden, "referral_barred", "你的推广资格已被机构停用，如有疑问请联系机构")
	ErrSelf      = domain.Refusal(domain.KindConflict, "referral_self", "不能推荐自己")
	ErrLoop      = domain.Refusal(domain.KindConflict, "referral_loop", "对方是由你推荐来的，不能再反过来推荐你")
	ErrBound     = domain.Refusal(domain.KindConflict, "referral_bound", "你已经由其他人推荐")
	ErrCrowd     = domain.Refusal(domain.KindConflict, "referral_crowd", "同一网络或同一设备来的人太多了，没有记录推荐关系")
	ErrOver      = domain.Refusal(domain.KindConflict, "referral_commission_over", "这笔佣金已经结算进钱包，不能再撤销；退款时会自动扣回")
	ErrSameTerms = domain.Refusal(domain.KindConflict, "referral_plan_exists", "这个范围已经有推广方案，请修改原来的方案")
)

// PlanID is the organiser's, or organiser:camp.
func PlanID(organiser, camp string) string {
	if camp == "" {
		return organiser
	}
	return organiser + ":" + camp
}

// Check bounds the terms.
func (t Terms) Check() error {
	var check domain.Check
	sum := 0
	for i, rate := range t.Rates {
		sum += rate
		check.That(rate >= 1 && rate <= MaxRate, fmt.Sprintf("rates[%d]", i), "比例应在 0.01% 到 "+Percent(MaxRate)+" 之间")
		check.That(i == 0 || rate <= t.Rates[0], fmt.Sprintf("rates[%d]", i), "第二级的比例不能高于第一级")
	}
	check.That(len(t.Rates) >= 1, "rates", "请填写佣金比例")
	check.That(len(t.Rates) <= MaxLevels, "rates", "最多两级：国家规定，三级及以上属于传销")
	check.That(sum <= MaxRate, "rates", "各级比例加起来不能超过 "+Percent(MaxRate))
	check.Range("bind_days", "推荐关系的有效天数", t.BindDays, 1, MaxBindDays)
	check.Range("freeze_days", "冻结天数", t.FreezeDays, 0, MaxFreezeDays)
	check.Range("per_network", "同一网络最多绑定", t.PerNetwork, 1, source.Max)
	check.Range("per_device", "同一设备最多绑定", t.PerDevice, 1, source.Max)
	return check.Err()
}

// Percent writes a rate: 10%, 7.5%.
func Percent(rate int) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%d.%02d", rate/100, rate%100), "0"), ".") + "%"
}

// Sentence says in plain words what the terms are, as promoters and staff read it.
func (t Terms) Sentence() string {
	var s strings.Builder
	fmt.Fprintf(&s, "你推荐的人付款报名，你得到机构实际收到学费的 %s", Percent(t.Rates[0]))
	if len(t.Rates) > 1 {
		fmt.Fprintf(&s, "；你推荐来的推广员再推荐的人付款报名，你得到 %s", Percent(t.Rates[1]))
	}
	fmt.Fprintf(&s, "。推荐关系保持 %d 天，以下单时为准。佣金不含进入奖学金池的部分，不足 1 分的舍去；", t.BindDays)
	if t.FreezeDays > 0 {
		fmt.Fprintf(&s, "付款满 %d 天、", t.FreezeDays)
	}
	s.WriteString("退款期结束并且开营以后可以提现。学员退款，佣金按比例扣回；已经提现的，从以后的收入里扣。成为推广员不收任何费用，发展推广员没有奖励。")
	return s.String()
}

// Apply changes the terms; orders keep what they were promised, and bindings hold as long as they were made for.
func (p *Plan) Apply(t Terms, by string, now time.Time) error {
	if err := t.Check(); err != nil {
		return err
	}
	p.Terms = t
	p.Terms.Rates = slices.Clone(t.Rates)
	p.Version, p.ChangedAt, p.ChangedBy = p.Version+1, now, by
	return nil
}

// Turn starts or stops the plan at once.
func (p *Plan) Turn(to State, by string, now time.Time) error {
	switch {
	case p.State == to:
		return domain.ErrSame
	case to == Active, to == Stopped && p.State == Active:
		p.State, p.ChangedAt, p.ChangedBy, p.Version = to, now, by, p.Version+1
		return nil
	}
	return domain.ErrConflict
}

// Cut is what a rate makes of an amount: the whole fen below.
func Cut(kept domain.Fen, rate int) domain.Fen { return kept * domain.Fen(rate) / 100_00 }
