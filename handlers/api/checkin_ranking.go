package api

import (
	"context"
	"time"

	"yingdi/domain/checkin"
	"yingdi/domain/member"
)

// Ranking is a page of a camp's learners, the first first.
type Ranking struct {
	List[Ranked]
	Rule string  `json:"rule" doc:"How learners are ranked and how a tie is broken, in Chinese: days done, then the longest streak, then who got there first, then the id"`
	Me   *Ranked `json:"me" doc:"Where I stand; null until I have done something, and for staff"`
}

// Ranked is one learner of a ranking.
type Ranked struct {
	Rank      int       `json:"rank" doc:"1 is the first; no two have the same"`
	Person    Person    `json:"person"`
	Days      int       `json:"days" doc:"Scheduled days done, make-ups included"`
	Streak    int       `json:"streak" doc:"The longest, in scheduled days"`
	ReachedAt time.Time `json:"reached_at" doc:"When the last of the days was done"`
	Mine      bool      `json:"mine"`
}

type rankingInput struct {
	CampPath
	Page
}

func (a *api) ranking(ctx context.Context, in *rankingInput) (*Answer[Ranking], error) {
	r, err := a.Checkins.Ranking(ctx, in.Camp, in.page())
	if err != nil {
		return nil, err
	}
	cards := make([]member.Card, 0, len(r.List)+1)
	for _, one := range r.List {
		cards = append(cards, one.Person)
	}
	if r.Me != nil {
		cards = append(cards, r.Me.Person)
	}
	people, err := a.people(ctx, cards...)
	if err != nil {
		return nil, err
	}
	convert := func(one checkin.Ranked) Ranked {
		return Ranked{one.Rank, people[one.Person.ID], one.Done, one.Best, one.ReachedAt, one.Mine}
	}
	body := Ranking{List: listOf(r.List, r.Next, convert).Body, Rule: checkin.TieRule}
	if r.Me != nil {
		me := convert(*r.Me)
		body.Me = &me
	}
	return answer(body), nil
}
