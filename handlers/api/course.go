package api

import (
	"context"
	"time"

	"yingdi/domain/course"
	"yingdi/domain/member"
)

// CourseMap is a course as I see it.
type CourseMap struct {
	At       string     `json:"at" doc:"Id of the level that I am at; empty while none is open"`
	Finished *time.Time `json:"finished_at" doc:"When I finished the whole course"`
	Levels   []Level    `json:"levels" nullable:"false" doc:"In order"`
}

// Level is one level of the map.
type Level struct {
	ID       string     `json:"id"`
	Title    string     `json:"title"`
	Intro    string     `json:"intro"`
	Cover    string     `json:"cover" doc:"Short-lived link; empty if there is none"`
	State    string     `json:"state" enum:"locked,open,finished"`
	Opened   *time.Time `json:"opened_at"`
	Finished *time.Time `json:"finished_at"`
	Done     int        `json:"done" doc:"Tasks of the level that I have done"`
	Tasks    int        `json:"tasks"`
	Why      string     `json:"why" doc:"Why it is locked, in Chinese; empty if it is not"`
	Waiting  []Wait     `json:"waiting" nullable:"false" doc:"What the rule of a locked level asks for, one fact each"`
}

// Wait is one fact that a locked level asks for.
type Wait struct {
	Text string `json:"text"`
	Met  bool   `json:"met"`
	Have int    `json:"have"`
	Want int    `json:"want"`
}

// LevelPage is an open level with what there is to do.
type LevelPage struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Intro string `json:"intro"`
	Tasks []Task `json:"tasks" nullable:"false"`
}

// Peer is somebody who is at my level.
type Peer struct {
	Person
	Since time.Time `json:"since" doc:"When they came there"`
}

// Badge is a badge that I have.
type Badge struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Picture string    `json:"picture" doc:"Short-lived link; empty if there is none"`
	Why     string    `json:"why" doc:"What it was given for, in Chinese"`
	Camp    string    `json:"camp" doc:"Where"`
	At      time.Time `json:"at"`
}

type levelPath struct {
	CampPath
	Level string `path:"level" pattern:"^[0-9A-Za-z_-]{1,64}$" patternDescription:"id" doc:"Id of the level"`
}

func (a *api) courseMap(ctx context.Context, in *CampPath) (*Answer[CourseMap], error) {
	m, err := a.Courses.Map(ctx, in.Camp)
	if err != nil {
		return nil, err
	}
	body := CourseMap{At: m.At, Finished: instant(m.Finished), Levels: make([]Level, len(m.Levels))}
	for i, l := range m.Levels {
		level := Level{
			ID: l.ID, Title: l.Title, Intro: l.Intro, State: string(l.State), Opened: instant(l.Opened), Finished: instant(l.Finished),
			Done: l.Done, Tasks: l.Tasks, Why: l.Why, Waiting: make([]Wait, len(l.Waiting)),
		}
		for j, w := range l.Waiting {
			level.Waiting[j] = Wait{w.Text, w.Met, w.Have, w.Want}
		}
		for _, v := range l.Cover {
			level.Cover = v.ThumbURL
		}
		body.Levels[i] = level
	}
	return answer(body), nil
}

func (a *api) level(ctx context.Context, in *levelPath) (*Answer[LevelPage], error) {
	v, err := a.Services.Today.Level(ctx, in.Camp, in.Level)
	if err != nil {
		return nil, err
	}
	body := LevelPage{ID: v.Level.ID, Title: v.Level.Title, Intro: v.Level.Intro, Tasks: make([]Task, len(v.Tasks))}
	for i, item := range v.Tasks {
		body.Tasks[i] = taskOf(item)
	}
	return answer(body), nil
}

func (a *api) peers(ctx context.Context, in *campPage) (*Answer[List[Peer]], error) {
	list, next, err := a.Courses.Peers(ctx, in.Camp, in.page())
	if err != nil {
		return nil, err
	}
	cards := make([]member.Card, len(list))
	for i, p := range list {
		cards[i] = p.Member
	}
	people, err := a.people(ctx, cards...)
	if err != nil {
		return nil, err
	}
	return listOf(list, next, func(p course.Peer) Peer { return Peer{people[p.Member.ID], p.Since} }), nil
}

func (a *api) badges(ctx context.Context, in *Page) (*Answer[List[Badge]], error) {
	won, next, err := a.Courses.MyBadges(ctx, in.page())
	if err != nil {
		return nil, err
	}
	return listOf(won, next, func(w course.Won) Badge {
		b := Badge{ID: w.Badge, Name: w.Name, Why: w.Why, Camp: w.Camp, At: w.At}
		for _, v := range w.Picture {
			b.Picture = v.ThumbURL
		}
		return b
	}), nil
}

// instant is null where there is none.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
