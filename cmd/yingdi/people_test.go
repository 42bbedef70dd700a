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
