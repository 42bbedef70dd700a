package jobs

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/review"
)

func reviews(s *review.Service) []Consumer {
	return []Consumer{
		{Name: "review-announcement", Events: []string{review.EventPassed, review.EventReturned}, Lane: Normal, Handle: byID(s.Announce)},
		{Name: "review-queue", Events: []string{review.EventReleased, review.EventReopened}, Lane: Normal, Handle: byID(s.Follow)},
		{Name: "review-files", Events: []string{review.EventDrafted}, Lane: Normal, Handle: func(ctx context.Context, p domain.Posted) error {
			var dropped review.Dropped
			if len(p.Event.Data) > 0 { // an event of an earlier version has none
				if err := decode(p, &dropped); err != nil {
					return err
				}
			}
			return s.SettleFiles(ctx, p.ID, dropped.Files)
		}},
	}
}
