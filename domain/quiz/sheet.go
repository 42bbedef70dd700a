package quiz

import (
	"slices"
	"time"
	"yingdi/domain/media"
)

// Sheet is an attempt as its learner sees it. It has no place for a key, so nothing made from it can leak one.
type Sheet struct {
	ID         string
	Camp       string
	Quiz       string
	Title      string
	N          int
	State      State
	StartedAt  time.Time
	DueAt      time.Time
	GraceAt    time.Time
	FinishedAt time.Time
	Questions  []Asked
	Result     *Result    // once finished
	Solutions  []Solution // what the rule reveals by now
}

// Asked is one question as it is shown. Options and Answer are in the order of this attempt.
type Asked struct {
	Position int
	Kind     Kind
	Study    string
	Files    []media.View // that go with it
	Text     string
	Options  []string
	Full     Mark
	Answer   Answer
	Locked   bool
}

// Result is the sum of a finished attempt.
type Result struct {
	Mark    Mark
	Full    Mark
	Passed  bool
	Waiting int // short answers that nobody has graded; Mark and Passed are without them
}

// Solution is what is revealed of one question. Options are in the order of this attempt.
type Solution struct {
	Position    int
	Options     []int
	Accepted    []string
	Explanation string
	Finished    bool // the three below hold
	Mark        Mark
	Graded      bool
	Remark      string
}

// sheet shows the attempt to its learner.
func (a Attempt) sheet(revealed func(Entry) bool) Sheet {
	s := Sheet{
		ID: a.ID, Camp: a.Camp, Quiz: a.Quiz, Title: a.Title, N: a.N, State: a.State, StartedAt: a.StartedAt, DueAt: a.DueAt,
		GraceAt: a.GraceAt, FinishedAt: a.FinishedAt,
	}
	for i, e := range a.Entries {
		s.Questions = append(s.Questions, e.asked(i+1))
		if revealed(e) {
			s.Solutions = append(s.Solutions, e.solution(i+1, a.Over(), a.Rule))
		}
	}
	if a.Over() {
		s.Result = &Result{a.Mark, a.Full(), a.Passed(), a.Waiting}
	}
	return s
}

func (e Entry) asked(position int) Asked {
	q := Asked{Position: position, Kind: e.Kind, Study: e.Study, Text: e.Text, Full: e.Full, Locked: e.Locked}
	for _, from := range e.Order {
		q.Options = append(q.Options, e.Options[from])
	}
	q.Answer = Answer{e.shown(e.Answer.Options), e.Answer.Text}
	return q
}

// shown turns positions of the content into those of the attempt.
func (e Entry) shown(options []int) []int {
	var shown []int
	for _, o := range options {
		shown = append(shown, slices.Index(e.Order, o))
	}
	slices.Sort(shown)
	return shown
}

func (e Entry) solution(position int, finished bool, rule Rule) Solution {
	s := Solution{
		Position: position, Options: e.shown(e.Right), Accepted: e.Accepted, Explanation: e.Explanation,
		Finished: finished, Mark: e.Mark, Graded: e.Graded, Remark: e.Remark,
	}
	if !finished { // an answer that is locked already counts
		s.Mark, s.Graded = e.Content.Mark(e.Answer, rule, e.Full)
	}
	return s
}

// Standing is how a quiz stands for a learner.
type Standing struct {
	Quiz   string
	State  Progress
	Used   int // attempts
	Left   int
	Open   string // id of the attempt under way
	Window Window
	Best   *Result
}

// Progress of a learner with a quiz.
type Progress string

// The progress: a quiz is done once an attempt of it is finished.
const (
	Fresh   Progress = "fresh"
	Started Progress = "started"
	Done    Progress = "done"
)

// stand sums up a learner's attempts, in order.
func stand(q Quiz, w Window, attempts []Attempt, now time.Time) Standing {
	s := Standing{Quiz: q.ID, State: Fresh, Used: len(attempts), Left: max(0, q.Attempts-len(attempts)), Window: w}
	for _, a := range attempts {
		_ = a.Tick(now) // what time has brought, be it written or not
		switch {
		case a.State == Finished:
			s.State = Done
			if s.Best == nil || a.Mark*s.Best.Full > s.Best.Mark*a.Full() {
				s.Best = &Result{a.Mark, a.Full(), a.Passed(), a.Waiting}
			}
		case !a.Over():
			s.Open = a.ID
			if s.State == Fresh {
				s.State = Started
			}
		}
	}
	return s
}
