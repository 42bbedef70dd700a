package referral

import (
	"context"
	"errors"
	"fmt"

	"yingdi/domain"
	"yingdi/domain/member"
	"yingdi/domain/order"
	"yingdi/domain/source"
)

func may(ctx context.Context, right domain.Right, organiser string) error {
	return domain.ActorFrom(ctx).Must(right, domain.Place{Organiser: organiser})
}

// Save makes a plan, of a camp or, if that is empty, of the organiser, or changes it; version is the one that was seen, 0
// for a new one. Returns domain.ErrConflict if somebody else has changed it meanwhile.
func (s *Service) Save(ctx context.Context, organiser, campID string, version int, t Terms) (Plan, error) {
	if err := may(ctx, domain.RightCampaign, organiser); err != nil {
		return Plan{}, err
	}
	if campID != "" {
		c, err := s.Camps.Get(ctx, campID)
		if err != nil || c.Organiser != organiser {
			return Plan{}, errors.Join(domain.Invalid("camp", "选中的训练营不属于这个机构"))
		}
	}
	by, now := domain.ActorFrom(ctx).Member, s.Clock.Now()
	id := PlanID(organiser, campID)
	if version == 0 {
		fresh := Plan{Doc: domain.Doc{ID: id}, Organiser: organiser, Camp: campID, State: Draft, CreatedAt: now}
		if err := fresh.Apply(t, by, now); err != nil {
			return fresh, err
		}
		err := s.Plans.Insert(ctx, fresh)
		if errors.Is(err, domain.ErrExists) {
			err = fmt.Errorf("plan %s: %w", id, ErrSameTerms)
		}
		return fresh, err
	}
	return s.Plans.Update(ctx, id, func(p *Plan) error {
		if p.Version != version {
			return domain.ErrConflict
		}
		return p.Apply(t, by, now)
	})
}

// Turn starts a plan, or stops it at once: from then on no order promises anything; what was promised is honoured.
func (s *Service) Turn(ctx context.Context, organiser, campID string, to State) (Plan, error) {
	if err := may(ctx, domain.RightCampaign, organiser); err != nil {
		return Plan{}, err
	}
	by := domain.ActorFrom(ctx).Member
	return s.Plans.Update(ctx, PlanID(organiser, campID), func(p *Plan) error { return p.Turn(to, by, s.Clock.Now()) })
}

// Bar takes a promoter's right to earn from new orders away, or gives it back.
func (s *Service) Bar(ctx context.Context, organiser, promoter string, barred bool, reason string) (Promoter, error) {
	if err := may(ctx, domain.RightCampaign, organiser); err != nil {
		return Promoter{}, err
	}
	if barred {
		if err := checkReason(reason); err != nil {
			return Promoter{}, err
		}
	}
	by := domain.ActorFrom(ctx).Member
	return s.Promoters.Update(ctx, organiser+":"+promoter, func(p *Promoter) error { return p.Bar(barred, by, reason, s.Clock.Now()) })
}

// SeeSource notes that a person has looked at an odd source and found it fine.
func (s *Service) SeeSource(ctx context.Context, organiser, id string) (source.Source, error) {
	if err := may(ctx, domain.RightCampaign, organiser); err != nil {
		return source.Source{}, err
	}
	return s.places().See(ctx, organiser, id, s.Clock.Now())
}

// Overview is an organiser's referral on one page.
type Overview struct {
	Organiser string
	Plans     []Plan
	Tally     Tally
	Sums      Sums
	Odd       []source.Source
	Promoters []Promoter // a page, the newest first
	Next      domain.Cursor
	Titles    map[string]string
	People    map[string]member.Card
}

// Overview returns it to those who may run campaigns of the organiser.
func (s *Service) Overview(ctx context.Context, organiser string, page domain.Page) (v Overview, err error) {
	if err := may(ctx, domain.RightCampaign, organiser); err != nil {
		return v, err
	}
	v.Organiser = organiser
	if v.Plans, _, err = s.Plans.OfOrganiser(ctx, organiser, domain.Page{Limit: domain.MaxPage}); err != nil {
		return v, err
	}
	if v.Tally, err = s.Tallies.Get(ctx, organiser); err != nil && !errors.Is(err, domain.ErrNotFound) {
		return v, err
	}
	if v.Sums, err = s.Store.Sums(ctx, organiser, ""); err != nil {
		return v, err
	}
	if v.Odd, _, err = s.Sources.Odd(ctx, organiser, domain.Page{Limit: 20}); err != nil {
		return v, err
	}
	if v.Promoters, v.Next, err = s.Promoters.OfOrganiser(ctx, organiser, page); err != nil {
		return v, err
	}
	var camps, people []string
	for _, p := range v.Plans {
		if p.Camp != "" {
			camps = append(camps, p.Camp)
		}
	}
	for _, p := range v.Promoters {
		people = append(people, p.Member)
	}
	for _, r := range v.Tally.Top {
		people = append(people, r.Member)
	}
	for _, x := range v.Odd {
		people = append(people, x.By())
		for _, t := range x.Takes {
			people = append(people, t.Member)
		}
	}
	if v.Titles, err = s.Camps.Titles(ctx, camps); err != nil {
		return v, err
	}
	v.People, err = s.Members.Cards(ctx, people)
	return v, err
}

// PlanFor returns a plan to those who may run campaigns of the organiser.
func (s *Service) PlanFor(ctx context.Context, organiser, campID string) (Plan, error) {
	if err := may(ctx, domain.RightCampaign, organiser); err != nil {
		return Plan{}, err
	}
	return s.Plans.Get(ctx, PlanID(organiser, campID))
}

// Share is what an order promised a promoter, and what came of it.
type Share struct {
	order.Share
	Who        member.Card
	Commission Commission // the zero one until the order is paid
}

// OfOrder tells what promoters earn by an order, level by level, to those who may see the money of its camp.
func (s *Service) OfOrder(ctx context.Context, o order.Order) ([]Share, error) {
	if err := domain.ActorFrom(ctx).Must(domain.RightMoney, domain.Place{Organiser: o.Organiser, Camp: o.Camp}); err != nil {
		return nil, err
	}
	var ids, people []string
	for _, share := range o.Promise.Shares {
		ids, people = append(ids, CommissionID(o.ID, share.Level)), append(people, share.Member)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	earned, err := s.Store.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	cards, err := s.Members.Cards(ctx, people)
	list := make([]Share, len(ids))
	for i, share := range o.Promise.Shares {
		list[i] = Share{share, cards[share.Member], earned[ids[i]]}
	}
	return list, err
}

// CommissionsOf lists an organiser's commissions, or those of one promoter, to those who may run its campaigns.
func (s *Service) CommissionsOf(ctx context.Context, organiser, promoter string, in Stage, page domain.Page) (list []Commission, people map[string]member.Card, next domain.Cursor, err error) {
	if err := may(ctx, domain.RightCampaign, organiser); err != nil {
		return nil, nil, "", err
	}
	if promoter == "" {
		list, next, err = s.Store.OfOrganiser(ctx, organiser, in, page)
	} else {
		list, next, err = s.Store.OfMember(ctx, organiser, promoter, in, page)
	}
	if err != nil {
		return nil, nil, "", err
	}
	var ids []string
	for _, c := range list {
		ids = append(ids, c.Member, c.Buyer)
		for _, b := range c.Backs {
			if b.By != "" {
				ids = append(ids, b.By)
			}
		}
	}
	people, err = s.Members.Cards(ctx, ids)
	return list, people, next, err
}
