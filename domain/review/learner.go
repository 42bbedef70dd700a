package review

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/media"
	"yingdi/domain/notice"
)

// Told is what a learner was told about their check-in.
type Told struct {
	Said           // what holds now
	Round   int    // counts what they were told
	Earlier []Said // what held before, the oldest first
	Redo    Redo
	Passed  bool
}

// Said is a mark that a learner was shown, with its files.
type Said struct {
	Past
	Files []media.View
}

// Redo is how it stands with doing it again.
type Redo struct {
	Asked bool // and they have not handed in again since
	Open  bool // they still can
	Return
}

// ForLearner returns what the acting learner was told about their own check-in, or domain.ErrNotFound.
func (s *Service) ForLearner(ctx context.Context, checkinID string) (Told, error) {
	r, c, err := s.ofLearner(ctx, checkinID)
	if err != nil {
		return Told{}, err
	}
	now := s.Clock.Now()
	told := r.Told(now)
	if len(told) == 0 {
		return Told{}, fmt.Errorf("review %s: %w", checkinID, domain.ErrNotFound)
	}
	var ids []string
	for _, p := range told {
		ids = append(ids, p.Media...)
	}
	found, err := s.Media.Many(ctx, ids)
	if err != nil {
		return Told{}, err
	}
	for id, m := range found { // staff answer for what they say, but not against the check's word
		if m.Verdict == media.Rejected {
			delete(found, id)
		}
	}
	said := make([]Said, len(told))
	for i, p := range told {
		said[i].Past = p
		if said[i].Files, err = s.Media.Views(ctx, found, p.Media, true); err != nil {
			return Told{}, err
		}
	}
	last := len(said) - 1
	answer := Told{Said: said[last], Round: len(said), Earlier: said[:last]}
	_, answer.Passed = r.Passed(now)
	answer.Redo.Return, answer.Redo.Asked = r.Redo(c.Redos, now)
	answer.Redo.Open = answer.Redo.Asked && answer.Redo.open(now)
	return answer, nil
}

func (r Return) open(now time.Time) bool { return r.Until.IsZero() || now.Before(r.Until) }

// ofLearner returns the acting learner's own check-in with its review.
func (s *Service) ofLearner(ctx context.Context, id string) (Review, checkin.Checkin, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Review{}, checkin.Checkin{}, err
	}
	c, err := s.Checkins.Get(ctx, id)
	if err == nil && c.Member != actor.Member {
		err = fmt.Errorf("check-in %s: %w", id, domain.ErrNotFound)
	}
	if err != nil {
		return Review{}, checkin.Checkin{}, err
	}
	r, err := s.Store.Get(ctx, id)
	return r, c, err
}

// HandInAgain answers a return with a new submission, which goes back into the queue; what was handed in before is kept.
// Returns ErrNoReturn, ErrRedoOver, and what checkin.Service.Resubmit returns.
func (s *Service) HandInAgain(ctx context.Context, checkinID string, f checkin.Form) (checkin.Checkin, error) {
	r, c, err := s.ofLearner(ctx, checkinID)
	if errors.Is(err, domain.ErrNotFound) && c.ID != "" {
		err = fmt.Errorf("check-in %s: %w", checkinID, ErrNoReturn)
	}
	if err != nil {
		return checkin.Checkin{}, err
	}
	now := s.Clock.Now()
	switch asked, ok := r.Redo(c.Redos, now); {
	case !ok || r.State == Reopened:
		return checkin.Checkin{}, fmt.Errorf("check-in %s: %w", checkinID, ErrNoReturn)
	case !asked.open(now):
		return checkin.Checkin{}, fmt.Errorf("check-in %s: %w", checkinID, ErrRedoOver)
	}
	return s.Checkins.Resubmit(ctx, checkinID, f, c.Redos)
}

// PassedHomework tells which homework a person has passed in a camp, by task, and since when: a fact for whoever
// unlocks or pays by it. Whoever calls it has checked who asks.
func (s *Service) PassedHomework(ctx context.Context, campID, memberID string) (map[string]time.Time, error) {
	passed := map[string]time.Time{}
	for r, err := range domain.Each(func(page domain.Page) ([]Review, domain.Cursor, error) {
		return s.Store.PassedBy(ctx, campID, memberID, page)
	}) {
		if err != nil {
			return nil, err
		}
		if since, ok := r.Passed(s.Clock.Now()); ok {
			passed[r.Task] = since
		}
	}
	return passed, nil
}

// Follow makes sure that the queue agrees with the review, that its files are kept and that the learner knows what holds.
// For jobs, after EventReleased and EventReopened.
func (s *Service) Follow(ctx context.Context, checkinID string) error {
	r, err := s.Store.Get(ctx, checkinID)
	if err != nil {
		return err
	}
	if err := s.SettleFiles(ctx, checkinID, nil); err != nil {
		return err
	}
	if err := s.syncQueue(ctx, r); err != nil {
		return err
	}
	return s.announce(ctx, r)
}

// Settle ends the time in which releases could be undone. For the schedule.
func (s *Service) Settle(ctx context.Context) error {
	now := s.Clock.Now()
	return domain.Round(ctx, "review", func(page domain.Page) ([]Review, domain.Cursor, error) {
		return s.Store.Unsettled(ctx, now.Add(time.Microsecond), page)
	}, func(r Review) error {
		_, err := s.Store.Update(ctx, r.ID, func(r *Review) error { return r.settle(now) })
		return err
	})
}

// Announce tells the learner what holds, once a release. For jobs, after EventPassed and EventReturned.
func (s *Service) Announce(ctx context.Context, checkinID string) error {
	r, err := s.Store.Get(ctx, checkinID)
	if err != nil {
		return err
	}
	return s.announce(ctx, r)
}

func (s *Service) announce(ctx context.Context, r Review) error {
	told := r.Told(s.Clock.Now())
	for i, p := range told {
		again := i > 0 && told[i-1].Judged.Redo == p.Judged.Redo
		title, body := headline(p.Return != nil, again, r.Homework)
		if err := s.Notices.Tell(ctx, notice.Notice{
			Doc:    domain.Doc{ID: fmt.Sprintf("review_%s_%d", r.ID, i+1)},
			Member: r.Learner, Camp: r.Camp, Kind: notice.ReviewReceived, At: p.At, Title: title, Body: body,
			Page: "pages/checkin/checkin?id=" + r.ID,
		}); err != nil {
			return err
		}
	}
	return nil
}

func headline(returned, again, homework bool) (title, body string) {
	switch {
	case returned:
		return "老师请你再完成一次", "看看老师的建议，再交一次"
	case again:
		return "老师修改了对你的点评", "点开看看老师说了什么"
	case homework:
		return "你的作业通过了", "点开看看老师说了什么"
	}
	return "老师点评了你的打卡", "点开看看老师说了什么"
}
