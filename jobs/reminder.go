package jobs

import (
	"time"

	"yingdi/domain/reminder"
)

// reminders are made by the clock alone.
func reminders(s *reminder.Service) []Periodic {
	return []Periodic{{"reminders", time.Minute, s.Sweep}}
}
