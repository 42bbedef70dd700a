package checkin

import (
	"context"
	"slices"
	"time"

	"yingdi/domain"
)

// ErrRejectedStays refuses to delete what a person or a check has rejected: it is kept as what was found.
var ErrRejectedStays = domain.Refusal(domain.KindConflict, "checkin_rejected", "未通过审核的打卡不能删除")

// Removed is the data of EventEdited and EventDeleted: the media that the check-in no longer uses.
type Removed struct {
	Media []string `json:"media,omitempty"`
}

// Delete empties the check-in and leaves a tombstone. Until its day ends its author can hand in anew in its place; after,
// they can only make the day up. A homework that was reviewed stays.
func (c *Checkin) Delete(now time.Time) error {
	switch c.State {
	case Deleted:
		return domain.ErrSame
	case Rejected:
		return ErrRejectedStays
	}
	if c.Homework && c.Reviewed {
		return ErrReviewed
	}
	files := c.Media
	for _, earlier := range c.Submissions {
		files = append(files, earlier.Media...)
	}
	c.Emit(EventDeleted, now, Removed{files})
	c.Submissions = nil
	c.State, c.Reason, c.Text, c.Media, c.TextPassed = Deleted, "", "", nil, false
	c.Likes, c.Comments, c.Reviewed, c.DeletedAt = 0, 0, false, now
	c.Chosen, c.FeaturedAt, c.FeaturedBy = nil, time.Time{}, ""
	c.Version++
	return nil
}

// mayAgain reports whether its author can hand in anew in the check-in's place: where a tombstone stands and, in a course,
// where the first was rejected, for there is no other way on.
func (c Checkin) mayAgain(course bool) bool {
	return c.State == Deleted || course && c.State == Rejected
}

func (c *Checkin) again(fresh Checkin, course bool) error {
	if !c.mayAgain(course) {
		return domain.ErrSame
	}
	fresh.Version, fresh.Likes, fresh.Comments = fresh.Version+c.Version, c.Likes, c.Comments // a tombstone has none
	fresh.Watched = c.Watched
	fresh.Redos, fresh.RedoneAt = c.Redos+1, fresh.SubmittedAt // what was said to the first is not about this one
	fresh.ID, fresh.Rev, fresh.Outbox = c.ID, c.Rev, append(c.Outbox, fresh.Outbox...)
	*c = fresh
	return nil
}

// Delete takes the acting person's own check-in away, with its likes and comments; deleting again changes nothing.
func (s *Service) Delete(ctx context.Context, id string) error {
	if _, err := s.own(ctx, id); err != nil {
		return err
	}
	_, err := s.Store.Update(ctx, id, func(c *Checkin) error { return c.Delete(s.Clock.Now()) })
	return err
}

// Wipe removes what hung on a check-in when it was deleted: its likes, its comments and its hold on its media. What came
// after, to one that was handed in anew, stays. For jobs, after EventDeleted.
func (s *Service) Wipe(ctx context.Context, id string, at time.Time, files []string) error {
	if err := s.wipeLikes(ctx, id, at); err != nil {
		return err
	}
	if err := s.wipeComments(ctx, id, at); err != nil {
		return err
	}
	c, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := s.changeWall(ctx, c.Camp, func(w *Wall) error { return w.Unpin(id, at) }); err != nil {
		return err
	}
	return s.Drop(ctx, id, files)
}

// uses reports whether the file belongs to what the check-in says, or to what it said when it was handed in before.
func (c Checkin) uses(file string) bool {
	return slices.Contains(c.Media, file) || slices.ContainsFunc(c.Submissions, func(earlier Submission) bool {
		return slices.Contains(earlier.Media, file)
	})
}

// Drop lets files go that a check-in no longer uses. For jobs, after EventEdited.
func (s *Service) Drop(ctx context.Context, id string, files []string) error {
	if err := s.Media.Release(ctx, ref(id), files); err != nil {
		return err
	}
	c, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	used := slices.DeleteFunc(slices.Clone(files), func(m string) bool { return !c.uses(m) })
	return s.Media.Keep(ctx, ref(id), used) // it has some of the same again
}

// hold notes that a check-in uses its files. Those that it has lost meanwhile are let go.
func (s *Service) hold(ctx context.Context, c Checkin) error {
	if len(c.Media) == 0 {
		return nil
	}
	if err := s.Media.Keep(ctx, ref(c.ID), c.Media); err != nil {
		return err
	}
	latest, err := s.Store.Get(ctx, c.ID)
	if err != nil || latest.Version == c.Version {
		return err
	}
	return s.Media.Release(ctx, ref(c.ID), slices.DeleteFunc(slices.Clone(c.Media), latest.uses))
}

func (s *Service) wipeLikes(ctx context.Context, id string, at time.Time) error {
	for l, err := range domain.Each(func(page domain.Page) ([]Like, domain.Cursor, error) { return s.Likes.OfCheckin(ctx, id, at, page) }) {
		if err == nil {
			_, err = s.Likes.Update(ctx, l.ID, func(l *Like) error {
				if !l.On || l.At.After(at) {
					return domain.ErrSame
				}
				l.On = false
				return nil
			})
		}
		if err != nil {
			return err
		}
	}
	return s.recount(ctx, id, s.Likes.CountOn, func(c *Checkin) *int { return &c.Likes })
}

func (s *Service) wipeComments(ctx context.Context, id string, at time.Time) error {
	for said, err := range domain.Each(func(page domain.Page) ([]Comment, domain.Cursor, error) {
		return s.Comments.OfCheckin(ctx, id, at, page)
	}) {
		if err == nil {
			_, err = s.Comments.Update(ctx, said.ID, func(c *Comment) error { return c.Delete() })
		}
		if err != nil {
			return err
		}
	}
	return s.recount(ctx, id, s.Comments.CountShown, func(c *Checkin) *int { return &c.Comments })
}
