package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/member"
	"yingdi/domain/session"
	"yingdi/handlers/web"
)

// studio is a site with a running camp and a learner's check-in in it, and everybody's ids as variables.
func studio(t *testing.T) *site {
	t.Helper()
	s := newSite(t)
	_, teacher := s.person(t, "teacher")
	c, tasks := s.running(t, teacher, 10)
	learner, id := s.person(t, "小满")
	nickname := "小满"
	if _, err := s.services.Members.SetProfile(learner, member.Profile{Nickname: &nickname}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.services.Enrolments.Enrol(learner, c.ID); err != nil {
		t.Fatal(err)
	}
	handed, _, err := s.services.Checkins.Submit(learner, c.ID, tasks[0].ID, checkin.Form{Text: "今天读了 <b>《学而》</b>"})
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"organiser": c.Organiser, "camp": c.ID, "task": tasks[0].ID, "tomorrow": tasks[1].ID, "checkin": handed.ID, "learner": id, "teacher": teacher,
	} {
		s.vars[name] = value
	}
	return s
}

func TestATeachersDayOnTheConsole(t *testing.T) {
	t.Parallel()
	s := studio(t)
	v := s.staff(t, s.vars["teacher"])
	v.see(t, "/console", 200, "共有 <strong>1</strong> 条打卡在等点评", "21 天晨读")

	v.see(t, "/console/camps/new?organiser={organiser}", 200, "新建训练营")
	tasks := v.submit(t, "/console/camps", values("organiser", s.vars["organiser"], "title", "春天的诗", "zone", "Asia/Shanghai",
		"cut_off", "0", "start", "2026-03-10", "end", "2026-03-12", "seats", "30", "intro", "一起读诗"), "训练营已经建好", "还没有任务")
	fresh := strings.TrimSuffix(tasks, "/tasks")
	v.see(t, fresh, 200, "先添加一个任务", "一起读诗")
	v.post(t, fresh+"/publish", values(), http.StatusSeeOther)
	v.see(t, fresh, 200, "请至少添加一个任务再发布")
	v.see(t, tasks+"/new", 200, `value="2026-03-10"`)
	v.submit(t, tasks, values("day", "2026-03-10", "title", "读《春晓》", "again", "1"), "接着写下一个", `value="2026-03-11"`)
	v.see(t, tasks, 200, "第 1 天 · 3月10日", "读《春晓》", "1 / 3 天有任务")
	v.submit(t, fresh+"/publish", values(), "已发布")

	v.see(t, "/console/camps/{camp}/today", 200, "第 1 天 · 3月1日", "小满", "待点评")
	v.see(t, "/console/camps/{camp}/today?day=2026-03-02", 200, "回到今天", "未交")
	v.see(t, "/console/camps/{camp}/reviews", 200, "今天读了 <b>《学而》</b>", "连续 1 天")
	v.submit(t, "/console/camps/{camp}/reviews/{checkin}", values("text", "读得很认真", "points", "95", "do", "save"), "草稿已保存", "读得很认真")
	v.submit(t, "/console/camps/{camp}/reviews/{checkin}", values("text", "读得很认真", "points", "95", "do", "release"), "点评已发布", "都点评完了")
	v.see(t, "/console/camps/{camp}/reviews/{checkin}", 200, "已发布的点评", "95 分")
	s.clock.Set(s.clock.Now().Add(time.Minute)) // by now the learner was told
	v.submit(t, "/console/camps/{camp}/reviews/{checkin}/reopen", values(), "学员现在看到的点评")
	v.submit(t, "/console/camps/{camp}/reviews/{checkin}/hide", values("reason", "与任务无关"), "原因：与任务无关", "恢复显示")
	v.submit(t, "/console/camps/{camp}/reviews/{checkin}/show", values(), "已公开")
	v.see(t, "/console/camps/{camp}/learners/{learner}", 200, "小满", "1 / 21 天", "读得很认真")
	v.submit(t, "/console/camps/{camp}/tasks/{tomorrow}/remove", values(), "任务已删除")
	v.see(t, "/console/camps/{camp}/notices", 200, "还没有通知")
	v.submit(t, "/console/camps/{camp}/edit", values("title", "春天的诗", "zone", "Asia/Shanghai", "cut_off", "2", "start", "2026-03-01", "end", "2026-03-21", "seats", "10",
		"remind", "1", "remind_at", "21", "silent", "1"), "已保存")
	v.see(t, "/console/camps/{camp}/edit", 200, `<option value="21" selected>21:00`, `name="silent" value="1" checked`)
	v.see(t, "/console/camps/{camp}/notices", 200, "关闭了微信消息")
	v.submit(t, "/console/camps/{camp}/close", values(), "训练营已关闭", "已关闭")
	if w := v.see(t, "/console/camps/{camp}/code.jpg?save=1", 200); !strings.HasPrefix(w.Header().Get("Content-Type"), "image/") {
		t.Errorf("the code is %s", w.Header().Get("Content-Type"))
	}
	v.submit(t, "/console/signout", values(), "你已退出登录", "微信扫码登录")
	v.see(t, "/console", http.StatusSeeOther)
}

func TestFormsKeepWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := studio(t)
	v := s.staff(t, s.vars["teacher"])
	for _, c := range []struct {
		path   string
		form   url.Values
		status int
		shows  []string
	}{
		{"/console/camps", values("organiser", s.vars["organiser"], "title", "诗", "zone", "Mars/Base", "seats", "很多", "start", "2026-03-10", "end", "2026-03-01"),
			422, []string{`value="诗"`, `value="很多"`, "标题至少 2 个字", "时区不正确", "名额应在 1 到 100000 之间"}},
		{"/console/camps/{camp}/edit", values("title", "春天的诗", "zone", "Asia/Shanghai", "cut_off", "2", "start", "2026-03-05", "end", "2026-03-21", "seats", "10"),
			409, []string{`value="春天的诗"`, "训练营已经开始，不能再修改日期"}},
		{"/console/camps/{camp}/edit", values("title", "春天的诗", "zone", "Asia/Shanghai", "cut_off", "2", "start", "2026-03-01", "end", "2026-03-21", "seats", "10", "cover", "nothing"),
			422, []string{`value="春天的诗"`, "封面图片无法使用"}},
		{"/console/camps/{camp}/edit", values("title", "春天的诗", "zone", "Asia/Shanghai", "cut_off", "2", "start", "2026-03-01", "end", "2026-03-21", "seats", "10", "remind_at", "24"),
			422, []string{`value="春天的诗"`, "提醒钟点应在 0 到 23 之间"}},
		{"/console/camps/{camp}/tasks", values("day", "2027-01-01", "title", "", "block", "a", "kind_a", "text", "text_a", "读三遍", "quiz", "form", "ask", "哪一首？", "visible", "2026-03-01T08:00"),
			422, []string{"读三遍", "任务标题不能为空", "日期不在训练营期间", "哪一首？", `value="2026-03-01T08:00"`}},
		{"/console/camps/{camp}/tasks/{task}", values("day", "2026-03-05", "title", "换一天"), 409, []string{`value="换一天"`, "任务不能再移动"}},
		{"/console/camps/{camp}/tasks/{task}", values("day", "2026-03-01", "title", "别人的", "block", "a", "kind_a", "picture", "media_a", "nothing"), 422, []string{`value="别人的"`, "素材不存在"}},
		{"/console/camps/{camp}/reviews/{checkin}", values("text", "", "points", "95", "do", "release"), 422, []string{`value="95"`, "点评不能为空"}},
		{"/console/camps/{camp}/reviews/{checkin}", values("text", "不错", "points", "满分", "do", "release"), 422, []string{"不错", `value="满分"`, "分数应在 0 到 100 之间"}},
		{"/console/organisers/{organiser}/staff", values("member", "nobody", "role", "teacher"), 422, []string{`value="nobody"`, "没有找到这个成员"}},
		{"/console/organisers/{organiser}/staff", values("member", s.vars["learner"], "role", "reviewer"), 422, []string{"这个角色不能授予在这里"}},
	} {
		v.post(t, c.path, c.form, c.status, c.shows...)
	}
	v.post(t, "/console/camps/{camp}/tasks", values("day", "2026-03-02", "title", strings.Repeat("长", 100_000)), http.StatusRequestEntityTooLarge)
}

