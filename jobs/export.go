package jobs

import (
	"time"

	"yingdi/domain/export"
)

func exports(s *export.Service) []Consumer {
	return []Consumer{{
		Name: "export", Events: []string{export.EventAsked}, Lane: Slow, Timeout: time.Hour, Handle: byID(s.Run),
	}}
}
