package groupbuy

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// ForStaff returns a campaign to those who may run campaigns of its organiser.
func (s *Service) ForStaff(ctx context.Context, id string) (Campaign, error) {
	c, err := s.Campaigns.Get(ctx, id)
	if err != nil {
		return c, err
	}
	return c, domain.ActorFrom(ctx).Must(domain.RightCampaign, domain.Place{Organiser: c.Organiser})
}

// List returns an organiser's campaigns to those who may run them.
func (s *Service) List(ctx context.Context, organiser string, in State, page domain.Page) ([]Campaign, domain.Cursor, error) {
	if err := domain.ActorFrom(ctx).Must(domain.RightCampaign, domain.Place{Organiser: organiser}); err != nil {
		return nil, "", err
	}
	return s.Campaigns.OfOrganiser(ctx, organiser, in, page)
}

// Save makes a campaign under an id that the client chose, or changes the one of that id; version is the one that was seen,
// 0 for a new one. Returns domain.ErrConflict if somebody else has changed it meanwhile, and ErrPromised.
func (s *Service) Save(ctx context.Context, organiser, id string, version int, f Form) (Campaign, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.Must(domain.RightCampaign, domain.Place{Organiser: organiser}); err != nil {
		return Campaign{}, err
	}
	if !domain.ValidID(id) || strings.Contains(id, ":") {
		return Campaign{}, domain.Invalid("id", "页面已过期，请刷新后再试")
	}
	now := s.Clock.Now()
	if err := s.check(ctx, organiser, f, now); err != nil {
		return Campaign{}, err
	}
	change := func(c *Campaign) error {
		switch {
		case c.Organiser != organiser:
			return domain.ErrNotFound
		case c.Version != version:
			return domain.ErrConflict
		}
		return c.Apply(f, actor.Member, now)
	}
	if version > 0 {
		return s.Campaigns.Update(ctx, id, change)
	}
	fresh := Campaign{Doc: domain.Doc{ID: id}, Organiser: organiser, State: Draft, CreatedAt: now}
	if err := change(&fresh); err != nil {
		return Campaign{}, err
	}
	err := s.Campaigns.Insert(ctx, fresh)
	if errors.Is(err, domain.ErrExists) { // the click came twice
		return s.ForStaff(ctx, id)
	}
	return fresh, err
}

// check bounds the form, to a camp of the organiser's and to what its price list allows.
func (s *Service) check(ctx context.Context, organiser string, f Form, now time.Time) error {
	if err := f.Check(now); err != nil {
		return err
	}
	if _, err := s.campOf(ctx, organiser, f.Camp, f.EndsAt); err != nil {
		return err
	}
	list, err := s.Products.Of(ctx, f.Camp)
	if err != nil {
		return err
	}
	offer, err := list.Offer(f.Terms.Offer)
	if err != nil {
		return err
	}
	return f.Terms.fits(offer)
}

// campOf is a camp of the organiser's in which one can enrol until then.
func (s *Service) campOf(ctx context.Context, organiser, id string, until time.Time) (camp.Camp, error) {
	c, err := s.Camps.Get(ctx, id)
	switch {
	case errors.Is(err, domain.ErrNotFound), err == nil && c.Organiser != organiser:
		err = domain.Invalid("camp", "选中的训练营不属于这个机构")
	case err == nil && until.After(c.EnrolUntil()):
		err = domain.Invalid("ends_at", "活动结束时间不能晚于报名截止")
	}
	return c, err
}

// Turn activates or pauses a campaign, at once. Groups keep their promise.
func (s *Service) Turn(ctx context.Context, id string, to State) (Campaign, error) {
	return s.change(ctx, id, func(c *Campaign, by string, now time.Time) error { return c.Turn(to, by, now) })
}

// Extend moves the end of a campaign; see Campaign.Extend.
func (s *Service) Extend(ctx context.Context, id string, until time.Time) (Campaign, error) {
	c, err := s.ForStaff(ctx, id)
	if err == nil {
		_, err = s.campOf(ctx, c.Organiser, c.Camp, until)
	}
	if err != nil {
		return Campaign{}, err
	}
	return s.change(ctx, id, func(c *Campaign, by string, now time.Time) error { return c.Extend(until, by, now) })
}

// Close ends a campaign, and with stop its groups; see Campaign.Close. Who stops it says what they were told that this does;
// ErrMoved if it would do something else by now.
func (s *Service) Close(ctx context.Context, id string, stop bool, told Effect) (Campaign, error) {
	if stop {
		now, err := s.Effects(ctx, id)
		switch {
		case err != nil:
			return Campaign{}, err
		case now != told:
			return Campaign{}, fmt.Errorf("campaign %s: %w", id, ErrMoved)
		}
	}
	return s.change(ctx, id, func(c *Campaign, by string, now time.Time) error { return c.Close(stop, by, now) })
}

func (s *Service) change(ctx context.Context, id string, how func(c *Campaign, by string, now time.Time) error) (Campaign, error) {
	if _, err := s.ForStaff(ctx, id); err != nil {
		return Campaign{}, err
	}
	by := domain.ActorFrom(ctx).Member
	return s.Campaigns.Update(ctx, id, func(c *Campaign) error { return how(c, by, s.Clock.Now()) })
}

// Effects tells staff what extending or ending a campaign would do now.
func (s *Service) Effects(ctx context.Context, id string) (e Effect, err error) {
	if _, err := s.ForStaff(ctx, id); err != nil {
		return e, err
	}
	for f, err := range s.Store.Facts(ctx, id, Forming) {
		if err != nil {
			return e, err
		}
		e.Add(f)
	}
	return e, nil
}

// Groups lists the groups of a campaign to staff, the newest first; an empty stage means all.
func (s *Service) Groups(ctx context.Context, id string, in Stage, page domain.Page) ([]Group, domain.Cursor, error) {
	if _, err := s.ForStaff(ctx, id); err != nil {
		return nil, "", err
	}
	return s.Store.OfCampaign(ctx, id, in, page)
}
