package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/form"
	"yingdi/domain/review"
	"yingdi/domain/team"
	"yingdi/storage/sheet"
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
	v.see(t, "/console/camps/{camp}/learners/{learner}", 200, "经历", "换组：清晨组", "打卡：读一段", "报名")
	access, _, _ := s.signIn(t, "小满")
	s.tell(t, access, []step{{name: "my team", request: "GET /camps/{camp}/team", status: 200, want: `{"name":"清晨组","size":1,"members":{"items":[{"nickname":"小满"}]}}`}})
	v.submit(t, "/console/camps/{camp}/teams/assign", values("member", s.vars["learner"], "team", ""), "已移动所选学员", "未分组")
	s.tell(t, access, []step{{name: "none", request: "GET /camps/{camp}/team", status: 200, want: `{"name":"","members":{"items":[]}}`}})
}

func TestATeacherFindsALearner(t *testing.T) {
	t.Parallel()
	s := studio(t)
	v := s.staff(t, s.vars["teacher"])
	v.see(t, "/console/camps/{camp}/today", 200, "找学员")
	v.see(t, "/console/camps/{camp}/teams?name=+满+", 200, "昵称含“满”的学员", "小满", "/learners/"+s.vars["learner"])
	v.see(t, "/console/camps/{camp}/teams?name={learner}", 200, "/learners/"+s.vars["learner"])
	v.see(t, "/console/camps/{camp}/teams?name=阿禾", 200, "没有叫这个名字的学员")
	v.see(t, "/console/camps/{camp}/teams?name="+strings.Repeat("x", 61), 422)
}

