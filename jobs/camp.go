package jobs

import "yingdi/domain/camp"

func camps(s *camp.Service) []Consumer {
	return []Consumer{{Name: "camp-cover", Events: []string{camp.EventCover}, Lane: Normal, Handle: byID(s.KeepCover)}}
}
