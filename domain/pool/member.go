package pool

import (
	"fmt"
	"slices"
	"time"

	"yingdi/domain"
)

// Member is one person's part in a pool, with the id camp:member.
type Member struct {
	domain.Doc
	Camp      string      `json:"camp"`
	Organiser string      `json:"organiser"`
	Member    string      `json:"member"`
	Order     string      `json:"order"` // that the part came by
	Part      domain.Fen  `json:"part"`
	Rules     int         `json:"rules"` // version that was promised
	State     MemberState `json:"state"`
	Joined    domain.Day  `json:"joined"`
	EnteredAt time.Time   `json:"entered_at"`
	LeftAt    time.Time   `json:"left_at,omitzero"`
	Bar       *Bar        `json:"bar,omitempty"`
	Appeals   []Appeal    `json:"appeals,omitempty"`

	Line *Line `json:"line,omitempty"` // what the frozen list says
	Own  Leg   `json:"own,omitzero"`   // the own part, refunded
	Gain Leg   `json:"gain,omitzero"`  // what comes on top, transferred

	LookAt time.Time `json:"look_at,omitzero"` // when somebody must look at these again, even if nothing is heard of them
}

// MemberState says how a member stands.
type MemberState string

// in → qualified | failed | quit | disqualified | withdrawn. Quit and disqualified ones stay in the list: their part is
// lost to them. One who is withdrawn has it back and is in no list.
const (
	In           MemberState = "in"
	Qualified    MemberState = "qualified"
	Failed       MemberState = "failed"
	Quit         MemberState = "quit"
	Disqualified MemberState = "disqualified"
	Withdrawn    MemberState = "withdrawn"
)

// MemberStates lists all of them.
var MemberStates = []MemberState{In, Qualified, Failed, Quit, Disqualified, Withdrawn}

// Bar is why a member was disqualified.
type Bar struct {
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// Appeal is a learner's word that a day should count.
type Appeal struct {
	Day     domain.Day  `json:"day"`
	Text    string      `json:"text"`
	At      time.Time   `json:"at"`
	State   AppealState `json:"state"`
	Answer  string      `json:"answer,omitempty"` // what the learner is told
	By      string      `json:"by,omitempty"`
	DoneAt  time.Time   `json:"done_at,omitzero"`
	Default bool        `json:"default,omitempty"` // nobody had decided in time
}

// AppealState of an appeal.
type AppealState string

// open → granted | refused.
const (
	AppealOpen    AppealState = "open"
	AppealGranted AppealState = "granted"
	AppealRefused AppealState = "refused"
)

// Limits of a member.
const (
	MaxAppeals    = 20
	MaxAppealText = 300
	MaxAnswer     = 100
)

// The refusals about members.
var (
	ErrAppealTime = domain.Refusal(domain.KindConflict, "appeal_time", "只有结营后的申诉期内可以申诉")
	ErrAppealDay  = domain.Refusal(domain.KindConflict, "appeal_day", "这一天已经计入，或者不是打卡日，不需要申诉").On("day")
	ErrAppealed   = domain.Refusal(domain.KindConflict, "appeal_exists", "这一天已经申诉过了").On("day")
	ErrAppeals    = domain.Refusal(domain.KindConflict, "appeals_full", "申诉的次数太多了，请直接联系老师")
	ErrDecided    = domain.Refusal(domain.KindConflict, "appeal_decided", "这条申诉已经处理过了")
)

// ID of a person's part in the pool of a camp.
func ID(camp, member string) string { return domain.Key(camp, member) }

// InPool reports whether the part is in the pool and goes into the list.
func (m Member) InPool() bool { return m.State != Withdrawn }

// Listed reports whether the list is frozen and the member knows what it says.
func (m Member) Listed() bool { return m.Line != nil }

// Grants are the days that appeals won.
func (m Member) Grants() (list []Grant) {
	for _, a := range m.Appeals {
		if a.State == AppealGranted {
			list = append(list, Grant{a.Day, a.DoneAt})
		}
	}
	return list
}

// Appealing reports whether an appeal waits for an answer.
func (m Member) Appealing() bool {
	return slices.ContainsFunc(m.Appeals, func(a Appeal) bool { return a.State == AppealOpen })
}

// Appeal notes the learner's word about a day that does not count.
func (m *Member) Appeal(day domain.Day, text string, now time.Time) error {
	switch {
	case m.State != In || m.Listed():
		return ErrAppealTime
	case slices.ContainsFunc(m.Appeals, func(a Appeal) bool { return a.Day == day }):
		return ErrAppealed
	case len(m.Appeals) >= MaxAppeals:
		return ErrAppeals
	}
	m.Appeals = append(m.Appeals, Appeal{Day: day, Text: text, At: now, State: AppealOpen})
	return nil
}

// Decide answers an appeal: the day counts, or it does not. The same answer again changes nothing.
func (m *Member) Decide(day domain.Day, grant bool, answer, by string, now time.Time) error {
	i := slices.IndexFunc(m.Appeals, func(a Appeal) bool { return a.Day == day })
	if i < 0 || m.Listed() {
		return fmt.Errorf("appeal of %s: %w", m.ID, domain.ErrNotFound)
	}
	a, state := &m.Appeals[i], AppealRefused
	if grant {
		state = AppealGranted
	}
	switch {
	case a.State == state:
		return domain.ErrSame
	case a.State != AppealOpen:
		return ErrDecided
	}
	a.State, a.Answer, a.By, a.DoneAt, a.Default = state, answer, by, now, by == ""
	return nil
}

// Disqualify takes the member out of those who can win, or lets them in again where bar is nil.
func (m *Member) Disqualify(bar *Bar) error {
	switch {
	case m.Listed() || m.State == Withdrawn || m.State == Quit:
		return ErrState
	case (bar == nil) == (m.Bar == nil):
		return domain.ErrSame
	}
	m.Bar = bar
	m.State = In
	if bar != nil {
		m.State = Disqualified
	}
	return nil
}

// Forget takes out of a member what they said. The part, and where it went, stays.
func (m *Member) Forget() error {
	changed := false
	for i := range m.Appeals {
		changed = changed || m.Appeals[i].Text != ""
		m.Appeals[i].Text = ""
	}
	if !changed {
		return domain.ErrSame
	}
	return nil
}

// Fact is what goes into the list of a member with this verdict.
func (m Member) Fact(v Verdict, rules Rules, cancelled bool) Fact {
	f := Fact{
		Member: m.Member, Order: m.Order, Part: m.Part, Joined: m.Joined, State: m.State, Days: v.Days, Needed: v.Needed, Done: v.Done,
		MadeUp: v.MadeUp, Homework: min(v.Homework, rules.Homework),
	}
	if m.State != In || cancelled { // nobody is judged when everybody has their part back
		return f
	}
	f.State = Failed
	if v.Qualified {
		f.State = Qualified
		if !v.At.IsZero() {
			f.At = v.At.UnixMicro()
		}
	}
	return f
}

// Settle gives the member what the list says; again changes nothing.
func (m *Member) Settle(l Line, now time.Time) error {
	if m.Listed() {
		return domain.ErrSame
	}
	m.Line, m.State = &l, l.State
	m.Own, m.Gain = due(l.Own, now), due(l.Gain, now)
	return nil
}
