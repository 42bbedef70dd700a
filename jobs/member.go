package jobs

import "yingdi/domain/member"

func members(s *member.Service) []Consumer {
	return []Consumer{{Name: "avatar-media", Events: []string{member.EventProfile}, Lane: Normal, Handle: byID(s.KeepAvatar)}}
}
