package jobs

import "yingdi/domain/notice"

func notices(s *notice.Service) []Consumer {
	return []Consumer{{Name: "message", Events: []string{notice.EventDue}, Lane: Urgent, Handle: byID(s.Deliver)}}
}
