// Package lesson is what there is to do in a camp: the tasks of each day.
package lesson

import (
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/form"
)

// Task is one thing to do on one day of a camp or, in a course, in one of its levels.
type Task struct {
	domain.Doc
	Camp      string       `json:"camp"`
	Day       domain.Day   `json:"day"`             // empty in a course
	Level     string       `json:"level,omitempty"` // of a course
	Position  int          `json:"position"`        // order within the day or the level
	Kind      Kind         `json:"kind"`
	Title     string       `json:"title"`
	Blocks    []Block      `json:"blocks,omitempty"`
	Content   string       `json:"content,omitempty"` // of a task that was last changed before there were blocks, and so are Media
	Media     []string     `json:"media,omitempty"`
	Quiz      string       `json:"quiz,omitempty"`      // that a task of kind quiz hands out
	Ask       []form.Field `json:"ask,omitempty"`       // of a task of kind form
	VisibleAt time.Time    `json:"visible_at,omitzero"` // before it no learner sees the task; zero is when its day begins
	PinnedAt  time.Time    `json:"pinned_at,omitzero"`  // of the tasks of a day, the one that was pinned last comes first
	Rubric    Rubric       `json:"rubric,omitempty"`    // by which what is handed in gets its points; empty: by feeling
	Trial     bool         `json:"trial,omitempty"`     // everybody may read it, also before they enrol
	Need      Need         `json:"need,omitzero"`       // of its check-ins
	CreatedAt time.Time    `json:"created_at"`
	RemovedAt time.Time    `json:"removed_at,omitzero"`
}

// Kind says how a task is completed.
type Kind string

// The kinds; Done says what completes a task of each.
const (
	KindCheckin  Kind = "checkin"
	KindQuiz     Kind = "quiz"
	KindRead     Kind = "read"
	KindForm     Kind = "form"
	KindHomework Kind = "homework"
)

// Facts are what a learner has done about one task.
type Facts struct {
	Handed   bool // a check-in that counts
	Finished bool // an attempt of its quiz
	Passed   bool // what was handed in, by its review
	Marked   bool // said that they have read it, or answered what it asks
}

// Done is the rule of completion: a check-in task is done by one check-in on its day (in a course: on any day), a quiz task
// by one finished attempt of its quiz, a task to read by the learner's word, a form by answering
// it, and a homework once the review of what was handed in has passed it; as a check-in of its day that counts at once. It
// stands here alone.
func (k Kind) Done(f Facts) bool {
	switch k {
	case KindQuiz:
		return f.Finished
	case KindRead, KindForm:
		return f.Marked
	case KindHomework:
		return f.Handed && f.Passed
	}
	return f.Handed
}

// ByMark reports whether the learner's own word completes a task of the kind.
func (k Kind) ByMark() bool { return k == KindRead || k == KindForm }

// Limits of the tasks of a camp.
const (
	MaxPerDay = 10 // and per level
)

// The refusals of this feature.
var (
	ErrTooMany   = domain.Refusal(domain.KindConflict, "tasks_full", "这一天的任务已经够多了")
	ErrPast      = domain.Refusal(domain.KindConflict, "task_day_past", "这一天已经过去，不能再安排任务")
	ErrQuiz      = domain.Refusal(domain.KindInvalid, "task_quiz", "请选择这个训练营里有题目的测评").On("quiz")
	ErrTaken     = domain.Refusal(domain.KindConflict, "quiz_taken", "这个测评已经安排在另一个任务里")
	ErrLevel     = domain.Refusal(domain.KindInvalid, "task_level", "请选择这个闯关课的关卡").On("level")
	ErrReordered = domain.Refusal(domain.KindConflict, "order_stale", "任务刚被别人改动过，请看过最新的顺序再移动")
	ErrBegun     = domain.Refusal(domain.KindConflict, "task_begun", "这一天已经开始，任务不能再移动或删除")
)

