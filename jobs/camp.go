package jobs

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
)

func camps(s *camp.Service) []Consumer {
	return []Consumer{{
		Name: "camp-cover", Events: []string{camp.EventCover}, Lane: Normal,
		Handle: func(ctx context.Context, p domain.Posted) error {
			var changed camp.CoverChanged
			if len(p.Event.Data) > 0 { // an event of an earlier version has none
				if err := decode(p, &changed); err != nil {
					return err
				}
			}
			return s.SettleCover(ctx, p.ID, changed.Old)
		},
	}, {
		Name: "camp-clone", Events: []string{camp.EventCloned}, Lane: Slow, Timeout: 10 * time.Minute, Handle: byID(s.Carry),
	}}
}

// campTurns lets camps tell what the clock has brought.
func campTurns(s *camp.Service) []Periodic {
	return []Periodic{{"camp-turns", time.Minute, s.Turns}}
}
