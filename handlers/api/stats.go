package api

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/stats"
)

// Statistics is a camp's numbers for its staff.
type Statistics struct {
	CountedAt  *time.Time   `json:"counted_at,omitempty" doc:"Missing while they have not been counted yet"`
	From       domain.Day   `json:"from"`
	To         domain.Day   `json:"to"`
	Learners   int          `json:"learners" doc:"Who have a place now"`
	Completion float64      `json:"completion" doc:"Of the days shown, what was done of what was due, 0 to 1"`
	Completed  []Step       `json:"completed" nullable:"false" doc:"Learners by the part that they have done of the days that were due so far, in a course of its levels"`
	Levels     []LevelStats `json:"levels" nullable:"false" doc:"Of a course, in its order"`
	Finished   int          `json:"finished" doc:"Learners who are through with the course"`
	Streaks    []Step       `json:"streaks" nullable:"false" doc:"Learners by the longest streak that they had, in days"`
	Reviewers  []Speed      `json:"reviewers" nullable:"false" doc:"Of all days; who reviewed the most comes first"`
	Days       []DayStats   `json:"days" nullable:"false" doc:"Every day from the first to the last"`
}

// LevelStats is how many of those who have a place are how far with a level.
type LevelStats struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Opened   int    `json:"opened"`
	Finished int    `json:"finished"`
	At       int    `json:"at" doc:"Are at it now"`
}

// Step is how many learners lie within bounds.
type Step struct {
	Step     string `json:"step"`
	Learners int    `json:"learners"`
}

// Speed is how fast a person reviewed.
type Speed struct {
	Reviewer Person `json:"reviewer"`
	Reviews  int    `json:"reviews"`
	Median   int    `json:"median" doc:"Minutes from handing in to the review"`
	P90      int    `json:"p90" doc:"Minutes"`
}

// DayStats is one day by the camp's calendar.
type DayStats struct {
	Day      domain.Day     `json:"day"`
	Enrolled int            `json:"enrolled" doc:"Who had a place at its end"`
	Joined   int            `json:"joined"`
	Left     int            `json:"left"`
	Due      int            `json:"due" doc:"Learners who had something to hand in"`
	Done     int            `json:"done" doc:"Of them, who have"`
	MadeUp   int            `json:"made_up" doc:"Of these, who only did so afterwards"`
	Active   int            `json:"active" doc:"Learners who handed something in on that day"`
	AtRisk   int            `json:"at_risk" doc:"As far as one knew that day"`
	Passed   int            `json:"passed" doc:"Quizzes passed, once per learner"`
	Reviews  int            `json:"reviews"`
	Median   int            `json:"median" doc:"Minutes from handing in to the review"`
	P90      int            `json:"p90" doc:"Minutes"`
	Sent     int            `json:"sent" doc:"Messages"`
	Refused  map[string]int `json:"refused" doc:"Messages that were not sent, by reason"`
	Received *domain.Fen    `json:"received,omitempty" doc:"In fen; only for those who may see money"`
	Returned *domain.Fen    `json:"returned,omitempty" doc:"In fen; only for those who may see money"`
}

type statsInput struct {
	CampPath
	From string `query:"from" maxLength:"10" doc:"First day, as 2026-03-01"`
	To   string `query:"to" maxLength:"10" doc:"Last day"`
}

func (a *api) statistics(ctx context.Context, in *statsInput) (*Answer[Statistics], error) {
	v, err := a.Stats.OfCamp(ctx, in.Camp, stats.Range{From: domain.Day(in.From), To: domain.Day(in.To)})
	if err != nil {
		return nil, err
	}
	s := Statistics{
		From: v.Range.From, To: v.Range.To, Learners: v.Count.Learners, Completion: v.Total.Share(),
		Completed: stepsOf(stats.CompletionSteps, v.Count.Completion), Streaks: stepsOf(stats.StreakSteps, v.Count.Streaks),
		Levels: []LevelStats{}, Finished: v.Count.Finished,
		Reviewers: []Speed{}, Days: make([]DayStats, len(v.Rows)),
	}
	for _, l := range v.Count.Levels {
		s.Levels = append(s.Levels, LevelStats(l))
	}
	if !v.CountedAt.IsZero() {
		s.CountedAt = &v.CountedAt
	}
	ids := make([]string, len(v.Count.Reviewers))
	for i, r := range v.Count.Reviewers {
		ids[i] = r.Member
	}
	people, err := a.peopleByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, r := range v.Count.Reviewers {
		s.Reviewers = append(s.Reviewers, Speed{people[r.Member], r.Reviewed, r.Median, r.P90})
	}
	for i, r := range v.Rows {
		s.Days[i] = dayStats(r, v.MayMoney)
	}
	return &Answer[Statistics]{Body: s}, nil
}

func stepsOf(names []string, learners []int) []Step {
	steps := make([]Step, len(names))
	for i, name := range names {
		steps[i].Step = name
		if i < len(learners) {
			steps[i].Learners = learners[i]
		}
	}
	return steps
}

func dayStats(r stats.Row, money bool) DayStats {
	d := DayStats{
		Day: r.Day.Day, Enrolled: r.Enrolled, Joined: r.Joined, Left: r.Left, Due: r.Due, Done: r.Done, MadeUp: r.MadeUp, Active: r.Active,
		AtRisk: r.AtRisk, Passed: r.Passed, Reviews: r.Reviewed, Median: r.Median, P90: r.P90, Sent: r.Sent, Refused: r.Refused,
	}
	if d.Refused == nil {
		d.Refused = map[string]int{}
	}
	if money {
		d.Received, d.Returned = &r.Received, &r.Returned
	}
	return d
}
