package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"yingdi/domain"
	"yingdi/domain/export"
	"yingdi/domain/form"
	"yingdi/domain/lesson"
	"yingdi/domain/review"
	"yingdi/storage/sheet"
)

var exportInPage = regexp.MustCompile(`/exports/([0-9a-z]+)/(?:cancel|file)`)

// runExport does what a job does.
func (s *site) runExport(t *testing.T, id string) {
	t.Helper()
	if err := s.services.Exports.Run(domain.WithActor(t.Context(), domain.SystemActor), id); err != nil {
		t.Fatal(err)
	}
}

// fetchSheet follows the button of the export to its file and returns the rows of its sheets.
func (v *visitor) fetchSheet(t *testing.T) map[string][][]string {
	t.Helper()
	link := v.see(t, "/console/camps/{camp}/exports/{export}/file", http.StatusSeeOther).Header().Get("Location")
	at, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	v.http.ServeHTTP(w, httptest.NewRequest(http.MethodGet, at.RequestURI(), nil)) // no cookie: the link is enough
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Disposition"), `attachment; filename="yingdi-`) || w.Header().Get("Content-Type") != export.ContentType {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	book, err := excelize.OpenReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	sheets := map[string][][]string{}
	for _, name := range book.GetSheetList() {
		if sheets[name], err = book.GetRows(name); err != nil {
			t.Fatal(err)
		}
	}
	v.clock.Set(v.clock.Now().Add(export.LinkLife + time.Second))
	w = httptest.NewRecorder()
	v.http.ServeHTTP(w, httptest.NewRequest(http.MethodGet, at.RequestURI(), nil))
	if w.Code != http.StatusForbidden {
		t.Errorf("the link still works after its time: %d", w.Code)
	}
	return sheets
}

func cells(rows [][]string) string {
	var lines []string
	for _, row := range rows {
		lines = append(lines, strings.Join(row, "|"))
	}
	return strings.Join(lines, "\n")
}

func TestACampLeavesInAFileThatIsOnRecord(t *testing.T) {
	t.Parallel()
	s := studio(t)
	owner := s.staff(t, s.vars["teacher"])
	teacher := s.as(t, s.vars["teacher"])
	if _, err := s.services.Forms.Save(teacher, s.vars["camp"], form.Draft{Fields: []form.Field{{ID: "f1", Type: form.Phone, Label: "手机号"}, {ID: "f2", Type: form.Text, Label: "姓名"}}}, 0); err != nil {
		t.Fatal(err)
	}
	ajie, id := s.person(t, "阿杰")
	s.vars["ajie"] = id
	given := form.Given{Version: 1, Answers: []form.Answer{{Field: "f1", Values: []string{"13800138000"}}, {Field: "f2", Values: []string{"=1+1"}}}}
	if _, err := s.services.Enrolments.EnrolWith(ajie, s.vars["camp"], given); err != nil {
		t.Fatal(err)
	}
	if _, err := s.services.Reviews.Release(teacher, s.vars["checkin"], review.Form{Text: "好", Points: 95}); err != nil {
		t.Fatal(err)
	}
	at := "/console/camps/{camp}/exports"
	owner.see(t, at, 200, "还没有导出过", "姓名和回答完整显示，手机号完整显示")
	_, manager := s.person(t, "manager")
	s.appoint(t, s.vars["organiser"], manager, "", domain.RoleManager)
	masked := s.staff(t, manager)
	for _, c := range []struct {
		kind  string
		sheet string
		whole []string
		hides []string // from a manager
	}{
		{"learners", "学员", []string{s.vars["learner"] + "|小满|||2026-03-01 09:00|1|2026-03-01"}, []string{"小满"}},
		{"forms", "报名表", []string{"学员编号|昵称|填写时间|报名表版本|同意个人信息说明|手机号|姓名", "13800138000|'=1+1"}, []string{"13800138000", "1+1"}},
		{"checkins", "打卡", []string{"2026-03-01|1|读一段|" + s.vars["learner"] + "|小满|今天读了 <b>《学而》</b>|0|训练营|"}, []string{"小满"}},
		{"marks", "点评", []string{"2026-03-01|1|读一段|" + s.vars["learner"] + "|小满|95|好|"}, []string{"小满"}},
	} {
		for _, v := range []*visitor{owner, masked} {
			v.submit(t, at, values("kind", c.kind), "开始导出", "排队中", `hx-trigger="every 2s"`)
			s.vars["export"] = exportInPage.FindStringSubmatch(v.page)[1]
			v.see(t, at+"/{export}/file", http.StatusSeeOther)
			v.see(t, at, 200, "文件还没有准备好")
			s.runExport(t, s.vars["export"])
			v.see(t, at, 200, "下载")
			if strings.Contains(v.page, "every 2s") {
				t.Error("the page goes on asking when all is done")
			}
			got := cells(v.fetchSheet(t)[c.sheet])
			if v == owner {
				for _, line := range c.whole {
					if !strings.Contains(got, line) {
						t.Errorf("%s lacks %q: %s", c.kind, line, got)
					}
				}
				masked.see(t, at, 200, "含有你不能看的信息")
				masked.see(t, at+"/{export}/file", http.StatusForbidden)
				continue
			}
			for _, secret := range c.hides {
				if strings.Contains(got, secret) {
					t.Errorf("%s shows a manager %q: %s", c.kind, secret, got)
				}
			}
		}
	}
	owner.see(t, "/console/organisers/{organiser}/exports", 200, "导出记录", "报名表的回答", "姓名遮盖、手机号遮盖", "姓名完整、手机号完整", "1 次")
	masked.see(t, "/console/organisers/{organiser}/exports", http.StatusForbidden)
	s.clock.Set(s.clock.Now().Add(export.Keep))
	if err := s.services.Exports.Sweep(domain.WithActor(t.Context(), domain.SystemActor)); err != nil {
		t.Fatal(err)
	}
	owner = s.staff(t, s.vars["teacher"])
	owner.see(t, at, 200, "已过期")
	owner.see(t, at+"/{export}/file", http.StatusSeeOther)
	owner.see(t, at, 200, "文件已经过期删除")
}

func TestATeacherBringsTasksInASheet(t *testing.T) {
	t.Parallel()
	s := studio(t)
	v := s.staff(t, s.vars["teacher"])
	at := "/console/camps/{camp}/tasks"
	v.see(t, at, 200, "从 Excel 导入")
	template := v.see(t, at+"/template", 200).Body.Bytes()
	v.see(t, at+"/import", 200, "下载模板")
	v.sendFile(t, at+"/import", 422, []byte("标题"), "无法读取")
	file, err := sheet.Excel{}.Write("任务", [][]string{{"日期", "标题", "内容"}, {"第2天", "读两遍", "大声读"}, {"第99天", "读", ""}})
	if err != nil {
		t.Fatal(err)
	}
	v.sendFile(t, at+"/import", 422, file, "有 1 行需要修改", "<td>3</td>", "日期不在训练营期间")
	v.see(t, at+"/import", 200)
	for _, added := range []string{"添加了 2 个任务", "添加了 0 个任务"} {
		v.sendFile(t, at+"/import", http.StatusSeeOther, template)
		v.see(t, at+"/import", 200, "预览：2 个任务", "自我介绍", "第 2 天")
		v.submit(t, at+"/import/apply", values("seed", seedOfPlan.FindStringSubmatch(v.page)[1]), "正在导入", `hx-trigger="every 2s"`)
		system := domain.WithActor(t.Context(), domain.SystemActor)
		if err := s.services.Lessons.CarryImport(system, lesson.ImportID(s.vars["camp"], s.vars["teacher"])); err != nil {
			t.Fatal(err)
		}
		v.see(t, at+"/import", 200, added)
	}
	v.see(t, at, 200, "自我介绍", "读第一章")
	v.submit(t, at+"/import/apply", values("seed", "another"), "预览已经更新")
}

func TestAnExportOnTheConsoleCanBeCancelledAndIsBounded(t *testing.T) {
	t.Parallel()
	s := studio(t)
	v := s.staff(t, s.vars["teacher"])
	at := "/console/camps/{camp}/exports"
	v.post(t, at, values("kind", "all", "from", "2026-03-05", "to", "2026-03-01"), 422, "请选择要导出的内容", "结束日期不能早于开始日期", `value="2026-03-05"`)
	v.submit(t, at, values("kind", "checkins"), "排队中")
	s.vars["export"] = exportInPage.FindStringSubmatch(v.page)[1]
	v.submit(t, at, values("kind", "checkins"), "排队中")
	v.post(t, at, values("kind", "checkins"), 409, "你有两个导出还没完成")
	v.submit(t, at+"/{export}/cancel", values(), "已取消导出", "已取消")
	s.runExport(t, s.vars["export"])
	v.submit(t, at, values("kind", "checkins"), "开始导出")
	elsewhere, _ := s.running(t, s.vars["learner"], 10)
	s.vars["camp"] = elsewhere.ID
	s.staff(t, s.vars["learner"]).post(t, at+"/{export}/cancel", values(), 404)
}
