package jobs

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/groupbuy"
	"yingdi/domain/order"
)

func groupbuys(s *groupbuy.Service) []Consumer {
	return []Consumer{
		{Name: "groupbuy-drive", Events: []string{groupbuy.EventSucceeded, groupbuy.EventFailed, groupbuy.EventRefund}, Lane: Normal, Timeout: 5 * time.Minute, Handle: byID(s.Drive)},
		{Name: "groupbuy-ended", Events: []string{groupbuy.EventSucceeded, groupbuy.EventFailed}, Lane: Urgent, Timeout: 5 * time.Minute, Handle: byID(s.TellEnded)},
		{Name: "groupbuy-joined", Events: []string{groupbuy.EventJoined}, Lane: Urgent, Handle: ofSeat(s.TellJoined)},
		{Name: "groupbuy-late", Events: []string{groupbuy.EventRefund}, Lane: Urgent, Handle: ofSeat(s.TellLate)},
		{Name: "groupbuy-returned", Events: []string{order.EventRefunded}, Lane: Normal, Handle: byID(s.Returned)},
		{Name: "groupbuy-stop", Events: []string{groupbuy.EventStopped}, Lane: Normal, Timeout: 10 * time.Minute, Handle: byID(s.Stop)},
	}
}

func ofSeat(tell func(context.Context, string, groupbuy.SeatData) error) func(context.Context, domain.Posted) error {
	return func(ctx context.Context, p domain.Posted) error {
		var of groupbuy.SeatData
		if err := decode(p, &of); err != nil {
			return err
		}
		return tell(ctx, p.ID, of)
	}
}

func groupbuyTable(s *groupbuy.Service) []Periodic {
	return []Periodic{{"groupbuys", time.Minute, s.Sweep}, {"groupbuy-sources", 24 * time.Hour, s.SweepSources}}
}
