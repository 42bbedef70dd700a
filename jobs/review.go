package jobs

import "yingdi/domain/review"

func reviews(s *review.Service) []Consumer {
	return []Consumer{{
		Name: "review-announcement", Events: []string{review.EventReleased, review.EventReopened}, Lane: Normal, Handle: byID(s.Announce),
	}}
}
