package organiser

import (
	"context"
	"fmt"
	"slices"

	"yingdi/domain"
	"yingdi/domain/member"
)

// Store keeps organisers.
type Store interface {
	domain.Documents[Organiser]
	domain.Many[Organiser]
	List(ctx context.Context, page domain.Page) ([]Organiser, domain.Cursor, error)
}

// Members is what this feature needs of domain/member.
type Members interface {
	SetGrants(ctx context.Context, id, organiser string, rev int64, grants []domain.Grant) error
	// Cards leaves unknown ids out.
	Cards(ctx context.Context, ids []string) (map[string]member.Card, error)
}

// Service holds the use cases.
type Service struct {
	Store   Store
	Members Members
	IDs     domain.IDs
	Clock   domain.Clock
}

// Create opens an organiser with its first owner. Only the platform's admins may.
func (s *Service) Create(ctx context.Context, f Form, owner string) (Organiser, error) {
	if err := domain.ActorFrom(ctx).Must(domain.RightOrganiser, domain.Place{}); err != nil {
		return Organiser{}, err
	}
	if err := f.Check(); err != nil {
		return Organiser{}, err
	}
	if err := s.known(ctx, "owner", owner); err != nil {
		return Organiser{}, err
	}
	now := s.Clock.Now()
	o := Organiser{Doc: domain.Doc{ID: s.IDs.New()}, Name: f.Name, Intro: f.Intro, CreatedAt: now}
	if err := o.Appoint(Post{Member: owner, Role: domain.RoleOwner, Since: now}); err != nil {
		return Organiser{}, err
	}
	if err := s.Store.Insert(ctx, o); err != nil {
		return Organiser{}, err
	}
	return o, s.SyncGrants(ctx, o.ID, owner)
}

// Appoint gives a role to a person, in the organiser or in one of its camps.
func (s *Service) Appoint(ctx context.Context, organiser, member, camp string, role domain.Role) (Organiser, error) {
	if err := domain.ActorFrom(ctx).Must(domain.RightStaff, domain.Place{Organiser: organiser, Camp: camp}); err != nil {
		return Organiser{}, err
	}
	if err := s.known(ctx, "member", member); err != nil {
		return Organiser{}, err
	}
	if camp != "" && !domain.ValidID(camp) {
		return Organiser{}, domain.Invalid("camp", "训练营编号不正确")
	}
	return s.change(ctx, organiser, member, camp, func(o *Organiser) error {
		return o.Appoint(Post{Member: member, Camp: camp, Role: role, Since: s.Clock.Now()})
	})
}

// Dismiss takes a role away.
func (s *Service) Dismiss(ctx context.Context, organiser, member, camp string) (Organiser, error) {
	return s.change(ctx, organiser, member, camp, func(o *Organiser) error {
		return o.Dismiss(member, camp, s.Clock.Now())
	})
}

func (s *Service) change(ctx context.Context, organiser, member, camp string, change func(*Organiser) error) (Organiser, error) {
	if err := domain.ActorFrom(ctx).Must(domain.RightStaff, domain.Place{Organiser: organiser, Camp: camp}); err != nil {
		return Organiser{}, err
	}
	o, err := s.Store.Update(ctx, organiser, change)
	if err != nil {
		return o, err
	}
	return o, s.SyncGrants(ctx, organiser, member)
}

// SyncGrants copies what the organiser says of the person to the person. It runs at once after a change, and again
// by event should a crash have come between.
func (s *Service) SyncGrants(ctx context.Context, organiser, member string) error {
	o, err := s.Store.Get(ctx, organiser)
	if err != nil {
		return err
	}
	if err := s.Members.SetGrants(ctx, member, organiser, o.Rev, o.Grants(member)); err != nil {
		return fmt.Errorf("grants of member %s: %w", member, err)
	}
	return nil
}

// AppointFounder makes whoever opens a camp its teacher. Only domain/camp calls it, after its own check.
func (s *Service) AppointFounder(ctx context.Context, organiser, camp, member string) error {
	_, err := s.Store.Update(ctx, organiser, func(o *Organiser) error {
		return o.Appoint(Post{Member: member, Camp: camp, Role: domain.RoleTeacher, Since: s.Clock.Now()})
	})
	if err != nil {
		return err
	}
	return s.SyncGrants(ctx, organiser, member)
}

// AppointInvited gives a role to somebody who was invited to it. Whoever holds one there already that gives as much
// keeps it. Only domain/invitation calls it, after its own check.
func (s *Service) AppointInvited(ctx context.Context, organiser, camp, member string, role domain.Role) error {
	p := Post{Member: member, Camp: camp, Role: role, Since: s.Clock.Now()}
	_, err := s.Store.Update(ctx, organiser, func(o *Organiser) error {
		if (domain.Actor{Member: member, Grants: o.Grants(member)}).Covers(p.grant(organiser)) {
			return domain.ErrSame
		}
		return o.Appoint(p)
	})
	if err != nil {
		return err
	}
	return s.SyncGrants(ctx, organiser, member)
}

// Mine lists the organisers in which the actor may open camps or work; admins see them all.
func (s *Service) Mine(ctx context.Context, page domain.Page) ([]Organiser, domain.Cursor, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.Must(domain.RightConsole, domain.Place{}); err != nil {
		return nil, "", err
	}
	if actor.Has(domain.RightOrganiser, domain.Place{}) {
		return s.Store.List(ctx, page)
	}
	ids := []string{}
	for _, g := range actor.Grants {
		if !slices.Contains(ids, g.Organiser) {
			ids = append(ids, g.Organiser)
		}
	}
	found, err := s.Store.GetMany(ctx, ids)
	if err != nil {
		return nil, "", err
	}
	var mine []Organiser
	for _, id := range ids {
		if o, ok := found[id]; ok {
			mine = append(mine, o)
		}
	}
	return mine, "", nil
}

// Get returns an organiser to its own staff.
func (s *Service) Get(ctx context.Context, id string) (Organiser, error) {
	actor := domain.ActorFrom(ctx)
	if !actor.System && !actor.Has(domain.RightOrganiser, domain.Place{}) &&
		!slices.ContainsFunc(actor.Grants, func(g domain.Grant) bool { return g.Organiser == id }) {
		return Organiser{}, domain.ErrForbidden
	}
	return s.Store.Get(ctx, id)
}
