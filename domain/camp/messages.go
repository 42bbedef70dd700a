package camp

import (
	"time"

	"yingdi/domain"
)

// Messages is what a camp's learners are told by the clock, and whether they get messages at all.
type Messages struct {
	Off      bool `json:"off,omitempty"`      // no message of any kind; the inbox still has everything
	Starting bool `json:"starting,omitempty"` // the evening before the first day
	Remind   bool `json:"remind,omitempty"`   // of a day that nothing was handed in for yet
	RemindAt int  `json:"remind_at"`          // hour 0–23 of the camp's clock; before the cut-off hour it is after midnight
}

// startingAt is the hour of the evening before the first day.
const startingAt = 20

// Check bounds them.
func (m Messages) Check(check *domain.Check) {
	check.Range("remind_at", "提醒钟点", m.RemindAt, 0, 23)
}

// Call is one round of messages: the reminder of a day, or, for the day before the first, that the camp starts.
type Call struct {
	At  time.Time
	Day domain.Day
}

// Starting tells which of the two it is.
func (c Camp) Starting(call Call) bool { return call.Day < c.Start }

// NextCall is the first round after an instant; the zero one if there is none.
func (c Camp) NextCall(after time.Time) Call {
	if c.State != Published || c.Messages.Off {
		return Call{}
	}
	if c.Messages.Starting {
		eve := c.Start.Add(-1)
		if at := c.Calendar.At(eve, startingAt); at.After(after) {
			return Call{at, eve}
		}
	}
	if !c.Messages.Remind {
		return Call{}
	}
	last := c.LastDay()
	for day := max(c.Start, c.Calendar.Day(after)); day <= last; day = day.Add(1) {
		if at := c.Calendar.At(day, c.Messages.RemindAt); at.After(after) {
			return Call{at, day}
		}
	}
	return Call{}
}

// Due is the round that is to be made now: the one that the camp waits for, or a later one if a day has ended since,
// because what is over needs no reminder. The zero one if none is.
func (c Camp) Due(now time.Time) Call {
	if c.CallAt.IsZero() {
		return Call{}
	}
	call := c.NextCall(c.CallAt.Add(-time.Microsecond))
	if call.At.IsZero() || c.Calendar.End(call.Day).After(now) {
		return c.atMost(call, now)
	}
	return c.atMost(c.NextCall(c.Calendar.Start(c.Calendar.Day(now)).Add(-time.Microsecond)), now)
}

func (c Camp) atMost(call Call, now time.Time) Call {
	if call.At.After(now) {
		return Call{}
	}
	return call
}

// Called notes that every round up to an instant was made.
func (c *Camp) Called(upTo time.Time) error {
	next := c.NextCall(upTo).At
	if c.CallAt.Equal(next) {
		return domain.ErrSame
	}
	c.CallAt = next
	return nil
}
