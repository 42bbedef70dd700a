// Package pool is the scholarship pool of a camp: a published part of each fee goes in, and at the end those who
// persevered share the part of those who gave up. Who qualifies follows from stored facts alone, the list is frozen with
// the hash of what it was computed from, and anybody can compute it again.
package pool

import (
	"slices"
	"time"

	"yingdi/domain"
)

// Pool has the id of its camp. It is never deleted.
type Pool struct {
	domain.Doc
	Organiser string    `json:"organiser"`
	State     State     `json:"state"`
	Rules     Rules     `json:"rules"`
	Dates     Dates     `json:"dates,omitzero"`      // fixed once somebody is about to pay; before, they follow from the camp
	OrderedAt time.Time `json:"ordered_at,omitzero"` // when a seat was last ordered, to the minute
	Running   Run       `json:"running,omitzero"`    // the computation that is under way
	Totals    Totals    `json:"totals,omitzero"`     // a projection of the members
	Log       []Act     `json:"log,omitempty"`       // who did what
	WakeAt    time.Time `json:"wake_at,omitzero"`    // when somebody must look again
	CreatedAt time.Time `json:"created_at"`
	DoneAt    time.Time `json:"done_at,omitzero"` // when every payout had arrived, or waited for a person
}

// State of a pool.
type State string

// draft → open → locked → closing → computed → approved → paying → settled. One that is cancelled goes from any state
// before computed to cancelled, where everybody's part is refunded.
const (
	Draft     State = "draft"
	Open      State = "open"    // seats are sold
	Locked    State = "locked"  // what is in stays in
	Closing   State = "closing" // the days are over: make-ups, reviews, appeals
	Computed  State = "computed"
	Approved  State = "approved"
	Paying    State = "paying"
	Settled   State = "settled"
	Cancelled State = "cancelled"
)

// States lists all of them.
var States = []State{Draft, Open, Locked, Closing, Computed, Approved, Paying, Settled, Cancelled}

// Frozen reports whether who gets what is decided.
func (s State) Frozen() bool {
	return s == Computed || s == Approved || s == Paying || s == Settled || s == Cancelled
}

// Pays reports whether payouts are under way.
func (s State) Pays() bool { return s == Paying || s == Cancelled }

// Run is a computation. An order to compute is given once; whoever carries it out may do so again after a crash.
type Run struct {
	By     string    `json:"by,omitempty"` // empty: the clock
	At     time.Time `json:"at"`
	Cancel bool      `json:"cancel,omitempty"` // everybody gets their own part back
}

// Totals are the members of a pool in numbers.
type Totals struct {
	Members int        `json:"members"` // whose part is in
	Pool    domain.Fen `json:"pool"`    // the sum of their parts
	Left    int        `json:"left"`    // of the members, who gave up or were disqualified
	At      time.Time  `json:"at"`
}

// Act is one entry of the log.
type Act struct {
	Kind ActKind   `json:"kind"`
	By   string    `json:"by,omitempty"` // empty: the clock
	At   time.Time `json:"at"`
	Note string    `json:"note,omitempty"`

	Member string `json:"member,omitempty"` // whom it was about
}

// ActKind says what was done.
type ActKind string

// The kinds of acts.
const (
	ActRules    ActKind = "rules"
	ActOpen     ActKind = "open"
	ActLock     ActKind = "lock"
	ActClose    ActKind = "close"
	ActCompute  ActKind = "compute" // was ordered
	ActList     ActKind = "list"    // the list is there
	ActSign     ActKind = "sign"
	ActPay      ActKind = "pay"
	ActSettle   ActKind = "settle"
	ActCancel   ActKind = "cancel"
	ActAppeal   ActKind = "appeal"     // one was decided
	ActBar      ActKind = "disqualify" // a member, or they were let in again
	ActPayAgain ActKind = "pay_again"
	ActHelp     ActKind = "help" // a person paid what the machine could not
)

// maxLog entries; what is older than these is in the members' own documents.
const maxLog = 300

// Events of this feature.
const (
	EventStage   = "pool:stage"   // it came to another state; data StageData
	EventCompute = "pool:compute" // the list is to be computed
	EventMember  = "pool:member"  // somebody's part came in, or went
)

// StageData says which state a pool came to.
type StageData struct {
	State State `json:"state"`
}

