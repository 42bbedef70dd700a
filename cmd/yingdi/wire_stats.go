package main

import (
	"yingdi/domain/stats"
	"yingdi/storage"
)

// joinStats builds what counts everything, on top of the services that are there.
func (a *app) joinStats(at stores) {
	s := a.services
	s.Stats = &stats.Service{
		Store: at.figures, Facts: storage.Facts{
			Enrolments: at.enrolments, Checkins: at.checkins, Progresses: at.progresses, Reviews: at.reviews, Attempts: at.attempts, Notices: at.notices, Orders: at.orders,
		},
		Camps: s.Camps, Tasks: s.Lessons, Notices: at.notices, Orders: at.orders, Enrolments: at.enrolments, Risks: s.Risks, Courses: s.Courses, Organisers: s.Organisers, Members: s.Members,
		Clock: a.clock,
	}
}
