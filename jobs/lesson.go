package jobs

import "yingdi/domain/lesson"

func lessons(s *lesson.Service) []Consumer {
	return []Consumer{{Name: "task-media", Events: []string{lesson.EventTask}, Lane: Normal, Handle: byID(s.KeepMedia)}}
}
