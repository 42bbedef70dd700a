package jobs

import (
	"time"

	"yingdi/domain/groupbuy"
)

func groupbuys(s *groupbuy.Service) []Consumer {
	return []Consumer{
		{Name: "groupbuy-drive", Events: []string{groupbuy.EventSucceeded, groupbuy.EventFailed, groupbuy.EventRefund}, Lane: Normal, Timeout: 5 * time.Minute, Handle: byID(s.Drive)},
		{Name: "groupbuy-stop", Events: []string{groupbuy.EventStopped}, Lane: Normal, Timeout: 10 * time.Minute, Handle: byID(s.Stop)},
	}
}

func groupbuyTable(s *groupbuy.Service) []Periodic {
	return []Periodic{{"groupbuys", time.Minute, s.Sweep}}
}
