package camp

import (
	"time"

	"yingdi/domain"
)

// Phase follows from the state, the calendar and the clock.
type Phase string

// The phases of a camp in order.
const (
	PhaseDraft     Phase = "draft"
	PhaseUpcoming  Phase = "upcoming"  // published, not begun, and nobody can enrol: not yet, or no longer
	PhaseEnrolling Phase = "enrolling" // published, not begun, and one can enrol
	PhaseRunning   Phase = "running"   // somebody's days are under way
	PhaseClosing   Phase = "closing"   // after the last day: what was missed can be made up, what was handed in is reviewed
	PhaseEnded     Phase = "ended"
	PhaseClosed    Phase = "closed"
	PhaseArchived  Phase = "archived"
)

// Phase of the camp at an instant.
func (c Camp) Phase(now time.Time) Phase {
	switch {
	case !c.Archived.IsZero():
		return PhaseArchived
	case c.State == Draft:
		return PhaseDraft
	case c.State == Closed:
		return PhaseClosed
	}
	last := c.LastDay()
	switch today := c.Calendar.Day(now); {
	case today < c.Start && c.MayEnrol(now) == nil:
		return PhaseEnrolling
	case today < c.Start:
		return PhaseUpcoming
	case today <= last:
		return PhaseRunning
	case today <= last.Add(c.Closing):
		return PhaseClosing
	}
	return PhaseEnded
}

// MayEnrol says why nobody can enrol now, or nil. Seats are the enrolment's to take.
func (c Camp) MayEnrol(now time.Time) error {
	switch {
	case c.State == Draft:
		return ErrNotPublished
	case c.State == Closed || !c.Archived.IsZero():
		return ErrClosed
	case now.Before(c.EnrolsAt()):
		return ErrEnrolNotYet
	case c.Calendar.Day(now) > c.EnrolBy:
		return ErrEnrolOver
	}
	return nil
}

// EnrolsAt is when enrolment opens: the zero time if it does once the camp is published.
func (c Camp) EnrolsAt() time.Time {
	if c.EnrolFrom == "" {
		return time.Time{}
	}
	return domain.Calendar{Zone: c.Calendar.Zone, CutOff: c.EnrolHour}.Start(c.EnrolFrom)
}

// EnrolUntil is when enrolment ends: with the last day on which one can enrol.
func (c Camp) EnrolUntil() time.Time { return c.Calendar.End(c.EnrolBy) }

// LastDay is the last day of the plan for the last of those who can have joined.
func (c Camp) LastDay() domain.Day { return c.End.Add(c.shift(c.EnrolBy)) }
