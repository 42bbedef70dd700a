package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/lesson"
	"yingdi/domain/quiz"
)

// keyWord are in every key of handOut and nowhere else.
const keyWord = "机密"

// handOut makes a quiz with a question of each kind and a task of today that hands it out.
func (b *bundle) handOut(t *testing.T, teacher string, c camp.Camp, reveal quiz.Reveal) (id, task string) {
	t.Helper()
	ctx := b.as(t, teacher)
	made, err := b.services.Quizzes.AddQuiz(ctx, c.ID, quiz.Form{Title: "第一周测评", Settings: quiz.Settings{
		Attempts: 2, Minutes: 20, Grace: 30, ShuffleQuestions: true, ShuffleOptions: true, Pass: 60, Rule: quiz.Partial, Reveal: reveal, Days: 2,
	}})
	if err != nil {
		t.Fatal(err)
	}
	var questions []string
	for i, content := range []quiz.Content{
		{Kind: quiz.Single, Text: "谁写了《春晓》？", Options: []string{"李白", "孟浩然"}, Key: quiz.Key{Right: []int{1}}},
		{Kind: quiz.Multiple, Text: "谁是唐代诗人？", Options: []string{"李白", "苏轼", "杜甫"}, Key: quiz.Key{Right: []int{0, 2}}},
		{Kind: quiz.Truth, Text: "李白是唐代人。", Key: quiz.Key{Right: []int{0}}},
		{Kind: quiz.FillIn, Text: "处处闻____", Key: quiz.Key{Accepted: []string{keyWord + "啼鸟"}}},
		{Kind: quiz.Short, Text: "为什么？", Study: "读一读"},
	} {
		content.Explanation = fmt.Sprint(keyWord, "解析", i)
		q, err := b.services.Quizzes.AddQuestion(ctx, c.ID, quiz.QuestionForm{Content: content, Points: 2})
		if err != nil {
			t.Fatal(err)
		}
		questions = append(questions, q.ID)
	}
	if _, err := b.services.Quizzes.Include(ctx, c.ID, made.ID, questions); err != nil {
		t.Fatal(err)
	}
	handedOut, err := b.services.Lessons.Add(ctx, c.ID, lesson.Form{Day: c.Calendar.Day(b.clock.Now()), Title: "做测评", Quiz: made.ID})
	if err != nil {
		t.Fatal(err)
	}
	return made.ID, handedOut.ID
}

