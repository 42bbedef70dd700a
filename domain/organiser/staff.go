package organiser

import (
	"context"
	"slices"

	"yingdi/domain"
	"yingdi/domain/member"
)

// Colleague is a post with the person who holds it.
type Colleague struct {
	Post
	Card member.Card
}

// Colleagues returns an organiser with its staff to those who may give and take roles in it.
func (s *Service) Colleagues(ctx context.Context, id string) (Organiser, []Colleague, error) {
	if err := domain.ActorFrom(ctx).Must(domain.RightStaff, domain.Place{Organiser: id}); err != nil {
		return Organiser{}, nil, err
	}
	o, err := s.Store.Get(ctx, id)
	if err != nil {
		return Organiser{}, nil, err
	}
	people := make([]string, len(o.Staff))
	for i, p := range o.Staff {
		people[i] = p.Member
	}
	cards, err := s.Members.Cards(ctx, people)
	if err != nil {
		return Organiser{}, nil, err
	}
	staff := make([]Colleague, len(o.Staff))
	for i, p := range o.Staff {
		staff[i] = Colleague{p, cards[p.Member]}
	}
	return o, staff, nil
}

// Names returns what organisers are called, by id, in one round trip. Names are public.
func (s *Service) Names(ctx context.Context, ids []string) (map[string]string, error) {
	found, err := s.Store.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	names := make(map[string]string, len(found))
	for id, o := range found {
		names[id] = o.Name
	}
	return names, nil
}

// ToOpenIn lists the organisers in which the actor may open camps.
func (s *Service) ToOpenIn(ctx context.Context) ([]Organiser, error) {
	mine, _, err := s.Mine(ctx, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return nil, err
	}
	actor := domain.ActorFrom(ctx)
	return slices.DeleteFunc(mine, func(o Organiser) bool {
		return !actor.Has(domain.RightCampOpen, domain.Place{Organiser: o.ID})
	}), nil
}

// known refuses the named input unless it is the id of a person, so that no role is given to nobody.
func (s *Service) known(ctx context.Context, field, id string) error {
	if !domain.ValidID(id) {
		return domain.Invalid(field, "成员编号不正确")
	}
	cards, err := s.Members.Cards(ctx, []string{id})
	if err != nil {
		return err
	}
	if _, ok := cards[id]; !ok {
		return domain.Invalid(field, "没有找到这个成员")
	}
	return nil
}
