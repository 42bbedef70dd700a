package session

import (
	"context"
	"errors"
	"strings"
	"time"

	"yingdi/domain"
)

// Credential lets an admin sign in with a password and a one-time code. Its id is the login name in lower case.
type Credential struct {
	domain.Doc
	Member   string    `json:"member"`
	Password string    `json:"password"`  // argon2id, encoded
	TOTP     string    `json:"totp"`      // secret, sealed
	LastStep int64     `json:"last_step"` // of the newest one-time code used; none is taken twice
	Failures int       `json:"failures"`  // in a row
	LockedTo time.Time `json:"locked_to,omitzero"`
}

const purposeTOTP = "credential.totp"

// CredentialStore keeps credentials.
type CredentialStore interface {
	domain.Documents[Credential]
}

// Passwords hashes with argon2id and checks one-time codes (RFC 6238).
type Passwords interface {
	Hash(password string) (string, error)
	// Verify takes as long for an empty hash as for a real one.
	Verify(hash, password string) bool
	// NewTOTP makes a secret and the otpauth:// address for an authenticator.
	NewTOTP(account string) (secret, address string, err error)
	// Step returns the time step to which code belongs, at most one step away from now.
	Step(secret, code string, now time.Time) (int64, bool)
}

// CheckLogin bounds a login name and a new password.
func CheckLogin(login, password string) error {
	var check domain.Check
	check.Line("login", "账号", login, 2, 32)
	check.That(domain.ValidID(login) && !strings.Contains(login, ":"), "login", "账号只能用字母、数字、- 和 _")
	check.Line("password", "密码", password, 12, 128)
	check.That(!strings.Contains(strings.ToLower(password), strings.ToLower(login)), "password", "密码不能包含账号")
	return check.Err()
}

// failed counts a failure; from the fifth in a row on, each locks for twice as long as the one before, up to an hour.
func (c *Credential) failed(now time.Time) {
	c.Failures++
	if over := c.Failures - 5; over >= 0 {
		c.LockedTo = now.Add(min(time.Minute<<min(over, 6), time.Hour))
	}
}

// SetCredential gives the member a login, or a new password and one-time secret to an old one. It returns the otpauth
// address, shown once. For admin commands.
func (s *Service) SetCredential(ctx context.Context, login, password, memberID string) (address string, err error) {
	if err := CheckLogin(login, password); err != nil {
		return "", err
	}
	hash, err := s.Passwords.Hash(password)
	if err != nil {
		return "", err
	}
	secret, address, err := s.Passwords.NewTOTP(login)
	if err != nil {
		return "", err
	}
	fresh := Credential{
		Doc: domain.Doc{ID: strings.ToLower(login)}, Member: memberID,
		Password: hash, TOTP: s.Sealer.Seal(purposeTOTP, secret),
	}
	_, err = s.Credentials.Update(ctx, fresh.ID, func(c *Credential) error {
		if memberID != "" && c.Member != memberID {
			return domain.ErrExists
		}
		c.Password, c.TOTP, c.LastStep, c.Failures, c.LockedTo = fresh.Password, fresh.TOTP, 0, 0, time.Time{}
		return nil
	})
	if errors.Is(err, domain.ErrNotFound) && memberID != "" {
		err = s.Credentials.Insert(ctx, fresh)
	}
	return address, err
}

// SignInWithPassword opens a console session. It does not tell which of the three was wrong.
func (s *Service) SignInWithPassword(ctx context.Context, login, password, code string) (cookie string, err error) {
	if len(login) > 64 || len(password) > 512 || len(code) > 16 || !domain.ValidID(login) {
		return "", ErrPassword
	}
	now := s.Clock.Now()
	found, err := s.Credentials.Get(ctx, strings.ToLower(login))
	if errors.Is(err, domain.ErrNotFound) {
		s.Passwords.Verify("", password)
		return "", ErrPassword
	}
	if err != nil {
		return "", err
	}
	if now.Before(found.LockedTo) {
		return "", ErrLocked
	}
	secret, err := s.Sealer.Open(purposeTOTP, found.TOTP)
	if err != nil {
		return "", err
	}
	right := s.Passwords.Verify(found.Password, password)
	step, current := s.Passwords.Step(secret, code, now)
	if _, err := s.Credentials.Update(ctx, found.ID, func(c *Credential) error {
		if now.Before(c.LockedTo) {
			return ErrLocked
		}
		if right = right && current && step > c.LastStep; right {
			c.Failures, c.LastStep = 0, step
		} else {
			c.failed(now)
		}
		return nil
	}); err != nil {
		return "", err
	}
	if !right {
		return "", ErrPassword
	}
	return s.OpenConsole(ctx, found.Member)
}

// HasLogin reports whether a login name is taken.
func (s *Service) HasLogin(ctx context.Context, login string) (bool, error) {
	_, err := s.Credentials.Get(ctx, strings.ToLower(login))
	if errors.Is(err, domain.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// ResetCredential gives a login a new password and one-time secret, and voids every session of its member. For admin
// commands. Returns domain.ErrNotFound for a login that does not exist.
func (s *Service) ResetCredential(ctx context.Context, login, password string) (address string, err error) {
	found, err := s.Credentials.Get(ctx, strings.ToLower(login))
	if err != nil {
		return "", err
	}
	if address, err = s.SetCredential(ctx, login, password, found.Member); err != nil {
		return "", err
	}
	acting := domain.WithActor(ctx, domain.Actor{Member: found.Member})
	return address, s.Members.SignOutEverywhere(acting)
}

// Seals lists what is sealed in a credential.
func (c *Credential) Seals() []domain.Sealed {
	return []domain.Sealed{{Purpose: purposeTOTP, Value: &c.TOTP}}
}
