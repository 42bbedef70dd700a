package referral

import (
	"context"
	"errors"
	"fmt"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/channel"
	"yingdi/domain/source"
)

// Offer is a camp as somebody sees it who could recommend it, or does.
type Offer struct {
	Camp     camp.Camp
	Plan     Plan
	Promoter *Promoter // nil unless the acting person is one
	Scene    string    // with which they share it; empty unless they are a promoter who may
}

// governing is the plan by which a camp's orders earn something now. Returns ErrNoPlan and ErrStopped.
func (s *Service) governing(ctx context.Context, c camp.Camp) (Plan, error) {
	own, all := PlanID(c.Organiser, c.ID), PlanID(c.Organiser, "")
	found, err := s.Plans.GetMany(ctx, []string{own, all})
	if err != nil {
		return Plan{}, err
	}
	for _, id := range []string{own, all} {
		switch p, ok := found[id]; {
		case !ok || p.State == Draft:
		case p.State == Stopped:
			return p, fmt.Errorf("plan %s: %w", id, ErrStopped)
		default:
			return p, nil
		}
	}
	return Plan{}, fmt.Errorf("camp %s: %w", c.ID, ErrNoPlan)
}

// shut reports whether an error says that nothing is promised at present.
func shut(err error) bool { return errors.Is(err, ErrNoPlan) || errors.Is(err, ErrStopped) }

// Look returns what promoters of a camp are offered, and with what the acting person shares it if they are one. Returns
// ErrNoPlan and ErrStopped.
func (s *Service) Look(ctx context.Context, campID string) (Offer, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Offer{}, err
	}
	c, err := s.Camps.Get(ctx, campID)
	if err == nil && c.State == camp.Draft {
		err = fmt.Errorf("camp %s: %w", campID, domain.ErrNotFound)
	}
	if err != nil {
		return Offer{}, err
	}
	o := Offer{Camp: c}
	if o.Plan, err = s.governing(ctx, c); err != nil {
		return o, err
	}
	p, err := s.Promoters.Get(ctx, domain.Key(c.Organiser, actor.Member))
	switch {
	case errors.Is(err, domain.ErrNotFound):
		return o, nil
	case err != nil:
		return o, err
	}
	if o.Promoter = &p; p.May() {
		o.Scene, err = s.Scenes.For(ctx, channel.Target{Kind: channel.ToInvite, Camp: c.ID, Member: actor.Member})
	}
	return o, err
}

// Join makes the acting person a promoter of the camp's organiser, at no cost; again changes nothing, and fresh tells
// which. Returns ErrNoPlan, ErrStopped and ErrBarred.
func (s *Service) Join(ctx context.Context, campID string) (o Offer, fresh bool, err error) {
	if o, err = s.Look(ctx, campID); err != nil {
		return o, false, err
	}
	actor := domain.ActorFrom(ctx)
	m, err := s.Members.Get(ctx, actor.Member)
	if err != nil {
		return o, false, err
	}
	if o.Promoter == nil {
		p := Promoter{
			Doc: domain.Doc{ID: domain.Key(o.Camp.Organiser, actor.Member)}, Organiser: o.Camp.Organiser, Member: actor.Member,
			JoinedAt: s.Clock.Now(), Marks: marksOf(m), Device: s.places().Mark(source.Device, o.Camp.Organiser, actor.Device),
		}
		if err = s.Promoters.Insert(ctx, p); err == nil {
			fresh = true
		} else if !errors.Is(err, domain.ErrExists) {
			return o, false, err
		}
	} else if _, err := s.Promoters.Update(ctx, o.Promoter.ID, func(p *Promoter) error { return p.know(marksOf(m)) }); err != nil {
		return o, false, err
	}
	if o, err = s.Look(ctx, campID); err == nil && !o.Promoter.May() {
		err = fmt.Errorf("promoter %s: %w", o.Promoter.ID, ErrBarred)
	}
	return o, fresh, err
}

// Promotes reports whether a member recommends a camp at present.
func (s *Service) Promotes(ctx context.Context, c camp.Camp, member string) (bool, error) {
	if _, err := s.governing(ctx, c); shut(err) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	p, err := s.Promoters.Get(ctx, domain.Key(c.Organiser, member))
	if errors.Is(err, domain.ErrNotFound) {
		return false, nil
	}
	return p.May(), err
}
