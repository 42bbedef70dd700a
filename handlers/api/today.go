package api

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/lesson"
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
	Kind    string      `json:"kind" enum:"checkin,quiz,read,form,homework" doc:"What completes it: a check-in, an attempt, my word that I have read it, my answers, a review that passed it"`
	Title   string      `json:"title"`
	Pinned  bool        `json:"pinned" doc:"It comes first"`
	Content string      `json:"content" doc:"What the texts among the blocks say, without their looks"`
	Blocks  []Block     `json:"blocks" nullable:"false" doc:"What there is to read, to see and to hear, in order"`
	Media   []File      `json:"media" nullable:"false" doc:"The files among the blocks"`
	Rubric  []RubricRow `json:"rubric" nullable:"false" doc:"By which it gets its points, if there is one"`
	State   string      `json:"state" enum:"open,handed,returned,done" doc:"handed and returned: of a homework, which is done once its review has passed it"`
	Checkin *string     `json:"checkin" doc:"Id of what I handed in"`
	Quiz    *TaskQuiz   `json:"quiz" doc:"Of a task of kind quiz"`
	Ask     []Field     `json:"ask" nullable:"false" doc:"Of a task of kind form"`
	Need    *Need       `json:"need" doc:"What a check-in for it must hold"`
}

// Need is what a check-in must hold. A bound that is absent asks for nothing.
type Need struct {
	Characters int `json:"characters,omitempty" doc:"At least; spaces do not count"`
	Pictures   int `json:"pictures,omitempty" doc:"At least"`
	Recordings int `json:"recordings,omitempty" doc:"At least so many recordings or films"`
	MinSeconds int `json:"min_seconds,omitempty" doc:"That each recording or film lasts at least"`
	MaxSeconds int `json:"max_seconds,omitempty" doc:"That none of them is over"`
}

// TaskQuiz is the quiz that a task hands out.
type TaskQuiz struct {
	ID string `json:"id"`
	QuizStanding
}

type todayInput struct {
	CampPath
	Day string `query:"day" pattern:"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$" patternDescription:"date" doc:"A day that has gone by, to make it up; today unless said otherwise"`
}

func (a *api) today(ctx context.Context, in *todayInput) (*Answer[Today], error) {
	v, err := a.Services.Today.ForLearner(ctx, in.Camp, domain.Day(in.Day))
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
		Pinned: !item.PinnedAt.IsZero(), Ask: fieldsOf(item.Ask),
	}
	t.Rubric = make([]RubricRow, len(item.Rubric))
	for i, c := range item.Rubric {
		t.Rubric[i] = RubricRow(c)
	}
	t.Blocks, t.Media = blocksOf(item.Body)
	if item.Checkin != "" {
		t.Checkin = &item.Checkin
	}
	if item.Need != (lesson.Need{}) {
		need := Need(item.Need)
		t.Need = &need
	}
	if item.Quiz != nil {
		t.Quiz = &TaskQuiz{item.Quiz.Quiz, quizStandingOf(*item.Quiz)}
	}
	return t
}

// Calendar is my days in a camp.
type Calendar struct {
	Today   domain.Day    `json:"today" format:"date"`
	Streak  int           `json:"streak" doc:"Scheduled days in a row; a day that was made up is as good as one done on time"`
	MakeUps MakeUps       `json:"make_ups"`
	Days    []CalendarDay `json:"days" nullable:"false" doc:"Every day that has a task, in order"`
}

// MakeUps is which missed days I can still make up.
type MakeUps struct {
	Quota int `json:"quota" doc:"Days that I may make up in all; 0 if this camp has none"`
	Left  int `json:"left"`
	Days  int `json:"days" doc:"How many days after the missed one"`
}

// CalendarDay is a day with a task.
type CalendarDay struct {
	Day    domain.Day `json:"day" format:"date"`
	Done   bool       `json:"done" doc:"On time or made up"`
	State  string     `json:"state" enum:"done,made_up,missed,open,to_come" doc:"open: today, and nothing handed in yet"`
	MakeUp bool       `json:"make_up" doc:"I can make it up now: see what there was to do with GET /camps/{camp}/today?day=…"`
}

func (a *api) calendar(ctx context.Context, in *CampPath) (*Answer[Calendar], error) {
	p, err := a.Checkins.MyProgress(ctx, in.Camp)
	if err != nil {
		return nil, err
	}
	left := p.MakeUpsLeft()
	body := Calendar{
		Today: p.Today, Streak: p.Streak, Days: make([]CalendarDay, len(p.Scheduled)),
		MakeUps: MakeUps{p.In.MakeUps.Quota, left, p.In.MakeUps.Days},
	}
	for i, day := range p.Scheduled {
		body.Days[i] = CalendarDay{day, p.Done[day], string(p.State(day)), left > 0 && p.MayMakeUp(day)}
	}
	return answer(body), nil
}