// Form is what staff can say about a task.
type Form struct {
	Day    domain.Day
	Level  string // of a course, which has no days
	Title  string
	Blocks []Block
	Need   Need         // of a check-in or a homework; otherwise it is left out, as Rubric is
	Kind   Kind         // empty: quiz if there is one, else checkin or, with Homework, homework
	Quiz   string       // of kind quiz
	Trial  bool         // to be read by everybody
	Ask    []form.Field // of kind form
	// VisibleAt is when learners begin to see the task; zero is when its day begins.
	VisibleAt time.Time

	Homework bool // the task is done once its review has passed it
	Rubric   Rubric
}

// Check bounds the form against its camp.
func (f Form) Check(c camp.Camp) error {
	var check domain.Check
	check.Line("title", "任务标题", f.Title, 1, 60)
	if c.Kind == camp.KindCourse {
		check.That(f.Day == "" && domain.ValidID(f.Level), "level", "请选择关卡")
	} else {
		check.That(f.Day.Valid() && f.Day >= c.Start && f.Day <= c.End, "day", "日期不在训练营期间")
		check.That(f.Level == "", "level", "只有闯关课有关卡")
	}
	checkBlocks(&check, f.Blocks)
	kind := f.kind()
	if kind == KindCheckin || kind == KindHomework {
		f.Need.Check(&check)
		f.Rubric.check(&check)
	}
	check.That(kind == KindCheckin || kind == KindQuiz || kind == KindHomework || kind.ByMark(), "kind", "请选择怎样算完成")
	check.That((kind == KindQuiz) == (f.Quiz != "") && (f.Quiz == "" || domain.ValidID(f.Quiz)), "quiz", "请选择测评")
	check.That((kind == KindForm) == (len(f.Ask) > 0), "ask", "表单至少要有一个问题")
	if f.Level == "" && f.Day.Valid() && !f.VisibleAt.IsZero() {
		check.That(f.VisibleAt.Before(c.Calendar.End(f.Day)), "visible_at", "公开时间不能晚于任务当天结束")
	}
	check.That(!f.Homework || kind == KindHomework, "quiz", "一个任务只能有一种完成方式")
	check.That(f.Quiz == "" || !f.Trial, "trial", "测评不能试看")
	if err := check.Err(); err != nil {
		return err
	}
	return form.Draft{Fields: f.Ask}.Check()
}

func (f Form) kind() Kind {
	switch {
	case f.Kind != "":
		return f.Kind
	case f.Quiz != "":
		return KindQuiz
	case f.Homework:
		return KindHomework
	}
	return KindCheckin
}

// Apply changes the task. Once its day has begun the day and what completes it stay, because check-ins and attempts have been written by them; and it never
// comes to lie on a day that is over, because nobody could do it and every streak would break.
func (t *Task) Apply(f Form, c camp.Camp, now time.Time) error {
	if err := f.Check(c); err != nil {
		return err
	}
	moved, fresh := f.Day != t.Day || f.Level != t.Level, t.Day == "" && t.Level == ""
	switch {
	case !t.RemovedAt.IsZero():
		return domain.ErrNotFound
	case !fresh && (moved || f.kind() != t.kind() || f.Quiz != t.Quiz || !slices.EqualFunc(f.Ask, t.Ask, form.Field.Equal)) && t.Begun(c, now):
		return ErrBegun
	case moved && f.Level == "" && c.State != camp.Draft && f.Day < c.Calendar.Day(now):
		return ErrPast
	}
	t.Day, t.Level, t.Title, t.Blocks, t.Kind, t.Rubric = f.Day, f.Level, f.Title, f.Blocks, f.kind(), f.Rubric
	t.Quiz, t.Ask, t.VisibleAt = f.Quiz, f.Ask, f.VisibleAt
	t.Content, t.Media, t.Trial, t.Need = "", nil, f.Trial, f.Need
	if !t.ByCheckin() {
		t.Need, t.Rubric = Need{}, nil
	}
	return nil
}

func (t Task) kind() Kind {
	if t.Kind == "" {
		return KindCheckin
	}
	return t.Kind
}

