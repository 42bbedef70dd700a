package jobs

import (
	"time"

	"yingdi/domain/quiz"
)

func quizzes(s *quiz.Service) []Consumer {
	return []Consumer{
		{Name: "quiz-regrade", Events: []string{quiz.EventRegrade}, Lane: Slow, Timeout: 10 * time.Minute, Handle: byID(s.RunRegrade)},
		{Name: "question-media", Events: []string{quiz.EventQuestion}, Lane: Normal, Handle: byID(s.KeepFiles)},
		{Name: "quiz-graded", Events: []string{quiz.EventGraded}, Lane: Urgent, Handle: byID(s.Announce)},
	}
}
