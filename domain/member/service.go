package member

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"yingdi/domain"
	"yingdi/domain/wechat"
)

// Store keeps members.
type Store interface {
	domain.Documents[Member]
	domain.Many[Member]
	// ByOpenID returns domain.ErrNotFound for somebody new.
	ByOpenID(ctx context.Context, hash string) (Member, error)
}

// WeChat is what this feature asks of WeChat.
type WeChat interface {
	Phone(ctx context.Context, code string) (string, error)
	CheckText(ctx context.Context, openID, text string) (wechat.Verdict, error)
}

// Pictures tells whether a media id is a picture of the given owner that may be shown, and keeps those that are in use;
// domain/media does it.
type Pictures interface {
	OwnPicture(ctx context.Context, owner, id string) error
	Keep(ctx context.Context, ref string, ids []string) error
	Replace(ctx context.Context, ref, old string, current func(context.Context) (string, error)) error
}

// Service holds the use cases.
type Service struct {
	Store    Store
	WeChat   WeChat
	Pictures Pictures
	Sealer   *domain.Sealer
	IDs      domain.IDs
	Clock    domain.Clock
}

// Recognise returns the member whom WeChat has just identified, and makes one at their first visit. Two first
// visits at once end in one member.
func (s *Service) Recognise(ctx context.Context, who wechat.Identity) (Member, error) {
	hash := s.Sealer.Hash(PurposeOpenID, who.OpenID)
	found, err := s.Store.ByOpenID(ctx, hash)
	if errors.Is(err, domain.ErrNotFound) {
		fresh := Member{
			Doc: domain.Doc{ID: s.IDs.New()}, OpenIDHash: hash, OpenID: s.Sealer.Seal(PurposeOpenID, who.OpenID),
			Nickname: Newcomer, State: Active, JoinedAt: s.Clock.Now(),
		}
		s.remember(&fresh, who)
		if err = s.Store.Insert(ctx, fresh); err == nil {
			return fresh, nil
		}
		if errors.Is(err, domain.ErrExists) {
			found, err = s.Store.ByOpenID(ctx, hash)
		}
	}
	if err != nil {
		return Member{}, err
	}
	return s.Store.Update(ctx, found.ID, func(m *Member) error {
		if err := m.MayEnter(); err != nil {
			return err
		}
		s.remember(m, who)
		return nil
	})
}

func (s *Service) remember(m *Member, who wechat.Identity) {
	m.SeenAt = s.Clock.Now()
	m.SessionKey = s.Sealer.Seal(PurposeSessionKey, who.SessionKey)
	if who.UnionID != "" {
		m.UnionIDHash = s.Sealer.Hash(PurposeUnionID, who.UnionID)
	}
}

// OpenID of a member, for calls to WeChat only. Returns domain.ErrNotFound for one who has none.
func (s *Service) OpenID(ctx context.Context, id string) (string, error) {
	m, err := s.Store.Get(ctx, id)
	if err != nil {
		return "", err
	}
	if m.OpenID == "" || m.State == Deleted {
		return "", fmt.Errorf("member %s has no openid: %w", id, domain.ErrNotFound)
	}
	return s.Sealer.Open(PurposeOpenID, m.OpenID)
}

// Me returns the acting person.
func (s *Service) Me(ctx context.Context) (Member, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Member{}, err
	}
	return s.Store.Get(ctx, actor.Member)
}

// MyPhone returns the acting person's phone number, masked; empty if none is bound.
func (s *Service) MyPhone(m Member) string {
	if m.Phone == "" {
		return ""
	}
	phone, err := s.Sealer.Open(PurposePhone, m.Phone)
	if err != nil {
		return "****"
	}
	return MaskPhone(phone)
}

// SetProfile changes how the acting person presents themselves. The nickname is checked by WeChat before anybody
// sees it: one that it is not sure of waits for a person, and if it does not answer, nothing changes.
func (s *Service) SetProfile(ctx context.Context, p Profile) (Member, error) {
	me, err := s.Me(ctx)
	if err != nil {
		return Member{}, err
	}
	if err := p.Check(); err != nil {
		return Member{}, err
	}
	doubt := false
	if p.Nickname != nil && *p.Nickname != me.Nickname {
		openID, err := s.OpenID(ctx, me.ID)
		if err != nil {
			return Member{}, err
		}
		verdict, err := s.WeChat.CheckText(ctx, openID, *p.Nickname)
		switch {
		case errors.Is(err, wechat.ErrInactive):
			doubt = true
		case err != nil:
			return Member{}, err
		case verdict.Suggest == wechat.Risky:
			return Member{}, ErrNickname
		default:
			doubt = verdict.Suggest != wechat.Pass
		}
	}
	if p.Avatar != nil {
		if err := s.Pictures.OwnPicture(ctx, me.ID, *p.Avatar); err != nil {
			return Member{}, fmt.Errorf("avatar %s: %w", *p.Avatar, ErrAvatar)
		}
		if err := s.Pictures.Keep(ctx, avatarRef(me.ID), []string{*p.Avatar}); err != nil {
			return Member{}, err
		}
	}
	return s.Store.Update(ctx, me.ID, func(m *Member) error { return m.present(p, doubt, s.Clock.Now()) })
}

