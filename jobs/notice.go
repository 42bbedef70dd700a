package jobs

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/notice"
	"yingdi/domain/stats"
)

// notices sends messages; that there was one, or why not, is counted once it is known.
func notices(s *notice.Service, counted *stats.Service) []Consumer {
	return []Consumer{{Name: "message", Events: []string{notice.EventDue}, Lane: Urgent, Handle: func(ctx context.Context, p domain.Posted) error {
		if err := s.Deliver(ctx, p.ID); err != nil {
			return err
		}
		return counted.HeardNotice(ctx, p.ID)
	}}}
}
