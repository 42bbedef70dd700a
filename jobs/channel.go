package jobs

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/channel"
	"yingdi/domain/course"
	"yingdi/domain/enrolment"
	"yingdi/domain/order"
)

// channels notes where people came from and has the channels counted that led them.
func channels(s *channel.Service) []Consumer {
	led := func(work func(ctx context.Context, origin, channel string) error) func(context.Context, domain.Posted) error {
		return func(ctx context.Context, p domain.Posted) error {
			var data channel.TouchedData
			if err := decode(p, &data); err != nil {
				return err
			}
			return work(ctx, p.ID, data.Channel)
		}
	}
	return []Consumer{
		{Name: "channel-welcome", Events: []string{channel.EventTouched}, Lane: Normal, Handle: led(s.Welcome)},
		{Name: "channel-touch", Events: []string{channel.EventTouched}, Lane: Normal, Handle: led(s.HeardTouch)},
		{Name: "channel-visit", Events: []string{channel.EventVisited}, Lane: Normal, Handle: byID(s.HeardVisit)},
		{Name: "channel-enter", Events: []string{enrolment.EventEntered}, Lane: Normal, Handle: byID(s.Arrive)},
		{Name: "channel-arrival", Events: []string{channel.EventArrived}, Lane: Normal, Handle: byID(s.HeardArrival)},
		{Name: "channel-order", Events: []string{order.EventPaid, order.EventRefunded}, Lane: Normal, Handle: byID(s.HeardOrder)},
		{Name: "channel-end", Events: []string{camp.EventEnded}, Lane: Slow, Timeout: 10 * time.Minute, Handle: byID(s.Graduate)},
		{Name: "channel-course", Events: []string{course.EventAdvanced}, Lane: Normal, Handle: byID(s.GraduateOne)},
	}
}

func channelTable(s *channel.Service) []Periodic {
	return []Periodic{{"channels", time.Minute, s.Work}, {"channels-all", 24 * time.Hour, s.AskAll}, {"channel-visits", 24 * time.Hour, s.SweepVisits}}
}
