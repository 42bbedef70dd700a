package pool

import (
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
)

// Rules say who qualifies and when what happens. They have a version, and stay what they are once somebody has ordered.
type Rules struct {
	Version    int        `json:"version"`
	Days       int        `json:"days"`               // scheduled days with a check-in that counts, of
	Of         int        `json:"of"`                 // as many as the camp scheduled when the rules were written
	MakeUps    int        `json:"make_ups"`           // days among them that may have been made up
	Homework   int        `json:"homework,omitempty"` // homework tasks to have passed
	Grace      int        `json:"grace"`              // days from the camp's first until the lock
	Appeal     int        `json:"appeal"`             // days for appeals after everything is in
	Decide     int        `json:"decide"`             // days after these for staff to decide what is still open
	FeePercent int        `json:"fee_percent,omitempty"`
	FeeFen     domain.Fen `json:"fee_fen,omitempty"` // one of the two, of what the failed lost
	ChangedAt  time.Time  `json:"changed_at"`
	ChangedBy  string     `json:"changed_by,omitempty"`
}

// Limits of the rules.
const (
	MaxGrace      = 30
	MaxAppeal     = 30
	MaxDecide     = 14
	MaxFeePercent = 30
	MaxFeeFen     = domain.Fen(100_000_00)
)

// Plan is what a camp has to offer for rules.
type Plan struct {
	Days     int // scheduled days with a check-in
	Homework int // homework tasks
	MakeUps  camp.MakeUps
}

// Check bounds the rules by what the camp has.
func (r Rules) Check(p Plan) error {
	var check domain.Check
	check.That(p.Days > 0, "days", "请先在任务里安排打卡任务")
	if p.Days > 0 {
		check.Range("days", "需要打卡的天数", r.Days, 1, p.Days)
	}
	check.Range("make_ups", "最多计入的补卡天数", r.MakeUps, 0, camp.MaxMakeUps)
	check.That(r.MakeUps == 0 || p.MakeUps.Quota > 0, "make_ups", "这个训练营不能补卡，请填 0 或先在资料里开放补卡")
	check.Range("homework", "需要通过的作业", r.Homework, 0, p.Homework)
	check.Range("grace", "开营后多少天锁定", r.Grace, 0, MaxGrace)
	check.Range("appeal", "申诉期天数", r.Appeal, 1, MaxAppeal)
	check.Range("decide", "处理期天数", r.Decide, 1, MaxDecide)
	check.Range("fee_percent", "服务费的百分比", r.FeePercent, 0, MaxFeePercent)
	check.That(r.FeeFen >= 0 && r.FeeFen <= MaxFeeFen, "fee_fen", "服务费应在 ¥0 到 "+MaxFeeFen.String()+" 之间")
	check.That(r.FeePercent == 0 || r.FeeFen == 0, "fee_fen", "服务费的百分比和固定金额只能填一种")
	return check.Err()
}

// Needed is how many days it takes while so many are scheduled: for every day that the camp took out of its plan, one less.
func (r Rules) Needed(scheduled int) int { return max(r.Days-max(r.Of-scheduled, 0), 0) }

// Fee is the organiser's share of what the failed lost. Where nobody wins there is none.
func (r Rules) Fee(forfeited domain.Fen) domain.Fen {
	if r.FeePercent > 0 {
		return domain.Split(forfeited, []int64{int64(r.FeePercent), int64(100 - r.FeePercent)})[0]
	}
	return min(r.FeeFen, forfeited)
}

// Dates are the instants at which a pool goes on.
type Dates struct {
	LockAt   time.Time `json:"lock_at"`   // from here on parts stay
	EndAt    time.Time `json:"end_at"`    // the camp's last day is over
	FinalAt  time.Time `json:"final_at"`  // nothing can be handed in any more
	AppealBy time.Time `json:"appeal_by"` // the last moment to appeal
	DecideBy time.Time `json:"decide_by"` // what is open then counts for the learner
}

// Dates of a pool with these rules in a camp.
func (r Rules) Dates(c camp.Camp) Dates {
	end := c.End.Add(c.Closing)
	return Dates{
		LockAt: c.Calendar.Start(c.Start.Add(r.Grace)), EndAt: c.Calendar.End(c.End), FinalAt: c.Calendar.End(end),
		AppealBy: c.Calendar.End(end.Add(r.Appeal)), DecideBy: c.Calendar.End(end.Add(r.Appeal + r.Decide)),
	}
}

// Facts are what is stored about one member.
type Facts struct {
	Scheduled []domain.Day   // as the camp has them, in order
	Joined    domain.Day     // what was done before belongs to an earlier stay
	Marks     []checkin.Mark // of check-ins that count; those that wait for a verdict do until it is no
	Granted   []Grant        // days that an appeal won
	Passed    int            // homework tasks that a review has passed
	Waiting   int            // homework handed in that nobody has judged: it counts until it is returned
}

// Grant is a day that staff counted upon an appeal.
type Grant struct {
	Day domain.Day
	At  time.Time
}

// DayState says how one scheduled day stands.
type DayState byte

// The states of a day, as they stand in a list.
const (
	DayDone    DayState = '+'
	DayMadeUp  DayState = 'm' // made up, and counted
	DayOver    DayState = 'o' // made up, beyond what the rules count
	DayGranted DayState = 'g' // by an appeal
	DayMissed  DayState = '-'
	DayBefore  DayState = 'b' // before the member joined
)

// Verdict is what the rules make of the facts.
type Verdict struct {
	Days      string    // the DayState of each scheduled day
	Needed    int       // days that it takes
	Done      int       // days that count
	MadeUp    int       // of these, made up
	Homework  int       // passed or waiting
	Qualified bool      // if it ended now
	At        time.Time // when the last of the needed days was done; zero if it was not
}
