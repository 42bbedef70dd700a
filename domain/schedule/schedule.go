// Package schedule starts periodic work once per slot of time, however many processes run it.
package schedule

import (
	"context"
	"errors"
	"time"

	"yingdi/domain"
)

// Slot is the last time that one periodic job was due. Its id is the job's name. The job itself rides in the outbox.
type Slot struct {
	domain.Doc
	At time.Time `json:"at"`
}

// EventDue says that the job named by the document is to run.
const EventDue = "schedule:due"

// Store keeps slots.
type Store interface {
	domain.Documents[Slot]
}

// Service holds the use cases.
type Service struct {
	Store Store
	Clock domain.Clock
}

// Claim starts the job if its next slot has come and no other process has claimed it; a job that is still running from
// an earlier slot is left alone. Slots are whole multiples of every.
func (s *Service) Claim(ctx context.Context, name string, every time.Duration) error {
	now := s.Clock.Now()
	slot := now.Truncate(every)
	_, err := s.Store.Update(ctx, name, func(d *Slot) error {
		if !d.At.Before(slot) || len(d.Outbox) > 0 {
			return domain.ErrSame
		}
		d.At = slot
		d.Emit(EventDue, now, nil)
		return nil
	})
	if !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	first := Slot{Doc: domain.Doc{ID: name}, At: slot}
	first.Emit(EventDue, now, nil)
	if err = s.Store.Insert(ctx, first); errors.Is(err, domain.ErrExists) {
		err = nil
	}
	return err
}
