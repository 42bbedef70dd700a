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
		{Name: "checkin-drop", Events: []string{checkin.EventEdited}, Lane: Normal, Handle: drop(s)},
		{Name: "checkin-tags", Events: []string{checkin.EventEdited, checkin.EventDeleted, checkin.EventShown}, Lane: Normal, Handle: byID(s.Tag)},
		{Name: "topics", Events: []string{checkin.EventTagged}, Lane: Normal, Handle: byID(s.CountTopic)},
		{
			Name: "checkin-featured", Events: []string{checkin.EventFeatured}, Lane: Normal,
			Handle: func(ctx context.Context, p domain.Posted) error { return s.TellFeatured(ctx, p.ID, p.Event.At) },
		},
		{Name: "checkin-wipe", Events: []string{checkin.EventDeleted}, Lane: Normal, Handle: wipe(s)},
	}
}

func drop(s *checkin.Service) func(context.Context, domain.Posted) error {
	return func(ctx context.Context, p domain.Posted) error {
		var removed checkin.Removed
		if len(p.Event.Data) == 0 { // a homework keeps what it had
			return nil
		}
		if err := decode(p, &removed); err != nil {
			return err
		}
		return s.Drop(ctx, p.ID, removed.Media)
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
