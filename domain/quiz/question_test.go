package quiz_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"yingdi/domain"
	"yingdi/domain/quiz"
)

func TestFormsAreBounded(t *testing.T) {
	t.Parallel()
	good := fiveKinds[0]
	for name, spoil := range map[string]func(*quiz.QuestionForm){
		"no kind":                  func(f *quiz.QuestionForm) { f.Kind = "essay" },
		"no text":                  func(f *quiz.QuestionForm) { f.Text = " " },
		"one option":               func(f *quiz.QuestionForm) { f.Options = f.Options[:1]; f.Right = []int{0} },
		"eleven options":           func(f *quiz.QuestionForm) { f.Options = strings.Split("abcdefghijk", "") },
		"the same option twice":    func(f *quiz.QuestionForm) { f.Options = []string{"a", "a"} },
		"a right one out of range": func(f *quiz.QuestionForm) { f.Right = []int{3} },
		"a negative one":           func(f *quiz.QuestionForm) { f.Right = []int{-1} },
		"no right one":             func(f *quiz.QuestionForm) { f.Right = nil },
		"two right ones":           func(f *quiz.QuestionForm) { f.Right = []int{0, 1} },
		"no points":                func(f *quiz.QuestionForm) { f.Points = 0 },
		"many points":              func(f *quiz.QuestionForm) { f.Points = 101 },
		"an endless explanation":   func(f *quiz.QuestionForm) { f.Explanation = strings.Repeat("长", 2001) },
		"a fill-in without answer": func(f *quiz.QuestionForm) { f.Kind = quiz.FillIn },
		"a fill-in of stops":       func(f *quiz.QuestionForm) { f.Kind, f.Accepted = quiz.FillIn, []string{"。"} },
	} {
		f := good
		f.Options = slices.Clone(good.Options)
		spoil(&f)
		if err := f.Tidy().Check(); !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, f := range fiveKinds {
		if err := f.Tidy().Check(); err != nil {
			t.Errorf("%s: %v", f.Kind, err)
		}
	}
	for name, spoil := range map[string]func(*quiz.Settings){
		"no attempt": func(s *quiz.Settings) { s.Attempts = 0 }, "21 attempts": func(s *quiz.Settings) { s.Attempts = 21 },
		"negative minutes": func(s *quiz.Settings) { s.Minutes = -1 }, "much grace": func(s *quiz.Settings) { s.Grace = 301 },
		"a pass mark over 100": func(s *quiz.Settings) { s.Pass = 101 }, "no rule": func(s *quiz.Settings) { s.Rule = "" },
		"no reveal": func(s *quiz.Settings) { s.Reveal = "never" }, "no day": func(s *quiz.Settings) { s.Days = 0 },
	} {
		s := usual
		spoil(&s)
		if err := (quiz.Form{Title: "测", Settings: s}).Check(); !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
