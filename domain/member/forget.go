package member

import (
	"context"
	"errors"

	"yingdi/domain"
)

// Close ends every session of a member and lets them in no more. Again changes nothing.
func (s *Service) Close(ctx context.Context, id string) error {
	_, err := s.Store.Update(ctx, id, func(m *Member) error {
		if m.State == Deleted {
			return domain.ErrSame
		}
		m.State = Deleted
		m.Epoch++
		return nil
	})
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	return err
}

// Forget leaves nothing of a member but the id by which records know them: WeChat's next visitor with the same identity
// is somebody new.
func (m *Member) Forget() error {
	bare := Member{Doc: m.Doc, State: Deleted, Epoch: m.Epoch, JoinedAt: m.JoinedAt}
	if m.OpenIDHash == "" && m.OpenID == "" && m.Nickname == "" && m.Phone == "" && m.Avatar == "" && m.State == Deleted {
		return domain.ErrSame
	}
	if m.State != Deleted {
		bare.Epoch++
	}
	*m = bare
	return nil
}

// Given is what a member is given of what we know of them.
func (s *Service) Given(_ context.Context, m Member) (any, error) {
	given := map[string]any{
		"id": m.ID, "nickname": m.Nickname, "avatar": m.Avatar, "joined_at": m.JoinedAt, "seen_at": m.SeenAt, "roles": m.Grants,
	}
	for name, v := range map[string]struct{ purpose, sealed string }{"phone": {PurposePhone, m.Phone}, "openid": {PurposeOpenID, m.OpenID}} {
		if v.sealed == "" {
			continue
		}
		plain, err := s.Sealer.Open(v.purpose, v.sealed)
		if err != nil {
			return nil, err
		}
		given[name] = plain
	}
	return given, nil
}
