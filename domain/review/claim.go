package review

import (
	"context"
	"errors"
	"time"

	"yingdi/domain"
)

// Claim is a reviewer's hold on a review: nobody else writes meanwhile.
type Claim struct {
	By    string    `json:"by"`
	Until time.Time `json:"until"`
}

// ClaimLife is how long a claim lasts without its holder doing anything.
const ClaimLife = 10 * time.Minute

// Holder is who has it on their desk, "" if nobody.
func (r Review) Holder(now time.Time) string {
	if now.Before(r.Claim.Until) {
		return r.Claim.By
	}
	return ""
}

// Mine reports whether the acting person has it on their desk.
func (r Review) Mine(ctx context.Context, now time.Time) bool {
	holder := r.Holder(now)
	return holder != "" && holder == domain.ActorFrom(ctx).Member
}

// hold makes by the holder, or prolongs their claim.
func (r *Review) hold(by string, now time.Time) error {
	if holder := r.Holder(now); holder != "" && holder != by {
		return ErrClaimed
	}
	r.Claim = Claim{by, now.Add(ClaimLife)}
	return nil
}

// take claims a review to be written. A claim that is young enough is not written again.
func (r *Review) take(of Judged, by string, now time.Time) error {
	if r.renew(of); r.State == Released {
		return ErrReleased
	}
	if r.Holder(now) == by && r.Claim.Until.Sub(now) > ClaimLife-time.Minute {
		return domain.ErrSame
	}
	return r.hold(by, now)
}

// letGo ends by's claim.
func (r *Review) letGo(by string) error {
	if r.Claim.By != by {
		return domain.ErrSame
	}
	r.Claim = Claim{}
	return nil
}

// Take puts a check-in on the acting teacher's desk, where it stays for ClaimLife and as long as they work on it; again
// prolongs. What else they had on their desk others can have: one desk, one check-in. Returns ErrClaimed while another
// has it, ErrReleased if it is reviewed.
func (s *Service) Take(ctx context.Context, id string) (Review, error) {
	c, err := s.forReviewer(ctx, id)
	if err != nil {
		return Review{}, err
	}
	by, now := domain.ActorFrom(ctx).Member, s.Clock.Now()
	r, err := s.upsert(ctx, c, func(r *Review) error { return r.take(judged(c), by, now) })
	if err != nil {
		return r, err
	}
	return r, s.clear(ctx, by, id)
}

// clear lets go of what else the teacher holds.
func (s *Service) clear(ctx context.Context, by, but string) error {
	held, _, err := s.Store.HeldBy(ctx, by, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return err
	}
	for _, r := range held {
		if r.ID != but {
			if _, err := s.Store.Update(ctx, r.ID, func(r *Review) error { return r.letGo(by) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// LetGo gives a check-in back to the queue.
func (s *Service) LetGo(ctx context.Context, id string) error {
	if _, err := s.forReviewer(ctx, id); err != nil {
		return err
	}
	_, err := s.Store.Update(ctx, id, func(r *Review) error { return r.letGo(domain.ActorFrom(ctx).Member) })
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	return err
}
