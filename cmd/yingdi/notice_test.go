package main

import (
	"slices"
	"testing"
	"time"

	"yingdi/config"
	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/notice"
	"yingdi/domain/reminder"
	"yingdi/domain/wechat"
)

// evening is a camp on its first day at eight, when learners are reminded.
func evening(t *testing.T) (s *site, c camp.Camp, task string) {
	t.Helper()
	s = newSite(t)
	_, teacher := s.person(t, "teacher")
	c, tasks := s.running(t, teacher, 10)
	var err error
	if c, err = s.services.Camps.Edit(s.as(t, teacher), c.ID, camp.Form{
		Title: c.Title, Calendar: c.Calendar, Start: c.Start, End: c.End, EnrolBy: c.EnrolBy, Seats: c.Seats,
		Messages: camp.Messages{Starting: true, Remind: true, RemindAt: 20},
	}); err != nil {
		t.Fatal(err)
	}
	s.vars["camp"], s.vars["teacher"] = c.ID, teacher
	return s, c, tasks[0].ID
}

// agree is a yes in the subscribe dialog: of which WeChat knows, and of which we have heard.
func (s *site) agree(t *testing.T, name, template string, knows, heard bool) {
	t.Helper()
	if knows {
		s.wechat.Grant(name, template, 1)
	}
	if heard {
		if err := s.services.Notices.Subscribed(t.Context(), s.wechat.OpenID(name), "push-"+name+template, []wechat.Subscription{{Template: template, Accepted: true}}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOnlyThoseAreRemindedWhoHaveNotHandedInAndHaveAgreed(t *testing.T) {
	t.Parallel()
	s, c, task := evening(t)
	day, ids := c.Start, map[string]string{}
	handIn := func(name string) {
		t.Helper()
		if _, _, err := s.services.Checkins.Submit(s.as(t, ids[name]), c.ID, task, checkin.Form{Text: "读了"}); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"lazy", "unasked", "done", "quick", "forgetful", "off", "elsewhere"} {
		ctx, id := s.person(t, name)
		ids[name] = id
		if _, err := s.services.Enrolments.Enrol(ctx, c.ID); err != nil {
			t.Fatal(err)
		}
		s.agree(t, name, "reminder", name != "unasked" && name != "forgetful", name != "unasked")
	}
	handIn("done")
	for name, choice := range map[string]notice.Choice{
		"off": {Off: []notice.Category{notice.Reminders}}, "elsewhere": {Quiet: notice.Quiet{From: 22 * 60, To: 450}, Zone: "Pacific/Auckland"},
	} {
		if _, err := s.services.Notices.Choose(s.as(t, ids[name]), choice); err != nil {
			t.Fatal(err)
		}
	}
	s.clock.Set(c.Calendar.At(day, 20))
	system := domain.WithActor(t.Context(), domain.SystemActor)
	for range 2 {
		if err := s.reminders.Sweep(system); err != nil {
			t.Fatal(err)
		}
	}
	handIn("quick") // between the decision and the message
	teacher := s.as(t, s.vars["teacher"])
	log, err := s.services.Notices.OfCamp(teacher, c.ID, notice.Filter{}, domain.Page{Limit: 100})
	if err != nil || len(log.Entries) != 6 {
		t.Fatalf("%d told, %v", len(log.Entries), err)
	}
	for range 2 {
		for _, e := range log.Entries {
			if err := s.services.Notices.Deliver(system, e.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, want := range map[string]string{
		"lazy": "sent", "unasked": notice.NoCredit, "quick": notice.Done, "forgetful": notice.NoConsent, "off": notice.SwitchedOff, "elsewhere": notice.QuietHours,
	} {
		got, err := s.services.Notices.OfCamp(teacher, c.ID, notice.Filter{Member: ids[name]}, domain.Page{})
		if err != nil || len(got.Entries) != 1 || got.Entries[0].Result() != want || got.Entries[0].ID != reminder.ID(c.ID, ids[name], day) {
			t.Errorf("%s: %+v, want %s, %v", name, got.Entries, want, err)
		}
	}
	if sent := s.wechat.Sent(); len(sent) != 1 || sent[0].Name != "lazy" || sent[0].Template != "reminder" {
		t.Errorf("WeChat's ledger: %+v", sent)
	}
	v := s.staff(t, s.vars["teacher"])
	v.see(t, "/console/camps/{camp}/notices", 200, "已发出", "学员没有订阅，或订阅的次数用完了", "学员已经打卡，不用再提醒", "学员关闭了这类通知", "学员的免打扰时间", "微信说学员没有订阅")
	v.see(t, "/console/camps/{camp}/notices?result=done", 200, "学员已经打卡，不用再提醒")
	v.see(t, "/console/camps/{camp}/notices?result=because", 422)
	s.vars["learner"] = ids["unasked"]
	v.see(t, "/console/camps/{camp}/learners/{learner}", 200, "最近的通知", "学员没有订阅，或订阅的次数用完了")
}

func TestTheInboxThroughTheAPI(t *testing.T) {
	t.Parallel()
	s, c, _ := evening(t)
	token, _, id := s.signIn(t, "小满")
	if _, err := s.services.Enrolments.Enrol(s.as(t, id), c.ID); err != nil {
		t.Fatal(err)
	}
	s.agree(t, "小满", "reminder", true, true)
	s.vars["day"], s.vars["learner"] = string(c.Start), id
	s.tell(t, token, []step{
		{name: "what to ask consent for", request: "GET /me/notices/templates", status: 200, want: `{"items":[{"template":"review","kinds":["review_received"],"credit":0,"off":false},{"template":"reminder","kinds":["reminder"],"credit":1,"off":false}]}`},
		{name: "the settings of one who has said nothing", request: "GET /me/notices/settings", status: 200, want: `{"off":[],"quiet_from":"22:00","quiet_to":"07:30","zone":""}`},
		{name: "settings", request: "PUT /me/notices/settings", body: `{"off":["reminders"],"quiet_from":"23:00","quiet_to":"06:15","zone":"Asia/Tokyo"}`, status: 200, want: `{"off":["reminders"],"quiet_from":"23:00","quiet_to":"06:15","zone":"Asia/Tokyo"}`},
		{name: "kept", request: "GET /me/notices/settings", status: 200, want: `{"off":["reminders"],"quiet_from":"23:00","quiet_to":"06:15","zone":"Asia/Tokyo"}`},
		{name: "no need to ask", request: "GET /me/notices/templates", status: 200, want: `{"items":[{"template":"review","off":false},{"template":"reminder","off":true}]}`},
		{name: "an hour that is none", request: "PUT /me/notices/settings", body: `{"off":[],"quiet_from":"29:00","quiet_to":"06:15","zone":""}`, status: 422},
		{name: "a kind that is none", request: "PUT /me/notices/settings", body: `{"off":["news"],"quiet_from":"22:00","quiet_to":"06:15","zone":""}`, status: 422},
		{name: "a zone that is none", request: "PUT /me/notices/settings", body: `{"off":[],"quiet_from":"22:00","quiet_to":"06:15","zone":"Mars/Base"}`, status: 422},
	})
	s.clock.Set(c.Calendar.At(c.Start, 20))
	if err := s.reminders.Sweep(domain.WithActor(t.Context(), domain.SystemActor)); err != nil {
		t.Fatal(err)
	}
	token, _, _ = s.signIn(t, "小满")
	s.tell(t, token, []step{
		{name: "unread", request: "GET /notices/unread", status: 200, want: `{"unread":1}`},
		{name: "the inbox", request: "GET /notices", status: 200, want: `{"items":[{"id":"remind:{camp}:{learner}:{day}","kind":"reminder","camp":"{camp}","title":"今天还没有打卡","read":false}],"unread":1,"next":""}`},
		{name: "all read", request: "POST /notices/read", status: 200, want: `{"unread":0}`},
		{name: "the inbox, read", request: "GET /notices", status: 200, want: `{"items":[{"read":true}],"unread":0}`},
	})
}

func TestMessagesThatWaitForTheMorningAreFoundByTheirIndex(t *testing.T) {
	t.Parallel()
	s, c, _ := evening(t)
	ctx, id := s.person(t, "小满")
	if _, err := s.services.Enrolments.Enrol(ctx, c.ID); err != nil {
		t.Fatal(err)
	}
	s.agree(t, "小满", "review", true, true)
	system := domain.WithActor(t.Context(), domain.SystemActor)
	s.clock.Set(c.Calendar.At(c.Start, 23))
	if err := s.services.Notices.Tell(system, notice.Notice{Doc: domain.Doc{ID: "n"}, Member: id, Camp: c.ID, Kind: notice.ReviewReceived, Title: "点评", Body: "看看"}); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		at   time.Time
		want string
	}{{s.clock.Now(), notice.QuietHours}, {c.Calendar.At(c.Start.Add(1), 7), notice.QuietHours}, {c.Calendar.At(c.Start.Add(1), 8), "sent"}} {
		s.clock.Set(step.at)
		if err := s.services.Notices.Wake(system); err != nil {
			t.Fatal(err)
		}
		if err := s.services.Notices.Deliver(system, "n"); err != nil {
			t.Fatal(err)
		}
		log, err := s.services.Notices.OfCamp(system, c.ID, notice.Filter{}, domain.Page{})
		if err != nil || len(log.Entries) != 1 || log.Entries[0].Result() != step.want {
			t.Errorf("at %v: %+v, %v", step.at, log.Entries, err)
		}
	}
	if err := s.services.Notices.Delivered(t.Context(), s.wechat.OpenID("小满"), []wechat.SentResult{{Template: "review", OK: true}}); err != nil {
		t.Fatal(err)
	}
	if log, err := s.services.Notices.OfCamp(system, c.ID, notice.Filter{}, domain.Page{}); err != nil || log.Entries[0].Delivery != notice.Delivered {
		t.Errorf("%+v, %v", log.Entries, err)
	}
	s.clock.Set(start.AddDate(0, 0, 200))
	if err := s.services.Notices.Sweep(system); err != nil {
		t.Fatal(err)
	}
	if log, err := s.services.Notices.OfCamp(system, c.ID, notice.Filter{}, domain.Page{}); err != nil || len(log.Entries) != 0 {
		t.Errorf("%+v, %v", log.Entries, err)
	}
}

// The example names every kind of message, so that nobody has to look for them in the code.
func TestTheExampleConfigurationNamesEveryMessage(t *testing.T) {
	t.Parallel()
	c, err := config.Load("../../config/config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var names []notice.Kind
	for name := range c.WeChat.Templates {
		names = append(names, notice.Kind(name))
	}
	for kind := range notice.Kinds {
		if !slices.Contains(names, kind) {
			t.Errorf("%s has no example", kind)
		}
	}
}
