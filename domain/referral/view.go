package referral

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"yingdi/domain"
	"yingdi/domain/member"
)

// Mine is what the acting person promotes, and what it brought.
type Mine struct {
	Promoter
	Bound int64 // people who came by them
	Sums  Sums
}

// Mine lists it, one organiser each.
func (s *Service) Mine(ctx context.Context, page domain.Page) ([]Mine, domain.Cursor, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return nil, "", err
	}
	found, next, err := s.Promoters.ByMember(ctx, actor.Member, page)
	if err != nil {
		return nil, "", err
	}
	list := make([]Mine, len(found))
	for i, p := range found {
		list[i].Promoter = p
		if list[i].Bound, err = s.Bindings.CountOf(ctx, p.Organiser, p.Member); err != nil {
			return nil, "", err
		}
		if list[i].Sums, err = s.Store.Sums(ctx, p.Organiser, p.Member); err != nil {
			return nil, "", err
		}
	}
	return list, next, nil
}

// promoter is the acting person as a promoter of an organiser. Returns ErrPromoter.
func (s *Service) promoter(ctx context.Context, organiser string) (Promoter, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Promoter{}, err
	}
	p, err := s.Promoters.Get(ctx, organiser+":"+actor.Member)
	if errors.Is(err, domain.ErrNotFound) {
		err = fmt.Errorf("organiser %s: %w", organiser, ErrPromoter)
	}
	return p, err
}

// Statement lists the acting person's commissions with an organiser, the newest first; an empty stage means all.
func (s *Service) Statement(ctx context.Context, organiser string, in Stage, page domain.Page) ([]Commission, domain.Cursor, error) {
	p, err := s.promoter(ctx, organiser)
	if err != nil {
		return nil, "", err
	}
	return s.Store.OfMember(ctx, organiser, p.Member, in, page)
}

// Recommended is somebody who came by a promoter, as the promoter sees them.
type Recommended struct {
	Binding
	Name string // masked
}

// Brought lists the people who came by the acting person, the newest first.
func (s *Service) Brought(ctx context.Context, organiser string, page domain.Page) ([]Recommended, domain.Cursor, error) {
	p, err := s.promoter(ctx, organiser)
	if err != nil {
		return nil, "", err
	}
	found, next, err := s.Bindings.OfPromoter(ctx, organiser, p.Member, page)
	if err != nil {
		return nil, "", err
	}
	ids := make([]string, len(found))
	for i, b := range found {
		ids[i] = b.Member
	}
	cards, err := s.Members.Cards(ctx, ids)
	list := make([]Recommended, len(found))
	for i, b := range found {
		list[i] = Recommended{b, member.MaskName(cards[b.Member].Nickname)}
	}
	return list, next, err
}

// Place is a place in the ranking, as promoters see it.
type Place struct {
	Rank
	N    int
	Name string // masked, except for one's own
	Mine bool
}

// Ranking returns the first promoters of an organiser, by TieRule, to its promoters, the acting person's own place
// included if it is among the first MaxTop.
func (s *Service) Ranking(ctx context.Context, organiser string) ([]Place, error) {
	p, err := s.promoter(ctx, organiser)
	if err != nil {
		return nil, err
	}
	t, err := s.Tallies.Get(ctx, organiser)
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return nil, err
	}
	ids := make([]string, len(t.Top))
	for i, r := range t.Top {
		ids[i] = r.Member
	}
	cards, err := s.Members.Cards(ctx, ids)
	list := []Place{}
	for i, r := range t.Top {
		mine := r.Member == p.Member
		if i >= shown && !mine {
			continue
		}
		name := cards[r.Member].Nickname
		if !mine {
			name = member.MaskName(name)
		}
		list = append(list, Place{Rank: r, N: i + 1, Name: name, Mine: mine})
	}
	return slices.Clip(list), err
}

// shown is how many places of the ranking promoters see, besides their own.
const shown = 20
