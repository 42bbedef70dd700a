package checkin

import (
	"context"

	"yingdi/domain"
)

// Where is where somebody looks: everywhere, in organisers, or in camps.
type Where struct {
	All        bool
	Organisers []string
	Camps      []string
}

// Veiled reports whether others do not see the check-in because of what is in it.
func (c Checkin) Veiled() bool { return veiled(c.State, c.Reason) }

// Veiled reports whether others do not see the comment because of what is in it.
func (c Comment) Veiled() bool { return veiled(c.State, c.Reason) }

// veiled is both; nothing is in what a deleted account left.
func veiled(s State, reason string) bool {
	return (s == Hidden || s == Rejected) && reason != forgotten
}

// Veiled lists check-ins that are, the newest first: of each camp or organiser, or of all. Whoever calls it has checked who asks.
func (s *Service) Veiled(ctx context.Context, in Where, page domain.Page) ([]Checkin, domain.Cursor, error) {
	return s.Store.Veiled(ctx, in, page)
}

// VeiledComments lists comments that are, in that order. Among an organiser's may be some of others, from when comments did not
// say whose they are. Whoever calls it has checked who asks.
func (s *Service) VeiledComments(ctx context.Context, in Where, page domain.Page) ([]Comment, domain.Cursor, error) {
	return s.Comments.Veiled(ctx, in, page)
}
