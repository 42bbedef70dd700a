package member

import (
	"context"
	"time"

	"yingdi/domain"
)

// Wish is a nickname that the check was not sure of. The old one stays until a person has said yes.
type Wish struct {
	Nickname string `json:"nickname,omitempty"`
	Refused  bool   `json:"refused,omitempty"` // a person said no
	Granted  bool   `json:"granted,omitempty"` // a person said yes: it is the nickname now
}

// Waits reports whether a person must look.
func (w Wish) Waits() bool { return w.Nickname != "" && !w.Refused && !w.Granted }

// EventPresented says that somebody changed their nickname or avatar.
const EventPresented = "member:presented"

// Newcomer is the nickname of those who have not chosen one.
const Newcomer = "新同学"

// present puts a profile in; a nickname in doubt becomes a wish.
func (m *Member) present(p Profile, doubt bool, now time.Time) error {
	card, wish := m.Card(), m.Wish
	if p.Nickname != nil {
		if m.Wish = (Wish{}); doubt {
			m.Wish.Nickname = *p.Nickname
		} else {
			m.Nickname = *p.Nickname
		}
	}
	if p.Avatar != nil && *p.Avatar != m.Avatar {
		m.Emit(EventAvatar, now, AvatarChanged{m.Avatar})
		m.Avatar = *p.Avatar
	}
	if m.Card() == card && m.Wish == wish {
		return domain.ErrSame
	}
	m.Looks++
	m.Emit(EventPresented, now, nil)
	return nil
}

// ruleLook takes a person's word about the wish: yes, no, or (undone) neither.
func (m *Member) ruleLook(version int, yes, no bool) error {
	w := m.Wish
	switch {
	case m.Looks != version:
		return domain.ErrConflict
	case w.Nickname == "", yes && w.Granted, no && w.Refused, !yes && !no && w.Waits():
		return domain.ErrSame
	case yes:
		m.Nickname, m.Wish = w.Nickname, Wish{Nickname: w.Nickname, Granted: true}
		return nil
	}
	if w.Granted {
		m.Nickname = Newcomer
	}
	m.Wish = Wish{Nickname: w.Nickname, Refused: no}
	return nil
}

// RuleLook puts a person's decision about a nickname into effect: yes, no, or (neither) it waits again. Returns
// domain.ErrConflict if the member has presented themselves anew since the version. Whoever calls it has checked who asks.
func (s *Service) RuleLook(ctx context.Context, id string, version int, yes, no bool) error {
	_, err := s.Store.Update(ctx, id, func(m *Member) error { return m.ruleLook(version, yes, no) })
	return err
}

// Many returns members by their ids. Whoever calls it has checked who asks.
func (s *Service) Many(ctx context.Context, ids []string) (map[string]Member, error) {
	return s.Store.GetMany(ctx, ids)
}
