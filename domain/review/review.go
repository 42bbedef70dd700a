// Package review is a teacher's answer to a check-in: words, points, released when the teacher is done.
package review

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/lesson"
	"yingdi/domain/member"
	"yingdi/domain/notice"
)

// Review has the id of its check-in: one each.
type Review struct {
	domain.Doc
	Camp       string    `json:"camp"`
	Organiser  string    `json:"organiser"`
	Learner    string    `json:"learner"`
	Reviewer   string    `json:"reviewer"` // of what is released; until then, of the draft
	State      State     `json:"state"`
	Draft      Mark      `json:"draft"`    // what the teacher is writing
	Released   Mark      `json:"released"` // what the learner sees; stands until the next release
	Round      int       `json:"round"`    // counts releases
	History    []Past    `json:"history,omitempty"`
	CreatedAt  time.Time `json:"created_at"`
	ReleasedAt time.Time `json:"released_at,omitzero"`
}

// Mark is what a teacher says.
type Mark struct {
	Text   string `json:"text"`
	Points int    `json:"points"` // 0–100; 0 gives none
}

// Past is an earlier mark that a later one replaced: the audit of changed marks.
type Past struct {
	Mark
	Reviewer string    `json:"reviewer"`
	At       time.Time `json:"at"` // when it was released
}

// State of a review.
type State string

// draft → released → reopened → released.
const (
	Draft    State = "draft"
	Released State = "released"
	Reopened State = "reopened"
)

// Limits of a review.
const (
	MaxText   = 2000 // characters
	MaxPoints = 100
	maxRounds = 20
)

// Events of this feature.
const (
	EventReleased = "review:released"
	EventReopened = "review:reopened"
)

// The refusals of this feature.
var (
	ErrReleased = domain.Refusal(domain.KindConflict, "review_released", "点评已经发布，请先重新打开再修改")
	ErrOwn      = domain.Refusal(domain.KindForbidden, "review_own", "不能点评自己的打卡")
	ErrRounds   = domain.Refusal(domain.KindConflict, "review_rounds", "这条点评修改的次数太多了")
)

// Check bounds a mark; a released one says something.
func (m Mark) Check(release bool) error {
	var check domain.Check
	min := 0
	if release {
		min = 1
	}
	check.Text("text", "点评", m.Text, min, MaxText)
	check.Range("points", "分数", m.Points, 0, MaxPoints)
	return check.Err()
}

// Write keeps a draft. The released mark, if there is one, stands.
func (r *Review) Write(m Mark, reviewer string) error {
	if r.State == Released {
		return ErrReleased
	}
	r.Draft = m
	if r.Round == 0 {
		r.Reviewer = reviewer
	}
	return nil
}

// Release shows the mark to the learner. Releasing the same mark again does nothing.
func (r *Review) Release(m Mark, reviewer string, now time.Time) error {
	switch {
	case r.State == Released && r.Released == m:
		return domain.ErrSame
	case r.State == Released:
		return ErrReleased
	}
	if r.Round > 0 {
		r.History = append(r.History, Past{r.Released, r.Reviewer, r.ReleasedAt})
	}
	r.State, r.Draft, r.Released, r.Reviewer, r.ReleasedAt = Released, Mark{}, m, reviewer, now
	r.Round++
	r.Emit(EventReleased, now, nil)
	return nil
}

// Reopen lets a released review be changed.
func (r *Review) Reopen(now time.Time) error {
	switch {
	case r.State != Released:
		return domain.ErrSame
	case r.Round >= maxRounds:
		return ErrRounds
	}
	r.State, r.Draft = Reopened, r.Released
	r.Emit(EventReopened, now, nil)
	return nil
}

// Store keeps reviews.
type Store interface {
	domain.Documents[Review]
	domain.Many[Review]
}

// Checkins is what this feature needs of domain/checkin.
type Checkins interface {
	Get(ctx context.Context, id string) (checkin.Checkin, error)
	NoteReviewed(ctx context.Context, id string, reviewed bool) error
	View(ctx context.Context, id string) (checkin.Entry, error)
	Queue(ctx context.Context, camp string, page domain.Page) ([]checkin.Entry, domain.Cursor, error)
	Progress(ctx context.Context, in camp.Camp, member string) (checkin.Progress, error)
	CountDay(ctx context.Context, camp string, tasks []lesson.Task, day domain.Day) (checkin.Counts, error)
}

// Camps is what this feature needs of domain/camp.
type Camps interface {
	ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error)
}

// Tasks is what this feature needs of domain/lesson.
type Tasks interface {
	Get(ctx context.Context, camp, id string) (lesson.Task, error)
}

// Members is what this feature needs of domain/member.
type Members interface {
	Cards(ctx context.Context, ids []string) (map[string]member.Card, error)
}

