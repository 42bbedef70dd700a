// Package review is a teacher's answer to a check-in: words, a voice, pictures, points; released when the teacher is
// done, or given back to be done again. A homework is passed by its review.
package review

import (
	"time"

	"yingdi/domain"
)

// Review has the id of its check-in: one each.
type Review struct {
	domain.Doc
	Camp       string    `json:"camp"`
	Organiser  string    `json:"organiser"`
	Learner    string    `json:"learner"`
	Task       string    `json:"task,omitempty"`
	Homework   bool      `json:"homework,omitempty"` // passing it completes the task
	Reviewer   string    `json:"reviewer"`           // of what is released; until then, of the draft
	State      State     `json:"state"`
	Draft      Mark      `json:"draft"`    // what the teacher is writing
	Released   Mark      `json:"released"` // what the learner sees; stands until the next release
	Judged     Judged    `json:"judged"`   // what Released is about
	Round      int       `json:"round"`    // counts releases
	History    []Past    `json:"history,omitempty"`
	Audit      []Change  `json:"audit,omitempty"`
	Claim      Claim     `json:"claim,omitzero"`
	CreatedAt  time.Time `json:"created_at"`
	ReleasedAt time.Time `json:"released_at,omitzero"`
	SettleAt   time.Time `json:"settle_at,omitzero"` // until then the release can be undone and nobody is told; zero once they are
}

// Judged says which version of the check-in a mark is about.
type Judged struct {
	Redo     int       `json:"redo"`    // 0 is what was handed in first
	Version  int       `json:"version"` // 0 if it was not noted
	HandedAt time.Time `json:"handed_at,omitzero"`
}

// Past is an earlier mark that a later one replaced.
type Past struct {
	Mark
	Reviewer string    `json:"reviewer"`
	At       time.Time `json:"at"` // when it was released
	Judged   Judged    `json:"judged"`
}

// Change is one step of the audit: who did what. What a release changed is found in Past, by its round.
type Change struct {
	Act   Act       `json:"act"`
	By    string    `json:"by"`
	At    time.Time `json:"at"`
	Round int       `json:"round"` // of the release that was made, reopened or undone
}

// Act is what somebody did to a review.
type Act string

// The acts.
const (
	ActReleased Act = "released"
	ActReturned Act = "returned"
	ActReopened Act = "reopened"
	ActUndone   Act = "undone"
)

// State of a review.
type State string

// draft → released → reopened → released. One that was returned is reopened by what the learner hands in then.
const (
	Draft    State = "draft"
	Released State = "released"
	Reopened State = "reopened"
)

// Limits of a review.
const (
	maxRounds = 20
	maxAudit  = 100
)

// Events of this feature.
const (
	EventReleased = "review:released" // by the teacher; the learner is not told yet
	EventReopened = "review:reopened" // or undone
	EventPassed   = "review:passed"   // it can no longer be undone, and what was handed in is good
	EventReturned = "review:returned" // it can no longer be undone, and the learner is to do it again
	EventDrafted  = "review:drafted"  // other files than before are to be kept; with Dropped
)

// The refusals of this feature.
var (
	ErrReleased = domain.Refusal(domain.KindConflict, "review_released", "点评已经发布，请先重新打开再修改")
	ErrOwn      = domain.Refusal(domain.KindForbidden, "review_own", "不能点评自己的打卡")
	ErrRounds   = domain.Refusal(domain.KindConflict, "review_rounds", "这条点评修改的次数太多了")
	ErrClaimed  = domain.Refusal(domain.KindConflict, "review_claimed", "另一位老师正在点评这一条")
	ErrChanged  = domain.Refusal(domain.KindConflict, "review_outdated", "学员刚刚修改了内容，请看过新内容再发布")
	ErrUndoOver = domain.Refusal(domain.KindConflict, "review_undo_over", "已经过了撤销时间，学员已收到通知；可以重新打开再修改")
	ErrNoReturn = domain.Refusal(domain.KindConflict, "review_not_returned", "老师没有要求重做，不能再次提交")
	ErrRedoOver = domain.Refusal(domain.KindConflict, "review_redo_over", "重做的截止时间已经过了")
)

// renew begins anew when the learner has handed in again what was returned.
func (r *Review) renew(of Judged) {
	if r.State == Released && of.Redo > r.Judged.Redo {
		r.State, r.Draft = Reopened, Mark{}
	}
}

// Write keeps a draft. The released mark, if there is one, stands. Who writes holds the claim.
func (r *Review) Write(m Mark, of Judged, by string, now time.Time) error {
	if r.renew(of); r.State == Released {
		return ErrReleased
	}
	if err := r.hold(by, now); err != nil {
		return err
	}
	r.Draft = m
	if r.Round == 0 {
		r.Reviewer = by
	}
	return nil
}

