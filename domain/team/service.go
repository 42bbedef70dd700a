package team

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/enrolment"
	"yingdi/domain/member"
)

// Boards keeps the teams of camps.
type Boards interface{ domain.Documents[Board] }

// Store keeps who is in which team.
type Store interface {
	domain.Documents[Place]
	domain.Many[Place]
	// InTeam lists the learners of a team, those who came first first.
	InTeam(ctx context.Context, camp, team string, page domain.Page) ([]Place, domain.Cursor, error)
	// CountTeam counts them.
	CountTeam(ctx context.Context, camp, team string) (int64, error)
}

// Plans keeps divisions.
type Plans interface{ domain.Documents[Plan] }

// Camps is what this feature needs of domain/camp.
type Camps interface {
	ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error)
	Taken(ctx context.Context, id string) (int64, error)
}

// Enrolments is what this feature needs of domain/enrolment.
type Enrolments interface {
	Require(ctx context.Context, camp string) (enrolment.Enrolment, error)
	OfCamp(ctx context.Context, camp string, page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error)
	// Placed returns those of the members who have a place in the camp.
	Placed(ctx context.Context, camp string, members []string) ([]string, error)
}

// Members is what this feature needs of domain/member.
type Members interface {
	Cards(ctx context.Context, ids []string) (map[string]member.Card, error)
}

// Service holds the use cases.
type Service struct {
	Boards     Boards
	Store      Store
	Plans      Plans
	Camps      Camps
	Enrolments Enrolments
	Members    Members
	IDs        domain.IDs
	Clock      domain.Clock
}

// board of a camp; a camp without one has no teams.
func (s *Service) board(ctx context.Context, campID string) (Board, error) {
	b, err := s.Boards.Get(ctx, campID)
	if errors.Is(err, domain.ErrNotFound) {
		return Board{Doc: domain.Doc{ID: campID}}, nil
	}
	return b, err
}

func (s *Service) change(ctx context.Context, campID string, change func(*Board) error) (Board, error) {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit); err != nil {
		return Board{}, err
	}
	for {
		b, err := s.Boards.Update(ctx, campID, change)
		if !errors.Is(err, domain.ErrNotFound) {
			return b, err
		}
		if err := s.Boards.Insert(ctx, Board{Doc: domain.Doc{ID: campID}}); err != nil && !errors.Is(err, domain.ErrExists) {
			return Board{}, err
		}
	}
}

// Add makes a team.
func (s *Service) Add(ctx context.Context, campID, name string) (Board, error) {
	if err := checkName(name); err != nil {
		return Board{}, err
	}
	id := s.IDs.New()
	return s.change(ctx, campID, func(b *Board) error { return b.Add(Team{ID: id, Name: name}) })
}

// Rename gives a team another name.
func (s *Service) Rename(ctx context.Context, campID, id, name string) (Board, error) {
	if err := checkName(name); err != nil {
		return Board{}, err
	}
	return s.change(ctx, campID, func(b *Board) error { return b.Rename(id, name) })
}

// Remove takes a team away.
func (s *Service) Remove(ctx context.Context, campID, id string) (Board, error) {
	return s.change(ctx, campID, func(b *Board) error { return b.Remove(id) })
}

// Assign moves learners into a team, or out of any if it is "". Returns how many of them are learners of the camp; others
// are left out.
func (s *Service) Assign(ctx context.Context, campID, teamID string, members []string) (int, error) {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit); err != nil {
		return 0, err
	}
	var check domain.Check
	check.That(len(members) > 0, "member", "请先勾选学员")
	check.That(len(members) <= MaxAtOnce, "member", "一次最多移动 100 名学员")
	check.That(!slices.ContainsFunc(members, func(id string) bool { return !domain.ValidID(id) }), "member", "成员编号不正确")
	if err := check.Err(); err != nil {
		return 0, err
	}
	b, err := s.board(ctx, campID)
	if err != nil {
		return 0, err
	}
	to, ok := b.Find(teamID)
	if !ok && teamID != "" {
		return 0, fmt.Errorf("team %s of camp %s: %w", teamID, campID, ErrGone)
	}
	learners, err := s.Enrolments.Placed(ctx, campID, members)
	if err != nil {
		return 0, err
	}
	by, now := doer(ctx), s.Clock.Now()
	for _, id := range learners {
		if err := s.move(ctx, campID, id, func(p *Place) error { return p.Move(to, by, now) }); err != nil {
			return 0, err
		}
	}
	return len(learners), nil
}

func (s *Service) move(ctx context.Context, campID, memberID string, change func(*Place) error) error {
	id := PlaceID(campID, memberID)
	_, err := s.Store.Update(ctx, id, change)
	if !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	fresh := Place{Doc: domain.Doc{ID: id}, Camp: campID, Member: memberID}
	if err := change(&fresh); errors.Is(err, domain.ErrSame) {
		return nil
	} else if err != nil {
		return err
	}
	if err = s.Store.Insert(ctx, fresh); errors.Is(err, domain.ErrExists) {
		_, err = s.Store.Update(ctx, id, change)
	}
	return err
}

