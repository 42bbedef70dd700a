package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"yingdi/domain/quiz"
)

// QuizPath is where operations of a quiz lie.
type QuizPath struct {
	CampPath
	Quiz string `path:"quiz" pattern:"^[0-9A-Za-z_-]{1,64}$" patternDescription:"id" doc:"Id of the quiz"`
}

// AttemptPath is where operations of an attempt lie.
type AttemptPath struct {
	Attempt string `path:"attempt" pattern:"^[0-9A-Za-z_:-]{1,160}$" patternDescription:"id" doc:"Id of the attempt"`
}

// Quiz is a quiz before I begin.
type Quiz struct {
	ID        string `json:"id"`
	Camp      string `json:"camp"`
	Task      string `json:"task"`
	Title     string `json:"title"`
	Intro     string `json:"intro"`
	Questions int    `json:"questions" doc:"How many there are"`
	Points    int    `json:"points"`
	Pass      int    `json:"pass" doc:"Percent of the points"`
	Minutes   int    `json:"minutes" doc:"For one attempt; 0 is until the quiz closes"`
	Reveal    string `json:"reveal" enum:"during,after,open,close" doc:"When answers are shown: once answered, once finished, while open to those with no attempt left, or once closed"`
	QuizStanding
}

// QuizStanding is how a quiz stands for me.
type QuizStanding struct {
	State    string    `json:"state" enum:"fresh,started,done"`
	Used     int       `json:"attempts_used"`
	Left     int       `json:"attempts_left"`
	Attempt  *string   `json:"attempt" doc:"Id of the one under way"`
	OpensAt  time.Time `json:"opens_at"`
	ClosesAt time.Time `json:"closes_at"`
	Best     *Score    `json:"best" doc:"Of my finished attempts"`
}

// Score is the sum of a finished attempt.
type Score struct {
	Points  float64 `json:"points"`
	Of      float64 `json:"of"`
	Passed  bool    `json:"passed"`
	Waiting int     `json:"waiting" doc:"Short answers that a teacher has yet to grade; the rest is without them"`
}

func scoreOf(r *quiz.Result) *Score {
	if r == nil {
		return nil
	}
	return &Score{r.Mark.Points(), r.Full.Points(), r.Passed, r.Waiting}
}

func quizStandingOf(s quiz.Standing) QuizStanding {
	standing := QuizStanding{
		State: string(s.State), Used: s.Used, Left: s.Left, OpensAt: s.Window.From, ClosesAt: s.Window.Until, Best: scoreOf(s.Best),
	}
	if s.Open != "" {
		standing.Attempt = &s.Open
	}
	return standing
}

func (a *api) quiz(ctx context.Context, in *QuizPath) (*Answer[Quiz], error) {
	c, err := a.Quizzes.Cover(ctx, in.Camp, in.Quiz)
	return answer(Quiz{
		ID: c.ID, Camp: c.Camp, Task: c.Task, Title: c.Title, Intro: c.Intro, Questions: c.Questions, Points: c.Points, Pass: c.Pass,
		Minutes: c.Minutes, Reveal: string(c.Reveal), QuizStanding: quizStandingOf(c.Standing),
	}), err
}

// Attempt is one try of mine.
type Attempt struct {
	ID         string     `json:"id"`
	Camp       string     `json:"camp"`
	Quiz       string     `json:"quiz"`
	Title      string     `json:"title"`
	N          int        `json:"n" doc:"1 is the first"`
	State      string     `json:"state" enum:"in_progress,overdue,finished,abandoned" doc:"overdue: time is up, and what is under way still arrives"`
	StartedAt  time.Time  `json:"started_at"`
	DueAt      time.Time  `json:"due_at" doc:"By when to hand in; then it is handed in as it is"`
	GraceAt    time.Time  `json:"grace_at" doc:"From when on nothing more arrives"`
	FinishedAt *time.Time `json:"finished_at"`
	Questions  []Question `json:"questions" nullable:"false"`
	Result     *Score     `json:"result" doc:"Once it is finished"`
	Solutions  []Solution `json:"solutions" nullable:"false" doc:"What the quiz's rule reveals by now"`
}

