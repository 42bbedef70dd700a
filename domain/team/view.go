package team

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/member"
)

// View is a camp's teams for its staff, with a page of its learners.
type View struct {
	Camp     camp.Camp
	Teams    []Sized
	Enrolled int64
	None     int64     // learners in no team
	Look     Look      // whose learners these are
	Learners []Learner // the earliest first
	Next     domain.Cursor
	Plan     Plan // the acting person's own; the zero one if there is none
}

// Sized is a team with the number of its learners.
type Sized struct {
	Team
	Size int64
}

// Learner is one row of the board; Team is the zero one if they are in none.
type Learner struct {
	Member member.Card
	Team   Team
}

// Look says which learners are wanted; the zero one wants all of the camp.
type Look struct {
	Team string // of this one
	Name string // who are called so, in part, or have this id
}

// maxLooked is how many learners one look for a name goes through.
const maxLooked = 1000

// View returns the teams of a camp to its staff, with the learners that are wanted. A look for a name may end before it has
// seen everybody, and then goes on from Next.
func (s *Service) View(ctx context.Context, campID string, look Look, page domain.Page) (View, error) {
	var check domain.Check
	check.Line("name", "昵称", look.Name, 0, 60)
	if err := check.Err(); err != nil {
		return View{}, err
	}
	in, err := s.Camps.ForStaff(ctx, campID, domain.RightCampView)
	if err != nil {
		return View{}, err
	}
	b, err := s.board(ctx, campID)
	if err != nil {
		return View{}, err
	}
	v := View{Camp: in, Teams: make([]Sized, len(b.Teams))}
	if v.Enrolled, err = s.Camps.Taken(ctx, campID); err != nil {
		return View{}, err
	}
	v.None = v.Enrolled
	for i, t := range b.Teams {
		n, err := s.Store.CountTeam(ctx, campID, t.ID)
		if err != nil {
			return View{}, err
		}
		v.Teams[i] = Sized{t, n}
		v.None -= n
	}
	v.None = max(v.None, 0)
	if _, ok := b.Find(look.Team); !ok {
		look.Team = ""
	}
	v.Look = look
	list := func(page domain.Page) ([]Learner, domain.Cursor, error) { return s.learners(ctx, b, look.Team, page) }
	if look.Name == "" {
		v.Learners, v.Next, err = list(page)
	} else {
		v.Learners, v.Next, err = domain.Sift(page, maxLooked, list, func(found []Learner) ([]Learner, error) {
			return slices.DeleteFunc(found, func(l Learner) bool { return !l.Member.Called(look.Name) }), nil
		})
	}
	if err != nil {
		return View{}, err
	}
	v.Plan, err = s.Plans.Get(ctx, PlanID(campID, doer(ctx)))
	if errors.Is(err, domain.ErrNotFound) {
		err = nil
	}
	return v, err
}

// doer is who acts; the system has no id.
func doer(ctx context.Context) string { return cmp.Or(domain.ActorFrom(ctx).Member, "system") }

func (s *Service) learners(ctx context.Context, b Board, of string, page domain.Page) ([]Learner, domain.Cursor, error) {
	var people []string
	var next domain.Cursor
	at := map[string]Place{}
	if of != "" {
		places, after, err := s.Store.InTeam(ctx, b.ID, of, page)
		if err != nil {
			return nil, "", err
		}
		for _, p := range places {
			people, at[p.Member], next = append(people, p.Member), p, after
		}
	} else {
		list, after, err := s.Enrolments.OfCamp(ctx, b.ID, page)
		if err != nil {
			return nil, "", err
		}
		if at, err = s.placesOf(ctx, b.ID, list); err != nil {
			return nil, "", err
		}
		for _, e := range list {
			people, next = append(people, e.Member), after
		}
	}
	cards, err := s.Members.Cards(ctx, people)
	if err != nil {
		return nil, "", err
	}
	rows := make([]Learner, len(people))
	for i, id := range people {
		t, _ := b.Find(at[id].Team)
		rows[i] = Learner{cards[id], t}
	}
	return rows, next, nil
}

// Mine is the acting learner's team.
type Mine struct {
	Team    Team // the zero one if they are in none
	Size    int64
	Fellows []member.Card
	Next    domain.Cursor
}

// Mine returns the acting learner's team in a camp with a page of those who are in it.
func (s *Service) Mine(ctx context.Context, campID string, page domain.Page) (Mine, error) {
	e, err := s.Enrolments.Require(ctx, campID)
	if err != nil {
		return Mine{}, err
	}
	b, err := s.board(ctx, campID)
	if err != nil {
		return Mine{}, err
	}
	p, err := s.Store.Get(ctx, PlaceID(campID, e.Member))
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return Mine{}, err
	}
	var mine Mine
	var in bool
	if mine.Team, in = b.Find(p.Team); !in {
		return mine, nil
	}
	if mine.Size, err = s.Store.CountTeam(ctx, campID, mine.Team.ID); err != nil {
		return Mine{}, err
	}
	rows, next, err := s.learners(ctx, b, mine.Team.ID, page)
	for _, row := range rows {
		mine.Fellows = append(mine.Fellows, row.Member)
	}
	mine.Next = next
	return mine, err
}

// Of returns the moves of a learner between teams, the newest last. Whoever calls it has checked who asks.
func (s *Service) Of(ctx context.Context, campID, memberID string) ([]Change, error) {
	p, err := s.Store.Get(ctx, PlaceID(campID, memberID))
	if errors.Is(err, domain.ErrNotFound) {
		return nil, nil
	}
	return p.Changes, err
}

// Names returns the names of the teams that these learners of a camp are in, by learner, in two round trips; whoever is in
// none is left out. Whoever calls it has checked who asks.
func (s *Service) Names(ctx context.Context, campID string, members []string) (map[string]string, error) {
	b, err := s.board(ctx, campID)
	if err != nil {
		return nil, err
	}
	in, err := s.TeamsOf(ctx, campID, members)
	if err != nil {
		return nil, err
	}
	names := make(map[string]string, len(in))
	for member, id := range in {
		if t, ok := b.Find(id); ok {
			names[member] = t.Name
		}
	}
	return names, nil
}

// All lists a camp's teams. Whoever calls it has checked who asks.
func (s *Service) All(ctx context.Context, campID string) ([]Team, error) {
	b, err := s.board(ctx, campID)
	return b.Teams, err
}

// OfCamps lists the teams of camps, by camp. Whoever calls it has checked who asks.
func (s *Service) OfCamps(ctx context.Context, camps []string) (map[string][]Team, error) {
	boards, err := s.Boards.GetMany(ctx, camps)
	teams := make(map[string][]Team, len(boards))
	for id, b := range boards {
		teams[id] = b.Teams
	}
	return teams, err
}

// TeamsOf tells in which team each of the members is, by their ids. Whoever calls it has checked who asks.
func (s *Service) TeamsOf(ctx context.Context, campID string, members []string) (map[string]string, error) {
	ids := make([]string, len(members))
	for i, m := range members {
		ids[i] = PlaceID(campID, m)
	}
	slices.Sort(ids)
	found, err := s.Store.GetMany(ctx, slices.Compact(ids))
	teams := make(map[string]string, len(found))
	for _, p := range found {
		teams[p.Member] = p.Team
	}
	return teams, err
}
