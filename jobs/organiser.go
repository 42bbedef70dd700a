package jobs

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/organiser"
)

func organisers(s *organiser.Service) []Consumer {
	return []Consumer{{
		Name: "grants", Events: []string{organiser.EventStaff}, Lane: Normal,
		Handle: func(ctx context.Context, p domain.Posted) error {
			var changed organiser.StaffChanged
			if err := decode(p, &changed); err != nil {
				return err
			}
			return s.SyncGrants(ctx, p.ID, changed.Member)
		},
	}}
}
