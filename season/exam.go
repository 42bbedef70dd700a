package season

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strconv"

	"yingdi/season/audit"
)

// What the circle's quizzes keep to themselves: secret stands in every explanation, accepted before every right answer
// of a solution, and neither anywhere else.
const (
	secret   = "解析暗号"
	accepted = `"accepted":["`
	password = "芝麻开门" // the right answer of the question that is answered in words
)

var questionBox = regexp.MustCompile(`name="question" value="([0-9a-z]+)"`)

// quizzes makes the questions, and a quiz for the first and the third day of each week: the answers of the one are shown
// once it has closed, those of the other after an attempt.
func (c *circle) quizzes(ctx context.Context) error {
	base := "/camps/" + c.camp
	for _, form := range []url.Values{
		{"kind": {"fill_in"}, "text": {"口令是什么？"}, "answer": {password}, "points": {"2"}, "explanation": {secret}},
		{"kind": {"single"}, "text": {"选一个"}, "options": {"甲\n乙\n丙"}, "answer": {"B"}, "points": {"3"}, "explanation": {secret}},
	} {
		if _, err := c.teacher.post(ctx, base+"/questions", form); err != nil {
			return err
		}
	}
	for day := 1; day <= c.plan.Days; day++ {
		reveal := map[int]string{1: "close", 3: "after"}[day%7]
		if reveal == "" {
			continue
		}
		to, err := c.teacher.post(ctx, base+"/quizzes", url.Values{
			"title": {"测评"}, "attempts": {"2"}, "minutes": {"10"}, "grace": {"30"}, "pass": {"60"}, "days": {"2"},
			"rule": {"partial"}, "reveal": {reveal}, "shuffle_options": {"true"},
		})
		if err != nil {
			return err
		}
		quiz := "/quizzes/" + part(to, 5)
		page, err := c.teacher.get(ctx, base+quiz)
		if err != nil {
			return err
		}
		include := url.Values{}
		for _, found := range questionBox.FindAllSubmatch(page, -1) {
			include.Add("question", string(found[1]))
		}
		if _, err := c.teacher.post(ctx, base+quiz+"/include", include); err != nil {
			return err
		}
		if _, err := c.teacher.post(ctx, base+"/tasks", url.Values{"day": {c.dayOf(day)}, "title": {"做测评"}, "quiz": {part(to, 5)}}); err != nil {
			return err
		}
	}
	return nil
}

// try is an attempt that a fellow has under way, or has left to its fate.
type try struct {
	audit.Try
	position int // of the question that is answered in words
	open     bool
}

// look sees whether an answer says what it must not yet; whole is one that shows an attempt.
func (f *fellow) look(quiz string, whole bool, a answer) {
	p := audit.Peek{Quiz: quiz, Member: f.member, Start: f.start, At: *f.now.Load(), Leaks: bytes.Contains(a.body, []byte(secret)) || bytes.Contains(a.body, []byte(accepted))}
	var in struct{ ID, State string }
	if whole && a.status == http.StatusOK && a.into(&in) == nil {
		p.Attempt = in.ID
	}
	f.book.write(func(promises *audit.Promises) { promises.Peeks = append(promises.Peeks, p) })
}

// sit begins an attempt of each quiz of the day from two phones, keeps answers as they are given, and hands in, or does
// not.
func (f *fellow) sit(ctx context.Context, day int) error {
	if f.state != "active" {
		return nil
	}
	tasks, err := f.tasksOf(ctx, "")
	if err != nil {
		return err
	}
	r := f.dice(7, day)
	for _, task := range tasks {
		if task.Kind != "quiz" || task.Quiz == nil || r.IntN(5) == 0 {
			continue
		}
		quiz := task.Quiz.ID
		begin := call{method: http.MethodPost, path: "/camps/" + f.in.camp + "/quizzes/" + quiz + "/attempts", key: f.key()}
		again := begin
		again.key = f.key()
		answers, err := f.atOnce(ctx, []call{begin, again}, http.StatusCreated, http.StatusOK, http.StatusConflict)
		if err != nil {
			return err
		}
		t, err := f.begun(quiz, answers)
		if err != nil {
			return err
		}
		if t == nil {
			continue
		}
		for n := range 1 + r.IntN(2) {
			words := f.name + " 猜 " + strconv.Itoa(n)
			if r.IntN(2) == 0 {
				words = password
			}
			if err := f.answer(ctx, t, words); err != nil {
				return err
			}
		}
		if r.IntN(2) == 0 {
			if err := f.handInTry(ctx, t); err != nil {
				return err
			}
		}
	}
	return nil
}