// Notices is what this feature needs of domain/notice.
type Notices interface {
	Tell(ctx context.Context, n notice.Notice) error
}

// Service holds the use cases.
type Service struct {
	Store    Store
	Camps    Camps
	Tasks    Tasks
	Checkins Checkins
	Members  Members
	Notices  Notices
	Clock    domain.Clock
}

// Save keeps a draft of the acting teacher's review.
func (s *Service) Save(ctx context.Context, checkinID string, m Mark) (Review, error) {
	return s.write(ctx, checkinID, m, false)
}

// Release shows the review to the learner and takes the check-in out of the queue.
func (s *Service) Release(ctx context.Context, checkinID string, m Mark) (Review, error) {
	r, err := s.write(ctx, checkinID, m, true)
	if err != nil {
		return r, err
	}
	return r, s.syncQueue(ctx, r)
}

func (s *Service) write(ctx context.Context, checkinID string, m Mark, release bool) (Review, error) {
	c, err := s.forReviewer(ctx, checkinID)
	if err != nil {
		return Review{}, err
	}
	if err := m.Check(release); err != nil {
		return Review{}, err
	}
	actor, now := domain.ActorFrom(ctx), s.Clock.Now()
	change := func(r *Review) error {
		if release {
			return r.Release(m, actor.Member, now)
		}
		return r.Write(m, actor.Member)
	}
	r, err := s.Store.Update(ctx, checkinID, change)
	if !errors.Is(err, domain.ErrNotFound) {
		return r, err
	}
	fresh := Review{
		Doc: domain.Doc{ID: checkinID}, Camp: c.Camp, Organiser: c.Organiser, Learner: c.Member,
		State: Draft, CreatedAt: now,
	}
	if err := change(&fresh); err != nil {
		return Review{}, err
	}
	if err = s.Store.Insert(ctx, fresh); errors.Is(err, domain.ErrExists) {
		return s.Store.Update(ctx, checkinID, change)
	}
	return fresh, err
}

// Reopen lets a released review be changed; the learner keeps seeing the old mark until the next release.
func (s *Service) Reopen(ctx context.Context, checkinID string) (Review, error) {
	if _, err := s.forReviewer(ctx, checkinID); err != nil {
		return Review{}, err
	}
	r, err := s.Store.Update(ctx, checkinID, func(r *Review) error { return r.Reopen(s.Clock.Now()) })
	if err != nil {
		return r, err
	}
	return r, s.syncQueue(ctx, r)
}

// syncQueue takes the check-in of the review out of the queue, or puts it back. It looks at the review again after it has
// written, so that of several who do this at once the last to write is right.
func (s *Service) syncQueue(ctx context.Context, r Review) error {
	for {
		released := r.State == Released
		if err := s.Checkins.NoteReviewed(ctx, r.ID, released); err != nil {
			return err
		}
		var err error
		if r, err = s.Store.Get(ctx, r.ID); err != nil || released == (r.State == Released) {
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
	return r, err
}

// ForLearner returns what the acting learner was told about their own check-in, or domain.ErrNotFound.
func (s *Service) ForLearner(ctx context.Context, checkinID string) (Review, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Review{}, err
	}
	r, err := s.Store.Get(ctx, checkinID)
	if err == nil && (r.Learner != actor.Member || r.Round == 0) {
		err = fmt.Errorf("review %s: %w", checkinID, domain.ErrNotFound)
	}
	r.Draft, r.History = Mark{}, nil
	return r, err
}

// Many returns reviews by the ids of their check-ins. Whoever calls it has checked who asks.
func (s *Service) Many(ctx context.Context, checkins []string) (map[string]Review, error) {
	return s.Store.GetMany(ctx, checkins)
}

// Announce tells the learner about a released review, once a round, and makes sure that the queue agrees. For jobs,
// after EventReleased and EventReopened.
func (s *Service) Announce(ctx context.Context, checkinID string) error {
	r, err := s.Store.Get(ctx, checkinID)
	if err != nil {
		return err
	}
	if err := s.syncQueue(ctx, r); err != nil {
		return err
	}
	for round := 1; round <= r.Round; round++ {
		title, released := "老师点评了你的打卡", r.ReleasedAt
		if round <= len(r.History) {
			released = r.History[round-1].At
		}
		if round > 1 {
			title = "老师修改了对你的点评"
		}
		if err := s.Notices.Tell(ctx, notice.Notice{
			Doc:    domain.Doc{ID: fmt.Sprintf("review_%s_%d", checkinID, round)},
			Member: r.Learner, Camp: r.Camp, Kind: notice.ReviewReceived, At: released, Title: title, Body: "点开看看老师说了什么",
			Page: "pages/checkin/checkin?id=" + checkinID,
		}); err != nil {
			return err
		}
	}
	return nil
}
