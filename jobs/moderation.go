package jobs

import (
	"yingdi/domain/checkin"
	"yingdi/domain/media"
	"yingdi/domain/member"
	"yingdi/domain/moderation"
)

func moderations(s *moderation.Service) []Consumer {
	return []Consumer{
		{Name: "moderation-checkin", Events: []string{checkin.EventModerated}, Lane: Normal, Handle: byID(s.CheckinModerated)},
		{Name: "moderation-comment", Events: []string{checkin.EventHeld}, Lane: Normal, Handle: byID(s.CommentModerated)},
		{Name: "moderation-profile", Events: []string{member.EventPresented}, Lane: Normal, Handle: byID(s.Presented)},
		{Name: "moderation-avatar", Events: []string{media.EventModerated}, Lane: Normal, Handle: byID(s.MediaModerated)},
		{Name: "moderation-report", Events: []string{moderation.EventReported}, Lane: Normal, Handle: byID(s.Heard)},
		{Name: "moderation-ruling", Events: []string{moderation.EventRuled}, Lane: Urgent, Handle: byID(s.Ruled)},
	}
}
