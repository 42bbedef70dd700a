package jobs

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/media"
)

func checkins(s *checkin.Service) []Consumer {
	return []Consumer{
		{Name: "checkin-moderation", Events: []string{checkin.EventSubmitted, checkin.EventEdited}, Lane: Urgent, Handle: byID(s.Moderate)},
		{Name: "checkin-media", Events: []string{media.EventModerated}, Lane: Urgent, Handle: byID(s.MediaModerated)},
		{Name: "comment-moderation", Events: []string{checkin.EventCommented}, Lane: Urgent, Handle: byID(s.ModerateComment)},
		{Name: "likes", Events: []string{checkin.EventLiked}, Lane: Normal, Handle: byID(s.CountLikes)},
		{Name: "standing", Events: []string{checkin.EventSubmitted, checkin.EventDeleted, checkin.EventWeighed}, Lane: Normal, Handle: byID(s.Weigh)},
		{Name: "checkin-wipe", Events: []string{checkin.EventDeleted}, Lane: Normal, Handle: wipe(s)},
	}
}

func wipe(s *checkin.Service) func(context.Context, domain.Posted) error {
	return func(ctx context.Context, p domain.Posted) error {
		var removed checkin.Removed
		if err := decode(p, &removed); err != nil {
			return err
		}
		return s.Wipe(ctx, p.ID, p.Event.At, removed.Media)
	}
}
