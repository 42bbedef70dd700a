// Package team divides a camp's learners into teams: by hand, by a rule, or evenly at random.
package team

import (
	"cmp"
	"crypto/sha256"
	"slices"
	"strings"
	"time"

	"yingdi/domain"
)

// Board is a camp's teams; its id is the camp's.
type Board struct {
	domain.Doc
	Teams []Team `json:"teams"`
}

// Team is one of them.
type Team struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Place says in which team a learner is. Its id is camp:member. A team that is no longer on the board is none.
type Place struct {
	domain.Doc
	Camp    string    `json:"camp"`
	Member  string    `json:"member"`
	Team    string    `json:"team,omitempty"` // empty: none
	Since   time.Time `json:"since"`
	Changes []Change  `json:"changes"` // the newest last
}

// Change is one move of a learner, with the team's name of then.
type Change struct {
	Name string    `json:"name,omitempty"` // empty: out of any team
	By   string    `json:"by"`             // member id of who moved them
	At   time.Time `json:"at"`
}

// Limits.
const (
	MaxTeams   = 50
	MaxName    = 20             // characters
	MaxAtOnce  = domain.MaxPage // learners moved by hand in one go
	MaxPlanned = 5000           // learners in one plan
	maxChanges = 50             // remembered
)

// The refusals of this feature.
var (
	ErrFull    = domain.Refusal(domain.KindConflict, "teams_full", "一个训练营最多 50 个小组")
	ErrTaken   = domain.Refusal(domain.KindConflict, "team_name_taken", "已经有同名的小组").On("name")
	ErrGone    = domain.Refusal(domain.KindConflict, "team_gone", "这个小组已经删除，请刷新后再试")
	ErrNoTeams = domain.Refusal(domain.KindConflict, "no_teams", "请先建好小组，再分配学员")
	ErrNobody  = domain.Refusal(domain.KindConflict, "nobody_to_place", "没有需要分配的学员")
	ErrTooMany = domain.Refusal(domain.KindConflict, "too_many_to_place", "一次最多分配 5000 名学员")
	ErrWorking = domain.Refusal(domain.KindConflict, "plan_working", "上一次分配还在进行，请稍后再试")
	ErrStale   = domain.Refusal(domain.KindConflict, "plan_stale", "预览已经更新，请确认后再应用")
)

// PlaceID of a learner.
func PlaceID(camp, member string) string { return domain.Key(camp, member) }

func checkName(name string) error {
	var check domain.Check
	check.Line("name", "小组名称", name, 1, MaxName)
	return check.Err()
}

// Find returns the team with the id.
func (b Board) Find(id string) (Team, bool) {
	at := slices.IndexFunc(b.Teams, func(t Team) bool { return t.ID == id })
	if at < 0 {
		return Team{}, false
	}
	return b.Teams[at], true
}

func (b Board) taken(name, but string) bool {
	return slices.ContainsFunc(b.Teams, func(t Team) bool { return t.Name == name && t.ID != but })
}

// Add puts a new team at the end.
func (b *Board) Add(t Team) error {
	switch {
	case len(b.Teams) >= MaxTeams:
		return ErrFull
	case b.taken(t.Name, t.ID):
		return ErrTaken
	}
	b.Teams = append(b.Teams, t)
	return nil
}

// Rename gives a team another name.
func (b *Board) Rename(id, name string) error {
	at := slices.IndexFunc(b.Teams, func(t Team) bool { return t.ID == id })
	switch {
	case at < 0:
		return ErrGone
	case b.taken(name, id):
		return ErrTaken
	case b.Teams[at].Name == name:
		return domain.ErrSame
	}
	b.Teams[at].Name = name
	return nil
}

// Remove takes a team away; its learners are in none then.
func (b *Board) Remove(id string) error {
	before := len(b.Teams)
	if b.Teams = slices.DeleteFunc(b.Teams, func(t Team) bool { return t.ID == id }); len(b.Teams) == before {
		return domain.ErrSame
	}
	return nil
}

// Move puts the learner into a team, or out of any if it is the zero one.
func (p *Place) Move(to Team, by string, now time.Time) error {
	if p.Team == to.ID {
		return domain.ErrSame
	}
	p.Team, p.Since = to.ID, now
	p.Changes = append(p.Changes, Change{Name: to.Name, By: by, At: now})
	if extra := len(p.Changes) - maxChanges; extra > 0 {
		p.Changes = slices.Delete(p.Changes, 0, extra)
	}
	return nil
}

// Shuffle orders people at random, but always alike for the same seed, in whatever order they come.
func Shuffle(members []string, seed string) []string {
	type drawn struct {
		lot    [32]byte
		member string
	}
	lots := make([]drawn, len(members))
	for i, m := range members {
		lots[i] = drawn{sha256.Sum256([]byte(seed + "\x00" + m)), m}
	}
	slices.SortFunc(lots, func(a, b drawn) int {
		return cmp.Or(slices.Compare(a.lot[:], b.lot[:]), cmp.Compare(a.member, b.member))
	})
	order := make([]string, len(lots))
	for i, d := range lots {
		order[i] = d.member
	}
	return order
}

// Divide deals people into the teams so that their sizes come as near to one another as they can: each seat goes to the
// smallest team, the first of equals. sizes are those that the teams have already. Whoever stands next to one another in
// members comes into the same team where possible.
func Divide(members, teams []string, sizes map[string]int) []Move {
	if len(teams) == 0 {
		return nil
	}
	grown, seats := make([]int, len(teams)), make([]int, len(teams))
	for i, team := range teams {
		grown[i] = sizes[team]
	}
	for range members {
		at := slices.Index(grown, slices.Min(grown))
		grown[at]++
		seats[at]++
	}
	moves := make([]Move, 0, len(members))
	for i, team := range teams {
		for range seats[i] {
			moves = append(moves, Move{Member: members[len(moves)], Team: team})
		}
	}
	return moves
}

// likeness is what answers are compared by; nothing was answered if it is "".
func likeness(values []string) string {
	return strings.ToLower(strings.Join(strings.Fields(strings.Join(values, " ")), " "))
}

// Alike orders people by what they said, those who said the same next to one another in the order in which they came, and
// those who said nothing last.
func Alike(members []string, said map[string]string) []string {
	ordered := slices.Clone(members)
	slices.SortStableFunc(ordered, func(a, b string) int {
		if (said[a] == "") != (said[b] == "") {
			return cmp.Compare(said[b], said[a])
		}
		return cmp.Compare(said[a], said[b])
	})
	return ordered
}

// Deal gives each person, in their order, to the smallest team; of equals, to the one that has got the fewest who said the
// same, and of those to the first. So teams are even, and so is each answer among them where the teams were even before.
func Deal(members []string, said map[string]string, teams []string, sizes map[string]int) []Move {
	if len(teams) == 0 {
		return nil
	}
	type lot struct{ team, said string }
	grown, dealt := make([]int, len(teams)), map[lot]int{}
	for i, team := range teams {
		grown[i] = sizes[team]
	}
	moves := make([]Move, len(members))
	for i, m := range members {
		best := 0
		for at := range teams {
			fewer := cmp.Or(cmp.Compare(grown[at], grown[best]), cmp.Compare(dealt[lot{teams[at], said[m]}], dealt[lot{teams[best], said[m]}]))
			if fewer < 0 {
				best = at
			}
		}
		grown[best]++
		dealt[lot{teams[best], said[m]}]++
		moves[i] = Move{Member: m, Team: teams[best]}
	}
	return moves
}
