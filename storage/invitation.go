package storage

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/invitation"
)

// Invitations keeps who invited whom.
type Invitations struct {
	*Collection[invitation.Invitation]
}

// NewInvitations declares the collection. The camp of those for a whole organiser is "".
func NewInvitations(ctx context.Context, db *DB) (Invitations, error) {
	c, err := NewCollection(ctx, db, "invitation", Keys[invitation.Invitation]{
		"token":     func(i *invitation.Invitation) any { return i.TokenHash },
		"organiser": func(i *invitation.Invitation) any { return i.Organiser },
		"camp":      func(i *invitation.Invitation) any { return i.Camp },
		"created":   func(i *invitation.Invitation) any { return i.CreatedAt },
	}, Index{Name: "token", Fields: []string{"token"}, Unique: true}, Index{Name: "place", Fields: []string{"organiser", "camp", "created"}})
	return Invitations{c}, err
}

// ByToken implements invitation.Store.
func (s Invitations) ByToken(ctx context.Context, hash string) (invitation.Invitation, error) {
	return s.First(ctx, By("token").Equal(hash))
}

// OfPlace implements invitation.Store.
func (s Invitations) OfPlace(ctx context.Context, at domain.Place, page domain.Page) ([]invitation.Invitation, domain.Cursor, error) {
	return s.Find(ctx, By("place").Equal(at.Organiser, at.Camp).Descending(), page)
}

var _ invitation.Store = Invitations{}
