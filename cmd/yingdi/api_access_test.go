package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/coupon"
	"yingdi/domain/form"
	"yingdi/domain/invitation"
	"yingdi/domain/lesson"
	"yingdi/domain/quiz"
	"yingdi/domain/review"
)

// who asks: the columns of the table.
var roles = []string{"nobody", "stranger", "author", "fellow", "rival", "reviewer", "owner", "admin"}

// village is a camp with everybody in it: a learner who has handed in, a fellow learner, a stranger, a teacher of another
// organiser's camp, a reviewer, the owner of the organiser, and an admin of the platform.
func village(t *testing.T) *site {
	t.Helper()
	s := newSite(t)
	ctx := domain.WithActor(t.Context(), domain.SystemActor)
	id := map[string]string{}
	for _, name := range roles[1:] {
		_, id[name] = s.person(t, name)
	}
	c, tasks := s.running(t, id["owner"], 100)
	rival, _ := s.running(t, id["rival"], 100)
	s.appoint(t, c.Organiser, id["reviewer"], c.ID, domain.RoleReviewer)
	if _, err := s.services.Members.MakeAdmin(domain.WithActor(ctx, domain.SystemActor), id["admin"]); err != nil {
		t.Fatal(err)
	}
	unfinished := camp.Form{Title: "还没写完", Calendar: c.Calendar, Start: c.Start, End: c.End, EnrolBy: c.End, Seats: 5}
	draft, err := s.services.Camps.Open(ctx, c.Organiser, unfinished)
	if err != nil {
		t.Fatal(err)
	}
	s.vars["camp"], s.vars["rivals"], s.vars["draft"], s.vars["task"] = c.ID, rival.ID, draft.ID, tasks[0].ID
	for _, name := range []string{"shown", "private", "edited", "gone"} {
		task, err := s.services.Lessons.Add(ctx, c.ID, lesson.Form{Day: c.Start, Title: name})
		if err != nil {
			t.Fatal(err)
		}
		s.vars["task_"+name] = task.ID
	}
	for name, f := range map[string]lesson.Form{
		"task_read": {Kind: lesson.KindRead}, "task_form": {Kind: lesson.KindForm, Ask: []form.Field{{ID: "f1", Type: form.Text, Label: "哪一首？"}}},
	} {
		f.Day, f.Title = c.Start, name
		task, err := s.services.Lessons.Add(ctx, c.ID, f)
		if err != nil {
			t.Fatal(err)
		}
		s.vars[name] = task.ID
	}
	s.vars["quiz"], _ = s.handOut(t, id["owner"], c, quiz.RevealClose)
	fellow, _, _ := s.signIn(t, "fellow")
	s.tell(t, fellow, []step{{name: "fellow enrols", request: "POST /camps/{camp}/enrolments", status: 201}})
	s.course(t, c.Organiser)
	s.tell(t, fellow, []step{{name: "fellow takes the course", request: "POST /camps/{course}/enrolments", status: 201}})
	author, _, _ := s.signIn(t, "author")
	s.vars["file"] = s.upload(t, author)
	s.tell(t, author, []step{
		{name: "author enrols", request: "POST /camps/{camp}/enrolments", status: 201},
		{name: "for all to see", request: "POST /camps/{camp}/checkins", body: `{"task":"{task_shown}","text":"大家好"}`, status: 201, keep: map[string]string{"shown": "id"}},
		{name: "for the teachers", request: "POST /camps/{camp}/checkins", body: `{"task":"{task_private}","text":"老师好","audience":"teachers"}`, status: 201, keep: map[string]string{"private": "id"}},
		{name: "to be edited", request: "POST /camps/{camp}/checkins", body: `{"task":"{task_edited}","text":"你好"}`, status: 201, keep: map[string]string{"edited": "id"}},
		{name: "to be deleted", request: "POST /camps/{camp}/checkins", body: `{"task":"{task_gone}","text":"写错了"}`, status: 201, keep: map[string]string{"gone": "id"}},
	})
	s.tell(t, author, []step{
		{name: "author begins the quiz", request: "POST /camps/{camp}/quizzes/{quiz}/attempts", status: 201, keep: map[string]string{"attempt": "id"}},
	})
	for _, name := range []string{"shown", "private"} {
		if err := s.services.Checkins.Moderate(ctx, s.vars[name]); err != nil {
			t.Fatal(err)
		}
	}
	s.tell(t, author, []step{
		{name: "author comments", request: "POST /checkins/{shown}/comments", body: `{"text":"谢谢"}`, status: 201, keep: map[string]string{"said": "id"}},
	})
	if err := s.services.Checkins.ModerateComment(ctx, s.vars["said"]); err != nil {
		t.Fatal(err)
	}
	s.reviewed(t, id["reviewer"], s.vars["shown"], review.Form{Text: "好"})
	if s.vars["scene"], err = s.services.Channels.ForShare(ctx, c.ID, id["author"]); err != nil {
		t.Fatal(err)
	}
	s.vars["shop"], s.vars["seat"] = s.shop(t, id["owner"], 50)
	s.vars["order"] = s.ordered(t, author, "{shop}")
	s.vars["transfer"], s.vars["organiser"] = "pool:author:gain", c.Organiser
	s.owed(t, c.Organiser, id["author"], s.vars["transfer"], 12_34)
	s.vars["template"], s.vars["unready"] = s.coupons(t, id["owner"], s.vars["shop"], coupon.Form{}), s.drafted(t, id["owner"], s.vars["shop"], coupon.Form{}).ID
	s.vars["assists"], s.vars["assist"] = s.assist(t, id["owner"], s.vars["shop"], 3), s.assisting(t, id["owner"], id["author"], s.vars["shop"], 20)
	s.vars["groupbuy"] = s.groupbuy(t, id["owner"], s.vars["shop"], 3)
	s.vars["promoted"] = s.promoted(t, id["owner"], s.vars["shop"], id["author"])
	s.vars["prize"], s.vars["stake"] = s.prize(t, id["owner"], 5)
	s.staked(t, "author")
	s.earned(t, c.Organiser, id["author"], "gain", 500_00)
	s.tell(t, author, []step{
		{name: "author withdraws", request: "POST /wallets/" + c.Organiser + "/withdrawals", body: `{"amount":30000}`, status: 201, keep: map[string]string{"withdrawal": "id"}},
	})
	offer := invitation.Form{Role: domain.RoleReviewer, Uses: 50, Life: time.Hour}
	if _, s.vars["invitation"], err = s.services.Invitations.Invite(s.as(t, id["rival"]), rival.Place(), offer); err != nil {
		t.Fatal(err)
	}
	return s
}

