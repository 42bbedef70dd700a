package signcard

import (
	"context"
	"errors"

	"yingdi/domain"
)

// Forget deletes the pictures that go with a card: it shows who somebody was. As the first step before its document goes.
func (s *Service) Forget(ctx context.Context, c Card) error {
	for _, at := range []string{key(c.ID), codeKey(c.Camp, c.Member)} {
		if err := s.Bucket.Delete(ctx, at); err != nil {
			return err
		}
	}
	return nil
}

// ForgetInvite deletes the picture of an invite card. As the first step before its document goes.
func (s *Service) ForgetInvite(ctx context.Context, i Invite) error {
	return s.Bucket.Delete(ctx, inviteKey(i.Camp, i.Member))
}

// Withdraw takes the card of a check-in's day away once nothing that counts is left of the day; what is handed in anew
// gets it back. For jobs, after checkin.EventDeleted.
func (s *Service) Withdraw(ctx context.Context, checkinID string) error {
	c, err := s.Checkins.Get(ctx, checkinID)
	if err != nil {
		return err
	}
	id := ID(c.Camp, c.Member, c.Day)
	if done, err := s.done(ctx, c.Camp, c.Member, c.Day); err != nil || done {
		return err
	}
	withdraw := func() error {
		_, err := s.Store.Update(ctx, id, func(c *Card) error {
			if c.State == Withdrawn {
				return domain.ErrSame
			}
			c.State = Withdrawn
			return nil
		})
		return err
	}
	if err := withdraw(); errors.Is(err, domain.ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	if err := s.Bucket.Delete(ctx, key(id)); err != nil {
		return err
	}
	if done, err := s.done(ctx, c.Camp, c.Member, c.Day); err != nil || !done {
		return err
	}
	if err := withdraw(); err != nil { // handed in anew meanwhile: what was drawn for it may just have been deleted
		return err
	}
	return s.Make(ctx, checkinID)
}

// done reports whether something of the day counts.
func (s *Service) done(ctx context.Context, campID, memberID string, day domain.Day) (bool, error) {
	in, err := s.Camps.Get(ctx, campID)
	if err != nil {
		return false, err
	}
	p, err := s.Checkins.ProgressOn(ctx, in, memberID, day)
	return p.Done[day], err
}
