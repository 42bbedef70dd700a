package referral

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/order"
	"yingdi/domain/source"
)

// Arrive binds the acting person, who came by a scene, to the promoter who shared it. Somebody who is bound stays with
// whom they are bound to until that ends. Returns ErrNoPlan, ErrStopped, ErrPromoter and ErrBarred if nothing is promised
// to whoever shared it, and ErrSelf, ErrLoop, ErrBound and ErrCrowd.
func (s *Service) Arrive(ctx context.Context, sceneID string) (Binding, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Binding{}, err
	}
	scene, err := s.Scenes.Resolve(ctx, sceneID)
	if err != nil {
		return Binding{}, err
	}
	if scene.Camp == "" || scene.Member == "" {
		return Binding{}, fmt.Errorf("scene %s: %w", sceneID, ErrPromoter)
	}
	c, err := s.Camps.Get(ctx, scene.Camp)
	if err != nil {
		return Binding{}, err
	}
	plan, err := s.governing(ctx, c)
	if err != nil {
		return Binding{}, err
	}
	p, err := s.Promoters.Get(ctx, domain.Key(c.Organiser, scene.Member))
	switch {
	case errors.Is(err, domain.ErrNotFound):
		return Binding{}, fmt.Errorf("scene %s: %w", sceneID, ErrPromoter)
	case err != nil:
		return Binding{}, err
	case !p.May():
		return Binding{}, fmt.Errorf("promoter %s: %w", p.ID, ErrBarred)
	}
	return s.bind(ctx, plan, p, scene.Camp, sceneID, actor)
}

func (s *Service) bind(ctx context.Context, plan Plan, p Promoter, campID, scene string, actor domain.Actor) (Binding, error) {
	now := s.Clock.Now()
	m, err := s.Members.Get(ctx, actor.Member)
	if err != nil {
		return Binding{}, err
	}
	b := bind(plan, p.Member, actor.Member, campID, scene, marksOf(m), now)
	had, err := s.Bindings.Get(ctx, b.ID)
	switch {
	case err == nil && had.Holds(now) && had.Promoter == p.Member:
		return had, nil
	case err == nil && had.Holds(now):
		return had, fmt.Errorf("binding %s: %w", b.ID, ErrBound)
	case err != nil && !errors.Is(err, domain.ErrNotFound):
		return b, err
	}
	b.Marks = mixed(had.Marks, b.Marks)
	if same, err := s.same(ctx, b, p); err != nil || same {
		return b, errors.Join(err, refuse(same, ErrSelf, b.ID))
	}
	if looped, err := s.looped(ctx, b); err != nil || looped {
		return b, errors.Join(err, refuse(looped, ErrLoop, b.ID))
	}
	if err := s.note(ctx, plan, p); err != nil {
		return b, err
	}
	err = s.Bindings.Insert(ctx, b)
	if errors.Is(err, domain.ErrExists) {
		return s.Bindings.Update(ctx, b.ID, func(had *Binding) error { return had.renew(b, now) })
	}
	return b, err
}

func refuse(is bool, why error, id string) error {
	if !is {
		return nil
	}
	return fmt.Errorf("binding %s: %w", id, why)
}

// same reports whether who is bound is the promoter, be it under another account: the two were at some time known by the
// same name at WeChat, or by the same phone number.
func (s *Service) same(ctx context.Context, b Binding, p Promoter) (bool, error) {
	if b.Member == p.Member {
		return true, nil
	}
	theirs, err := s.marks(ctx, b.Organiser, b.Member)
	if err != nil {
		return false, err
	}
	his, err := s.marks(ctx, p.Organiser, p.Member)
	return alike(mixed(b.Marks, theirs), mixed(p.Marks, his)), err
}

