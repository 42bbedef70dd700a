package jobs

import "yingdi/domain/push"

func pushes(s *push.Service) []Consumer {
	return []Consumer{{Name: "push", Events: []string{push.EventReceived}, Lane: Urgent, Handle: byID(s.Work)}}
}
