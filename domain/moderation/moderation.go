// Package moderation is the one queue of everything that a person must decide about: what WeChat's check was not sure
// of or never answered, and what people report.
package moderation

import (
	"slices"
	"time"

	"yingdi/domain"
)

// Case is one thing that somebody showed, and what staff have decided about it. Its id is kind_target, so that the
// machine's doubt and every report of the same thing meet in one case.
type Case struct {
	domain.Doc
	Kind      Kind           `json:"kind"`
	Target    string         `json:"target"`
	Author    string         `json:"author"`
	Organiser string         `json:"organiser,omitempty"` // where it was shown; empty for what belongs to no camp
	Camp      string         `json:"camp,omitempty"`
	State     State          `json:"state"`
	Held      bool           `json:"held,omitempty"` // the check asked for a person
	Reporters []string       `json:"reporters,omitempty"`
	Reasons   map[Reason]int `json:"reasons,omitempty"` // that they gave
	OpenedAt  time.Time      `json:"opened_at"`
	Count     int            `json:"count"`             // of rulings ever made
	Rulings   []Ruling       `json:"rulings,omitempty"` // the newest last
}

// Kind of what a case is about.
type Kind string

// The kinds.
const (
	Checkin Kind = "checkin"
	Comment Kind = "comment"
	Profile Kind = "profile" // nickname and avatar
)

// Kinds lists them.
var Kinds = []Kind{Checkin, Comment, Profile}

// State of a case.
type State string

// open → decided; a report, an edit in doubt, or an undo opens it again.
const (
	Open    State = "open"
	Decided State = "decided"
)

// Verdict of a person.
type Verdict string

// The verdicts.
const (
	Show   Verdict = "show"   // all is well
	Hide   Verdict = "hide"   // nobody but the author sees it; its day still counts, and the author may mend it
	Reject Verdict = "reject" // nobody but the author sees it, and it does not count
	Warn   Verdict = "warn"   // it stays, and the author is told what was wrong
)

// Standing is how content stands before others.
type Standing string

// The standings.
const (
	Pending  Standing = "pending"
	Visible  Standing = "visible"
	Hidden   Standing = "hidden"
	Rejected Standing = "rejected"
	Gone     Standing = "gone"
)

// standing that a verdict gives.
func (v Verdict) standing() Standing {
	return map[Verdict]Standing{Show: Visible, Warn: Visible, Hide: Hidden, Reject: Rejected}[v]
}

// Against reports whether the verdict tells the author that something was wrong.
func (v Verdict) Against() bool { return v == Hide || v == Reject || v == Warn }

// Ruling is one decision, kept with who made it and who took it back.
type Ruling struct {
	N        int       `json:"n"` // 1 is the first
	Verdict  Verdict   `json:"verdict"`
	Reason   string    `json:"reason,omitempty"` // that the author is shown
	Version  int       `json:"version"`          // of the content that was looked at
	Before   Standing  `json:"before"`           // where an undo puts it
	By       string    `json:"by"`
	At       time.Time `json:"at"`
	UndoneBy string    `json:"undone_by,omitempty"`
	UndoneAt time.Time `json:"undone_at,omitzero"`
}

// Undone reports whether the ruling was taken back.
func (r Ruling) Undone() bool { return !r.UndoneAt.IsZero() }

// Events of this feature.
const (
	EventReported = "moderation:reported" // the document is a report
	EventRuled    = "moderation:ruled"    // a case was decided, or a decision undone
)

// Limits.
const (
	MaxReason     = 100 // characters of what the author is told
	MaxReport     = 200 // characters of what a reporter says
	ReportsPerDay = 20  // of one person
	MaxBulk       = 50  // cases decided at once
	maxRulings    = 50
	maxReporters  = 500 // whose names a case remembers; there is no need to know of more
)

