package pool

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
)

// Shown is a pool as learners see it.
type Shown struct {
	View
	Sentences []string
	Example   string // with the largest part that is sold; empty if none is
	Consent   *Consent
	Member    *Member // the acting person's part, if they have one
}

// Show returns the pool of a camp to anybody who is signed in. Returns domain.ErrNotFound while it is a draft.
func (s *Service) Show(ctx context.Context, campID string) (Shown, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Shown{}, err
	}
	c, err := s.Camps.Get(ctx, campID)
	if err != nil {
		return Shown{}, err
	}
	v, err := s.view(ctx, c)
	if err != nil {
		return Shown{}, err
	}
	if !v.Exists() || v.Pool.State == Draft {
		return Shown{}, fmt.Errorf("pool %s: %w", campID, domain.ErrNotFound)
	}
	show := Shown{View: v, Sentences: v.Pool.Rules.Sentences(c)}
	for _, o := range v.Offers {
		show.Example = v.Pool.Rules.Example(30, 9, o.Part).Sentence()
	}
	consent, err := s.Consents.Get(ctx, ID(campID, actor.Member))
	if err == nil {
		show.Consent = &consent
	} else if !errors.Is(err, domain.ErrNotFound) {
		return show, err
	}
	m, err := s.People.Get(ctx, ID(campID, actor.Member))
	if err == nil {
		show.Member = &m
	} else if !errors.Is(err, domain.ErrNotFound) {
		return show, err
	}
	return show, nil
}

// Row is one scheduled day of a member's evidence.
type Row struct {
	Day    domain.Day
	State  RowState
	Counts bool
	Why    string // in words
	Appeal *Appeal
	May    bool // appeal
}

// RowState says how a day stands.
type RowState string

// The states of a row.
const (
	RowDone     RowState = "done"
	RowMadeUp   RowState = "made_up"
	RowOver     RowState = "made_up_over"
	RowGranted  RowState = "granted"
	RowPending  RowState = "pending" // counts until somebody says no
	RowRejected RowState = "rejected"
	RowDeleted  RowState = "deleted"
	RowMissed   RowState = "missed"
	RowBefore   RowState = "before"
	RowToday    RowState = "today"
	RowFuture   RowState = "future"
)

// RowStates lists all of them.
var RowStates = []RowState{RowDone, RowMadeUp, RowOver, RowGranted, RowPending, RowRejected, RowDeleted, RowMissed, RowBefore, RowToday, RowFuture}

// Evidenced is why somebody qualifies, or does not.
type Evidenced struct {
	Pool    Pool
	Camp    camp.Camp
	Dates   Dates
	Member  Member
	Rows    []Row
	Verdict Verdict
	Sum     string // in words: what is missing, or what one gets
}

// Mine is the acting person's own evidence, row by row. Returns ErrNobody.
func (s *Service) Mine(ctx context.Context, campID string) (Evidenced, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Evidenced{}, err
	}
	c, err := s.Camps.Get(ctx, campID)
	if err != nil {
		return Evidenced{}, err
	}
	return s.evidence(ctx, c, actor.Member)
}

// Of is the evidence of a learner, for the camp's staff.
func (s *Service) Of(ctx context.Context, campID, memberID string) (Evidenced, error) {
	c, err := s.Camps.ForStaff(ctx, campID, domain.RightCampView)
	if err != nil {
		return Evidenced{}, err
	}
	return s.evidence(ctx, c, memberID)
}

