package review

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/lesson"
	"yingdi/domain/media"
	"yingdi/domain/member"
	"yingdi/domain/notice"
	"yingdi/domain/team"
)

// Store keeps reviews.
type Store interface {
	domain.Documents[Review]
	domain.Many[Review]
	// HeldBy lists what a reviewer has claimed and not let go, also if the claim has ended.
	HeldBy(ctx context.Context, reviewer string, page domain.Page) ([]Review, domain.Cursor, error)
	// Unsettled lists releases that could be undone until before the instant.
	Unsettled(ctx context.Context, before time.Time, page domain.Page) ([]Review, domain.Cursor, error)
	// ReleasedSince lists the reviews of a camp whose last release is not before the instant, the earliest first.
	ReleasedSince(ctx context.Context, camp string, from time.Time, page domain.Page) ([]Review, domain.Cursor, error)
	// PassedBy lists the reviews that have passed a learner's homework in a camp.
	PassedBy(ctx context.Context, camp, learner string, page domain.Page) ([]Review, domain.Cursor, error)
}

// Checkins is what this feature needs of domain/checkin.
type Checkins interface {
	Get(ctx context.Context, id string) (checkin.Checkin, error)
	NoteReviewed(ctx context.Context, id string, redo int, done bool) error
	Resubmit(ctx context.Context, id string, f checkin.Form, n int) (checkin.Checkin, error)
	View(ctx context.Context, id string) (checkin.Entry, error)
	History(ctx context.Context, id string) ([]checkin.Entry, error)
	Queue
	Progress(ctx context.Context, in camp.Camp, member string) (checkin.Progress, error)
}

// Queue is what waits for a review.
type Queue interface {
	Waiting(ctx context.Context, w checkin.Waiting, page domain.Page) ([]checkin.Checkin, domain.Cursor, error)
	CountWaiting(ctx context.Context, w checkin.Waiting) (int64, error)
}

// Camps is what this feature needs of domain/camp.
type Camps interface {
	ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error)
	Mine(ctx context.Context, f camp.Filter, page domain.Page) ([]camp.Camp, domain.Cursor, error)
	Many(ctx context.Context, ids []string) (map[string]camp.Camp, error)
}

// Tasks is what this feature needs of domain/lesson.
type Tasks interface {
	Get(ctx context.Context, camp, id string) (lesson.Task, error)
	All(ctx context.Context, camp string) ([]lesson.Task, error)
}

// Teams is what this feature needs of domain/team.
type Teams interface {
	// TeamsOf tells in which team each of the members is, by their ids.
	TeamsOf(ctx context.Context, camp string, members []string) (map[string]string, error)
	All(ctx context.Context, camp string) ([]team.Team, error)
}

// Members is what this feature needs of domain/member.
type Members interface {
	Cards(ctx context.Context, ids []string) (map[string]member.Card, error)
}

// Media is what this feature needs of domain/media.
type Media interface {
	Usable(ctx context.Context, owner string, ids []string) error
	Exchange(ctx context.Context, ref string, old []string, current func(context.Context) ([]string, error)) error
	Many(ctx context.Context, ids []string) (map[string]media.Media, error)
	Views(ctx context.Context, found map[string]media.Media, ids []string, all bool) ([]media.View, error)
}

// Notices is what this feature needs of domain/notice.
type Notices interface {
	Tell(ctx context.Context, n notice.Notice) error
}

// Service holds the use cases.
type Service struct {
	Store    Store
	Remarks  RemarkStore
	Camps    Camps
	Tasks    Tasks
	Teams    Teams
	Checkins Checkins
	Members  Members
	Media    Media
	Notices  Notices
	IDs      domain.IDs
	Clock    domain.Clock
	Undoable time.Duration // how long a release can be taken back before the learner is told
}

// Save keeps a draft of the acting teacher's review, and prolongs their claim. Returns ErrClaimed, ErrReleased.
func (s *Service) Save(ctx context.Context, checkinID string, f Form) (Review, error) {
	r, _, err := s.write(ctx, checkinID, f, false)
	return r, err
}

// Release shows the review to the learner, once it can no longer be undone, and takes the check-in out of the queue.
// Returns ErrClaimed, ErrReleased, ErrChanged if the learner has changed what the teacher had seen.
func (s *Service) Release(ctx context.Context, checkinID string, f Form) (Review, error) {
	r, fresh, err := s.write(ctx, checkinID, f, true)
	if err != nil {
		return r, err
	}
	if fresh {
		if err := s.countRemarks(ctx, r.Organiser, f.Remarks); err != nil {
			return r, err
		}
	}
	return r, s.syncQueue(ctx, r)
}

func (s *Service) write(ctx context.Context, checkinID string, f Form, release bool) (r Review, fresh bool, err error) {
	c, err := s.forReviewer(ctx, checkinID)
	if err != nil {
		return Review{}, false, err
	}
	if release && f.Seen != 0 && f.Seen != c.Version {
		return Review{}, false, fmt.Errorf("check-in %s: %w", checkinID, ErrChanged)
	}
	task, err := s.task(ctx, c)
	if err != nil {
		return Review{}, false, err
	}
	now, by := s.Clock.Now(), domain.ActorFrom(ctx).Member
	m, err := f.mark(task.Rubric, release, now)
	if err != nil {
		return Review{}, false, err
	}
	if err := s.mayUse(ctx, checkinID, m.Media); err != nil {
		return Review{}, false, err
	}
	r, err = s.upsert(ctx, c, func(r *Review) error {
		if fresh = false; !release {
			return r.Write(m, judged(c), by, now)
		}
		err := r.Release(m, judged(c), by, now, s.Undoable)
		fresh = err == nil
		return err
	})
	return r, fresh, err
}

