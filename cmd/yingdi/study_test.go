package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/form"
	"yingdi/domain/lesson"
)

type taskLine struct {
	ID, Title, Kind, State string
	Pinned                 bool
}

func (s *site) taskLines(t *testing.T, token string) map[string]taskLine {
	t.Helper()
	w := s.do(t, "GET /api/v1/camps/{camp}/tasks", token, "")
	var list struct{ Items []taskLine }
	if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || w.Code != http.StatusOK {
		t.Fatalf("tasks: %d %s", w.Code, w.Body)
	}
	lines := map[string]taskLine{}
	for _, l := range list.Items {
		lines[l.ID] = l
	}
	return lines
}

func TestALearnerReadsAnswersAndSeesWhatIsDone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, _, teacher := s.signIn(t, "teacher")
	c, tasks := s.running(t, teacher, 10)
	ctx := s.as(t, teacher)
	s.vars["camp"] = c.ID
	add := func(name string, f lesson.Form) {
		f.Day, f.Title = c.Start, name
		task, err := s.services.Lessons.Add(ctx, c.ID, f)
		if err != nil {
			t.Fatal(name, err)
		}
		s.vars[name] = task.ID
	}
	add("read", lesson.Form{Kind: lesson.KindRead})
	add("form", lesson.Form{Kind: lesson.KindForm, Ask: []form.Field{{ID: "f1", Type: form.Text, Label: "哪一首？", Required: true}}})
	s.vars["checkin"], s.vars["tomorrow"] = tasks[0].ID, tasks[1].ID

	learner, _, member := s.signIn(t, "learner")
	s.tell(t, learner, []step{
		{name: "enrols", request: "POST /camps/{camp}/enrolments", status: 201},
		{name: "reads", request: "POST /camps/{camp}/tasks/{read}/read", status: 201},
		{name: "reads again", request: "POST /camps/{camp}/tasks/{read}/read", status: 200},
		{name: "reads what is to be handed in", request: "POST /camps/{camp}/tasks/{checkin}/read", status: 409},
		{name: "reads what is hidden", request: "POST /camps/{camp}/tasks/{tomorrow}/read", status: 404},
		{name: "opens what is hidden", request: "GET /camps/{camp}/tasks/{tomorrow}", status: 404},
		{name: "answers nothing", request: "POST /camps/{camp}/tasks/{form}/answers", body: `{"answers":[]}`, status: 422},
		{name: "answers", request: "POST /camps/{camp}/tasks/{form}/answers", body: `{"answers":[{"field":"f1","values":["春晓"]}]}`, status: 201},
		{name: "answers again", request: "POST /camps/{camp}/tasks/{form}/answers", body: `{"answers":[{"field":"f1","values":["静夜思"]}]}`, status: 200},
		{name: "hands a form in as a check-in", request: "POST /camps/{camp}/checkins", body: `{"task":"{form}","text":"好"}`, status: 409},
	})
	lines := s.taskLines(t, learner)
	if lines[s.vars["read"]].State != "done" || lines[s.vars["form"]].State != "done" || lines[s.vars["checkin"]].State != "open" || len(lines) != 3 {
		t.Errorf("%+v", lines)
	}
	if w := s.do(t, "GET /api/v1/camps/{camp}/tasks/{form}", learner, ""); !strings.Contains(w.Body.String(), "静夜思") || strings.Contains(w.Body.String(), "春晓") {
		t.Errorf("my answers: %s", w.Body)
	}
	s.tell(t, learner, []step{{name: "hands in", request: "POST /camps/{camp}/checkins", body: `{"task":"{checkin}","text":"好"}`, status: 201}})
	for _, task := range s.todaysTasks(t, learner) {
		if task.State != "done" {
			t.Errorf("today: %s is %s", task.Title, task.State)
		}
	}
	m, err := s.services.Studies.Matrix(ctx, c.ID, "", domain.Page{})
	if err != nil || len(m.Learners) != 1 || m.Learners[0].Count != 3 || len(m.Tasks) != 9 || m.Learners[0].Member.ID != member {
		t.Errorf("the matrix: %+v, %v", m, err)
	}
	r, err := s.services.Studies.Replies(ctx, c.ID, s.vars["form"], domain.Page{})
	if err != nil || len(r.Given) != 1 || r.Given[0].Asked[0].Values[0] != "静夜思" {
		t.Errorf("the replies: %+v, %v", r, err)
	}
}

