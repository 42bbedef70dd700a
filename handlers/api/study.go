package api

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/form"
	"yingdi/domain/lesson"
	"yingdi/domain/study"
)

// TaskPath is where operations of a task lie.
type TaskPath struct {
	CampPath
	Task string `path:"task" pattern:"^[0-9A-Za-z_-]{1,64}$" patternDescription:"id" doc:"Id of the task"`
}

// TaskRow is a task of my camp and how it stands for me.
type TaskRow struct {
	ID     string     `json:"id"`
	Day    domain.Day `json:"day" doc:"On my calendar; empty in a course"`
	DayN   int        `json:"day_n" doc:"0 in a course"`
	Level  string     `json:"level,omitempty" doc:"Of a course"`
	Kind   string     `json:"kind" enum:"checkin,quiz,read,form,homework"`
	Title  string     `json:"title"`
	Pinned bool       `json:"pinned"`
	State  string     `json:"state" enum:"open,done"`
}

func taskRowOf(r study.Row) TaskRow {
	row := TaskRow{
		ID: r.ID, Day: r.Day, DayN: r.DayN, Level: r.Level, Kind: string(r.Kind), Title: r.Title, Pinned: !r.PinnedAt.IsZero(), State: "open",
	}
	if r.Done {
		row.State = "done"
	}
	return row
}

// Lesson is a task with its content.
type Lesson struct {
	TaskRow
	Blocks  []Block    `json:"blocks" nullable:"false"`
	Ask     []Field    `json:"ask" nullable:"false" doc:"Of a task of kind form"`
	Answers []Asked    `json:"answers" nullable:"false" doc:"What I answered"`
	DoneAt  *time.Time `json:"done_at" doc:"When I read or answered it"`
	Checkin *string    `json:"checkin" doc:"Id of what I handed in"`
	Quiz    *TaskQuiz  `json:"quiz" doc:"Of a task of kind quiz"`
}

func (a *api) tasks(ctx context.Context, in *CampPath) (*Answer[List[TaskRow]], error) {
	rows, err := a.Studies.Mine(ctx, in.Camp)
	if err != nil {
		return nil, err
	}
	return listOf(rows, "", taskRowOf), nil
}

func (a *api) task(ctx context.Context, in *TaskPath) (*Answer[Lesson], error) {
	l, err := a.Studies.Open(ctx, in.Camp, in.Task)
	if err != nil {
		return nil, err
	}
	body := Lesson{TaskRow: taskRowOf(l.Row), Ask: fieldsOf(l.Ask), Answers: make([]Asked, len(l.Reply))}
	body.Blocks, _ = blocksOf(l.Body)
	for i, q := range l.Reply {
		body.Answers[i] = Asked{fieldOf(q.Field), append([]string{}, q.Values...)}
	}
	if l.Mark != nil {
		body.DoneAt = &l.Mark.At
	}
	if l.Checkin != nil {
		body.Checkin = &l.Checkin.ID
	}
	if l.Standing.Quiz != nil {
		body.Quiz = &TaskQuiz{l.Standing.Quiz.Quiz, quizStandingOf(*l.Standing.Quiz)}
	}
	return answer(body), nil
}

func fieldsOf(fields []form.Field) []Field {
	list := make([]Field, len(fields))
	for i, f := range fields {
		list[i] = fieldOf(f)
	}
	return list
}

// Mark says that a task is done by my word.
type Mark struct {
	Task string    `json:"task"`
	At   time.Time `json:"at"`
}

func (a *api) readTask(ctx context.Context, in *TaskPath) (*Made[Mark], error) {
	m, fresh, err := a.Studies.Read(ctx, in.Camp, in.Task)
	return made(Mark{m.Task, m.At}, fresh), err
}

type answerTaskInput struct {
	TaskPath
	Body struct {
		Answers []Reply `json:"answers" nullable:"false" maxItems:"30"`
	}
}

func (a *api) answerTask(ctx context.Context, in *answerTaskInput) (*Made[Mark], error) {
	answers := make([]form.Answer, len(in.Body.Answers))
	for i, r := range in.Body.Answers {
		answers[i] = form.Answer(r)
	}
	m, fresh, err := a.Studies.Answer(ctx, in.Camp, in.Task, answers)
	return made(Mark{m.Task, m.At}, fresh), err
}

// Material is a file for those in the camp.
type Material struct {
	ID    string    `json:"id"`
	Title string    `json:"title"`
	File  File      `json:"file" doc:"Its link is short-lived: ask again to open it later"`
	At    time.Time `json:"at" doc:"When it came"`
}

type materialsInput struct {
	CampPath
	Page
}

func (a *api) materials(ctx context.Context, in *materialsInput) (*Answer[List[Material]], error) {
	list, next, err := a.Lessons.Materials(ctx, in.Camp, in.page())
	if err != nil {
		return nil, err
	}
	return listOf(list, next, func(m lesson.Shelved) Material {
		return Material{m.ID, m.Title, fileOf(m.File), m.CreatedAt}
	}), nil
}
