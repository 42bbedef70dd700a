package enrolment

import (
	"context"
	"errors"
	"fmt"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// RecountSeats sets the camp's seat counter by the facts, and settles the ops that a crash left. It is right at any
// moment, also while people enrol: a remembered op counts if its enrolment is not active yet, and not twice if it is.
func (s *Service) RecountSeats(ctx context.Context, campID string) (int64, error) {
	counter := camp.SeatCounter(campID)
	var done []string
	taken, err := s.Seats.Recount(ctx, counter, func(ops []string) (taken int64, err error) {
		taken, done, err = s.countSeats(ctx, campID, ops)
		return taken, err
	})
	if err != nil {
		return 0, err
	}
	for _, op := range done {
		if err := s.Seats.Settle(ctx, counter, op); err != nil {
			return taken, err
		}
	}
	return taken, nil
}

// countSeats counts again for as long as enrolments become active under its hands: which of the ops the count of active
// ones holds is known only if none of them moved.
func (s *Service) countSeats(ctx context.Context, campID string, ops []string) (taken int64, done []string, err error) {
	if done, err = s.active(ctx, ops); err != nil {
		return 0, nil, err
	}
	for {
		if taken, err = s.Store.CountActive(ctx, campID); err != nil {
			return 0, nil, err
		}
		before := len(done)
		if done, err = s.active(ctx, ops); err != nil {
			return 0, nil, err
		}
		if len(done) == before {
			return taken + int64(len(ops)-len(done)), done, nil
		}
	}
}

// active returns those of the enrolments that are.
func (s *Service) active(ctx context.Context, ids []string) (active []string, err error) {
	found, err := s.Store.GetMany(ctx, ids)
	for _, id := range ids {
		if found[id].State == Active {
			active = append(active, id)
		}
	}
	return active, err
}

// RecountAll recounts the seats of every published camp. For jobs. A camp that fails does not stop the others.
func (s *Service) RecountAll(ctx context.Context) error {
	var failures []error
	for page := (domain.Page{Limit: domain.MaxPage}); ; {
		camps, next, err := s.Camps.OpenCamps(ctx, page)
		if err != nil {
			return errors.Join(append(failures, err)...)
		}
		for _, c := range camps {
			if _, err := s.RecountSeats(ctx, c.ID); err != nil {
				failures = append(failures, fmt.Errorf("seats of camp %s: %w", c.ID, err))
			}
		}
		if next == "" {
			return errors.Join(failures...)
		}
		page.After = next
	}
}