func TestTheConsoleShowsEverybodyTheirOwn(t *testing.T) {
	t.Parallel()
	s := studio(t)
	system := domain.WithActor(t.Context(), domain.SystemActor)
	appointed := func(name, organiser, camp string, role domain.Role) *visitor {
		_, id := s.person(t, name)
		if role == domain.RoleAdmin {
			if _, err := s.services.Members.MakeAdmin(system, id); err != nil {
				t.Fatal(err)
			}
		} else {
			s.appoint(t, organiser, id, camp, role)
		}
		return s.staff(t, id)
	}
	_, other := s.person(t, "other")
	elsewhere, _ := s.running(t, other, 10)
	who := map[string]*visitor{
		"nobody": s.visitor(), "owner": s.staff(t, s.vars["teacher"]), "admin": appointed("admin", "", "", domain.RoleAdmin),
		"manager":  appointed("manager", s.vars["organiser"], "", domain.RoleManager),
		"reviewer": appointed("reviewer", s.vars["organiser"], s.vars["camp"], domain.RoleReviewer),
		"stranger": appointed("stranger", elsewhere.Organiser, "", domain.RoleManager),
	}
	roles := []string{"nobody", "stranger", "reviewer", "manager", "owner", "admin"}
	for _, c := range []struct {
		path string
		want [6]int
	}{
		{"/console", [6]int{303, 200, 200, 200, 200, 200}},
		{"/console/camps", [6]int{303, 200, 200, 200, 200, 200}},
		{"/console/camps/new", [6]int{303, 200, 403, 200, 200, 200}},
		{"/console/camps/{camp}", [6]int{303, 403, 200, 200, 200, 200}},
		{"/console/camps/{camp}/edit", [6]int{303, 403, 403, 200, 200, 200}},
		{"/console/camps/{camp}/code.jpg", [6]int{303, 403, 200, 200, 200, 200}},
		{"/console/camps/{camp}/tasks", [6]int{303, 403, 200, 200, 200, 200}},
		{"/console/camps/{camp}/tasks/new", [6]int{303, 403, 403, 200, 200, 200}},
		{"/console/camps/{camp}/tasks/{task}/answers", [6]int{303, 403, 200, 200, 200, 200}},
		{"/console/camps/{camp}/materials", [6]int{303, 403, 200, 200, 200, 200}},
		{"/console/camps/{camp}/progress", [6]int{303, 403, 200, 200, 200, 200}},
		{"/console/camps/{camp}/tasks/{task}", [6]int{303, 403, 403, 200, 200, 200}},
		{"/console/camps/{camp}/today", [6]int{303, 403, 200, 200, 200, 200}},
		{"/console/camps/{camp}/learners/{learner}", [6]int{303, 403, 200, 200, 200, 200}},
		{"/console/camps/{camp}/risk", [6]int{303, 403, 200, 200, 200, 200}},
		{"/console/camps/{camp}/form", [6]int{303, 403, 403, 200, 200, 200}},
		{"/console/camps/{camp}/invitations", [6]int{303, 403, 403, 403, 200, 200}},
		{"/console/organisers/{organiser}/invitations", [6]int{303, 403, 403, 403, 200, 200}},
		{"/console/camps/{camp}/badges", [6]int{303, 403, 403, 200, 200, 200}},
		{"/console/camps/{camp}/badges/nothing", [6]int{303, 403, 403, 404, 404, 404}},
		{"/console/camps/{camp}/levels", [6]int{303, 403, 409, 409, 409, 409}},
		{"/console/camps/{camp}/teams", [6]int{303, 403, 200, 200, 200, 200}},
		{"/console/camps/{camp}/tasks/import", [6]int{303, 403, 403, 200, 200, 200}},
		{"/console/camps/{camp}/tasks/template", [6]int{303, 403, 403, 200, 200, 200}},
		{"/console/camps/{camp}/teams/sheet", [6]int{303, 403, 403, 200, 200, 200}},
		{"/console/camps/{camp}/feed", [6]int{303, 403, 200, 200, 200, 200}},
		{"/console/camps/{camp}/feed?only=hidden&topic=晨读", [6]int{303, 403, 200, 200, 200, 200}},
		{"/console/camps/{camp}/topics", [6]int{303, 403, 200, 200, 200, 200}},
		{"/console/camps/{camp}/ranking", [6]int{303, 403, 200, 200, 200, 200}},
		{"/console/camps/{camp}/exports", [6]int{303, 403, 403, 200, 200, 200}},
		{"/console/camps/{camp}/exports/nothing/file", [6]int{303, 404, 404, 404, 404, 404}},
		{"/console/organisers/{organiser}/exports", [6]int{303, 403, 403, 403, 200, 200}},
		{"/console/camps/{camp}/notices", [6]int{303, 403, 200, 200, 200, 200}},
		{"/console/camps/{camp}/notices?result=no_credit", [6]int{303, 403, 200, 200, 200, 200}},
		{"/console/camps/{camp}/reviews", [6]int{303, 403, 200, 200, 200, 200}},
		{"/console/camps/{camp}/reviews/{checkin}", [6]int{303, 403, 200, 200, 200, 200}},
		{"/console/organisers", [6]int{303, 200, 200, 200, 200, 200}},
		{"/console/organisers/new", [6]int{303, 403, 403, 403, 403, 200}},
		{"/console/organisers/{organiser}", [6]int{303, 403, 403, 403, 200, 200}},
		{"/console/jobs", [6]int{303, 403, 403, 403, 403, 200}},
		{"/console/nowhere", [6]int{303, 404, 404, 404, 404, 404}},
		{"/console/camps/nothing", [6]int{303, 404, 404, 404, 404, 404}},
		{"/console/camps/{camp}/tasks/nothing", [6]int{303, 403, 403, 404, 404, 404}},
		{"/console/camps/{camp}/learners/nobody", [6]int{303, 403, 404, 404, 404, 404}},
		{"/console/camps/{camp}/reviews/nothing", [6]int{303, 403, 404, 404, 404, 404}},
		{"/console/moderation/hidden", [6]int{303, 200, 200, 200, 200, 200}},
		{"/console/moderation/hidden?kind=comment&camp={camp}", [6]int{303, 403, 200, 200, 200, 200}},
		{"/console/camps/%20%27", [6]int{404, 404, 404, 404, 404, 404}},
	} {
		for i, role := range roles {
			w := who[role].see(t, c.path, c.want[i])
			if w.Code >= 400 && !strings.Contains(who[role].page, `class="sorry"`) {
				t.Errorf("%s for %s: %d without a page", c.path, role, w.Code)
			}
		}
	}
	for _, c := range []struct {
		path string
		form url.Values
		want [6]int
	}{
		{"/console/camps/{camp}/publish", values(), [6]int{0, 403, 403, 303, 303, 303}},
		{"/console/camps/{camp}/tasks", values("day", "2026-03-02", "title", "再读一遍"), [6]int{0, 403, 403, 303, 303, 303}},
		{"/console/camps/{camp}/tasks/{task}/pin", values("on", "1"), [6]int{0, 403, 403, 303, 303, 303}},
		{"/console/camps/{camp}/materials/nothing", values("title", "课件"), [6]int{0, 403, 403, 404, 404, 404}},
		{"/console/camps/{camp}/materials/nothing/remove", values(), [6]int{0, 403, 403, 404, 404, 404}},
		{"/console/camps/{camp}/risk", values("missed", "2", "quiet", "0", "never", "1"), [6]int{0, 403, 403, 303, 303, 303}},
		{"/console/camps/{camp}/form", values("do", "save", "based", "0"), [6]int{0, 403, 403, 303, 303, 303}},
		{"/console/camps/{camp}/invitations", values("role", "reviewer", "uses", "1", "days", "3"), [6]int{0, 403, 403, 403, 200, 200}},
		{"/console/organisers/{organiser}/invitations", values("role", "manager", "uses", "1", "days", "3"), [6]int{0, 403, 403, 403, 200, 200}},
		{"/console/camps/{camp}/exports", values("kind", "learners"), [6]int{0, 403, 403, 303, 303, 303}},
		{"/console/camps/{camp}/exports/nothing/cancel", values(), [6]int{0, 404, 404, 404, 404, 404}},
		{"/console/camps/{camp}/badges", values("name", "七日之星", "what", "streak", "n", "7"), [6]int{0, 403, 403, 303, 303, 303}},
		{"/console/camps/{camp}/badges/nothing", values("name", "七日之星", "what", "streak", "n", "7"), [6]int{0, 403, 403, 404, 404, 404}},
		{"/console/camps/{camp}/levels/new", values("title", "第一关"), [6]int{0, 403, 403, 409, 409, 409}},
		{"/console/camps/{camp}/teams", values("name", "清晨组"), [6]int{0, 403, 403, 303, 409, 409}},
		{"/console/camps/{camp}/tasks/import", values(), [6]int{0, 403, 403, 422, 422, 422}},
		{"/console/camps/{camp}/tasks/import/apply", values("seed", "x"), [6]int{0, 403, 403, 404, 404, 404}},
		{"/console/camps/{camp}/teams/import", values(), [6]int{0, 403, 403, 422, 422, 422}},
		{"/console/camps/{camp}/teams/preview", values("method", "random"), [6]int{0, 403, 403, 303, 303, 303}},
		{"/console/camps/{camp}/teams/apply", values("seed", "x"), [6]int{0, 403, 403, 303, 303, 303}},
		{"/console/camps/{camp}/teams/assign", values("member", s.vars["learner"]), [6]int{0, 403, 403, 303, 303, 303}},
		{"/console/camps/{camp}/topics", values("topics", "晨读"), [6]int{0, 403, 403, 303, 303, 303}},
		{"/console/camps/{camp}/feed/{checkin}", values("do", "unpin"), [6]int{0, 403, 303, 303, 303, 303}},
		{"/console/camps/{camp}/feed/{checkin}", values("do", "feature"), [6]int{0, 403, 303, 303, 303, 303}},
		{"/console/camps/{camp}/reviews/{checkin}/hide", values("reason", "无关"), [6]int{0, 403, 303, 303, 303, 303}},
		{"/console/moderation/checkin_{checkin}", values("verdict", "show", "version", "1"), [6]int{0, 404, 303, 303, 303, 303}},
		{"/console/moderation/checkin_{checkin}/undo", values("n", "1"), [6]int{0, 404, 303, 303, 303, 303}},
		{"/console/moderation/checkin_{checkin}/unhide", values("version", "1"), [6]int{0, 404, 303, 303, 303, 303}},
		{"/console/organisers", values("name", "新机构", "owner", s.vars["learner"]), [6]int{0, 403, 403, 403, 403, 303}},
		{"/console/organisers/{organiser}/dismiss", values("member", s.vars["learner"]), [6]int{0, 403, 403, 403, 303, 303}},
		{"/console/jobs/retry", values("job", "nothing"), [6]int{0, 403, 403, 403, 403, 404}},
	} {
		for i, role := range roles[1:] {
			who[role].post(t, c.path, c.form, c.want[i+1])
		}
	}
}

