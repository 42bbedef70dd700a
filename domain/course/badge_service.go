package course

import (
	"context"
	"errors"
	"fmt"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/media"
)

// Honour gives a person every badge of the camp that they have earned. Again, or by several at once, gives none twice.
// For jobs.
func (s *Service) Honour(ctx context.Context, campID, memberID string) error {
	in, err := s.Camps.Get(domain.WithActor(ctx, domain.SystemActor), campID)
	if err != nil {
		return err
	}
	badges, err := s.badges(ctx, in.ID, in.Organiser)
	if err != nil || len(badges) == 0 {
		return err
	}
	p, err := s.Progresses.Get(ctx, ProgressID(campID, memberID))
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	days, err := s.Checkins.Progress(ctx, in, memberID)
	if err != nil {
		return err
	}
	deeds := deedsOf(p, days)
	var names Names
	for _, b := range badges {
		if !b.Earn.Earned(deeds) {
			continue
		}
		if names == nil {
			c, err := s.course(ctx, campID)
			if err != nil {
				return err
			}
			names = namesOf(c, nil)
		}
		err := s.Awards.Insert(ctx, Award{
			Doc: domain.Doc{ID: AwardID(b.ID, memberID, campID)}, Badge: b.ID, Organiser: b.Organiser, Camp: campID, Member: memberID,
			Name: b.Name, Picture: b.Picture, Why: b.Earn.Sentence(names), At: s.Clock.Now(),
		})
		if err != nil && !errors.Is(err, domain.ErrExists) {
			return err
		}
	}
	return nil
}

func deedsOf(p Progress, days checkin.Progress) Deeds {
	return Deeds{
		Finished: p.finished(), Course: !p.Finished.IsZero(), Streak: Longest(days.Scheduled, days.Done), Days: len(days.Done),
	}
}

