package jobs

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/invitation"
)

func invitations(s *invitation.Service) []Consumer {
	return []Consumer{{
		Name: "invitation-post", Events: []string{invitation.EventAccepted}, Lane: Urgent,
		Handle: func(ctx context.Context, p domain.Posted) error {
			var accepted invitation.AcceptedBy
			if err := decode(p, &accepted); err != nil {
				return err
			}
			return s.Finish(ctx, p.ID, accepted.Member)
		},
	}}
}
