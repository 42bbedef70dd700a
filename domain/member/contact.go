package member

import (
	"context"
	"unicode/utf8"
	"yingdi/domain"
)

// Contact is how staff reach a person.
type Contact struct {
	Card
	Phone string // empty if none is bound
}

// Contacts returns these people, in one round trip, with their names and phone numbers masked unless they may be seen;
// unknown ids are left out. Whoever calls it has checked who asks.
func (s *Service) Contacts(ctx context.Context, ids []string, names, phones bool) (map[string]Contact, error) {
	members, err := s.Store.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	contacts := make(map[string]Contact, len(members))
	for id, m := range members {
		c := Contact{Card: m.Card()}
		if !names && m.State != Deleted {
			c.Nickname = MaskName(c.Nickname)
		}
		if m.Phone != "" && m.State != Deleted {
			if c.Phone, err = s.Sealer.Open(PurposePhone, m.Phone); err != nil {
				return nil, err
			}
			if !phones {
				c.Phone = MaskPhone(c.Phone)
			}
		}
		contacts[id] = c
	}
	return contacts, nil
}

// MaskName keeps the first character.
func MaskName(name string) string {
	_, size := utf8.DecodeRuneInString(name)
	return name[:size] + "**"
}

// Seals lists what is sealed in a member.
func (m *Member) Seals() []domain.Sealed {
	return []domain.Sealed{{Purpose: PurposeOpenID, Value: &m.OpenID}, {Purpose: PurposeSessionKey, Value: &m.SessionKey}, {Purpose: PurposePhone, Value: &m.Phone}}
}
