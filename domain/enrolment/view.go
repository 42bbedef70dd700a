package enrolment

import (
	"context"
	"errors"
	"fmt"

	"yingdi/domain"
	"yingdi/domain/form"
)

// Require returns the acting person's place in the camp, or ErrNotEnrolled.
func (s *Service) Require(ctx context.Context, campID string) (Enrolment, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Enrolment{}, err
	}
	e, err := s.Store.Get(ctx, ID(campID, actor.Member))
	if errors.Is(err, domain.ErrNotFound) || err == nil && e.State != Active {
		return Enrolment{}, fmt.Errorf("camp %s: %w", campID, ErrNotEnrolled)
	}
	return e, err
}

// Check is Require for those who need to know no more.
func (s *Service) Check(ctx context.Context, campID string) error {
	_, err := s.Require(ctx, campID)
	return err
}

// Has reports whether the person has a place in the camp. Whoever calls it has checked who asks.
func (s *Service) Has(ctx context.Context, campID, member string) (bool, error) {
	e, err := s.Store.Get(ctx, ID(campID, member))
	if errors.Is(err, domain.ErrNotFound) {
		return false, nil
	}
	return err == nil && e.State == Active, err
}

// Mine lists the acting person's places.
func (s *Service) Mine(ctx context.Context, page domain.Page) ([]Enrolment, domain.Cursor, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return nil, "", err
	}
	return s.Store.ByMember(ctx, actor.Member, page)
}

// OfCamp lists a camp's learners to its staff.
func (s *Service) OfCamp(ctx context.Context, campID string, page domain.Page) ([]Enrolment, domain.Cursor, error) {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightCampView); err != nil {
		return nil, "", err
	}
	return s.Store.ByCamp(ctx, campID, page)
}

// Placed returns those of the members who have a place in the camp. Whoever calls it has checked who asks.
func (s *Service) Placed(ctx context.Context, campID string, members []string) ([]string, error) {
	ids := make([]string, len(members))
	for i, m := range members {
		ids[i] = ID(campID, m)
	}
	states, err := s.states(ctx, ids)
	if err != nil {
		return nil, err
	}
	placed := make([]string, 0, len(members))
	for i, m := range members {
		if states[i] == Active {
			placed = append(placed, m)
		}
	}
	return placed, nil
}

// OfMember returns the place of one learner to the camp's staff.
func (s *Service) OfMember(ctx context.Context, campID, member string) (Enrolment, error) {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightCampView); err != nil {
		return Enrolment{}, err
	}
	return s.Store.Get(ctx, ID(campID, member))
}

// MyReply returns what the acting person answered at enrolment.
func (s *Service) MyReply(ctx context.Context, campID string) ([]form.Asked, error) {
	e, err := s.Require(ctx, campID)
	if err != nil {
		return nil, err
	}
	return s.Forms.Open(ctx, campID, e.ID, e.Reply, true)
}

// Of returns the place that a person has or had in a camp, or domain.ErrNotFound. Whoever calls it has checked who asks.
func (s *Service) Of(ctx context.Context, campID, member string) (Enrolment, error) {
	return s.Store.Get(ctx, ID(campID, member))
}

// Get returns an enrolment without any check, for jobs and other features.
func (s *Service) Get(ctx context.Context, id string) (Enrolment, error) { return s.Store.Get(ctx, id) }

// ReplyOf returns what a learner answered at enrolment to the camp's staff, masked for those who may not see personal
// data. e is what OfMember returned.
func (s *Service) ReplyOf(ctx context.Context, e Enrolment) ([]form.Asked, error) {
	c, err := s.Camps.ForStaff(ctx, e.Camp, domain.RightCampView)
	if err != nil {
		return nil, err
	}
	return s.Forms.Open(ctx, e.Camp, e.ID, e.Reply, domain.ActorFrom(ctx).Has(domain.RightPersonal, c.Place()))
}
