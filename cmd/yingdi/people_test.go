package main

import (
	"regexp"
	"testing"

	"yingdi/domain"
	"yingdi/domain/team"
)

var seedOfPlan = regexp.MustCompile(`name="seed" value="([^"]+)"`)

func TestATeacherDividesACampIntoTeams(t *testing.T) {
	t.Parallel()
	s := studio(t)
	v := s.staff(t, s.vars["teacher"])
	v.see(t, "/console/camps/{camp}/teams", 200, "还没有小组", "小满")
	v.submit(t, "/console/camps/{camp}/teams", values("name", "清晨组"), "小组已建好", "清晨组", "0 人")
	v.submit(t, "/console/camps/{camp}/teams", values("name", "夜读组"), "夜读组")
	v.post(t, "/console/camps/{camp}/teams", values("name", "夜读组"), 409, "已经有同名的小组", `value="夜读组"`)
	v.submit(t, "/console/camps/{camp}/teams/preview", values("method", "random", "whom", "all"), "分组预览", "共 1 人")
	seed := seedOfPlan.FindStringSubmatch(v.page)[1]
	v.submit(t, "/console/camps/{camp}/teams/apply", values("seed", seed), "正在按预览分组")
	system := domain.WithActor(t.Context(), domain.SystemActor)
	if err := s.services.Teams.Carry(system, team.PlanID(s.vars["camp"], s.vars["teacher"])); err != nil {
		t.Fatal(err)
	}
	access, _, _ := s.signIn(t, "小满")
	s.tell(t, access, []step{{name: "my team", request: "GET /camps/{camp}/team", status: 200, want: `{"name":"清晨组","size":1,"members":{"items":[{"nickname":"小满"}]}}`}})
	v.submit(t, "/console/camps/{camp}/teams/assign", values("member", s.vars["learner"], "team", ""), "已移动所选学员", "未分组")
	s.tell(t, access, []step{{name: "none", request: "GET /camps/{camp}/team", status: 200, want: `{"name":"","members":{"items":[]}}`}})
}

var linkOfInvitation = regexp.MustCompile(`invitation\?scene=([0-9a-z]{32})`)

func TestATeacherInvitesAReviewerByALinkThatIsUsedOnce(t *testing.T) {
	t.Parallel()
	s := studio(t)
	v := s.staff(t, s.vars["teacher"])
	at := "/console/camps/{camp}/invitations"
	v.see(t, at, 200, "还没有邀请")
	v.post(t, at, values("role", "owner", "uses", "99", "days", "很多", "note", "给王老师"), 422, "这个角色不能通过邀请授予", "可用人数应在 1 到 50 之间", "有效期应在", `value="给王老师"`)
	v.post(t, at, values("role", "reviewer", "uses", "1", "days", "3"), 200, "邀请已建好", "data:image/jpeg;base64,")
	s.vars["token"] = linkOfInvitation.FindStringSubmatch(v.page)[1]
	v.see(t, at, 200, "0 / 1 人已接受")
	if linkOfInvitation.MatchString(v.page) {
		t.Error("the token is shown again")
	}
	wang, _, id := s.signIn(t, "王老师")
	s.tell(t, wang, []step{
		{name: "look", request: "POST /invitations/look", body: `{"token":"{token}"}`, status: 200, want: `{"organiser":"晨光阅读","camp":"21 天晨读","role":"reviewer","accepted":false}`},
		{name: "accept", request: "POST /invitations/accept", body: `{"token":"{token}"}`, status: 200, want: `{"role":"reviewer","camp":"{camp}"}`},
		{name: "again", request: "POST /invitations/accept", body: `{"token":"{token}"}`, status: 200, want: `{"role":"reviewer"}`},
	})
	s.staff(t, id).see(t, "/console/camps/{camp}/reviews", 200)
	late, _, _ := s.signIn(t, "李老师")
	s.tell(t, late, []step{{name: "too late", request: "POST /invitations/accept", body: `{"token":"{token}"}`, status: 409, want: `{"code":"invitation_used"}`}})
	v.see(t, at, 200, "人数已满", "1 / 1 人已接受")

	v.post(t, at, values("role", "reviewer", "uses", "5", "days", "3"), 200, "邀请已建好")
	s.vars["token"] = linkOfInvitation.FindStringSubmatch(v.page)[1]
	revoke := regexp.MustCompile(at[:13] + `s/[^"]+/invitations/[^"]+/revoke`).FindString(v.page)
	v.submit(t, revoke, values(), "邀请已撤回")
	s.tell(t, late, []step{{name: "revoked", request: "POST /invitations/look", body: `{"token":"{token}"}`, status: 409, want: `{"code":"invitation_revoked"}`}})
}