// Remove takes the task out of the camp; it cannot go once its day has begun in a published camp. One of a level can:
// whoever has done the rest has then done all.
func (t *Task) Remove(c camp.Camp, now time.Time) error {
	switch {
	case !t.RemovedAt.IsZero():
		return domain.ErrSame
	case t.Level == "" && t.Begun(c, now):
		return ErrBegun
	}
	t.RemovedAt = now
	if t.Level != "" {
		t.Emit(EventRemoved, now, nil)
	}
	return nil
}

// Begun reports whether check-ins may have been written by the task's day, or for its level, which then stays as it is.
func (t Task) Begun(c camp.Camp, now time.Time) bool {
	return c.State != camp.Draft && (t.Level != "" || c.Calendar.Day(now) >= t.Day)
}

// For returns the task on the day on which a learner lives it; one of a level has none.
func (t Task) For(in camp.Own) Task {
	if t.Level != "" {
		return t
	}
	t.Day = in.OwnDay(t.Day)
	if !t.VisibleAt.IsZero() {
		t.VisibleAt = t.VisibleAt.In(in.Calendar.Location()).AddDate(0, 0, in.Shift).UTC()
	}
	return t
}

// Visible reports whether a learner may see the task, which is as they live it: see For. Before, it is in nothing that they get.
func (t Task) Visible(c domain.Calendar, now time.Time) bool {
	if !t.VisibleAt.IsZero() || t.Level != "" {
		return !now.Before(t.VisibleAt)
	}
	return !now.Before(c.Start(t.Day))
}

// Visible keeps the tasks that a learner may see, which are as they live them.
func Visible(c domain.Calendar, now time.Time, tasks []Task) []Task {
	return slices.DeleteFunc(slices.Clone(tasks), func(t Task) bool { return !t.Visible(c, now) })
}

// PinFirst puts the task of a day that was pinned last before the others.
func PinFirst(tasks []Task) []Task {
	tasks = slices.Clone(tasks)
	at := -1
	for i, t := range tasks {
		if !t.PinnedAt.IsZero() && (at < 0 || t.PinnedAt.After(tasks[at].PinnedAt)) {
			at = i
		}
	}
	if at > 0 {
		pinned := tasks[at]
		tasks = slices.Insert(slices.Delete(tasks, at, at+1), 0, pinned)
	}
	return tasks
}

// For returns the tasks of the plan as a learner lives them; those that the camp's days have moved away from are left out.
func For(in camp.Own, tasks []Task) []Task {
	kept := make([]Task, 0, len(tasks))
	for _, t := range tasks {
		if t = t.For(in); t.Day >= in.Start && t.Day <= in.End {
			kept = append(kept, t)
		}
	}
	return kept
}

// DaysFor returns days of the plan, in order, as a learner lives them; those that the camp's days have moved away from are
// left out.
func DaysFor(in camp.Own, days []domain.Day) []domain.Day {
	kept := make([]domain.Day, 0, len(days))
	for _, day := range days {
		if day = in.OwnDay(day); day >= in.Start && day <= in.End {
			kept = append(kept, day)
		}
	}
	return kept
}

// OfDay keeps the tasks of a day, in their order.
func OfDay(tasks []Task, day domain.Day) []Task {
	var kept []Task
	for _, t := range tasks {
		if t.Day == day {
			kept = append(kept, t)
		}
	}
	return kept
}

// ByCheckin reports whether a check-in completes the task.
func (t Task) ByCheckin() bool { return t.kind() == KindCheckin || t.Kind == KindHomework }

// ByCheckin keeps the tasks that a check-in completes, in their order.
func ByCheckin(tasks []Task) []Task {
	var kept []Task
	for _, t := range tasks {
		if t.ByCheckin() {
			kept = append(kept, t)
		}
	}
	return kept
}

// ScheduledDays returns the days that have something to do, in order. Tasks must be in the order of their days.
func ScheduledDays(tasks []Task) []domain.Day {
	var days []domain.Day
	for _, t := range tasks {
		if n := len(days); n == 0 || days[n-1] != t.Day {
			days = append(days, t.Day)
		}
	}
	return days
}
