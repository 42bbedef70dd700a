// Package study is how far learners are with the tasks of a camp: what they have read and answered there, and which tasks
// are done by that, by check-ins and by quizzes.
package study

import (
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/form"
	"yingdi/domain/lesson"
	"yingdi/domain/member"
	"yingdi/domain/quiz"
	"yingdi/domain/review"
)

// Mark is a learner's word that they have read a task, or what they answered to it. It has the natural id
// camp:member:task, so there is one per person and task.
type Mark struct {
	domain.Doc
	Camp   string    `json:"camp"`
	Member string    `json:"member"`
	Task   string    `json:"task"`
	Sealed string    `json:"sealed,omitempty"` // the answers
	At     time.Time `json:"at"`
}

// ID of a person's mark at a task.
func ID(camp, member, task string) string { return domain.Key(camp, member, task) }

// EventMarked says that a learner has made a mark.
const EventMarked = "study:marked"

// The refusals of this feature.
var (
	ErrNotToRead = domain.Refusal(domain.KindConflict, "task_not_to_read", "这个任务不是阅读任务")
	ErrNoForm    = domain.Refusal(domain.KindConflict, "task_asks_nothing", "这个任务没有表单")
	ErrNotYet    = domain.Refusal(domain.KindConflict, "task_not_yet", "这个任务还没有开始")
)

// Counts reports whether the mark stands for the learner's present stay in the camp.
func (m Mark) Counts(in camp.Own) bool { return m.ID != "" && in.Calendar.Day(m.At) >= in.Joined }

// Standing is how a task stands for a learner.
type Standing struct {
	Done    bool
	Checkin *checkin.Checkin // where there is one
	Review  review.Review    // of the check-in, of a task of kind homework; the zero one if there is none
	Quiz    *quiz.Standing   // of a task of kind quiz
	Mark    *Mark            // where there is one that counts
}

// Row is one task of a learner's camp.
type Row struct {
	lesson.Task
	DayN int // 0 in a course
	Standing
}

// Lesson is a task opened by a learner.
type Lesson struct {
	Row
	Body  []lesson.Shown
	Reply []form.Asked // what they answered, of a task of kind form
}

// Matrix is who has done what in some days of a camp.
type Matrix struct {
	Camp     camp.Camp
	From, To domain.Day // of the plan, both included
	Tasks    []lesson.Task
	Learners []Learner
	Next     domain.Cursor
}

// Learner is one row of the matrix.
type Learner struct {
	Member member.Card
	Done   []bool // in the order of the tasks
	Count  int
}

// Replies are the answers of learners to a task of kind form.
type Replies struct {
	Camp  camp.Camp
	Task  lesson.Task
	Given []Given
	Next  domain.Cursor
}

// Given is what one learner answered.
type Given struct {
	Member member.Card
	At     time.Time
	Asked  []form.Asked
}

// Seals lists what is sealed in a mark.
func (m *Mark) Seals() []domain.Sealed {
	return []domain.Sealed{form.Seal(ref(m.Camp, m.Member, m.Task), &m.Sealed)}
}