func TestATeacherDividesACampByAnswersAndByASheet(t *testing.T) {
	t.Parallel()
	s := studio(t)
	system := domain.WithActor(t.Context(), domain.SystemActor)
	v := s.staff(t, s.vars["teacher"])
	at := "/console/camps/{camp}/teams"
	carry := func() {
		v.submit(t, at+"/apply", values("seed", seedOfPlan.FindStringSubmatch(v.page)[1]), "正在按预览分组")
		if err := s.services.Teams.Carry(system, team.PlanID(s.vars["camp"], s.vars["teacher"])); err != nil {
			t.Fatal(err)
		}
	}
	fields := []form.Field{{ID: "f1", Type: form.City, Label: "所在城市"}}
	if _, err := s.services.Forms.Save(s.as(t, s.vars["teacher"]), s.vars["camp"], form.Draft{Fields: fields}, 0); err != nil {
		t.Fatal(err)
	}
	for i, city := range []string{"杭州", "上海", "杭州", "上海"} {
		learner, _ := s.person(t, fmt.Sprint("学员", i))
		given := form.Given{Version: 1, Answers: []form.Answer{{Field: "f1", Values: []string{city}}}}
		if _, err := s.services.Enrolments.EnrolWith(learner, s.vars["camp"], given); err != nil {
			t.Fatal(err)
		}
	}
	v.submit(t, at, values("name", "甲组"), "回答相同的均匀分开", "所在城市")
	v.submit(t, at, values("name", "乙组"))
	v.submit(t, at+"/preview", values("method", "answer", "field", "f9", "whom", "all"), "请选择按报名表的哪个问题分组")
	v.submit(t, at+"/preview", values("method", "spread", "field", "f1", "whom", "all"), "分组预览", "回答相同的均匀分开", "共 5 人")
	carry()

	read := func() [][]string {
		rows, err := sheet.Excel{}.Read(v.see(t, at+"/sheet", 200).Body, 10)
		if err != nil || len(rows) != 6 {
			t.Fatal(rows, err)
		}
		return rows
	}
	rows := read()
	v.see(t, at, 200)
	rows[1][2], rows[2][2], rows[3][0] = "午间组", "未分组", "nobody"
	send := func(status int, shows ...string) {
		file, err := sheet.Excel{}.Write("分组", rows)
		if err != nil {
			t.Fatal(err)
		}
		v.sendFile(t, at+"/import", status, file, shows...)
	}
	send(422, "有 1 行需要修改", "<td>4</td>", "没有编号是这个的学员")
	v.sendFile(t, at+"/import", 422, []byte("小组"), "无法读取")
	rows[3][0] = read()[3][0]
	v.see(t, at, 200)
	send(http.StatusSeeOther)
	v.see(t, at, 200, "按表格分组", "午间组（新建）", "共 2 人")
	carry()
	if got := read(); got[1][2] != "午间组" || len(got[2]) > 2 && got[2][2] != "" {
		t.Errorf("after the sheet: %v", got)
	}
	v.see(t, at, 200)
	send(422, "表格里的分组和现在一样")
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

func TestACampAsksAtEnrolmentAndAnswersStayWithTheirQuestions(t *testing.T) {
	t.Parallel()
	s := studio(t)
	v := s.staff(t, s.vars["teacher"])
	at := "/console/camps/{camp}/form"
	v.see(t, at, 200, "现在报名什么都不用填")
	v.post(t, at, values("do", "add", "based", "0"), 200, "修改还没有保存", "问题 1", `name="id" value="f1"`)
	two := func(do string, labels ...string) url.Values {
		form := values("do", do, "based", "0", "consent", "只用于联系你")
		for i, label := range labels {
			for name, value := range map[string]string{"id": fmt.Sprint("f", i+1), "type": []string{"phone", "single"}[i], "label": label, "required": "yes", "options": "晨读\r\n夜读\r\n"} {
				form.Add(name, value)
			}
		}
		return form
	}
	v.post(t, at, two("save", "手机号", ""), 422, `id="fault-fields[1].label">问题不能为空`, `value="手机号"`)
	v.post(t, at, two("down-0", "手机号", "想参加"), 200, "问题 2")
	v.submit(t, at, two("save", "手机号", "想参加"), "报名表已保存", "第 1 版")
	v.post(t, at, two("save", "手机", "想参加"), 409, "报名表刚被别人修改过")

	access, _, id := s.signIn(t, "阿杰")
	s.vars["ajie"] = id
	enrol := "POST /camps/{camp}/enrolments"
	good := `{"version":1,"consent":1,"answers":[{"field":"f1","values":["13800138000"]},{"field":"f2","values":["夜读"]}]}`
	s.tell(t, access, []step{
		{name: "the form", request: "GET /camps/{camp}/form", status: 200, want: `{"version":1,"consent":"只用于联系你","consent_no":1,"fields":[{"id":"f1","type":"phone","required":true},{"id":"f2","options":["晨读","夜读"]}]}`},
		{name: "no answers", request: enrol, status: 409, want: `{"code":"form_changed"}`},
		{name: "no consent", request: enrol, body: `{"version":1}`, status: 422, want: `{"code":"consent_missing"}`},
		{name: "wrong answers", request: enrol, body: `{"version":1,"consent":1,"answers":[{"field":"f1","values":["12345"]}]}`, status: 422, want: `{"code":"invalid"}`},
		{name: "enrolled", request: enrol, body: good, status: 201, want: `{"state":"active"}`},
		{name: "my answers", request: "GET /camps/{camp}/reply", status: 200, want: `{"items":[{"label":"手机号","values":["13800138000"]},{"label":"想参加","values":["夜读"]}]}`},
	})
	second := two("save", "联系电话", "想参加")
	second.Set("based", "1")
	v.submit(t, at, second, "第 2 版")
	v.see(t, "/console/camps/{camp}/learners/{ajie}", 200, "手机号", "13800138000", "夜读", "第 1 版", "已同意第 1 版")
	if strings.Contains(v.page, "联系电话") {
		t.Error("the answers are shown under questions of later")
	}
	_, reviewer := s.person(t, "reviewer")
	s.appoint(t, s.vars["organiser"], reviewer, s.vars["camp"], domain.RoleReviewer)
	masked := s.staff(t, reviewer)
	masked.see(t, "/console/camps/{camp}/learners/{ajie}", 200, "138****8000", "****")
	if strings.Contains(masked.page, "13800138000") || strings.Contains(masked.page, "夜读") {
		t.Error("a reviewer sees personal data")
	}
	for _, file := range []string{"yingdi.db", "yingdi.db-wal"} {
		if raw, err := os.ReadFile(filepath.Join(s.config.Data, file)); err != nil || bytes.Contains(raw, []byte("13800138000")) {
			t.Errorf("%s holds the number as it is, %v", file, err)
		}
	}
}

func TestATeacherSeesWhoFallsBehindAndWhy(t *testing.T) {
	t.Parallel()
	s := studio(t)
	idle, _ := s.person(t, "阿杰")
	if _, err := s.services.Enrolments.Enrol(idle, s.vars["camp"]); err != nil {
		t.Fatal(err)
	}
	v := s.staff(t, s.vars["teacher"])
	v.see(t, "/console/camps/{camp}/risk", 200, "这里没有需要关注的学员")
	s.clock.Set(start.Add(4 * 24 * time.Hour))
	v = s.staff(t, s.vars["teacher"])
	v.see(t, "/console/camps/{camp}/risk", 200, "小满", "连续 3 天没打卡", "最后打卡 3月1日", "报名后 4 天任务一次都没打卡")
	v.post(t, "/console/camps/{camp}/risk", values("missed", "61", "quiet", "0", "never", "x"), 422, "应在 0 到 60 之间", `value="61"`)
	v.submit(t, "/console/camps/{camp}/risk", values("missed", "0", "quiet", "0", "never", "4"), "已保存", "报名后 4 天")
	access, _, _ := s.signIn(t, "teacher")
	s.tell(t, access, []step{{name: "on the phone", request: "GET /camps/{camp}/at-risk", status: 200, want: `{"items":[{"last":"","reasons":[{"kind":"never","days":4}]}],"next":""}`}})
}

func TestALearnersPageTellsWhatHappened(t *testing.T) {
	t.Parallel()
	s := studio(t)
	s.reviewed(t, s.vars["teacher"], s.vars["checkin"], review.Form{Text: "好"})
	v := s.staff(t, s.vars["teacher"])
	v.see(t, "/console/camps/{camp}/learners/{learner}", 200, "收到消息：老师点评了你的打卡", "收到点评：读一段", "打卡：读一段", "报名")
}
