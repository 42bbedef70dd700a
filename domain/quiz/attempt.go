package quiz

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"yingdi/domain"
)

// Attempt is one try of one learner, with the questions as they were when it started. Its natural id is
// camp:member:quiz:n.
type Attempt struct {
	domain.Doc
	Camp      string `json:"camp"`
	Organiser string `json:"organiser"`
	Member    string `json:"member"`
	Quiz      string `json:"quiz"`
	Task      string `json:"task"`
	Title     string `json:"title"`
	N         int    `json:"n"` // 1 is the first

	Rule    Rule    `json:"rule"`
	Pass    int     `json:"pass"`
	Entries []Entry `json:"entries"` // in the order in which they are asked

	State      State     `json:"state"`
	StartedAt  time.Time `json:"started_at"`
	DueAt      time.Time `json:"due_at"`   // by when it is to be handed in
	GraceAt    time.Time `json:"grace_at"` // from when on nothing more arrives; ≥ DueAt
	FinishedAt time.Time `json:"finished_at,omitzero"`

	Mark    Mark `json:"mark"`    // of what is graded
	Waiting int  `json:"waiting"` // short answers that nobody has graded

	Graded   int       `json:"graded,omitempty"` // how often a teacher has marked the last of its answers, or changed a mark after that
	GradedAt time.Time `json:"graded_at,omitzero"`
}

// EventMarked says that an attempt is over, or that its mark was changed since.
const EventMarked = "quiz:marked"

// State of an attempt.
type State string

// in_progress → overdue → finished | abandoned; it can be finished from in_progress too. An attempt in which nothing
// was answered when its time ran out is abandoned.
const (
	InProgress State = "in_progress"
	Overdue    State = "overdue" // time is up, and what is under way still arrives
	Finished   State = "finished"
	Abandoned  State = "abandoned"
)

// Entry is one question of an attempt.
type Entry struct {
	Question string `json:"question"`
	Version  int    `json:"version"`
	Content
	Full   Mark      `json:"full"`
	Order  []int     `json:"order,omitempty"` // the options as they are shown
	Answer Answer    `json:"answer"`          // options counted as Content counts them
	At     time.Time `json:"at,omitzero"`     // of the answer
	Locked bool      `json:"locked,omitempty"`
	Mark   Mark      `json:"mark"` // once finished
	Graded bool      `json:"graded"`
	Remark string    `json:"remark,omitempty"` // of the teacher who graded
	Audit  []Change  `json:"audit,omitempty"`
}

// Change is one change of a mark after the attempt was finished.
type Change struct {
	Cause string    `json:"cause"` // id of the regrade, or "grade"
	By    string    `json:"by"`
	At    time.Time `json:"at"`
	Old   Mark      `json:"old"`
	New   Mark      `json:"new"`
}

// maxAudit bounds how often one answer can be graded by hand.
const maxAudit = 50

// AttemptID of the nth attempt.
func AttemptID(camp, member, quiz string, n int) string {
	return domain.Key(camp, member, quiz, strconv.Itoa(n))
}

// Begin makes an attempt with a snapshot of the questions, which are by their ids. It ends with the quiz's window at the
// latest.
func Begin(q Quiz, task, member string, n int, questions map[string]Question, w Window, now time.Time) (Attempt, error) {
	a := Attempt{
		Doc: domain.Doc{ID: AttemptID(q.Camp, member, q.ID, n)}, Camp: q.Camp, Organiser: q.Organiser, Member: member, Quiz: q.ID,
		Task: task, Title: q.Title, N: n, Rule: q.Rule, Pass: q.Pass, State: InProgress, StartedAt: now, DueAt: w.Until,
	}
	if q.Minutes > 0 {
		if due := now.Add(time.Duration(q.Minutes) * time.Minute); due.Before(a.DueAt) {
			a.DueAt = due
		}
	}
	a.GraceAt = a.DueAt.Add(time.Duration(q.Grace) * time.Second)
	seed := newShuffle(a.ID)
	for _, item := range q.Items {
		from, ok := questions[item.Question]
		if !ok {
			return Attempt{}, fmt.Errorf("question %s of quiz %s: %w", item.Question, q.ID, domain.ErrNotFound)
		}
		e := Entry{Question: from.ID, Version: from.Version, Content: from.Content, Full: Marks(item.Points), Order: seed.straight(len(from.Options))}
		if q.ShuffleOptions && from.Kind != Truth {
			seed.mix(e.Order)
		}
		a.Entries = append(a.Entries, e)
	}
	if len(a.Entries) == 0 {
		return Attempt{}, ErrNoQuestion
	}
	if q.ShuffleQuestions {
		mixed := slices.Clone(a.Entries)
		for i, from := range seed.mix(seed.straight(len(mixed))) {
			a.Entries[i] = mixed[from]
		}
	}
	return a, nil
}

