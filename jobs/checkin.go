package jobs

import (
	"yingdi/domain/checkin"
	"yingdi/domain/media"
)

func checkins(s *checkin.Service) []Consumer {
	return []Consumer{
		{Name: "checkin-moderation", Events: []string{checkin.EventSubmitted, checkin.EventEdited}, Lane: Urgent, Handle: byID(s.Moderate)},
		{Name: "checkin-media", Events: []string{media.EventModerated}, Lane: Urgent, Handle: byID(s.MediaModerated)},
		{Name: "comment-moderation", Events: []string{checkin.EventCommented}, Lane: Urgent, Handle: byID(s.ModerateComment)},
		{Name: "likes", Events: []string{checkin.EventLiked}, Lane: Normal, Handle: byID(s.CountLikes)},
	}
}
