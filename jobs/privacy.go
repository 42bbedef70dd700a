package jobs

import (
	"time"

	"yingdi/domain/privacy"
)

func privacies(s *privacy.Service) []Consumer {
	return []Consumer{
		{Name: "forget", Events: []string{privacy.EventRunning}, Lane: Slow, Timeout: 15 * time.Minute, Handle: byID(s.Erase)},
		{Name: "download", Events: []string{privacy.EventAsked}, Lane: Slow, Timeout: 30 * time.Minute, Handle: byID(s.Pack)},
	}
}