// begun is the one attempt that answers to its beginning speak of; nil if none may begin.
func (f *fellow) begun(quiz string, answers []answer) (*try, error) {
	var t *try
	for _, a := range answers {
		f.look(quiz, false, a)
		if a.status == http.StatusConflict {
			f.book.check(a.code() == "attempts_used", "%s cannot begin quiz %s: %s", f.name, quiz, a.code())
			continue
		}
		var in struct {
			ID        string
			Questions []struct {
				Position int
				Kind     string
			}
		}
		if err := a.into(&in); err != nil {
			return nil, err
		}
		if t != nil {
			f.book.check(t.ID == in.ID, "%s has begun attempts %s and %s at once", f.name, t.ID, in.ID)
			continue
		}
		t = &try{Try: audit.Try{ID: in.ID, Quiz: quiz, Member: f.member}, open: true}
		for _, q := range in.Questions {
			if q.Kind == "fill_in" {
				t.position = q.Position
			}
		}
		f.tries = append(f.tries, t)
	}
	return t, nil
}

// answer keeps an answer: the right one, or the fellow's own.
func (f *fellow) answer(ctx context.Context, t *try, words string) error {
	a, _, err := f.ask(ctx, t.saying(words), http.StatusOK, http.StatusConflict)
	if err != nil {
		return err
	}
	f.look(t.Quiz, false, a)
	if a.status == http.StatusOK {
		t.Words = words
	} else {
		f.book.check(a.code() == "attempt_time_up" || a.code() == "attempt_finished", "an answer of %s was refused with %s", f.name, a.code())
	}
	return nil
}

func (t *try) saying(words string) call {
	return call{method: http.MethodPut, path: "/attempts/" + t.ID + "/answers", json: map[string]any{
		"answers": []map[string]any{{"position": t.position, "words": words}},
	}}
}

// handInTry hands in, twice.
func (f *fellow) handInTry(ctx context.Context, t *try) error {
	submit := call{method: http.MethodPost, path: "/attempts/" + t.ID + "/submit", key: f.key()}
	again := submit
	again.key = f.key()
	answers, err := f.atOnce(ctx, []call{submit, again}, http.StatusOK)
	if err != nil {
		return err
	}
	for _, a := range answers {
		f.look(t.Quiz, false, a)
	}
	t.open = false
	return nil
}

// lookAtTries comes back in the evening: answers too late, hands in too late, and reads what there is to read.
func (f *fellow) lookAtTries(ctx context.Context, _ int) error {
	if f.state != "active" {
		return nil
	}
	for _, t := range f.tries {
		if t.open {
			a, _, err := f.ask(ctx, t.saying(f.name+" 太晚"), http.StatusConflict)
			if err != nil {
				return err
			}
			f.look(t.Quiz, false, a)
			if err := f.handInTry(ctx, t); err != nil {
				return err
			}
		}
		for _, path := range []string{"/attempts/" + t.ID, "/camps/" + f.in.camp + "/quizzes/" + t.Quiz} {
			a, _, err := f.ask(ctx, call{method: http.MethodGet, path: path}, http.StatusOK, http.StatusConflict)
			if err != nil {
				return err
			}
			f.look(t.Quiz, path[1] == 'a', a)
		}
	}
	return nil
}