// The columns are those of roles. Every cell is asked with a session of its own; {fresh…} are made for the cell.
var accessTable = []struct {
	request, body string
	status        [8]int
}{
	//                                                                        nobody stranger author fellow rival reviewer owner admin
	{"POST /sessions", `{"code":"{freshcode}"}`, [8]int{201, 201, 201, 201, 201, 201, 201, 201}},
	{"POST /sessions/refresh", `{"refresh_token":"{freshtoken}"}`, [8]int{200, 200, 200, 200, 200, 200, 200, 200}},
	{"DELETE /sessions/current", ``, [8]int{401, 204, 204, 204, 204, 204, 204, 204}},
	{"DELETE /sessions", ``, [8]int{401, 204, 204, 204, 204, 204, 204, 204}},
	{"POST /signins/{freshscene}/scan", ``, [8]int{401, 403, 403, 403, 200, 200, 200, 200}},
	{"POST /signins/{scanned}/confirm", ``, [8]int{401, 403, 403, 403, 200, 200, 200, 200}},
	{"POST /signins/{scanned}/refuse", ``, [8]int{401, 403, 403, 403, 200, 200, 200, 200}},
	{"GET /me", ``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"PATCH /me", `{"nickname":"新名字"}`, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"POST /me/phone", `{"code":"{freshphone}"}`, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"GET /me/badges", ``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"GET /me/enrolments", ``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"GET /notices", ``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"POST /notices/review_{shown}_1/read", ``, [8]int{401, 404, 200, 404, 404, 404, 404, 404}},
	{"POST /invitations/look", `{"token":"{invitation}"}`, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"POST /invitations/look", `{"token":"nothing"}`, [8]int{401, 404, 404, 404, 404, 404, 404, 404}},
	{"GET /notices/unread", ``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"POST /notices/read", ``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"GET /me/notices/settings", ``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"PUT /me/notices/settings", `{"off":["reminders"],"quiet_from":"22:00","quiet_to":"07:30","zone":""}`, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"GET /me/notices/templates", ``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"GET /camps", ``, [8]int{200, 200, 200, 200, 200, 200, 200, 200}},
	{"GET /camps/{camp}", ``, [8]int{200, 200, 200, 200, 200, 200, 200, 200}},
	{"GET /camps/{draft}", ``, [8]int{404, 404, 404, 404, 404, 404, 200, 200}},
	{"GET /camps/{camp}/trial", ``, [8]int{200, 200, 200, 200, 200, 200, 200, 200}},
	{"GET /camps/{draft}/trial", ``, [8]int{404, 404, 404, 404, 404, 404, 200, 200}},
	{"GET /camps/{camp}/form", ``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"GET /camps/{draft}/form", ``, [8]int{401, 404, 404, 404, 404, 404, 200, 200}},
	{"GET /camps/{camp}/at-risk", ``, [8]int{401, 403, 403, 403, 403, 200, 200, 200}},
	{"GET /camps/{camp}/statistics", ``, [8]int{401, 403, 403, 403, 403, 200, 200, 200}},
	{"GET /camps/{camp}/reply", ``, [8]int{401, 403, 200, 200, 403, 403, 403, 403}},
	{"POST /camps/{draft}/enrolments", ``, [8]int{401, 404, 404, 404, 404, 404, 409, 409}},
	{"POST /camps/{rivals}/enrolments", ``, [8]int{401, 201, 201, 201, 201, 201, 201, 201}},
	{"GET /camps/{camp}/place", ``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"GET /camps/{draft}/place", ``, [8]int{401, 404, 404, 404, 404, 404, 200, 200}},
	{"PUT /camps/{camp}/place/waiting", ``, [8]int{401, 409, 409, 409, 409, 409, 409, 409}},
	{"DELETE /camps/{rivals}/place", ``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"GET /camps/{camp}/today", ``, [8]int{401, 403, 200, 200, 403, 403, 403, 403}},
	{"GET /camps/{camp}/tasks", ``, [8]int{401, 403, 200, 200, 403, 403, 403, 403}},
	{"GET /camps/{camp}/tasks/{task}", ``, [8]int{401, 403, 200, 200, 403, 403, 403, 403}},
	{"POST /camps/{camp}/tasks/{task_read}/read", ``, [8]int{401, 403, 201, 201, 403, 403, 403, 403}},
	{"POST /camps/{camp}/tasks/{task_form}/answers", `{"answers":[{"field":"f1","values":["春"]}]}`, [8]int{401, 403, 201, 201, 403, 403, 403, 403}},
	{"GET /camps/{camp}/materials", ``, [8]int{401, 403, 200, 200, 403, 200, 200, 200}},
	{"GET /camps/{camp}/calendar", ``, [8]int{401, 403, 200, 200, 403, 403, 403, 403}},
	{"GET /camps/{camp}/levels", ``, [8]int{401, 403, 409, 409, 403, 403, 403, 403}},
	{"GET /camps/{course}/levels", ``, [8]int{401, 403, 403, 200, 403, 403, 403, 403}},
	{"GET /camps/{course}/levels/{level}", ``, [8]int{401, 403, 403, 200, 403, 403, 403, 403}},
	{"GET /camps/{course}/levels/{locked}", ``, [8]int{401, 403, 403, 409, 403, 403, 403, 403}},
	{"GET /camps/{course}/peers", ``, [8]int{401, 403, 403, 200, 403, 403, 403, 403}},
	{"GET /camps/{camp}/team", ``, [8]int{401, 403, 200, 200, 403, 403, 403, 403}},
	{"PUT /camps/{camp}/invite-card", ``, [8]int{401, 403, 200, 200, 403, 200, 200, 200}},
	{"PUT /camps/{draft}/invite-card", ``, [8]int{401, 404, 404, 404, 404, 404, 409, 409}},
	{"PUT /camps/{camp}/scene", ``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"PUT /camps/{draft}/scene", ``, [8]int{401, 404, 404, 404, 404, 404, 200, 200}},
	{"POST /scenes/{scene}/visits", ``, [8]int{200, 200, 200, 200, 200, 200, 200, 200}},
	{"GET /scenes/{scene}/camps", ``, [8]int{404, 404, 404, 404, 404, 404, 404, 404}}, // no channel's
	{"GET /scenes/{scene}", ``, [8]int{200, 200, 200, 200, 200, 200, 200, 200}},
	{"POST /media", `{"kind":"image","content_type":"image/png","size":9}`, [8]int{401, 201, 201, 201, 201, 201, 201, 201}},
	{"POST /media/{file}/complete", ``, [8]int{401, 404, 200, 404, 404, 404, 404, 404}},
	{"GET /camps/{camp}/quizzes/{quiz}", ``, [8]int{401, 403, 200, 200, 403, 403, 403, 403}},
	{"POST /camps/{camp}/quizzes/{quiz}/attempts", ``, [8]int{401, 403, 200, 201, 403, 403, 403, 403}},
	{"GET /attempts/{attempt}", ``, [8]int{401, 404, 200, 404, 404, 404, 404, 404}},
	{"PUT /attempts/{attempt}/answers", `{"answers":[]}`, [8]int{401, 404, 200, 404, 404, 404, 404, 404}},
	{"POST /attempts/{attempt}/submit", ``, [8]int{401, 404, 200, 404, 404, 404, 404, 404}},
	{"POST /camps/{camp}/checkins", `{"task":"{task}","text":"早"}`, [8]int{401, 403, 201, 201, 403, 403, 403, 403}},
	{"GET /camps/{camp}/checkins", ``, [8]int{401, 403, 200, 200, 403, 200, 200, 200}},
	{"GET /camps/{camp}/checkins?mine=true", ``, [8]int{401, 403, 200, 200, 403, 403, 403, 403}},
	{"GET /checkins/{shown}", ``, [8]int{401, 404, 200, 200, 404, 200, 200, 200}},
	{"GET /checkins/{private}", ``, [8]int{401, 404, 200, 404, 404, 200, 200, 200}},
	{"GET /checkins/{edited}", ``, [8]int{401, 404, 200, 404, 404, 200, 200, 200}},
	{"PUT /checkins/{edited}", `{"text":"你们好"}`, [8]int{401, 404, 200, 404, 404, 404, 404, 404}},
	{"PUT /checkins/{shown}/like", ``, [8]int{401, 404, 204, 204, 404, 204, 204, 204}},
	{"DELETE /checkins/{shown}/like", ``, [8]int{401, 404, 204, 204, 404, 204, 204, 204}},
	{"GET /checkins/{shown}/comments", ``, [8]int{401, 404, 200, 200, 404, 200, 200, 200}},
	{"POST /checkins/{shown}/comments", `{"text":"加油"}`, [8]int{401, 404, 201, 201, 404, 201, 201, 201}},
	{"POST /checkins/{private}/comments", `{"text":"加油"}`, [8]int{401, 404, 201, 404, 404, 201, 201, 201}},
	{"GET /report-reasons", ``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"POST /checkins/{shown}/reports", `{"reason":"spam"}`, [8]int{401, 404, 409, 201, 404, 201, 201, 201}},
	{"POST /checkins/{private}/reports", `{"reason":"spam"}`, [8]int{401, 404, 409, 404, 404, 201, 201, 201}},
	{"POST /comments/{said}/reports", `{"reason":"other","text":"太吵"}`, [8]int{401, 404, 409, 201, 404, 201, 201, 201}},
	{"DELETE /checkins/{gone}", ``, [8]int{401, 404, 204, 404, 404, 404, 404, 404}},
	{"DELETE /comments/{said}", ``, [8]int{401, 404, 204, 404, 404, 204, 204, 204}},
	{"GET /camps/{camp}/ranking", ``, [8]int{401, 403, 200, 200, 403, 200, 200, 200}},
	{"GET /camps/{camp}/checkins?featured=true", ``, [8]int{401, 403, 200, 200, 403, 200, 200, 200}},
	{"GET /camps/{camp}/checkins?topic=晨读", ``, [8]int{401, 403, 200, 200, 403, 200, 200, 200}},
	{"GET /camps/{camp}/topics", ``, [8]int{401, 403, 200, 200, 403, 200, 200, 200}},
	{"PUT /checkins/{shown}/pin", ``, [8]int{401, 403, 403, 403, 403, 204, 204, 204}},
	{"DELETE /checkins/{shown}/pin", ``, [8]int{401, 403, 403, 403, 403, 204, 204, 204}},
	{"PUT /checkins/{shown}/feature", ``, [8]int{401, 403, 403, 403, 403, 204, 204, 204}},
	{"DELETE /checkins/{shown}/feature", ``, [8]int{401, 403, 403, 403, 403, 204, 204, 204}},
	{"GET /checkins/{shown}/card", ``, [8]int{401, 404, 200, 200, 404, 200, 200, 200}},
	{"GET /checkins/{private}/card", ``, [8]int{401, 404, 200, 404, 404, 200, 200, 200}},
	{"GET /reviews", ``, [8]int{401, 403, 403, 403, 200, 200, 200, 200}},
	{"GET /reviews?camp={camp}&turn=first&days=1", ``, [8]int{401, 403, 403, 403, 403, 200, 200, 200}},
	{"GET /checkins/{shown}/submissions", ``, [8]int{401, 404, 200, 404, 404, 200, 200, 200}},
	{"POST /checkins/{shown}/redo", `{"text":"再来"}`, [8]int{401, 404, 409, 404, 404, 404, 404, 404}},
	{"POST /checkins/{private}/review/take", ``, [8]int{401, 403, 403, 403, 403, 200, 409, 409}},
	{"PUT /checkins/{private}/review", `{"text":"好"}`, [8]int{401, 403, 403, 403, 403, 200, 409, 409}},
	{"DELETE /checkins/{private}/review/take", ``, [8]int{401, 403, 403, 403, 403, 204, 204, 204}},
	{"POST /checkins/{private}/review/release", `{"text":"好"}`, [8]int{401, 403, 403, 403, 403, 200, 200, 200}},
	{"POST /checkins/{private}/review/undo", ``, [8]int{401, 403, 403, 403, 403, 200, 200, 200}},
	{"POST /checkins/{private}/review/reopen", ``, [8]int{401, 403, 403, 403, 403, 200, 200, 200}},
	{"GET /checkins/{shown}/review", ``, [8]int{401, 404, 200, 404, 404, 404, 404, 404}},
	{"GET /privacy", ``, [8]int{200, 200, 200, 200, 200, 200, 200, 200}},
	{"POST /me/consent", `{"version":"another"}`, [8]int{401, 409, 409, 409, 409, 409, 409, 409}},
	{"GET /me/download", ``, [8]int{401, 404, 404, 404, 404, 404, 404, 404}},
	{"POST /me/download", ``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"GET /me/deletion", ``, [8]int{401, 404, 404, 404, 404, 404, 404, 404}},
	{"DELETE /me/deletion", ``, [8]int{401, 409, 409, 409, 409, 409, 409, 409}},
	{"POST /me/deletion", ``, [8]int{401, 200, 200, 200, 409, 409, 409, 409}},
	{"GET /camps/{shop}/offers", ``, [8]int{200, 200, 200, 200, 200, 200, 200, 200}},
	{"GET /camps/{draft}/offers", ``, [8]int{404, 404, 404, 404, 404, 404, 200, 200}},
	{"GET /camps/{shop}/offers/{seat}/preview", ``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"GET /camps/{shop}/coupons", ``, [8]int{200, 200, 200, 200, 200, 200, 200, 200}},
	{"GET /camps/{draft}/coupons", ``, [8]int{404, 404, 404, 404, 404, 404, 200, 200}},
	{"POST /coupon-templates/{template}/coupons", `{}`, [8]int{401, 201, 201, 201, 201, 201, 201, 201}},
	{"POST /coupon-templates/{unready}/coupons", `{}`, [8]int{401, 404, 404, 404, 404, 404, 404, 404}},
	{"POST /coupons/redeem", `{"code":"AAAAA-AAAAA"}`, [8]int{401, 404, 404, 404, 404, 404, 404, 404}},
	{"GET /me/coupons", ``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"GET /camps/{shop}/assist-campaigns", ``, [8]int{200, 200, 200, 200, 200, 200, 200, 200}},
	{"GET /camps/{draft}/assist-campaigns", ``, [8]int{404, 404, 404, 404, 404, 404, 200, 200}},
	{"POST /assist-campaigns/{assists}/assists", `{}`, [8]int{401, 201, 201, 201, 201, 201, 201, 201}},
	{"GET /assists/{assist}", ``, [8]int{200, 200, 200, 200, 200, 200, 200, 200}},
	{"GET /assists/nothing", ``, [8]int{404, 404, 404, 404, 404, 404, 404, 404}},
	{"PUT /assists/{assist}/scene", ``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"PUT /assists/nothing/scene", ``, [8]int{401, 404, 404, 404, 404, 404, 404, 404}},
	{"POST /assists/{assist}/help", `{}`, [8]int{401, 200, 409, 200, 200, 200, 200, 200}},
	{"GET /me/assists", ``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"GET /camps/{shop}/groupbuys", ``, [8]int{200, 200, 200, 200, 200, 200, 200, 200}},
	{"GET /camps/{draft}/groupbuys", ``, [8]int{404, 404, 404, 404, 404, 404, 200, 200}},
	{"GET /groupbuys/{groupbuy}/groups", ``, [8]int{200, 200, 200, 200, 200, 200, 200, 200}},
	{"GET /groups/{groupbuy}:nothing", ``, [8]int{404, 404, 404, 404, 404, 404, 404, 404}},
	{"PUT /groups/{groupbuy}:nothing/scene", ``, [8]int{401, 404, 404, 404, 404, 404, 404, 404}},
	{"GET /camps/{shop}/offers/{seat}/preview?group={groupbuy}", ``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"GET /camps/{shop}/referral", ``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"GET /camps/{draft}/referral", ``, [8]int{401, 404, 404, 404, 404, 404, 404, 404}},
	{"GET /me/referrals/{promoted}/commissions", ``, [8]int{401, 404, 200, 404, 404, 404, 404, 404}},
	{"GET /me/referrals/{promoted}/people", ``, [8]int{401, 404, 200, 404, 404, 404, 404, 404}},
	{"GET /me/referrals/{promoted}/ranking", ``, [8]int{401, 404, 200, 404, 404, 404, 404, 404}},
	// Whoever asks is a promoter from here on.
	{"POST /camps/{shop}/referral", ``, [8]int{401, 201, 200, 201, 201, 201, 201, 201}},
	{"PUT /scenes/{scene}/referral", ``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"GET /me/referrals", ``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"POST /camps/{shop}/enrolments", ``, [8]int{401, 409, 409, 409, 409, 409, 409, 409}}, // it costs money
	{"POST /camps/{shop}/orders", `{"offer":"{seat}","amount":19900}`, [8]int{401, 201, 200, 201, 201, 201, 201, 201}},
	{"GET /camps/{prize}/pool", ``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"GET /camps/{shop}/pool", ``, [8]int{401, 404, 404, 404, 404, 404, 404, 404}},
	{"PUT /camps/{prize}/pool/consent", `{"rules":1,"adult":true}`, [8]int{401, 200, 200, 200, 200, 200, 403, 200}}, // no staff
	{"GET /camps/{prize}/pool/evidence", ``, [8]int{401, 404, 200, 404, 404, 404, 404, 404}},
	{"POST /camps/{prize}/pool/appeals", `{"day":"2026-03-09","text":"停电"}`, [8]int{401, 404, 409, 404, 404, 404, 404, 404}}, // not over yet
	{"GET /orders", ``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"GET /orders/{order}", ``, [8]int{401, 404, 200, 404, 404, 404, 404, 404}},
	{"POST /orders/{order}/pay", ``, [8]int{401, 404, 200, 404, 404, 404, 404, 404}},
	{"GET /orders/{order}/refund", ``, [8]int{401, 404, 200, 404, 404, 404, 404, 404}},
	{"POST /orders/{order}/refund", `{"amount":1}`, [8]int{401, 404, 409, 404, 404, 404, 404, 404}}, // not paid yet
	{"POST /orders/{order}/cancel", ``, [8]int{401, 404, 200, 404, 404, 404, 404, 404}},
	{"GET /transfers", ``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"GET /transfers/{transfer}", ``, [8]int{401, 404, 200, 404, 404, 404, 404, 404}},
	{"POST /transfers/{transfer}/confirm", ``, [8]int{401, 404, 409, 404, 404, 404, 404, 404}}, // not offered yet
	{"POST /transfers/{transfer}/claim", ``, [8]int{401, 404, 200, 404, 404, 404, 404, 404}},
	{"GET /wallets", ``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"GET /wallets/{organiser}/entries", ``, [8]int{401, 404, 200, 404, 404, 404, 404, 404}},
	{"POST /wallets/{organiser}/withdrawals", `{"amount":100}`, [8]int{401, 409, 201, 409, 409, 409, 409, 409}},
	{"GET /withdrawals", ``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	{"POST /withdrawals/{withdrawal}/cancel", ``, [8]int{401, 404, 200, 404, 404, 404, 404, 404}},
	// Last: it makes staff of people.
	{"POST /invitations/accept", `{"token":"{invitation}"}`, [8]int{401, 200, 200, 200, 409, 200, 200, 409}},
}

func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	s := village(t)
	for _, row := range accessTable {
		for i, role := range roles {
			token := s.freshen(t, role, i)
			method, path, _ := strings.Cut(row.request, " ")
			w := s.do(t, method+" /api/v1"+path, token, s.fill(t, row.body))
			if w.Code != row.status[i] {
				t.Errorf("%s as %s answered %d %s, want %d", row.request, role, w.Code, w.Body, row.status[i])
			}
		}
	}
}

