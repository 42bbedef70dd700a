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

// Patience is how long a job may stay under way before the next slot starts it afresh: longer than all the tries that
// one job gets. What failed for good is then among the dead jobs, and does not keep later slots from running.
const Patience = 2 * time.Hour

// Store keeps slots.
type Store interface {
	domain.Documents[Slot]
}

// Service holds the use cases.
type Service struct {
	Store Store
	Clock domain.Clock
}

// due reports whether the job is to be started for the slot.
func (s Slot) due(slot, now time.Time) bool {
	if !s.At.Before(slot) {
		return false
	}
	for _, underway := range s.Outbox {
		if now.Sub(underway.At) < Patience {
			return false
		}
	}
	return true
}

func (s *Slot) start(slot, now time.Time) {
	s.At, s.Outbox = slot, nil
	s.Emit(EventDue, now, nil)
}

// Claim starts the job if its next slot has come and no other process has claimed it; a job that is still under way
// from an earlier slot is left alone, for as long as Patience lasts. Slots are whole multiples of every.
func (s *Service) Claim(ctx context.Context, name string, every time.Duration) error {
	now := s.Clock.Now()
	slot := now.Truncate(every)
	last, err := s.Store.Get(ctx, name)
	switch {
	case errors.Is(err, domain.ErrNotFound):
		first := Slot{Doc: domain.Doc{ID: name}}
		first.start(slot, now)
		if err = s.Store.Insert(ctx, first); errors.Is(err, domain.ErrExists) {
			err = nil
		}
		return err
	case err != nil || !last.due(slot, now):
		return err
	}
	_, err = s.Store.Update(ctx, name, func(d *Slot) error {
		if !d.due(slot, now) {
			return domain.ErrSame
		}
		d.start(slot, now)
		return nil
	})
	return err
}
