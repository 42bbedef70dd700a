package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/member"
	"yingdi/domain/wechat"
)

// Store keeps sessions.
type Store interface {
	domain.Documents[Session]
	domain.Passing[Session]
}

// WeChat identifies people by the code that wx.login gave the mini-program.
type WeChat interface {
	Login(ctx context.Context, code string) (wechat.Identity, error)
}

// Members is what this feature needs of domain/member.
type Members interface {
	Recognise(ctx context.Context, who wechat.Identity) (member.Member, error)
	Get(ctx context.Context, id string) (member.Member, error)
	SignOutEverywhere(ctx context.Context) error
}

// Service holds the use cases.
type Service struct {
	Store       Store
	Tickets     TicketStore
	Credentials CredentialStore
	Members     Members
	WeChat      WeChat
	Passwords   Passwords
	Sealer      *domain.Sealer
	IDs         domain.IDs
	Clock       domain.Clock
}

// SignIn trades a wx.login code for a session.
func (s *Service) SignIn(ctx context.Context, code string) (Tokens, member.Member, error) {
	who, err := s.WeChat.Login(ctx, code)
	if err != nil {
		return Tokens{}, member.Member{}, err
	}
	m, err := s.Members.Recognise(ctx, who)
	if err != nil {
		return Tokens{}, member.Member{}, err
	}
	opened, err := s.open(ctx, m, Mini)
	if err != nil {
		return Tokens{}, member.Member{}, err
	}
	return s.tokens(opened), m, nil
}

func (s *Service) open(ctx context.Context, m member.Member, kind Kind) (Session, error) {
	now := s.Clock.Now()
	opened := Session{
		Doc: domain.Doc{ID: s.IDs.New()}, Member: m.ID, Kind: kind, Epoch: m.Epoch,
		CreatedAt: now, RotatedAt: now, Until: now.Add(RefreshLife),
	}
	if kind == Console {
		opened.Until = now.Add(ConsoleLife)
	}
	return opened, s.Store.Insert(ctx, opened)
}

func (s *Service) tokens(opened Session) Tokens {
	return Tokens{
		Access:    derive(s.Sealer, purposeAccess, opened.ID, opened.Generation).String(),
		Refresh:   derive(s.Sealer, purposeRefresh, opened.ID, opened.Generation).String(),
		ExpiresIn: max(0, opened.RotatedAt.Add(AccessLife).Sub(s.Clock.Now())),
	}
}

// Renew trades a refresh token for new tokens. Returns ErrExpired, or ErrReused after revoking the session.
func (s *Service) Renew(ctx context.Context, refresh string) (Tokens, error) {
	t, err := parseToken(purposeRefresh, refresh)
	if err != nil || !t.genuine(s.Sealer) {
		return Tokens{}, ErrExpired
	}
	if _, err := s.member(ctx, t.session); err != nil {
		return Tokens{}, err
	}
	var reused bool
	renewed, err := s.Store.Update(ctx, t.session, func(opened *Session) (err error) {
		reused, err = opened.Refresh(t.generation, s.Clock.Now())
		return err
	})
	switch {
	case errors.Is(err, domain.ErrNotFound):
		return Tokens{}, ErrExpired
	case err != nil:
		return Tokens{}, err
	case reused:
		return Tokens{}, fmt.Errorf("session %s: %w", t.session, ErrReused)
	}
	return s.tokens(renewed), nil
}

func (s *Service) member(ctx context.Context, session string) (member.Member, error) {
	opened, err := s.Store.Get(ctx, session)
	if errors.Is(err, domain.ErrNotFound) {
		return member.Member{}, ErrExpired
	}
	if err != nil {
		return member.Member{}, err
	}
	m, err := s.Members.Get(ctx, opened.Member)
	if err != nil {
		return member.Member{}, err
	}
	if m.Epoch != opened.Epoch {
		return member.Member{}, ErrExpired
	}
	return m, m.MayEnter()
}

// Authenticate finds who holds an access token of the mini-program. Returns ErrExpired if nobody does.
func (s *Service) Authenticate(ctx context.Context, access string) (domain.Actor, error) {
	return s.authenticate(ctx, purposeAccess, access)
}

// AuthenticateConsole finds who holds the console's cookie. Returns ErrExpired if nobody does.
func (s *Service) AuthenticateConsole(ctx context.Context, cookie string) (domain.Actor, error) {
	return s.authenticate(ctx, purposeConsole, cookie)
}

func (s *Service) authenticate(ctx context.Context, purpose, value string) (domain.Actor, error) {
	t, err := parseToken(purpose, value)
	if err != nil || !t.genuine(s.Sealer) {
		return domain.Actor{}, ErrExpired
	}
	opened, err := s.Store.Get(ctx, t.session)
	if errors.Is(err, domain.ErrNotFound) {
		return domain.Actor{}, ErrExpired
	}
	if err != nil {
		return domain.Actor{}, err
	}
	now := s.Clock.Now()
	if !opened.admits(t.generation, now) {
		return domain.Actor{}, ErrExpired
	}
	m, err := s.Members.Get(ctx, opened.Member)
	if err != nil {
		return domain.Actor{}, err
	}
	if m.Epoch != opened.Epoch {
		return domain.Actor{}, ErrExpired
	}
	if err := m.MayEnter(); err != nil {
		return domain.Actor{}, err
	}
	if opened.Kind == Console && now.Sub(opened.RotatedAt) > consoleTouched {
		if _, err := s.Store.Update(ctx, opened.ID, func(o *Session) error {
			o.RotatedAt = now
			return nil
		}); err != nil {
			return domain.Actor{}, err
		}
	}
	return domain.Actor{Member: m.ID, Session: opened.ID, Console: opened.Kind == Console, Grants: m.Grants}, nil
}

// SignOut ends the acting session.
func (s *Service) SignOut(ctx context.Context) error {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return err
	}
	_, err := s.Store.Update(ctx, actor.Session, func(o *Session) error {
		o.revoke("sign-out", s.Clock.Now())
		return nil
	})
	return err
}

// Sweep deletes sessions and sign-in tickets whose time ended a while ago.
func (s *Service) Sweep(ctx context.Context) error {
	before := s.Clock.Now().Add(-24 * time.Hour)
	return errors.Join(domain.Sweep(ctx, s.Store, before), domain.Sweep(ctx, s.Tickets, before))
}
