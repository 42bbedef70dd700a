package jobs

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/assist"
	"yingdi/domain/order"
)

func assists(s *assist.Service) []Consumer {
	return []Consumer{
		{Name: "assist-tally", Events: []string{assist.EventStarted, assist.EventReached, assist.EventOrdered, assist.EventUsed, assist.EventReturned, assist.EventRefunded, assist.EventExpired}, Lane: Normal, Handle: byID(s.Ask)},
		{Name: "assist-reached", Events: []string{assist.EventReached}, Lane: Urgent, Handle: byID(s.TellReached)},
		{Name: "assist-ending", Events: []string{assist.EventWarned}, Lane: Normal, Handle: byID(s.TellEnding)},
		{Name: "assist-expired", Events: []string{assist.EventExpired}, Lane: Normal, Handle: byID(s.TellExpired)},
		{Name: "assist-refunded", Events: []string{order.EventRefunded}, Lane: Normal, Handle: byID(s.Refunded)},
		{Name: "assist-stop", Events: []string{assist.EventStopped}, Lane: Urgent, Handle: byID(s.Stop)},
		{
			Name: "assist-helped", Events: []string{assist.EventHelped}, Lane: Normal,
			Handle: func(ctx context.Context, p domain.Posted) error {
				var helped assist.HelpedData
				if err := decode(p, &helped); err != nil {
					return err
				}
				return s.TellHelped(ctx, p.ID, helped)
			},
		},
	}
}

func assistTable(s *assist.Service) []Periodic {
	return []Periodic{
		{"assists", time.Minute, s.Sweep},
		{"assist-tallies", time.Minute, s.Count},
		{"assist-sources", 24 * time.Hour, s.SweepSources},
	}
}
