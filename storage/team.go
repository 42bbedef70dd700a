package storage

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/team"
)

// Boards keeps the teams of camps.
type Boards struct{ *Collection[team.Board] }

// Places keeps who is in which team.
type Places struct{ *Collection[team.Place] }

// Plans keeps divisions into teams.
type Plans struct{ *Collection[team.Plan] }

// NewTeams declares the collections.
func NewTeams(ctx context.Context, db *DB) (boards Boards, places Places, plans Plans, err error) {
	if boards.Collection, err = NewCollection(ctx, db, "team", Keys[team.Board]{}); err != nil {
		return
	}
	if places.Collection, err = NewCollection(ctx, db, "team_place", Keys[team.Place]{
		"owned": func(d *team.Place) any { return d.Member },
		"camp":  func(p *team.Place) any { return p.Camp },
		"team":  func(p *team.Place) any { return p.Team },
		"at":    func(p *team.Place) any { return p.Since },
	}, ofPerson, Index{Name: "team", Fields: []string{"camp", "team", "at"}}); err != nil {
		return
	}
	plans.Collection, err = NewCollection(ctx, db, "team_plan", Keys[team.Plan]{})
	return
}

// InTeam implements team.Store.
func (s Places) InTeam(ctx context.Context, camp, id string, page domain.Page) ([]team.Place, domain.Cursor, error) {
	return s.Find(ctx, By("team").Equal(camp, id), page)
}

// CountTeam implements team.Store.
func (s Places) CountTeam(ctx context.Context, camp, id string) (int64, error) {
	return s.Count(ctx, By("team").Equal(camp, id))
}

var (
	_ team.Boards = Boards{}
	_ team.Store  = Places{}
	_ team.Plans  = Plans{}
)
