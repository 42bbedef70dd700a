package team

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/enrolment"
	"yingdi/domain/form"
	"yingdi/domain/member"
)

// Boards keeps the teams of camps.
type Boards interface {
	domain.Documents[Board]
	domain.Many[Board]
}

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

// Replies is what this feature needs of domain/form.
type Replies interface {
	History(ctx context.Context, camp string) (form.History, error)
	Answers(h form.History, enrolment string, r *form.Reply, shown form.Shown) (map[string][]string, error)
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
	Replies    Replies
	Members    Members
	Sheets     domain.Sheets
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
	return s.write(ctx, campID, change)
}

func (s *Service) write(ctx context.Context, campID string, change func(*Board) error) (Board, error) {
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
