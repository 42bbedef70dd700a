//go:build e2e

package browser_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
)

// learner is somebody who lives the camp, and what they handed in by day.
type learner struct {
	*person
	name     string
	member   string
	checkins map[int]string
}

// back logs in again, as a phone does each time it is taken out.
func (s *story) back(t *testing.T, l *learner) *learner {
	t.Helper()
	l.person = logIn(t, s.stage.URL, l.name)
	return l
}

func (s *story) enrols(t *testing.T) {
	s.goTo(t, at(-1, 9))
	for _, l := range []struct {
		to   **learner
		name string
	}{{&s.early, "小满"}, {&s.late, "阿禾"}, {&s.twice, "一个名字很长很长的学员Luna🌙"}} {
		one := s.back(t, &learner{name: l.name, checkins: map[int]string{}})
		var me struct{ ID string }
		one.call(t, "PATCH", "/api/v1/me", fmt.Sprintf(`{"nickname":%q}`, l.name), &me)
		one.call(t, "POST", "/api/v1/camps/"+s.camp+"/enrolments", "", nil)
		one.member = me.ID
		*l.to = one
	}
	s.comesBack(t)
	s.groups(t)
	s.goTo(t, at(0, 20)) // the evening before
}

// learnersHandIn is what happens on a day before the teacher comes.
func (s *story) learnersHandIn(t *testing.T, day int) {
	s.goTo(t, at(day, 8))
	s.back(t, s.early).handsIn(t, s.camp, day)
	s.goTo(t, at(day, 8)) // what was handed in is looked at while its author is there
	s.goTo(t, at(day, 12))
	s.back(t, s.twice)
	s.twice.handsIn(t, s.camp, day)
	s.back(t, s.late)
	switch day {
	case 4:
		s.late.call(t, "POST", "/api/v1/checkins/"+s.twice.checkins[3]+"/reports", `{"reason":"spam","text":"像是广告"}`, nil)
	case 6, 13:
		s.late.makesUp(t, s.camp, day-1)
	case 11:
		s.redoes(t)
	case 18:
		s.late.fails(t, "make_ups_spent", "/api/v1/camps/"+s.camp+"/checkins", s.late.words(t, s.camp, day-1, true))
	}
	if slices.Contains([]int{5, 12, 16, 17}, day) {
		s.goTo(t, at(day, 12))
		s.goTo(t, at(day, 20)) // when those are reminded who have forgotten
		return
	}
	s.late.handsIn(t, s.camp, day)
	s.goTo(t, at(day, 12))
}

type task struct {
	ID, Kind, State string
	Quiz            *struct{ ID string }
}

// task of a day: of today, or of one that has gone by.
func (l *learner) task(t *testing.T, camp string, day int, gone bool) task {
	t.Helper()
	path := "/api/v1/camps/" + camp + "/today"
	if gone {
		path += "?day=" + date(day)
	}
	var today struct {
		Day   string
		Tasks []task
	}
	l.call(t, "GET", path, "", &today)
	if today.Day != date(day) || len(today.Tasks) != 1 {
		t.Fatalf("%s has %+v to do on day %d", l.name, today, day)
	}
	return today.Tasks[0]
}

func (l *learner) words(t *testing.T, camp string, day int, gone bool) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{
		"task": l.task(t, camp, day, gone).ID, "make_up": gone, "text": fmt.Sprintf("第 %d 首读了三遍，最喜欢结尾那句，安静又明亮。", day),
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func (l *learner) handsIn(t *testing.T, camp string, day int) {
	t.Helper()
	if todo := l.task(t, camp, day, false); todo.Kind == "quiz" {
		l.answers(t, camp, todo.Quiz.ID)
		return
	}
	l.checkIn(t, camp, day, l.words(t, camp, day, false))
}

func (l *learner) makesUp(t *testing.T, camp string, day int) {
	t.Helper()
	l.checkIn(t, camp, day, l.words(t, camp, day, true))
}

func (l *learner) checkIn(t *testing.T, camp string, day int, body string) {
	t.Helper()
	var handed struct{ ID, Day string }
	l.call(t, "POST", "/api/v1/camps/"+camp+"/checkins", body, &handed)
	if handed.Day != date(day) {
		t.Fatalf("%s handed in for day %d, and it became %s", l.name, day, handed.Day)
	}
	l.checkins[day] = handed.ID
}

// answers sits a quiz: everything right but for the late one, who does not know the first.
func (l *learner) answers(t *testing.T, camp, quiz string) {
	t.Helper()
	var sheet struct {
		ID        string
		Questions []struct {
			Position int
			Kind     string
			Options  []string
		}
	}
	l.call(t, "POST", "/api/v1/camps/"+camp+"/quizzes/"+quiz+"/attempts", "", &sheet)
	type said struct {
		Position int    `json:"position"`
		Chosen   []int  `json:"chosen,omitempty"`
		Words    string `json:"words,omitempty"`
	}
	right := map[string][]string{"single": {"孟浩然"}, "multiple": {"李白", "杜甫"}, "truth": {"对"}}
	if l.name == "阿禾" {
		right["single"] = []string{"李白"}
	}
	var answers []said
	for _, q := range sheet.Questions {
		one := said{Position: q.Position}
		if q.Kind == "short" {
			one.Words = "“处处闻啼鸟”，因为一醒来就听见春天。"
		}
		for i, option := range q.Options {
			if slices.Contains(right[q.Kind], option) {
				one.Chosen = append(one.Chosen, i)
			}
		}
		answers = append(answers, one)
	}
	body, err := json.Marshal(map[string]any{"answers": answers})
	if err != nil {
		t.Fatal(err)
	}
	l.call(t, "PUT", "/api/v1/attempts/"+sheet.ID+"/answers", string(body), nil)
	l.call(t, "POST", "/api/v1/attempts/"+sheet.ID+"/submit", "", nil)
}

// redoes reads what the teacher asked for and hands the homework in again.
func (s *story) redoes(t *testing.T) {
	homework := s.twice.checkins[10]
	var told struct {
		Passed bool
		Redo   *struct {
			Reason string
			Open   bool
		}
	}
	s.twice.call(t, "GET", "/api/v1/checkins/"+homework+"/review", "", &told)
	if told.Passed || told.Redo == nil || told.Redo.Reason != "第二句还不熟，请再读一遍" || !told.Redo.Open {
		t.Errorf("the homework came back with %+v", told)
	}
	s.twice.call(t, "POST", "/api/v1/checkins/"+homework+"/redo", `{"text":"又练了一晚上，第二句顺了。"}`, nil)
}

// fails posts what is refused with the code.
func (l *learner) fails(t *testing.T, code, path, body string) {
	t.Helper()
	status, answer := l.try(t, "POST", path, body)
	var problem struct{ Code string }
	if err := json.Unmarshal(answer, &problem); err != nil || status/100 != 4 || problem.Code != code {
		t.Errorf("POST %s: %d %s, want a refusal: %s", path, status, answer, code)
	}
}
