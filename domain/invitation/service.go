package invitation

import (
	"context"
	"errors"
	"fmt"

	"yingdi/domain"
	"yingdi/domain/member"
)

// Store keeps invitations.
type Store interface {
	domain.Documents[Invitation]
	// ByToken returns domain.ErrNotFound if there is none.
	ByToken(ctx context.Context, hash string) (Invitation, error)
	// OfPlace lists those of an organiser, or of a camp of it; the newest first.
	OfPlace(ctx context.Context, at domain.Place, page domain.Page) ([]Invitation, domain.Cursor, error)
}

// Organisers is what this feature needs of domain/organiser.
type Organisers interface {
	AppointInvited(ctx context.Context, organiser, camp, member string, role domain.Role) error
	Names(ctx context.Context, ids []string) (map[string]string, error)
}

// Camps is what this feature needs of domain/camp.
type Camps interface {
	// OrganiserOf a camp, or domain.ErrNotFound.
	OrganiserOf(ctx context.Context, camp string) (string, error)
	Titles(ctx context.Context, ids []string) (map[string]string, error)
}

// Members is what this feature needs of domain/member.
type Members interface {
	Get(ctx context.Context, id string) (member.Member, error)
	Cards(ctx context.Context, ids []string) (map[string]member.Card, error)
}

// Service holds the use cases.
type Service struct {
	Store      Store
	Organisers Organisers
	Camps      Camps
	Members    Members
	IDs        domain.IDs
	Clock      domain.Clock
}

// check tells whether the actor may invite at the place, which must exist.
func (s *Service) check(ctx context.Context, at domain.Place) error {
	if !domain.ValidID(at.Organiser) {
		return domain.ErrNotFound
	}
	if at.Camp != "" {
		organiser, err := s.Camps.OrganiserOf(ctx, at.Camp)
		if err == nil && organiser != at.Organiser {
			err = domain.ErrNotFound
		}
		if err != nil {
			return fmt.Errorf("camp %s: %w", at.Camp, err)
		}
	}
	return domain.ActorFrom(ctx).Must(domain.RightInvite, at)
}

// Invite makes an invitation and returns its token, which nobody can be shown again. Nobody gives rights that they do
// not have.
func (s *Service) Invite(ctx context.Context, at domain.Place, f Form) (i Invitation, token string, err error) {
	if err := s.check(ctx, at); err != nil {
		return Invitation{}, "", err
	}
	if err := f.Check(at.Camp); err != nil {
		return Invitation{}, "", err
	}
	now, actor := s.Clock.Now(), domain.ActorFrom(ctx)
	token = domain.Secret()
	i = Invitation{
		Doc: domain.Doc{ID: s.IDs.New()}, TokenHash: domain.HashToken(token), Organiser: at.Organiser, Camp: at.Camp, Role: f.Role,
		By: actor.Member, Note: f.Note, Uses: f.Uses, CreatedAt: now, Until: now.Add(f.Life),
	}
	if !actor.Covers(i.Grant()) {
		return Invitation{}, "", ErrBeyond
	}
	return i, token, s.Store.Insert(ctx, i)
}

// Revoke ends an invitation of the place.
func (s *Service) Revoke(ctx context.Context, at domain.Place, id string) (Invitation, error) {
	if err := s.check(ctx, at); err != nil {
		return Invitation{}, err
	}
	return s.Store.Update(ctx, id, func(i *Invitation) error {
		if i.Place() != at {
			return fmt.Errorf("invitation %s: %w", id, domain.ErrNotFound)
		}
		return i.Revoke(s.Clock.Now())
	})
}

// Row is an invitation with who invites and who came.
type Row struct {
	Invitation
	State  State
	Host   member.Card
	Guests []member.Card
}

// List returns the invitations of an organiser, or of a camp of it, to those who may invite there.
func (s *Service) List(ctx context.Context, at domain.Place, page domain.Page) ([]Row, domain.Cursor, error) {
	if err := s.check(ctx, at); err != nil {
		return nil, "", err
	}
	list, next, err := s.Store.OfPlace(ctx, at, page)
	if err != nil {
		return nil, "", err
	}
	var people []string
	for _, i := range list {
		people = append(people, i.By)
		for _, a := range i.Accepted {
			people = append(people, a.Member)
		}
	}
	cards, err := s.Members.Cards(ctx, people)
	if err != nil {
		return nil, "", err
	}
	rows := make([]Row, len(list))
	for n, i := range list {
		rows[n] = Row{Invitation: i, State: i.State(s.Clock.Now()), Host: cards[i.By]}
		for _, a := range i.Accepted {
			rows[n].Guests = append(rows[n].Guests, cards[a.Member])
		}
	}
	return rows, next, nil
}

