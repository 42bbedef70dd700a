package main

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"yingdi/domain"
	"yingdi/domain/quiz"
	"yingdi/handlers/web"
	"yingdi/storage/sheet"
)

// importSheet sends a spreadsheet to the bank of the camp.
func (v *visitor) importSheet(t *testing.T, status int, rows [][]string, shows ...string) {
	t.Helper()
	file, err := sheet.Excel{}.Write("题目", rows)
	if err != nil {
		t.Fatal(err)
	}
	v.importFile(t, status, file, shows...)
}

func (v *visitor) importFile(t *testing.T, status int, file []byte, shows ...string) {
	t.Helper()
	v.sendFile(t, "/console/camps/{camp}/questions/import", status, file, shows...)
}

// sendFile sends a form with a file.
func (v *visitor) sendFile(t *testing.T, path string, status int, file []byte, shows ...string) {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if err := form.WriteField(web.CSRFField, v.token); err != nil {
		t.Fatal(err)
	}
	part, err := form.CreateFormFile("file", "questions.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(file); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, v.fill(t, path), &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	v.check(t, "POST "+path, v.send(t, r), status, shows)
}

func TestABankKeepsTheSheetsOrderAndIsSearched(t *testing.T) {
	t.Parallel()
	s := studio(t)
	v := s.staff(t, s.vars["teacher"])
	rows := [][]string{{"题型", "题目", "正确答案"}}
	for i := range 9 {
		rows = append(rows, []string{"填空", fmt.Sprintf("Poem %d 的作者", i), "李白"})
	}
	v.importSheet(t, http.StatusSeeOther, append(rows, []string{"判断", "唐诗都是七言", "错"}))
	bank := "/console/camps/{camp}/questions"
	v.see(t, bank, 200, "找题")
	for i, rest := 0, v.page; i < 9; i++ {
		_, after, ok := strings.Cut(rest, fmt.Sprintf("Poem %d ", i))
		if !ok {
			t.Fatalf("question %d does not follow the one before it in the sheet", i)
		}
		rest = after
	}
	v.see(t, bank+"?text=poem+7", 200, "Poem 7 的作者", `value="poem 7"`)
	if strings.Contains(v.page, "Poem 6") {
		t.Error("what was not looked for is shown")
	}
	v.see(t, bank+"?kind=truth", 200, "唐诗都是七言")
	v.see(t, bank+"?kind=truth&text=poem", 200, "没有找到这样的题目")
	v.see(t, bank+"?kind=poem", 422)
	v.see(t, bank+"?text="+strings.Repeat("x", 61), 422)
	v.see(t, bank+"?shared=1", 200, "题库是空的")
	at := v.submit(t, "/console/camps/{camp}/quizzes", values("title", "周测", "attempts", "1", "minutes", "0", "grace", "60", "pass", "60", "days", "1",
		"rule", "partial", "reveal", "after"), "接着选题")
	v.see(t, at+"?text=poem+7", 200, "Poem 7 的作者")
	chosen := boxes.FindAllStringSubmatch(v.page, -1)
	if len(chosen) != 1 {
		t.Fatalf("%d questions are offered", len(chosen))
	}
	v.submit(t, at+"/include", values("question", chosen[0][1]), "题目已加入测评")
	v.see(t, at+"?text=poem+7", 200, "没有找到这样的题目")
}

var boxes = regexp.MustCompile(`type="checkbox" name="question" value="([0-9a-z]+)"`)

func TestATeacherMakesAQuizOnTheConsole(t *testing.T) {
	t.Parallel()
	s := studio(t)
	v := s.staff(t, s.vars["teacher"])
	v.see(t, "/console/camps/{camp}/quizzes", 200, "还没有测评")
	v.see(t, "/console/camps/{camp}/questions", 200, "题库是空的")
	v.submit(t, "/console/camps/{camp}/questions", values("kind", "single", "text", "谁写了《春晓》？", "options", "李白\r\n孟浩然", "answer", "b", "points", "2", "explanation", "唐代诗人"), "题目已添加", "答案 B")
	v.post(t, "/console/camps/{camp}/questions", values("kind", "single", "text", "谁？", "options", "李白", "answer", "C", "points", "很多"), 422, "选项应有 2 到 10 个", "正确答案不在选项里", `value="很多"`)

	template := v.see(t, "/console/camps/{camp}/questions/template", 200).Body.Bytes()
	v.see(t, "/console/camps/{camp}/questions/import", 200, "下载模板")
	v.importFile(t, 422, []byte("题型,题目"), "无法读取")
	v.importFile(t, 422, nil, "请选择")
	v.importSheet(t, 422, [][]string{{"题型", "题目", "正确答案"}, {"判断", "好", "对"}, {"作文", "写"}}, "有 1 行需要修改", "<td>3</td>", "题型应为")
	v.see(t, "/console/camps/{camp}/questions", 200)
	if strings.Contains(v.page, "答案 对") {
		t.Error("a file with a wrong row was taken in half")
	}
	v.importFile(t, http.StatusSeeOther, template)
	v.see(t, "/console/camps/{camp}/questions", 200, "导入了 5 题", "《春晓》的作者是谁？")
	v.importFile(t, http.StatusSeeOther, template)
	v.see(t, "/console/camps/{camp}/questions", 200, "导入了 0 题，另有 5 题以前导入过")

	v.post(t, "/console/camps/{camp}/quizzes", values("title", "周测", "attempts", "0"), 422, "作答次数应在 1 到 20 之间", `value="周测"`)
	to := v.submit(t, "/console/camps/{camp}/quizzes", values("title", "周测", "attempts", "1", "minutes", "10", "grace", "30", "pass", "60", "days", "1", "rule", "partial", "reveal", "after"), "接着选题", "还没有题目")
	s.vars["quiz"] = to[strings.LastIndex(to, "/")+1:]
	form := url.Values{}
	for _, found := range boxes.FindAllStringSubmatch(v.page, -1) {
		form.Add("question", found[1])
	}
	if len(form["question"]) != 6 {
		t.Fatalf("the bank offers %v", form)
	}
	v.submit(t, to+"/include", form, "题目已加入测评", "6 题 · 16 分", "没有可以添加的题目")
	order := url.Values{"question": form["question"], "drop": form["question"][5:]}
	for i := range form["question"] {
		order.Add("place", fmt.Sprint(10-i))
		order.Add("points", "3")
	}
	v.submit(t, to+"/questions", order, "题目已保存", "5 题 · 15 分")
	v.submit(t, "/console/camps/{camp}/tasks", values("day", "2026-03-01", "title", "做周测", "quiz", s.vars["quiz"]), "任务已添加", "测评")
	v.see(t, to, 200, "安排在3月1日的任务“做周测”")
	v.submit(t, to+"/remove", values(), "已经安排在任务里")
	v.post(t, "/console/camps/{camp}/tasks", values("day", "2026-03-01", "title", "再测", "quiz", s.vars["quiz"]), 409, "已经安排在另一个任务里")
}

func TestAPictureInAQuestionReachesTheLearner(t *testing.T) {
	t.Parallel()
	s, token := exam(t, quiz.RevealAfter)
	access, _, _ := s.signIn(t, "teacher")
	picture, foreign := s.upload(t, access), s.upload(t, token)
	v := s.staff(t, s.vars["teacher"])
	add := func(file string) url.Values {
		return values("kind", "truth", "text", "图里有花吗？", "answer", "对", "points", "1", "files", file)
	}
	v.see(t, "/console/camps/{camp}/questions/new", 200, "添加图片或录音")
	v.post(t, "/console/camps/{camp}/questions", add(foreign), 422, "学习材料只能用你自己上传的图片和录音", "图里有花吗？")
	v.submit(t, "/console/camps/{camp}/questions", add(picture), "题目已添加")
	_, bank, _, err := s.services.Quizzes.Bank(s.as(t, s.vars["teacher"]), s.vars["camp"], quiz.Look{}, domain.Page{Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range bank {
		if q.Text == "图里有花吗？" {
			s.vars["question"] = q.ID
		}
	}
	if err := s.services.Quizzes.KeepFiles(domain.WithActor(t.Context(), domain.SystemActor), s.vars["question"]); err != nil {
		t.Fatal(err)
	}
	v.see(t, "/console/camps/{camp}/questions/{question}", 200, `name="files" value="`+picture+`"`)
	if _, err := s.services.Quizzes.Include(s.as(t, s.vars["teacher"]), s.vars["camp"], s.vars["quiz"], []string{s.vars["question"]}); err != nil {
		t.Fatal(err)
	}
	body := s.do(t, "POST /api/v1/camps/{camp}/quizzes/{quiz}/attempts", token, "").Body.String()
	if !strings.Contains(body, `"id":"`+picture+`"`) || strings.Count(body, `"files":[]`) != 5 {
		t.Errorf("the attempt shows %s", body)
	}
}

func TestResultsGradingAndRegradingOnTheConsole(t *testing.T) {
	t.Parallel()
	s, token := exam(t, quiz.RevealAfter)
	v := s.staff(t, s.vars["teacher"])
	sheet := s.do(t, "POST /api/v1/camps/{camp}/quizzes/{quiz}/attempts", token, "").Body.Bytes()
	s.vars["attempt"] = s.vars["camp"] + ":" + s.vars["me"] + ":" + s.vars["quiz"] + ":1"
	v.see(t, "/console/camps/{camp}/quizzes/{quiz}/results", 200, "作答中")
	s.tell(t, token, []step{
		{name: "answering", request: "PUT /attempts/{attempt}/answers", body: rightAnswers(t, sheet), status: 200},
		{name: "handing in", request: "POST /attempts/{attempt}/submit", status: 200},
	})
	v.see(t, "/console/camps/{camp}/quizzes/{quiz}/results?grade=1", 200, "1 题待批改", "8 / 10")
	page := "/console/camps/{camp}/quizzes/{quiz}/attempts/{attempt}"
	v.see(t, page, 200, "因为春天", "待批改，满分 2")
	position := regexp.MustCompile(`name="position" value="(\d)"`).FindStringSubmatch(v.page)
	if position == nil {
		t.Fatalf("nothing to grade: %s", v.main())
	}
	v.post(t, page, values("position", position[1], "mark", "2.5", "remark", ""), 422, "得分应在 0 到 2 之间")
	v.post(t, page, values("position", position[1], "mark", "NaN", "remark", ""), 422, "得分应为数字")
	v.submit(t, page, values("position", position[1], "mark", "1.5", "remark", "写得好"), "批改已保存", "都批改完了")
	s.tell(t, token, []step{{name: "graded", request: "GET /attempts/{attempt}", status: 200, want: `{"result":{"points":9.5,"waiting":0}}`}})
	if err := s.services.Quizzes.Announce(domain.WithActor(t.Context(), domain.SystemActor), s.vars["attempt"]); err != nil {
		t.Fatal(err)
	}
	s.tell(t, token, []step{{name: "told", request: "GET /notices", status: 200, want: `{"items":[{"kind":"quiz_graded","title":"测评的简答题批改好了"}]}`}})
	v.see(t, "/console/camps/{camp}/today", 200, "做测评", "9.5 / 10", "及格")
	v.see(t, "/console/camps/{camp}/learners/{me}", 200, "完成测评：第一周测评（9.5 / 10 分）", "收到消息：测评的简答题批改好了")
	v.see(t, "/console/camps/{camp}/quizzes/{quiz}/statistics", 200, "平均得分率", "得分率 <strong>100%</strong>", "谁写了《春晓》？")

	ctx := s.as(t, s.vars["teacher"])
	paper, err := s.services.Quizzes.Paper(ctx, s.vars["camp"], s.vars["quiz"], domain.RightCampEdit)
	if err != nil {
		t.Fatal(err)
	}
	s.vars["question"] = paper.Quiz.Items[0].Question
	v.see(t, "/console/camps/{camp}/questions/{question}", 200, `value="B"`)
	v.submit(t, "/console/camps/{camp}/questions/{question}", values("kind", "single", "text", "谁写了《春晓》？", "options", "李白\n孟浩然", "answer", "A", "points", "2"), "题目已保存")
	s.tell(t, token, []step{{name: "not before somebody says so", request: "GET /attempts/{attempt}", status: 200, want: `{"result":{"points":9.5}}`}})
	v.submit(t, "/console/camps/{camp}/quizzes/{quiz}/regrades", values("question", s.vars["question"]), "正在重新评分")
	if err := s.services.Quizzes.RunRegrade(t.Context(), quiz.RegradeID(s.vars["quiz"], s.vars["question"], 2)); err != nil {
		t.Fatal(err)
	}
	v.see(t, "/console/camps/{camp}/quizzes/{quiz}/regrades", 200, "1 份的分数有变化", "<td>2</td><td>0</td>")
	s.tell(t, token, []step{{name: "regraded", request: "GET /attempts/{attempt}", status: 200, want: `{"result":{"points":7.5}}`}})
	v.see(t, page, 200, "重新评分：2 → 0")
}

func TestWhoSeesQuizzesOnTheConsole(t *testing.T) {
	t.Parallel()
	s, token := exam(t, quiz.RevealClose)
	s.tell(t, token, []step{{name: "begun", request: "POST /camps/{camp}/quizzes/{quiz}/attempts", status: 201, keep: map[string]string{"attempt": "id"}}})
	ctx := s.as(t, s.vars["teacher"])
	in, questions, _, err := s.services.Quizzes.Bank(ctx, s.vars["camp"], quiz.Look{}, domain.Page{})
	if err != nil {
		t.Fatal(err)
	}
	s.vars["question"] = questions[0].ID
	_, rival := s.person(t, "rival")
	s.running(t, rival, 10)
	_, reviewer := s.person(t, "reviewer")
	s.appoint(t, in.Organiser, reviewer, in.ID, domain.RoleReviewer)
	who := map[string]*visitor{"nobody": s.visitor(), "rival": s.staff(t, rival), "reviewer": s.staff(t, reviewer), "owner": s.staff(t, s.vars["teacher"])}
	roles := []string{"nobody", "rival", "reviewer", "owner"}
	for path, want := range map[string][4]int{
		"/quizzes":                           {303, 403, 200, 200},
		"/quizzes/new":                       {303, 403, 403, 200},
		"/quizzes/{quiz}":                    {303, 403, 403, 200},
		"/quizzes/{quiz}/results":            {303, 403, 200, 200},
		"/quizzes/{quiz}/statistics":         {303, 403, 200, 200},
		"/quizzes/{quiz}/attempts/{attempt}": {303, 403, 200, 200},
		"/quizzes/{quiz}/regrades":           {303, 403, 403, 200},
		"/questions":                         {303, 403, 403, 200},
		"/questions?shared=1":                {303, 403, 403, 200},
		"/questions/new":                     {303, 403, 403, 200},
		"/questions/import":                  {303, 403, 403, 200},
		"/questions/template":                {303, 403, 403, 200},
		"/questions/{question}":              {303, 403, 403, 200},
		"/quizzes/nothing":                   {303, 403, 403, 404},
		"/questions/nothing":                 {303, 403, 403, 404},
	} {
		for i, role := range roles {
			who[role].see(t, "/console/camps/{camp}"+path, want[i])
		}
	}
	for path, want := range map[string][4]int{
		"/quizzes/{quiz}/questions":          {0, 403, 403, 303},
		"/quizzes/{quiz}/include":            {0, 403, 403, 303},
		"/quizzes/{quiz}/regrades":           {0, 403, 403, 404},
		"/quizzes/{quiz}/remove":             {0, 403, 403, 303},
		"/quizzes/{quiz}/attempts/{attempt}": {0, 403, 303, 303},
		"/questions/{question}/remove":       {0, 403, 403, 303},
	} {
		for i, role := range roles[1:] {
			who[role].post(t, "/console/camps/{camp}"+path, values(), want[i+1])
		}
	}
}
