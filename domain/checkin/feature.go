package checkin

import (
	"context"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/notice"
)

// toldOnce is how long nobody is told again that the same check-in was featured.
const toldOnce = 24 * time.Hour

// Notices is what this feature needs of domain/notice.
type Notices interface {
	Tell(ctx context.Context, n notice.Notice) error
}

// Featured reports whether staff have chosen it for the others to see.
func (c Checkin) Featured() bool { return !c.FeaturedAt.IsZero() }

// Feature chooses a public check-in, or no longer does. Returns ErrInvisible.
func (c *Checkin) Feature(on bool, by string, now time.Time) error {
	switch {
	case c.State == Deleted:
		return domain.ErrNotFound
	case on && !c.Public():
		return ErrInvisible
	case on == c.Featured():
		return domain.ErrSame
	case !on:
		c.FeaturedAt, c.FeaturedBy = time.Time{}, ""
		return nil
	}
	c.FeaturedAt, c.FeaturedBy = now, by
	c.Emit(EventFeatured, now, nil)
	return nil
}

// tell notes that the author is told of what happened at the instant, unless they were told shortly before or it was taken
// back.
func (c *Checkin) tell(at time.Time) error {
	if !c.Featured() || !c.Public() || !c.FeatureTold.IsZero() && at.Sub(c.FeatureTold) < toldOnce {
		return domain.ErrSame
	}
	c.FeatureTold = at
	return nil
}

// Feature chooses a public check-in for everybody in the camp to see, or no longer does; again changes nothing. It needs
// domain.RightReview.
func (s *Service) Feature(ctx context.Context, id string, on bool) error {
	if _, err := s.forReviewer(ctx, id); err != nil {
		return err
	}
	_, err := s.Store.Update(ctx, id, func(c *Checkin) error { return c.Feature(on, domain.ActorFrom(ctx).Member, s.Clock.Now()) })
	return err
}

// TellFeatured tells the author, once a day at most. For jobs, after EventFeatured, which happened at the instant.
func (s *Service) TellFeatured(ctx context.Context, id string, at time.Time) error {
	c, err := s.Store.Update(ctx, id, func(c *Checkin) error { return c.tell(at) })
	if err != nil || !c.FeatureTold.Equal(at) {
		return err
	}
	return s.Notices.Tell(ctx, notice.Notice{
		Doc:    domain.Doc{ID: fmt.Sprintf("featured_%s_%d", id, at.Unix())},
		Member: c.Member, Camp: c.Camp, Kind: notice.CheckinFeatured, At: at,
		Title: "你的打卡被选为精选", Body: "营里的同学都能在精选里看到它", Page: "pages/checkin/checkin?id=" + id,
	})
}
