package main

import (
	"testing"

	"yingdi/domain"
	"yingdi/domain/enrolment"
	"yingdi/domain/notice"
)

func TestAFullCampHasAQueueAndWhoLeavesMakesRoom(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, teacher := s.person(t, "teacher")
	c, _ := s.running(t, teacher, 1)
	s.vars["camp"] = c.ID
	ann, _, annID := s.signIn(t, "安安")
	bob, _, bobID := s.signIn(t, "博博")
	cat, _, _ := s.signIn(t, "卡卡")
	s.tell(t, ann, []step{
		{name: "nobody yet", request: "GET /camps/{camp}/place", status: 200, want: `{"state":"none","position":0}`},
		{name: "a seat is free", request: "PUT /camps/{camp}/place/waiting", status: 409, want: `{"code":"seat_free"}`},
		{name: "enrolling", request: "POST /camps/{camp}/enrolments", status: 201, want: `{"state":"active"}`},
		{name: "my days", request: "GET /camps/{camp}/place", status: 200, want: `{"state":"active","start":"2026-03-01","end":"2026-03-21"}`},
	})
	s.tell(t, bob, []step{
		{name: "full", request: "POST /camps/{camp}/enrolments", status: 409, want: `{"code":"camp_full"}`},
		{name: "waiting", request: "PUT /camps/{camp}/place/waiting", status: 200, want: `{"state":"waiting","position":1}`},
		{name: "again", request: "PUT /camps/{camp}/place/waiting", status: 200, want: `{"state":"waiting","position":1}`},
		{name: "how many wait", request: "GET /camps/{camp}", status: 200, want: `{"seats_left":0,"waiting":1,"enrolled":false}`},
	})
	s.tell(t, ann, []step{
		{name: "leaving", request: "DELETE /camps/{camp}/place", status: 200, want: `{"state":"left"}`},
		{name: "again", request: "DELETE /camps/{camp}/place", status: 200, want: `{"state":"left"}`},
		{name: "no longer there", request: "GET /camps/{camp}/today", status: 403},
	})
	s.tell(t, cat, []step{{name: "no way past the queue", request: "POST /camps/{camp}/enrolments", status: 409, want: `{"code":"camp_full"}`}})
	system := domain.WithActor(t.Context(), domain.SystemActor)
	for range 2 {
		if err := s.services.Enrolments.Freed(system, enrolment.ID(c.ID, annID)); err != nil {
			t.Fatal(err)
		}
		if err := s.reminders.Offered(system, enrolment.ID(c.ID, bobID)); err != nil {
			t.Fatal(err)
		}
	}
	s.tell(t, bob, []step{
		{name: "offered", request: "GET /camps/{camp}/place", status: 200, want: `{"state":"offered","until":"2026-03-02T01:00:00Z"}`},
		{name: "told once", request: "GET /notices", status: 200, want: `{"items":[{"kind":"seat_offered","title":"有名额了，3月2日 09:00前确认"}]}`},
		{name: "taking it", request: "POST /camps/{camp}/enrolments", status: 201, want: `{"state":"active"}`},
	})
	if taken, err := s.services.Camps.Taken(t.Context(), c.ID); err != nil || taken != 1 {
		t.Errorf("%d seats are taken, %v", taken, err)
	}
	told, err := s.services.Notices.OfCamp(s.as(t, teacher), c.ID, notice.Filter{Member: bobID}, domain.Page{})
	if err != nil || len(told.Entries) != 1 {
		t.Errorf("%+v, %v", told.Entries, err)
	}
}
