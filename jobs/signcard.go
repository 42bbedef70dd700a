package jobs

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/signcard"
)

func signcards(s *signcard.Service) []Consumer {
	return []Consumer{
		{Name: "signcard", Events: []string{checkin.EventSubmitted}, Lane: Slow, Handle: byID(s.Make)},
		{Name: "signcard-withdraw", Events: []string{checkin.EventDeleted}, Lane: Slow, Handle: byID(s.Withdraw)},
		{Name: "card-logo", Events: []string{signcard.EventTemplate}, Lane: Normal, Handle: byID(s.KeepLogo)},
		{Name: "invite-card", Events: []string{signcard.EventInvite}, Lane: Slow, Handle: byID(s.MakeInvite)},
		{Name: "camp-front", Events: []string{camp.EventFace}, Lane: Slow, Handle: byID(s.MakeFront)},
		{
			Name: "card-picture", Events: []string{signcard.EventPicture}, Lane: Slow, Timeout: 3 * time.Minute,
			Handle: func(ctx context.Context, p domain.Posted) error {
				var added signcard.PictureAdded
				if err := decode(p, &added); err != nil {
					return err
				}
				return s.Prepare(ctx, p.ID, added.Picture)
			},
		},
		{
			Name: "card-redraw", Events: []string{signcard.EventRedraw}, Lane: Slow, Timeout: 5 * time.Minute,
			Handle: func(ctx context.Context, p domain.Posted) error {
				var due signcard.RedrawStep
				if err := decode(p, &due); err != nil {
					return err
				}
				return s.RunRedraw(ctx, p.ID, due.Step)
			},
		},
	}
}
