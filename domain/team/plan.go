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
	Field     string    `json:"field,omitempty"` // of the form at enrolment, whose answers decide
	All       bool      `json:"all"`             // of the learners; else only those who are in no team
	Seed      string    `json:"seed"`            // names this very plan
	Fresh     []Team    `json:"fresh,omitempty"` // teams that are made first
	Moves     []Move    `json:"moves"`
	Moved     int       `json:"moved"` // how many of the moves are done
	State     PlanState `json:"state"`
	At        time.Time `json:"at"`
	AppliedAt time.Time `json:"applied_at,omitzero"`
}

// Move puts one learner into one team, or out of any if it is "".
type Move struct {
	Member string `json:"member"`
	Team   string `json:"team"`
	From   string `json:"from,omitempty"` // the team that they leave, in a plan from a sheet
}

// Method of a division.
type Method string

// The methods.
const (
	AtRandom  Method = "random"
	ByArrival Method = "arrival" // who enrolled together stays together
	ByAnswer  Method = "answer"  // who answered alike comes together
	Spread    Method = "spread"  // who answered alike is spread over the teams
	BySheet   Method = "sheet"   // as a spreadsheet says
)

// Ask says which division is wanted.
type Ask struct {
	Method Method
	Field  string // for ByAnswer and Spread
	All    bool   // of the learners; else only those who are in no team
}

// Answered reports whether answers decide.
func (m Method) Answered() bool { return m == ByAnswer || m == Spread }

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

// Sizes counts the moves into each team, and those out of it.
func (p Plan) Sizes() (coming, leaving map[string]int) {
	coming, leaving = map[string]int{}, map[string]int{}
	for _, m := range p.Moves {
		coming[m.Team]++
		leaving[m.From]++
	}
	return coming, leaving
}
