package jobs

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/member"
)

func members(s *member.Service) []Consumer {
	return []Consumer{{
		Name: "avatar", Events: []string{member.EventAvatar}, Lane: Normal,
		Handle: func(ctx context.Context, p domain.Posted) error {
			var changed member.AvatarChanged
			if err := decode(p, &changed); err != nil {
				return err
			}
			return s.SettleAvatar(ctx, p.ID, changed.Old)
		},
	}}
}