// freshen makes what one cell uses up and returns the token of the role.
func (s *site) freshen(t *testing.T, role string, n int) (token string) {
	t.Helper()
	name := role
	if role == "nobody" {
		name = "passer-by"
	}
	token, s.vars["freshtoken"], _ = s.signIn(t, name)
	s.vars["freshcode"] = s.wechat.LoginCode(name)
	s.vars["freshphone"] = s.wechat.PhoneCode(name, fmt.Sprintf("1380013800%d", n))
	for _, scene := range []string{"freshscene", "scanned"} {
		id, _, err := s.services.Sessions.BeginTicket(t.Context(), "Chrome")
		if err != nil {
			t.Fatal(err)
		}
		s.vars[scene] = id
	}
	s.do(t, "POST /api/v1/signins/{scanned}/scan", token, "") // those who may
	if role == "nobody" {
		return ""
	}
	return token
}

func TestTheAccessTableNamesEveryOperation(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var document struct {
		Paths map[string]map[string]any `json:"paths"`
	}
	if err := json.Unmarshal(s.do(t, "GET /openapi.json", "", "").Body.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	var tested []string
	for _, row := range accessTable {
		request, _, _ := strings.Cut(row.request, "?")
		tested = append(tested, shape(request))
	}
	count := 0
	for path, operations := range document.Paths {
		for method := range operations {
			count++
			if operation := shape(strings.ToUpper(method) + " " + path); !slices.Contains(tested, operation) {
				t.Errorf("nobody says who may %s", operation)
			}
		}
	}
	if count < 30 {
		t.Errorf("only %d operations are described", count)
	}
}

// shape is a request without the ids in its path.
func shape(request string) string {
	parts := strings.Split(request, "/")
	for i, part := range parts {
		if strings.Contains(part, "{") {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, "/")
}

func TestWhatOneOrganiserHasIsInvisibleToAnother(t *testing.T) {
	t.Parallel()
	s := village(t)
	rival, _, _ := s.signIn(t, "rival")
	for _, request := range []string{"/checkins/{shown}", "/checkins/{shown}/comments", "/checkins/{shown}/card", "/camps/{draft}"} {
		there, nowhere := s.do(t, "GET /api/v1"+request, rival, ""), s.do(t, "GET /api/v1/checkins/no:such:thing:2026-03-01", rival, "")
		if there.Code != http.StatusNotFound || len(there.Body.String()) != len(nowhere.Body.String()) {
			t.Errorf("%s can be told from what does not exist: %s and %s", request, there.Body, nowhere.Body)
		}
	}
}