// Over reports whether nothing more can be answered.
func (a Attempt) Over() bool { return a.State == Finished || a.State == Abandoned }

// WakeAt is when time next changes the attempt; zero if it never does.
func (a Attempt) WakeAt() time.Time {
	switch a.State {
	case InProgress:
		return a.DueAt
	case Overdue:
		return a.GraceAt
	}
	return time.Time{}
}

// Tick does what time has brought: overdue, and then the end, as of the instant at which it was due. ErrSame if that is
// nothing.
func (a *Attempt) Tick(now time.Time) error {
	switch {
	case a.Over() || now.Before(a.DueAt):
		return domain.ErrSame
	case !now.Before(a.GraceAt):
		a.end(a.GraceAt)
	case a.State == InProgress:
		a.State = Overdue
	default:
		return domain.ErrSame
	}
	return nil
}

// Said is an answer to the question at a position, counted from 1; options are positions as they were shown.
type Said struct {
	Position int
	Answer
}

// Save keeps answers; a later one takes the place of an earlier one, and an empty one takes it back. Under RevealDuring
// an answer stays what it was. One refused refuses all.
func (a *Attempt) Save(said []Said, reveal Reveal, now time.Time) error {
	if a.Over() {
		return ErrFinished
	}
	if !now.Before(a.GraceAt) {
		return ErrTimeUp
	}
	for _, s := range said {
		if s.Position < 1 || s.Position > len(a.Entries) {
			return domain.Invalid("answers", "没有这道题")
		}
		if err := a.Entries[s.Position-1].save(s.Answer, reveal == RevealDuring, now); err != nil {
			return err
		}
	}
	if !now.Before(a.DueAt) {
		a.State = Overdue
	}
	return nil
}

func (e *Entry) save(said Answer, lock bool, now time.Time) error {
	var check domain.Check
	check.That(e.Kind.Chosen() || len(said.Options) == 0, "answers", "这道题不是选择题")
	check.That(!e.Kind.Chosen() || said.Text == "", "answers", "这道题请选择选项")
	check.That(e.Kind == Multiple || len(said.Options) <= 1, "answers", "这道题只能选一个")
	longest := MaxShort
	if e.Kind == FillIn {
		longest = MaxFillIn
	}
	check.Text("answers", "答案", said.Text, 0, longest)
	answer := Answer{Text: strings.TrimSpace(said.Text)}
	for _, shown := range said.Options {
		if shown < 0 || shown >= len(e.Order) || slices.Contains(answer.Options, e.Order[shown]) {
			check.That(false, "answers", "选项无效或重复")
			continue
		}
		answer.Options = append(answer.Options, e.Order[shown])
	}
	if err := check.Err(); err != nil {
		return err
	}
	slices.Sort(answer.Options)
	if e.Locked {
		if slices.Equal(answer.Options, e.Answer.Options) && answer.Text == e.Answer.Text {
			return nil // the same request once more
		}
		return ErrLocked
	}
	e.Answer, e.At, e.Locked = answer, now, lock && !answer.Blank()
	return nil
}

