package storage

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/member"
)

// Members keeps people. A WeChat identity and a phone number each belong to one of them.
type Members struct{ *Collection[member.Member] }

// NewMembers declares the collection.
func NewMembers(ctx context.Context, db *DB) (Members, error) {
	c, err := NewCollection(ctx, db, "member", Keys[member.Member]{
		"openid": func(m *member.Member) any { return orNil(m.OpenIDHash) },
		"phone":  func(m *member.Member) any { return orNil(m.PhoneHash) },
	}, Index{Name: "openid", Fields: []string{"openid"}, Unique: true}, Index{Name: "phone", Fields: []string{"phone"}, Unique: true})
	return Members{c}, err
}

// ByOpenID implements member.Store.
func (s Members) ByOpenID(ctx context.Context, hash string) (member.Member, error) {
	return s.First(ctx, By("openid").Equal(hash))
}

var _ member.Store = Members{}

// orNil leaves the empty string out of a unique index.
func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// byUntil is the index of documents that end at some time and are swept then.
var byUntil = Index{Name: "until", Fields: []string{"until"}}

func ended[T any](ctx context.Context, c *Collection[T], before any, page domain.Page) ([]T, domain.Cursor, error) {
	return c.Find(ctx, By("until").Range(nil, before), page)
}