// Question is one question as this attempt asks it.
type Question struct {
	Position int      `json:"position" doc:"1 is the first"`
	Kind     string   `json:"kind" enum:"single,multiple,truth,fill_in,short"`
	Study    string   `json:"study" doc:"To be read first"`
	Files    []File   `json:"files" nullable:"false" doc:"Pictures and recordings that go with it"`
	Text     string   `json:"text"`
	Options  []string `json:"options" nullable:"false"`
	Points   float64  `json:"points"`
	Chosen   []int    `json:"chosen" nullable:"false" doc:"My answer: options, 0 is the first"`
	Words    string   `json:"words" doc:"My answer in words"`
	Locked   bool     `json:"locked" doc:"Its solution is shown, so that it can no longer change"`
}

// Solution is the key to one question.
type Solution struct {
	Position    int      `json:"position"`
	Right       []int    `json:"right" nullable:"false"`
	Accepted    []string `json:"accepted" nullable:"false"`
	Explanation string   `json:"explanation"`
	Points      float64  `json:"points"`
	Graded      bool     `json:"graded"`
	Remark      string   `json:"remark" doc:"Of the teacher who graded"`
}

func attemptOf(s quiz.Sheet) Attempt {
	body := Attempt{
		ID: s.ID, Camp: s.Camp, Quiz: s.Quiz, Title: s.Title, N: s.N, State: string(s.State), StartedAt: s.StartedAt, DueAt: s.DueAt,
		GraceAt: s.GraceAt, Questions: make([]Question, len(s.Questions)), Result: scoreOf(s.Result), Solutions: make([]Solution, len(s.Solutions)),
	}
	if !s.FinishedAt.IsZero() {
		body.FinishedAt = &s.FinishedAt
	}
	for i, q := range s.Questions {
		body.Questions[i] = Question{
			Position: q.Position, Kind: string(q.Kind), Study: q.Study, Files: filesOf(q.Files), Text: q.Text, Options: full(q.Options), Points: q.Full.Points(),
			Chosen: full(q.Answer.Options), Words: q.Answer.Text, Locked: q.Locked,
		}
	}
	for i, k := range s.Solutions {
		body.Solutions[i] = Solution{
			Position: k.Position, Right: full(k.Options), Accepted: full(k.Accepted), Explanation: k.Explanation,
			Points: k.Mark.Points(), Graded: k.Graded, Remark: k.Remark,
		}
	}
	return body
}

// full is never null in JSON.
func full[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func (a *api) startAttempt(ctx context.Context, in *QuizPath) (*Made[Attempt], error) {
	s, fresh, err := a.Quizzes.Start(ctx, in.Camp, in.Quiz)
	return made(attemptOf(s), fresh), err
}

func (a *api) attempt(ctx context.Context, in *AttemptPath) (*Answer[Attempt], error) {
	s, err := a.Quizzes.Sheet(ctx, in.Attempt)
	return answer(attemptOf(s)), err
}

// SaidAnswer is my answer to one question.
type SaidAnswer struct {
	Position int      `json:"position" minimum:"1" maximum:"100"`
	Chosen   []Option `json:"chosen,omitempty" nullable:"false" maxItems:"10" doc:"Options, 0 is the first"`
	Words    string   `json:"words,omitempty" maxLength:"2000"`
}

// Option is the place of an option in its question.
type Option int

// Schema bounds it.
func (Option) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeInteger, Minimum: new(0.0), Maximum: new(9.0)}
}

func (s SaidAnswer) options() []int {
	var options []int
	for _, chosen := range s.Chosen {
		options = append(options, int(chosen))
	}
	return options
}

type saveAnswersInput struct {
	AttemptPath
	Body struct {
		Answers []SaidAnswer `json:"answers" nullable:"false" maxItems:"100" doc:"Those that changed; an empty one takes an answer back"`
	}
}

func (a *api) saveAnswers(ctx context.Context, in *saveAnswersInput) (*Answer[Attempt], error) {
	said := make([]quiz.Said, len(in.Body.Answers))
	for i, one := range in.Body.Answers {
		said[i] = quiz.Said{Position: one.Position, Answer: quiz.Answer{Options: one.options(), Text: one.Words}}
	}
	s, err := a.Quizzes.Save(ctx, in.Attempt, said)
	return answer(attemptOf(s)), err
}

func (a *api) submitAttempt(ctx context.Context, in *AttemptPath) (*Answer[Attempt], error) {
	s, err := a.Quizzes.Submit(ctx, in.Attempt)
	return answer(attemptOf(s)), err
}
