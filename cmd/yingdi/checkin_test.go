package main

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"
)

// A teacher says on the console what a check-in must hold and that two days can be made up; a learner lives by it.
func TestACheckInByTheRulesOfItsTeacher(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, teacher := s.person(t, "teacher")
	c, tasks := s.running(t, teacher, 10)
	s.vars["camp"], s.vars["day1"], s.vars["day2"] = c.ID, tasks[0].ID, tasks[1].ID
	v := s.staff(t, teacher)
	camp := values("title", c.Title, "zone", c.Calendar.Zone, "cut_off", "2", "start", string(c.Start), "end", string(c.End),
		"enrol_by", string(c.EnrolBy), "seats", "10", "make_ups", "1", "make_up_days", "0")
	v.post(t, "/console/camps/{camp}/edit", camp, http.StatusUnprocessableEntity, "请填写几天内可以补卡")
	camp.Set("make_up_days", "3")
	v.submit(t, "/console/camps/{camp}/edit", camp)
	v.see(t, "/console/camps/{camp}/edit", http.StatusOK, `name="make_ups" value="1"`, `name="make_up_days" value="3"`)
	task := values("day", string(c.Start), "title", "读一段", "need_characters", "4", "need_pictures", "99")
	v.post(t, "/console/camps/{camp}/tasks/{day1}", task, http.StatusUnprocessableEntity, "最少图片数应在 0 到 9 之间")
	task.Set("need_pictures", "1")
	v.submit(t, "/console/camps/{camp}/tasks/{day1}", task)
	v.see(t, "/console/camps/{camp}/tasks/{day1}", http.StatusOK, `name="need_characters" value="4"`, `name="need_pictures" value="1"`)

	learner, _, _ := s.signIn(t, "ann")
	s.vars["picture"] = s.upload(t, learner)
	settle := s.works(t)
	s.tell(t, learner, []step{
		{name: "enrolling", request: "POST /camps/{camp}/enrolments", status: 201},
		{name: "the task says what it needs", request: "GET /camps/{camp}/today", status: 200, want: `{"tasks":[{"need":{"characters":4,"pictures":1}}]}`},
		{name: "too little", request: "POST /camps/{camp}/checkins", body: `{"task":"{day1}","text":"读 了"}`, status: 422,
			want: `{"code":"checkin_lacks","errors":[{"field":"text","message":"文字至少 4 个字，现在 2 个"},{"field":"media","message":"图片至少 1 张，现在 0 张"}]}`},
		{name: "enough", request: "POST /camps/{camp}/checkins", body: `{"task":"{day1}","text":"读了三遍","media":["{picture}"]}`, status: 201, keep: map[string]string{"checkin": "id"}},
		{name: "the day is open no more", request: "GET /camps/{camp}/calendar", status: 200, want: `{"streak":1,"make_ups":{"quota":1,"left":1,"days":3}}`},
		{name: "on second thoughts", request: "DELETE /checkins/{checkin}", status: 204},
		{name: "it is gone", request: "GET /checkins/{checkin}", status: 404},
		{name: "to be done again", request: "GET /camps/{camp}/today", status: 200, want: `{"tasks":[{"state":"open","checkin":null}]}`},
		{name: "handed in anew", request: "POST /camps/{camp}/checkins", body: `{"task":"{day1}","text":"又读了三遍","media":["{picture}"]}`, status: 201},
		{name: "too early to be made up", request: "POST /camps/{camp}/checkins", body: `{"task":"{day2}","text":"补","make_up":true}`, status: 409, want: `{"code":"make_up_not_missed"}`},
		{name: "the future is not shown", request: "GET /camps/{camp}/today?day=2026-03-02", status: 422},
	})
	s.clock.Set(start.Add(48 * time.Hour))
	learner, _, _ = s.signIn(t, "ann")
	s.days(t, learner, "done", "missed+", "open", "to_come")
	s.tell(t, learner, []step{
		{name: "a day was missed", request: "GET /camps/{camp}/calendar", status: 200, want: `{"streak":0}`},
		{name: "what there was to do", request: "GET /camps/{camp}/today?day=2026-03-02", status: 200, want: `{"day_n":2,"tasks":[{"state":"open"}]}`},
		{name: "it is made up", request: "POST /camps/{camp}/checkins", body: `{"task":"{day2}","text":"补","make_up":true}`, status: 201, want: `{"day":"2026-03-02","made_up":true,"streak":2}`},
		{name: "once", request: "POST /camps/{camp}/checkins", body: `{"task":"{day2}","text":"再补","make_up":true}`, status: 200, want: `{"text":"补"}`},
		{name: "the calendar says so", request: "GET /camps/{camp}/calendar", status: 200, want: `{"streak":2,"make_ups":{"left":0}}`},
	})
	s.days(t, learner, "done", "made_up", "open", "to_come")
	settle()
	s.tell(t, learner, []step{
		{name: "the ranking", request: "GET /camps/{camp}/ranking", status: 200, want: `{"rule":"*","me":{"rank":1,"days":2,"streak":2},"items":[{"rank":1,"days":2,"streak":2,"mine":true}],"next":""}`},
	})
}

// days reads how the first days stand in the learner's calendar; + marks those that can be made up.
func (s *site) days(t *testing.T, token string, want ...string) {
	t.Helper()
	var calendar struct {
		Days []struct {
			State  string `json:"state"`
			MakeUp bool   `json:"make_up"`
		} `json:"days"`
	}
	if err := json.Unmarshal(s.do(t, "GET /api/v1/camps/{camp}/calendar", token, "").Body.Bytes(), &calendar); err != nil {
		t.Fatal(err)
	}
	for i, state := range want {
		got := calendar.Days[i].State
		if calendar.Days[i].MakeUp {
			got += "+"
		}
		if got != state {
			t.Errorf("day %d is %s, want %s", i+1, got, state)
		}
	}
}
