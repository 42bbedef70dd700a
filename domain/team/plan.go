package team

import (
	"time"

	"yingdi/domain"
)

// Plan is a division that can be looked at before it happens: previewed → applying → done. Its id is camp:member of who
// made it, so each of the staff has one, the last they asked for.
type Plan struct {
	domain.Doc
	Camp      string    `json:"camp"`
	By        string    `json:"by"`
	Method    Method    `json:"method"`
	All       bool      `json:"all"`  // of the learners; else only those who are in no team
	Seed      string    `json:"seed"` // names this very plan
	Moves     []Move    `json:"moves"`
	Moved     int       `json:"moved"` // how many of the moves are done
	State     PlanState `json:"state"`
	At        time.Time `json:"at"`
	AppliedAt time.Time `json:"applied_at,omitzero"`
}

// Move puts one learner into one team.
type Move struct {
	Member string `json:"member"`
	Team   string `json:"team"`
}

// Method of a division.
type Method string

// The methods.
const (
	AtRandom  Method = "random"
	ByArrival Method = "arrival" // who enrolled together stays together
)

// PlanState of a plan.
type PlanState string

// The states.
const (
	Previewed PlanState = "previewed"
	Applying  PlanState = "applying"
	Done      PlanState = "done"
)

// EventApplied says that a plan is to be carried out.
const EventApplied = "team:applied"

// PlanID of the plan that one of the staff makes for a camp.
func PlanID(camp, by string) string { return domain.Key(camp, by) }

// Replace puts a new preview in the place of the last one.
func (p *Plan) Replace(fresh Plan) error {
	if p.State == Applying {
		return ErrWorking
	}
	head := p.Doc
	*p = fresh
	p.Doc = head
	return nil
}

// Apply begins to carry the plan out; the seed says which plan was seen.
func (p *Plan) Apply(seed string, now time.Time) error {
	switch {
	case p.Seed != seed:
		return ErrStale
	case p.State != Previewed:
		return domain.ErrSame
	}
	p.State, p.AppliedAt = Applying, now
	p.Emit(EventApplied, now, nil)
	return nil
}

// Progress notes how far the plan with the seed has come.
func (p *Plan) Progress(seed string, moved int) error {
	if p.Seed != seed || p.State != Applying || moved < p.Moved {
		return domain.ErrSame
	}
	p.Moved = moved
	if moved == len(p.Moves) {
		p.State = Done
	}
	return nil
}

// Sizes counts the moves into each team.
func (p Plan) Sizes() map[string]int {
	sizes := map[string]int{}
	for _, m := range p.Moves {
		sizes[m.Team]++
	}
	return sizes
}