// rightAnswers answers what an attempt asks as its key wants it.
func rightAnswers(t *testing.T, body []byte) string {
	t.Helper()
	var attempt struct {
		Questions []struct {
			Position   int
			Kind, Text string
			Options    []string
		}
	}
	if err := json.Unmarshal(body, &attempt); err != nil {
		t.Fatal(err)
	}
	type said struct {
		Position int    `json:"position"`
		Chosen   []int  `json:"chosen,omitempty"`
		Words    string `json:"words,omitempty"`
	}
	var answers []said
	for _, q := range attempt.Questions {
		s := said{Position: q.Position}
		for i, o := range q.Options {
			right := map[string][]string{"single": {"孟浩然"}, "multiple": {"李白", "杜甫"}, "truth": {"对"}}[q.Kind]
			if slices.Contains(right, o) {
				s.Chosen = append(s.Chosen, i)
			}
		}
		switch q.Kind {
		case "fill_in":
			s.Words = keyWord + "啼鸟。"
		case "short":
			s.Words = "因为春天"
		}
		answers = append(answers, s)
	}
	text, err := json.Marshal(map[string]any{"answers": answers})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// exam is a site with a learner in front of a quiz.
func exam(t *testing.T, reveal quiz.Reveal) (s *site, token string) {
	t.Helper()
	s = newSite(t)
	_, teacher := s.person(t, "teacher")
	c, _ := s.running(t, teacher, 10)
	s.vars["teacher"], s.vars["camp"] = teacher, c.ID
	s.vars["quiz"], s.vars["task"] = s.handOut(t, teacher, c, reveal)
	token, _, s.vars["me"] = s.signIn(t, "小满")
	s.tell(t, token, []step{{name: "enrolling", request: "POST /camps/{camp}/enrolments", status: 201}})
	return s, token
}

func TestAQuizOverHTTP(t *testing.T) {
	t.Parallel()
	s, token := exam(t, quiz.RevealAfter)
	s.tell(t, token, []step{
		{name: "today", request: "GET /camps/{camp}/today", status: 200, want: `{"tasks":[{"kind":"checkin","quiz":null},{"id":"{task}","kind":"quiz","state":"open","quiz":{"id":"{quiz}","state":"fresh","attempts_left":2,"attempt":null}}]}`},
		{name: "a check-in instead", request: "POST /camps/{camp}/checkins", body: `{"task":"{task}","text":"做完了"}`, status: 409, want: `{"code":"task_is_quiz"}`},
		{name: "before it begins", request: "GET /camps/{camp}/quizzes/{quiz}", status: 200, want: `{"id":"{quiz}","task":"{task}","questions":5,"points":10,"minutes":20,"state":"fresh","best":null}`},
		{name: "beginning", request: "POST /camps/{camp}/quizzes/{quiz}/attempts", status: 201, want: `{"id":"{camp}:{me}:{quiz}:1","n":1,"state":"in_progress","result":null,"solutions":[],"finished_at":null,"due_at":"2026-03-01T01:20:00Z"}`, keep: map[string]string{"attempt": "id"}},
		{name: "going on from another phone", request: "POST /camps/{camp}/quizzes/{quiz}/attempts", status: 200, want: `{"id":"{attempt}","n":1}`},
		{name: "today, under way", request: "GET /camps/{camp}/today", status: 200, want: `{"tasks":[{},{"state":"open","quiz":{"state":"started","attempts_left":1,"attempt":"{attempt}"}}]}`},
		{name: "an option that is none", request: "PUT /attempts/{attempt}/answers", body: `{"answers":[{"position":1,"chosen":[9]}]}`, status: 422, want: `{"code":"invalid"}`},
		{name: "a question that is none", request: "PUT /attempts/{attempt}/answers", body: `{"answers":[{"position":6,"words":"x"}]}`, status: 422},
	})
	sheet := s.do(t, "GET /api/v1/attempts/{attempt}", token, "").Body.Bytes()
	s.tell(t, token, []step{
		{name: "answering", request: "PUT /attempts/{attempt}/answers", body: rightAnswers(t, sheet), status: 200, want: `{"state":"in_progress","solutions":[]}`},
		{name: "handing in", request: "POST /attempts/{attempt}/submit", status: 200, want: `{"state":"finished","result":{"points":8,"of":10,"passed":true,"waiting":1}}`},
		{name: "handing in again", request: "POST /attempts/{attempt}/submit", status: 200, want: `{"state":"finished","result":{"points":8}}`},
		{name: "answering after that", request: "PUT /attempts/{attempt}/answers", body: `{"answers":[]}`, status: 409, want: `{"code":"attempt_finished"}`},
		{name: "today, done", request: "GET /camps/{camp}/today", status: 200, want: `{"tasks":[{},{"state":"done","quiz":{"state":"done","best":{"points":8}}}]}`},
		{name: "what was wrong", request: "GET /attempts/{attempt}", status: 200, want: `{"solutions":[{},{},{},{},{}]}`},
	})
	s.tell(t, token, []step{
		{name: "once more", request: "POST /camps/{camp}/quizzes/{quiz}/attempts", status: 201, want: `{"n":2}`, keep: map[string]string{"second": "id"}},
	})
	s.clock.Set(start.Add(20*time.Minute + 10*time.Second))
	if err := s.services.Quizzes.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.tell(t, token, []step{{name: "in grace", request: "GET /attempts/{second}", status: 200, want: `{"state":"overdue"}`}})
	s.clock.Set(start.Add(21 * time.Minute))
	if err := s.services.Quizzes.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.tell(t, token, []step{
		{name: "time is up", request: "GET /attempts/{second}", status: 200, want: `{"state":"abandoned","result":{"points":0,"passed":false}}`},
		{name: "a third", request: "POST /camps/{camp}/quizzes/{quiz}/attempts", status: 409, want: `{"code":"attempts_used"}`},
	})
}

// Every payload that the learner can get is read for the key, at every moment of a quiz.
func TestQuizAnswersLeakedByTheAPI(t *testing.T) {
	t.Parallel()
	s, token := exam(t, quiz.RevealClose)
	var seen []string
	look := func(request, body string) []byte {
		t.Helper()
		w := s.do(t, request, token, s.fill(t, body))
		if w.Code/100 != 2 {
			t.Fatalf("%s: %d %s", request, w.Code, w.Body)
		}
		seen = append(seen, request+" "+w.Body.String())
		return w.Body.Bytes()
	}
	everything := func() {
		for _, path := range []string{"/me", "/me/enrolments", "/notices", "/camps", "/camps/{camp}", "/camps/{camp}/today", "/camps/{camp}/calendar", "/camps/{camp}/checkins", "/camps/{camp}/quizzes/{quiz}"} {
			look("GET /api/v1"+path, "")
		}
	}
	everything()
	sheet := look("POST /api/v1/camps/{camp}/quizzes/{quiz}/attempts", "")
	s.vars["attempt"] = s.vars["camp"] + ":" + s.vars["me"] + ":" + s.vars["quiz"] + ":1"
	everything()
	answers := strings.ReplaceAll(rightAnswers(t, sheet), keyWord, "") // what a learner types comes back to them
	look("PUT /api/v1/attempts/{attempt}/answers", answers)
	look("POST /api/v1/attempts/{attempt}/submit", "")
	look("GET /api/v1/attempts/{attempt}", "")
	everything()
	for _, payload := range seen {
		for _, word := range []string{keyWord, "explanation\":\"", "\"right\"", "\"accepted\"", "correct"} {
			if strings.Contains(payload, word) {
				t.Errorf("%q is in %s", word, payload)
			}
		}
	}
	s.clock.Set(start.AddDate(0, 0, 3))
	token, _, _ = s.signIn(t, "小满")
	if after := look("GET /api/v1/attempts/{attempt}", ""); strings.Count(string(after), keyWord) != 6 {
		t.Errorf("once closed it does not show the key: %s", after)
	}
}

func TestManyPhonesStartAndSubmitAtOnce(t *testing.T) {
	t.Parallel()
	s, token := exam(t, quiz.RevealAfter)
	ids, fresh := make([]string, 8), make([]int, 8)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			w := s.do(t, "POST /api/v1/camps/{camp}/quizzes/{quiz}/attempts", token, "")
			var got struct{ ID string }
			_ = json.Unmarshal(w.Body.Bytes(), &got)
			ids[i], fresh[i] = got.ID, w.Code
		})
	}
	all.Wait()
	begun := 0
	for i := range ids {
		if ids[i] == "" || ids[i] != ids[0] {
			t.Errorf("attempts %v", ids)
		}
		if fresh[i] == http.StatusCreated {
			begun++
		}
	}
	if begun != 1 {
		t.Errorf("begun %d times", begun)
	}
	s.vars["attempt"] = ids[0]
	s.clock.Set(start.Add(20*time.Minute + 30*time.Second))
	for range 4 {
		all.Go(func() { s.do(t, "POST /api/v1/attempts/{attempt}/submit", token, "") })
		all.Go(func() {
			if err := s.services.Quizzes.Sweep(domain.WithActor(t.Context(), domain.SystemActor)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	s.tell(t, token, []step{{name: "it ended once", request: "GET /attempts/{attempt}", status: 200, want: `{"state":"abandoned","finished_at":"2026-03-01T01:20:30Z"}`}})
}