func TestSigningInByScanning(t *testing.T) {
	t.Parallel()
	s := studio(t)
	teacher, sessions := s.as(t, s.vars["teacher"]), s.services.Sessions
	v := s.visitor()
	if to := v.see(t, "/console/camps/{camp}/today", http.StatusSeeOther).Header().Get("Location"); to != "/console/signin?next=%2Fconsole%2Fcamps%2F"+s.vars["camp"]+"%2Ftoday" {
		t.Fatalf("led to %s", to)
	}
	v.see(t, "/console/signin?next=/console/camps", 200, "微信扫码登录")
	begin := func() {
		v.post(t, "/console/signin/code", values("next", "/console/camps"), 200, "data:image/jpeg;base64,", "用微信扫一扫")
	}
	begin()
	v.see(t, "/console/signin/wait?next=/console/camps", 200, "用微信扫一扫")
	s.phone(t, teacher, v.scene(), sessions.ScanTicket)
	v.see(t, "/console/signin/wait", 200, "已扫码")
	s.phone(t, teacher, v.scene(), sessions.RefuseTicket)
	v.see(t, "/console/signin/wait", 200, "没有成功")

	begin()
	s.clock.Set(start.Add(session.TicketLife + time.Second))
	v.see(t, "/console/signin/wait", 200, "已过期")

	begin()
	s.phone(t, teacher, v.scene(), sessions.ScanTicket, sessions.ConfirmTicket)
	thief := s.visitor()
	thief.cookies["yingdi_ticket"] = v.scene() + "." + domain.Secret()
	thief.see(t, "/console/signin/wait", 200, "已过期")
	r := httptest.NewRequest(http.MethodGet, "/console/signin/wait?next=/console/camps", nil)
	r.Header.Set("HX-Request", "true")
	if w := v.send(t, r); w.Header().Get("HX-Redirect") != "/console/camps" || v.cookies[web.CookieSession] == "" {
		t.Fatalf("confirmed: %d %v", w.Code, w.Header())
	}
	v.see(t, "/console/camps", 200, "21 天晨读")
	v.see(t, "/console/signin", http.StatusSeeOther)
}

