package api

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/today"
)

// Today is my day in a camp.
type Today struct {
	Camp   string     `json:"camp"`
	Phase  string     `json:"phase" enum:"draft,upcoming,enrolling,running,closing,ended,closed,archived"`
	Day    domain.Day `json:"day" format:"date" doc:"By the camp's own calendar"`
	DayN   int        `json:"day_n" doc:"1 on the first day"`
	Days   int        `json:"days"`
	Streak int        `json:"streak" doc:"Scheduled days in a row"`
	Tasks  []Task     `json:"tasks" nullable:"false"`
}

// Task is one thing to do today.
type Task struct {
	ID      string      `json:"id"`
	Kind    string      `json:"kind" enum:"checkin,quiz,homework"`
	Title   string      `json:"title"`
	Content string      `json:"content" doc:"What the texts among the blocks say, without their looks"`
	Blocks  []Block     `json:"blocks" nullable:"false" doc:"What there is to read, to see and to hear, in order"`
	Media   []File      `json:"media" nullable:"false" doc:"The files among the blocks"`
	Rubric  []RubricRow `json:"rubric" nullable:"false" doc:"By which it gets its points, if there is one"`
	State   string      `json:"state" enum:"open,handed,returned,done" doc:"handed and returned: of a homework, which is done once its review has passed it"`
	Checkin *string     `json:"checkin" doc:"Id of what I handed in"`
	Quiz    *TaskQuiz   `json:"quiz" doc:"Of a task of kind quiz"`
}

// TaskQuiz is the quiz that a task hands out.
type TaskQuiz struct {
	ID string `json:"id"`
	QuizStanding
}

func (a *api) today(ctx context.Context, in *CampPath) (*Answer[Today], error) {
	v, err := a.Services.Today.ForLearner(ctx, in.Camp)
	if err != nil {
		return nil, err
	}
	body := Today{
		Camp: v.Camp.ID, Phase: string(v.Phase), Day: v.Day, DayN: v.DayN, Days: v.Camp.Days(), Streak: v.Streak,
		Tasks: make([]Task, len(v.Tasks)),
	}
	for i, item := range v.Tasks {
		body.Tasks[i] = taskOf(item)
	}
	return answer(body), nil
}

// RubricRow is one criterion that points are given for.
type RubricRow struct {
	Title  string `json:"title"`
	Points int    `json:"points" doc:"At most"`
	Note   string `json:"note" doc:"What earns them"`
}

func taskOf(item today.Item) Task {
	t := Task{
		ID: item.ID, Kind: string(item.Kind), Title: item.Title, Content: item.Words(), State: string(item.State),
	}
	t.Rubric = make([]RubricRow, len(item.Rubric))
	for i, c := range item.Rubric {
		t.Rubric[i] = RubricRow(c)
	}
	t.Blocks, t.Media = blocksOf(item.Body)
	if item.Checkin != "" {
		t.Checkin = &item.Checkin
	}
	if item.Quiz != nil {
		t.Quiz = &TaskQuiz{item.Quiz.Quiz, quizStandingOf(*item.Quiz)}
	}
	return t
}

// Calendar is my days in a camp.
type Calendar struct {
	Today  domain.Day    `json:"today" format:"date"`
	Streak int           `json:"streak"`
	Days   []CalendarDay `json:"days" nullable:"false" doc:"Every day that has a task, in order"`
}

// CalendarDay is a day with a task.
type CalendarDay struct {
	Day  domain.Day `json:"day" format:"date"`
	Done bool       `json:"done"`
}

func (a *api) calendar(ctx context.Context, in *CampPath) (*Answer[Calendar], error) {
	p, err := a.Checkins.MyProgress(ctx, in.Camp)
	body := Calendar{Today: p.Today, Streak: p.Streak, Days: make([]CalendarDay, len(p.Scheduled))}
	for i, day := range p.Scheduled {
		body.Days[i] = CalendarDay{day, p.Done[day]}
	}
	return answer(body), err
}
