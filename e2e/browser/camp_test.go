//go:build e2e

package browser_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yingdi/e2e/server"
	"yingdi/storage/sheet"
)

// A teacher opens a camp of 21 days and runs it to its end with nothing but the console, while three learners live it
// through the API. Every day of it passes, by a clock that does not wait.
func TestATeacherRunsACampOf21Days(t *testing.T) {
	t.Parallel()
	s := &story{stage: server.OnStage(t, at(-2, 10))}
	s.b = newTab(t, s.stage.URL, desk)
	s.opens(t)
	s.enrols(t)
	for day := 1; day <= 21; day++ {
		s.learnersHandIn(t, day)
		if evening := s.evenings()[day]; evening != nil {
			s.goTo(t, at(day, 22))
			s.comesBack(t)
			evening(t)
		}
	}
	s.ends(t)
	s.learnersLookBack(t)
	s.tour(t)
}

// story is one camp, the teacher's browser and the learners' phones.
type story struct {
	stage server.Stage
	b     *tab
	camp  string

	early, late, twice *learner // never misses a day; misses some; has to do the homework twice
}

// firstDay is a Monday.
var (
	zone     = time.FixedZone("CST", 8*3600)
	firstDay = time.Date(2026, 3, 2, 0, 0, 0, 0, zone)
)

// at is an hour of day n of the camp.
func at(n, hour int) time.Time {
	return firstDay.AddDate(0, 0, n-1).Add(time.Duration(hour) * time.Hour)
}

func date(n int) string { return at(n, 0).Format(time.DateOnly) }

func (s *story) goTo(t *testing.T, at time.Time) { t.Helper(); s.stage.GoTo(t, at) }

// page of the camp on the console.
func (s *story) page(t *testing.T, path string) {
	t.Helper()
	s.b.open(t, "/console/camps/"+s.camp+path)
}

// comesBack signs the teacher in again: a session of the console does not last for weeks.
func (s *story) comesBack(t *testing.T) {
	t.Helper()
	s.b.open(t, "/dev/console?as=teacher")
	s.b.shows(t, "王老师，你好")
}

// opens is the day on which everything is made and published.
func (s *story) opens(t *testing.T) {
	b := s.b
	teacher := logIn(t, b.url, "teacher")
	teacher.call(t, "PATCH", "/api/v1/me", `{"nickname":"王老师"}`, nil)
	var me struct{ ID string }
	teacher.call(t, "GET", "/api/v1/me", "", &me)
	s.admits(t, me.ID)
	signIn(t, b)
	b.turn(t, "a[href='/console/camps/new']", "新建训练营")
	b.write(t, "#title", "21 天古诗晨读营")
	b.write(t, "#intro", "每天一首，读三遍，写两句话。\n\n二十一天后，诗就住进心里了。")
	b.give(t, "[data-upload=cover] input[type=file]", photo(t))
	b.until(t, "document.querySelector('.upload-item img')?.naturalWidth > 0")
	for field, value := range map[string]string{"#start": date(1), "#end": date(21), "#enrol_by": date(3), "#seats": "30", "#closing": "3"} {
		b.write(t, field, value)
	}
	b.click(t, "details:has(#make_ups) summary")
	b.write(t, "#make_ups", "2")
	b.write(t, "#make_up_days", "3")
	b.click(t, "details:has(#remind_at) summary")
	b.tick(t, "[name=remind]")
	b.tick(t, "[name=starting]")
	b.write(t, "#remind_at", "20")
	b.look(t, "21-new")
	b.turn(t, ".form .btn-primary", "接着安排每天的任务")
	s.camp = strings.Split(read[string](t, b, "location.pathname"), "/")[3]
	s.fillsTheBank(t)
	s.plans(t)
	s.page(t, "/remarks")
	b.write(t, "#text", "读得很投入，声音里有画面。")
	b.turn(t, "form.card-body .btn-primary", "已添加")
	b.look(t, "21-remarks")
	publish(t, b, s.camp)
}

// admits lets an admin make the teacher's studio.
func (s *story) admits(t *testing.T, teacher string) {
	b := s.b
	admin := logIn(t, b.url, "admin")
	admin.call(t, "PATCH", "/api/v1/me", `{"nickname":"管理员"}`, nil)
	b.open(t, "/console/signin")
	b.until(t, "document.querySelector('.code-picture img')?.naturalWidth > 0")
	b.until(t, "window.admitted || (window.admitted = fetch('/dev/season/staff', {method: 'POST', body: new URLSearchParams({as: 'admin', admin: 'true'})}).then((r) => { document.body.dataset.admitted = r.status })) && document.body.dataset.admitted === '200'")
	b.open(t, "/console/organisers/new")
	b.write(t, "#name", "晨光诗社")
	b.write(t, "#intro", "一群爱读诗的人。")
	b.write(t, "#owner", teacher)
	b.turn(t, ".form .btn-primary", "机构已建好")
	b.look(t, "21-organiser")
	b.click(t, ".me summary")
	b.turn(t, ".me-menu button", "你已退出登录")
}

