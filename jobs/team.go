package jobs

import (
	"time"

	"yingdi/domain/team"
)

func teams(s *team.Service) []Consumer {
	return []Consumer{{
		Name: "team-plan", Events: []string{team.EventApplied}, Lane: Normal, Timeout: 10 * time.Minute, Handle: byID(s.Carry),
	}}
}