func (s *Service) evidence(ctx context.Context, c camp.Camp, memberID string) (Evidenced, error) {
	m, err := s.People.Get(ctx, ID(c.ID, memberID))
	if errors.Is(err, domain.ErrNotFound) {
		return Evidenced{}, fmt.Errorf("pool %s: %w", c.ID, ErrNobody)
	}
	if err != nil {
		return Evidenced{}, err
	}
	p, err := s.Store.Get(ctx, c.ID)
	if err != nil {
		return Evidenced{}, err
	}
	e := Evidenced{Pool: p, Camp: c, Dates: p.datesIn(c), Member: m}
	days, err := s.days(ctx, c)
	if err != nil {
		return e, err
	}
	if m.Listed() { // the list says what counted, whatever has happened since
		set, err := s.Settlements.Get(ctx, c.ID)
		if err != nil {
			return e, err
		}
		days = set.Scheduled
		l := m.Line
		e.Verdict = Verdict{Days: l.Days, Needed: l.Needed, Done: l.Done, MadeUp: l.MadeUp, Homework: l.Homework, Qualified: l.State == Qualified}
	} else {
		verdicts, err := s.judge(ctx, c.ID, p.Rules, days, []Member{m})
		if err != nil {
			return e, err
		}
		e.Verdict = verdicts[memberID]
	}
	handed, err := s.handed(ctx, c.ID, memberID, m.Joined)
	if err != nil {
		return e, err
	}
	now := s.Clock.Now()
	for i, day := range days {
		e.Rows = append(e.Rows, e.row(day, DayState(e.Verdict.Days[i]), handed[day], now))
	}
	e.Sum = e.sum(now)
	return e, nil
}

// handed are a learner's check-ins by day, of this stay: at most a few hundred.
func (s *Service) handed(ctx context.Context, campID, memberID string, joined domain.Day) (map[domain.Day][]checkin.Checkin, error) {
	by := map[domain.Day][]checkin.Checkin{}
	list := func(page domain.Page) ([]checkin.Checkin, domain.Cursor, error) {
		return s.Evidence.OfMember(ctx, campID, memberID, page)
	}
	for c, err := range domain.Each(list) {
		if err != nil {
			return nil, err
		}
		if c.Day >= joined {
			by[c.Day] = append(by[c.Day], c)
		}
	}
	return by, nil
}

var rowOf = map[DayState]Row{
	DayDone:    {State: RowDone, Counts: true, Why: "当天完成"},
	DayMadeUp:  {State: RowMadeUp, Counts: true, Why: "补卡，计入"},
	DayOver:    {State: RowOver, Why: "补卡次数超过规则，不计入"},
	DayGranted: {State: RowGranted, Counts: true, Why: "申诉成功，计入"},
	DayMissed:  {State: RowMissed, Why: "没有打卡"},
	DayBefore:  {State: RowBefore, Why: "还没有入营"},
}

// row says how a day stands, with the reason.
func (e Evidenced) row(day domain.Day, state DayState, handed []checkin.Checkin, now time.Time) Row {
	r := rowOf[state]
	r.Day = day
	today := e.Camp.Calendar.Day(now)
	rejected := slices.IndexFunc(handed, func(c checkin.Checkin) bool { return c.State == checkin.Rejected })
	switch {
	case state == DayMissed && rejected >= 0:
		r.State, r.Why = RowRejected, "打卡未通过审核："+handed[rejected].Reason
	case state == DayMissed && slices.ContainsFunc(handed, func(c checkin.Checkin) bool { return c.State == checkin.Deleted }):
		r.State, r.Why = RowDeleted, "打卡已自己删除"
	case state == DayMissed && day > today:
		r.State, r.Why = RowFuture, "还没有到"
	case state == DayMissed && day == today:
		r.State, r.Why = RowToday, "今天还没有打卡"
	case r.Counts && state != DayGranted && !e.Member.Listed() && !slices.ContainsFunc(handed, func(c checkin.Checkin) bool { return c.Counts() && !c.Unsettled() }):
		r.State, r.Why = RowPending, "已打卡，审核中，先计入"
	}
	if i := slices.IndexFunc(e.Member.Appeals, func(a Appeal) bool { return a.Day == day }); i >= 0 {
		r.Appeal = &e.Member.Appeals[i]
	}
	r.May = !r.Counts && r.Appeal == nil && e.appealing(now) && state != DayBefore
	return r
}