// Release shows the mark to the learner, after the time in which it can be undone. Releasing the same mark again does
// nothing.
func (r *Review) Release(m Mark, of Judged, by string, now time.Time, undo time.Duration) error {
	r.renew(of)
	switch {
	case r.State == Released && r.Released.Equal(m):
		return domain.ErrSame
	case r.State == Released:
		return ErrReleased
	case r.Round >= maxRounds || len(r.Audit) >= maxAudit:
		return ErrRounds
	}
	if err := r.hold(by, now); err != nil {
		return err
	}
	_ = r.settle(now)
	if r.Round > 0 {
		r.History = append(r.History, r.current())
	}
	r.State, r.Draft, r.Released, r.Judged, r.Reviewer, r.ReleasedAt = Released, Mark{}, m, of, by, now
	r.Round++
	r.SettleAt, r.Claim = now.Add(undo), Claim{}
	act := ActReleased
	if m.Return != nil {
		act = ActReturned
	}
	r.note(act, by, now)
	r.Emit(EventReleased, now, nil)
	return nil
}

func (r Review) current() Past {
	return Past{Mark: r.Released, Reviewer: r.Reviewer, At: r.ReleasedAt, Judged: r.Judged}
}

func (r *Review) note(act Act, by string, now time.Time) {
	r.Audit = append(r.Audit, Change{act, by, now, r.Round})
}

// Undo takes the release back as if it had not been, while the learner knows nothing of it.
func (r *Review) Undo(by string, now time.Time) error {
	switch {
	case r.State != Released:
		return domain.ErrSame
	case !r.undoable(now):
		return ErrUndoOver
	}
	r.note(ActUndone, by, now)
	last := r.Released
	r.State, r.Released, r.Judged, r.Reviewer, r.ReleasedAt = Draft, Mark{}, Judged{}, by, time.Time{}
	if n := len(r.History); n > 0 {
		p := r.History[n-1]
		r.State, r.Released, r.Judged, r.Reviewer, r.ReleasedAt = Reopened, p.Mark, p.Judged, p.Reviewer, p.At
		r.History = r.History[:n-1]
	}
	r.Round--
	r.Draft, r.SettleAt = last, time.Time{}
	r.Claim = Claim{by, now.Add(ClaimLife)}
	r.Emit(EventReopened, now, nil)
	return nil
}

func (r Review) undoable(now time.Time) bool { return r.State == Released && now.Before(r.SettleAt) }

// Reopen lets a released review be changed. One that can still be undone is undone.
func (r *Review) Reopen(by string, now time.Time) error {
	switch {
	case r.State != Released:
		return domain.ErrSame
	case r.undoable(now):
		return r.Undo(by, now)
	case r.Round >= maxRounds || len(r.Audit) >= maxAudit:
		return ErrRounds
	}
	_ = r.settle(now)
	r.note(ActReopened, by, now)
	r.State, r.Draft, r.Claim = Reopened, r.Released, Claim{by, now.Add(ClaimLife)}
	r.Emit(EventReopened, now, nil)
	return nil
}

// settle ends the time in which a release can be undone: now it holds.
func (r *Review) settle(now time.Time) error {
	if r.SettleAt.IsZero() || now.Before(r.SettleAt) {
		return domain.ErrSame
	}
	r.SettleAt = time.Time{}
	if r.Released.Return != nil {
		r.Emit(EventReturned, now, nil)
	} else {
		r.Emit(EventPassed, now, nil)
	}
	return nil
}

// Told are the marks that hold, the oldest first: all releases but one that can still be undone. The last is what
// the learner sees.
func (r Review) Told(now time.Time) []Past {
	told := append([]Past{}, r.History...)
	if r.Round > 0 && !r.undoable(now) {
		told = append(told, r.current())
	}
	return told
}

// Passed reports whether the last mark that holds says that the work is good, and since when. A homework is passed so:
// released, and not returned; points do not matter.
func (r Review) Passed(now time.Time) (since time.Time, ok bool) {
	told := r.Told(now)
	if n := len(told); n > 0 && told[n-1].Return == nil {
		return told[n-1].At, true
	}
	return time.Time{}, false
}

// Redo returns what the learner is asked to do again, if they are and have not handed in again since; redos is how
// often they have.
func (r Review) Redo(redos int, now time.Time) (Return, bool) {
	told := r.Told(now)
	if n := len(told); n > 0 && told[n-1].Return != nil && told[n-1].Judged.Redo == redos {
		return *told[n-1].Return, true
	}
	return Return{}, false
}