// The refusals of this feature.
var (
	ErrOff       = domain.Refusal(domain.KindForbidden, "pool_off", "这个平台没有开启奖学金池")
	ErrCourse    = domain.Refusal(domain.KindConflict, "pool_course", "奖学金池只能用于有开营和结营日期的训练营")
	ErrPace      = domain.Refusal(domain.KindConflict, "pool_pace", "奖学金池只能用于大家日期相同的训练营")
	ErrFixed     = domain.Refusal(domain.KindConflict, "pool_fixed", "已有学员按现在的规则下单，规则不能再改")
	ErrOrdering  = domain.Refusal(domain.KindConflict, "pool_ordering", "刚刚有学员按现在的规则下单，请过几分钟再试")
	ErrState     = domain.Refusal(domain.KindConflict, "pool_state", "奖学金池现在的阶段不能这样做，请刷新后再看")
	ErrComputing = domain.Refusal(domain.KindConflict, "pool_computing", "正在计算名单，请稍候")
	ErrPriced    = domain.Refusal(domain.KindConflict, "pool_not_priced", "请先在价格里添加一种奖学金名额，再开启奖学金池")
	ErrStarted   = domain.Refusal(domain.KindConflict, "pool_started", "已经过了锁定时间，不能再开启奖学金池")
	ErrStaff     = domain.Refusal(domain.KindForbidden, "pool_staff", "机构的工作人员不能参加奖学金池")
	ErrAgree     = domain.Refusal(domain.KindConflict, "pool_not_agreed", "请先阅读并同意奖学金规则，并确认已满 18 周岁")
	ErrMissing   = domain.Refusal(domain.KindConflict, "pool_missing", "还有待处理的事项，处理完或到截止时间后才能计算")
	ErrNobody    = domain.Refusal(domain.KindNotFound, "pool_not_member", "你没有参加这个奖学金池")
	ErrSigned    = domain.Refusal(domain.KindConflict, "pool_signed", "需要另一位有资金权限的同事确认，同一个人不能确认两次")
	ErrOwn       = domain.Refusal(domain.KindConflict, "pool_own", "你自己在这个奖学金池里，请由不在池中的同事处理")
	ErrList      = domain.Refusal(domain.KindConflict, "pool_list", "名单核对不一致，已停止发放，请联系管理员")
)

// note writes an act into the log.
func (p *Pool) note(kind ActKind, by, what string, now time.Time) {
	p.noteOf("", kind, by, what, now)
}

// noteOf writes an act about a member into the log.
func (p *Pool) noteOf(member string, kind ActKind, by, what string, now time.Time) {
	p.Log = append(p.Log, Act{Kind: kind, By: by, At: now, Note: what, Member: member})
	if len(p.Log) > maxLog {
		p.Log = slices.Delete(p.Log, 1, len(p.Log)-maxLog+1) // the first says who made it
	}
}

// go to another state, and tell of it.
func (p *Pool) become(to State, kind ActKind, by, what string, now time.Time) {
	p.State, p.WakeAt = to, now
	p.note(kind, by, what, now)
	p.Emit(EventStage, now, StageData{to})
}

// Computing reports whether the list is being computed.
func (p Pool) Computing() bool { return !p.Running.At.IsZero() && !p.State.Frozen() }

// Halts reports whether it goes no further by the clock alone, even if only for moments.
func (p Pool) Halts() bool { return p.State == Computed || p.State == Approved || p.Computing() }

// patience is how long the machine has for a step before a person looks.
const patience = time.Hour

// waits reports whether a person must sign, or look why the machine does not get on.
func (p Pool) waits(now time.Time) bool {
	return p.State == Computed || p.Halts() && now.Sub(p.Log[len(p.Log)-1].At) > patience
}

// Advance takes the pool as far as the clock alone does, one stage at a time.
func (p *Pool) Advance(now time.Time) error {
	switch {
	case p.State == Open && !p.Dates.LockAt.IsZero() && !now.Before(p.Dates.LockAt):
		p.become(Locked, ActLock, "", "", now)
	case p.State == Locked && !now.Before(p.Dates.EndAt):
		p.become(Closing, ActClose, "", "", now)
	default:
		return domain.ErrSame
	}
	return nil
}

// Order begins the computation; again changes nothing.
func (p *Pool) Order(run Run) error {
	switch {
	case p.Computing():
		return domain.ErrSame
	case p.State != Closing && !run.Cancel, p.State.Frozen():
		return ErrState
	}
	p.Running = run
	p.WakeAt = run.At
	kind := ActCompute
	if run.Cancel {
		kind = ActCancel
	}
	p.note(kind, run.By, "", run.At)
	p.Emit(EventCompute, run.At, nil)
	return nil
}