// The refusals of this feature.
var (
	ErrOwn      = domain.Refusal(domain.KindConflict, "report_own", "不能举报自己发布的内容")
	ErrTooMany  = domain.Refusal(domain.KindTooMany, "report_limit", "今天举报的次数已达上限，请明天再试")
	ErrChanged  = domain.Refusal(domain.KindConflict, "case_changed", "内容刚刚被修改过，请重新查看后再处理")
	ErrDecided  = domain.Refusal(domain.KindConflict, "case_decided", "这条内容已被其他人处理，请刷新后查看")
	ErrNotLast  = domain.Refusal(domain.KindConflict, "ruling_not_last", "只能撤销最近一次处理")
	errNoReason = domain.Invalid("reason", "请填写原因，作者会看到")
)

// ID of the case of a thing.
func ID(k Kind, target string) string { return string(k) + "_" + target }

// Check bounds a decision.
func Check(v Verdict, reason string) error {
	var check domain.Check
	check.That(v.standing() != "", "verdict", "请选择处理方式")
	check.Line("reason", "原因", reason, 0, MaxReason)
	if err := check.Err(); err != nil {
		return err
	}
	if v.Against() && reason == "" {
		return errNoReason
	}
	return nil
}

// Last returns the newest ruling; the zero one if there is none.
func (c Case) Last() Ruling {
	if len(c.Rulings) == 0 {
		return Ruling{}
	}
	return c.Rulings[len(c.Rulings)-1]
}

// Standing is how the newest ruling wants the content to stand; empty if there is none.
func (c Case) Standing() Standing {
	last := c.Last()
	if last.Undone() {
		return last.Before
	}
	return last.Verdict.standing()
}

// Offence is when the author was last told that something was wrong, if that still holds.
func (c Case) Offence() (at time.Time, ok bool) {
	last := c.Last()
	return last.At, last.Verdict.Against() && !last.Undone()
}

// open puts the case into the queue.
func (c *Case) open(now time.Time) bool {
	if c.State == Open {
		return false
	}
	c.State, c.OpenedAt = Open, now
	return true
}

// hold notes that the check wants a person to look, unless one has looked at this very version.
func (c *Case) hold(version int, now time.Time) error {
	last := c.Last()
	if last.N > 0 && !last.Undone() && last.Version == version || !c.open(now) && c.Held {
		return domain.ErrSame
	}
	c.Held = true
	return nil
}

// release closes a case that the author has mended, unless somebody has reported it.
func (c *Case) release() error {
	if c.State != Open || len(c.Reporters) > 0 {
		return domain.ErrSame
	}
	c.State, c.Held = Decided, false
	return nil
}

// hear adds one report. The same person's second changes nothing.
func (c *Case) hear(r Report, now time.Time) error {
	if slices.Contains(c.Reporters, r.Reporter) || len(c.Reporters) >= maxReporters {
		return domain.ErrSame
	}
	c.open(now)
	c.Reporters = append(c.Reporters, r.Reporter)
	if c.Reasons == nil {
		c.Reasons = map[Reason]int{}
	}
	c.Reasons[r.Reason]++
	return nil
}

// rule decides. What an open case is decided as may be changed later; the same again is domain.ErrSame.
func (c *Case) rule(r Ruling) error {
	last := c.Last()
	if c.State == Decided && !last.Undone() && last.Verdict == r.Verdict && last.Reason == r.Reason && last.Version == r.Version {
		return domain.ErrSame
	}
	c.Count++
	r.N = c.Count
	c.Rulings = append(c.Rulings, r)
	if extra := len(c.Rulings) - maxRulings; extra > 0 {
		c.Rulings = c.Rulings[extra:]
	}
	c.State, c.Held = Decided, false
	c.Emit(EventRuled, r.At, nil)
	return nil
}

// undo takes the nth ruling back, if it is the newest; the case waits for a person again.
func (c *Case) undo(n int, by string, now time.Time) error {
	last := c.Last()
	switch {
	case last.N != n || n == 0:
		return ErrNotLast
	case last.Undone():
		return domain.ErrSame
	}
	c.Rulings[len(c.Rulings)-1].UndoneBy, c.Rulings[len(c.Rulings)-1].UndoneAt = by, now
	c.open(now)
	c.Emit(EventRuled, now, nil)
	return nil
}