// Preview draws up a division without doing it.
func (s *Service) Preview(ctx context.Context, campID string, method Method, all bool) (Plan, error) {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit); err != nil {
		return Plan{}, err
	}
	if method != AtRandom && method != ByArrival {
		return Plan{}, domain.Invalid("method", "请选择分配方式")
	}
	b, err := s.board(ctx, campID)
	if err != nil {
		return Plan{}, err
	}
	if len(b.Teams) == 0 {
		return Plan{}, fmt.Errorf("camp %s: %w", campID, ErrNoTeams)
	}
	learners, sizes, err := s.toPlace(ctx, b, all)
	if err != nil {
		return Plan{}, err
	}
	if len(learners) == 0 {
		return Plan{}, fmt.Errorf("camp %s: %w", campID, ErrNobody)
	}
	by := doer(ctx)
	p := Plan{
		Doc: domain.Doc{ID: PlanID(campID, by)}, Camp: campID, By: by, Method: method, All: all, Seed: s.IDs.New(), State: Previewed,
		At: s.Clock.Now(),
	}
	if method == AtRandom {
		learners = Shuffle(learners, p.Seed)
	}
	teams := make([]string, len(b.Teams))
	for i, t := range b.Teams {
		teams[i] = t.ID
	}
	p.Moves = Divide(learners, teams, sizes)
	err = s.Plans.Insert(ctx, p)
	if errors.Is(err, domain.ErrExists) {
		_, err = s.Plans.Update(ctx, p.ID, func(old *Plan) error { return old.Replace(p) })
	}
	return p, err
}

// toPlace lists, in the order of their enrolment, the learners whom a plan is to place, and how large the teams are without
// them.
func (s *Service) toPlace(ctx context.Context, b Board, all bool) (learners []string, sizes map[string]int, err error) {
	sizes = map[string]int{}
	for page := (domain.Page{Limit: domain.MaxPage}); ; {
		list, next, err := s.Enrolments.OfCamp(ctx, b.ID, page)
		if err != nil {
			return nil, nil, err
		}
		places, err := s.placesOf(ctx, b.ID, list)
		if err != nil {
			return nil, nil, err
		}
		for _, e := range list {
			if team, ok := b.Find(places[e.Member].Team); ok && !all {
				sizes[team.ID]++
			} else {
				learners = append(learners, e.Member)
			}
		}
		switch {
		case len(learners) > MaxPlanned:
			return nil, nil, fmt.Errorf("camp %s: %w", b.ID, ErrTooMany)
		case next == "":
			return learners, sizes, nil
		}
		page.After = next
	}
}

func (s *Service) placesOf(ctx context.Context, campID string, list []enrolment.Enrolment) (map[string]Place, error) {
	ids := make([]string, len(list))
	for i, e := range list {
		ids[i] = PlaceID(campID, e.Member)
	}
	found, err := s.Store.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	places := make(map[string]Place, len(found))
	for _, p := range found {
		places[p.Member] = p
	}
	return places, nil
}

// Apply carries out the acting person's plan, which the seed names; asking again changes nothing.
func (s *Service) Apply(ctx context.Context, campID, seed string) (Plan, error) {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit); err != nil {
		return Plan{}, err
	}
	return s.Plans.Update(ctx, PlanID(campID, doer(ctx)), func(p *Plan) error {
		return p.Apply(seed, s.Clock.Now())
	})
}

// noteEvery is after how many moves a plan's progress is written down.
const noteEvery = 100

// Carry does what a plan says, from where it was left. For jobs, after EventApplied. Whoever was moved by hand since the
// plan was applied stays where they were put, and a team that is gone gets nobody.
func (s *Service) Carry(ctx context.Context, planID string) error {
	p, err := s.Plans.Get(ctx, planID)
	if err != nil || p.State != Applying {
		return err
	}
	b, err := s.board(ctx, p.Camp)
	if err != nil {
		return err
	}
	for i := p.Moved; i < len(p.Moves); i++ {
		if to, ok := b.Find(p.Moves[i].Team); ok {
			if err := s.move(ctx, p.Camp, p.Moves[i].Member, func(at *Place) error { return at.follow(to, p.By, p.AppliedAt) }); err != nil {
				return err
			}
		}
		if done := i + 1; done%noteEvery == 0 || done == len(p.Moves) {
			if _, err := s.Plans.Update(ctx, planID, func(q *Plan) error { return q.Progress(p.Seed, done) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// follow is a plan's move, which gives way to what a person did after it.
func (p *Place) follow(to Team, by string, applied time.Time) error {
	if p.Since.After(applied) {
		return domain.ErrSame
	}
	return p.Move(to, by, applied)
}