// Offer is what an invitation looks like to whoever holds its token.
type Offer struct {
	Invitation
	OrganiserName string
	CampTitle     string // empty: the whole organiser
	Host          member.Card
	Accepted      bool // by the acting person
}

// byToken finds the invitation that a token opens and that still stands for the acting person: its host must have the
// rights that it gives.
func (s *Service) byToken(ctx context.Context, token string) (Invitation, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Invitation{}, err
	}
	i, err := s.Store.ByToken(ctx, domain.HashToken(token))
	if errors.Is(err, domain.ErrNotFound) {
		err = ErrUnknown
	}
	if err != nil || i.find(actor.Member) >= 0 {
		return i, err
	}
	if err := i.standing(s.Clock.Now()); err != nil {
		return i, fmt.Errorf("invitation %s: %w", i.ID, err)
	}
	host, err := s.Members.Get(ctx, i.By)
	if err != nil {
		return i, err
	}
	may := domain.Actor{Member: host.ID, Grants: host.Grants}
	if host.MayEnter() != nil || !may.Has(domain.RightInvite, i.Place()) || !may.Covers(i.Grant()) {
		return i, fmt.Errorf("invitation %s by somebody who no longer may: %w", i.ID, ErrRevoked)
	}
	return i, nil
}

// Look shows the acting person what an invitation offers. Returns ErrUnknown, ErrExpired, ErrUsed or ErrRevoked.
func (s *Service) Look(ctx context.Context, token string) (Offer, error) {
	i, err := s.byToken(ctx, token)
	if err != nil {
		return Offer{}, err
	}
	names, err := s.Organisers.Names(ctx, []string{i.Organiser})
	if err != nil {
		return Offer{}, err
	}
	o := Offer{Invitation: i, OrganiserName: names[i.Organiser], Accepted: i.find(domain.ActorFrom(ctx).Member) >= 0}
	if i.Camp != "" {
		titles, err := s.Camps.Titles(ctx, []string{i.Camp})
		if err != nil {
			return Offer{}, err
		}
		o.CampTitle = titles[i.Camp]
	}
	cards, err := s.Members.Cards(ctx, []string{i.By})
	o.Host = cards[i.By]
	return o, err
}

// Accept gives the acting person the role. Accepting again changes nothing. Returns the errors of Look, and ErrAlready
// to those who have the rights.
func (s *Service) Accept(ctx context.Context, token string) (Invitation, error) {
	i, err := s.byToken(ctx, token)
	if err != nil {
		return Invitation{}, err
	}
	actor := domain.ActorFrom(ctx)
	if i.find(actor.Member) < 0 && actor.Covers(i.Grant()) {
		return Invitation{}, fmt.Errorf("invitation %s: %w", i.ID, ErrAlready)
	}
	if i, err = s.Store.Update(ctx, i.ID, func(i *Invitation) error { return i.Accept(actor.Member, s.Clock.Now()) }); err != nil {
		return Invitation{}, err
	}
	return i, s.Finish(ctx, i.ID, actor.Member)
}

// Finish gives the role to somebody who has accepted. It runs at once, and again by event should a crash have come
// between; once done it does nothing more, so that whoever is dismissed later stays so.
func (s *Service) Finish(ctx context.Context, id, memberID string) error {
	i, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	at := i.find(memberID)
	if at < 0 || i.Accepted[at].Done {
		return nil
	}
	err = s.Organisers.AppointInvited(ctx, i.Organiser, i.Camp, memberID, i.Role)
	var refusal *domain.Error
	if errors.As(err, &refusal) && refusal.Kind == domain.KindConflict { // it will not get better by trying again
		_, failed := s.Store.Update(ctx, id, func(i *Invitation) error { return i.GiveBack(memberID) })
		return errors.Join(err, failed)
	}
	if err != nil {
		return err
	}
	_, err = s.Store.Update(ctx, id, func(i *Invitation) error { return i.Finish(memberID) })
	return err
}
