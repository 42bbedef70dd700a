package enrolment

import (
	"context"
	"slices"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// RecountSeats sets the camp's seat counter by the facts, and settles the ops that a crash left. It is right at any
// moment, also while people enrol and leave: a remembered op counts while its enrolment may still take its seat by it,
// and neither twice once that has happened nor at all if they have gone.
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

// countSeats counts again for as long as enrolments move under its hands: which of the ops the count of those with a seat
// holds is known only if none of them did. done are the ops whose enrolment does not wait for a seat any more.
func (s *Service) countSeats(ctx context.Context, campID string, ops []string) (taken int64, done []string, err error) {
	before, err := s.states(ctx, ops)
	if err != nil {
		return 0, nil, err
	}
	for {
		if taken, err = s.Store.CountSeated(ctx, campID); err != nil {
			return 0, nil, err
		}
		after, err := s.states(ctx, ops)
		if err != nil {
			return 0, nil, err
		}
		if slices.Equal(before, after) {
			break
		}
		before = after
	}
	for i, op := range ops {
		switch before[i] {
		case Reserving, Refused, Waiting:
			taken++
		default:
			done = append(done, op)
		}
	}
	return taken, done, nil
}

// states of these enrolments, in their order.
func (s *Service) states(ctx context.Context, ids []string) ([]State, error) {
	found, err := s.Store.GetMany(ctx, ids)
	states := make([]State, len(ids))
	for i, id := range ids {
		states[i] = found[id].State
	}
	return states, err
}

// RecountAll recounts the seats of every published camp. For jobs. A camp that fails does not stop the others.
func (s *Service) RecountAll(ctx context.Context) error {
	return domain.Round(ctx, "seats of camp", func(page domain.Page) ([]camp.Camp, domain.Cursor, error) {
		return s.Camps.OpenCamps(ctx, page)
	}, func(c camp.Camp) error {
		_, err := s.RecountSeats(ctx, c.ID)
		return err
	})
}