// appealing reports whether the member can appeal now.
func (e Evidenced) appealing(now time.Time) bool {
	return e.Member.State == In && !e.Member.Listed() && e.Pool.State == Closing && !e.Pool.Computing() && now.Before(e.Dates.AppealBy)
}

// sum says in words where the member stands.
func (e Evidenced) sum(now time.Time) string {
	m, v, at := e.Member, e.Verdict, clockOf(e.Camp)
	switch {
	case m.Listed() && m.Gain.Amount > 0:
		return fmt.Sprintf("已达标：退回自己的 %s，另得奖学金 %s，共 %s。", m.Own.Amount, m.Gain.Amount, m.Own.Amount+m.Gain.Amount)
	case m.Listed() && m.Own.Amount > 0 && e.Pool.State == Cancelled:
		return fmt.Sprintf("奖学金池已取消，你的 %s 全额退回。", m.Own.Amount)
	case m.Listed() && m.Own.Amount > 0 && m.State != Qualified:
		return fmt.Sprintf("没有人达标，你的 %s 全额退回。", m.Own.Amount)
	case m.Listed() && m.Own.Amount > 0:
		return fmt.Sprintf("已达标：退回自己的 %s。", m.Own.Amount)
	case m.State == Withdrawn:
		return fmt.Sprintf("已退出，奖学金部分 %s 退回。", m.Part)
	case m.State == Quit:
		return "锁定后退出，奖学金部分留在池里。"
	case m.State == Disqualified:
		return "已被取消资格：" + m.Bar.Reason
	case m.Listed():
		return "没有达标：" + e.lacks() + "。"
	case v.Qualified:
		return fmt.Sprintf("按现在的记录已经达标（%d/%d 天）。", v.Done, v.Needed)
	case now.Before(e.Dates.EndAt):
		return fmt.Sprintf("%s。结营前继续打卡。", e.lacks())
	default:
		return fmt.Sprintf("按现在的记录没有达标：%s。%s前可以补卡或申诉。", e.lacks(), at(e.Dates.AppealBy))
	}
}

func (e Evidenced) lacks() string {
	lack := ""
	if e.Verdict.Done < e.Verdict.Needed {
		lack = fmt.Sprintf("有效打卡 %d 天，还差 %d 天", e.Verdict.Done, e.Verdict.Needed-e.Verdict.Done)
	}
	if short := e.Pool.Rules.Homework - e.Verdict.Homework; short > 0 {
		if lack != "" {
			lack += "；"
		}
		lack += fmt.Sprintf("作业还差 %d 次通过", short)
	}
	return lack
}

// Appeal is the acting person's word that a day should count. Returns ErrAppealTime, ErrAppealDay, ErrAppealed.
func (s *Service) Appeal(ctx context.Context, campID string, day domain.Day, text string) (Evidenced, error) {
	var check domain.Check
	check.That(day.Valid(), "day", "日期不正确")
	check.Text("text", "申诉理由", text, 2, MaxAppealText)
	if err := check.Err(); err != nil {
		return Evidenced{}, err
	}
	e, err := s.Mine(ctx, campID)
	if err != nil {
		return e, err
	}
	i := slices.IndexFunc(e.Rows, func(r Row) bool { return r.Day == day })
	switch {
	case !e.appealing(s.Clock.Now()):
		return e, fmt.Errorf("pool %s: %w", campID, ErrAppealTime)
	case i >= 0 && e.Rows[i].Appeal != nil:
		return e, fmt.Errorf("pool %s: %w", campID, ErrAppealed)
	case i < 0 || !e.Rows[i].May:
		return e, fmt.Errorf("pool %s: %w", campID, ErrAppealDay)
	}
	if _, err := s.People.Update(ctx, e.Member.ID, func(m *Member) error { return m.Appeal(day, text, s.Clock.Now()) }); err != nil {
		return e, err
	}
	return s.Mine(ctx, campID)
}
