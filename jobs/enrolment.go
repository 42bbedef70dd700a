package jobs

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/enrolment"
)

// enrolments keeps the seats of a camp right, and gives those that are free to whoever waits: after each that was given
// back, and whenever the camp's own terms or the clock change what there is.
func enrolments(s *enrolment.Service) []Consumer {
	turned := func(ctx context.Context, p domain.Posted) error {
		if _, err := s.RecountSeats(ctx, p.ID); err != nil {
			return err
		}
		return s.OfferSeats(ctx, p.ID)
	}
	return []Consumer{
		{Name: "seats-freed", Events: []string{enrolment.EventFreed}, Lane: Urgent, Handle: byID(s.Freed)},
		{Name: "seats-queue", Events: []string{enrolment.EventQueued}, Lane: Urgent, Handle: byID(s.Queued)},
		{
			Name: "seats-camp", Events: []string{camp.EventSeats, camp.EventStarted, camp.EventClosing, camp.EventEnded},
			Lane: Normal, Timeout: 10 * time.Minute, Handle: turned,
		},
	}
}
