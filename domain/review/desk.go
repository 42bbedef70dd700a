package review

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/lesson"
	"yingdi/domain/member"
)

// Desk is where a teacher works through what learners have handed in.
type Desk struct {
	Camp    camp.Camp
	Queue   []checkin.Entry // what waits the longest
	Waiting int64           // in all
	Open    *Open           // nil if nothing waits and nothing was asked for
}

// Open is the check-in that lies on the desk.
type Open struct {
	checkin.Entry
	Task     lesson.Task // the zero one if it was removed
	Streak   int         // of the learner, days
	Done     int         // scheduled days on which they handed in
	Review   Review      // the zero one if nobody has begun
	Reviewer member.Card
	Previous string // check-ins beside it in the queue, "" at the ends
	Next     string
	Mine     bool // the actor's own, which they may not review
}

// deskQueue is how much of the queue lies on the desk at once.
const deskQueue = 50

// Desk returns a camp's desk to those who may review there, with the given check-in on it, or with the one that has
// waited the longest if id is empty.
func (s *Service) Desk(ctx context.Context, campID, id string) (Desk, error) {
	in, err := s.Camps.ForStaff(ctx, campID, domain.RightReview)
	if err != nil {
		return Desk{}, err
	}
	desk := Desk{Camp: in}
	if desk.Queue, _, err = s.Checkins.Queue(ctx, campID, domain.Page{Limit: deskQueue}); err != nil {
		return Desk{}, err
	}
	counts, err := s.Checkins.CountDay(ctx, campID, nil, in.Calendar.Day(s.Clock.Now()))
	if err != nil {
		return Desk{}, err
	}
	desk.Waiting = counts.Waiting
	switch {
	case id != "":
		desk.Open, err = s.open(ctx, desk, id)
	case len(desk.Queue) > 0:
		desk.Open, err = s.open(ctx, desk, desk.Queue[0].ID)
	}
	return desk, err
}

func (s *Service) open(ctx context.Context, desk Desk, id string) (*Open, error) {
	entry, err := s.Checkins.View(ctx, id)
	if err != nil {
		return nil, err
	}
	if entry.Camp != desk.Camp.ID {
		return nil, fmt.Errorf("check-in %s of camp %s: %w", id, desk.Camp.ID, domain.ErrNotFound)
	}
	open := &Open{Entry: entry, Mine: entry.Member == domain.ActorFrom(ctx).Member}
	if open.Task, err = s.Tasks.Get(ctx, entry.Camp, entry.Task); err != nil && !errors.Is(err, domain.ErrNotFound) {
		return nil, err
	}
	progress, err := s.Checkins.Progress(ctx, desk.Camp, entry.Member)
	if err != nil {
		return nil, err
	}
	open.Streak, open.Done = progress.Streak, len(progress.Done)
	if open.Review, err = s.ForReviewer(ctx, id); err != nil {
		return nil, err
	}
	if open.Review.Reviewer != "" {
		cards, err := s.Members.Cards(ctx, []string{open.Review.Reviewer})
		if err != nil {
			return nil, err
		}
		open.Reviewer = cards[open.Review.Reviewer]
	}
	open.Previous, open.Next = beside(desk.Queue, id)
	return open, nil
}

// beside finds the neighbours of a check-in in the queue. For one that is not in it, the next is the one that waits
// the longest.
func beside(queue []checkin.Entry, id string) (previous, next string) {
	at := slices.IndexFunc(queue, func(e checkin.Entry) bool { return e.ID == id })
	if at > 0 {
		previous = queue[at-1].ID
	}
	if at+1 < len(queue) {
		next = queue[at+1].ID
	}
	return previous, next
}
