// Package lesson is what there is to do in a camp: the tasks of each day.
package lesson

import (
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// Task is one thing to do on one day of a camp or, in a course, in one of its levels.
type Task struct {
	domain.Doc
	Camp      string     `json:"camp"`
	Day       domain.Day `json:"day"`             // empty in a course
	Level     string     `json:"level,omitempty"` // of a course
	Position  int        `json:"position"`        // order within the day or the level
	Kind      Kind       `json:"kind"`
	Title     string     `json:"title"`
	Blocks    []Block    `json:"blocks,omitempty"`
	Content   string     `json:"content,omitempty"` // of a task that was last changed before there were blocks, and so are Media
	Media     []string   `json:"media,omitempty"`
	Quiz      string     `json:"quiz,omitempty"`   // that a task of kind quiz hands out
	Rubric    Rubric     `json:"rubric,omitempty"` // by which what is handed in gets its points; empty: by feeling
	Trial     bool       `json:"trial,omitempty"`  // everybody may read it, also before they enrol
	Need      Need       `json:"need,omitzero"`    // of its check-ins
	CreatedAt time.Time  `json:"created_at"`
	RemovedAt time.Time  `json:"removed_at,omitzero"`
}

// Kind says how a task is completed.
type Kind string

// The kinds. A check-in task is done by one check-in on its day (in a course: on
// any day), a quiz task by one finished attempt of its quiz, and a homework once its review has passed it; what was
// handed in counts as its day's check-in.
const (
	KindCheckin  Kind = "checkin"
	KindQuiz     Kind = "quiz"
	KindHomework Kind = "homework"
)

// Limits of the tasks of a camp.
const (
	MaxPerDay = 10 // and per level
)

// The refusals of this feature.
var (
	ErrTooMany = domain.Refusal(domain.KindConflict, "tasks_full", "这一天的任务已经够多了")
	ErrPast    = domain.Refusal(domain.KindConflict, "task_day_past", "这一天已经过去，不能再安排任务")
	ErrQuiz    = domain.Refusal(domain.KindInvalid, "task_quiz", "请选择这个训练营里有题目的测评").On("quiz")
	ErrTaken   = domain.Refusal(domain.KindConflict, "quiz_taken", "这个测评已经安排在另一个任务里")
	ErrLevel   = domain.Refusal(domain.KindInvalid, "task_level", "请选择这个闯关课的关卡").On("level")
	ErrBegun   = domain.Refusal(domain.KindConflict, "task_begun", "这一天已经开始，任务不能再移动或删除")
)

// Form is what staff can say about a task.
type Form struct {
	Day    domain.Day
	Level  string // of a course, which has no days
	Title  string
	Blocks []Block
	Need   Need   // nothing of a quiz
	Quiz   string // empty: the task is done by a check-in
	Trial  bool   // to be read by everybody

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
	f.Need.Check(&check)
	check.That(f.Quiz == "" || domain.ValidID(f.Quiz), "quiz", "测评无效")
	check.That(f.Quiz == "" || !f.Trial, "trial", "测评不能试看")
	check.That(f.Quiz == "" || !f.Homework, "quiz", "一个任务只能有一种完成方式")
	f.Rubric.check(&check)
	return check.Err()
}

func (f Form) kind() Kind {
	switch {
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
	case !fresh && (moved || f.Quiz != t.Quiz || f.Homework != (t.Kind == KindHomework)) && t.Begun(c, now):
		return ErrBegun
	case moved && f.Level == "" && c.State != camp.Draft && f.Day < c.Calendar.Day(now):
		return ErrPast
	}
	t.Day, t.Level, t.Title, t.Blocks, t.Quiz, t.Kind, t.Rubric = f.Day, f.Level, f.Title, f.Blocks, f.Quiz, f.kind(), f.Rubric
	t.Content, t.Media, t.Trial, t.Need = "", nil, f.Trial, f.Need
	if !t.ByCheckin() {
		t.Need = Need{}
	}
	return nil
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
	return t
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
func (t Task) ByCheckin() bool { return t.Kind != KindQuiz }

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
