package api

import (
	"context"

	"yingdi/domain/member"
)

// Team is my team in a camp.
type Team struct {
	Name    string       `json:"name" doc:"Empty while I am in none"`
	Size    int64        `json:"size"`
	Members List[Person] `json:"members" doc:"Who is in it, in the order they came"`
}

type campPage struct {
	CampPath
	Page
}

func (a *api) team(ctx context.Context, in *campPage) (*Answer[Team], error) {
	mine, err := a.Teams.Mine(ctx, in.Camp, in.page())
	if err != nil {
		return nil, err
	}
	people, err := a.people(ctx, mine.Fellows...)
	if err != nil {
		return nil, err
	}
	list := listOf(mine.Fellows, mine.Next, func(c member.Card) Person { return people[c.ID] })
	return answer(Team{Name: mine.Team.Name, Size: mine.Size, Members: list.Body}), nil
}