func TestATaskIsHiddenUntilItsTimeInEveryPayload(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, _, teacher := s.signIn(t, "teacher")
	c, tasks := s.running(t, teacher, 10)
	ctx := s.as(t, teacher)
	s.vars["camp"], s.vars["task"] = c.ID, tasks[0].ID
	learner, _, _ := s.signIn(t, "learner")
	s.tell(t, learner, []step{{name: "enrols", request: "POST /camps/{camp}/enrolments", status: 201}})
	hide := lesson.Form{Day: c.Start, Title: "秘密任务", VisibleAt: start.Add(20 * time.Minute)}
	if _, err := s.services.Lessons.Edit(ctx, tasks[0].ID, hide); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/camps/{camp}/today", "/camps/{camp}/tasks", "/camps/{camp}/tasks/{task}"} {
		if w := s.do(t, "GET /api/v1"+path, learner, ""); strings.Contains(w.Body.String(), "秘密") {
			t.Errorf("%s tells: %s", path, w.Body)
		}
	}
	s.tell(t, learner, []step{{name: "hands in what is hidden", request: "POST /camps/{camp}/checkins", body: `{"task":"{task}","text":"好"}`, status: 404}})
	s.clock.Set(start.Add(20 * time.Minute))
	for _, path := range []string{"/camps/{camp}/today", "/camps/{camp}/tasks", "/camps/{camp}/tasks/{task}"} {
		if w := s.do(t, "GET /api/v1"+path, learner, ""); !strings.Contains(w.Body.String(), "秘密") {
			t.Errorf("%s still hides: %s", path, w.Body)
		}
	}
	s.tell(t, learner, []step{{name: "hands in", request: "POST /camps/{camp}/checkins", body: `{"task":"{task}","text":"好"}`, status: 201}})
}

func TestMaterialsAreForThoseInTheCamp(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	token, _, teacher := s.signIn(t, "teacher")
	c, _ := s.running(t, teacher, 10)
	ctx := s.as(t, teacher)
	s.vars["camp"] = c.ID
	file := s.uploadFile(t, token, `"kind":"document","content_type":"application/pdf","name":"书单.pdf"`, []byte("%PDF-1.7 list"))
	m, err := s.services.Lessons.AddMaterial(ctx, c.ID, file, "", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.services.Lessons.AddMaterial(ctx, c.ID, file, "以后", start.Add(20*time.Minute)); err != nil {
		t.Fatal(err)
	}
	learner, _, _ := s.signIn(t, "learner")
	s.tell(t, learner, []step{
		{name: "looks before enrolling", request: "GET /camps/{camp}/materials", status: 403},
		{name: "enrols", request: "POST /camps/{camp}/enrolments", status: 201},
	})
	shelf := func() string { return s.do(t, "GET /api/v1/camps/{camp}/materials", learner, "").Body.String() }
	if got := shelf(); !strings.Contains(got, "书单.pdf") || strings.Contains(got, "以后") {
		t.Errorf("the shelf: %s", got)
	}
	s.clock.Set(start.Add(20 * time.Minute))
	if got := shelf(); !strings.Contains(got, "以后") {
		t.Errorf("an hour later: %s", got)
	}
	if _, err := s.services.Lessons.EditMaterial(ctx, c.ID, m.ID, "新书单", start.Add(25*time.Minute)); err != nil {
		t.Fatal(err)
	}
	if got := shelf(); strings.Contains(got, m.ID) {
		t.Errorf("put off: %s", got)
	}
	s.clock.Set(start.Add(25 * time.Minute))
	if got := shelf(); !strings.Contains(got, "新书单") {
		t.Errorf("when its time has come: %s", got)
	}
	if err := s.services.Lessons.RemoveMaterial(ctx, c.ID, m.ID); err != nil {
		t.Fatal(err)
	}
	if got := shelf(); strings.Contains(got, m.ID) {
		t.Errorf("removed: %s", got)
	}
}