// marks of a person, now and as a promoter.
func (s *Service) marks(ctx context.Context, organiser, member string) ([]string, error) {
	m, err := s.Members.Get(ctx, member)
	if err != nil {
		return nil, err
	}
	p, err := s.Promoters.Get(ctx, domain.Key(organiser, member))
	if errors.Is(err, domain.ErrNotFound) {
		err = nil
	}
	return mixed(p.Marks, marksOf(m)), err
}

// walk bounds how far up recommendations are followed.
const walk = 20

// looped reports whether the promoter was recommended, directly or through others, by who is about to be bound to them.
func (s *Service) looped(ctx context.Context, b Binding) (bool, error) {
	for at, n := b.Promoter, 0; n < walk; n++ {
		up, ok, err := s.above(ctx, b.Organiser, at)
		if err != nil || !ok {
			return false, err
		}
		if up.Promoter == b.Member {
			return true, nil
		}
		at = up.Promoter
	}
	return false, nil
}

// above is the binding of a person that holds now, if there is one.
func (s *Service) above(ctx context.Context, organiser, member string) (Binding, bool, error) {
	b, err := s.Bindings.Get(ctx, domain.Key(organiser, member))
	if errors.Is(err, domain.ErrNotFound) {
		return b, false, nil
	}
	return b, err == nil && b.Holds(s.Clock.Now()), err
}

// note writes down where the acting person came from. Returns ErrCrowd if too many did.
func (s *Service) note(ctx context.Context, plan Plan, p Promoter) error {
	in := source.Into{ID: domain.Key(p.Organiser, p.Member), Network: plan.Terms.PerNetwork, Device: plan.Terms.PerDevice, Own: p.Device}
	if err := s.places().Note(ctx, in, source.Take{Member: domain.ActorFrom(ctx).Member, At: s.Clock.Now()}); err != nil {
		return fmt.Errorf("source of promoter %s: %w", p.ID, err)
	}
	return nil
}

// Shares implements order.Referrals.
func (s *Service) Shares(ctx context.Context, buyer string, c camp.Camp) (shares []order.Share, err error) {
	plan, err := s.governing(ctx, c)
	switch {
	case shut(err):
		return nil, nil
	case err != nil:
		return nil, err
	}
	at, seen := buyer, []string{buyer}
	for i, rate := range plan.Terms.Rates {
		b, ok, err := s.above(ctx, c.Organiser, at)
		if err != nil {
			return nil, err
		}
		if !ok || slices.Contains(seen, b.Promoter) {
			break
		}
		if may, err := s.earns(ctx, b, buyer); err != nil {
			return nil, err
		} else if !may {
			break
		}
		shares = append(shares, order.Share{Level: i + 1, Member: b.Promoter, Rate: rate, Plan: plan.ID, Days: plan.Terms.FreezeDays})
		at, seen = b.Promoter, append(seen, b.Promoter)
	}
	return shares, nil
}

// earns reports whether the promoter of a binding may have a share of what the buyer orders: they may still promote, are
// not the buyer, and were not themselves recommended by the buyer before.
func (s *Service) earns(ctx context.Context, b Binding, buyer string) (bool, error) {
	p, err := s.Promoters.Get(ctx, domain.Key(b.Organiser, b.Promoter))
	if errors.Is(err, domain.ErrNotFound) {
		return false, nil
	}
	if err != nil || !p.May() {
		return false, err
	}
	who := b
	if buyer != b.Member {
		who = Binding{Organiser: b.Organiser, Member: buyer}
	}
	if same, err := s.same(ctx, who, p); err != nil || same {
		return false, err
	}
	up, ok, err := s.above(ctx, b.Organiser, b.Promoter)
	return !(ok && up.Promoter == buyer && up.precedes(b)), err
}

// Refuses reports whether a refusal only says that somebody was not bound: nothing that who comes has to mend.
func Refuses(err error) bool {
	return slices.ContainsFunc([]error{ErrNoPlan, ErrStopped, ErrPromoter, ErrBarred, ErrSelf, ErrLoop, ErrBound, ErrCrowd}, func(is error) bool {
		return errors.Is(err, is)
	})
}