func judged(c checkin.Checkin) Judged {
	return Judged{Redo: c.Redos, Version: c.Version, HandedAt: c.HandedAt()}
}

// task of a check-in, the zero one if it was removed.
func (s *Service) task(ctx context.Context, c checkin.Checkin) (lesson.Task, error) {
	t, err := s.Tasks.Get(ctx, c.Camp, c.Task)
	if errors.Is(err, domain.ErrNotFound) {
		err = nil
	}
	return t, err
}

// upsert changes the review of a check-in, which this may begin.
func (s *Service) upsert(ctx context.Context, c checkin.Checkin, change func(*Review) error) (Review, error) {
	change = withFiles(change, s.Clock.Now())
	r, err := s.Store.Update(ctx, c.ID, change)
	if !errors.Is(err, domain.ErrNotFound) {
		return r, err
	}
	fresh := Review{
		Doc: domain.Doc{ID: c.ID}, Camp: c.Camp, Organiser: c.Organiser, Learner: c.Member, Task: c.Task, Homework: c.Homework,
		State: Draft, CreatedAt: s.Clock.Now(),
	}
	if err := change(&fresh); err != nil {
		return Review{}, err
	}
	if err = s.Store.Insert(ctx, fresh); errors.Is(err, domain.ErrExists) {
		return s.Store.Update(ctx, c.ID, change)
	}
	return fresh, err
}

// mayUse checks the files of a mark: voices and pictures, the actor's own or such as the review has already.
func (s *Service) mayUse(ctx context.Context, id string, files []string) error {
	if len(files) == 0 {
		return nil
	}
	r, err := s.Store.Get(ctx, id)
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	had := append(slices.Clone(r.Draft.Media), r.Released.Media...)
	fresh := slices.DeleteFunc(slices.Clone(files), func(f string) bool { return slices.Contains(had, f) })
	if err := s.Media.Usable(ctx, domain.ActorFrom(ctx).Member, fresh); err != nil {
		return err
	}
	found, err := s.Media.Many(ctx, fresh)
	for _, m := range found {
		if m.Kind != media.Audio && m.Kind != media.Image {
			return fmt.Errorf("media %s: %w", m.ID, media.ErrUnusable)
		}
	}
	return err
}

// Undo takes back a release of which the learner knows nothing yet. Returns ErrUndoOver.
func (s *Service) Undo(ctx context.Context, checkinID string) (Review, error) {
	return s.change(ctx, checkinID, func(r *Review, by string, now time.Time) error { return r.Undo(by, now) })
}

// Reopen lets a released review be changed; the learner keeps seeing the old mark until the next release.
func (s *Service) Reopen(ctx context.Context, checkinID string) (Review, error) {
	return s.change(ctx, checkinID, func(r *Review, by string, now time.Time) error { return r.Reopen(by, now) })
}

func (s *Service) change(ctx context.Context, id string, change func(r *Review, by string, now time.Time) error) (Review, error) {
	if _, err := s.forReviewer(ctx, id); err != nil {
		return Review{}, err
	}
	by, now := domain.ActorFrom(ctx).Member, s.Clock.Now()
	r, err := s.Store.Update(ctx, id, func(r *Review) error { return change(r, by, now) })
	if err != nil {
		return r, err
	}
	return r, errors.Join(s.syncQueue(ctx, r), s.clear(ctx, by, id))
}

// syncQueue takes the check-in of the review out of the queue, or puts it back. It looks at the review again after it has
// written, so that of several who do this at once the last to write is right.
func (s *Service) syncQueue(ctx context.Context, r Review) error {
	for {
		done, redo := r.State == Released, r.Judged.Redo
		err := s.Checkins.NoteReviewed(ctx, r.ID, redo, done)
		if errors.Is(err, domain.ErrNotFound) { // the learner has deleted it
			return nil
		}
		if err != nil {
			return err
		}
		if r, err = s.Store.Get(ctx, r.ID); err != nil || done == (r.State == Released) && redo == r.Judged.Redo {
			return err
		}
	}
}

func (s *Service) forReviewer(ctx context.Context, checkinID string) (checkin.Checkin, error) {
	c, err := s.Checkins.Get(ctx, checkinID)
	if err != nil {
		return c, err
	}
	actor := domain.ActorFrom(ctx)
	if err := actor.Must(domain.RightReview, domain.Place{Organiser: c.Organiser, Camp: c.Camp}); err != nil {
		return c, err
	}
	if actor.Member == c.Member {
		return c, fmt.Errorf("check-in %s: %w", checkinID, ErrOwn)
	}
	return c, nil
}

// ForReviewer returns the review of a check-in, drafts included, to those who may review; the zero review if nobody
// has begun one.
func (s *Service) ForReviewer(ctx context.Context, checkinID string) (Review, error) {
	c, err := s.Checkins.Get(ctx, checkinID)
	if err != nil {
		return Review{}, err
	}
	if err := domain.ActorFrom(ctx).Must(domain.RightReview, domain.Place{Organiser: c.Organiser, Camp: c.Camp}); err != nil {
		return Review{}, err
	}
	r, err := s.Store.Get(ctx, checkinID)
	if errors.Is(err, domain.ErrNotFound) {
		return Review{}, nil
	}
	r.renew(judged(c))
	return r, err
}

// Many returns reviews by the ids of their check-ins. Whoever calls it has checked who asks.
func (s *Service) Many(ctx context.Context, checkins []string) (map[string]Review, error) {
	return s.Store.GetMany(ctx, checkins)
}
