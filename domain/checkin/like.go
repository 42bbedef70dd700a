package checkin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yingdi/domain"
)

// Like has the natural id checkin:member, so each person likes once.
type Like struct {
	domain.Doc
	Checkin string    `json:"checkin"`
	Member  string    `json:"member"`
	On      bool      `json:"on"` // false once taken back
	At      time.Time `json:"at"`
}

// LikeID of a person's like.
func LikeID(checkin, member string) string { return checkin + ":" + member }

// LikeStore keeps likes.
type LikeStore interface {
	domain.Documents[Like]
	domain.Many[Like]
	CountOn(ctx context.Context, checkin string) (int64, error)
	// OfCheckin lists the likes of a check-in that stand since the instant or longer.
	OfCheckin(ctx context.Context, checkin string, until time.Time, page domain.Page) ([]Like, domain.Cursor, error)
}

// Like notes that the acting person likes a check-in, or no longer does.
func (s *Service) Like(ctx context.Context, id string, on bool) error {
	c, _, err := s.visible(ctx, id)
	if err != nil {
		return err
	}
	if c.State != Visible {
		return fmt.Errorf("check-in %s: %w", id, ErrInvisible)
	}
	actor, now := domain.ActorFrom(ctx), s.Clock.Now()
	like := Like{Doc: domain.Doc{ID: LikeID(id, actor.Member)}, Checkin: id, Member: actor.Member, On: on, At: now}
	like.Emit(EventLiked, now, nil)
	_, err = s.Likes.Update(ctx, like.ID, func(l *Like) error {
		if l.On == on {
			return domain.ErrSame
		}
		l.On, l.At = on, now
		l.Emit(EventLiked, now, nil)
		return nil
	})
	if errors.Is(err, domain.ErrNotFound) && on {
		err = s.Likes.Insert(ctx, like)
	}
	if errors.Is(err, domain.ErrExists) || errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	return err
}

// CountLikes sets the number of likes that the check-in shows, from the facts. For jobs, after EventLiked.
func (s *Service) CountLikes(ctx context.Context, likeID string) error {
	like, err := s.Likes.Get(ctx, likeID)
	if err != nil {
		return err
	}
	return s.recount(ctx, like.Checkin, s.Likes.CountOn, func(c *Checkin) *int { return &c.Likes })
}

// recount sets a number that a check-in shows, from the facts. It counts again after it has written, so that of several
// who do this at once the last to write is right.
func (s *Service) recount(ctx context.Context, id string, count func(ctx context.Context, checkin string) (int64, error), shown func(*Checkin) *int) error {
	n, err := count(ctx, id)
	for err == nil {
		if _, err = s.Store.Update(ctx, id, func(c *Checkin) error {
			if *shown(c) == int(n) {
				return domain.ErrSame
			}
			*shown(c) = int(n)
			return nil
		}); err != nil {
			break
		}
		written := n
		if n, err = count(ctx, id); n == written {
			break
		}
	}
	return err
}
