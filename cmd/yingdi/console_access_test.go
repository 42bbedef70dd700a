package main

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/export"
	"yingdi/domain/quiz"
	"yingdi/handlers/console"
	"yingdi/handlers/web"
)

var param = regexp.MustCompile(`:\w+`)

// Every address of the console that names a camp, an organiser or something in them is tried by those who have no business
// there: somebody who has not signed in, and those who run another organiser.
func TestNoAddressOfTheConsoleOpensToAStranger(t *testing.T) {
	t.Parallel()
	s := studio(t)
	_, other := s.person(t, "other")
	elsewhere, _ := s.running(t, other, 10)
	_, manager := s.person(t, "manager")
	s.appoint(t, elsewhere.Organiser, manager, "", domain.RoleManager)
	nobody, owner, stranger := s.visitor(), s.staff(t, other), s.staff(t, manager)
	tried := 0
	for _, r := range s.http.(*echo.Echo).Routes() {
		if !strings.HasPrefix(r.Path, console.Root+"/") || !strings.Contains(r.Path, "/:") || !slices.Contains([]string{http.MethodGet, http.MethodPost}, r.Method) {
			continue
		}
		tried++
		path := param.ReplaceAllStringFunc(r.Path, func(name string) string {
			if id, ok := s.vars[strings.TrimPrefix(name, ":")]; ok {
				return id
			}
			return s.vars["checkin"] // a thing of the camp, whatever it is taken for
		})
		for who, v := range map[string]*visitor{"nobody": nobody, "another organiser's owner": owner, "another organiser's manager": stranger} {
			w := v.ask(r.Method, path)
			allowed := []int{http.StatusForbidden, http.StatusNotFound}
			if who == "nobody" {
				allowed = append(allowed, http.StatusUnauthorized)
				if to := w.Header().Get("Location"); strings.HasPrefix(to, console.Root+"/signin") {
					continue
				}
			}
			if !slices.Contains(allowed, w.Code) {
				t.Errorf("%s %s answers %s with %d %s", r.Method, r.Path, who, w.Code, w.Header().Get("Location"))
			}
		}
	}
	if tried < 200 {
		t.Errorf("only %d addresses were tried", tried)
	}
}

// ask sends a request without looking at the answer; a form of it holds what most of them ask for.
func (v *visitor) ask(method, path string) *httptest.ResponseRecorder {
	form := values(web.CSRFField, v.token, "name", "某某", "reason", "某事", "text", "某话", "answer", "某话", "day", "2026-03-01").Encode()
	r := httptest.NewRequest(method, path, strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for name, value := range v.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	v.http.ServeHTTP(w, r)
	return w
}

// What belongs to one camp is not reached by the address of another, by those who may do everything there.
func TestWhatIsOfOneCampIsNotReachedThroughAnother(t *testing.T) {
	t.Parallel()
	s := studio(t)
	_, other := s.person(t, "other")
	elsewhere, _ := s.running(t, other, 10)
	things := s.things(t)
	owner := s.staff(t, other)
	for _, r := range s.http.(*echo.Echo).Routes() {
		if !strings.HasPrefix(r.Path, console.Root+"/camps/:camp/") || strings.Count(r.Path, "/:") < 2 || !slices.Contains([]string{http.MethodGet, http.MethodPost}, r.Method) {
			continue
		}
		known := true
		path := param.ReplaceAllStringFunc(r.Path, func(name string) string {
			if name == ":camp" {
				return elsewhere.ID
			}
			id, ok := things[strings.TrimPrefix(name, ":")]
			known = known && ok
			return id
		})
		if !known {
			continue
		}
		if w := owner.ask(r.Method, path); w.Code < 400 && !strings.Contains(r.Path, "/teams/:team") { // a team that the camp does not have is gone
			t.Errorf("%s %s answers %d %s", r.Method, r.Path, w.Code, w.Header().Get("Location"))
		}
	}
	teams, err := s.services.Teams.All(t.Context(), s.vars["camp"])
	if err != nil || len(teams) != 1 || teams[0].Name != "清晨组" {
		t.Errorf("the team became %v, %v", teams, err)
	}
}

// things puts one thing of each kind into the studio's camp, and names them as addresses do.
func (s *site) things(t *testing.T) map[string]string {
	t.Helper()
	ctx, camp := s.as(t, s.vars["teacher"]), s.vars["camp"]
	question, err := s.services.Quizzes.AddQuestion(ctx, camp, quiz.QuestionForm{Content: quiz.Content{Kind: quiz.Short, Text: "为什么？"}, Points: 1})
	if err != nil {
		t.Fatal(err)
	}
	test, err := s.services.Quizzes.AddQuiz(ctx, camp, quiz.Form{Title: "周测", Settings: quiz.Settings{Attempts: 1, Pass: 60, Days: 1, Rule: quiz.Partial, Reveal: quiz.RevealAfter}})
	if err != nil {
		t.Fatal(err)
	}
	board, err := s.services.Teams.Add(ctx, camp, "清晨组")
	if err != nil {
		t.Fatal(err)
	}
	asked, err := s.services.Exports.Ask(ctx, camp, export.Form{Kind: export.Learners})
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"task": s.vars["task"], "member": s.vars["learner"], "checkin": s.vars["checkin"], "question": question.ID, "quiz": test.ID,
		"team": board.Teams[0].ID, "export": asked.ID,
	}
}
