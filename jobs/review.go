package jobs

import "yingdi/domain/review"

func reviews(s *review.Service) []Consumer {
	return []Consumer{
		{Name: "review-announcement", Events: []string{review.EventPassed, review.EventReturned}, Lane: Normal, Handle: byID(s.Announce)},
		{Name: "review-queue", Events: []string{review.EventReleased, review.EventReopened}, Lane: Normal, Handle: byID(s.Follow)},
		{Name: "review-files", Events: []string{review.EventDrafted}, Lane: Normal, Handle: exchange(s.SettleFiles)},
	}
}
