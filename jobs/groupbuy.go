package jobs

import "yingdi/domain/groupbuy"

func groupbuys(s *groupbuy.Service) []Consumer {
	return []Consumer{
		{Name: "groupbuy-drive", Events: []string{groupbuy.EventSucceeded, groupbuy.EventFailed, groupbuy.EventRefund}, Lane: Normal, Handle: byID(s.Drive)},
		{Name: "groupbuy-stop", Events: []string{groupbuy.EventStopped}, Lane: Normal, Handle: byID(s.Stop)},
	}
}