func TestSigningInWithAPassword(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	admin, err := s.services.Members.CreateAdmin(t.Context(), "管理员")
	if err != nil {
		t.Fatal(err)
	}
	address, err := s.services.Sessions.SetCredential(t.Context(), "root-admin", "correct horse battery", admin.ID)
	if err != nil {
		t.Fatal(err)
	}
	key, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	code, err := totp.GenerateCode(key.Query().Get("secret"), s.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	v := s.visitor()
	v.see(t, "/console/signin", 200, "管理员用密码登录")
	v.post(t, "/console/signin", values("login", "root-admin", "password", "a wrong password", "code", "000000"), 401, "账号、密码或动态码不正确", `value="root-admin"`)
	if strings.Contains(v.page, "a wrong password") || strings.Contains(v.page, "000000") {
		t.Error("the page repeats what is secret")
	}
	to := v.submit(t, "/console/signin", values("login", "root-admin", "password", "correct horse battery", "code", code[:3]+" "+code[3:], "next", "//evil.test/console/"))
	if to != "/console" {
		t.Errorf("led to %s", to)
	}
	v.see(t, "/console/jobs", 200, "没有失败的任务")
}

func TestTheConsoleRefusesForgedForms(t *testing.T) {
	t.Parallel()
	s := studio(t)
	v := s.staff(t, s.vars["teacher"])
	token := v.token
	v.token = strings.Repeat("0", 64)
	v.post(t, "/console/camps/{camp}/close", values(), 403, "页面已过期")
	v.token = ""
	v.post(t, "/console/signout", values(), 403)
	v.token = token
	other := s.staff(t, s.vars["teacher"])
	other.token = token
	other.post(t, "/console/camps/{camp}/close", values(), 403)
	v.see(t, "/console/camps/{camp}", 200, "进行中")
	headers := v.see(t, "/console", 200).Header()
	if policy := headers.Get("Content-Security-Policy"); strings.Contains(policy, "unsafe") || !strings.Contains(policy, "script-src 'self';") {
		t.Errorf("policy %s", policy)
	}
	if headers.Get("Cache-Control") != "no-store" {
		t.Errorf("pages are kept: %s", headers.Get("Cache-Control"))
	}
}

func TestPagesUploadStraightToStorage(t *testing.T) {
	t.Parallel()
	s := studio(t)
	v := s.staff(t, s.vars["teacher"])
	ask := func(path, body string, into any) int {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set(web.CSRFHeader, v.token)
		w := v.send(t, r)
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			t.Fatalf("%s: %d %s", path, w.Code, w.Body)
		}
		return w.Code
	}
	file := picture(t)
	var begun struct {
		ID     string
		Upload struct {
			URL    string
			Fields map[string]string
		}
	}
	if code := ask("/console/media", fmt.Sprintf(`{"kind":"image","content_type":"image/jpeg","size":%d}`, len(file)), &begun); code != http.StatusCreated {
		t.Fatalf("announcing: %d", code)
	}
	s.send(t, begun.Upload.URL, begun.Upload.Fields, file)
	var done struct{ ID, Kind, URL, Thumb string }
	if code := ask("/console/media/"+begun.ID+"/complete", "{}", &done); code != 200 || done.Kind != "image" || done.URL == "" || done.Thumb == "" {
		t.Fatalf("complete: %d %+v", code, done)
	}
	v.submit(t, "/console/camps/{camp}/tasks", values("day", "2026-03-02", "title", "看图", "media", done.ID), "任务已添加")
	v.submit(t, "/console/camps/{camp}/edit", values("title", "21 天晨读", "zone", "Asia/Shanghai", "cut_off", "2", "start", "2026-03-01",
		"end", "2026-03-21", "enrol_by", "2026-03-21", "seats", "10", "cover", done.ID), `alt="封面"`)

	var problem struct {
		Code, Detail string
		Errors       []struct{ Field string }
	}
	if code := ask("/console/media", `{"kind":"image","content_type":"image/gif","size":10}`, &problem); code != 422 || problem.Errors[0].Field != "content_type" {
		t.Errorf("a GIF: %d %+v", code, problem)
	}
	if code := ask("/console/media", `{"kind":"image","owner":"x"}`, &problem); code != 400 {
		t.Errorf("an unknown field: %d %+v", code, problem)
	}
	nobody := s.visitor()
	v = nobody
	if code := ask("/console/media", `{}`, &problem); code != 401 {
		t.Errorf("nobody: %d %+v", code, problem)
	}
}
