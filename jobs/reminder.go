package jobs

import (
	"time"

	"yingdi/domain/enrolment"
	"yingdi/domain/reminder"
)

// reminders are made by the clock alone.
func reminders(s *reminder.Service) []Periodic {
	return []Periodic{{"reminders", time.Minute, s.Sweep}}
}

// offers tells those who waited that a seat is held for them.
func offers(s *reminder.Service) []Consumer {
	return []Consumer{{Name: "seat-offered", Events: []string{enrolment.EventOffered}, Lane: Urgent, Handle: byID(s.Offered)}}
}
