package checkin

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/media"
)

// Rule makes the check-in stand as a person says: visible, hidden from everybody but its author and staff, or rejected.
// It is domain.ErrConflict if the author has changed it since the version: the word was about something else.
func (c *Checkin) Rule(version int, to State, reason string, now time.Time) error {
	switch {
	case c.State == Deleted:
		return domain.ErrNotFound
	case c.Version != version || c.State == Deleted:
		return domain.ErrConflict
	case to == Visible:
		return c.Show(version, now)
	case c.State == to && c.Reason == reason:
		return domain.ErrSame
	}
	c.become(to, reason, now)
	c.Watched = true
	return nil
}

// Rule puts a person's decision into effect, for the check-in's files too: what is not visible is handed to nobody.
// Whoever calls it has checked who asks.
func (s *Service) Rule(ctx context.Context, id string, version int, to State, reason string) error {
	c, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	if c.Version != version {
		return domain.ErrConflict
	}
	verdict := map[State]media.Verdict{Visible: media.Passed, Hidden: media.InReview}[to]
	if verdict == "" {
		verdict = media.Rejected
	}
	hide := to != Visible
	if hide {
		if _, err := s.Store.Update(ctx, id, func(c *Checkin) error { return c.Rule(version, to, reason, s.Clock.Now()) }); err != nil {
			return err
		}
	}
	if err := s.Media.Decide(ctx, c.Media, verdict); err != nil || hide {
		return err
	}
	_, err = s.Store.Update(ctx, id, func(c *Checkin) error { return c.Rule(version, to, reason, s.Clock.Now()) })
	return err
}

// CommentsByID returns comments by their ids. Whoever calls it has checked who asks.
func (s *Service) CommentsByID(ctx context.Context, ids []string) (map[string]Comment, error) {
	return s.Comments.GetMany(ctx, ids)
}

// RuleComment puts a person's decision about a comment into effect. Whoever calls it has checked who asks.
func (s *Service) RuleComment(ctx context.Context, id string, to State, reason string) error {
	said, err := s.Comments.Update(ctx, id, func(c *Comment) error {
		switch {
		case c.State == Deleted:
			return domain.ErrNotFound
		case c.State == to && c.Reason == reason:
			return domain.ErrSame
		}
		c.State, c.Reason = to, reason
		return nil
	})
	if err != nil {
		return err
	}
	return s.recount(ctx, said.Checkin, s.Comments.CountShown, func(c *Checkin) *int { return &c.Comments })
}

// Reportable returns who wrote a check-in that the acting person may see, or domain.ErrNotFound.
func (s *Service) Reportable(ctx context.Context, id string) (author string, err error) {
	c, _, err := s.visible(ctx, id)
	return c.Member, err
}

// ReportableComment returns who said a comment that the acting person may see, or domain.ErrNotFound.
func (s *Service) ReportableComment(ctx context.Context, id string) (author string, err error) {
	if err := domain.ActorFrom(ctx).MustBeMember(); err != nil {
		return "", err
	}
	said, err := s.Comments.Get(ctx, id)
	if err != nil {
		return "", err
	}
	if said.State != Visible {
		return "", domain.ErrNotFound
	}
	_, err = s.Reportable(ctx, said.Checkin)
	return said.Member, err
}