// fillsTheBank imports questions, writes one more, and makes three quizzes of them.
func (s *story) fillsTheBank(t *testing.T) {
	b := s.b
	s.page(t, "/quizzes")
	b.turn(t, ".page-head a[href$='/questions']", "题库是空的")
	b.turn(t, ".page-head a[href$='/import']", "下载模板")
	b.give(t, "#file", excel(t, "题目", [][]string{
		{"题型", "题目", "选项A", "选项B", "选项C", "选项D", "正确答案", "解析", "分值"},
		{"单选", "《春晓》的作者是谁？", "李白", "孟浩然", "杜甫", "王维", "B", "孟浩然，唐代诗人。", "2"},
		{"多选", "下面哪些是唐代诗人？", "李白", "苏轼", "杜甫", "辛弃疾", "AC", "苏轼和辛弃疾是宋代词人。", "2"},
		{"判断", "“床前明月光”出自《静夜思》。", "", "", "", "", "对", "", "1"},
	}))
	b.turn(t, ".form .btn-primary", "导入了 3 题")
	b.turn(t, ".page-head .btn-primary", "学习材料")
	b.write(t, "#kind", "short")
	b.write(t, "#text", "你最喜欢诗里的哪一句？为什么？")
	b.write(t, "#points", "5")
	b.look(t, "21-question")
	b.turn(t, ".form .btn-primary", "题目已添加")
	b.look(t, "21-bank")
	for week := 1; week <= 3; week++ {
		s.page(t, "/quizzes")
		b.turn(t, ".page-head .btn-primary", "每人可作答几次")
		b.write(t, "#title", fmt.Sprintf("第 %d 周测评", week))
		b.write(t, "#attempts", "1")
		b.write(t, "#minutes", "20")
		b.write(t, "#pass", "60")
		b.turn(t, ".form .btn-primary", "接着选题")
		for n := 1; n <= 4; n++ {
			b.click(t, fmt.Sprintf("form[action$='/include'] li:nth-child(%d) label", n))
		}
		b.turn(t, "form[action$='/include'] .btn-primary", "4 题 · 10 分")
	}
	b.look(t, "21-quiz")
}

// plans imports the 21 tasks, gives the first one more to see, and turns four of them into quizzes and a homework.
func (s *story) plans(t *testing.T) {
	b := s.b
	rows := [][]string{{"日期", "标题", "内容"}}
	for n := 1; n <= 21; n++ {
		rows = append(rows, []string{fmt.Sprintf("第%d天", n), fmt.Sprintf("第 %d 首", n), "读三遍，写下打动你的一句，说说为什么。"})
	}
	s.page(t, "/tasks")
	b.turn(t, ".page-head a[href$='/import']", "下载模板")
	b.give(t, "#file", excel(t, "任务", rows))
	b.turn(t, "form[enctype] .btn-primary", "预览：21 个任务")
	b.look(t, "21-plan")
	b.turn(t, "form[action$='/apply'] .btn-primary", "开始导入")
	b.shows(t, "上次导入添加了 21 个任务")
	s.opensTask(t, 1)
	b.click(t, "[data-add=link]")
	b.write(t, ".edit-block:last-child [name^=url_]", "https://example.com/chunxiao")
	b.write(t, ".edit-block:last-child [name^=text_]", "听一遍朗读")
	b.click(t, "[data-add=picture]")
	b.give(t, ".edit-block:last-child input[type=file]", photo(t))
	b.until(t, "document.querySelector('.edit-block:last-child .upload-item img')?.naturalWidth > 0")
	b.click(t, "[data-open=preview]")
	b.until(t, "document.querySelector('#preview').open && document.querySelector('#preview img')?.naturalWidth > 0")
	b.look(t, "21-preview")
	b.click(t, "#preview [data-close]")
	b.turn(t, ".form .btn-primary", "已保存")
	for week, day := range []int{7, 14, 21} {
		s.opensTask(t, day)
		b.write(t, "#title", fmt.Sprintf("第 %d 周测评", week+1))
		b.write(t, "#quiz", read[string](t, b, fmt.Sprintf("[...document.querySelectorAll('#quiz option')].find((o) => o.text.includes('第 %d 周')).value", week+1)))
		b.turn(t, ".form .btn-primary", "已保存")
	}
	s.opensTask(t, 10)
	b.write(t, "#title", "作业：录一首给家人听")
	b.write(t, "#quiz", "homework")
	b.click(t, "details:has(.rubric-row) summary")
	b.write(t, ".form-hint + .rubric-row [name=criterion]", "流畅")
	b.write(t, ".form-hint + .rubric-row [name=criterion_points]", "60")
	b.write(t, ".form-hint + .rubric-row + .rubric-row [name=criterion]", "情感")
	b.write(t, ".form-hint + .rubric-row + .rubric-row [name=criterion_points]", "40")
	b.look(t, "21-homework")
	b.turn(t, ".form .btn-primary", "已保存")
	b.look(t, "21-tasks")
}

func (s *story) opensTask(t *testing.T, day int) {
	t.Helper()
	s.page(t, "/tasks")
	s.b.turn(t, fmt.Sprintf(".plan-day:nth-of-type(%d) .row-link", day), "怎样算完成")
	if got := read[string](t, s.b, "document.querySelector('#day').value"); got != date(day) {
		t.Fatalf("the plan has %s where day %d, %s, should be", got, day, date(day))
	}
}

// excel writes a spreadsheet to choose.
func excel(t *testing.T, name string, rows [][]string) string {
	t.Helper()
	content, err := sheet.Excel{}.Write(name, rows)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), name+".xlsx")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