// Submit hands the attempt in. After its time it ends as it would have by itself.
func (a *Attempt) Submit(now time.Time) error {
	switch {
	case a.Over():
		return domain.ErrSame
	case !now.Before(a.GraceAt):
		return a.Tick(now)
	}
	a.end(now)
	return nil
}

func (a *Attempt) end(at time.Time) {
	a.State, a.FinishedAt = Abandoned, at
	for i := range a.Entries {
		e := &a.Entries[i]
		e.Mark, e.Graded = e.Content.Mark(e.Answer, a.Rule, e.Full)
		if !e.Answer.Blank() {
			a.State = Finished
		}
	}
	if at.Before(a.DueAt) {
		a.State = Finished // handed in on purpose, be it empty
	}
	a.sum(at)
}

func (a *Attempt) sum(at time.Time) {
	a.Emit(EventMarked, at, nil)
	a.Mark, a.Waiting = 0, 0
	for _, e := range a.Entries {
		a.Mark += e.Mark
		if !e.Graded {
			a.Waiting++
		}
	}
}

// Full is what the attempt could be worth.
func (a Attempt) Full() Mark {
	var full Mark
	for _, e := range a.Entries {
		full += e.Full
	}
	return full
}

// Passed reports whether a finished attempt reaches the pass mark with what is graded so far.
func (a Attempt) Passed() bool { return a.State == Finished && a.Mark*100 >= a.Full()*Mark(a.Pass) }

// Revealed reports whether the key to an entry may be shown to the learner: the quiz's rule as it stands now, whether
// they could start another attempt, and until when the quiz is open.
func (a Attempt) Revealed(e Entry, rule Reveal, left int, w Window, now time.Time) bool {
	closed := !now.Before(w.Until)
	switch {
	case !a.Over():
		return rule == RevealDuring && e.Locked
	case rule == RevealDuring || rule == RevealAfter:
		return true
	case rule == RevealOpen:
		return left == 0 || closed
	}
	return rule == RevealClose && closed
}

// EventGraded says that a teacher has marked the answers of an attempt.
const EventGraded = "quiz:graded"

// GradeAll marks short answers by hand. Once none is left without a mark, the learner is to be told. One refused refuses
// all; domain.ErrSame if nothing changes.
func (a *Attempt) GradeAll(gradings []Grading, by string, now time.Time) error {
	changed := false
	for _, g := range gradings {
		switch err := a.Grade(g.Position, g.Mark, g.Remark, by, now); err {
		case nil:
			changed = true
		case domain.ErrSame: //nolint:errorlint // Grade returns the sentinel itself
		default:
			return fmt.Errorf("question %d of attempt %s: %w", g.Position, a.ID, err)
		}
	}
	if !changed {
		return domain.ErrSame
	}
	if a.Waiting == 0 {
		a.Graded++
		a.GradedAt = now
		a.Emit(EventGraded, now, nil)
	}
	return nil
}

// Grade marks a short answer by hand. A mark that was there before is kept in the audit.
func (a *Attempt) Grade(position int, mark Mark, remark, by string, now time.Time) error {
	if position < 1 || position > len(a.Entries) || a.State != Finished || a.Entries[position-1].Kind != Short {
		return ErrUngradable
	}
	e := &a.Entries[position-1]
	var check domain.Check
	check.That(0 <= mark && mark <= e.Full, "mark", "得分应在 0 到 "+e.Full.String()+" 之间")
	check.Text("remark", "评语", remark, 0, 1000)
	check.That(len(e.Audit) < maxAudit, "mark", "这道题改分次数太多了")
	if err := check.Err(); err != nil {
		return err
	}
	if e.Graded && e.Mark == mark && e.Remark == remark {
		return domain.ErrSame
	}
	e.Audit = append(e.Audit, Change{"grade", by, now, e.Mark, mark})
	e.Mark, e.Remark, e.Graded = mark, remark, true
	a.sum(now)
	return nil
}
