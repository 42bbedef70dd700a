// Package quiz is the bank of questions, the quizzes made of them, and what learners answer. What a learner is shown is
// built from Sheet, which has no place for an answer; what the quiz's rule reveals comes beside it, as a Solution.
package quiz

import (
	"fmt"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/lesson"
)

// Quiz is a list of questions of the bank with the rules by which they are asked. It is handed out by the one task of
// its camp that names it.
type Quiz struct {
	domain.Doc
	Organiser string `json:"organiser"`
	Camp      string `json:"camp"`
	Title     string `json:"title"`
	Intro     string `json:"intro"`
	Items     []Item `json:"items"`
	Settings
	CreatedAt time.Time `json:"created_at"`
	RemovedAt time.Time `json:"removed_at,omitzero"`
}

// Item is one question of a quiz and what it is worth there.
type Item struct {
	Question string `json:"question"`
	Points   int    `json:"points"`
}

// Settings are the rules of a quiz. Those that decide marks and time are copied into each attempt when it starts;
// Reveal and Days are read anew each time.
type Settings struct {
	Attempts         int    `json:"attempts"`          // how often one learner may try
	Minutes          int    `json:"minutes"`           // for one attempt; 0 is until the quiz closes
	Grace            int    `json:"grace"`             // seconds after that in which answers under way still arrive
	ShuffleQuestions bool   `json:"shuffle_questions"` // anew for each attempt, and then fixed
	ShuffleOptions   bool   `json:"shuffle_options"`
	Pass             int    `json:"pass"` // percent of the points
	Rule             Rule   `json:"rule"`
	Reveal           Reveal `json:"reveal"`
	Days             int    `json:"days"` // how long the quiz is open, from the day of its task on
}

// Reveal says when right answers, explanations and the points of single questions are shown to a learner. The sum of
// the points is shown as soon as an attempt is finished, whatever the rule.
type Reveal string

// The rules, the earliest first.
const (
	RevealDuring Reveal = "during" // each as soon as it is answered; the answer can then no longer change
	RevealAfter  Reveal = "after"  // when the attempt is finished
	RevealOpen   Reveal = "open"   // while the quiz is open, to those who have no attempt left
	RevealClose  Reveal = "close"  // when the quiz has closed
)

// Limits of quizzes.
const (
	MaxQuestions = 100
	MaxAttempts  = 20
	MaxMinutes   = 300
	MaxGrace     = 300
	MaxDays      = 60
	MaxPoints    = 100 // of one question
)

// The refusals of this feature.
var (
	ErrNoQuestion = domain.Refusal(domain.KindConflict, "quiz_empty", "这个测评还没有题目")
	ErrNotOpen    = domain.Refusal(domain.KindConflict, "quiz_not_open", "测评还没有开始")
	ErrClosed     = domain.Refusal(domain.KindConflict, "quiz_closed", "测评已经结束")
	ErrNoneLeft   = domain.Refusal(domain.KindConflict, "attempts_used", "作答次数已经用完")
	ErrTimeUp     = domain.Refusal(domain.KindConflict, "attempt_time_up", "作答时间已到，不能再修改答案")
	ErrFinished   = domain.Refusal(domain.KindConflict, "attempt_finished", "这次作答已经提交")
	ErrLocked     = domain.Refusal(domain.KindConflict, "answer_locked", "答案已经公布，不能再修改")
	ErrUngradable = domain.Refusal(domain.KindConflict, "not_gradable", "只有已提交的简答题可以批改")
	ErrBound      = domain.Refusal(domain.KindConflict, "quiz_in_use", "这个测评已经安排在任务里，请先修改任务")
)

// Form is what staff can say about a quiz, its questions apart.
type Form struct {
	Title string
	Intro string
	Settings
}

// Check bounds the form.
func (f Form) Check() error {
	var check domain.Check
	check.Line("title", "标题", f.Title, 1, 60)
	check.Text("intro", "说明", f.Intro, 0, 2000)
	check.Range("attempts", "作答次数", f.Attempts, 1, MaxAttempts)
	check.Range("minutes", "时限（分钟）", f.Minutes, 0, MaxMinutes)
	check.Range("grace", "宽限（秒）", f.Grace, 0, MaxGrace)
	check.Range("pass", "及格线", f.Pass, 0, 100)
	check.Range("days", "开放天数", f.Days, 1, MaxDays)
	check.That(slices.Contains([]Rule{AllOrNothing, Partial, RightMinusWrong}, f.Rule), "rule", "请选择多选题计分方式")
	check.That(slices.Contains([]Reveal{RevealDuring, RevealAfter, RevealOpen, RevealClose}, f.Reveal), "reveal", "请选择公布答案的时间")
	return check.Err()
}

// Apply changes the quiz. Attempts that were started keep the rules of marks and time that they started with.
func (q *Quiz) Apply(f Form) error {
	if err := f.Check(); err != nil {
		return err
	}
	if !q.RemovedAt.IsZero() {
		return domain.ErrNotFound
	}
	q.Title, q.Intro, q.Settings = f.Title, f.Intro, f.Settings
	return nil
}

// Arrange sets the questions in their order. Attempts that were started keep those that they started with.
func (q *Quiz) Arrange(items []Item) error {
	var check domain.Check
	check.That(len(items) <= MaxQuestions, "items", fmt.Sprintf("一个测评最多 %d 题", MaxQuestions))
	seen := map[string]bool{}
	for _, item := range items {
		check.That(domain.ValidID(item.Question) && !seen[item.Question], "items", "题目无效或重复")
		check.Range("points", "分值", item.Points, 1, MaxPoints)
		seen[item.Question] = true
	}
	if err := check.Err(); err != nil {
		return err
	}
	if !q.RemovedAt.IsZero() {
		return domain.ErrNotFound
	}
	q.Items = items
	return nil
}

// Points is what the whole quiz is worth.
func (q Quiz) Points() int {
	sum := 0
	for _, item := range q.Items {
		sum += item.Points
	}
	return sum
}

// Window is when a quiz can be answered: From ≤ instant < Until.
type Window struct{ From, Until time.Time }

// WindowOf tells when the quiz of a task is open to a learner: from its day on, for so many days, and never after the camp.
// Camp and task are as the learner lives them. In a course it is open for as long as there is one.
func WindowOf(in camp.Own, t lesson.Task, s Settings) Window {
	if t.Level != "" {
		w := Window{in.Calendar.Start(in.Start), in.Calendar.End(in.End)}
		if !in.Closed.IsZero() {
			w.Until = in.Closed
		}
		return w
	}
	last := min(t.Day.Add(s.Days-1), max(in.End, t.Day))
	w := Window{in.Calendar.Start(t.Day), in.Calendar.End(last)}
	if !in.Closed.IsZero() && in.Closed.Before(w.Until) {
		w.Until = in.Closed
	}
	return w
}

// May says why no attempt can begin now, or nil.
func (w Window) May(now time.Time) error {
	switch {
	case !now.Before(w.Until):
		return ErrClosed
	case now.Before(w.From):
		return ErrNotOpen
	}
	return nil
}
