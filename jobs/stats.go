package jobs

import (
	"time"

	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/course"
	"yingdi/domain/enrolment"
	"yingdi/domain/lesson"
	"yingdi/domain/notice"
	"yingdi/domain/order"
	"yingdi/domain/privacy"
	"yingdi/domain/quiz"
	"yingdi/domain/review"
	"yingdi/domain/risk"
	"yingdi/domain/stats"
)

// statistics asks for a camp to be counted anew whenever one of its facts has changed.
func statistics(s *stats.Service) []Consumer {
	return []Consumer{
		{Name: "stats", Lane: Normal, Handle: byID(s.Heard), Events: []string{
			camp.EventFace, camp.EventStarted, camp.EventClosing, camp.EventEnded, enrolment.EventEntered, enrolment.EventFreed,
			checkin.EventSubmitted, checkin.EventDeleted, checkin.EventWeighed, review.EventPassed, review.EventReturned,
			quiz.EventMarked, risk.EventSet, course.EventChanged, course.EventAdvanced,
		}},
		{Name: "stats-task", Events: []string{lesson.EventTask, lesson.EventRemoved}, Lane: Normal, Handle: byID(s.HeardTask)},
		{Name: "stats-message", Events: []string{notice.EventArrived}, Lane: Normal, Handle: byID(s.HeardNotice)},
		{Name: "stats-forgotten", Events: []string{privacy.EventForgotten}, Lane: Normal, Handle: byID(s.HeardForgotten)},
		{Name: "stats-order", Events: []string{order.EventPaid, order.EventRefund, order.EventRefunded}, Lane: Normal, Handle: byID(s.HeardOrder)},
	}
}

// counts begins the counts that are due.
func counts(s *stats.Service) []Periodic {
	return []Periodic{{"stats", time.Minute, s.Work}, {"stats-all", 24 * time.Hour, s.AskAll}}
}
