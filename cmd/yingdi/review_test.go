package main

import (
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/lesson"
)

func TestHomeworkGoesBackAndForthOnThePhones(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, teacher := s.person(t, "teacher")
	c, _ := s.running(t, teacher, 10)
	task, err := s.services.Lessons.Add(s.as(t, teacher), c.ID, lesson.Form{
		Day: c.Start, Title: "背诵", Homework: true, Rubric: lesson.Rubric{{Title: "流利", Points: 60, Note: "不停顿"}, {Title: "感情", Points: 40}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.vars["camp"], s.vars["task"] = c.ID, task.ID
	learner, _, _ := s.signIn(t, "小满")
	phone, _, _ := s.signIn(t, "teacher")
	settle := func() {
		t.Helper()
		s.clock.Set(s.clock.Now().Add(time.Minute))
		if err := s.services.Reviews.Settle(domain.WithActor(t.Context(), domain.SystemActor)); err != nil {
			t.Fatal(err)
		}
	}
	s.tell(t, learner, []step{
		{name: "enrolling", request: "POST /camps/{camp}/enrolments", status: 201},
		{name: "handing in", request: "POST /camps/{camp}/checkins", body: `{"task":"{task}","text":"背了一遍"}`, status: 201, keep: map[string]string{"checkin": "id"}},
		{name: "it waits", request: "GET /camps/{camp}/today", status: 200, want: `{"tasks":[{"kind":"checkin"},{"kind":"homework","state":"handed","rubric":[{"title":"流利","points":60,"note":"不停顿"},{"title":"感情"}]}]}`},
		{name: "nothing was returned", request: "POST /checkins/{checkin}/redo", body: `{"text":"x"}`, status: 409, want: `{"code":"review_not_returned"}`},
	})
	s.vars["voice"] = s.upload(t, phone)
	s.tell(t, phone, []step{
		{name: "the queue", request: "GET /reviews?turn=homework", status: 200, want: `{"items":[{"checkin":"{checkin}","turn":"homework","text":"背了一遍","taken_by":null,"own":false}],"next":""}`},
		{name: "taking it", request: "POST /checkins/{checkin}/review/take", status: 200, want: `{"state":"draft","mine":true}`},
		{name: "a draft", request: "PUT /checkins/{checkin}/review", body: `{"text":"前半很好","scores":[50,-1],"media":["{voice}"]}`, status: 200, want: `{"text":"前半很好","points":50,"scores":[{"points":50,"most":60},{"points":-1}]}`},
		{name: "half a rubric", request: "POST /checkins/{checkin}/review/release", body: `{"scores":[50]}`, status: 422, want: `{"code":"invalid"}`},
		{name: "what is no longer there", request: "POST /checkins/{checkin}/review/release", body: `{"scores":[50,30],"seen":7}`, status: 409, want: `{"code":"review_outdated"}`},
		{name: "returning it", request: "POST /checkins/{checkin}/review/release", body: `{"text":"前半很好","media":["{voice}"],"return":{"reason":"后半再背一遍"}}`, status: 200, want: `{"state":"released","undo_until":"*"}`},
		{name: "on second thoughts", request: "POST /checkins/{checkin}/review/undo", status: 200, want: `{"state":"draft","return":{"reason":"后半再背一遍"}}`},
		{name: "and again", request: "POST /checkins/{checkin}/review/release", body: `{"text":"前半很好","media":["{voice}"],"return":{"reason":"后半再背一遍"}}`, status: 200},
	})
	s.tell(t, learner, []step{{name: "not told yet", request: "GET /checkins/{checkin}/review", status: 404}})
	settle()
	s.tell(t, learner, []step{
		{name: "told", request: "GET /checkins/{checkin}/review", status: 200, want: `{"text":"前半很好","returned":true,"passed":false,"media":[{"id":"{voice}","url":"*"}],"redo":{"reason":"后半再背一遍","open":true,"until":null},"earlier":[]}`},
		{name: "to do again", request: "GET /camps/{camp}/today", status: 200, want: `{"tasks":[{},{"state":"returned"}]}`},
		{name: "again", request: "POST /checkins/{checkin}/redo", body: `{"text":"又背了一遍"}`, status: 200, want: `{"text":"又背了一遍","state":"pending"}`},
		{name: "what was there", request: "GET /checkins/{checkin}/submissions", status: 200, want: `{"items":[{"version":1,"text":"背了一遍"}]}`},
		{name: "it waits again", request: "GET /camps/{camp}/today", status: 200, want: `{"tasks":[{},{"state":"handed"}]}`},
	})
	s.tell(t, phone, []step{
		{name: "the new one", request: "GET /reviews?camp={camp}", status: 200, want: `{"items":[{"turn":"redo","text":"又背了一遍"}]}`},
		{name: "it is good", request: "POST /checkins/{checkin}/review/release", body: `{"scores":[55,30],"seen":2}`, status: 200, want: `{"points":85}`},
		{name: "done", request: "GET /reviews", status: 200, want: `{"items":[]}`},
	})
	settle()
	s.tell(t, learner, []step{
		{name: "passed", request: "GET /checkins/{checkin}/review", status: 200, want: `{"passed":true,"points":85,"version":2,"redo":null,"round":2,"scores":[{"title":"流利","points":55,"most":60},{"title":"感情","points":30}],"earlier":[{"returned":true,"version":1}]}`},
		{name: "done", request: "GET /camps/{camp}/today", status: 200, want: `{"tasks":[{},{"state":"done"}]}`},
	})
}
