package console

import (
	"time"

	"yingdi/domain"
	"yingdi/domain/lesson"
	"yingdi/domain/member"
	"yingdi/domain/quiz"
)

func (s sample) question(id string, kind quiz.Kind) quiz.Question {
	q := quiz.Question{Doc: domain.Doc{ID: id}, Points: 2, Version: 1, Content: quiz.Content{Kind: kind, Study: s.text, Text: s.text, Key: quiz.Key{Explanation: s.text}}}
	switch {
	case kind == quiz.FillIn:
		q.Accepted = []string{s.text}
	case kind.Chosen():
		q.Options, q.Right = []string{s.text, "其他"}, []int{0}
	}
	return q
}

func (s sample) quiz() quiz.Quiz {
	return quiz.Quiz{
		Doc: domain.Doc{ID: "quiz1"}, Camp: "camp1", Title: s.text, Intro: s.text, Items: []quiz.Item{{Question: "q1", Points: 2}, {Question: "q2", Points: 2}},
		Settings: quiz.Settings{Attempts: 2, Minutes: 30, Grace: 60, Pass: 60, Rule: quiz.Partial, Reveal: quiz.RevealAfter, Days: 1, ShuffleOptions: true},
	}
}

func (s sample) paper() quiz.Paper {
	return quiz.Paper{
		Camp: s.camp(), Quiz: s.quiz(), Questions: map[string]quiz.Question{"q1": s.question("q1", quiz.Multiple), "q2": s.question("q2", quiz.Short)},
		Task: lesson.Task{Doc: domain.Doc{ID: "task1"}, Day: "2026-11-21", Title: s.text}, Window: quiz.Window{From: now, Until: now.Add(time.Hour)},
	}
}

func (s sample) attempt() quiz.Row {
	a := quiz.Attempt{
		Doc: domain.Doc{ID: "camp1:member1:quiz1:1"}, Camp: "camp1", Member: "member1", Quiz: "quiz1", Title: s.text, N: 1, Pass: 60,
		State: quiz.Finished, StartedAt: now, FinishedAt: now, Mark: 200, Waiting: 1,
	}
	for _, kind := range quiz.Kinds {
		e := quiz.Entry{Question: "q", Content: s.question("q", kind).Content, Full: 200, Mark: 150, Graded: kind != quiz.Short, Remark: s.text, Answer: quiz.Answer{Text: s.text}}
		if kind.Chosen() {
			e.Order, e.Answer = []int{1, 0}, quiz.Answer{Options: []int{1}}
		}
		e.Audit = []quiz.Change{{Cause: "grade", At: now, Old: 0, New: 150}, {Cause: "regrade", At: now, Old: 150, New: 100}}
		a.Entries = append(a.Entries, e)
	}
	return quiz.Row{Attempt: a, Member: s.card()}
}

// quizPages is every page about quizzes with something in every place of it.
func (s sample) quizPages() map[string][]view {
	form := quizForm{Title: s.text, Intro: s.text, Attempts: s.text, Minutes: s.text, Grace: s.text, Pass: s.text, Rule: "partial", Reveal: "after", Days: s.text}
	bank := []quiz.Question{s.question("q3", quiz.Single), s.question("q4", quiz.FillIn)}
	items := []quiz.ItemStatistics{{Question: "q1", Content: bank[0].Content, Asked: 3, Full: 1, Share: 0.5, Given: []quiz.Given{{Text: s.text, Right: true, Count: 2}}}}
	regrades := []quiz.Regrade{
		{Question: "q1", State: quiz.RegradeDue, At: now},
		{Question: "q1", State: quiz.RegradeDone, At: now, Seen: 2, Moved: 1, Skipped: 1, Moves: []quiz.Move{{Attempt: "a", Member: "member1", N: 1, Old: 200}}},
	}
	open := s.attempt()
	open.State = quiz.InProgress
	return map[string][]view{
		"quiz/list": {&quizListView{s.campFrame(), []quiz.Quiz{s.quiz()}, "/console?after=x"}},
		"quiz/form": {
			&quizView{s.campFrame(), s.paper(), form, s.faults(quizFields...), rules, reveals, bank, quiz.Look{Shared: true, Text: s.text}, quiz.Kinds, "/console?after=x"},
			&quizView{campFrame: s.campFrame(), Form: form, Rules: rules, Reveal: reveals},
		},
		"quiz/bank":       {&bankView{s.campFrame(), bank, quiz.Look{Kind: quiz.Single, Text: s.text}, quiz.Kinds, true, "/console?after=x"}, &bankView{campFrame: s.campFrame(), Questions: bank}},
		"quiz/question":   {&questionView{s.campFrame(), "q1", questionForm{"single", s.text, []string{"m1"}, s.text, s.text, s.text, s.text, s.text, true}, s.files()[:3], s.faults(questionFields...), true, quiz.Kinds}, &questionView{campFrame: s.campFrame(), MayShare: true, Kinds: quiz.Kinds}},
		"quiz/import":     {&importView{s.campFrame(), []domain.RowFault{{Row: 2, Message: s.text}}, s.faults("file"), true, true}},
		"quiz/results":    {&resultsView{s.campFrame(), quiz.Results{Paper: s.paper(), Rows: []quiz.Row{s.attempt(), open}}, false, "/console?after=x"}},
		"quiz/attempt":    {&attemptView{s.campFrame(), "quiz1", s.attempt(), s.faults("mark", "remark"), true}, &attemptView{campFrame: s.campFrame(), Row: open}},
		"quiz/statistics": {&statisticsView{s.campFrame(), s.quiz(), quiz.Statistics{Attempts: 3, Passed: 1, Share: 0.5, Items: items, Cut: true}}},
		"quiz/regrades":   {&regradesView{s.campFrame(), quiz.Regrades{Paper: s.paper(), List: regrades, Members: map[string]member.Card{"member1": s.card()}}, "/console?after=x"}},
	}
}

// bareQuizPages is every page about quizzes with nothing in it.
func bareQuizPages(empty campFrame) map[string][]view {
	return map[string][]view{
		"quiz/list": {&quizListView{campFrame: empty}}, "quiz/form": {&quizView{campFrame: empty}, &quizView{campFrame: empty, Paper: quiz.Paper{Quiz: quiz.Quiz{Doc: domain.Doc{ID: "quiz1"}}}}},
		"quiz/bank": {&bankView{campFrame: empty}, &bankView{campFrame: empty, Look: quiz.Look{Text: "论语"}}}, "quiz/question": {&questionView{campFrame: empty}}, "quiz/import": {&importView{campFrame: empty}},
		"quiz/results": {&resultsView{campFrame: empty}, &resultsView{campFrame: empty, ToGrade: true}}, "quiz/attempt": {&attemptView{campFrame: empty}},
		"quiz/statistics": {&statisticsView{campFrame: empty}}, "quiz/regrades": {&regradesView{campFrame: empty}},
	}
}
