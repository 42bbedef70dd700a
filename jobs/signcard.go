package jobs

import (
	"yingdi/domain/checkin"
	"yingdi/domain/signcard"
)

func signcards(s *signcard.Service) []Consumer {
	return []Consumer{{Name: "signcard", Events: []string{checkin.EventSubmitted}, Lane: Slow, Handle: byID(s.Make)}}
}
