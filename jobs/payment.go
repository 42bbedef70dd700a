package jobs

import "yingdi/domain/payment"

func payments(s *payment.Service) []Consumer {
	return []Consumer{{Name: "payment", Events: []string{payment.EventReceived}, Lane: Urgent, Handle: byID(s.Work)}}
}