// badges of these owners; there are few.
func (s *Service) badges(ctx context.Context, owners ...string) ([]Badge, error) {
	var all []Badge
	for _, owner := range owners {
		list, _, err := s.Badges.Of(ctx, owner, domain.Page{Limit: MaxBadges})
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

// Owned is a badge with how often it was given, as staff see it.
type Owned struct {
	Badge
	Sentence string
	Picture  []media.View
	Given    int64
}

// BadgesOf lists the badges of a camp, or of an organiser where the place names no camp, to those who may change them.
func (s *Service) BadgesOf(ctx context.Context, at domain.Place) ([]Owned, Names, error) {
	at, err := s.badgePlace(ctx, at)
	if err != nil {
		return nil, nil, err
	}
	names := Names{}
	if at.Camp != "" {
		c, err := s.course(ctx, at.Camp)
		if err != nil {
			return nil, nil, err
		}
		names = namesOf(c, nil)
	}
	badges, err := s.badges(ctx, Badge{Organiser: at.Organiser, Camp: at.Camp}.Owner())
	if err != nil {
		return nil, nil, err
	}
	list := make([]Owned, len(badges))
	for i, b := range badges {
		list[i] = Owned{Badge: b, Sentence: b.Earn.Sentence(names)}
		if list[i].Given, err = s.Awards.CountBadge(ctx, b.ID); err != nil {
			return nil, nil, err
		}
		if list[i].Picture, err = s.CoverFor(ctx, b.Picture, b.Picture); err != nil {
			return nil, nil, err
		}
	}
	return list, names, nil
}

// badgePlace completes the place by its camp, and checks the right there.
func (s *Service) badgePlace(ctx context.Context, at domain.Place) (domain.Place, error) {
	if at.Camp == "" {
		if !domain.ValidID(at.Organiser) {
			return at, domain.ErrNotFound
		}
		return at, domain.ActorFrom(ctx).Must(domain.RightCampEdit, at)
	}
	in, err := s.Camps.ForStaff(ctx, at.Camp, domain.RightCampEdit)
	return in.Place(), err
}

// SaveBadge defines a badge at the place, or changes the one of the id.
func (s *Service) SaveBadge(ctx context.Context, at domain.Place, id string, f BadgeForm) (Badge, error) {
	at, err := s.badgePlace(ctx, at)
	if err != nil {
		return Badge{}, err
	}
	if err := f.Check(at.Camp != ""); err != nil {
		return Badge{}, err
	}
	if f.Earn.What == ForLevel {
		if err := s.Holds(ctx, at.Camp, f.Earn.Level); err != nil {
			return Badge{}, err
		}
	}
	now := s.Clock.Now()
	b := Badge{Doc: domain.Doc{ID: id}, Organiser: at.Organiser, Camp: at.Camp, CreatedAt: now}
	if id == "" {
		had, err := s.badges(ctx, b.Owner())
		if err != nil {
			return Badge{}, err
		}
		if len(had) >= MaxBadges {
			return Badge{}, ErrBadges
		}
		b.ID = s.IDs.New()
	} else if b, err = s.ownBadge(ctx, at, id); err != nil {
		return Badge{}, err
	}
	if err := s.mayUse(ctx, b.Picture, f.Picture); err != nil {
		return Badge{}, err
	}
	if f.Picture != "" { // for good: it stays with those who got the badge while it looked so
		if err := s.Pictures.Keep(ctx, domain.Key("badge", b.ID), []string{f.Picture}); err != nil {
			return Badge{}, err
		}
	}
	if id != "" {
		return s.Badges.Update(ctx, id, func(b *Badge) error { return b.Apply(f, now) })
	}
	if err := b.Apply(f, now); err != nil {
		return Badge{}, err
	}
	return b, s.Badges.Insert(ctx, b)
}

func (s *Service) ownBadge(ctx context.Context, at domain.Place, id string) (Badge, error) {
	b, err := s.Badges.Get(ctx, id)
	if err == nil && (b.Camp != at.Camp || b.Organiser != at.Organiser) {
		err = fmt.Errorf("badge %s: %w", id, domain.ErrNotFound)
	}
	return b, err
}

// Badge returns one that is still given at the place to those who may change it.
func (s *Service) Badge(ctx context.Context, at domain.Place, id string) (Badge, error) {
	at, err := s.badgePlace(ctx, at)
	if err != nil {
		return Badge{}, err
	}
	b, err := s.ownBadge(ctx, at, id)
	if err == nil && !b.RemovedAt.IsZero() {
		err = fmt.Errorf("badge %s: %w", id, domain.ErrNotFound)
	}
	return b, err
}

// RemoveBadge gives a badge up: nobody gets it any more, and who has it keeps it.
func (s *Service) RemoveBadge(ctx context.Context, at domain.Place, id string) error {
	at, err := s.badgePlace(ctx, at)
	if err != nil {
		return err
	}
	if _, err := s.ownBadge(ctx, at, id); err != nil {
		return err
	}
	_, err = s.Badges.Update(ctx, id, func(b *Badge) error {
		if !b.RemovedAt.IsZero() {
			return domain.ErrSame
		}
		b.RemovedAt = s.Clock.Now()
		return nil
	})
	return err
}

// HonourAll gives a badge of a camp to those who have earned it already; one of an organiser they get with what they do
// next. For jobs, after EventBadge.
func (s *Service) HonourAll(ctx context.Context, badge string) error {
	b, err := s.Badges.Get(ctx, badge)
	if err != nil || b.Camp == "" || !b.RemovedAt.IsZero() {
		return err
	}
	return s.learners(ctx, b.Camp, func(member string) error { return s.Honour(ctx, b.Camp, member) })
}

// Won is an award as its owner sees it.
type Won struct {
	Award
	Picture []media.View
}

// MyBadges lists what the acting person has, the newest first.
func (s *Service) MyBadges(ctx context.Context, page domain.Page) ([]Won, domain.Cursor, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return nil, "", err
	}
	list, next, err := s.Awards.ByMember(ctx, actor.Member, page)
	if err != nil {
		return nil, "", err
	}
	ids := make([]string, len(list))
	for i, a := range list {
		ids[i] = a.Picture
	}
	found, err := s.Pictures.Many(ctx, ids)
	if err != nil {
		return nil, "", err
	}
	won := make([]Won, len(list))
	for i, a := range list {
		won[i].Award = a
		if a.Picture == "" {
			continue
		}
		if won[i].Picture, err = s.Pictures.Views(ctx, found, []string{a.Picture}, true); err != nil {
			return nil, "", err
		}
	}
	return won, next, nil
}