func avatarRef(id string) string { return "member_" + id }

// SettleAvatar keeps the avatar that the person has and lets go of the one before. For jobs, after EventAvatar.
func (s *Service) SettleAvatar(ctx context.Context, id, old string) error {
	return s.Pictures.Replace(ctx, avatarRef(id), old, func(ctx context.Context) (string, error) {
		m, err := s.Store.Get(ctx, id)
		return m.Avatar, err
	})
}

// BindPhone takes the phone number that WeChat vouches for by a one-time code.
func (s *Service) BindPhone(ctx context.Context, code string) (Member, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Member{}, err
	}
	phone, err := s.WeChat.Phone(ctx, code)
	if err != nil {
		return Member{}, err
	}
	m, err := s.Store.Update(ctx, actor.Member, func(m *Member) error {
		m.Phone, m.PhoneHash = s.Sealer.Seal(PurposePhone, phone), s.Sealer.Hash(PurposePhone, phone)
		return nil
	})
	if errors.Is(err, domain.ErrExists) {
		return Member{}, ErrPhoneTaken
	}
	return m, err
}

// Cards returns what others see of these people, in one round trip; unknown ids are left out.
func (s *Service) Cards(ctx context.Context, ids []string) (map[string]Card, error) {
	members, err := s.Store.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	cards := make(map[string]Card, len(members))
	for id, m := range members {
		cards[id] = m.Card()
	}
	return cards, nil
}

// SetGrants replaces the grants that the person holds within one organiser, unless what its document said at a later
// revision is known already; the platform's stay. Only domain/organiser calls it, with what its own document says.
func (s *Service) SetGrants(ctx context.Context, id, organiser string, rev int64, grants []domain.Grant) error {
	_, err := s.Store.Update(ctx, id, func(m *Member) error {
		if m.Heard[organiser] >= rev {
			return domain.ErrSame
		}
		kept := []domain.Grant{}
		for _, g := range m.Grants {
			if g.Organiser != organiser {
				kept = append(kept, g)
			}
		}
		m.Grants = append(kept, grants...)
		if m.Heard == nil {
			m.Heard = map[string]int64{}
		}
		m.Heard[organiser] = rev
		return nil
	})
	return err
}

// SignOutEverywhere voids every session of the acting person.
func (s *Service) SignOutEverywhere(ctx context.Context) error {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return err
	}
	_, err := s.Store.Update(ctx, actor.Member, func(m *Member) error {
		m.Epoch++
		return nil
	})
	return err
}

// Get returns the member as other features see them; it checks nothing.
func (s *Service) Get(ctx context.Context, id string) (Member, error) { return s.Store.Get(ctx, id) }

// CreateAdmin makes a person without WeChat who holds the platform's admin role. For admin commands.
func (s *Service) CreateAdmin(ctx context.Context, nickname string) (Member, error) {
	if err := (Profile{Nickname: &nickname}).Check(); err != nil {
		return Member{}, err
	}
	admin := Member{
		Doc: domain.Doc{ID: s.IDs.New()}, Nickname: nickname, State: Active, JoinedAt: s.Clock.Now(),
		Grants: []domain.Grant{{Scope: domain.ScopePlatform, Role: domain.RoleAdmin}},
	}
	return admin, s.Store.Insert(ctx, admin)
}

// ByOpenID returns the id of the member whom WeChat calls so, or domain.ErrNotFound.
func (s *Service) ByOpenID(ctx context.Context, openID string) (string, error) {
	m, err := s.Store.ByOpenID(ctx, s.Sealer.Hash(PurposeOpenID, openID))
	return m.ID, err
}

// MakeAdmin gives the platform's admin role to somebody; only admins and admin commands may.
func (s *Service) MakeAdmin(ctx context.Context, id string) (Member, error) {
	if err := domain.ActorFrom(ctx).Must(domain.RightOperate, domain.Place{}); err != nil {
		return Member{}, err
	}
	admin := domain.Grant{Scope: domain.ScopePlatform, Role: domain.RoleAdmin}
	return s.Store.Update(ctx, id, func(m *Member) error {
		if slices.Contains(m.Grants, admin) {
			return domain.ErrSame
		}
		m.Grants = append(m.Grants, admin)
		return nil
	})
}
